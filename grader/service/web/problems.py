"""Problems as programs read them.

Source: https://www.rfc-editor.org/rfc/rfc9457
"""

import msgspec
from starlette.responses import Response

PROBLEM = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not answered (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""


def problem_response(problem: Problem, headers: dict[str, str]) -> Response:
    """Answer with a problem."""
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=PROBLEM,
        headers=headers,
    )
