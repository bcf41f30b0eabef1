"""Who asks by a token. Wrong tokens are counted; a right one is never refused for these."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from grader.service.api_tokens import find_token
from grader.service.sessions import Asker
from grader.service.web.state import service_of
from grader.service.web.throttle import address_of

API = "/api/v1"
_LONGEST_TOKEN = 200


def is_for_api(request: Request) -> bool:
    """Return whether a request is for the API: then only a token says who asks."""
    return request.url.path.startswith(f"{API}/")


async def expect_bearer(request: Request) -> Asker:
    """Return for whom the token of a request acts.

    Raises:
        HTTPException: There is no token, or it is worth nothing.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token:
        raise HTTPException(
            401, "Send a token: Authorization: Bearer TOKEN.", {"WWW-Authenticate": "Bearer"}
        )
    service = service_of(request)

    def find() -> Asker | None:
        with service.database.read() as session:
            return find_token(session, token)

    asker = await run_in_threadpool(find) if len(token) <= _LONGEST_TOKEN else None
    if asker is None:
        address = address_of(request)
        service.throttle.expect_few_wrong_secrets(address)
        service.throttle.note_wrong_secret(address)
        raise HTTPException(
            401,
            "This token is unknown, or it was revoked.",
            {"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    return asker
