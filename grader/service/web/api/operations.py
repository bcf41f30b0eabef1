"""All that the API can do: routes and their description are both made from this one list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.report.class_model import ClassSummary
from grader.report.model import Report
from grader.service.web.api import handing_in, reading
from grader.service.web.api.messages import (
    AssignmentList,
    AssignmentMessage,
    HandInList,
    HandInQuery,
    HandInState,
    ListQuery,
    ReceiptMessage,
    TokenMessage,
)
from grader.service.web.auth import Endpoint
from grader.service.web.bearer import API
from grader.service.web.student import download


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that the API can do.

    Attributes:
        id: Its name for programs that are made from the description.
        path: Below `API`, as Starlette writes it.
        handler: What answers.
        summary: What it does.
        answer: The type of the answer; None for the bytes of a file.
        method: GET or POST.
        status: The status of a success.
        query: The query; None without one.
        problems: The statuses of problems, besides those of a missing token.
        is_tagged: Whether it answers 304 to who has the answer already.
        takes_files: Whether it takes a form with files.
    """

    id: str
    path: str
    handler: Endpoint
    summary: str
    answer: type[msgspec.Struct] | None
    method: str = "GET"
    status: int = 200
    query: type[msgspec.Struct] | None = None
    problems: Sequence[int] = ()
    is_tagged: bool = False
    takes_files: bool = False


OPERATIONS = (
    Operation(
        id="showToken",
        path="/me",
        handler=reading.show_token,
        summary="For whom the token acts, and in which course",
        answer=TokenMessage,
    ),
    Operation(
        id="listAssignments",
        path="/assignments",
        handler=reading.list_assignments,
        summary="The assignments of the course, with attempts left and points",
        answer=AssignmentList,
    ),
    Operation(
        id="showAssignment",
        path="/assignments/{assignment_id:int}",
        handler=reading.show_assignment,
        summary="An assignment, with attempts left and points",
        answer=AssignmentMessage,
        problems=(404,),
    ),
    Operation(
        id="handIn",
        path="/assignments/{assignment_id:int}/hand-ins",
        handler=handing_in.hand_in,
        method="POST",
        status=201,
        summary="Hand in; with the answer, the bytes are kept",
        answer=ReceiptMessage,
        query=HandInQuery,
        problems=(400, 404, 408, 409, 413, 422, 429, 503),
        takes_files=True,
    ),
    Operation(
        id="listHandIns",
        path="/assignments/{assignment_id:int}/hand-ins",
        handler=reading.list_hand_ins,
        summary="A student's own hand-ins; for instructors those of all students, or of one",
        answer=HandInList,
        query=ListQuery,
        problems=(404, 422),
    ),
    Operation(
        id="showClass",
        path="/assignments/{assignment_id:int}/class",
        handler=reading.show_class,
        summary="The class, as `grader batch` writes it to summary.json; for instructors",
        answer=ClassSummary,
        problems=(404,),
        is_tagged=True,
    ),
    Operation(
        id="showHandIn",
        path="/hand-ins/{number}",
        handler=reading.show_hand_in,
        summary="How a hand-in stands, and its place in the queue",
        answer=HandInState,
        problems=(404,),
    ),
    Operation(
        id="showReport",
        path="/hand-ins/{number}/report",
        handler=reading.show_report,
        summary="The report, as `grade --json` writes it; students see what is shown to them now",
        answer=Report,
        problems=(404,),
        is_tagged=True,
    ),
    Operation(
        id="download",
        path="/hand-ins/{number}/file",
        handler=download,
        summary="What was handed in: the file, or a zip of several",
        answer=None,
        problems=(404,),
    ),
)


def _make_routes() -> list[Route]:
    """Return one route for each path, so that it knows all methods that are allowed there."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = one.handler
    return [
        Route(API + path, _by_method(handlers), methods=[*handlers])
        for path, handlers in paths.items()
    ]


def _by_method(handlers: Mapping[str, Endpoint]) -> Endpoint:
    async def answer(request: Request) -> Response:
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return answer


ROUTES = _make_routes()
