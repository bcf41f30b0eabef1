"""A score that doesn't count any more is taken back from a platform that has it."""

import pytest
from lti_lms import Lms
from lti_platform import Fault
from service_site import FIRST, INA, LAB, Site, wrong_report
from sqlalchemy import select

from grader.service.clock import now
from grader.service.database.tables import (
    CourseAssignment,
    Decision,
    Identity,
    Member,
    OutboxEntry,
    OutboxState,
    Person,
    Role,
)
from grader.service.decisions import Kind, decide, withdraw
from grader.service.deliver import Deliverer

ADA = 101


@pytest.fixture
def site(lti_site: Site, lms: Lms) -> Site:
    """Return a service with a student from the platform."""
    with lti_site.database.write() as session:
        assignment = session.get_one(CourseAssignment, LAB)
        assignment.line_item = lms.line_item
        session.add(Person(id=ADA, name="Ada", created_at=now()))
        session.flush()
        session.add(Member(course_id=FIRST, person_id=ADA, role=Role.STUDENT))
        session.add(Identity(person_id=ADA, platform_id=assignment.platform_id, subject="ada"))
    return lti_site


def send(site: Site) -> None:
    """Send what waits."""
    assert site.state.lti is not None
    sender = Deliverer(site.database, site.state.settings, site.state.lti, first_pause_s=0.0)
    while sender.send_due():
        pass
    sender._http.close()


def hand_in(site: Site) -> None:
    """Hand in, and be graded with one of two points."""
    site.grade(site.hand_in(ADA), wrong_report())


def decided(site: Site, kind: Kind, points: float | None = None) -> int:
    """Decide about the student; return the id."""
    with site.database.write() as session:
        return decide(session, LAB, ADA, kind, by_id=INA, text="ill", points=points).id


def take_back(site: Site, decision_id: int) -> None:
    """Withdraw a decision."""
    with site.database.write() as session:
        withdraw(session, session.get_one(Decision, decision_id), by_id=INA)


def states(site: Site) -> list[OutboxState]:
    """Return the states of all entries."""
    with site.database.read() as session:
        return list(session.scalars(select(OutboxEntry.state).order_by(OutboxEntry.id)))


def page(site: Site) -> str:
    """Return the page of the student as an instructor sees it."""
    return site.browser(INA).get(f"/assignments/{LAB}/students/{ADA}").text


def test_excuse_takes_back_what_the_platform_has(site: Site, lms: Lms) -> None:
    """It gets a score without points, which is no zero; later hand-ins send none either."""
    hand_in(site)
    send(site)
    assert lms.scores["ada"]["scoreGiven"] == 1.0
    assert "1 of 2 points were sent to the platform" in page(site)

    decided(site, Kind.EXCUSE)
    assert "going to be asked" in page(site)
    send(site)
    site.grade(site.hand_in(ADA, data=b"y = 2\n"), wrong_report())
    send(site)

    cleared = lms.scores["ada"]
    assert not {"scoreGiven", "scoreMaximum"} & cleared.keys()
    assert (cleared["activityProgress"], cleared["gradingProgress"]) == ("Submitted", "Failed")
    assert len(lms.posts) == 2
    assert states(site) == [OutboxState.SENT] * 2
    assert "Look there whether it is gone" in page(site)


def test_excuse_that_is_taken_back_sends_the_score_again(site: Site, lms: Lms) -> None:
    """The platform has what counts now, with a later timestamp."""
    hand_in(site)
    send(site)
    excuse = decided(site, Kind.EXCUSE)
    send(site)

    take_back(site, excuse)
    send(site)

    assert lms.scores["ada"]["scoreGiven"] == 1.0
    times = [one["timestamp"] for one in lms.posts]
    assert times == sorted(set(times))


def test_score_that_was_never_sent_is_forgotten(site: Site, lms: Lms) -> None:
    """Nothing is said to the platform; if the excuse is taken back, the score goes out."""
    hand_in(site)
    excuse = decided(site, Kind.EXCUSE)
    send(site)
    assert (lms.posts, states(site)) == ([], [])
    assert "Nothing was sent to the platform." in page(site)

    take_back(site, excuse)
    send(site)

    assert [one["scoreGiven"] for one in lms.posts] == [1.0]


def test_score_that_may_have_arrived_is_taken_back(site: Site, lms: Lms) -> None:
    """A try whose answer was lost may have been stored."""
    hand_in(site)
    lms.score_faults.append(Fault(is_stored=True))
    assert site.state.lti is not None
    sender = Deliverer(site.database, site.state.settings, site.state.lti, first_pause_s=3600.0)
    sender.send_due()
    sender._http.close()
    assert lms.scores["ada"]["scoreGiven"] == 1.0

    decided(site, Kind.EXCUSE)
    send(site)

    assert "scoreGiven" not in lms.scores["ada"]
    assert states(site) == [OutboxState.SUPERSEDED, OutboxState.SENT]


def test_points_without_a_hand_in_are_taken_back(site: Site, lms: Lms) -> None:
    """If an instructor takes back points that were all there was, none count."""
    override = decided(site, Kind.OVERRIDE, points=3.0)
    send(site)

    take_back(site, override)
    send(site)

    assert "scoreGiven" not in lms.scores["ada"]


def test_platform_that_takes_nothing_back_is_named(site: Site, lms: Lms) -> None:
    """The page says what is left to do there."""
    hand_in(site)
    send(site)
    decided(site, Kind.EXCUSE)
    lms.score_faults.append(Fault(status=422, body=b"no score in it"))
    send(site)

    text = page(site)
    assert "take its score back: remove it there." in text
    assert "no score in it" in text
