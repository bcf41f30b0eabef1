"""A class is graded again: what comes out counts once it is applied, and not before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from service_class import add_platform, grade_jobs, handed_in, points_of
from service_site import ANN, BOB, INA, LAB, Site, open_site
from sqlalchemy import select

from grader.service import queue, regrades
from grader.service.clock import SECOND
from grader.service.database.rows import as_dict
from grader.service.database.tables import (
    AuditEntry,
    HandIn,
    Identity,
    Job,
    JobState,
    OutboxEntry,
    Regrade,
)
from grader.service.queue import NewResult
from grader.service.regrades import (
    RegradeRefusedError,
    apply_regrade,
    compare,
    complete,
    count_missing,
    drop_regrade,
    find_progress,
    retry_faults,
    start_regrade,
    undo_regrade,
)
from grader.service.scores import store_result


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a service in which a fault is not tried again by itself."""
    monkeypatch.setattr(queue, "_PAUSES_S", ())
    with open_site(tmp_path) as made:
        yield made


def begin(site: Site, hand_in_id: int | None = None) -> int:
    """Begin a regrade."""
    with site.database.write() as session:
        return start_regrade(session, LAB, by_id=INA, reason="new", hand_in_id=hand_in_id).id


def changes(site: Site, regrade_id: int) -> list[tuple[str, float | None, float | None]]:
    """Return whose points a regrade would change, and how."""
    with site.database.read() as session:
        found = compare(session, session.get_one(Regrade, regrade_id))
        return [(one.name, one.before, one.after) for one in found]


def connect(site: Site) -> None:
    """Have scores go to a platform."""
    with site.database.write() as session:
        add_platform(session)
        session.add_all(
            Identity(person_id=one, platform_id=1, subject=str(one)) for one in (ANN, BOB)
        )
    site.change(LAB, platform_id=1, line_item="https://lms/item")


def sent(site: Site) -> list[tuple[int, str]]:
    """Return what is on its way to the platform, by person, in order."""
    with site.database.read() as session:
        rows = session.execute(
            select(OutboxEntry.person_id, OutboxEntry.score).order_by(OutboxEntry.id)
        )
        return [(row[0], row[1]) for row in rows]


def test_nothing_counts_before_it_is_applied(site: Site) -> None:
    """Who gains and who loses is known before; then all changes at once, and the scores go out."""
    connect(site)
    handed_in(site, ANN, 1.0)
    handed_in(site, BOB, 3.0)
    before = sent(site)

    regrade_id = begin(site)
    grade_jobs(site, {ANN: 4.0, BOB: 2.0})

    assert (points_of(site, ANN), points_of(site, BOB)) == (1.0, 3.0)
    assert changes(site, regrade_id) == [("Bob", 3.0, 2.0), ("Ann", 1.0, 4.0)]
    assert sent(site) == before
    with site.database.write() as session:
        assert apply_regrade(session, regrade_id, by_id=INA) == 2
    assert (points_of(site, ANN), points_of(site, BOB)) == (4.0, 2.0)
    new = sent(site)[len(before) :]
    assert [whose for whose, _ in new] == [ANN, BOB]
    assert '"points":4.0' in new[0][1]
    with site.database.read() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["regrade started", "regrade applied"]


def test_scores_that_stay_are_not_sent_again(site: Site) -> None:
    """Only those go out that are others than before."""
    connect(site)
    handed_in(site, ANN, 1.0)
    handed_in(site, BOB, 3.0)
    before = sent(site)
    regrade_id = begin(site)
    grade_jobs(site, {ANN: 2.0, BOB: 3.0})

    with site.database.write() as session:
        apply_regrade(session, regrade_id, by_id=INA)

    assert [whose for whose, _ in sent(site)[len(before) :]] == [ANN]


def test_fault_never_replaces_a_result(site: Site) -> None:
    """Whoever the grader failed on keeps the points, until it is tried again and works."""
    handed_in(site, ANN, 1.0)
    handed_in(site, BOB, 3.0)
    regrade_id = begin(site)
    grade_jobs(site, {ANN: 2.0, BOB: None})
    with site.database.read() as session:
        progress = find_progress(session, regrade_id)
    assert (progress.done, progress.faults, progress.is_complete) == (1, 1, True)
    assert changes(site, regrade_id) == [("Ann", 1.0, 2.0)]

    with site.database.write() as session:
        assert retry_faults(session, LAB, regrade_id=regrade_id, by_id=INA) == 1
    grade_jobs(site, {BOB: 1.0})

    assert changes(site, regrade_id) == [("Bob", 3.0, 1.0), ("Ann", 1.0, 2.0)]


def test_fault_of_the_first_grading_can_be_tried_again(site: Site) -> None:
    """What comes out counts at once, also if the batch key is the same as before."""
    site.hand_in(ANN)
    grade_jobs(site, {ANN: None}, key="same")
    assert points_of(site, ANN) is None

    with site.database.write() as session:
        assert retry_faults(session, LAB, by_id=INA) == 1
    grade_jobs(site, {ANN: 3.0}, key="same")

    assert points_of(site, ANN) == 3.0
    with site.database.write() as session:
        assert retry_faults(session, LAB, by_id=INA) == 0


def test_retry_lets_nobody_who_waits_fall_back(site: Site) -> None:
    """What is tried again comes after all that waits already."""
    site.hand_in(ANN)
    grade_jobs(site, {ANN: None})
    site.hand_in(BOB)

    with site.database.write() as session:
        retry_faults(session, LAB, by_id=INA)

    assert [one.person_id for one in queue.claim(site.database, "t", at_most=5)] == [BOB, ANN]


def test_what_comes_meanwhile_is_not_in_the_way(site: Site) -> None:
    """A later hand-in keeps its own result; the regrade is complete without it."""
    handed_in(site, ANN, 1.0)
    regrade_id = begin(site)
    with site.database.write() as session:
        session.get_one(Regrade, regrade_id).created_at -= 3600 * SECOND
    handed_in(site, BOB, 3.0)
    grade_jobs(site, {ANN: 2.0})

    with site.database.write() as session:
        apply_regrade(session, regrade_id, by_id=INA)

    assert (points_of(site, ANN), points_of(site, BOB)) == (2.0, 3.0)


def test_hand_in_of_the_same_moment_is_added(site: Site) -> None:
    """Its transaction may have been under way when the regrade began, with the old checks."""
    handed_in(site, ANN, 1.0)
    regrade_id = begin(site)
    grade_jobs(site, {ANN: 2.0})
    handed_in(site, BOB, 3.0)

    with site.database.write() as session:
        assert count_missing(session, session.get_one(Regrade, regrade_id)) == 1
        assert complete(session, session.get_one(Regrade, regrade_id)) == 1
    with pytest.raises(RegradeRefusedError), site.database.write() as session:
        apply_regrade(session, regrade_id, by_id=INA)
    grade_jobs(site, {BOB: 4.0})

    assert changes(site, regrade_id) == [("Ann", 1.0, 2.0), ("Bob", 3.0, 4.0)]


def test_it_waits_for_first_gradings(site: Site) -> None:
    """A first grading that ends later would put the old result back."""
    handed_in(site, ANN, 1.0)
    site.hand_in(BOB)
    regrade_id = begin(site)
    with site.database.write() as session:
        for job in session.scalars(select(Job).where(Job.regrade_id == regrade_id)):
            job.state = JobState.DONE

    with site.database.read() as session:
        progress = find_progress(session, regrade_id)

    assert (progress.first_gradings, progress.is_complete) == (1, False)


def test_students_come_first(site: Site) -> None:
    """A hand-in that comes during a regrade is graded before what is left of it."""
    handed_in(site, ANN, 1.0)
    begin(site)
    site.hand_in(BOB)

    assert [one.person_id for one in queue.claim(site.database, "t", at_most=5)] == [BOB, ANN]


def test_drop_changes_nothing(site: Site) -> None:
    """What waits is not graded any more, and nothing can be applied."""
    handed_in(site, ANN, 1.0)
    handed_in(site, BOB, 1.0)
    regrade_id = begin(site)
    (job,) = queue.claim(site.database, "t", at_most=1)

    with site.database.write() as session:
        drop_regrade(session, regrade_id, by_id=INA)

    assert queue.claim(site.database, "t", at_most=5) == []
    store_result(
        site.database,
        job,
        NewResult(
            key="new", status="graded", is_fault=False, points=4.0, max_points=4.0, report=b"",
            page=b"",
        ),
    )  # fmt: skip
    assert points_of(site, ANN) == 1.0
    with pytest.raises(RegradeRefusedError, match="dropped"), site.database.write() as session:
        apply_regrade(session, regrade_id, by_id=INA)


def test_one_at_a_time(site: Site) -> None:
    """Of two that share hand-ins, the older one could put old results back."""
    handed_in(site, ANN, 1.0)
    handed_in(site, BOB, 1.0)
    with site.database.read() as session:
        ids = as_dict(session.execute(select(HandIn.person_id, HandIn.id)))

    begin(site, ids[ANN])
    begin(site, ids[BOB])

    for hand_in_id in (None, ids[ANN]):
        with pytest.raises(RegradeRefusedError):
            begin(site, hand_in_id)


def test_single_attempt(site: Site) -> None:
    """It changes that attempt, and nobody else's."""
    handed_in(site, ANN, 1.0)
    handed_in(site, BOB, 1.0)
    with site.database.read() as session:
        hand_in_id = session.scalars(select(HandIn.id).where(HandIn.person_id == BOB)).one()
    regrade_id = begin(site, hand_in_id)
    grade_jobs(site, {BOB: 4.0})

    with site.database.write() as session:
        apply_regrade(session, regrade_id, by_id=INA)

    assert (points_of(site, ANN), points_of(site, BOB)) == (1.0, 4.0)


def test_class_without_hand_ins_has_nothing_to_grade(site: Site) -> None:
    """Nothing is kept of the attempt."""
    with pytest.raises(RegradeRefusedError):
        begin(site)
    with site.database.read() as session:
        assert regrades.open_regrades(session, LAB) == []


def test_pages_lead_through_a_regrade(site: Site) -> None:
    """An instructor begins it, sees how far it is, then who gains, and lets it count."""
    handed_in(site, ANN, 1.0)
    handed_in(site, BOB, 3.0)
    woken: list[int] = []
    site.state.wake = lambda: woken.append(1)
    ina = site.browser(INA)

    begun = ina.submit(f"/assignments/{LAB}/regrades", reason="a <b>fix</b>")

    assert begun.status_code == 303
    assert woken
    where = begun.headers["location"]
    page = ina.get(where).text
    assert "0 of 2 hand-ins are graded again" in page
    assert 'http-equiv="refresh"' in page
    assert "a &lt;b&gt;fix&lt;/b&gt;" in page
    assert ina.submit(f"{where}/apply").status_code == 409
    assert ina.submit(f"/assignments/{LAB}/regrades").status_code == 409
    grade_jobs(site, {ANN: 4.0, BOB: 2.0})
    page = ina.get(where).text
    assert "1 student loses, 1 gains." in page
    assert 'http-equiv="refresh"' not in page
    assert ina.submit(f"{where}/apply").status_code == 303
    assert "these results count" in ina.get(where).text
    assert ina.submit(f"{where}/drop").status_code == 409
    assert points_of(site, ANN) == 4.0


def applied(site: Site, points: dict[int, float | None], key: str = "new") -> int:
    """Regrade everybody, and have it count; return the id."""
    regrade_id = begin(site)
    grade_jobs(site, points, key=key)
    with site.database.write() as session:
        apply_regrade(session, regrade_id, by_id=INA)
    return regrade_id


def undo(site: Site, regrade_id: int) -> int:
    """Undo a regrade; return how many students have other points."""
    with site.database.write() as session:
        return undo_regrade(session, regrade_id, by_id=INA, reason="a mistake")


def test_undone_regrade_counts_no_more(site: Site) -> None:
    """What counted before counts again, the platform hears of it, and the audit says why."""
    connect(site)
    handed_in(site, ANN, 1.0)
    handed_in(site, BOB, 3.0)
    regrade_id = applied(site, {ANN: 4.0, BOB: 3.0})
    before = sent(site)

    assert undo(site, regrade_id) == 1

    assert (points_of(site, ANN), points_of(site, BOB)) == (1.0, 3.0)
    new = sent(site)[len(before) :]
    assert [whose for whose, _ in new] == [ANN]
    assert '"points":1.0' in new[0][1]
    with site.database.read() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[-1]
    assert (entry.action, entry.by_id, entry.reason) == ("regrade undone", INA, "a mistake")
    with pytest.raises(RegradeRefusedError, match="nothing to undo"):
        undo(site, regrade_id)


def test_only_what_counts_can_be_undone(site: Site) -> None:
    """One that is open or dropped has changed nothing."""
    handed_in(site, ANN, 1.0)
    regrade_id = begin(site)
    with pytest.raises(RegradeRefusedError, match="nothing to undo"):
        undo(site, regrade_id)
    with site.database.write() as session:
        drop_regrade(session, regrade_id, by_id=INA)
    with pytest.raises(RegradeRefusedError, match="nothing to undo"):
        undo(site, regrade_id)


def test_regrades_are_undone_from_the_last_to_the_first(site: Site) -> None:
    """Undoing an older one first would put back what the newer one has replaced."""
    handed_in(site, ANN, 1.0)
    first = applied(site, {ANN: 2.0}, key="first")
    second = applied(site, {ANN: 3.0}, key="second")

    with pytest.raises(RegradeRefusedError, match="Undo that one first"):
        undo(site, first)
    assert points_of(site, ANN) == 3.0
    undo(site, second)
    assert points_of(site, ANN) == 2.0
    undo(site, first)
    assert points_of(site, ANN) == 1.0


def test_regrade_of_an_older_version_can_not_be_undone(site: Site) -> None:
    """It has not kept what it replaced, so nothing is said to be undone."""
    handed_in(site, ANN, 1.0)
    regrade_id = applied(site, {ANN: 2.0})
    with site.database.write() as session:
        for job in session.scalars(select(Job)):
            job.replaced_id = None

    with pytest.raises(RegradeRefusedError, match="Nothing is kept"):
        undo(site, regrade_id)
    assert points_of(site, ANN) == 2.0


def test_undoing_leaves_later_hand_ins_and_faults_alone(site: Site) -> None:
    """A hand-in that isn't of the regrade keeps its result, and so has one that it failed on."""
    handed_in(site, ANN, 1.0)
    handed_in(site, BOB, 3.0)
    regrade_id = applied(site, {ANN: 4.0, BOB: None})
    with site.database.write() as session:
        session.get_one(Regrade, regrade_id).created_at -= 3600 * SECOND
    handed_in(site, BOB, 3.5, data=b"later")

    undo(site, regrade_id)

    assert (points_of(site, ANN), points_of(site, BOB)) == (1.0, 4.0)


def test_page_undoes_a_regrade(site: Site) -> None:
    """An instructor finds the button below what counts, and the list says that it was undone."""
    handed_in(site, ANN, 1.0)
    regrade_id = applied(site, {ANN: 4.0})
    ina = site.browser(INA)
    where = f"/assignments/{LAB}/regrades/{regrade_id}"
    assert f'action="{where}/undo"' in ina.get(where).text

    assert ina.submit(f"{where}/undo", reason="wrong <i>checks</i>").status_code == 303

    page = ina.get(where).text
    assert "what counted before it counts again" in page
    assert f'action="{where}/undo"' not in page
    assert ">undone<" in ina.get(f"/assignments/{LAB}/regrades").text
    assert "wrong &lt;i&gt;checks" in ina.get("/courses/1/audit").text
    assert ina.submit(f"{where}/undo").status_code == 409
    assert points_of(site, ANN) == 1.0
