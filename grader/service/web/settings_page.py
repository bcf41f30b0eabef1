"""The settings of an assignment: due date, attempts, what counts, what is shown when."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.service.assignment_settings import change_settings, read_settings, show_local
from grader.service.database.tables import CourseAssignment
from grader.service.web.auth import AssignmentAccess, instructor_of_assignment
from grader.service.web.fields import texts_in
from grader.service.web.forms import read_form
from grader.service.web.pages import render
from grader.service.web.transactions import reading, writing


@instructor_of_assignment
async def show_settings(request: Request, access: AssignmentAccess) -> Response:
    """Show the settings in a form."""
    return await _page(request, access)


async def _page(
    request: Request,
    access: AssignmentAccess,
    *,
    given: Mapping[str, str] | None = None,
    problem: str = "",
    done: str = "",
    status_code: int = 200,
) -> Response:
    assignment = await reading(
        request, lambda session: session.get_one(CourseAssignment, access.assignment.id)
    )
    return render(
        request,
        "settings.html.j2",
        asker=access.asker,
        status_code=status_code,
        course=access.course,
        assignment=assignment,
        fields=_fields(assignment) if given is None else {**_fields(assignment), **given},
        problem=problem,
        done=done,
    )


def _fields(assignment: CourseAssignment) -> dict[str, str]:
    return {
        "title": assignment.title,
        "offset": "+00:00",
        "opens_at": show_local(assignment.opens_at),
        "due_at": show_local(assignment.due_at),
        "late_days": str(assignment.late_days),
        "late_percent": f"{100 * assignment.late_penalty:g}",
        "attempts": str(assignment.attempts),
        "refill_hours": f"{assignment.refill_s / 3600:g}",
        "counts": assignment.counts.value,
        "shows_after_due": "yes" if assignment.shows_after_due else "",
    }


@instructor_of_assignment
async def save_settings(request: Request, access: AssignmentAccess) -> Response:
    """Change the settings."""
    given = texts_in(await read_form(request))
    try:
        settings = read_settings(given)
        changed = await writing(
            request,
            lambda session: change_settings(
                session, access.assignment.id, settings, by_id=access.asker.person_id
            ),
        )
    except UsageError as error:
        shown = {"shows_after_due": "", **given}
        return await _page(request, access, given=shown, problem=str(error), status_code=422)
    done = "The settings are saved." if changed else "Nothing was different."
    return await _page(request, access, done=done)


ROUTES = [
    Route("/assignments/{assignment_id:int}/settings", show_settings),
    Route("/assignments/{assignment_id:int}/settings", save_settings, methods=["POST"]),
]
