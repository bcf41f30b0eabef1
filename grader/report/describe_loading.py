"""Describes what happened while a submission was read, loaded and called."""

from collections.abc import Sequence

from grader.observations.messages import Note, Outcome, Raised


def describe_place(raised: Raised) -> str:
    """Return the line of the submission at which an exception was raised; empty if not known."""
    if not raised.line:
        return ""
    block = f" of {raised.block}" if raised.block else ""
    code = raised.code.splitlines()[0] if raised.code else ""
    return f"\n    line {raised.line}{block}: {code}"


_LIMITS = {outcome.value for outcome in Outcome}


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
        lines.append(f"{_list(unwritten)} stopped at functions that are not written yet")
    if waiting:
        lines.append(f"{_list(waiting)} needed results of earlier code, which had stopped")
    lines.extend(
        _describe_note(note, is_notebook=is_notebook)
        for note in notes
        if not _is_unwritten(note) and not note.follows
    )
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
    where = note.block or "the file"
    raised = note.raised
    if raised is None:
        return f"{where}: {note.text}"
    rest = "the cells after it still ran" if is_notebook else "the rest of the file did not run"
    if raised.type_name in _LIMITS:
        return f"{where} was stopped ({raised.text}); {rest}"
    text = raised.text.strip().splitlines()
    shown = f"{raised.type_name}: {text[0][:300]}" if text else raised.type_name
    verb = "exited with" if raised.type_name == "SystemExit" else "raised"
    return f"{where} {verb} {shown}; {rest}{describe_place(raised)}"


def describe_syntax_error(raised: Raised) -> str:
    """Return a message that names the line of a syntax error, and shows it with a caret below."""
    code = f"\n{raised.code}" if raised.code else ""
    return f"line {raised.line} is not valid Python: {raised.text}{code}"
