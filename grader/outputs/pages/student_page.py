"""The page of one submission, as its student may see it."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from grader.outputs.escaping import escape_report
from grader.outputs.pages.environment import make_environment, make_policy, read_style
from grader.outputs.pages.function_card import FunctionCard, make_cards
from grader.outputs.pages.notebook_page import show_notebook
from grader.outputs.visibility import describe_pending, show_to_student
from grader.outputs.wording import (
    ENDED_EARLY,
    MARKS,
    describe_failure,
    describe_missing_locks,
    describe_output,
    describe_score,
)
from grader.report.model import Report, ReportStatus

_SHOWN_OUTPUT_CHARACTERS = 20_000
_SHOWN_NOTES = 50


@dataclass(frozen=True, slots=True)
class _Problem:
    """Why a submission was not graded, or not to the end; ``style`` is a class of the sheet."""

    style: str
    what: str
    detail: str
    advice: str


def render_student_page(report: Report, *, notebook: bytes | None = None) -> str:
    """Return a report as an HTML page.

    Args:
        report: The report; what its student may not see is removed.
        notebook: The submission's bytes if it is a notebook. The page then shows it, with each
            function's card below the cell that defines the function.
    """
    shown = escape_report(_cut(show_to_student(report)), encoding="utf-8")
    cards: Sequence[FunctionCard] = make_cards(shown.functions)
    cells = None
    if notebook is not None and cards:
        cells = show_notebook(notebook, cards)
        cards = cells.cards if cells is not None else cards
    page = make_environment().get_template("student.html.j2")
    return page.render(
        report=shown,
        policy=make_policy(has_images=cells is not None and cells.has_images),
        style=read_style(),
        headline=_headline(shown),
        share=_share(shown),
        counts=_counts(cards),
        pending=describe_pending(report),
        problem=_problem(shown),
        cards=_open_first(cards),
        left_out_notes=max(0, len(report.notes) - _SHOWN_NOTES),
        output_label=describe_output(report),
        notebook=cells,
        missing_locks=_missing_locks(shown),
        facts=_facts(shown),
    )


def _cut(report: Report) -> Report:
    """Shorten the output and the notes, which can be very long."""
    output = report.output.rstrip("\n")
    if len(output) > _SHOWN_OUTPUT_CHARACTERS:
        output = output[:_SHOWN_OUTPUT_CHARACTERS] + "\n... (the JSON report has all of it)"
    return msgspec.structs.replace(
        report, output=output if output.strip() else "", notes=report.notes[:_SHOWN_NOTES]
    )


def _headline(report: Report) -> str:
    return "Can't be graded" if report.status is ReportStatus.UNREADABLE else describe_score(report)


def _share(report: Report) -> float | None:
    """Return the score in percent, if there is one."""
    if report.score is None or not report.max_score or not report.functions:
        return None
    return round(100 * report.score / report.max_score, 2)


def _counts(cards: Sequence[FunctionCard]) -> str:
    """Count the functions by status: ``14 right, 1 wrong``."""
    words = [card.view.mark.word for card in cards]
    found = [mark.word for mark in MARKS.values() if mark.word in words]
    return ", ".join(f"{words.count(word)} {word}" for word in found)


def _problem(report: Report) -> _Problem | None:
    match report.status:
        case ReportStatus.STOPPED:
            return _Problem(
                style="half",
                what=f"Grading {ENDED_EARLY}.",
                detail="",
                advice="Points earned until then count. Functions that were not tried are marked.",
            )
        case ReportStatus.UNREADABLE:
            return _Problem(
                style="bad",
                what="This file can't be graded, and is worth "
                f"{describe_score(report)} as it stands.",
                detail=report.error,
                advice="Nothing in it was run. Fix the file, or hand in another one.",
            )
        case ReportStatus.GRADER_ERROR:
            what = describe_failure(report).removesuffix(report.error).rstrip(": ")
            return _Problem(
                style="bad",
                what=f"{what[0].upper()}{what[1:]}.",
                detail=report.error,
                advice="This says nothing about the submission, and it is not a zero. Show this "
                "page to the person who runs the grader, and have the file graded again.",
            )
        case _:
            return None


def _open_first(cards: Sequence[FunctionCard]) -> list[FunctionCard]:
    """Unfold the first card of the list that has a failure."""
    opened = False
    result = []
    for card in cards:
        is_open = not opened and bool(card.view.failures) and not card.cell
        opened = opened or is_open
        result.append(card.unfolded() if is_open else card)
    return result


def _missing_locks(report: Report) -> str:
    missing = report.isolation.missing
    return describe_missing_locks(missing) if missing else ""


def _facts(report: Report) -> list[tuple[str, str]]:
    """Return what is needed to get the same report again, as pairs of a term and a value."""
    environment = report.environment
    versions = (("zerograd", "zerograd"), ("torch", "torch"), ("Python", "python"))
    facts = [
        ("Assignment", f"{report.assignment.id}, version {report.assignment.version}"),
        ("Seed of the inputs", str(report.seed)),
        ("SHA-256 of the file", report.submission.sha256),
        (
            "Graded with",
            ", ".join(f"{name} {environment[key]}" for name, key in versions if key in environment),
        ),
    ]
    return [(term, value) for term, value in facts if value]
