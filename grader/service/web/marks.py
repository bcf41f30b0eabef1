"""The answers of a class that a person marks: in forms, or as a table that is filled in."""

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.batch.give_marks import Given
from grader.errors import UsageError
from grader.outputs.marks_table import (
    MarksLine,
    read_marks_file,
    write_marks_json,
    write_marks_table,
)
from grader.report.marks import ClassAnswer
from grader.service.give_class_marks import Marker, answers_of, give
from grader.service.web.auth import AssignmentAccess, instructor_of_assignment, reads_its_body
from grader.service.web.class_views import class_views_of
from grader.service.web.fields import text_in
from grader.service.web.file_names import attachment, clean_name
from grader.service.web.forms import read_form
from grader.service.web.pages import render
from grader.service.web.state import service_of
from grader.service.web.transactions import reading
from grader.service.web.uploaded_table import expect_table, read_table_form

_SHOWN = 50


@instructor_of_assignment
async def show_marks(request: Request, access: AssignmentAccess) -> Response:
    """Show the answers, those that wait first."""
    return await _page(request, access)


async def _page(
    request: Request,
    access: AssignmentAccess,
    *,
    problem: str = "",
    done: str = "",
    status_code: int = 200,
) -> Response:
    has_all = request.query_params.get("attempts") == "all"
    answers = await _read(request, access, has_all=has_all)
    waiting = [one for one in answers if one.item.points is None]
    marked = [one for one in answers if one.item.points is not None]
    return render(
        request,
        "marks.html.j2",
        asker=access.asker,
        status_code=status_code,
        course=access.course,
        assignment=access.assignment,
        answers=[*waiting, *marked][:_SHOWN],
        count_all=len(answers),
        waiting=len(waiting),
        has_all=has_all,
        problem=problem,
        done=done,
    )


async def _read(request: Request, access: AssignmentAccess, *, has_all: bool) -> list[ClassAnswer]:
    views = class_views_of(request)

    def look(session: Session) -> list[ClassAnswer]:
        return answers_of(session, views, access.assignment, has_all=has_all)

    return await reading(request, look)


@instructor_of_assignment
async def mark_one(request: Request, access: AssignmentAccess) -> Response:
    """Give the mark of one answer, or take it back."""
    form = await read_form(request)
    line = MarksLine(
        place="this answer",
        unit=text_in(form, "unit"),
        answer=text_in(form, "answer"),
        student="",
        points="-" if text_in(form, "take_back") else text_in(form, "points").strip(),
        level=text_in(form, "level").strip(),
        comment=text_in(form, "comment").replace("\r\n", "\n"),
        marked_by="",
    )
    if not line.points and not line.level:
        return await _page(request, access, problem="Give points or a level.", status_code=422)
    return await _give(request, access, [line])


@instructor_of_assignment
@reads_its_body
async def upload_marks(request: Request, access: AssignmentAccess) -> Response:
    """Give the marks of a file."""
    async with read_table_form(request, access.asker) as upload:

        def read() -> list[MarksLine]:
            file = expect_table(upload)
            file.stream.seek(0)
            lines, _ = read_marks_file(file.stream.read(), clean_name(file.name))
            return lines

        try:
            lines = await run_in_threadpool(read)
        except UsageError as error:
            return await _page(request, access, problem=str(error), status_code=422)
    return await _give(request, access, lines)


async def _give(request: Request, access: AssignmentAccess, lines: list[MarksLine]) -> Response:
    service, views = service_of(request), class_views_of(request)
    marker = Marker(person_id=access.asker.person_id, name=access.asker.name)

    def act() -> Given:
        return give(service.database, views, access.assignment.id, lines, marker=marker)

    try:
        given = await run_in_threadpool(act)
    except UsageError as error:
        return await _page(request, access, problem=str(error), status_code=422)
    return await _page(request, access, done=_describe(given))


def _describe(given: Given) -> str:
    counts = (
        (given.new, "new"),
        (given.changed, "changed"),
        (given.unchanged, "unchanged"),
        (given.taken_back, "taken back"),
    )
    words = ", ".join(f"{count} {word}" for count, word in counts if count)
    gone = f" {len(given.gone)} for answers that nobody has now." if given.gone else ""
    return f"Marks: {words or 'none'}.{gone}"


@instructor_of_assignment
async def download_marks(request: Request, access: AssignmentAccess) -> Response:
    """Send the answers as a table or as JSON, to be filled in and sent back."""
    kind = str(request.path_params["kind"])
    if kind not in ("csv", "json"):
        raise HTTPException(404)
    answers = await _read(request, access, has_all=False)
    write = write_marks_table if kind == "csv" else write_marks_json
    return Response(
        write(answers),
        media_type="application/octet-stream",
        headers={"Content-Disposition": attachment(f"marks.{kind}")},
    )


ROUTES = [
    Route("/assignments/{assignment_id:int}/marks", show_marks),
    Route("/assignments/{assignment_id:int}/marks", mark_one, methods=["POST"]),
    Route("/assignments/{assignment_id:int}/marks/file", upload_marks, methods=["POST"]),
    Route("/assignments/{assignment_id:int}/marks.{kind}", download_marks),
]
