"""Makes the cells of the exercise from those of the reference, or says what can't be published."""

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.authoring.blanking import blank_code
from grader.authoring.reference_cells import (
    Cell,
    Line,
    find_odd_line_ends,
    is_docstring,
    parse,
    read_cells,
    read_notebook,
)
from grader.authoring.regions import Cut, bound_names, cut_code, cut_text, is_like_a_marker
from grader.checks.manual import ManualUnit, ShownBy
from grader.checks.units import Unit, UnitKind

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True, slots=True)
class Exercise:
    """What students get.

    Attributes:
        notebook: The exercise as a notebook whose cells are in their places.
        problems: What can't be published, a line each. If there are any, nothing may be written.
    """

    notebook: "NotebookNode"
    problems: tuple[str, ...]


def make_exercise(
    text: str, *, label: str, units: Collection[Unit] = (), manual: Collection[ManualUnit] = ()
) -> Exercise:
    """Take the solution out of a reference.

    Args:
        text: The reference, in percent format.
        label: The name of the assignment in the messages of unwritten functions.
        units: What has points.
        manual: What a person gives points for.

    Raises:
        SyntaxError: The reference is not Python.
    """
    body = ast.parse(text).body
    notebook = read_notebook(text)
    maker = _Maker(
        label,
        graded={unit.name.partition(".")[0] for unit in units},
        marked_docstrings={one.where for one in manual if one.shown_by is ShownBy.DOCSTRING},
    )
    problems = list(find_odd_line_ends(text))
    if not problems:
        cells = read_cells(notebook, text)
        made = [maker.make(cell) for cell in cells]
        for cell, new in zip(notebook.cells, made, strict=True):
            cell.source = new.source
        problems = [
            *_find_code_elsewhere(body, cells),
            *maker.problems,
            *maker.find_unready_lines(),
            *maker.find_unknown_names(
                {*(unit.name for unit in units), *(one.id for one in manual)}
            ),
            *maker.find_public_values([unit.name for unit in units if unit.kind is UnitKind.VALUE]),
        ]
    return Exercise(notebook, tuple(problems))


class _Maker:
    """Goes through the cells, and keeps what must be known of all of them.

    Args:
        label: The name of the assignment in the messages of unwritten functions.
        graded: The names of top level that have points.
        marked_docstrings: The functions and classes whose docstrings a person marks.
    """

    def __init__(
        self, label: str, *, graded: Collection[str], marked_docstrings: Collection[str]
    ) -> None:
        self._label = label
        self._graded = graded
        self._marked_docstrings = marked_docstrings
        self._hidden: set[str] = set()
        self._unwritten: set[str] = set()
        self._imported: list[Cell] = []
        self._names: list[tuple[int, str, frozenset[str]]] = []
        self.problems: list[str] = []

    def make(self, cell: Cell) -> Cell:
        """Return a cell as students get it."""
        if cell.kind != "code":
            cut = cut_text(cell)
            return self._finish(cell, cut)
        try:
            parse(cell.lines)
        except SyntaxError as error:
            return self._refuse_odd_code(cell, error)
        cut = cut_code(cell, label=self._label)
        if cell.is_given and cut.regions:
            self.problems += [
                f"line {one.number}: BEGIN SOLUTION in a cell that is tagged `given`"
                for one in cut.regions
            ]
        self._hidden |= cut.bound
        if cell.is_given or cell.is_demo:
            self._expect_no_unit(cell, cut)
            if not cell.is_demo:
                self._imported.append(cell)
            return self._finish(cell, cut)
        if cut.problems:
            return self._finish(cell, cut)
        blanked = blank_code(
            cell.with_lines(cut.lines),
            cut,
            label=self._label,
            graded=self._graded,
            marked_docstrings=self._marked_docstrings,
        )
        self.problems += blanked.problems
        self._hidden |= blanked.dicts
        self._unwritten |= blanked.functions
        if not blanked.problems:
            self._imported.append(cell.with_lines(blanked.lines))
        return self._finish(cell, Cut(blanked.lines, cut.regions, cut.bound))

    def _finish(self, cell: Cell, cut: Cut) -> Cell:
        self.problems += cut.problems
        self._names += [(one.number, one.name, cut.bound) for one in cut.regions if one.name]
        return cell.with_lines(cut.lines)

    def _refuse_odd_code(self, cell: Cell, error: SyntaxError) -> Cell:
        """Keep a cell that is not Python, such as one for bash, only if the author says so."""
        if cell.is_given or cell.is_demo:
            self.problems += [
                f"line {line.number}: a marker in a cell that is not Python marks nothing"
                for line in cell.lines
                if is_like_a_marker(line.text)
            ]
            return cell
        number = cell.lines[min(error.lineno or 1, len(cell.lines)) - 1].number
        self.problems.append(
            f"line {number}: the cell that begins on line {cell.lines[0].number} is not valid "
            f"Python by itself: {error.msg}"
        )
        return cell

    def _expect_no_unit(self, cell: Cell, cut: Cut) -> None:
        """Require that a cell that is published as it is binds nothing that has points."""
        tag = "given" if cell.is_given else "demo"
        for number, name in _binding(cut.lines, self._graded):
            self.problems.append(
                f"line {number}: {name} has points, and would be published: the cell is tagged "
                f"`{tag}`"
            )

    def find_unready_lines(self) -> Iterator[str]:
        """Yield a problem for each use, on import, of what students have yet to write."""
        bodies = [(cell, parse(cell.lines).body) for cell in self._imported]
        missing = self._hidden - bound_names(node for _, body in bodies for node in body)
        for cell, body in bodies:
            for node in on_import(body):
                match node:
                    case ast.Call(func=ast.Name(id=name)) if name in self._unwritten:
                        pass
                    case ast.Name(id=name, ctx=ast.Load()) if name in missing:
                        pass
                    case _:
                        continue
                number = cell.lines[node.lineno - 1].number
                yield (
                    f"line {number}: the exercise can't be imported, since it needs {name} before "
                    "it is written: tag the cell `demo`"
                )

    def find_unknown_names(self, known: Collection[str]) -> Iterator[str]:
        """Yield a problem for each name after a marker that stands for nothing."""
        for number, name, bound in self._names:
            if name not in known and name not in bound:
                yield (
                    f"line {number}: BEGIN SOLUTION names {name}, which is not in assignment.toml "
                    "and is not computed there"
                )

    def find_public_values(self, values: Iterable[str]) -> Iterator[str]:
        """Yield a problem for each value with points that nothing hides."""
        for name in values:
            if name not in self._hidden:
                yield (
                    f"the value {name} is computed in no solution: put # BEGIN SOLUTION and "
                    "# END SOLUTION around the lines that compute it"
                )


def _find_code_elsewhere(body: Iterable[ast.stmt], cells: Iterable[Cell]) -> Iterator[str]:
    """Yield a problem for each statement that is not in a code cell, and would become text."""
    numbers = {line.number for cell in cells if cell.kind == "code" for line in cell.lines}
    for node in body:
        if node.lineno not in numbers and not is_docstring(node):
            yield f"line {node.lineno}: this code is in a cell that is not for code"


def on_import(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes of code that runs on import: all but the inside of functions."""
    for node in body:
        yield node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from on_import([*node.decorator_list, node.args])
                yield from on_import([node.returns] if node.returns is not None else [])
            case ast.Lambda():
                yield from on_import([node.args])
            case _:
                yield from on_import(ast.iter_child_nodes(node))


def _binding(lines: tuple[Line, ...], names: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield the names of the given ones that a cell binds at top level, with their lines."""
    for node in parse(lines).body:
        for name in sorted(bound_names([node]) & set(names)):
            yield lines[node.lineno - 1].number, name
