"""A worker: grades one submission after another for the coordinator that has started it."""

import contextlib
import ctypes
import os
import signal
import socket
import sys

import msgspec

from grader.checks.assignment import load_assignment
from grader.observations.frames import receive_message, send_message
from grader.pipeline import Grader
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.pool.worker_process import MAX_MESSAGE_BYTES
from grader.report.model import Report, ReportStatus
from grader.report.schema import report_to_json
from grader.sandbox.host.limits import Confinement, Isolation, Limits

_PR_SET_PDEATHSIG = 1


def main(descriptor: int) -> None:
    """Answer each GradeRequest with a ``GradeResult``, until the coordinator closes its end.

    Args:
        descriptor: Of this end of the socket.
    """
    _die_with_parent()
    with socket.socket(fileno=descriptor) as coordinator, contextlib.suppress(EOFError, OSError):
        setup = receive_message(coordinator, PoolSettings)
        assignment = load_assignment(setup.assignment)
        with Grader(
            assignment,
            limits=Limits.of({**assignment.limits, **setup.limits}),
            confinement=Confinement(isolation=Isolation(setup.isolation)),
            salt=setup.salt,
        ) as grader:
            while True:
                task = receive_message(coordinator, GradeRequest, limit_bytes=MAX_MESSAGE_BYTES)
                graded = _grade(grader, task, has_page=setup.has_pages)
                send_message(coordinator, graded, limit_bytes=MAX_MESSAGE_BYTES)


def _grade(grader: Grader, task: GradeRequest, *, has_page: bool) -> GradeResult:
    if task.problem:
        report = grader.refuse(task.name, task.problem)
    else:
        report = grader.grade_data(task.data, name=task.name, seed=task.seed, only=task.only)
    report = msgspec.structs.replace(report, key=task.key)
    return GradeResult(
        report=report_to_json(report).encode(),
        page=_render(report, task).encode() if has_page else b"",
        is_fault=report.status is ReportStatus.GRADER_ERROR,
    )


def _render(report: Report, task: GradeRequest) -> str:
    # Not everybody who has something graded wants pages.
    from grader.outputs.pages.student_page import render_student_page  # noqa: PLC0415

    return render_student_page(report, notebook=task.data if report.is_notebook else None)


def _die_with_parent() -> None:
    """End when the coordinator does, however it ends; elsewhere than on Linux at the next read."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == 1:  # it was quicker
            sys.exit(1)
