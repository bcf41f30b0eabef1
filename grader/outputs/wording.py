"""What all reports for people have in common: marks, words, and which failures are told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from grader.observations.locks import Lock
from grader.report.model import CheckResult, FunctionResult, Report, ReportStatus, Status


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


def failures(function: FunctionResult) -> Iterator[tuple[CheckResult, bool]]:
    """Give each check that has not passed, and whether its cause is told for the first time.

    Of a function that is not written yet there is nothing to tell: the student knows.
    """
    failed = [check for check in function.checks if check.status is not Status.PASSED]
    if function.status is Status.PASSED or all(check.status is Status.MISSING for check in failed):
        return
    told: set[tuple[str, str]] = set()
    named: set[str] = set()
    for check in failed:
        key = (check.message, check.example.got if check.example else "")
        # One cause, one hint: it stands with the first check that shows it.
        is_known = check.misconception is not None and check.misconception in named
        shown = msgspec.structs.replace(check, hint="", section="") if is_known else check
        yield shown, key not in told
        told.add(key)
        if check.misconception is not None:
            named.add(check.misconception)


def describe_score(report: Report) -> str:
    """Say how many points were earned, and of how many."""
    if report.score is None or report.max_score is None:
        return "No score"
    return f"{format_points(report.score)} of {format_points(report.max_score)} points"


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
