"""What instructors decide: points, excuses, comments, due dates; and the marks of answers."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from fakes import check_result, make_report
from manual_samples import waiting_item
from service_class import add_platform, handed_in, points_of
from service_site import ANN, BOB, FIRST, INA, LAB, Browser, Site, open_site
from sqlalchemy import select

from grader.report.marks import Mark
from grader.report.model import Report
from grader.service.clock import DAY, SECOND, now
from grader.service.database.tables import (
    AuditEntry,
    CourseAssignment,
    Decision,
    Identity,
    OutboxEntry,
)
from grader.service.decisions import Kind, RefusedDecisionError, decide, withdraw
from grader.service.hand_ins import RefusedHandInError
from grader.service.marking import read_marks_of


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service."""
    with open_site(tmp_path) as made:
        yield made


@pytest.fixture
def ina(site: Site) -> Browser:
    """Return the browser of an instructor."""
    return site.browser(INA)


def decided(site: Site, kind: Kind, **values: object) -> int:
    """Make a decision about a student; return its id."""
    with site.database.write() as session:
        return decide(
            session, LAB, ANN, kind, by_id=INA, **{"text": "why", **values}  # type: ignore[arg-type]
        ).id  # fmt: skip


def connect(site: Site) -> None:
    """Have scores go to a platform."""
    with site.database.write() as session:
        add_platform(session)
        session.add(Identity(person_id=ANN, platform_id=1, subject="ann"))
    site.change(LAB, platform_id=1, line_item="https://lms/item")


def sent(site: Site) -> list[float]:
    """Return the points that were put into the outbox, in order."""
    with site.database.read() as session:
        scores = session.scalars(select(OutboxEntry.score).order_by(OutboxEntry.id)).all()
    return [msgspec.json.decode(one)["points"] for one in scores]


def test_override_counts_until_it_is_taken_back(site: Site) -> None:
    """The score goes to the platform each time, and the audit says who did it."""
    connect(site)
    handed_in(site, ANN, 1.0)

    decided(site, Kind.OVERRIDE, points=3.5)
    last = decided(site, Kind.OVERRIDE, points=2.5)

    assert points_of(site, ANN) == 2.5
    with site.database.write() as session:
        withdraw(session, session.get_one(Decision, last), by_id=INA)
    assert points_of(site, ANN) == 1.0
    assert sent(site) == [1.0, 3.5, 2.5, 1.0]
    with site.database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[-3:]
    assert [(one.action, one.by_id, one.about_id) for one in entries] == [
        ("override decided", INA, ANN),
        ("override decided", INA, ANN),
        ("override taken back", INA, ANN),
    ]


def test_points_can_be_given_without_a_hand_in(site: Site) -> None:
    """They are out of what the others' are."""
    connect(site)
    handed_in(site, BOB, 1.0)

    decided(site, Kind.OVERRIDE, points=3.0)

    with site.database.read() as session:
        score = session.scalars(select(OutboxEntry.score).where(OutboxEntry.person_id == ANN)).one()
    assert msgspec.json.decode(score)["max_points"] == 4.0


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.OVERRIDE, {"points": None}),
        (Kind.OVERRIDE, {"points": -1.0}),
        (Kind.OVERRIDE, {"points": float("nan")}),
        (Kind.OVERRIDE, {"points": 1.0, "text": "  "}),
        (Kind.EXCUSE, {"text": ""}),
        (Kind.COMMENT, {"text": ""}),
        (Kind.COMMENT, {"text": "x" * 10_001}),
        (Kind.EXTENSION, {}),
    ],
)
def test_half_a_decision_is_refused(kind: Kind, values: dict[str, object], site: Site) -> None:
    """Nothing is kept of it."""
    with pytest.raises(RefusedDecisionError):
        decided(site, kind, **values)
    with site.database.read() as session:
        assert session.scalars(select(Decision)).all() == []


def test_due_date_of_one_student(site: Site) -> None:
    """Only this student can still hand in, is not late, and sees the new date."""
    site.change(LAB, due_at=now() - SECOND, late_penalty=0.5)
    with pytest.raises(RefusedHandInError):
        site.hand_in(ANN)

    decided(site, Kind.EXTENSION, until=now() + DAY)

    handed_in(site, ANN, 4.0)
    assert points_of(site, ANN) == 4.0
    with pytest.raises(RefusedHandInError):
        site.hand_in(BOB)
    assert "Nothing is taken any more" in site.browser(BOB).get(f"/assignments/{LAB}").text
    assert "Nothing is taken any more" not in site.browser(ANN).get(f"/assignments/{LAB}").text


def test_later_due_date_gives_back_what_being_late_took(site: Site) -> None:
    """The score is sent again, also when the date is taken back."""
    connect(site)
    site.change(LAB, due_at=now() - SECOND, late_days=3, late_penalty=0.5)
    handed_in(site, ANN, 4.0)

    decision = decided(site, Kind.EXTENSION, until=now() + DAY)
    with site.database.write() as session:
        withdraw(session, session.get_one(Decision, decision), by_id=INA)

    assert sent(site) == [2.0, 4.0, 2.0]


def test_decisions_are_made_on_the_page(site: Site, ina: Browser) -> None:
    """Each form does what it says; what is wrong is said; others' words are escaped."""
    handed_in(site, ANN, 1.0)
    where = f"/assignments/{LAB}/students/{ANN}"

    done = [
        ina.submit(f"{where}/decisions", kind="override", points="2,5", text="a <i>reason</i>"),
        ina.submit(f"{where}/decisions", kind="comment", text="Well done"),
        ina.submit(
            f"{where}/decisions", kind="extension", until="2030-01-31T23:59", offset="+01:00"
        ),
        ina.submit(f"{where}/decisions", kind="excuse", text="ill"),
    ]

    assert [one.status_code for one in done] == [200] * 4
    page = ina.get(where).text
    assert "2.5 of 4 points, decided by an instructor, excused" in page
    assert "a &lt;i&gt;reason&lt;/i&gt;" in page
    assert "2030-01-31 22:59:00 UTC" in page
    assert "by Ina" in page
    assert "Well done" in site.browser(ANN).get(f"/assignments/{LAB}").text
    bad = ina.submit(f"{where}/decisions", kind="override", points="many", text="x")
    assert bad.status_code == 422
    assert "The points must be a number." in bad.text
    assert ina.submit(f"{where}/decisions", kind="other").status_code == 400
    with site.database.read() as session:
        override = session.scalars(select(Decision.id).where(Decision.kind == "override")).one()
    assert ina.submit(f"{where}/decisions/{override}/withdraw").status_code == 200
    assert points_of(site, ANN) == 1.0


ESSAY = "b" * 64


def with_essay(digest: str = ESSAY, answer: str = "Since <b>it</b> is") -> Report:
    """Return a report with a point, and an answer that waits."""
    item = waiting_item("essay", 5.0, answer=answer, digest=digest)
    return make_report(check_result("mse/a"), manual=(item,), score=1.0, max_score=6.0)


def marked(ina: Browser, **fields: str) -> int:
    """Mark the answer by its form."""
    values = {"unit": "essay", "answer": ESSAY, **fields}
    return ina.submit(f"/assignments/{LAB}/marks", **values).status_code


def marks(site: Site) -> list[Mark]:
    """Return the marks that are kept."""
    with site.database.read() as session:
        return list(read_marks_of(session, LAB))


def test_mark_counts_for_everybody_who_gave_the_answer(site: Site, ina: Browser) -> None:
    """Points, report and page have it, and so has who gives the same answer later."""
    connect(site)
    number = site.hand_in(ANN)
    site.grade(number, with_essay())
    page = ina.get(f"/assignments/{LAB}/marks").text
    assert "1 answer waits" in page
    assert "Since &lt;b&gt;it&lt;/b&gt; is" in page

    assert marked(ina, points="3", comment="nice") == 200

    assert points_of(site, ANN) == 4.0
    assert sent(site)[-1] == 4.0
    report = site.browser(ANN).get(f"/hand-ins/{number}/report").text
    assert "nice" in report
    site.grade(site.hand_in(BOB), with_essay())
    assert points_of(site, BOB) == 4.0
    assert [(one.points, one.by) for one in marks(site)] == [(3.0, "Ina")]


def test_mark_is_changed_and_taken_back(site: Site, ina: Browser) -> None:
    """A level can be given instead of points; what is out of range is refused."""
    site.grade(site.hand_in(ANN), with_essay())

    assert marked(ina, level="complete") == 200
    assert points_of(site, ANN) == 6.0
    assert marked(ina, points="9") == 422
    assert marked(ina) == 422
    assert points_of(site, ANN) == 6.0
    assert marked(ina, take_back="yes") == 200

    assert points_of(site, ANN) == 1.0
    assert marks(site) == []


def test_other_answer_has_no_mark(site: Site, ina: Browser) -> None:
    """The mark of the student's earlier answer is shown as outdated, and does not count."""
    site.grade(site.hand_in(ANN), with_essay())
    assert marked(ina, points="3", comment="for the first") == 200

    number = site.hand_in(ANN, data=b"other")
    site.grade(number, with_essay("c" * 64, "Another"))

    report = ina.get(f"/hand-ins/{number}/report.json").json()
    assert report["manual"][0]["points"] is None
    assert report["manual"][0]["outdated"]["comment"] == "for the first"


def test_marks_come_and_go_as_a_table(site: Site, ina: Browser) -> None:
    """The table is that of the command line; a wrong line changes nothing."""
    site.grade(site.hand_in(ANN), with_essay())
    table = ina.get(f"/assignments/{LAB}/marks.csv")
    assert table.headers["content-disposition"].startswith('attachment; filename="marks.csv"')
    assert ESSAY in table.text

    def upload(text: str) -> int:
        return ina.post(
            f"/assignments/{LAB}/marks/file",
            data={"csrf_token": ina.token()},
            files={"file": ("marks.csv", text.encode())},
        ).status_code

    assert upload(f"unit,answer,points\nessay,{ESSAY},2\nnone,{ESSAY},2\n") == 422
    assert marks(site) == []
    assert upload(f"unit,answer,points\nessay,{ESSAY},2\n") == 200

    assert points_of(site, ANN) == 3.0


def test_class_and_course_pages_show_how_things_stand(site: Site, ina: Browser) -> None:
    """The points that count are shown, with who has handed in nothing."""
    handed_in(site, ANN, 1.0)
    decided(site, Kind.OVERRIDE, points=3.0)

    page = ina.get(f"/assignments/{LAB}/class").text

    assert ">Ann</a>" in page
    assert "Not handed in (1)" in page
    assert 'data-version="' in page
    assert "3 of 4 points, decided by an instructor" in ina.get(f"/assignments/{LAB}/students").text
    with site.database.read() as session:
        assert session.get_one(CourseAssignment, LAB).course_id == FIRST
