"""Puts names and places into words, as all messages do."""

from collections.abc import Sequence

from grader.report.shorten import MAX_NAME, shorten


def join_names(names: Sequence[str]) -> str:
    """Join names: ``a``, ``a and b``, ``a, b and c``; empty for none."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def name_line(line: int, block: str) -> str:
    """Return ``line 3``, or ``line 3 of cell 5`` in a code block that has a label.

    A line that is not known, 0 or less, is ``a line``.
    """
    of = f" of {shorten(block, MAX_NAME)}" if block else ""
    return f"line {line}{of}" if line > 0 else f"a line{of}"
