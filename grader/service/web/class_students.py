"""One student's work as instructors see it, and what they decide about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.service.assignment_settings import read_moment
from grader.service.class_reports import DatabaseReports
from grader.service.clock import now
from grader.service.database.rows import as_dict
from grader.service.database.tables import (
    CourseAssignment,
    Decision,
    Job,
    JobState,
    Member,
    Person,
    Result,
    Role,
)
from grader.service.decisions import Kind, all_decisions, decide, withdraw
from grader.service.delivery_view import describe_delivery
from grader.service.due import assignment_for
from grader.service.hand_ins import count_attempts
from grader.service.people import find_member, list_members
from grader.service.queue import place_in_queue
from grader.service.scores import Standing, standing, standings
from grader.service.web.auth import AssignmentAccess, instructor_of_assignment
from grader.service.web.fields import id_in_path, points_in, text_in
from grader.service.web.file_names import attachment
from grader.service.web.forms import read_form
from grader.service.web.hand_in_access import HandInAccess, may_see_hand_in
from grader.service.web.pages import render
from grader.service.web.transactions import reading, writing

_DONE = {
    Kind.OVERRIDE: "These points count now.",
    Kind.EXCUSE: "The student is excused.",
    Kind.COMMENT: "The student sees the comment with the assignment.",
    Kind.EXTENSION: "The student has the new due date.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A student in the list of an assignment."""

    person: Person
    student_id: str
    stands: Standing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """A student's work, as its page shows it."""

    member: Member
    person: Person
    assignment: CourseAssignment
    stands: Standing
    left: int | None
    decisions: Sequence[tuple[Decision, str]]
    waiting: dict[str, int]
    failed: frozenset[int]
    delivery: str


@instructor_of_assignment
async def list_students(request: Request, access: AssignmentAccess) -> Response:
    """List the students with their points."""

    def look(session: Session) -> list[_Line]:
        stands = standings(session, access.assignment)
        return [
            _Line(
                person=one.person,
                student_id=one.member.student_id,
                stands=stands.get(one.person.id),
            )
            for one in list_members(session, access.course.id, Role.STUDENT)
        ]

    return render(
        request,
        "class_students.html.j2",
        asker=access.asker,
        course=access.course,
        assignment=access.assignment,
        lines=await reading(request, look),
    )


@instructor_of_assignment
async def show_student(request: Request, access: AssignmentAccess) -> Response:
    """Show a student's attempts, and what was decided about them."""
    return await _student_page(request, access)


async def _student_page(
    request: Request,
    access: AssignmentAccess,
    *,
    problem: str = "",
    done: str = "",
    status_code: int = 200,
) -> Response:
    person_id = id_in_path(request, "person_id")
    work = await reading(request, lambda session: _read_work(session, access, person_id))
    if work is None:
        raise HTTPException(404)
    return render(
        request,
        "class_student.html.j2",
        asker=access.asker,
        status_code=status_code,
        course=access.course,
        assignment=work.assignment,
        original=access.assignment,
        work=work,
        problem=problem,
        done=done,
        now=now(),
    )


def _read_work(session: Session, access: AssignmentAccess, person_id: int) -> _Work | None:
    found = find_member(session, access.course.id, person_id, Role.STUDENT)
    if found is None:
        return None
    member, person = found
    assignment = assignment_for(session, access.assignment, person_id)
    stands = standing(session, assignment, person_id)
    decisions = all_decisions(session, assignment.id, person_id)
    by = {one.by_id for one in decisions} - {None}
    names = as_dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(by))))
    waiting = {
        one.number: place
        for one in stands.attempts
        if one.result_id is None and (place := place_in_queue(session, one.hand_in_id)) is not None
    }
    failed = select(Job.hand_in_id).where(
        Job.hand_in_id.in_([one.hand_in_id for one in stands.attempts]),
        Job.regrade_id == 0,
        Job.state == JobState.FAILED,
    )
    return _Work(
        member=member,
        person=person,
        assignment=assignment,
        stands=stands,
        left=count_attempts(session, assignment, person_id, now()).left,
        decisions=[(one, names.get(one.by_id or 0, "somebody")) for one in decisions],
        waiting=waiting,
        failed=frozenset(session.scalars(failed)),
        delivery=describe_delivery(session, assignment, person_id),
    )


@instructor_of_assignment
async def decide_about(request: Request, access: AssignmentAccess) -> Response:
    """Make a decision about a student's work."""
    form = await read_form(request)
    person_id = id_in_path(request, "person_id")
    try:
        kind = Kind(text_in(form, "kind"))
    except ValueError as error:
        raise HTTPException(400) from error

    def act(session: Session) -> None:
        if find_member(session, access.course.id, person_id, Role.STUDENT) is None:
            raise HTTPException(404)
        decide(
            session,
            access.assignment.id,
            person_id,
            kind,
            by_id=access.asker.person_id,
            text=text_in(form, "text"),
            points=points_in(form, "points") if kind is Kind.OVERRIDE else None,
            until=read_moment(text_in(form, "until"), text_in(form, "offset"), "The new due date")
            if kind is Kind.EXTENSION
            else None,
        )

    try:
        await writing(request, act)
    except UsageError as error:
        return await _student_page(request, access, problem=str(error), status_code=422)
    return await _student_page(request, access, done=_DONE[kind])


@instructor_of_assignment
async def take_back(request: Request, access: AssignmentAccess) -> Response:
    """Take a decision back."""
    decision_id = id_in_path(request, "decision_id")
    person_id = id_in_path(request, "person_id")

    def act(session: Session) -> None:
        decision = session.get(Decision, decision_id)
        if decision is None or (decision.assignment_id, decision.person_id) != (
            access.assignment.id,
            person_id,
        ):
            raise HTTPException(404)
        withdraw(session, decision, by_id=access.asker.person_id)

    await writing(request, act)
    return await _student_page(request, access, done="It was taken back.")


@may_see_hand_in
async def download_report(request: Request, access: HandInAccess) -> Response:
    """Send the whole report of a hand-in as JSON, with what its student does not see."""
    if not access.is_instructor:
        raise HTTPException(404)
    number = access.hand_in.number
    data = await reading(
        request, lambda session: DatabaseReports(session).column(number, Result.report)
    )
    if not data:
        raise HTTPException(404, "There is no report.")
    return Response(
        data,
        media_type="application/json",
        headers={"Content-Disposition": attachment(f"{number}.json")},
    )


_STUDENT = "/assignments/{assignment_id:int}/students/{person_id:int}"
ROUTES = [
    Route("/hand-ins/{number}/report.json", download_report),
    Route("/assignments/{assignment_id:int}/students", list_students),
    Route(_STUDENT, show_student),
    Route(f"{_STUDENT}/decisions", decide_about, methods=["POST"]),
    Route(f"{_STUDENT}/decisions/{{decision_id}}/withdraw", take_back, methods=["POST"]),
]
