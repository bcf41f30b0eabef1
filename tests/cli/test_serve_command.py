"""The commands of the service: what they print, and what is there afterwards."""

import logging
import re
import socket
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from service_process import free_port
from sqlalchemy import select

from grader.cli.grader import command as grader
from grader.service.database.engine import Database, sqlite_url
from grader.service.database.tables import (
    ApiToken,
    Counts,
    CourseAssignment,
    Member,
    OneTimeLink,
    Person,
    Platform,
    Role,
)
from grader.service.tokens import digest_of

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: object, data: Path) -> Result:
    """Run ``grader`` with a data folder, and expect that it succeeds."""
    done = CliRunner().invoke(grader, [*map(str, arguments), "--data", str(data)])
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the data of a service with a course, whose two students are on a roster."""
    data = tmp_path / "data"
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name,email\ns1,Ann,ann@example.org\ns2,Bob,bob@example.org\n")
    run("course", "add", "Deep learning", "--instructor", "Ina", "--email", "i@x.org", data=data)
    run("course", "roster", 1, roster, data=data)
    return data


def test_course_is_made_with_a_link_for_its_instructor(tmp_path: Path) -> None:
    """The secret of the link is kept as a digest only, and the link is good for all courses."""
    done = run("course", "add", "Deep learning", "--instructor", "Ina", data=tmp_path / "data")

    found = re.fullmatch(
        r"course 1: Deep learning\nlink for Ina: http://127\.0\.0\.1:8000/log-in/(\S+)\n",
        done.output,
    )
    assert found is not None, done.output
    with Database(sqlite_url(tmp_path / "data")).read() as session:
        link = session.scalars(select(OneTimeLink)).one()
        assert link.digest == digest_of(found[1])
        assert link.course_id is None
    assert found[1].encode() not in b"".join(
        one.read_bytes() for one in (tmp_path / "data").iterdir()
    )
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_assignment_gets_its_settings(data: Path) -> None:
    """Times are those of this machine unless they have an offset."""
    run(
        "course", "assignment", 1,
        "--opens", "2026-12-01T00:00Z", "--due", "2026-12-02T00:00+01:00",
        "--late-days", 2, "--late-penalty", 10, "--attempts", 5, "--refill", 1.5,
        "--counts", "last", "--show-after-due", data=data,
    )  # fmt: skip

    with Database(sqlite_url(data)).read() as session:
        found = session.scalars(select(CourseAssignment)).one()
    assert (found.folder, found.title) == ("lab4", "Lab 4: gradient descent with autograd")
    assert found.opens_at == 1_796_083_200_000_000
    assert found.due_at == 1_796_166_000_000_000
    assert (found.late_days, found.late_penalty) == (2, 0.1)
    assert (found.attempts, found.refill_s, found.counts) == (5, 5400, Counts.LAST)
    assert found.shows_after_due


def test_folder_of_an_assignment_is_found_from_elsewhere(data: Path) -> None:
    """The service may be started in another folder, so the path is whole."""
    run("course", "assignment", 1, "--assignment", "docs/examples/two_layers", data=data)

    with Database(sqlite_url(data)).read() as session:
        folder = session.scalars(select(CourseAssignment.folder)).one()
    assert folder == str(ROOT / "docs" / "examples" / "two_layers")


def test_list_shows_what_is_there(data: Path) -> None:
    """Courses have their students, instructors and assignments."""
    run("course", "assignment", 1, "--title", "First lab", "--due", "2026-12-02T00:00Z", data=data)

    assert run("course", "list", data=data).output == (
        "course 1: Deep learning, 2 students; instructors: Ina\n"
        "  assignment 1: First lab, due 2026-12-02 00:00 UTC, 0 hand-ins\n"
    )


@pytest.mark.parametrize(
    ("options", "path"),
    [
        (["--code"], "join"),
        (["--lms"], "lti/register"),
        (["--to", "s1"], "log-in"),
        (["--to", "BOB@example.org"], "log-in"),
        (["--to", "Ann"], "log-in"),
        (["--instructor", "Otto"], "log-in"),
    ],
    ids=" ".join,
)
def test_links_lead_into_the_course(data: Path, options: list[str], path: str) -> None:
    """Each kind leads to its own page."""
    printed = run("course", "link", 1, *options, data=data).output

    assert re.search(rf": http://127\.0\.0\.1:8000/{path}/[\w-]{{43}}\n$", printed)


LMS = (
    "--issuer", "https://lms.example", "--client-id", "c1", "--login", "https://lms.example/login",
    "--token", "https://lms.example/token", "--keys", "https://lms.example/keys",
)  # fmt: skip


@pytest.mark.parametrize("course", [[], [1]], ids=["all courses", "one course"])
def test_platform_is_registered_by_hand(data: Path, course: list[int]) -> None:
    """What its administrator needs in return is printed."""
    printed = run(
        "course", "platform", *course, *LMS, "--deployment", "d1", "--deployment", "d2",
        "--name", "Moodle", data=data,
    ).output  # fmt: skip

    assert printed == (
        "platform 1: Moodle\n"
        "login initiation: http://127.0.0.1:8000/lti/login\n"
        "redirect and target link: http://127.0.0.1:8000/lti/launch\n"
        "content selection (deep linking): http://127.0.0.1:8000/lti/deep-link\n"
        "public keys (JWKS): http://127.0.0.1:8000/lti/keys\n"
    )
    with Database(sqlite_url(data)).read() as session:
        found = session.scalars(select(Platform)).one()
    assert (found.issuer, found.client_id, found.name) == ("https://lms.example", "c1", "Moodle")
    assert (found.deployments, found.course_id) == ("d1\nd2", course[0] if course else None)
    assert (found.authorization_url, found.token_url, found.keys_url) == (
        "https://lms.example/login",
        "https://lms.example/token",
        "https://lms.example/keys",
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([7, *LMS], "there is no course 7"),
        ([*LMS, "--keys", "http://lms.example/keys"], "must begin with https://"),
        ([*LMS, "--token-audience", "x" * 2000], "is too long"),
    ],
    ids=["no such course", "not encrypted", "too long"],
)
def test_platform_that_can_not_be_is_refused(
    data: Path, arguments: list[object], words: str
) -> None:
    """Nothing is kept of it."""
    done = CliRunner().invoke(
        grader, ["course", "platform", *map(str, arguments), "--data", str(data)]
    )

    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())
    with Database(sqlite_url(data)).read() as session:
        assert session.scalars(select(Platform)).all() == []


def test_platform_is_registered_once(data: Path) -> None:
    """The same issuer and client id twice would be two platforms for one launch."""
    run("course", "platform", *LMS, data=data)

    done = CliRunner().invoke(grader, ["course", "platform", *LMS, "--data", str(data)])

    assert done.exit_code == 2
    assert "is registered already" in " ".join(done.stderr.split())


def test_link_of_a_student_is_good_for_the_course_only(data: Path) -> None:
    """An instructor's own link is good for all courses, as the operator vouches for it."""
    run("course", "link", 1, "--to", "s1", data=data)

    with Database(sqlite_url(data)).read() as session:
        scopes = session.execute(
            select(OneTimeLink.course_id, Person.name).join(
                Person, Person.id == OneTimeLink.person_id
            )
        ).all()
    assert {name: course_id for course_id, name in scopes} == {"Ann": 1, "Ina": None}


def test_instructor_with_the_same_email_is_the_same_person(data: Path) -> None:
    """A student with that address is somebody else."""
    run("course", "add", "Another", "--instructor", "I.", "--email", "I@x.org", data=data)
    run("course", "add", "Third", "--instructor", "A.", "--email", "ann@example.org", data=data)

    with Database(sqlite_url(data)).read() as session:
        found = session.execute(
            select(Member.course_id, Person.name)
            .join(Person, Person.id == Member.person_id)
            .where(Member.role == Role.INSTRUCTOR)
            .order_by(Member.course_id)
        ).all()
    assert [tuple(one) for one in found] == [(1, "Ina"), (2, "Ina"), (3, "A.")]


def test_token_is_kept_as_a_digest(data: Path) -> None:
    """It acts for one person in one course."""
    token = run("course", "token", 1, "s2", "--name", "laptop", data=data).output.strip()

    with Database(sqlite_url(data)).read() as session:
        kept = session.scalars(select(ApiToken)).one()
    assert (kept.digest, kept.course_id, kept.name) == (digest_of(token), 1, "laptop")


def test_member_that_is_not_one_is_named(data: Path) -> None:
    """Nobody else gets the link."""
    done = CliRunner().invoke(
        grader, ["course", "link", "1", "--to", "nobody", "--data", str(data)]
    )

    assert done.exit_code == 2
    assert "nobody in course 1 has the id, email or name 'nobody'" in done.output


@pytest.mark.parametrize("name", ["serve", "work"])
def test_missing_libraries_are_explained(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says what to install."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    done = CliRunner().invoke(grader, [name, "--data", str(tmp_path / "data")])

    assert done.exit_code == 2
    assert 'pip install "zerograd[serve]"' in done.output


def test_address_that_is_taken_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is started."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        done = CliRunner().invoke(
            grader,
            ["serve", "--data", str(tmp_path / "data"), "--bind", f"127.0.0.1:{port}",
             "--isolation", "auto"],
        )  # fmt: skip

    assert done.exit_code == 2
    assert f"can't listen on 127.0.0.1, port {port}: address already in use" in done.output
    assert not (tmp_path / "data").exists()
