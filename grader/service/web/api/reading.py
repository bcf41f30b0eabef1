"""Answers what programs ask: assignments, hand-ins, reports, the class."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.exports.student_view import student_view
from grader.report.model import Report
from grader.report.schema import report_to_json
from grader.report.summary_file import summary_to_json
from grader.service.clock import as_datetime, now
from grader.service.database.tables import (
    Course,
    CourseAssignment,
    HandIn,
    Member,
    Person,
    Result,
)
from grader.service.queue import place_in_queue
from grader.service.sessions import Asker
from grader.service.shown import is_after_due
from grader.service.student_work import last_moment, see_work
from grader.service.web.api.answers import (
    answer,
    answer_unless_known,
    as_time,
    read_query,
)
from grader.service.web.api.messages import (
    AssignmentList,
    AssignmentMessage,
    CourseMessage,
    HandInList,
    HandInMessage,
    HandInState,
    ListQuery,
    TokenMessage,
    WorkState,
)
from grader.service.web.api.people import as_person, find_student
from grader.service.web.auth import (
    AssignmentAccess,
    instructor_of_assignment,
    logged_in,
    member_of_assignment,
)
from grader.service.web.class_views import class_views_of
from grader.service.web.hand_in_access import HandInAccess, may_see_hand_in
from grader.service.web.pauses import pause_s
from grader.service.web.state import ServiceState, service_of
from grader.service.web.transactions import reading


@logged_in
async def show_token(request: Request, asker: Asker) -> Response:
    """Say for whom the token acts."""

    def look(session: Session) -> TokenMessage:
        member, person, course = session.execute(
            select(Member, Person, Course)
            .join(Person, Person.id == Member.person_id)
            .join(Course, Course.id == Member.course_id)
            .where(Member.person_id == asker.person_id, Member.course_id == asker.course_id)
        ).one()
        return TokenMessage(
            person=as_person(member, person),
            role=member.role.value,
            course=CourseMessage(id=course.id, name=course.name),
        )

    return answer(await reading(request, look))


@logged_in
async def list_assignments(request: Request, asker: Asker) -> Response:
    """List the assignments of the course."""
    service = service_of(request)

    def look(session: Session) -> AssignmentList:
        found = session.scalars(
            select(CourseAssignment)
            .where(CourseAssignment.course_id == asker.course_id)
            .order_by(CourseAssignment.id)
        )
        return AssignmentList(
            items=[_describe_assignment(session, service, one, asker.person_id) for one in found]
        )

    return answer(await reading(request, look))


@member_of_assignment
async def show_assignment(request: Request, access: AssignmentAccess) -> Response:
    """Describe an assignment."""
    service = service_of(request)
    return answer(
        await reading(
            request,
            lambda session: _describe_assignment(
                session, service, access.assignment, access.asker.person_id
            ),
        )
    )


def _describe_assignment(
    session: Session, service: ServiceState, assignment: CourseAssignment, person_id: int
) -> AssignmentMessage:
    work = see_work(session, assignment, person_id, scores=service.scores, moment=now())
    return AssignmentMessage(
        id=assignment.id,
        title=assignment.title,
        opens_at=as_time(assignment.opens_at),
        due_at=as_time(work.assignment.due_at),
        closes_at=as_time(last_moment(work.assignment)),
        may_hand_in=work.may_hand_in,
        attempts_left=work.left.left,
        next_attempt_at=as_time(work.left.next_at),
        points=work.points,
        max_points=work.max_points or None,
        is_excused=work.is_excused,
    )


@member_of_assignment
async def list_hand_ins(request: Request, access: AssignmentAccess) -> Response:
    """List hand-ins: a student's own, or for instructors those of all or of one student."""
    service, query = service_of(request), read_query(request, ListQuery)

    def look(session: Session) -> HandInList:
        wanted = _hand_ins().where(HandIn.assignment_id == access.assignment.id)
        if query.student or not access.is_instructor:
            wanted = wanted.where(HandIn.person_id == find_student(session, access, query.student))
        if query.after:
            wanted = wanted.where(HandIn.id > _find_number(session, access, query.after))
        rows = session.execute(wanted.order_by(HandIn.id).limit(query.limit + 1)).all()
        found = [_Row(*row) for row in rows[: query.limit]]
        return HandInList(
            items=_describe(session, service, access, found),
            next=found[-1].hand_in.number if len(rows) > query.limit else None,
        )

    return answer(await reading(request, look))


@may_see_hand_in
async def show_hand_in(request: Request, access: HandInAccess) -> Response:
    """Say how a hand-in stands; while it waits, ``Retry-After`` says when to ask again."""
    service = service_of(request)

    def look(session: Session) -> HandInState:
        row = session.execute(_hand_ins().where(HandIn.id == access.hand_in.id)).one()
        (found,) = _describe(session, service, access, [_Row(*row)])
        place = place_in_queue(session, access.hand_in.id)
        return HandInState(**msgspec.structs.asdict(found), place=place)

    state = await reading(request, look)
    is_waiting = state.state is WorkState.WAITING
    return answer(state, headers={"Retry-After": str(pause_s(state.place))} if is_waiting else None)


@may_see_hand_in
async def show_report(request: Request, access: HandInAccess) -> Response:
    """Answer with the report: to its student as it may be seen now, to instructors the whole."""

    def look(session: Session) -> tuple[str, str] | None:
        result = session.get(Result, access.hand_in.result_id or 0)
        if result is None or not result.report:
            return None
        report = msgspec.json.decode(result.report, type=Report)
        after_due = is_after_due(access.assignment, now())
        if not access.is_instructor:
            report = student_view(report, is_after_due=after_due).report
        seen_by = "instructor" if access.is_instructor else "after" if after_due else "before"
        return f"{result.id}-{seen_by}", report_to_json(report)

    found = await reading(request, look)
    if found is None:
        raise HTTPException(404, "There is no report yet.", {"Retry-After": "2"})
    return answer_unless_known(request, *found)


@instructor_of_assignment
async def show_class(request: Request, access: AssignmentAccess) -> Response:
    """Answer with the class, as a batch writes it to ``summary.json``."""
    views = class_views_of(request)

    def look(session: Session) -> tuple[str, str]:
        state = views.of(session, access.assignment)
        return state.version, summary_to_json(state.summary)

    return answer_unless_known(request, *await reading(request, look))


@dataclass(frozen=True, slots=True)
class _Row:
    hand_in: HandIn
    person: Person
    member: Member | None
    is_fault: bool | None
    points: float | None
    max_points: float | None


def _hand_ins() -> Select[HandIn, Person, Member, bool, float | None, float]:
    return (
        select(HandIn, Person, Member, Result.is_fault, Result.points, Result.max_points)
        .join(Person, Person.id == HandIn.person_id)
        .join(CourseAssignment, CourseAssignment.id == HandIn.assignment_id)
        .outerjoin(
            Member,
            (Member.person_id == HandIn.person_id)
            & (Member.course_id == CourseAssignment.course_id),
        )
        .outerjoin(Result, Result.id == HandIn.result_id)
    )


def _find_number(session: Session, access: AssignmentAccess, number: str) -> int:
    """Return the id of a hand-in that who asks may see."""
    wanted = select(HandIn.id).where(
        HandIn.number == number, HandIn.assignment_id == access.assignment.id
    )
    if not access.is_instructor:
        wanted = wanted.where(HandIn.person_id == access.asker.person_id)
    found = session.scalar(wanted)
    if found is None:
        raise HTTPException(404, "There is no such hand-in to go on after.")
    return found


def _describe(
    session: Session, service: ServiceState, access: AssignmentAccess, rows: Sequence[_Row]
) -> list[HandInMessage]:
    shown = {}
    if not access.is_instructor:
        ids = [one.hand_in.result_id for one in rows if one.hand_in.result_id is not None]
        shown = service.scores.of(session, ids, after_due=is_after_due(access.assignment, now()))
    found = []
    for row in rows:
        hand_in, points, max_points = row.hand_in, row.points, row.max_points
        if not access.is_instructor and hand_in.result_id is not None:
            score = shown[hand_in.result_id]
            points, max_points = score.points, score.max_points
        found.append(
            HandInMessage(
                number=hand_in.number,
                assignment_id=hand_in.assignment_id,
                person=as_person(row.member, row.person),
                received_at=as_datetime(hand_in.received_at),
                file=hand_in.name,
                size_bytes=hand_in.size_bytes,
                sha256=hand_in.sha256,
                is_repeat=hand_in.same_as_id is not None,
                state=WorkState.WAITING
                if hand_in.result_id is None
                else WorkState.FAILED
                if row.is_fault
                else WorkState.GRADED,
                points=points,
                max_points=max_points,
            )
        )
    return found
