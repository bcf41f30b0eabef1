"""Makes answers of the API, and reads what it is asked for."""

from datetime import datetime
from typing import TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from grader.service.clock import as_datetime
from grader.service.web.fields import storable

JSON = "application/json"
_Query = TypeVar("_Query", bound=msgspec.Struct)


def answer(
    message: msgspec.Struct, *, status_code: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with a message."""
    return Response(
        msgspec.json.encode(message), status_code=status_code, media_type=JSON, headers=headers
    )


def answer_unless_known(request: Request, tag: str, body: str) -> Response:
    """Answer with JSON, or with 304 if who asks has it already by its tag."""
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if {headers["ETag"], f"W/{headers['ETag']}"} & set(known):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=JSON, headers=headers)


def read_query(request: Request, kind: type[_Query]) -> _Query:
    """Return the query of a request; what it doesn't know is ignored.

    Raises:
        HTTPException: A value isn't allowed.
    """
    given = {name: storable(value) for name, value in request.query_params.items()}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise HTTPException(422, f"The query isn't right: {error}.") from error


def as_time(moment: int | None) -> datetime | None:
    """Return a moment of the database as a time, None for none."""
    return None if moment is None else as_datetime(moment)
