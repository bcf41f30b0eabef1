"""Takes the files of a form as a hand-in, whoever sends them: a page or a program."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from grader.batch.gradable_files import AskedFor
from grader.service.database.tables import CourseAssignment
from grader.service.hand_ins import Receipt, take
from grader.service.web.asked_for import asked_for
from grader.service.web.chosen_file import choose_hand_in
from grader.service.web.state import ServiceState, expect_ready, service_of
from grader.service.web.uploads import Upload, read_upload

_MAX_UPLOADS = 3


def _accept(_upload: Upload) -> None:
    pass


async def take_upload(
    request: Request,
    assignment: CourseAssignment,
    *,
    sender_id: int,
    person_id: int,
    check: Callable[[Upload], None] = _accept,
    request_key: str = "",
) -> Receipt:
    """Read a form with files, and take it as a hand-in.

    Args:
        request: The request, whose body nobody has read.
        assignment: For what it is.
        sender_id: Who sends it.
        person_id: Whose it is.
        check: Refuses a form, by raising an error, before anything is done with it.
        request_key: See `take`.

    Raises:
        RefusedHandInError: It is not the time for it, or there is no attempt left.
        UsageError: There is nothing in it that can be graded.
        HTTPException: It is too large, too slow, or one of too many.
    """
    service = service_of(request)
    expect_ready(service)
    asked = await run_in_threadpool(asked_for, assignment.folder)
    with _one_of_few(service, sender_id):
        async with read_upload(
            request, max_bytes=service.settings.max_upload_bytes, folder=service.settings.data
        ) as upload:
            check(upload)
            service.throttle.expect_few_hand_ins(sender_id)
            store = functools.partial(
                _store, service, assignment.id, person_id, upload, asked, request_key
            )
            # Only a few at once: each has its bytes in memory here.
            receipt = await anyio.to_thread.run_sync(store, limiter=service.storing)
    service.wake()
    return receipt


def as_sentence(text: str) -> str:
    """Return why a hand-in was refused, as a sentence."""
    return f"{text[:1].upper()}{text[1:]}. Nothing was kept."


def _store(
    service: ServiceState,
    assignment_id: int,
    person_id: int,
    upload: Upload,
    asked: AskedFor,
    request_key: str,
) -> Receipt:
    chosen = choose_hand_in(upload, asked)
    return take(
        service.database,
        assignment_id=assignment_id,
        person_id=person_id,
        name=chosen.name,
        data=chosen.data,
        request_key=request_key,
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
