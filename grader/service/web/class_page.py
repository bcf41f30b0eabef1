"""The page of a class while it hands in, and what instructors download of it."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from grader.errors import UsageError
from grader.exports.registry import describe_format, list_formats
from grader.outputs.class_page import LivePage, class_page_policy, write_class_page
from grader.report.csv_dialect import CsvDialect
from grader.service.class_reports import DatabaseReports
from grader.service.class_view import ClassState, version_of
from grader.service.clock import as_datetime, now
from grader.service.downloads import Download, export_class, gradebook_of, zip_class
from grader.service.queue_view import count_unfinished
from grader.service.shown import is_after_due
from grader.service.web.auth import AssignmentAccess, instructor_of_assignment, reads_its_body
from grader.service.web.class_views import class_views_of
from grader.service.web.file_names import attachment
from grader.service.web.pages import render
from grader.service.web.state import service_of
from grader.service.web.transactions import reading
from grader.service.web.uploaded_table import find_table, on_disk, read_table_form

_PAUSE_S = 10
_ADVICE_FOR_FAULTS = (
    "There is no score; this is not a zero, and costs no attempt. Once the cause is removed, the"
    " page of the queue tries them again."
)
_Made = TypeVar("_Made")


@instructor_of_assignment
async def show_class(request: Request, access: AssignmentAccess) -> Response:
    """Show the class as it is now."""
    views = class_views_of(request)
    own = f"/assignments/{access.assignment.id}"

    def write(session: Session) -> str:
        state = views.of(session, access.assignment)
        waiting = count_unfinished(session, access.assignment.id)
        page = io.StringIO()
        write_class_page(
            state.summary,
            page,
            live=LivePage(
                links=(
                    (access.course.name, f"/courses/{access.course.id}"),
                    ("Queue", f"/courses/{access.course.id}/queue"),
                    ("Students", f"{own}/students"),
                    ("Regrades", f"{own}/regrades"),
                    ("Answers to mark", f"{own}/marks"),
                    ("Downloads", f"{own}/downloads"),
                    ("Settings", f"{own}/settings"),
                ),
                remark=_remark(waiting),
                advice_for_faults=_ADVICE_FOR_FAULTS,
                state_url=f"{own}/class/state",
                version=_version(state.version, waiting),
                pause_s=_PAUSE_S,
            ),
        )
        return page.getvalue()

    return HTMLResponse(
        (await reading(request, write)).encode("utf-8", "backslashreplace"),
        headers={
            "Content-Security-Policy": f"{class_page_policy(is_live=True)}; frame-ancestors 'none'"
        },
    )


@instructor_of_assignment
async def class_state(request: Request, access: AssignmentAccess) -> Response:
    """Say which version of the class there is now, for the script on its page."""

    def look(session: Session) -> str:
        waiting = count_unfinished(session, access.assignment.id)
        return _version(version_of(session, access.assignment), waiting)

    return JSONResponse({"version": await reading(request, look)})


def _version(version: str, waiting: int) -> str:
    return f"{version}-{waiting}"


def _remark(waiting: int) -> str:
    when = as_datetime(now()).strftime("%H:%M:%S UTC")
    count = {0: "no hand-in waits", 1: "1 hand-in waits"}.get(waiting, f"{waiting} hand-ins wait")
    return f"As of {when}: {count}. Each student has the attempt that counts."


@instructor_of_assignment
async def go_to_report(request: Request, _access: AssignmentAccess) -> Response:
    """Lead on from where the page of a class expects a report; that page asks who may see it."""
    number = str(request.path_params["number"])
    return RedirectResponse(f"/hand-ins/{quote(number, safe='')}", status_code=303)


@instructor_of_assignment
async def show_downloads(request: Request, access: AssignmentAccess) -> Response:
    """List what can be downloaded."""
    return await _downloads_page(request, access)


async def _downloads_page(
    request: Request, access: AssignmentAccess, *, problem: str = "", status_code: int = 200
) -> Response:
    formats = await run_in_threadpool(
        lambda: [(name, describe_format(name)) for name in list_formats()]
    )
    return render(
        request,
        "downloads.html.j2",
        asker=access.asker,
        status_code=status_code,
        course=access.course,
        assignment=access.assignment,
        formats=formats,
        dialects=list(CsvDialect),
        problem=problem,
    )


@instructor_of_assignment
async def download_gradebook(request: Request, access: AssignmentAccess) -> Response:
    """Send the gradebook as CSV."""
    name = request.query_params.get("dialect", CsvDialect.EXCEL.value)
    if name not in set(CsvDialect):
        raise HTTPException(404)
    data = await _with_class(
        request, access, lambda state, _: gradebook_of(state.summary, CsvDialect(name))
    )
    return Response(
        data,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": attachment("gradebook.csv")},
    )


@instructor_of_assignment
async def download_reports(request: Request, access: AssignmentAccess) -> Response:
    """Send all pages and reports, with the page of the class, as a zip."""
    folder = service_of(request).settings.data
    made = await _with_class(
        request, access, lambda state, reports: zip_class(state.summary, reports, folder=folder)
    )
    return _send(made)


@instructor_of_assignment
@reads_its_body
async def download_format(request: Request, access: AssignmentAccess) -> Response:
    """Send the class in a format of a platform, filled into its own table if one was sent."""
    service = service_of(request)
    async with read_table_form(request, access.asker) as upload:
        name = upload.fields.get("format", "")
        if name not in list_formats():
            raise HTTPException(404)
        after_due = is_after_due(access.assignment, now()) or bool(upload.fields.get("after_due"))
        worksheet = find_table(upload)

        def export(state: ClassState, reports: DatabaseReports, path: Path | None) -> Download:
            return export_class(
                state,
                reports,
                name,
                folder=service.settings.data,
                is_after_due=after_due,
                worksheet=path,
            )

        def make(state: ClassState, reports: DatabaseReports) -> Download:
            if worksheet is None:
                return export(state, reports, None)
            with on_disk(service, worksheet) as path:
                try:
                    return export(state, reports, path)
                except UsageError as error:
                    raise UsageError(str(error).replace(str(path), path.name)) from error

        try:
            made = await _with_class(request, access, make)
        except UsageError as error:
            text = str(error)
            return await _downloads_page(
                request, access, problem=f"{text[:1].upper()}{text[1:]}.", status_code=422
            )
    return _send(made)


async def _with_class(
    request: Request,
    access: AssignmentAccess,
    make: Callable[[ClassState, DatabaseReports], _Made],
) -> _Made:
    views = class_views_of(request)
    return await reading(
        request,
        lambda session: make(views.of(session, access.assignment), DatabaseReports(session)),
    )


def _send(download: Download) -> Response:
    return StreamingResponse(
        download.chunks(),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": attachment(download.name),
            "Content-Length": str(download.size_bytes),
        },
    )


ROUTES = [
    Route("/assignments/{assignment_id:int}/class", show_class),
    Route("/assignments/{assignment_id:int}/class/state", class_state),
    Route("/assignments/{assignment_id:int}/reports/{number}.html", go_to_report),
    Route("/assignments/{assignment_id:int}/downloads", show_downloads),
    Route("/assignments/{assignment_id:int}/downloads/gradebook.csv", download_gradebook),
    Route("/assignments/{assignment_id:int}/downloads/reports.zip", download_reports),
    Route("/assignments/{assignment_id:int}/downloads/format", download_format, methods=["POST"]),
]
