"""Reads forms without files, up to a limit."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

_MAX_BYTES = 1024 * 1024
_MAX_FIELDS = 1000


async def read_form(request: Request, *, max_bytes: int = _MAX_BYTES) -> FormData:
    """Read a form; it is read once, so whoever asks again gets the same.

    Raises:
        HTTPException: It is too large, or is not one.
    """
    if not hasattr(request.state, "form"):
        size = 0
        chunks = []
        async for chunk in request.stream():
            size += len(chunk)
            if size > max_bytes:
                raise HTTPException(413)
            chunks.append(chunk)

        async def receive_all() -> Message:
            return {"type": "http.request", "body": b"".join(chunks), "more_body": False}

        request.state.form = await Request(request.scope, receive_all).form(
            max_files=0, max_fields=_MAX_FIELDS
        )
    form = request.state.form
    assert isinstance(form, FormData)  # noqa: S101 - put there above
    return form
