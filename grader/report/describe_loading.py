"""Puts into words what a submission did while it was read, loaded and called."""

from collections.abc import Sequence

from grader.observations.messages import Note, Outcome, Raised


def describe_place(raised: Raised) -> str:
    """Say on which line of the student's it happened, with the line."""
    if not raised.line:
        return ""
    block = f" of {raised.block}" if raised.block else ""
    code = raised.code.splitlines()[0] if raised.code else ""
    return f"\n    line {raised.line}{block}: {code}"


_LIMITS = {outcome.value for outcome in Outcome}


def describe_notes(notes: Sequence[Note], *, is_notebook: bool) -> tuple[str, ...]:
    """Tell what happened while a submission was loaded, the ordinary in one line.

    Cells that stop at a function which is not written yet are no news to who has not
    written it, nor are cells which wait for what those would have made.
    """
    told = []
    unwritten = [note.block for note in notes if _is_unwritten(note)]
    waiting = [note.block for note in notes if note.follows]
    if unwritten:
        told.append(f"{_list(unwritten)} stopped at functions that are not written yet")
    if waiting:
        told.append(f"{_list(waiting)} could not run without what earlier ones would have made")
    told.extend(
        _describe_note(note, is_notebook=is_notebook)
        for note in notes
        if not _is_unwritten(note) and not note.follows
    )
    return tuple(told)


def _is_unwritten(note: Note) -> bool:
    raised = note.raised
    if raised is None or raised.type_name != "NotImplementedError":
        return False
    return not raised.code or "raise" in raised.code  # not one out of torch's insides


def _list(blocks: Sequence[str]) -> str:
    """Join ``cell 1`` and ``cell 2`` to ``cells 1 and 2``."""
    if len(blocks) == 1 or not all(block.startswith("cell ") for block in blocks):
        return " and ".join(dict.fromkeys(block or "the file" for block in blocks))
    numbers = [block.removeprefix("cell ") for block in blocks]
    return f"cells {', '.join(numbers[:-1])} and {numbers[-1]}"


def _describe_note(note: Note, *, is_notebook: bool) -> str:
    where = note.block or "the file"
    raised = note.raised
    if raised is None:
        return f"{where}: {note.text}"
    rest = "the cells after it still count" if is_notebook else "what comes after it is missing"
    if raised.type_name in _LIMITS:
        return f"{where} was stopped ({raised.text}); {rest}"
    text = raised.text.strip().splitlines()
    shown = f"{raised.type_name}: {text[0][:300]}" if text else raised.type_name
    verb = "ended itself with" if raised.type_name == "SystemExit" else "raised"
    return f"{where} {verb} {shown}; {rest}{describe_place(raised)}"


def describe_syntax_error(raised: Raised) -> str:
    """Say on which line a file stops being Python, with the line and a caret below it."""
    code = f"\n{raised.code}" if raised.code else ""
    return f"line {raised.line} is not Python: {raised.text}{code}"
