"""A student of a course: the work in all assignments, a link, and the deletion of everything."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.report.normalize import normalize
from grader.service.database.tables import CourseAssignment, Member, Person, Role
from grader.service.deletion import Remains, delete_student, what_remains
from grader.service.people import find_member
from grader.service.scores import Standing, standing
from grader.service.web.auth import CourseAccess, instructor_of_course
from grader.service.web.class_views import class_views_of
from grader.service.web.fields import id_in_path, text_in
from grader.service.web.forms import read_form
from grader.service.web.pages import render
from grader.service.web.state import service_of
from grader.service.web.transactions import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Student:
    """A student as the page shows it."""

    member: Member
    person: Person
    work: list[tuple[CourseAssignment, Standing]]
    remains: Remains


@instructor_of_course
async def show_student(request: Request, access: CourseAccess) -> Response:
    """Show a student of the course."""
    return await _page(request, access)


async def _page(
    request: Request, access: CourseAccess, *, problem: str = "", status_code: int = 200
) -> Response:
    person_id = id_in_path(request, "person_id")
    student = await reading(request, lambda session: _read(session, access.course.id, person_id))
    if student is None:
        raise HTTPException(404)
    return render(
        request,
        "course_student.html.j2",
        asker=access.asker,
        status_code=status_code,
        course=access.course,
        student=student,
        problem=problem,
    )


def _read(session: Session, course_id: int, person_id: int) -> _Student | None:
    found = find_member(session, course_id, person_id, Role.STUDENT)
    if found is None:
        return None
    assignments = session.scalars(
        select(CourseAssignment)
        .where(CourseAssignment.course_id == course_id)
        .order_by(CourseAssignment.id)
    ).all()
    return _Student(
        member=found[0],
        person=found[1],
        work=[(one, standing(session, one, person_id)) for one in assignments],
        remains=what_remains(session, course_id, person_id),
    )


@instructor_of_course
async def delete(request: Request, access: CourseAccess) -> Response:
    """Delete all that the course has of a student, once the name was typed."""
    typed = text_in(await read_form(request), "name")
    person_id = id_in_path(request, "person_id")
    student = await reading(request, lambda session: _read(session, access.course.id, person_id))
    if student is None:
        raise HTTPException(404)
    if normalize(typed) != normalize(student.person.name):
        return await _page(
            request,
            access,
            problem="This is not the name of the student. Nothing was deleted.",
            status_code=422,
        )
    service = service_of(request)

    def act() -> bool:
        return delete_student(
            service.database, access.course.id, person_id, by_id=access.asker.person_id
        )

    if not await run_in_threadpool(act):
        raise HTTPException(404)
    class_views_of(request).forget()
    return render(
        request,
        "student_deleted.html.j2",
        asker=access.asker,
        course=access.course,
        remains=student.remains,
        is_sqlite=service.database.is_sqlite,
    )


_STUDENT = "/courses/{course_id:int}/students/{person_id:int}"
ROUTES = [
    Route(_STUDENT, show_student),
    Route(f"{_STUDENT}/delete", delete, methods=["POST"]),
]
