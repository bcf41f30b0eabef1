"""Points that wait for the due date reach no platform before: platforms show what they get."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from fakes import check_result, make_report
from service_class import add_platform
from service_site import ANN, BOB, INA, LAB, Site, open_site
from sqlalchemy import select

from grader.report.model import Report, Status, Visibility
from grader.service.clock import DAY, now
from grader.service.database.tables import Identity, OutboxEntry
from grader.service.decisions import Kind, decide
from grader.service.scores import publish_after_due


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service whose scores go to a platform."""
    with open_site(tmp_path) as made:
        with made.database.write() as session:
            add_platform(session)
            session.add_all(
                Identity(person_id=one, platform_id=1, subject=str(one)) for one in (ANN, BOB)
            )
        made.change(
            LAB, platform_id=1, line_item="https://lms/item", due_at=now() + DAY,
            shows_after_due=True,
        )  # fmt: skip
        yield made


def with_late_points() -> Report:
    """Return a report with one point that is shown at once, and three that wait."""
    late = check_result(
        "mse/late", Status.PASSED, max_points=3.0, visibility=Visibility.AFTER_DUE_DATE
    )
    return make_report(check_result("mse/a"), late)


def hand_in(site: Site, person_id: int) -> None:
    """Hand in, and have points that wait."""
    site.grade(site.hand_in(person_id), with_late_points())


def sent(site: Site) -> list[tuple[int, float]]:
    """Return whose points were put into the outbox, and how many."""
    with site.database.read() as session:
        rows = session.execute(select(OutboxEntry.person_id, OutboxEntry.score)).all()
    return sorted((whose, msgspec.json.decode(score)["points"]) for whose, score in rows)


def decide_about(site: Site, kind: Kind, **values: object) -> None:
    """Have the instructor decide something about Bob."""
    with site.database.write() as session:
        decide(session, LAB, BOB, kind, by_id=INA, text="why", **values)  # type: ignore[arg-type]


def test_points_wait_and_are_sent_once_after_the_due_date(site: Site) -> None:
    """Before, a look at the outbox changes nothing; afterwards the first one puts them there."""
    done: set[tuple[int, int]] = set()
    hand_in(site, ANN)
    publish_after_due(site.database, done)
    assert (sent(site), done) == ([], set())

    site.change(LAB, due_at=now() - DAY)
    for _ in range(2):
        publish_after_due(site.database, done)

    assert sent(site) == [(ANN, 4.0)]


def test_points_of_somebody_with_more_time_wait_longer(site: Site) -> None:
    """Whoever may still hand in would learn from them."""
    done: set[tuple[int, int]] = set()
    hand_in(site, ANN)
    decide_about(site, Kind.EXTENSION, until=now() + DAY)
    site.change(LAB, due_at=now() - DAY)
    hand_in(site, BOB)
    publish_after_due(site.database, done)
    assert sent(site) == [(ANN, 4.0)]

    decide_about(site, Kind.EXTENSION, until=now() - DAY)
    publish_after_due(site.database, done)

    assert sent(site) == [(ANN, 4.0), (BOB, 4.0)]


def test_what_an_instructor_decides_is_sent_at_once(site: Site) -> None:
    """It says nothing of checks."""
    hand_in(site, BOB)

    decide_about(site, Kind.OVERRIDE, points=2.0)

    assert sent(site) == [(BOB, 2.0)]


def test_points_without_any_that_wait_are_sent_at_once(site: Site) -> None:
    """A report in which everything is shown is as it was."""
    site.grade(site.hand_in(ANN))

    assert sent(site) == [(ANN, 1.0)]
