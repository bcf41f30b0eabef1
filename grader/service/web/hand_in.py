"""Takes a hand-in from a page. What is taken has a receipt at once, whatever comes after."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.service.hand_ins import RefusedHandInError
from grader.service.web.auth import (
    AssignmentAccess,
    expect_token,
    member_of_assignment,
    reads_its_body,
)
from grader.service.web.student import assignment_page
from grader.service.web.taking import as_sentence, take_upload
from grader.service.web.uploads import Upload

# What a student can put right: the page comes again, and says what was wrong.
_SHOWN_ON_PAGE = (400, 408, 413)


@member_of_assignment
@reads_its_body
async def hand_in(request: Request, access: AssignmentAccess) -> Response:
    """Take a hand-in, and show its receipt."""

    def check(upload: Upload) -> None:
        expect_token(access.asker, upload.fields.get("csrf_token"))

    person_id = access.asker.person_id
    try:
        receipt = await take_upload(
            request, access.assignment, sender_id=person_id, person_id=person_id, check=check
        )
    except RefusedHandInError as error:
        return await _show_again(request, access, as_sentence(str(error)), 409)
    except UsageError as error:
        return await _show_again(request, access, str(error), 422)
    except HTTPException as error:
        if error.status_code not in _SHOWN_ON_PAGE:
            raise
        page = await _show_again(request, access, error.detail, error.status_code)
        page.headers.update(error.headers or {})
        return page
    return RedirectResponse(f"/hand-ins/{receipt.number}", status_code=303)


async def _show_again(
    request: Request, access: AssignmentAccess, problem: str, status_code: int
) -> Response:
    return await assignment_page(request, access, problem=problem, status_code=status_code)


ROUTES = [Route("/assignments/{assignment_id:int}/hand-in", hand_in, methods=["POST"])]
