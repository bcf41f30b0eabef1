"""A class of students that hand in through the service's own pages, over HTTP."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from grader.authoring.mock_class import write_mock_class
from grader.checks.assignment import load_assignment
from grader.report.class_model import Student
from grader.service.courses import AssignmentSettings, add_assignment, add_course, add_instructor
from grader.service.database.engine import Database
from grader.service.database.tables import Member, WebSession
from grader.service.one_time_links import Purpose, make_link
from grader.service.roster import enroll
from grader.service.sessions import start_session
from grader.service.tokens import digest_of

# Made-up classes end with files that hit limits, on purpose: they would measure nothing else.
_ODD_ONES = 5
_TIMEOUT_S = 60.0


class NotTakenError(Exception):
    """The service has answered, but not with a receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A browser in which a student is logged in."""

    cookie: str
    csrf_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCourse:
    """A course that was made up.

    Attributes:
        course_id: The course.
        assignment_id: Its only assignment.
        instructor: The secret of a one-time link for its instructor.
        students: The ids of the students.
    """

    course_id: int
    assignment_id: int
    instructor: str
    students: Sequence[int]


def make_course(
    database: Database,
    assignment: str,
    *,
    students: int,
    name: str = "Deep learning",
    settings: AssignmentSettings | None = None,
) -> MadeCourse:
    """Make a course with students that were made up."""
    people = [
        Student(id=f"s{one:04}", name=f"Student {one}", email=f"s{one:04}@example.org")
        for one in range(1, students + 1)
    ]
    with database.write() as session:
        course = add_course(session, name)
        instructor = add_instructor(session, course.id, "Ina Structor", email="ina@example.org")
        added = add_assignment(session, course.id, assignment, settings or AssignmentSettings())
        members = enroll(session, course.id, people)
        return MadeCourse(
            course_id=course.id,
            assignment_id=added.id,
            instructor=make_link(
                session, Purpose.LOGIN, course_id=None, person_id=instructor.person_id
            ),
            students=[one.person_id for one in members],
        )


def log_in_all(database: Database, course: MadeCourse, *, cookie: str) -> list[Browser]:
    """Log all students of a course in, as if they had used their links long ago.

    Args:
        database: The database.
        course: The course.
        cookie: The name of the cookie.
    """
    browsers = []
    with database.write() as session:
        for person_id in course.students:
            secret = start_session(session, person_id, course_id=course.course_id)
            token = session.scalars(
                select(WebSession.csrf_token).where(WebSession.digest == digest_of(secret))
            ).one()
            browsers.append(Browser(cookie=f"{cookie}={secret}", csrf_token=token))
    return browsers


def student_link(database: Database, course: MadeCourse, person_id: int) -> str:
    """Return the secret of a one-time link for a student."""
    with database.write() as session:
        member = session.scalars(select(Member).where(Member.person_id == person_id)).one()
        return make_link(
            session, Purpose.LOGIN, course_id=course.course_id, person_id=member.person_id
        )


@dataclass(slots=True)
class Work:
    """Files that a made-up class hands in; each hand-in is another one, with bytes of its own."""

    files: Sequence[tuple[str, bytes]]
    _numbers: dict[int, int] = field(default_factory=dict)

    def nth(self, number: int) -> tuple[int, str, bytes]:
        """Return which file the n-th hand-in is of, its name, and its bytes."""
        kind = number % len(self.files)
        name, data = self.files[kind]
        # White space at the end changes neither a script nor a notebook.
        tag = "".join(" " if bit == "1" else "\t" for bit in f"{number:b}")
        return kind, name, data + f"\n{tag}\n".encode()


def make_work(assignment: str, folder: Path, *, kinds: int, seed: int = 0) -> Work:
    """Make up a class, and return what it hands in."""
    count = kinds + _ODD_ONES
    made = write_mock_class(load_assignment(assignment), folder, count=count, seed=seed)
    files = sorted(one for one in made.rglob("*") if one.suffix in {".py", ".ipynb"})
    return Work([(one.name, one.read_bytes()) for one in files[:kinds]])


@dataclass(slots=True)
class Service:
    """The service, as browsers see it.

    Args:
        address: Where it listens.
    """

    address: str
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.AsyncClient(
            base_url=self.address,
            timeout=_TIMEOUT_S,
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=100),
            trust_env=False,
        )

    async def hand_in(self, browser: Browser, assignment_id: int, name: str, data: bytes) -> str:
        """Hand in; return the number of the receipt.

        Raises:
            NotTakenError: There is none.
            httpx.HTTPError: The service doesn't answer.
        """
        answer = await self.client.post(
            f"/assignments/{assignment_id}/hand-in",
            data={"csrf_token": browser.csrf_token, "pasted": ""},
            files=[("files", (name, data))],
            headers={"Cookie": browser.cookie, "Origin": self.address},
        )
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise NotTakenError(f"{answer.status_code}: {_text_of(answer.text)[:200]}")
        return answer.headers["location"].rpartition("/")[2]

    async def state(self, browser: Browser, number: str) -> dict[str, Any]:
        """Ask how a hand-in stands, as the script on its page does.

        Raises:
            httpx.HTTPError: The service doesn't answer.
        """
        answer = await self.client.get(
            f"/hand-ins/{number}/state", headers={"Cookie": browser.cookie}
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def log_in(self, secret: str) -> Browser:
        """Use a one-time link, as its button does; return the browser."""
        async with httpx.AsyncClient(base_url=self.address, trust_env=False) as browser:
            answer = await browser.post(f"/log-in/{secret}", headers={"Origin": self.address})
            if answer.status_code >= httpx.codes.BAD_REQUEST:
                raise NotTakenError(f"{answer.status_code}: {_text_of(answer.text)[:200]}")
            home = await browser.get("/")
            found = re.search(r'name="csrf_token" value="([^"]+)"', home.text)
            assert found is not None, home.text
            cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
            return Browser(cookie=cookie, csrf_token=found[1])

    async def close(self) -> None:
        """Close all connections."""
        await self.client.aclose()


def _text_of(page: str) -> str:
    body = page.partition("</head>")[2] or page
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def random_seed() -> int:
    """Return a seed, to be printed so that a run can be repeated."""
    return secrets.randbelow(10**6)
