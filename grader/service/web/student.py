"""The pages of a student: assignments, hand-ins with receipt and place in the queue, reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grader.service.clock import now
from grader.service.database.tables import (
    Content,
    Course,
    CourseAssignment,
    HandIn,
    Member,
    Person,
    Result,
    Role,
)
from grader.service.queue import place_in_queue
from grader.service.sessions import Asker
from grader.service.shown import is_after_due, shown_page
from grader.service.student_work import SeenAttempt, SeenWork, last_moment, see_work
from grader.service.web.asked_for import asked_for
from grader.service.web.auth import (
    AssignmentAccess,
    list_memberships,
    logged_in,
    member_of_assignment,
)
from grader.service.web.file_names import attachment
from grader.service.web.hand_in_access import HandInAccess, may_see_hand_in
from grader.service.web.handed_in import ListedFile, as_download, list_files
from grader.service.web.pages import render
from grader.service.web.pauses import pause_s
from grader.service.web.state import ServiceState, service_of
from grader.submission.hand_in import MARK_BYTES, is_packed

# A report's own policy allows its style sheet only. It is a page from elsewhere to ours: nothing in
# it runs, and it sends nothing. It shares our origin so that our script can measure its height.
_REPORT_POLICY = (
    "sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
# A page without scripts is loaded whole.
_LEAST_RELOAD_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseList:
    """A course in the list of assignments, with the work of the person who asks."""

    course: Course
    member: Member
    assignments: Sequence[tuple[CourseAssignment, SeenWork]]

    @property
    def is_instructor(self) -> bool:
        """Whether who asks is an instructor of it."""
        return self.member.role is Role.INSTRUCTOR

    @property
    def has_personal_link(self) -> bool:
        """Whether who asks gets in by a personal link."""
        return self.member.role is Role.STUDENT and self.member.claimed_at is not None


@logged_in
async def show_home(request: Request, asker: Asker) -> Response:
    """List the assignments of all courses that a session is good for."""
    courses = await run_in_threadpool(_list_courses, service_of(request), asker)
    return render(request, "home.html.j2", asker=asker, courses=courses, now=now())


def _list_courses(service: ServiceState, asker: Asker) -> list[CourseList]:
    moment = now()
    with service.database.read() as session:
        return [
            CourseList(
                course=course,
                member=member,
                assignments=[
                    (
                        one,
                        see_work(
                            session, one, asker.person_id, scores=service.scores, moment=moment
                        ),
                    )
                    for one in session.scalars(
                        select(CourseAssignment)
                        .where(CourseAssignment.course_id == course.id)
                        .order_by(CourseAssignment.id)
                    )
                ],
            )
            for course, member in list_memberships(session, asker)
        ]


@member_of_assignment
async def show_assignment(request: Request, access: AssignmentAccess) -> Response:
    """Show an assignment: the form to hand in, and the attempts until now."""
    return await assignment_page(request, access)


async def assignment_page(
    request: Request, access: AssignmentAccess, *, problem: str = "", status_code: int = 200
) -> Response:
    """Make the page of an assignment, with what was wrong with a hand-in, if anything was."""
    service = service_of(request)

    def look() -> SeenWork:
        with service.database.read() as session:
            return see_work(
                session,
                access.assignment,
                access.asker.person_id,
                scores=service.scores,
                moment=now(),
            )

    work = await run_in_threadpool(look)
    asked = await run_in_threadpool(asked_for, access.assignment.folder)
    return render(
        request,
        "assignment.html.j2",
        asker=access.asker,
        status_code=status_code,
        course=access.course,
        assignment=access.assignment,
        work=work,
        asked=asked,
        closes_at=last_moment(access.assignment),
        max_bytes=service.settings.max_upload_bytes,
        problem=problem,
        now=now(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A hand-in as its page shows it; ``error`` says why there is not even a report."""

    attempt: SeenAttempt
    place: int | None
    person_name: str
    error: str
    files: Sequence[ListedFile]
    counts: bool


@may_see_hand_in
async def show_hand_in(request: Request, access: HandInAccess) -> Response:
    """Show a hand-in: its receipt, its place in the queue, then its report."""
    seen = await run_in_threadpool(_see_hand_in, service_of(request), access)
    return render(
        request,
        "hand_in.html.j2",
        asker=access.asker,
        course=access.course,
        assignment=access.assignment,
        hand_in=access.hand_in,
        is_own=access.is_own,
        seen=seen,
        place=describe_place(seen.place),
        pause_s=pause_s(seen.place),
        reload_s=max(_LEAST_RELOAD_S, pause_s(seen.place)),
    )


def _see_hand_in(service: ServiceState, access: HandInAccess) -> _Seen:
    hand_in = access.hand_in
    with service.database.read() as session:
        work = see_work(
            session, access.assignment, hand_in.person_id, scores=service.scores, moment=now()
        )
        attempt = next(one for one in work.attempts if one.attempt.hand_in_id == hand_in.id)
        # With a report, the page is never empty; and it may be large, so only the error is read.
        error = session.scalar(
            select(Result.error).where(
                Result.id == attempt.attempt.result_id, func.length(Result.page) == 0
            )
        )
        return _Seen(
            attempt=attempt,
            place=place_in_queue(session, hand_in.id),
            person_name=session.get_one(Person, hand_in.person_id).name,
            error=error or "",
            files=_list_files(session, hand_in),
            counts=work.counting is attempt,
        )


def _list_files(session: Session, hand_in: HandIn) -> Sequence[ListedFile]:
    """List the files of a hand-in; its bytes are read only if they are several files."""
    content = select(Content.data).where(Content.sha256 == hand_in.sha256)
    beginning = session.scalar(
        select(func.substr(Content.data, 1, MARK_BYTES)).where(Content.sha256 == hand_in.sha256)
    )
    if not is_packed(bytes(beginning or b"")):
        return [ListedFile(hand_in.name, hand_in.size_bytes, hand_in.sha256)]
    return list_files(hand_in.name, session.scalars(content).one())


@may_see_hand_in
async def hand_in_state(request: Request, access: HandInAccess) -> Response:
    """Say how a hand-in stands, for the script on its page."""

    def look() -> tuple[int | None, bool]:
        with service_of(request).database.read() as session:
            place = place_in_queue(session, access.hand_in.id)
            return place, access.hand_in.result_id is not None

    place, is_ready = await run_in_threadpool(look)
    return JSONResponse(
        {
            "is_ready": is_ready,
            "place": place,
            "sentence": describe_place(place),
            "pause_s": pause_s(place),
        }
    )


@may_see_hand_in
async def show_report(request: Request, access: HandInAccess) -> Response:
    """Show the report of a hand-in, as its student may see it now."""
    html = await run_in_threadpool(_report_page, service_of(request), access)
    if html is None:
        return render(
            request,
            "error.html.j2",
            asker=access.asker,
            status_code=404,
            title="There is no report yet",
            text="It is here as soon as the hand-in is graded.",
            has_way_on=True,
        )
    return Response(
        html,
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": _REPORT_POLICY},
    )


def _report_page(service: ServiceState, access: HandInAccess) -> bytes | None:
    with service.database.read() as session:
        result = session.get(Result, access.hand_in.result_id or 0)
        if result is None or not result.page:
            return None
        return shown_page(
            result.page,
            result.report,
            notebook=session.get_one(Content, access.hand_in.sha256).data,
            after_due=is_after_due(access.assignment, now()),
        )


@may_see_hand_in
async def download(request: Request, access: HandInAccess) -> Response:
    """Give back what was handed in."""

    def read() -> tuple[str, bytes]:
        with service_of(request).database.read() as session:
            data = session.get_one(Content, access.hand_in.sha256).data
        return as_download(access.hand_in.name, data)

    name, data = await run_in_threadpool(read)
    return Response(
        data,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": attachment(name),
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        },
    )


def describe_place(place: int | None) -> str:
    """Say where in the queue a hand-in is."""
    if place is None:
        return "Its report is being put together."
    if place == 0:
        return "It is next, or being graded right now."
    return f"{place} {'hand-in is' if place == 1 else 'hand-ins are'} before it."


ROUTES = [
    Route("/", show_home),
    Route("/assignments/{assignment_id:int}", show_assignment),
    Route("/hand-ins/{number}", show_hand_in),
    Route("/hand-ins/{number}/state", hand_in_state),
    Route("/hand-ins/{number}/report", show_report),
    Route("/hand-ins/{number}/file", download),
]
