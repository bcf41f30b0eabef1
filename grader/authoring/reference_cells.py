"""Reads a reference as the cells that students will see, each with its place in the file."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

DEMO_TAG = "demo"
GIVEN_TAG = "given"

# Some tools end a line at these, and Python does not: what is removed by lines would be other text.
_ODD_LINE_ENDS = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_MAGIC = re.compile(r"\s*[%!?]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cell.

    Attributes:
        text: Its text, without its end.
        number: Its line in the reference, from 1; if we wrote it, that of what it replaces.
        is_ours: Whether we wrote it.
    """

    text: str
    number: int
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the reference.

    Attributes:
        kind: ``code``, ``markdown`` or ``raw``.
        tags: Its tags.
        lines: Its lines.
    """

    kind: str
    tags: frozenset[str]
    lines: tuple[Line, ...]

    @property
    def is_demo(self) -> bool:
        """Whether it tries out what students write."""
        return DEMO_TAG in self.tags

    @property
    def is_given(self) -> bool:
        """Whether students get it whole."""
        return GIVEN_TAG in self.tags

    @property
    def source(self) -> str:
        """Its text."""
        return join(self.lines)

    def with_lines(self, lines: Sequence[Line]) -> "Cell":
        """Return the same cell with other lines, without blank ones at its end."""
        kept = list(lines)
        while kept and not kept[-1].text.strip():
            kept.pop()
        return replace(self, lines=tuple(kept))


def join(lines: Sequence[Line]) -> str:
    """Return the text of some lines."""
    return "\n".join(line.text for line in lines)


def read_notebook(text: str) -> "NotebookNode":
    """Read a reference in percent format as a notebook."""
    import jupytext  # slow, and only authors need it

    notebook: NotebookNode = jupytext.reads(text, fmt="py:percent")
    return notebook


def read_cells(notebook: "NotebookNode", text: str) -> list[Cell]:
    """Return the cells of a reference with the lines on which they are.

    Args:
        notebook: The reference as `read_notebook` returns it.
        text: The same reference.
    """
    source = text.split("\n")
    cells = []
    start = 0
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        place = _find(lines, source, start)
        first = start if place is None else place
        cells.append(
            Cell(
                kind=cell.cell_type,
                tags=frozenset(cell.metadata.get("tags", ())),
                lines=tuple(Line(one, first + 1 + n) for n, one in enumerate(lines)),
            )
        )
        start = first + len(lines) if place is not None else start
    return cells


def find_odd_line_ends(text: str) -> Iterator[str]:
    """Yield a problem for each line with a character that only some tools take for its end."""
    for number, line in enumerate(text.split("\n"), start=1):
        if match := _ODD_LINE_ENDS.search(line):
            code = f"U+{ord(match.group()):04X}"
            yield f"line {number}: the character {code} ends a line for some tools; remove it"


def _find(lines: Sequence[str], source: Sequence[str], start: int) -> int | None:
    """Return where the lines are in the source: as they are, or as comments."""
    for form in (str, _uncommented):
        wanted = [form(line) for line in lines]
        for place in range(start, len(source) - len(lines) + 1):
            if [form(line) for line in source[place : place + len(lines)]] == wanted:
                return place
    return None


def _uncommented(line: str) -> str:
    return line.lstrip("# ").rstrip()


def parse(lines: Sequence[Line]) -> ast.Module:
    """Parse the code of a cell, in which magics and shell lines may stand.

    Raises:
        SyntaxError: It is not Python.
    """
    try:
        return ast.parse(join(lines))
    except SyntaxError:
        return ast.parse(mask_magics(lines))


def mask_magics(lines: Sequence[Line]) -> str:
    """Return the text of a cell with comments in the place of magics and shell lines."""
    return "\n".join(f"#{line.text}" if _MAGIC.match(line.text) else line.text for line in lines)


def magics(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a cell that are magics or shell lines."""
    try:
        ast.parse(join(lines))
    except SyntaxError:
        return [line for line in lines if _MAGIC.match(line.text)]
    return []


def comments(lines: Sequence[Line]) -> list[tuple[int, str]]:
    """Return the comments of a cell that is Python, each with the index of its line."""
    source = mask_magics(lines) if magics(lines) else join(lines)
    read = io.StringIO(source).readline
    return [
        (token.start[0] - 1, token.string)
        for token in tokenize.generate_tokens(read)
        if token.type == tokenize.COMMENT
    ]


def is_docstring(statement: ast.stmt) -> bool:
    """Return whether a statement is nothing but a string."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
