"""The page of one submission, as its student may see it."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from markupsafe import Markup

from grader.outputs.escaping import escape_report, escape_within
from grader.outputs.function_view import FunctionView
from grader.outputs.manual_view import describe_waiting
from grader.outputs.pages.brief_page import render_brief_page
from grader.outputs.pages.environment import make_environment, make_policy, read_style
from grader.outputs.pages.function_card import FunctionCard, make_cards
from grader.outputs.pages.manual_card import make_manual_cards
from grader.outputs.pages.notebook_page import show_notebook
from grader.outputs.report_view import ReportView, view_report
from grader.outputs.self_check import describe_self_check
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
from grader.report.self_check import judged_points

MAX_PAGE_BYTES = 300 * 1024  # without the images of a notebook
_SHOWN_OUTPUT_CHARACTERS = 20_000
_MAX_OUTPUT_BYTES = 18 * 1024  # of HTML
_MAX_NOTES_BYTES = 10 * 1024
_MAX_NOTE_BYTES = 1500
_MAX_DETAIL_BYTES = 8 * 1024
# The parts of a page that change with the marks of a person, each between two comments.
_PARTS = {"head": "head.html.j2", "marks": "manual.html.j2"}


@dataclass(frozen=True, slots=True)
class _Problem:
    """Why a submission was not graded, or not to the end; ``style`` is a class of the sheet."""

    style: str
    what: str
    detail: Markup
    advice: str


def render_student_page(report: Report, *, notebook: bytes | None = None) -> str:
    """Return a report as an HTML page of at most `MAX_PAGE_BYTES`, images of a notebook aside.

    If that fails, for whatever reason, the page has only the points, and says what failed.

    Args:
        report: The report; what its student may not see is removed.
        notebook: The submission's bytes if it is a notebook. The page then shows it, with each
            function's card below the cell that defines the function.
    """
    try:
        html, image_characters = _render(report, notebook)
    except Exception as error:  # noqa: BLE001 - an edge: the student gets a page, whatever fails
        return render_brief_page(report, type(error).__name__)
    if len(html.encode()) - image_characters > MAX_PAGE_BYTES:
        return render_brief_page(report, "too long")
    return html


def _render(report: Report, notebook: bytes | None) -> tuple[str, int]:
    """Return a page, and how many of its characters are images of the notebook."""
    shown = escape_report(_cut(show_to_student(report)), encoding="utf-8")
    view = view_report(shown)
    cards: Sequence[FunctionCard] = make_cards(shown.functions, view.functions)
    cells = None
    if notebook is not None and cards:
        cells = show_notebook(notebook, cards)
        cards = cells.cards
    template = make_environment().get_template("student.html.j2")
    image_characters = cells.image_characters if cells is not None else 0
    html = template.render(
        **_what_changes(shown, report, view),
        policy=make_policy(has_images=image_characters > 0),
        style=read_style(),
        problem=_problem(shown),
        cards=_open_first(cards),
        left_out_functions=len(shown.functions) - len(cards),
        causes=_notes(view.causes),
        notes=_notes(view.notes),
        output=_output(shown),
        output_label=describe_output(report),
        notebook=cells,
        missing_locks=_missing_locks(shown),
        facts=_facts(shown),
    )
    return html, image_characters


def update_student_page(page: str, report: Report) -> str:
    """Return the page of a report after a person has given marks: all else stays as it is.

    The submission is not needed, so a notebook that is shown on the page stays there.

    Args:
        page: The page as it was written.
        report: The report with its marks.
    """
    try:
        return _update(page, report)
    except Exception as error:  # noqa: BLE001 - an edge: the points are right, whatever fails
        return render_brief_page(report, type(error).__name__)


def _update(page: str, report: Report) -> str:
    shown = escape_report(_cut(show_to_student(report)), encoding="utf-8")
    changed = _what_changes(shown, report, view_report(shown))
    for name in ("head", "marks"):
        # All texts are escaped, so the first mark of each kind is ours.
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        before, has_start, rest = page.partition(start)
        _, has_end, after = rest.partition(end)
        if not has_start or not has_end:  # a brief page, or one of an older version
            return render_student_page(report)
        new = make_environment().get_template(_PARTS[name]).render(changed)
        page = f"{before}{start}{new}{end}{after}"
    title = make_environment().get_template("title.html.j2").render(changed)
    before, _, rest = page.partition("<title>")
    return f"{before}{title}{rest.partition('</title>')[2]}"


def _what_changes(shown: Report, report: Report, view: ReportView) -> dict[str, object]:
    """Return what the templates show of a score, which marks of a person change."""
    return {
        "report": shown,
        "headline": _headline(shown),
        "share": _share(shown),
        "counts": _counts(view.functions),
        "pending": [
            *filter(None, (describe_waiting(shown), describe_pending(report))),
            *describe_self_check(shown),
        ],
        "manual": make_manual_cards(shown.manual),
    }


def _cut(report: Report) -> Report:
    """Shorten the output, which can be very long, and leave it out if nothing can be seen."""
    output = report.output.rstrip("\n")
    if len(output) > _SHOWN_OUTPUT_CHARACTERS:
        output = output[:_SHOWN_OUTPUT_CHARACTERS] + "\n"  # longer than what is shown
    return msgspec.structs.replace(report, output=output if output.strip() else "")


def _output(report: Report) -> Markup:
    """Return the beginning of what was printed."""
    shown, is_cut = escape_within(report.output, _MAX_OUTPUT_BYTES)
    if is_cut or len(report.output) > _SHOWN_OUTPUT_CHARACTERS:
        return shown + "\n... (cut here: the JSON report has more of it)"
    return shown


def _notes(texts: Sequence[str]) -> list[Markup]:
    """Return notes, and the number of those that there is no room for."""
    notes: list[Markup] = []
    room = _MAX_NOTES_BYTES
    for note in texts:
        shown, is_cut = escape_within(note, min(room, _MAX_NOTE_BYTES))
        if not shown:
            left_out = len(texts) - len(notes)
            return [*notes, Markup("and {} more, in the JSON report").format(left_out)]
        room -= len(shown.encode())
        notes.append(shown + " ..." if is_cut else shown)
    return notes


def _headline(report: Report) -> str:
    return "Can't be graded" if report.status is ReportStatus.UNREADABLE else describe_score(report)


def _share(report: Report) -> float | None:
    """Return the score in percent, if there is one."""
    judged = judged_points(report)
    if report.score is None or not judged or not report.functions:
        return None
    return round(100 * report.score / judged, 2)


def _counts(views: Sequence[FunctionView]) -> str:
    """Count the functions by status: ``14 right, 1 wrong``."""
    words = [view.mark.word for view in views]
    usual = [mark.word for mark in MARKS.values()]
    found = [word for word in dict.fromkeys((*usual, *words)) if word in words]
    return ", ".join(f"{words.count(word)} {word}" for word in found)


def _problem(report: Report) -> _Problem | None:
    match report.status:
        case ReportStatus.STOPPED:
            return _Problem(
                style="half",
                what=f"Grading {ENDED_EARLY}.",
                detail=Markup(),
                advice="Points earned until then count. Functions that were not tried are marked.",
            )
        case ReportStatus.UNREADABLE:
            return _Problem(
                style="bad",
                what="This file can't be graded, and is worth "
                f"{describe_score(report)} as it stands.",
                detail=_detail(report),
                advice="Nothing in it was run. Fix the file, or hand in another one.",
            )
        case ReportStatus.GRADER_ERROR:
            what = describe_failure(report).removesuffix(report.error).rstrip(": ")
            return _Problem(
                style="bad",
                what=f"{what[0].upper()}{what[1:]}.",
                detail=_detail(report),
                advice="This says nothing about the submission, and it is not a zero. Show this "
                "page to the person who runs the grader, and have the file graded again.",
            )
        case _:
            return None


def _detail(report: Report) -> Markup:
    shown, is_cut = escape_within(report.error, _MAX_DETAIL_BYTES)
    return shown + " ..." if is_cut else shown


def _open_first(cards: Sequence[FunctionCard]) -> list[FunctionCard]:
    """Unfold the first card of the list that has a failure, and those that have only a remark."""
    opened = False
    result = []
    for card in cards:
        is_open = not opened and bool(card.view.failures) and not card.cell
        opened = opened or is_open
        result.append(card.unfolded() if is_open or card.view.remark else card)
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
