"""Scores on their way to a platform: they arrive, once each, whatever the platform does."""

import json
import threading
from collections.abc import Callable, Iterator

import pytest
from lti_lms import Lms, launch
from lti_platform import Fault
from service_site import FIRST, LAB, Site
from sqlalchemy import select

from grader.exports.lti_score import CANVAS_SUBMISSION, Score
from grader.lti.client import PlatformClient
from grader.lti.log import PostResult
from grader.service import deliver
from grader.service.clock import SECOND, as_datetime, now
from grader.service.database.engine import Database
from grader.service.database.tables import (
    CourseAssignment,
    Identity,
    Member,
    OutboxEntry,
    OutboxState,
    Person,
    Role,
)
from grader.service.deliver import Deliverer, claim, send_again
from grader.service.outbox import put_score

ADA, BEN = 101, 102


@pytest.fixture
def site(lti_site: Site, lms: Lms) -> Site:
    """Return a service with two students from the platform."""
    with lti_site.database.write() as session:
        assignment = session.get_one(CourseAssignment, LAB)
        assignment.line_item = lms.line_item
        for number, name in ((ADA, "ada"), (BEN, "ben")):
            session.add(Person(id=number, name=name, created_at=now()))
            session.flush()
            session.add(Member(course_id=FIRST, person_id=number, role=Role.STUDENT))
            session.add(
                Identity(person_id=number, platform_id=assignment.platform_id, subject=name)
            )
    return lti_site


@pytest.fixture
def deliverer(site: Site) -> Iterator[Deliverer]:
    """Return a deliverer that waits hardly at all."""
    assert site.state.lti is not None
    made = Deliverer(
        site.database, site.state.settings, site.state.lti, first_pause_s=0.0, poll_s=0.02
    )
    yield made
    made._http.close()


def put(site: Site, points: float, person_id: int = ADA) -> int:
    """Put a score into the outbox; return the id of its entry."""
    with site.database.write() as session:
        entry = put_score(
            session,
            session.get_one(CourseAssignment, LAB),
            person_id,
            points=points,
            max_points=12.0,
            submitted_at=1_795_000_000_000_000,
        )
        assert entry is not None
        session.flush()
        return entry.id


def entry_of(site: Site, entry_id: int) -> OutboxEntry:
    """Return an entry."""
    with site.database.read() as session:
        return session.get_one(OutboxEntry, entry_id)


def states(database: Database) -> list[OutboxState]:
    """Return the states of all entries, in their order."""
    with database.read() as session:
        return list(session.scalars(select(OutboxEntry.state).order_by(OutboxEntry.id)))


def send_all(deliverer: Deliverer, *, rounds: int = 30) -> None:
    """Send until nothing waits."""
    for _ in range(rounds):
        for health in deliverer._health.values():
            health.paused_until = 0
        deliverer.send_due()
        if OutboxState.WAITING not in states(deliverer.database):
            return


def test_score_arrives_with_its_time(site: Site, lms: Lms, deliverer: Deliverer) -> None:
    """The platform has points, the moment of the entry, and of Canvas's field that of the file."""
    entry = entry_of(site, put(site, 9.5))

    send_all(deliverer)

    assert states(site.database) == [OutboxState.SENT]
    stamp = as_datetime(entry.stamp).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert lms.scores == {
        "ada": {
            "userId": "ada",
            "timestamp": stamp,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreGiven": 9.5,
            "scoreMaximum": 12.0,
            CANVAS_SUBMISSION: {
                "new_submission": False,
                "submitted_at": "2026-11-18T11:06:40.000Z",
            },
        }
    }


def test_nothing_is_sent_twice(site: Site, lms: Lms, deliverer: Deliverer) -> None:
    """What was sent isn't sent again, also by a deliverer that has just started."""
    put(site, 9.5)
    send_all(deliverer)

    assert deliverer.send_due() == 0
    assert len(lms.posts) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500), Fault(status=503, headers={"Retry-After": "0"}), Fault(status=429),
        Fault(), Fault(is_stored=True), Fault(status=502, is_stored=True),
    ],
    ids=["500", "503", "429", "cut", "cut after storing", "502 after storing"],
)  # fmt: skip
def test_repeat_carries_the_same_timestamp(
    fault: Fault, site: Site, lms: Lms, deliverer: Deliverer
) -> None:
    """A platform that fails gets the same score again, and has it once."""
    put(site, 9.5)
    lms.score_faults.extend([fault, fault])

    send_all(deliverer)

    assert states(site.database) == [OutboxState.SENT]
    assert lms.scores["ada"]["scoreGiven"] == 9.5
    assert len({one["timestamp"] for one in lms.posts}) == 1
    assert sum("scores" in path for path in lms.paths) == 3


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(), Fault(status=400)])
def test_platform_without_tokens_gets_everything_later(
    fault: Fault, site: Site, lms: Lms, deliverer: Deliverer
) -> None:
    """If no token is to be had, no score is lost or given up: the scores are not at fault."""
    put(site, 9.5)
    lms.token_faults.extend([fault] * 3)

    send_all(deliverer)

    assert states(site.database) == [OutboxState.SENT]


def test_platform_that_is_down_is_left_alone_for_a_while(
    site: Site, lms: Lms, deliverer: Deliverer
) -> None:
    """Of many scores only a few are tried while a platform is down; the pause grows."""
    deliverer.first_pause_s = 100.0
    with site.database.write() as session:
        assignment = session.get_one(CourseAssignment, LAB)
        for number in range(200, 220):
            session.add(Person(id=number, name="", created_at=0))
            session.flush()
            session.add(
                Identity(person_id=number, platform_id=assignment.platform_id, subject=str(number))
            )
    for number in range(200, 220):
        put(site, 1.0, number)
    lms.score_faults.extend([Fault(status=500)] * 20)

    taken = [deliverer.send_due() for _ in range(4)]

    assert len(lms.score_faults) == 17
    assert taken[1:] == [0, 0, 0]
    with site.database.read() as session:
        entries = session.scalars(select(OutboxEntry)).all()
    assert all(one.state is OutboxState.WAITING for one in entries)
    assert all(one.claimed_until == 0 for one in entries)
    assert sorted(one.tries for one in entries) == [0] * 17 + [1] * 3
    waits = [one.next_try_at - now() for one in entries if one.tries]
    assert all(40 * SECOND < one <= 100 * SECOND for one in waits)


def test_pause_doubles_up_to_an_hour_and_differs(deliverer: Deliverer) -> None:
    """Servers don't come back in step, and not more seldom than once an hour."""
    deliverer.first_pause_s = 2.0

    assert all(1.0 <= deliverer._pause_s(1) <= 2.0 for _ in range(20))
    assert all(8.0 <= deliverer._pause_s(4) <= 16.0 for _ in range(20))
    assert all(1800.0 <= deliverer._pause_s(500) <= 3600.0 for _ in range(20))
    assert len({deliverer._pause_s(4) for _ in range(20)}) > 10


def test_platform_may_ask_for_a_longer_pause(site: Site, lms: Lms, deliverer: Deliverer) -> None:
    """``Retry-After`` is respected."""
    entry_id = put(site, 1.0)
    lms.score_faults.append(Fault(status=503, headers={"Retry-After": "90"}))

    deliverer.send_due()

    assert entry_of(site, entry_id).next_try_at > now() + 80 * SECOND


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_refused_score_is_kept_with_the_reason(
    status: int, site: Site, lms: Lms, deliverer: Deliverer
) -> None:
    """A score that the platform refuses doesn't hold up others, and can be sent again by hand."""
    first, second = put(site, 1.0, ADA), put(site, 2.0, BEN)
    lms.score_faults.append(Fault(status=status, body=b"not in this course"))

    send_all(deliverer)

    assert states(site.database) == [OutboxState.REFUSED, OutboxState.SENT]
    assert entry_of(site, first).answer == f"HTTP {status} (not in this course)"
    with site.database.write() as session:
        assert send_again(session, first)
        assert not send_again(session, second)
    send_all(deliverer)
    assert lms.scores["ada"]["scoreGiven"] == 1.0


def test_token_that_has_expired_is_replaced(site: Site, lms: Lms, deliverer: Deliverer) -> None:
    """A token that the platform takes no more costs a request, and no score."""
    put(site, 1.0)
    lms.expired_tokens = 1

    send_all(deliverer)

    assert states(site.database) == [OutboxState.SENT]
    assert entry_of(site, 1).tries == 1


def test_newer_score_replaces_one_that_waits(site: Site, lms: Lms, deliverer: Deliverer) -> None:
    """Only the newest score of a student is sent."""
    put(site, 1.0)
    put(site, 2.0)

    send_all(deliverer)

    assert states(site.database) == [OutboxState.SUPERSEDED, OutboxState.SENT]
    assert [one["scoreGiven"] for one in lms.posts] == [2.0]


def test_scores_of_one_second_have_different_seconds(
    site: Site, lms: Lms, deliverer: Deliverer
) -> None:
    """Moodle takes a second score of the same second for a repeat, so there is none."""
    for points in (1.0, 2.0, 3.0):
        put(site, points)
        send_all(deliverer)

    assert states(site.database) == [OutboxState.SENT] * 3
    assert lms.scores["ada"]["scoreGiven"] == 3.0
    assert entry_of(site, 3).tries == 1


def test_score_never_overtakes_an_older_one(site: Site, lms: Lms, deliverer: Deliverer) -> None:
    """While a score is under way, the newer one of the same student waits; others don't."""
    put(site, 1.0)
    (under_way,) = claim(site.database, site.state.settings, at_most=1)
    put(site, 2.0)
    put(site, 5.0, BEN)

    deliverer.send_due()
    assert [one["userId"] for one in lms.posts] == ["ben"]
    deliver.finish(site.database, under_way, OutboxState.SENT, "")
    send_all(deliverer)

    assert [one["scoreGiven"] for one in lms.posts] == [5.0, 2.0]
    # It was replaced while it was under way, and that stays.
    assert states(site.database)[0] is OutboxState.SUPERSEDED


def test_two_entries_that_wait_for_one_student_end_as_one(
    site: Site, lms: Lms, deliverer: Deliverer
) -> None:
    """If two servers have put scores in at the same moment, the later one is sent."""
    first, second = put(site, 1.0), put(site, 2.0)
    with site.database.write() as session:
        session.get_one(OutboxEntry, first).state = OutboxState.WAITING

    send_all(deliverer)

    assert entry_of(site, first).state is OutboxState.SUPERSEDED
    assert entry_of(site, second).state is OutboxState.SENT
    assert [one["scoreGiven"] for one in lms.posts] == [2.0]


def test_claim_of_a_dead_sender_ends(site: Site, lms: Lms, deliverer: Deliverer) -> None:
    """Somebody else sends what a sender had claimed that died, with the same timestamp."""
    put(site, 1.0)
    (dead,) = claim(site.database, site.state.settings, at_most=1)
    assert deliverer.send_due() == 0
    with site.database.write() as session:
        session.get_one(OutboxEntry, dead.id).claimed_until = now() - 1

    send_all(deliverer)
    # The dead one was only slow, and comes back.
    deliver.postpone(site.database, dead, "", next_try_at=0)

    assert states(site.database) == [OutboxState.SENT]
    assert lms.posts[0]["timestamp"] == dead.score.timestamp


def test_two_senders_send_each_score_once(site: Site, lms: Lms) -> None:
    """Several servers share the work, and none sends what another one has claimed."""
    assert site.state.lti is not None
    with site.database.write() as session:
        assignment = session.get_one(CourseAssignment, LAB)
        for number in range(200, 230):
            session.add(Person(id=number, name="", created_at=0))
            session.flush()
            session.add(
                Identity(person_id=number, platform_id=assignment.platform_id, subject=str(number))
            )
    for number in range(200, 230):
        put(site, 1.0, number)
    senders = [
        Deliverer(site.database, site.state.settings, site.state.lti, poll_s=0.02) for _ in "ab"
    ]
    threads = [threading.Thread(target=one.run) for one in senders]
    for thread in threads:
        thread.start()
    _wait(lambda: OutboxState.WAITING not in states(site.database))
    for one in senders:
        one.stop()
    for thread in threads:
        thread.join(20)

    assert not any(thread.is_alive() for thread in threads)
    assert sorted(one["userId"] for one in lms.posts) == [str(one) for one in range(200, 230)]
    assert set(states(site.database)) == {OutboxState.SENT}


def test_score_that_nobody_takes_is_given_up_in_the_end(
    site: Site, lms: Lms, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After two weeks of trying a score is shown as refused, with the last reason."""
    monkeypatch.setattr(deliver, "_GIVE_UP_AFTER", -SECOND)
    entry_id = put(site, 1.0)
    lms.score_faults.append(Fault(status=500))

    deliverer.send_due()

    assert entry_of(site, entry_id).state is OutboxState.REFUSED
    assert "HTTP 500" in entry_of(site, entry_id).answer


def test_later_score_of_somebody_else_stays(site: Site, lms: Lms, deliverer: Deliverer) -> None:
    """If the platform has a later score than ours, that one counts, and ours isn't repeated."""
    entry_id = put(site, 1.0)
    lms.scores["ada"] = {"timestamp": "2099-01-01T00:00:00.000Z", "scoreGiven": 5.0}

    send_all(deliverer)

    assert entry_of(site, entry_id).state is OutboxState.SUPERSEDED
    assert lms.scores["ada"]["scoreGiven"] == 5.0


@pytest.mark.parametrize("location", ["/elsewhere", "http://[::1", "http://10.0.0.1/"])
def test_redirect_takes_no_score_elsewhere(
    location: str, site: Site, lms: Lms, deliverer: Deliverer
) -> None:
    """A line item that redirects gets nothing now, and the score stays."""
    entry_id = put(site, 1.0)
    lms.score_faults.append(Fault(status=302, headers={"Location": location}))

    deliverer.send_due()

    assert entry_of(site, entry_id).state is OutboxState.WAITING
    assert lms.posts == []


def test_line_item_at_a_private_address_is_not_asked(site: Site, deliverer: Deliverer) -> None:
    """A platform can't have us send requests into the network that we are in."""
    with site.database.write() as session:
        session.get_one(CourseAssignment, LAB).line_item = "https://10.0.0.1/lineitem"
    entry_id = put(site, 1.0)

    deliverer.send_due()

    assert entry_of(site, entry_id).state is OutboxState.WAITING
    assert "not public" in entry_of(site, entry_id).answer


def test_stop_doesnt_wait_for_a_slow_platform(
    site: Site, lms: Lms, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is being sent is cut off after a moment, and stays in the outbox."""
    monkeypatch.setattr(deliver, "_GRACE_S", 0.1)
    entry_id = put(site, 1.0)
    is_asked, may_answer = threading.Event(), threading.Event()

    def hold() -> None:
        is_asked.set()
        may_answer.wait(30)

    lms.on_store = hold
    thread = threading.Thread(target=deliverer.run)
    thread.start()
    assert is_asked.wait(20)

    deliverer.stop()
    thread.join(20)
    may_answer.set()

    assert not thread.is_alive()
    assert entry_of(site, entry_id).state is OutboxState.WAITING
    assert entry_of(site, entry_id).claimed_until == 0


def test_answer_that_nobody_expects_ends_no_thread(
    site: Site, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with one score, the others are sent."""
    put(site, 1.0, ADA)
    put(site, 2.0, BEN)
    real = PlatformClient.send
    seen: list[str] = []

    def send(client: PlatformClient, score: Score) -> PostResult:
        seen.append(score.user_id)
        if len(seen) == 1:
            raise RuntimeError("a surprise")
        return real(client, score)

    monkeypatch.setattr(PlatformClient, "send", send)

    send_all(deliverer)

    assert states(site.database) == [OutboxState.SENT] * 2


def test_launch_of_a_student_with_points_sends_them(lti_site: Site, lms: Lms) -> None:
    """A line item that becomes known later gets what counts already."""
    assert launch(lti_site.browser(), lms, "ada").status_code == 303
    with lti_site.database.write() as session:
        session.get_one(CourseAssignment, LAB).line_item = ""
        person_id = session.scalars(
            select(Identity.person_id).where(Identity.subject == "ada")
        ).one()
    lti_site.grade(lti_site.hand_in(person_id))
    assert states(lti_site.database) == []

    launch(lti_site.browser(), lms, "ben")

    assert states(lti_site.database) == [OutboxState.WAITING]
    with lti_site.database.read() as session:
        entry = session.scalars(select(OutboxEntry)).one()
    assert json.loads(entry.score)["subject"] == "ada"


def _wait(is_done: Callable[[], bool], *, patience_s: float = 60.0) -> None:
    pause = threading.Event()
    for _ in range(int(patience_s / 0.05)):
        if is_done():
            return
        pause.wait(0.05)
    raise AssertionError("it takes too long")
