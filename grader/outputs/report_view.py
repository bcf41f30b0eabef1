"""What every report shows of a submission as a whole: causes first, and each of them once."""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.outputs.function_view import FunctionView, Lack, Said, find_lack, view_function
from grader.outputs.wording import NO_POINTS
from grader.report.budget import cut_text
from grader.report.model import FunctionResult, LoadingNote, NoteKind, Report, Status

_MAX_CAUSES = 5  # at the top; the others are among the notes
_MAX_NAMES = 400  # characters
_ABOUT_MODULES = (NoteKind.NOT_INSTALLED, NoteKind.NOT_IMPORTED)

# What the notes about code that raised end in; said once.
_CONSEQUENCES = (
    "; what comes after it still ran",
    "; what does not need it is graded as usual",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """What a report shows, apart from its score.

    Attributes:
        causes: What stopped the file, or several of its functions; shown before the functions.
        functions: The functions, in order.
        notes: What else happened.
    """

    causes: tuple[str, ...]
    functions: tuple[FunctionView, ...]
    notes: tuple[str, ...]


def view_report(report: Report) -> ReportView:
    """Work out what to show of a report.

    Args:
        report: The report as its student may see it.
    """
    stopped = list(_stopped(report))
    causes = list(_say_consequences_once(note.text for note in stopped))
    said = Said()
    known = {note.subject for note in stopped if note.kind in _ABOUT_MODULES}
    for lack, names in _lacking(report.functions).items():
        is_known = lack.kind in _ABOUT_MODULES and lack.subject in known
        if not is_known and len(names) == 1:
            continue  # that function's own affair
        if not is_known:
            causes.append(_describe_lack(lack, names))
        said.lacks.add(lack)
    views = tuple(view_function(one, said) for one in report.functions)
    if report.self_check is not None:
        views = tuple(map(_as_open, views))
    at_top = {note.text for note in stopped}
    return ReportView(
        causes=tuple(causes),
        functions=views,
        notes=tuple(note for note in report.notes if note not in at_top),
    )


def _as_open(view: FunctionView) -> FunctionView:
    """Return the view of a function in a self-check: what is left open there is not lost."""
    if view.status is not Status.NOT_JUDGED:
        return view
    told, *others = view.failures or (None,)
    is_one = told is not None and all(one.is_repeat for one in others) and not told.example
    if told is None or not is_one:
        return dataclasses.replace(view, score=NO_POINTS)
    return dataclasses.replace(view, score=NO_POINTS, failures=(), remark=told.message)


def _stopped(report: Report) -> Iterator[LoadingNote]:
    """Yield what stopped the file, and then the line about what only follows from it."""
    causes = [note for note in report.loading if note.is_cause][:_MAX_CAUSES]
    yield from causes
    if causes:
        yield from (note for note in report.loading if note.kind is NoteKind.FOLLOWS)


def _say_consequences_once(texts: Iterable[str]) -> Iterator[str]:
    said: set[str] = set()
    for text in texts:
        found = {words for words in _CONSEQUENCES if words in text}
        yield functools.reduce(lambda rest, words: rest.replace(words, "", 1), found & said, text)
        said |= found


def _lacking(functions: Iterable[FunctionResult]) -> Mapping[Lack, list[str]]:
    """Return what is missing, each with the functions that fail for it alone."""
    found: dict[Lack, list[str]] = {}
    for function in functions:
        failed = (check for check in function.checks if check.status is not Status.PASSED)
        if (lack := find_lack(failed)) is not None:
            found.setdefault(lack, []).append(function.name)
    return found


def _describe_lack(lack: Lack, names: Sequence[str]) -> str:
    functions = f"{len(names)} functions"
    shown = cut_text(", ".join(names), _MAX_NAMES, ellipsis=" ...")
    match lack.kind:
        case NoteKind.NOT_INSTALLED:
            return f"{lack.subject} is not installed here, and {functions} need it: {shown}"
        case NoteKind.NOT_IMPORTED:
            return (
                f"`{lack.subject}` is missing, and {functions} need it: {shown}. "
                "Write it at the top."
            )
        case _:
            return f"{lack.subject} is not defined, and {functions} stop there: {shown}"
