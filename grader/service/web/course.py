"""The pages of a course for its instructors: people, ways in, queue, audit."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.service.clock import now
from grader.service.database.tables import CourseAssignment, HandIn, Role
from grader.service.offered import add_offered, offered_to
from grader.service.people import (
    add_instructor,
    find_member,
    import_roster,
    list_members,
    new_login_link,
    new_platform_link,
    read_audit,
)
from grader.service.queue_view import view_queue
from grader.service.roster import close_course_code, new_course_code
from grader.service.web.auth import CourseAccess, instructor_of_course, reads_its_body
from grader.service.web.fields import expect_id, id_in, text_in
from grader.service.web.forms import read_form
from grader.service.web.origin import origin_of
from grader.service.web.pages import render
from grader.service.web.state import service_of
from grader.service.web.transactions import reading, writing
from grader.service.web.uploaded_table import expect_table, on_disk, read_table_form

_AUDIT_LINES = 100
_RELOAD_S = 10


@instructor_of_course
async def show_course(request: Request, access: CourseAccess) -> Response:
    """Show a course: its assignments, people and ways in."""
    return await _course_page(request, access)


async def _course_page(
    request: Request,
    access: CourseAccess,
    *,
    problem: str = "",
    done: str = "",
    link: str = "",
    status_code: int = 200,
) -> Response:
    """Make the page of a course, with what came of a form.

    Args:
        request: What it answers.
        access: Who asks for it.
        problem: What was wrong, if anything was.
        done: What was done, if anything was.
        link: A link that is shown once.
        status_code: The status.
    """
    course_id = access.course.id

    def look(session: Session) -> dict[str, object]:
        counts = (
            select(HandIn.assignment_id, func.count().label("count"))
            .group_by(HandIn.assignment_id)
            .subquery()
        )
        assignments = session.execute(
            select(CourseAssignment, func.coalesce(counts.c.count, 0))
            .outerjoin(counts, counts.c.assignment_id == CourseAssignment.id)
            .where(CourseAssignment.course_id == course_id)
            .order_by(CourseAssignment.id)
        ).all()
        return {
            "assignments": assignments,
            "students": list_members(session, course_id, Role.STUDENT),
            "instructors": list_members(session, course_id, Role.INSTRUCTOR),
            "offered": offered_to(session, access.asker),
        }

    return render(
        request,
        "course.html.j2",
        asker=access.asker,
        status_code=status_code,
        course=access.course,
        problem=problem,
        done=done,
        link=link,
        **await reading(request, look),
    )


@instructor_of_course
async def make_assignment(request: Request, access: CourseAccess) -> Response:
    """Add an assignment to the course, and go on to its settings."""
    form = await read_form(request)

    def make(session: Session) -> int:
        return add_offered(
            session,
            access.asker,
            access.course.id,
            text_in(form, "assignment"),
            title=text_in(form, "title"),
        ).id

    try:
        added = await writing(request, make)
    except UsageError as error:
        return await _course_page(request, access, problem=str(error), status_code=422)
    return RedirectResponse(f"/assignments/{added}/settings", status_code=303)


@instructor_of_course
async def renew_code(request: Request, access: CourseAccess) -> Response:
    """Give the course a new code, and show its link once."""
    code = await writing(
        request,
        lambda session: new_course_code(session, access.course.id, by_id=access.asker.person_id),
    )
    access.course.code_digest = "there is one now"
    return await _course_page(
        request,
        access,
        done="This is the link for all students of the course. It is shown once; the link before it"
        " is worth nothing any more.",
        link=f"{_origin(request)}/join/{code}",
    )


@instructor_of_course
async def close_code(request: Request, access: CourseAccess) -> Response:
    """Let nobody in any more with the code of the course."""
    await writing(
        request,
        lambda session: close_course_code(session, access.course.id, by_id=access.asker.person_id),
    )
    access.course.code_digest = None
    return await _course_page(request, access, done="The link of the course is closed.")


@instructor_of_course
async def make_link_for(request: Request, access: CourseAccess) -> Response:
    """Make a one-time link for a member, and show it once."""
    person_id = id_in(await read_form(request), "person_id")

    def make(session: Session) -> tuple[str, str]:
        found = find_member(session, access.course.id, person_id)
        if found is None:
            raise HTTPException(404)
        secret = new_login_link(session, access.course.id, person_id, by_id=access.asker.person_id)
        return secret, found[1].name

    secret, name = await writing(request, make)
    return await _course_page(
        request,
        access,
        done=f"This link logs {name} in, once, within a week. Give it to nobody else: it is shown"
        " once. When it is used, the browsers that were logged in before are logged out.",
        link=f"{_origin(request)}/log-in/{secret}",
    )


@instructor_of_course
async def make_platform_link(request: Request, access: CourseAccess) -> Response:
    """Make a one-time link with which a platform registers, and show it once."""
    secret = await writing(
        request,
        lambda session: new_platform_link(session, access.course.id, by_id=access.asker.person_id),
    )
    return await _course_page(
        request,
        access,
        done="Paste this link where your platform asks for the address of a dynamic registration of"
        " LTI 1.3. It works once, within a day, and is shown once.",
        link=f"{_origin(request)}/lti/register/{secret}",
    )


@instructor_of_course
async def make_instructor(request: Request, access: CourseAccess) -> Response:
    """Make somebody an instructor of the course, and show a link for them once."""
    form = await read_form(request)

    def make(session: Session) -> str:
        member = add_instructor(
            session,
            access.course.id,
            name=text_in(form, "name"),
            email=text_in(form, "email"),
            by_id=access.asker.person_id,
        )
        return new_login_link(
            session, access.course.id, member.person_id, by_id=access.asker.person_id
        )

    try:
        secret = await writing(request, make)
    except UsageError as error:
        return await _course_page(request, access, problem=str(error), status_code=422)
    return await _course_page(
        request,
        access,
        done="This link logs the new instructor in, once, within a week. It is shown once.",
        link=f"{_origin(request)}/log-in/{secret}",
    )


@instructor_of_course
@reads_its_body
async def upload_roster(request: Request, access: CourseAccess) -> Response:
    """Put the students of a roster into the course."""
    service = service_of(request)
    async with read_table_form(request, access.asker) as upload:

        def take() -> tuple[int, int]:
            with (
                on_disk(service, expect_table(upload)) as path,
                service.database.write() as session,
            ):
                return import_roster(session, access.course.id, path, by_id=access.asker.person_id)

        try:
            students, new = await run_in_threadpool(take)
        except UsageError as error:
            return await _course_page(
                request, access, problem=_sentence(str(error)), status_code=422
            )
    done = f"The roster has {students} students; {new} of them are new. Nobody was removed."
    return await _course_page(request, access, done=done)


@instructor_of_course
async def show_queue(request: Request, access: CourseAccess) -> Response:
    """Show the queue, as far as it is of this course."""
    return render(
        request,
        "queue.html.j2",
        asker=access.asker,
        course=access.course,
        queue=await reading(request, lambda session: view_queue(session, access.course.id)),
        now=now(),
        reload_s=_RELOAD_S,
    )


@instructor_of_course
async def show_audit(request: Request, access: CourseAccess) -> Response:
    """Show who did what in the course."""
    asked = request.query_params.get("before", "")
    before = expect_id(asked) if asked else None
    lines = await reading(
        request,
        lambda session: read_audit(session, access.course.id, before=before, at_most=_AUDIT_LINES),
    )

    return render(
        request,
        "audit.html.j2",
        asker=access.asker,
        course=access.course,
        lines=lines,
        at_most=_AUDIT_LINES,
    )


def _origin(request: Request) -> str:
    return origin_of(request, service_of(request).settings)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}. Nothing was changed."


ROUTES = [
    Route("/courses/{course_id:int}", show_course),
    Route("/courses/{course_id:int}/assignments", make_assignment, methods=["POST"]),
    Route("/courses/{course_id:int}/code", renew_code, methods=["POST"]),
    Route("/courses/{course_id:int}/code/close", close_code, methods=["POST"]),
    Route("/courses/{course_id:int}/links", make_link_for, methods=["POST"]),
    Route("/courses/{course_id:int}/platform-link", make_platform_link, methods=["POST"]),
    Route("/courses/{course_id:int}/instructors", make_instructor, methods=["POST"]),
    Route("/courses/{course_id:int}/roster", upload_roster, methods=["POST"]),
    Route("/courses/{course_id:int}/queue", show_queue),
    Route("/courses/{course_id:int}/audit", show_audit),
]
