"""Grades a class or an attempt again, and shows who gains or loses before it counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.service.database.tables import HandIn, Person, Regrade
from grader.service.regrades import (
    Change,
    Progress,
    apply_regrade,
    compare,
    complete,
    count_missing,
    drop_regrade,
    find_progress,
    retry_faults,
    start_regrade,
    undo_regrade,
)
from grader.service.web.auth import AssignmentAccess, instructor_of_assignment
from grader.service.web.fields import id_in_path, text_in
from grader.service.web.forms import read_form
from grader.service.web.hand_in_access import HandInAccess, may_see_hand_in
from grader.service.web.pages import render
from grader.service.web.state import service_of
from grader.service.web.transactions import reading, writing

_LONGEST_REASON = 2000
_RELOAD_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A regrade in the list of an assignment."""

    regrade: Regrade
    by: str
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A regrade as its page shows it; the changes only once it is complete."""

    regrade: Regrade
    by: str
    progress: Progress
    changes: Sequence[Change]
    number: str


@instructor_of_assignment
async def list_regrades(request: Request, access: AssignmentAccess) -> Response:
    """List the regrades of an assignment, with a form that begins one."""
    return await _list_page(request, access)


async def _list_page(
    request: Request, access: AssignmentAccess, *, problem: str = "", status_code: int = 200
) -> Response:
    def look(session: Session) -> list[_Listed]:
        rows = session.execute(
            select(Regrade, Person.name)
            .outerjoin(Person, Person.id == Regrade.by_id)
            .where(Regrade.assignment_id == access.assignment.id)
            .order_by(Regrade.id.desc())
        ).all()
        return [
            _Listed(regrade=one, by=name or "somebody", progress=find_progress(session, one.id))
            for one, name in rows
        ]

    return render(
        request,
        "regrades.html.j2",
        asker=access.asker,
        status_code=status_code,
        course=access.course,
        assignment=access.assignment,
        regrades=await reading(request, look),
        problem=problem,
    )


@instructor_of_assignment
async def start(request: Request, access: AssignmentAccess) -> Response:
    """Begin to grade everybody again."""
    reason = text_in(await read_form(request), "reason").strip()[:_LONGEST_REASON]
    return await _start(request, access, reason=reason, hand_in_id=None)


@may_see_hand_in
async def start_for_one(request: Request, access: HandInAccess) -> Response:
    """Begin to grade one attempt again."""
    if not access.is_instructor:
        raise HTTPException(404)
    reason = text_in(await read_form(request), "reason").strip()[:_LONGEST_REASON]
    return await _start(request, access, reason=reason, hand_in_id=access.hand_in.id)


async def _start(
    request: Request, access: AssignmentAccess, *, reason: str, hand_in_id: int | None
) -> Response:
    def act(session: Session) -> int:
        return start_regrade(
            session,
            access.assignment.id,
            by_id=access.asker.person_id,
            reason=reason,
            hand_in_id=hand_in_id,
        ).id

    try:
        regrade_id = await writing(request, act)
    except UsageError as error:
        return await _list_page(request, access, problem=str(error), status_code=409)
    service_of(request).wake()
    return _go_to(access, regrade_id)


@instructor_of_assignment
async def show_regrade(request: Request, access: AssignmentAccess) -> Response:
    """Show how far a regrade is, then who gains or loses."""
    return await _regrade_page(request, access)


async def _regrade_page(
    request: Request, access: AssignmentAccess, *, problem: str = "", status_code: int = 200
) -> Response:
    regrade_id = id_in_path(request, "regrade_id")
    if await reading(
        request, lambda session: count_missing(session, _find(session, access, regrade_id))
    ):
        await writing(
            request, lambda session: complete(session, _find(session, access, regrade_id))
        )
        service_of(request).wake()

    def look(session: Session) -> _Shown:
        regrade = _find(session, access, regrade_id)
        progress = find_progress(session, regrade_id)
        is_open = regrade.applied_at is None and regrade.dropped_at is None
        by = session.get(Person, regrade.by_id or 0)
        hand_in = session.get(HandIn, regrade.hand_in_id or 0)
        return _Shown(
            regrade=regrade,
            by="somebody" if by is None else by.name,
            progress=progress,
            changes=compare(session, regrade) if is_open and progress.is_complete else (),
            number="" if hand_in is None else hand_in.number,
        )

    shown = await reading(request, look)
    is_open = shown.regrade.applied_at is None and shown.regrade.dropped_at is None
    return render(
        request,
        "regrade.html.j2",
        asker=access.asker,
        status_code=status_code,
        course=access.course,
        assignment=access.assignment,
        shown=shown,
        is_open=is_open,
        reload_s=_RELOAD_S if is_open and not shown.progress.is_complete else 0,
        losing=[one for one in shown.changes if one.gain < 0],
        gaining=[one for one in shown.changes if one.gain > 0],
        others=[one for one in shown.changes if one.gain == 0],
        problem=problem,
    )


@instructor_of_assignment
async def apply(request: Request, access: AssignmentAccess) -> Response:
    """Have a regrade count."""
    return await _act(
        request,
        access,
        lambda session, id_: apply_regrade(session, id_, by_id=access.asker.person_id),
    )


@instructor_of_assignment
async def drop(request: Request, access: AssignmentAccess) -> Response:
    """Forget a regrade."""
    return await _act(
        request,
        access,
        lambda session, id_: drop_regrade(session, id_, by_id=access.asker.person_id),
    )


@instructor_of_assignment
async def undo(request: Request, access: AssignmentAccess) -> Response:
    """Have the results count again that a regrade has replaced."""
    reason = text_in(await read_form(request), "reason").strip()[:_LONGEST_REASON]
    return await _act(
        request,
        access,
        lambda session, id_: undo_regrade(
            session, id_, by_id=access.asker.person_id, reason=reason
        ),
    )


@instructor_of_assignment
async def retry(request: Request, access: AssignmentAccess) -> Response:
    """Try again what the grader failed on in a regrade."""
    answer = await _act(
        request,
        access,
        lambda session, id_: retry_faults(
            session, access.assignment.id, regrade_id=id_, by_id=access.asker.person_id
        ),
    )
    service_of(request).wake()
    return answer


@instructor_of_assignment
async def retry_first(request: Request, access: AssignmentAccess) -> Response:
    """Try again what the grader failed on when it was handed in; it counts at once."""
    await writing(
        request,
        lambda session: retry_faults(session, access.assignment.id, by_id=access.asker.person_id),
    )
    service_of(request).wake()
    return RedirectResponse(f"/courses/{access.course.id}/queue", status_code=303)


async def _act(
    request: Request, access: AssignmentAccess, act: Callable[[Session, int], object]
) -> Response:
    regrade_id = id_in_path(request, "regrade_id")

    def run(session: Session) -> None:
        _find(session, access, regrade_id)
        act(session, regrade_id)

    try:
        await writing(request, run)
    except UsageError as error:
        return await _regrade_page(request, access, problem=str(error), status_code=409)
    return _go_to(access, regrade_id)


def _find(session: Session, access: AssignmentAccess, regrade_id: int) -> Regrade:
    regrade = session.get(Regrade, regrade_id)
    if regrade is None or regrade.assignment_id != access.assignment.id:
        raise HTTPException(404)
    return regrade


def _go_to(access: AssignmentAccess, regrade_id: int) -> Response:
    address = f"/assignments/{access.assignment.id}/regrades/{regrade_id}"
    return RedirectResponse(address, status_code=303)


_REGRADE = "/assignments/{assignment_id:int}/regrades/{regrade_id:int}"
ROUTES = [
    Route("/assignments/{assignment_id:int}/regrades", list_regrades),
    Route("/assignments/{assignment_id:int}/regrades", start, methods=["POST"]),
    Route("/assignments/{assignment_id:int}/retry-faults", retry_first, methods=["POST"]),
    Route("/hand-ins/{number}/regrade", start_for_one, methods=["POST"]),
    Route(_REGRADE, show_regrade),
    Route(f"{_REGRADE}/apply", apply, methods=["POST"]),
    Route(f"{_REGRADE}/drop", drop, methods=["POST"]),
    Route(f"{_REGRADE}/undo", undo, methods=["POST"]),
    Route(f"{_REGRADE}/retry", retry, methods=["POST"]),
]
