"""A student is deleted: nothing of name, work or marks is left, and others keep what is theirs."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from fakes import check_result, make_report
from manual_samples import waiting_item
from service_class import add_platform
from service_site import ANN, BOB, FIRST, INA, LAB, SECOND, Site, open_site
from sqlalchemy import select

from grader.outputs.marks_table import MarksLine
from grader.service import queue
from grader.service.audit import note
from grader.service.class_view import ClassViews
from grader.service.clock import now
from grader.service.database.tables import (
    ApiToken,
    AuditEntry,
    Base,
    Content,
    Decision,
    HandIn,
    Identity,
    Job,
    Member,
    OutboxEntry,
    OutboxState,
    Person,
    Regrade,
    Result,
    Role,
)
from grader.service.decisions import Kind, decide
from grader.service.deletion import delete_student, what_remains
from grader.service.forgotten_words import names_of
from grader.service.give_class_marks import Marker, give
from grader.service.one_time_links import Purpose, make_link
from grader.service.queue import NewResult
from grader.service.regrades import start_regrade
from grader.service.scores import store_result
from grader.service.sessions import start_session

NAME, CODE, SHARED = "Zebedea Quillfeather", b"zq_own_secret = 1\n", b"shared = 2\n"
WORDS = ("Zebedea", "Quillfeather", "zq_own_secret", "zq-subject", "zq-answer", "zq-comment")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a service with a student about whom there is everything that there can be."""
    with open_site(tmp_path) as made:
        fill(made)
        yield made


def fill(site: Site) -> None:
    """Have the student hand in, be graded, decided about, marked, and sent to a platform."""
    with site.database.write() as session:
        person = session.get_one(Person, ANN)
        person.name, person.email = NAME, "zebedea@example.org"
        add_platform(session)
        session.add(Identity(person_id=ANN, platform_id=1, subject="zq-subject"))
        session.add(
            ApiToken(digest="d", person_id=ANN, course_id=FIRST, name="Zebedea's", created_at=1)
        )
        start_session(session, ANN, course_id=FIRST)
        start_session(session, ANN, course_id=None)
        make_link(session, Purpose.LOGIN, course_id=FIRST, person_id=ANN, made_by_id=INA)
    site.change(LAB, platform_id=1, line_item="https://lms/item")
    item = msgspec.structs.replace(waiting_item("essay", 5.0), answer="zq-answer", digest="a" * 64)
    report = make_report(check_result("mse/a"), manual=(item,), score=1.0, max_score=6.0)
    first = site.hand_in(ANN, name="Quillfeather.py", data=CODE)
    site.grade(first, report)
    site.hand_in(ANN, data=CODE)
    site.hand_in(ANN, data=SHARED)
    site.grade(site.hand_in(BOB, data=SHARED))
    lines = [
        MarksLine(
            place="1", unit="essay", answer="a" * 64, student="", points="3", level="",
            comment="zq-comment", marked_by="",
        )
    ]  # fmt: skip
    give(site.database, ClassViews(), LAB, lines, marker=Marker(person_id=INA, name="Ina"))
    with site.database.write() as session:
        hand_in_id = session.scalars(select(HandIn.id).where(HandIn.number == first)).one()
        start_regrade(session, LAB, by_id=INA, reason="for Zebedea", hand_in_id=hand_in_id)
        session.add(
            Regrade(
                assignment_id=LAB,
                by_id=INA,
                reason="Since ZEBEDEA QUILLFEATHER (zebedea@example.org) found a bug",
                created_at=now(),
                dropped_at=now(),
            )
        )
        note(
            session,
            "regrade started",
            course_id=FIRST,
            by_id=INA,
            reason="Quillfeather's, and quillfeathers",
            details="for zebedea@example.org",
        )
        decide(session, LAB, BOB, Kind.COMMENT, by_id=INA, text="You and zebedea: s1 and s2")
        for kind in Kind:
            decide(
                session, LAB, ANN, kind, by_id=INA, text="Zebedea was ill", points=1.0, until=now()
            )
        for one in session.scalars(select(OutboxEntry)):
            one.state = OutboxState.SENT


def everything(site: Site) -> str:
    """Return the contents of all tables as text."""
    with site.database.read() as session:
        return "\n".join(
            f"{table.name} {tuple(row)}"
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
        )


def test_nothing_is_left(site: Site, tmp_path: Path, backend: str) -> None:
    """No table has the name, the code, an answer or a comment; with SQLite, no file has either."""
    assert all(word in everything(site) for word in WORDS)

    assert delete_student(site.database, FIRST, ANN, by_id=INA)

    left = everything(site)
    assert [word for word in WORDS if word in left] == []
    assert not [one for one in left.splitlines() if one.startswith(("identity", "api_token"))]
    if backend == "sqlite":
        files = [one for one in tmp_path.rglob("*") if one.is_file()]
        assert files
        found = [
            (path.name, word)
            for path in files
            for word in WORDS
            if word.encode() in path.read_bytes()
        ]
        assert found == []


def test_others_keep_what_is_theirs(site: Site) -> None:
    """Bytes that somebody else has handed in stay, with result and member."""
    delete_student(site.database, FIRST, ANN, by_id=INA)

    with site.database.read() as session:
        assert session.scalars(select(Content.data)).all() == [SHARED]
        assert session.scalars(select(HandIn.person_id)).all() == [BOB]
        assert len(session.scalars(select(Result)).all()) == 1
        assert session.get(Person, BOB) is not None


def test_audit_keeps_ids_only(site: Site) -> None:
    """It says that somebody with this id was deleted, and by whom."""
    delete_student(site.database, FIRST, ANN, by_id=INA)

    with site.database.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert (entries[-1].action, entries[-1].about_id, entries[-1].by_id) == (
        "student deleted",
        ANN,
        INA,
    )
    assert {one.reason for one in entries if one.about_id == ANN} == {""}
    page = site.browser(INA).get(f"/courses/{FIRST}/audit").text
    assert f"person {ANN}" in page


def test_what_is_left_elsewhere_is_said(site: Site) -> None:
    """A platform keeps its scores; another course keeps what is its own."""
    with site.database.write() as session:
        session.add(Member(course_id=SECOND, person_id=ANN, role=Role.STUDENT))
    with site.database.read() as session:
        remains = what_remains(session, FIRST, ANN)
    assert (remains.hand_ins, remains.platforms, remains.has_other_courses) == (
        3,
        ("The LMS",),
        True,
    )

    delete_student(site.database, FIRST, ANN, by_id=INA)

    with site.database.read() as session:
        assert session.get_one(Person, ANN).name == NAME
        assert session.scalars(select(Identity.person_id)).all() == [ANN]
        assert session.scalars(select(Member.course_id).where(Member.person_id == ANN)).all() == [
            SECOND
        ]


def test_mark_of_an_answer_that_others_gave_stays(site: Site) -> None:
    """It belongs to the answer, so it is theirs as well."""
    item = msgspec.structs.replace(waiting_item("essay", 5.0), answer="the same", digest="a" * 64)
    report = make_report(check_result("mse/a"), manual=(item,), score=1.0, max_score=6.0)
    site.grade(site.hand_in(BOB, data=b"other"), report)

    delete_student(site.database, FIRST, ANN, by_id=INA)

    assert "zq-comment" in everything(site)


def test_words_of_others_lose_the_name_only(site: Site) -> None:
    """Reasons for everybody, and comments for others, stay but for who was deleted."""
    delete_student(site.database, FIRST, ANN, by_id=INA)

    with site.database.read() as session:
        (regrade,) = session.scalars(select(Regrade.reason)).all()
        comment = session.scalars(select(Decision.text).where(Decision.person_id == BOB)).one()
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.details.startswith("for "))
        ).one()
    assert regrade == "Since (deleted) ((deleted)) found a bug"
    assert comment == "You and (deleted): s1 and s2"
    assert (entry.reason, entry.details) == (
        "(deleted)'s, and quillfeathers",
        "for (deleted)",
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Anna-Lena Öz is ill", "(deleted) is ill"),
        ("ÖZ, ANNA-LENA", "ÖZ, (deleted)-(deleted)"),
        ("lena (id 12345) and Lenas", "(deleted) (id (deleted)) and Lenas"),
        ("x12345, 123456", "x12345, 123456"),
        ("a.o@example.org.", "(deleted)."),
        ("xa.o@example.org", "xa.o@example.org"),
    ],
)
def test_names_are_found_as_whole_words(text: str, left: str) -> None:
    """Whatever their case; parts of other words stay, and so do parts of two letters."""
    person = Person(name="Anna-Lena Öz", email="a.o@example.org")
    names = names_of(person, Member(student_id="12345"))

    assert names.take_out_of(text) == left


def test_who_has_no_name_takes_nothing_out() -> None:
    """A platform may give no names."""
    names = names_of(Person(name="", email=""), Member(student_id=""))

    assert names.take_out_of("all of it") == "all of it"


def test_instructors_and_strangers_are_not_deleted(site: Site) -> None:
    """Only students of the course are."""
    assert not delete_student(site.database, FIRST, INA, by_id=INA)
    assert not delete_student(site.database, FIRST, 4, by_id=INA)
    with site.database.read() as session:
        assert session.get(Person, INA) is not None


def test_job_under_way_becomes_nobody_elses(site: Site) -> None:
    """Its result comes after the deletion, and is not that of who hands in next."""
    (job, *_) = queue.claim(site.database, "t", at_most=1)
    assert job.person_id == ANN
    delete_student(site.database, FIRST, ANN, by_id=INA)
    site.hand_in(BOB, data=b"new")

    store_result(
        site.database,
        job,
        NewResult(
            key="k", status="graded", is_fault=False, points=9.0, max_points=9.0, report=b"",
            page=CODE,
        ),
    )  # fmt: skip

    with site.database.read() as session:
        assert session.scalars(select(Result.points).where(Result.points == 9.0)).all() == []
        assert job.id not in session.scalars(select(Job.id)).all()
    assert "zq_own_secret" not in everything(site)


def test_name_has_to_be_typed(site: Site) -> None:
    """Another name deletes nothing; case and spaces around it don't matter."""
    ina = site.browser(INA)
    where = f"/courses/{FIRST}/students/{ANN}"
    assert "The LMS has received scores" in ina.get(where).text

    refused = ina.submit(f"{where}/delete", name="Bob")
    assert refused.status_code == 422
    assert "not the name of the student" in refused.text
    done = ina.submit(f"{where}/delete", name=f" {NAME.lower()} ")

    assert done.status_code == 200
    assert "The LMS has received scores" in done.text
    assert "Quillfeather" not in done.text
    assert ina.get(where).status_code == 404
    assert "Quillfeather" not in ina.get(f"/assignments/{LAB}/class").text
