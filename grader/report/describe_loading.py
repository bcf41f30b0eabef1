"""Describes what happened while a submission was read, loaded and called."""

import platform
from collections.abc import Sequence

from grader.observations.messages import Note, Outcome, Raised, Running
from grader.report.explanations import explain
from grader.report.model import LoadingNote, NoteKind
from grader.report.shorten import MAX_CODE, MAX_MESSAGE, MAX_NAME, shorten
from grader.report.words import join_names, name_line


def describe_place(place: Raised | Running) -> str:
    """Return the line at which an exception was raised, or which was running; empty if unknown."""
    if not place.line:
        return ""
    code = shorten(place.code.splitlines()[0], MAX_CODE) if place.code.strip() else ""
    return f"\n    {name_line(place.line, place.block)}: {code}"


_MAX_LINES = 100
_KINDS = {
    "SystemExit": NoteKind.EXIT,
    "SyntaxError": NoteKind.SYNTAX,
    "IndentationError": NoteKind.SYNTAX,
    "TabError": NoteKind.SYNTAX,
}
_LIMITS = {outcome.value for outcome in Outcome}
_TOO_DEEP = (
    "nested too deeply to be read, such as by thousands of brackets, operators or elif in a row"
)


def describe_loading(
    notes: Sequence[Note], *, is_notebook: bool, files: Sequence[str] = ()
) -> tuple[LoadingNote, ...]:
    """Describe what happened while a submission was loaded: what stopped code comes first.

    Cells that stopped at a function that is not written yet are all in one line, as the student
    expects them. Cells that needed results of such cells are in another line.

    Args:
        notes: What was noted, in order.
        is_notebook: Whether the submission is a notebook.
        files: The files that are given.
    """
    unwritten = [note.block for note in notes if _is_unwritten(note)]
    waiting = [note.block for note in notes if note.follows]
    found = [
        _describe_note(note, is_notebook=is_notebook, files=files)
        for note in notes
        if not _is_unwritten(note) and not note.follows
    ]
    found.sort(key=lambda note: not note.is_cause)  # otherwise in order
    first_other = sum(note.is_cause for note in found)
    follow = "needed results of earlier code, which had stopped"
    folded = [
        LoadingNote(kind=kind, text=f"{shorten(_list(blocks), MAX_MESSAGE)} {words}")
        for kind, blocks, words in (
            (NoteKind.UNWRITTEN, unwritten, "stopped at functions that are not written yet"),
            (
                NoteKind.FOLLOWS,
                waiting,
                follow if any(waiting) else "stopped again where it uses that",
            ),
        )
        if blocks
    ]
    found[first_other:first_other] = folded
    if len(found) > _MAX_LINES:
        text = f"{len(found) - _MAX_LINES} more messages like these are left out"
        found[_MAX_LINES:] = [LoadingNote(kind=NoteKind.OTHER, text=text)]
    return tuple(found)


def _is_unwritten(note: Note) -> bool:
    raised = note.raised
    if raised is None or raised.type_name != "NotImplementedError":
        return False
    return not raised.code or "raise" in raised.code  # torch may raise it too


def _list(blocks: Sequence[str]) -> str:
    """Join labels: ``cell 1`` and ``cell 2`` become ``cells 1 and 2``."""
    blocks = tuple(dict.fromkeys(blocks))
    if len(blocks) == 1 or not all(block.startswith("cell ") for block in blocks):
        return " and ".join(dict.fromkeys(block or "the file" for block in blocks))
    numbers = [block.removeprefix("cell ") for block in blocks]
    return f"cells {join_names(numbers)}"


def _describe_note(note: Note, *, is_notebook: bool, files: Sequence[str]) -> LoadingNote:
    where = shorten(note.block, MAX_NAME) or "the file"
    raised = note.raised
    if raised is None:
        text = f"{where}: {shorten(note.text, MAX_MESSAGE)}"
        return LoadingNote(kind=NoteKind.LEFT_OUT, text=text)
    kind = shorten(raised.type_name, MAX_NAME)
    if is_notebook and _is_too_deep(raised):
        text = f"{where} is {_TOO_DEEP}; what comes after it still ran"
        return LoadingNote(kind=NoteKind.SYNTAX, text=text)
    if raised.type_name in _LIMITS:
        why = shorten(raised.text, MAX_MESSAGE)
        if raised.line:
            where = name_line(raised.line, note.block)
        text = f"{where} was stopped ({why}); what comes after it still ran"
        return LoadingNote(kind=NoteKind.LIMIT, subject=kind, text=text)
    place = describe_place(raised)
    if raised.missing_module:
        name = shorten(raised.missing_module, MAX_NAME)
        text = f"{name} is not installed here; what does not need it is graded as usual{place}"
        return LoadingNote(kind=NoteKind.NOT_INSTALLED, subject=name, text=text)
    if raised.missing_import:
        line = shorten(raised.missing_import, MAX_NAME)
        text = f"`{line}` is missing: write it at the top{place}"
        return LoadingNote(kind=NoteKind.NOT_IMPORTED, subject=line, text=text)
    if raised.syntax_hint:
        rest = shorten(note.text, MAX_MESSAGE) or "what comes after it still ran"
        text = f"{where} {_name_syntax_error(raised)}; {rest}{place}"
        return LoadingNote(kind=NoteKind.SYNTAX, subject=kind, text=text)
    is_exit = raised.type_name == "SystemExit"
    has_ended = is_exit and not is_notebook
    still_runs = shorten(note.text, MAX_MESSAGE) or "what comes after it still ran"
    rest = "the rest of the file did not run" if has_ended else still_runs
    lines = raised.text.strip().splitlines()
    shown = f"{kind}: {shorten(lines[0], MAX_MESSAGE)}" if lines else kind
    verb = "exited with" if is_exit else "raised"
    return LoadingNote(
        kind=_KINDS.get(raised.type_name, NoteKind.RAISED),
        subject=kind,
        text=f"{where} {verb} {shown}; {rest}{place}{_explain_place(raised, files)}",
    )


def _explain_place(raised: Raised, files: Sequence[str]) -> str:
    """Return why something can't work where a submission is graded, on a line of its own."""
    why = explain(raised, only_of_place=True, files=files)
    return f"\n    {why}" if why else ""


def describe_syntax_error(raised: Raised) -> str:
    """Return a message that names the line of a syntax error, and shows it with a caret below."""
    if _is_too_deep(raised):
        return f"the code is {_TOO_DEEP}"
    code = "".join(f"\n{line}" for line in _line_and_caret(raised.code))
    place = name_line(raised.line, raised.block) if raised.line else raised.block or "the file"
    return f"{place} {_name_syntax_error(raised)}{code}"


def _name_syntax_error(raised: Raised) -> str:
    if raised.syntax_hint:
        version = ".".join(platform.python_version_tuple()[:2])
        hint = shorten(raised.syntax_hint, MAX_MESSAGE)
        return f"is not Python {version}, which grades here: {hint}"
    return f"is not valid Python: {shorten(raised.text, MAX_MESSAGE)}"


def _is_too_deep(raised: Raised) -> bool:
    """Return whether Python's parser or compiler gave up; it names neither a line nor a reason."""
    return not raised.line and raised.type_name in ("MemoryError", "RecursionError")


def _line_and_caret(code: str) -> list[str]:
    lines = code.splitlines()[:2]
    if any(len(line) > MAX_CODE for line in lines):
        return [shorten(line, MAX_CODE) for line in lines[:1]]  # the caret would be misplaced
    return lines
