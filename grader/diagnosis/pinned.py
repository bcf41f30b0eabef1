"""Pins the line that is wrong: a unit passes all its checks if only that line changes.

Where no misconception explains a failure, small changes of the student's own code are tried, each
alone, as the guest lists them (`grader.sandbox.guest.edits`). With an edit that is a *repair*, all
checks of the unit pass, for the inputs of the submission and for others. The report names the line
of the repair and its text, and never what it becomes: that is left to the student.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.observations.messages import CodeBlock, Observation, Outcome
from grader.observations.values import AnyValue, Items, Number
from grader.report.shorten import shorten
from grader.report.words import name_line

MOST_LINES = 3
_MOST_CODE = 80


@dataclass(frozen=True, slots=True)
class EditPlace:
    """Where an edit is: in which code block, from 0, on which line, from 1."""

    block: int
    line: int
    is_move: bool = False


def read_places(answer: Observation) -> list[EditPlace]:
    """Return the places that a child has listed; none if it has said something else."""
    if answer.outcome is not Outcome.RETURNED or len(answer.steps) != 1:
        return []
    listed = answer.steps[0].returned
    items = listed.items if isinstance(listed, Items) else ()
    places = [_place(one) for one in items]
    return [one for one in places if one is not None] if None not in places else []


def _place(value: AnyValue) -> EditPlace | None:
    match value:
        case Items(items=(Number(value=block), Number(value=line), Number(value=is_move))):
            if float(block).is_integer() and float(line).is_integer():
                return EditPlace(int(block), int(line), bool(is_move))
    return None


def describe_repairs(
    called: str, repairs: Sequence[EditPlace], blocks: Sequence[CodeBlock], *, is_whole: bool
) -> str:
    """Say which line has to change; empty if nothing can be said.

    Args:
        called: What the unit is called in a sentence.
        repairs: The places of the edits with which all checks pass.
        blocks: The code blocks of the submission.
        is_whole: Whether these are all checks of the unit, or those that the student sees.
    """
    by_line: dict[tuple[int, int], list[EditPlace]] = {}
    for one in repairs:
        by_line.setdefault((one.block, one.line), []).append(one)
    lines = [_name(block, line, blocks) for block, line in sorted(by_line)]
    if not lines or len(lines) > MOST_LINES or "" in lines:
        return ""
    what = "all its checks" if is_whole else "the checks shown here"
    if len(lines) > 1:
        which = f"{'; '.join(lines[:-1])}; or {lines[-1]}"
        return f"{called} passes {what} if only one of these lines changes: {which}"
    does = "is moved" if all(one.is_move for one in repairs) else "changes"
    return f"{called} passes {what} if only this line {does}: {lines[0]}"


def with_pin(message: str, text: str) -> str:
    """Return the message of a check, and after it which line has to change."""
    return f"{message}\n({text})"


def _name(block: int, line: int, blocks: Sequence[CodeBlock]) -> str:
    """Return a line's number and its text; empty if there is no such line."""
    if not 0 <= block < len(blocks):
        return ""
    lines = blocks[block].source.split("\n")
    code = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return f"{name_line(line, blocks[block].label)}, {shorten(code, _MOST_CODE)}" if code else ""
