"""Takes a hand-in from a page. What is taken has a receipt at once, whatever comes after."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.batch.gradable_files import AskedFor
from grader.errors import UsageError
from grader.service.hand_ins import Receipt, RefusedHandInError, take
from grader.service.web.asked_for import asked_for
from grader.service.web.auth import (
    AssignmentAccess,
    expect_token,
    member_of_assignment,
    reads_its_body,
)
from grader.service.web.chosen_file import choose_hand_in
from grader.service.web.state import ServiceState, expect_ready, service_of
from grader.service.web.student import assignment_page
from grader.service.web.uploads import Upload, read_upload

_MAX_UPLOADS = 3
# What a student can put right: the page comes again, and says what was wrong.
_SHOWN_ON_PAGE = (400, 408, 413)


@member_of_assignment
@reads_its_body
async def hand_in(request: Request, access: AssignmentAccess) -> Response:
    """Take a hand-in, and show its receipt."""
    service = service_of(request)
    try:
        receipt = await _take(request, access)
    except RefusedHandInError as error:
        return await _show_again(request, access, _as_sentence(str(error)), 409)
    except UsageError as error:
        return await _show_again(request, access, str(error), 422)
    except HTTPException as error:
        if error.status_code not in _SHOWN_ON_PAGE:
            raise
        page = await _show_again(request, access, error.detail, error.status_code)
        page.headers.update(error.headers or {})
        return page
    service.wake()
    return RedirectResponse(f"/hand-ins/{receipt.number}", status_code=303)


async def _show_again(
    request: Request, access: AssignmentAccess, problem: str, status_code: int
) -> Response:
    return await assignment_page(request, access, problem=problem, status_code=status_code)


async def _take(request: Request, access: AssignmentAccess) -> Receipt:
    service = service_of(request)
    expect_ready(service)
    asked = await run_in_threadpool(asked_for, access.assignment.folder)
    with _one_of_few(service, access.asker.person_id):
        async with read_upload(
            request, max_bytes=service.settings.max_upload_bytes, folder=service.settings.data
        ) as upload:
            expect_token(access.asker, upload.fields.get("csrf_token"))
            service.throttle.expect_few_hand_ins(access.asker.person_id)
            # Only a few at once: each has its bytes in memory here.
            return await anyio.to_thread.run_sync(
                functools.partial(_store, service, access, upload, asked), limiter=service.storing
            )


def _store(
    service: ServiceState, access: AssignmentAccess, upload: Upload, asked: AskedFor
) -> Receipt:
    chosen = choose_hand_in(upload, asked)
    return take(
        service.database,
        assignment_id=access.assignment.id,
        person_id=access.asker.person_id,
        name=chosen.name,
        data=chosen.data,
    )


@contextmanager
def _one_of_few(service: ServiceState, person_id: int) -> Iterator[None]:
    """Count the uploads of a person that are under way, and refuse more than a few."""
    if service.uploads[person_id] >= _MAX_UPLOADS:
        raise HTTPException(
            429, "You are sending several files already. Wait until they have arrived."
        )
    service.uploads[person_id] += 1
    try:
        yield
    finally:
        service.uploads[person_id] -= 1
        if not service.uploads[person_id]:
            del service.uploads[person_id]


def _as_sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}. Nothing was kept."


ROUTES = [Route("/assignments/{assignment_id:int}/hand-in", hand_in, methods=["POST"])]
