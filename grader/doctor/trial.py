"""The proof: a right solution gets full marks here, and code that tries to get out is held."""

import contextlib
import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.doctor.finding import Finding, State
from grader.errors import GraderError

if TYPE_CHECKING:
    from grader.checks.assignment import Assignment
    from grader.pipeline import Grader
    from grader.report.model import Report

# Each line that it prints is a way out that is open.
_MARK = "zerograd-probe:"
_PROBE = """
import os, socket
mark = {mark!r}
try:
    with socket.create_connection(("127.0.0.1", {port}), timeout=2): pass
    print(mark, "network")
except BaseException: pass
try:
    if os.fork() == 0: os._exit(0)
    print(mark, "processes")
except BaseException: pass
try:
    open({secret!r}).read()
    print(mark, "files")
except BaseException: pass
print(mark, "end")
"""
_WORDS = {
    "network": "reach the network",
    "processes": "start processes",
    "files": "read the assignment",
}


def examine_assignment(assignment: str) -> Iterator[Finding]:
    """Read an assignment, without its checks.

    Args:
        assignment: The assignment, as ``--assignment`` gets it.
    """
    from grader.checks.assignment import load_assignment

    try:
        chosen = load_assignment(assignment)
    except GraderError as error:
        yield Finding(
            name="assignment",
            state=State.BROKEN,
            text=str(error),
            remedy="give another one with --assignment",
        )
        return
    kind = "" if chosen.kit is None else ", a student's kit without solutions"
    where = "" if chosen.kit is not None else f" in {chosen.folder}"
    text = f"{chosen.info.title}, version {chosen.info.version}{where}{kind}"
    yield Finding(name="assignment", state=State.WELL, text=text)


def examine_grading(assignment: str) -> Iterator[Finding]:
    """Grade the reference of an assignment, and code that tries to get out.

    Args:
        assignment: The assignment, as ``--assignment`` gets it.
    """
    from grader.checks.assignment import load_assignment
    from grader.pipeline import Grader

    chosen = load_assignment(assignment)
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        with Grader(chosen) as grader:
            yield from _grade_right(grader, chosen)
            yield from _try_to_get_out(grader, chosen, port=port)


def _grade_right(grader: "Grader", assignment: "Assignment") -> Iterator[Finding]:
    """Grade the reference; of a kit, which has none, an empty file."""
    from grader.report.model import ReportStatus, Status

    started = time.monotonic()
    is_kit = assignment.kit is not None
    name = f"grading of {assignment.info.id}"
    files = {} if is_kit else dict(assignment.reference_files)
    report = _grade(grader, assignment, "" if is_kit else assignment.reference, files)
    took = f"{time.monotonic() - started:.1f} s"
    wrong = [one.name for one in report.functions if one.status is not Status.PASSED]
    if report.error or report.status is not ReportStatus.GRADED:
        yield Finding(
            name=name,
            state=State.BROKEN,
            text=f"fails: {report.error or 'it ended before everything was checked'}",
            remedy="see to what is listed above; if there is nothing, report this as a fault",
        )
    elif is_kit:
        text = f"works, in {took}; a student's kit has no right solution to try"
        yield Finding(name=name, state=State.WELL, text=text)
    elif wrong:
        yield Finding(
            name=name,
            state=State.BROKEN,
            text=f"is wrong here: the reference itself loses points on {', '.join(wrong)}",
            remedy=f"run: grader verify --assignment {assignment.folder}",
        )
    else:
        text = f"a right solution has full marks, in {took}"
        yield Finding(name=name, state=State.WELL, text=text)


def _try_to_get_out(grader: "Grader", assignment: "Assignment", *, port: int) -> Iterator[Finding]:
    """Grade code that tries to reach what it must not reach."""
    settings = str(assignment.folder / "assignment.toml")
    probe = _PROBE.format(mark=_MARK, port=port, secret=settings)
    report = _grade(grader, assignment, probe, dict.fromkeys(assignment.submission[:1], probe))
    if _says("end") not in report.output:
        yield Finding(
            name="sandbox",
            state=State.NOTE,
            text="code that tries to get out was not tried, as it printed nothing",
        )
        return
    opened = [words for name, words in _WORDS.items() if _says(name) in report.output]
    if opened:
        yield Finding(
            name="sandbox",
            state=State.MISSING,
            text=f"a submission can {', '.join(opened)}",
            remedy="see to the locks that are missing; grade only files that you trust",
        )
    else:
        text = "code that tries to reach the network, processes and files is held"
        yield Finding(name="sandbox", state=State.WELL, text=text)


def _says(name: str) -> str:
    return f"{_MARK} {name}"


def _grade(
    grader: "Grader", assignment: "Assignment", source: str, files: dict[str, str]
) -> "Report":
    """Grade a source, or files if the assignment asks for several."""
    from grader.submission.hand_in import HandedIn, pack

    data = source.encode()
    if assignment.submission:
        files = files or dict.fromkeys(assignment.submission[:1], source)
        data = pack([HandedIn(name, name, text.encode()) for name, text in files.items()])
    return grader.grade_data(data, name="submission.py", has_diagnosis=False)
