"""Describes what happened while a submission was read, loaded and called."""

from collections.abc import Sequence

from grader.observations.messages import Note, Outcome, Raised
from grader.report.shorten import MAX_CODE, MAX_MESSAGE, MAX_NAME, shorten


def describe_place(raised: Raised) -> str:
    """Return the line of the submission at which an exception was raised; empty if not known."""
    if not raised.line:
        return ""
    block = f" of {shorten(raised.block, MAX_NAME)}" if raised.block else ""
    code = shorten(raised.code.splitlines()[0], MAX_CODE) if raised.code.strip() else ""
    return f"\n    line {raised.line}{block}: {code}"


_MAX_LINES = 100
_LIMITS = {outcome.value for outcome in Outcome}
_TOO_DEEP = (
    "nested too deeply to be read, such as by thousands of brackets, operators or elif in a row"
)


def describe_notes(notes: Sequence[Note], *, is_notebook: bool) -> tuple[str, ...]:
    """Return a line for each thing that happened while a submission was loaded.

    Cells that stopped at a function that is not written yet are all in one line, as the student
    expects them. Cells that needed results of such cells are in another line.

    Args:
        notes: What was noted, in order.
        is_notebook: Whether the submission is a notebook.
    """
    lines = []
    unwritten = [note.block for note in notes if _is_unwritten(note)]
    waiting = [note.block for note in notes if note.follows]
    if unwritten:
        shown = shorten(_list(unwritten), MAX_MESSAGE)
        lines.append(f"{shown} stopped at functions that are not written yet")
    if waiting:
        shown = shorten(_list(waiting), MAX_MESSAGE)
        lines.append(f"{shown} needed results of earlier code, which had stopped")
    lines.extend(
        _describe_note(note, is_notebook=is_notebook)
        for note in notes
        if not _is_unwritten(note) and not note.follows
    )
    if len(lines) > _MAX_LINES:
        left_out = len(lines) - _MAX_LINES
        lines[_MAX_LINES:] = [f"{left_out} more messages like these are left out"]
    return tuple(lines)


def _is_unwritten(note: Note) -> bool:
    raised = note.raised
    if raised is None or raised.type_name != "NotImplementedError":
        return False
    return not raised.code or "raise" in raised.code  # torch may raise it too


def _list(blocks: Sequence[str]) -> str:
    """Join labels: ``cell 1`` and ``cell 2`` become ``cells 1 and 2``."""
    if len(blocks) == 1 or not all(block.startswith("cell ") for block in blocks):
        return " and ".join(dict.fromkeys(block or "the file" for block in blocks))
    numbers = [block.removeprefix("cell ") for block in blocks]
    return f"cells {', '.join(numbers[:-1])} and {numbers[-1]}"


def _describe_note(note: Note, *, is_notebook: bool) -> str:
    where = shorten(note.block, MAX_NAME) or "the file"
    raised = note.raised
    if raised is None:
        return f"{where}: {shorten(note.text, MAX_MESSAGE)}"
    if is_notebook and _is_too_deep(raised):
        return f"{where} is {_TOO_DEEP}; what comes after it still ran"
    if raised.type_name in _LIMITS:
        why = shorten(raised.text, MAX_MESSAGE)
        if raised.line:
            where = f"line {raised.line}" + (f" of {where}" if note.block else "")
        return f"{where} was stopped ({why}); what comes after it still ran"
    has_ended = raised.type_name == "SystemExit" and not is_notebook
    rest = "the rest of the file did not run" if has_ended else "what comes after it still ran"
    text = raised.text.strip().splitlines()
    shown = shorten(raised.type_name, MAX_NAME)
    if text:
        shown += f": {shorten(text[0], MAX_MESSAGE)}"
    verb = "exited with" if raised.type_name == "SystemExit" else "raised"
    return f"{where} {verb} {shown}; {rest}{describe_place(raised)}"


def describe_syntax_error(raised: Raised) -> str:
    """Return a message that names the line of a syntax error, and shows it with a caret below."""
    if _is_too_deep(raised):
        return f"the code is {_TOO_DEEP}"
    code = "".join(f"\n{line}" for line in _line_and_caret(raised.code))
    text = shorten(raised.text, MAX_MESSAGE)
    place = f"line {raised.line}" if raised.line else "the file"
    return f"{place} is not valid Python: {text}{code}"


def _is_too_deep(raised: Raised) -> bool:
    """Return whether Python's parser or compiler gave up; it names neither a line nor a reason."""
    return not raised.line and raised.type_name in ("MemoryError", "RecursionError")


def _line_and_caret(code: str) -> list[str]:
    lines = code.splitlines()[:2]
    if any(len(line) > MAX_CODE for line in lines):
        return [shorten(line, MAX_CODE) for line in lines[:1]]  # the caret would be misplaced
    return lines
