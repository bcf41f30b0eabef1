"""A service with two courses and people in them, asked by browsers that need no network."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import httpx
import msgspec
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fakes import check_result, make_report
from httpx import Response
from service_backend import database_url
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from grader.outputs.pages.student_page import render_student_page
from grader.report.model import Report, ReportStatus, Status
from grader.service import queue
from grader.service.clock import now
from grader.service.database.engine import Database
from grader.service.database.migrate import migrate
from grader.service.database.tables import (
    Base,
    Course,
    CourseAssignment,
    HandIn,
    Job,
    Member,
    Person,
    Role,
)
from grader.service.hand_ins import take
from grader.service.one_time_links import Purpose, make_link
from grader.service.queue import ClaimedJob, NewResult
from grader.service.roster import new_course_code
from grader.service.scores import store_result
from grader.service.sessions import start_session
from grader.service.settings import ServiceSettings
from grader.service.web.app import make_app
from grader.service.web.auth import cookie_name
from grader.service.web.state import ServiceState

ORIGIN = "http://127.0.0.1:8000"
# Two students and an instructor of the first course; of the second, one of each.
ANN, BOB, INA, EVE, OTTO = 1, 2, 3, 4, 5
FIRST, SECOND = 1, 2
# The assignments of the two courses; the third belongs to the first one, and asks for two files.
LAB, OTHER_LAB, FILES_LAB = 1, 2, 3
ROOT = Path(__file__).resolve().parents[1]
_MEMBERS = (
    (ANN, "Ann", FIRST, Role.STUDENT, "s1"),
    (BOB, "Bob", FIRST, Role.STUDENT, "s2"),
    (INA, "Ina", FIRST, Role.INSTRUCTOR, ""),
    (EVE, "Eve", SECOND, Role.STUDENT, "s1"),
    (OTTO, "Otto", SECOND, Role.INSTRUCTOR, ""),
)


@dataclass(slots=True)
class Site:
    """A service.

    Attributes:
        database: Its database.
        state: What its routes have.
        code: The code of the first course.
        portal: Runs the event loop.
    """

    database: Database
    state: ServiceState
    code: str
    portal: BlockingPortal

    def browser(self, person_id: int | None = None, *, course_id: int | None = None) -> "Browser":
        """Return a browser, in which somebody is logged in unless it is nobody."""
        client = self.browser_of(make_app(self.state))
        if person_id is not None:
            with self.database.write() as session:
                secret = start_session(session, person_id, course_id=course_id)
            client.hold(cookie_name(self.state.settings), secret)
        return client

    def browser_of(self, app: Starlette) -> "Browser":
        """Return a browser for an application of this service, in which nobody is logged in."""
        origin = self.state.settings.base_url or ORIGIN
        return Browser(
            transport=_InProcess(app, self.portal), base_url=origin, headers={"Origin": origin}
        )

    def link(self, person_id: int, *, course_id: int | None = FIRST) -> str:
        """Make a one-time link for somebody; return its path."""
        with self.database.write() as session:
            secret = make_link(session, Purpose.LOGIN, course_id=course_id, person_id=person_id)
        return f"/log-in/{secret}"

    def hand_in(
        self, person_id: int = ANN, assignment_id: int = LAB, *, name: str = "lab.py",
        data: bytes = b"x = 1\n",
    ) -> str:  # fmt: skip
        """Hand in; return the number."""
        return take(
            self.database, assignment_id=assignment_id, person_id=person_id, name=name, data=data
        ).number

    def grade(self, number: str, report: Report | None = None) -> None:
        """Store a report for a hand-in."""
        report = report or right_report()
        with self.database.read() as session:
            job, hand_in = session.execute(
                select(Job, HandIn)
                .join(HandIn, HandIn.id == Job.hand_in_id)
                .where(HandIn.number == number)
            ).one()
        claimed = ClaimedJob(
            id=job.id,
            hand_in_id=hand_in.id,
            regrade_id=0,
            assignment_id=hand_in.assignment_id,
            person_id=hand_in.person_id,
            name=hand_in.name,
            data=b"",
            faults=0,
        )
        result = NewResult(
            key="key",
            status=report.status.value,
            is_fault=report.status is ReportStatus.GRADER_ERROR,
            points=report.score,
            max_points=report.max_score or 0.0,
            report=msgspec.json.encode(report),
            page=render_student_page(report).encode(),
        )
        with patch.object(queue, "_PAUSES_S", ()):  # a fault is not tried again
            store_result(self.database, claimed, result)

    def change(self, assignment_id: int, **values: object) -> None:
        """Change the settings of an assignment."""
        with self.database.write() as session:
            assignment = session.get_one(CourseAssignment, assignment_id)
            for name, value in values.items():
                setattr(assignment, name, value)


class _InProcess(httpx.BaseTransport):
    """Hands requests to an application, on an event loop that goes on between them."""

    def __init__(self, app: Starlette, portal: BlockingPortal) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._portal = portal

    def handle_request(self, request: httpx.Request) -> Response:
        """Answer a request."""

        async def answer() -> Response:
            response = await self._transport.handle_async_request(request)
            return Response(
                response.status_code,
                headers=response.headers,
                content=await response.aread(),
                request=request,
            )

        return self._portal.call(answer)


class Browser(httpx.Client):
    """A browser: it sends the token of its session with forms, and knows what is on a page."""

    def hold(self, name: str, value: str) -> None:
        """Put a cookie into the browser, as if the service had."""
        self.cookies.set(name, value, domain=self.base_url.host)

    def token(self) -> str:
        """Return the token in the forms of the session."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/").text)
        assert found is not None
        return found[1]

    def submit(self, path: str, **fields: str) -> Response:
        """Send a form, with the token if somebody is logged in."""
        if self.get("/").status_code == 200:
            fields.setdefault("csrf_token", self.token())
        return self.post(path, data=fields)

    def upload(
        self, assignment_id: int, *files: tuple[str, bytes], pasted: str = "", token: str = ""
    ) -> Response:
        """Hand in by the form of an assignment."""
        return self.post(
            f"/assignments/{assignment_id}/hand-in",
            data={"csrf_token": token or self.token(), "pasted": pasted},
            files=[("files", (name, data)) for name, data in files] or [("files", ("", b""))],
        )


def right_report(points: float = 1.0) -> Report:
    """Return a report with full points."""
    return make_report(check_result("mse/a", max_points=points))


def wrong_report() -> Report:
    """Return a report with half of two points."""
    return make_report(check_result("mse/a"), check_result("mse/b", Status.FAILED))


def count_on(session: Session) -> None:
    """Have PostgreSQL number new rows after those that were made with ids of their own."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        if "id" in table.c:
            session.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608
                    f"COALESCE((SELECT max(id) FROM {table.name}), 0) + 1, false)"
                )
            )


@contextmanager
def open_site(
    folder: Path, *, base_url: str = "", max_upload_bytes: int = 10 * 1024 * 1024
) -> Iterator[Site]:
    """Make a service with courses and people."""
    folder.mkdir(exist_ok=True)
    settings = ServiceSettings(
        data=folder,
        base_url=base_url,
        max_upload_bytes=max_upload_bytes,
        database=database_url(folder),
    )
    database = Database(settings.database_url)
    migrate(database)
    with database.write() as session:
        session.add_all(
            Course(id=one, name=f"Course {one}", created_at=now()) for one in (FIRST, SECOND)
        )
        session.add_all(
            Person(id=id_, name=name, email=f"{name.lower()}@example.org", created_at=now())
            for id_, name, *_ in _MEMBERS
        )
        session.flush()
        session.add_all(
            Member(course_id=course, person_id=id_, role=role, student_id=student_id)
            for id_, _, course, role, student_id in _MEMBERS
        )
        session.add_all(
            CourseAssignment(
                id=id_, course_id=course, folder=folder_, title=f"Lab {id_}", salt="s",
                created_at=now(),
            )
            for id_, course, folder_ in (
                (LAB, FIRST, "lab4"),
                (OTHER_LAB, SECOND, "lab4"),
                (FILES_LAB, FIRST, str(ROOT / "docs" / "examples" / "two_files")),
            )
        )  # fmt: skip
        code = new_course_code(session, FIRST, by_id=None)
        session.flush()
        count_on(session)
    with start_blocking_portal() as portal:
        yield Site(database, ServiceState(settings, database), code, portal)
    database.close()
