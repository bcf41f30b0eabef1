"""The marks and words that all reports for people share."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.observations.locks import LOCK_WORDS
from grader.report.budget import cut_text
from grader.report.manual import waiting_items
from grader.report.model import Report, ReportStatus, Status
from grader.report.self_check import judged_points


@dataclass(frozen=True, slots=True)
class Mark:
    """How a status is shown: a symbol and a word, since colour alone is not enough.

    ``ascii`` replaces the symbol in terminals that can't show it.
    """

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
    Status.NOT_JUDGED: Mark("?", "?", "dim", "not judged yet"),
}

# The same for answers that a person marks.
WAITING = Mark("…", ":", "yellow", "waits for a person")
MARKED_FULL = Mark("✓", "+", "green", "marked")
MARKED_PART = Mark("◐", "~", "yellow", "marked")
MARKED_ZERO = Mark("✗", "x", "red", "marked")

NO_POINTS = "-"  # none were given, and none were lost

ENDED_EARLY = "ended before everything was checked"

# How the reason of a lock begins that is there, but leaves something open.
HOLDS_IN_PART = "holds in part: "
_MAX_REASON = 400


def symbol_in_browser(status: Status) -> str:
    """Return the symbol of a status for a browser, which would show the clock as an emoji."""
    return MARKS[Status.FAILED if status is Status.LIMIT else status].symbol


def format_points(value: float) -> str:
    """Write points without trailing zeros: ``3``, ``2.5``."""
    return f"{value:g}"


def describe_points(points: float, max_points: float) -> str:
    """Write points out: ``2.5 of 3 points``."""
    return f"{format_points(points)} of {format_points(max_points)} points"


def describe_score(report: Report) -> str:
    """Write a report's score out, or say that there is none; while answers wait, ``so far``.

    Points that a self-check leaves open are not in its maximum.
    """
    if report.score is None or report.max_score is None:
        return "No score"
    check = report.self_check
    if check is not None and (check.open_points or check.later or waiting_items(report.manual)):
        judged = judged_points(report) or 0.0
        return f"{describe_points(report.score, judged)} judged so far"
    points = describe_points(report.score, report.max_score)
    return f"{points} so far" if waiting_items(report.manual) else points


def describe_failure(report: Report) -> str:
    """Say why a submission has no grade."""
    if report.status is ReportStatus.GRADER_ERROR:
        return f"the grader failed, so there is no score: {report.error}"
    return f"can't be graded: {report.error}"


def describe_missing_locks(missing: Mapping[str, str]) -> str:
    """List what this machine can't prevent or prevents only in part, and why."""
    in_part = [name for name, reason in missing.items() if reason.startswith(HOLDS_IN_PART)]
    not_at_all = [name for name in missing if name not in in_part]
    sentences = [
        f"{how} on this machine: {', '.join(LOCK_WORDS.get(name, name) for name in names)}."
        for how, names in (("Not locked", not_at_all), ("Partly locked", in_part))
        if names
    ]
    reasons = "; ".join(
        f"{name}: {cut_text(reason.removeprefix(HOLDS_IN_PART), _MAX_REASON, ellipsis=' ...')}"
        for name, reason in missing.items()
    )
    return f"{' '.join(sentences)} Grade only files that you trust. ({reasons})"


def describe_output(report: Report) -> str:
    """Say how many lines a submission printed, and whether the rest was cut."""
    lines = report.output.rstrip("\n").count("\n") + 1
    cut = ", cut at the limit" if report.is_output_cut else ""
    return f"The submission printed {lines} line{'s' if lines != 1 else ''}{cut}"
