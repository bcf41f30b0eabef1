"""The program of a worker: grades one submission after another for the pool that started it."""

import contextlib
import ctypes
import os
import signal
import socket
import sys
from pathlib import Path

import msgspec

from grader.checks.assignment import load_assignment
from grader.observations.frames import receive_message, send_message
from grader.oracle.store import RecordingStore
from grader.pipeline import Grader, fail_report
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.pool.worker_process import MAX_MESSAGE_BYTES
from grader.report.budget import fit_report
from grader.report.model import Report, ReportStatus
from grader.report.schema import report_to_json
from grader.sandbox.host.limits import Confinement, Isolation, Limits
from grader.seeds import Seeds

_PR_SET_PDEATHSIG = 1


def main(how: str) -> None:
    """Answer each ``GradeRequest`` with a ``GradeResult``, until the pool closes its end.

    Args:
        how: The descriptor of the worker's end of the socket, or ``shared``: then the socket comes
            through standard input.
    """
    _die_with_parent()
    with _take_socket(how) as pool, contextlib.suppress(EOFError, OSError):
        settings = receive_message(pool, PoolSettings)
        assignment = load_assignment(settings.assignment)
        with Grader(
            assignment,
            limits=Limits.of({**assignment.limits, **settings.limits}),
            confinement=Confinement(isolation=Isolation(settings.isolation)),
            seeds=Seeds(settings.salt, is_class=settings.is_class),
            store=RecordingStore(Path(settings.recordings)) if settings.recordings else None,
        ) as grader:
            while True:
                request = receive_message(pool, GradeRequest, limit_bytes=MAX_MESSAGE_BYTES)
                result = _grade(grader, request, settings)
                send_message(pool, result, limit_bytes=MAX_MESSAGE_BYTES)
                grader.get_ready()
                grader.record_last()
                del request, result  # before the next ones, which may be as large


def _take_socket(how: str) -> socket.socket:
    if sys.platform == "win32":
        return socket.fromshare(sys.stdin.buffer.read())
    else:  # noqa: RET505 - so that types are checked for each system
        return socket.socket(fileno=int(how))


def _grade(grader: Grader, request: GradeRequest, settings: PoolSettings) -> GradeResult:
    if request.problem:
        report = grader.refuse(request.name, request.problem)
    else:
        report = grader.grade_data(
            request.data,
            name=request.name,
            seed=request.seed,
            only=request.only,
            more_time=request.more_time,
            has_diagnosis=request.has_diagnosis,
            proved=request.proved,
        )
    report = fit_report(msgspec.structs.replace(report, key=request.key))
    try:
        written = report_to_json(report)
    except ValueError as error:  # a number that JSON doesn't have
        report = _without_numbers(report, f"the report can't be written: {error}")
        written = report_to_json(report)
    return GradeResult(
        report=written.encode(),
        page=_render(report, request).encode() if settings.has_pages else b"",
        is_fault=report.status is ReportStatus.GRADER_ERROR,
        strays=grader.strays,
        kept=grader.kept.write() if settings.keeps_answers and report.functions else b"",
    )


def _without_numbers(report: Report, reason: str) -> Report:
    """Return the report of a fault instead of one that can't be written."""
    failed = fail_report(report, ReportStatus.GRADER_ERROR, reason)
    return msgspec.structs.replace(failed, functions=(), timing={})


def _render(report: Report, request: GradeRequest) -> str:
    # Not every pool wants pages, and templates take a while to import.
    from grader.outputs.pages.student_page import render_student_page  # noqa: PLC0415

    return render_student_page(report, notebook=request.data if report.is_notebook else None)


def _die_with_parent() -> None:
    """End when the process of the pool ends: on Linux at once, elsewhere at the next read."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == 1:  # the pool's process ended before the call above
            sys.exit(1)
