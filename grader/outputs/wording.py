"""The marks and words that all reports for people share."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.observations.locks import Lock
from grader.report.model import Report, ReportStatus, Status


@dataclass(frozen=True, slots=True)
class Mark:
    """How a status looks: never by colour alone, and with a sign of its own in ASCII."""

    symbol: str
    ascii: str
    color: str
    word: str


MARKS = {
    Status.PASSED: Mark("✓", "+", "green", "right"),
    Status.PARTIAL: Mark("◐", "~", "yellow", "partly right"),
    Status.FAILED: Mark("✗", "x", "red", "wrong"),
    Status.ERROR: Mark("✗", "!", "red", "raised an error"),
    Status.LIMIT: Mark("⏱", "!", "red", "hit a limit"),
    Status.MISSING: Mark("·", "-", "dim", "not written yet"),
}

ENDED_EARLY = "was ended before everything was graded"

# What each lock keeps a submission from, for the note about those that are missing.
_LOCKS: Mapping[str, str] = {
    Lock.PRIVILEGES: "gaining rights",
    Lock.RESOURCES: "using up memory",
    Lock.FILES: "reading and writing files",
    Lock.SIGNALS: "sending signals to other processes",
    Lock.SYSCALLS: "network and new processes",
}


def symbol_in_browser(status: Status) -> str:
    """Give a status's sign for a browser: it has the clock as a picture, or not at all."""
    return MARKS[Status.FAILED if status is Status.LIMIT else status].symbol


def format_points(value: float) -> str:
    """Write points short: 3 and 2.5."""
    return f"{value:g}"


def describe_points(points: float, max_points: float) -> str:
    """Write points out: ``2.5 of 3 points``."""
    return f"{format_points(points)} of {format_points(max_points)} points"


def describe_score(report: Report) -> str:
    """Say how many points were earned, and of how many."""
    if report.score is None or report.max_score is None:
        return "No score"
    return describe_points(report.score, report.max_score)


def describe_failure(report: Report) -> str:
    """Say why there is no grade."""
    words = {ReportStatus.GRADER_ERROR: "the grader failed, so there is no score"}
    said = words.get(report.status, "can't be graded")
    return f"{said}: {report.error}"


def describe_missing_locks(missing: Mapping[str, str]) -> str:
    """Say what this machine can't keep a submission from, and why."""
    names = ", ".join(_LOCKS.get(name, name) for name in missing)
    reasons = "; ".join(f"{name}: {reason}" for name, reason in missing.items())
    return f"Not locked on this machine: {names}. Grade only files that you trust. ({reasons})"


def describe_output(report: Report) -> str:
    """Say how much a submission printed."""
    lines = report.output.rstrip("\n").count("\n") + 1
    cut = ", cut at the limit" if report.is_output_cut else ""
    return f"It printed {lines} line{'s' if lines != 1 else ''}{cut}"
