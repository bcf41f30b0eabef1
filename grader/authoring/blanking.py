"""Removes the solution from a code cell: bodies of functions and methods, and values of dicts.

What is neither removed nor surely harmless is refused, with a line for the author: when in doubt,
nothing is published.
"""

import ast
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from grader.authoring.harmless import (
    is_code_like,
    is_open_function,
    is_plain,
    may_stay,
    names_a_tool,
)
from grader.authoring.reference_cells import (
    Cell,
    Line,
    comments,
    is_docstring,
    magics,
    parse,
)
from grader.authoring.regions import Cut, Function, stub

ADVICE = "tag the cell `given`, or mark the lines with # BEGIN SOLUTION / # END SOLUTION"

_ANSWERS = "ANSWERS"
# What prepares a notebook and computes nothing.
_HARMLESS_MAGICS = (
    "%matplotlib %load_ext %reload_ext %autoreload %config %pip %conda !pip !conda !apt".split()
)
_EXCERPT = 50
# At the end of the line of a def in a class: students get this method whole.
_GIVEN = re.compile(r"#\s*given\s*$")


@dataclass(frozen=True, slots=True)
class Blanked:
    """A cell without its solution.

    Attributes:
        lines: Its lines.
        dicts: The names of the dicts whose values were removed.
        functions: The names of top level of functions, and of classes with methods, whose bodies
            were removed.
        problems: What can't be published, a line each.
    """

    lines: tuple[Line, ...]
    dicts: frozenset[str]
    functions: frozenset[str]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    """Lines to put in the place of others, from the index ``first`` up to ``end``."""

    first: int
    end: int
    lines: tuple[Line, ...]


def blank_code(
    cell: Cell,
    cut: Cut,
    *,
    label: str,
    graded: Collection[str],
    marked_docstrings: Collection[str] = (),
) -> Blanked:
    """Remove the solution from a code cell that is neither given nor a demo.

    Args:
        cell: The cell, whose regions were cut out already.
        cut: What was cut out.
        label: The name of the assignment in the messages of unwritten functions.
        graded: The names of top level that have points.
        marked_docstrings: The functions and classes whose docstrings a person marks.
    """
    blanker = _Blanker(
        cell.lines,
        cut,
        label=label,
        graded={*graded, _ANSWERS},
        marked_docstrings=marked_docstrings,
    )
    blanker.read_block(parse(cell.lines).body, owner="")
    lines = list(cell.lines)
    for edit in reversed(blanker.edits):
        lines[edit.first : edit.end] = edit.lines
    problems = [*blanker.problems, *_find_magics(cell.lines)]
    if not problems:
        problems = list(_find_code_in_comments(lines, blanker.kept))
    return Blanked(
        tuple(lines),
        frozenset(blanker.dicts),
        frozenset(blanker.functions),
        tuple(problems),
    )


@dataclass(slots=True)
class _Blanker:
    """Goes through the statements of a cell, and collects the edits and the problems."""

    lines: Sequence[Line]
    cut: Cut
    label: str = field(kw_only=True)
    graded: Collection[str] = field(kw_only=True)
    marked_docstrings: Collection[str] = field(kw_only=True)
    edits: list[_Edit] = field(default_factory=list)
    dicts: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    kept: set[int] = field(default_factory=set)

    def read_block(self, body: Sequence[ast.stmt], *, owner: str) -> None:
        """Read statements of top level, or of a class whose name is ``owner`` with a dot."""
        for place, node in enumerate(body):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._read_function(node, owner)
                case ast.ClassDef():
                    self._read_class(node, owner)
                case ast.If() | ast.Try() | ast.TryStar() if not owner and _may_open(node):
                    self._read_inside(node)
                case ast.Assign() | ast.AnnAssign() if not owner and self._read_dict(node):
                    pass
                case _ if owner and place == 0 and is_docstring(node):
                    pass
                case _ if not may_stay(node, graded=self.graded, is_in_class=bool(owner)):
                    self._refuse(node, _kind(node, owner))

    def _number(self, node: ast.AST) -> int:
        return self.lines[getattr(node, "lineno", 1) - 1].number

    def _refuse(self, node: ast.AST, kind: str) -> None:
        number = self._number(node)
        text = ast.unparse(node).partition("\n")[0]
        shown = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}..."
        self.problems.append(
            f"line {number}: {kind} `{shown}` may be a part of the solution: {ADVICE}"
        )

    def _read_inside(self, node: ast.If | ast.Try | ast.TryStar) -> None:
        self.read_block(node.body, owner="")
        self.read_block(node.orelse, owner="")
        if not isinstance(node, ast.If):
            self.read_block(node.finalbody, owner="")
            for handler in node.handlers:
                self.read_block(handler.body, owner="")
        # They are in the order of the fields, and not in that of the lines.
        self.edits.sort(key=lambda one: one.first)

    def _read_class(self, node: ast.ClassDef, owner: str) -> None:
        for part in (*node.decorator_list, *node.bases, *(one.value for one in node.keywords)):
            if not is_plain(part):
                self._refuse(part, "the expression")
        self._expect_no_answer(node, f"{owner}{node.name}")
        self.read_block(node.body, owner=f"{owner}{node.name}.")

    def _expect_no_answer(self, node: Function | ast.ClassDef, name: str) -> bool:
        """Refuse a docstring that a person marks; return whether it is one."""
        is_marked = name in self.marked_docstrings
        has_own_line = any(not self.lines[one.lineno - 1].is_ours for one in node.body)
        is_left = isinstance(node, Function) and has_own_line
        if is_marked and (ast.get_docstring(node) is not None or is_left):
            self.problems.append(
                f"line {self._number(node)}: a person marks the docstring of {name}: put it and "
                "all below it between # BEGIN SOLUTION and # END SOLUTION"
            )
        return is_marked

    def _read_function(self, node: Function, owner: str) -> None:
        name = f"{owner}{node.name}"
        if is_open_function(node):
            return
        if owner and _GIVEN.search(self.lines[node.lineno - 1].text):
            start, end = node.lineno - 1, node.end_lineno or node.lineno
            self.kept |= {line.number for line in self.lines[start:end]}
            return
        for part in _signature(node):
            if not is_plain(part):
                self._refuse(part, f"in the signature of {name}(), the expression")
        if self._expect_no_answer(node, name):
            return
        if ast.get_docstring(node) is None:
            self.problems.append(
                f"{name}() on line {self._number(node)} has no docstring, which students need as "
                "the task"
            )
            return
        if self._number(node) in self.cut.kept_functions:
            start, end = node.lineno - 1, node.end_lineno or node.lineno
            self.kept |= {line.number for line in self.lines[start:end]}
            return
        self._blank_function(node, name)

    def _blank_function(self, node: Function, name: str) -> None:
        self.functions.add(name.partition(".")[0])
        lines = self.lines
        docstring = node.body[0]
        assert docstring.end_lineno is not None  # noqa: S101 - the parser sets it
        assert docstring.end_col_offset is not None  # noqa: S101 - the same
        first, last = docstring.lineno - 1, docstring.end_lineno - 1
        before = lines[first].text.encode()[: docstring.col_offset].decode()
        # What follows the docstring in its own line goes too.
        end = lines[last].text.encode()[: docstring.end_col_offset].decode()
        text = stub(name, label=self.label)
        if before.strip():
            new = [(f"{end}; {text}", lines[last].number)]
        else:
            new = [(end, lines[last].number), (f"{before}{text}", lines[last].number)]
        after, blanks = self._find_end(node)
        new += [("", lines[last].number)] * blanks
        self.edits += [
            *self._comments_before(node, first),
            _Edit(last, after, tuple(Line(text, number, is_ours=True) for text, number in new)),
        ]

    def _comments_before(self, node: Function, docstring: int) -> list[_Edit]:
        """Return the edits that remove what is between the signature and the docstring."""
        place = docstring
        start = max([node.lineno, *(one.end_lineno or 0 for one in _signature(node))])
        while place > start and self.lines[place - 1].text.lstrip()[:1] in {"", "#"}:
            place -= 1
        return [_Edit(place, docstring, ())] if place < docstring else []

    def _find_end(self, node: Function) -> tuple[int, int]:
        """Return the index after a function's last line, and how many blank lines follow it.

        A comment that is indented like the body is in no statement, and may give it away.
        """
        indent = node.col_offset
        end = node.end_lineno or node.lineno
        blanks = 0
        while end < len(self.lines):
            text = self.lines[end].text
            if text.strip() and len(text) - len(text.lstrip()) <= indent:
                break
            blanks = 0 if text.strip() else blanks + 1
            end += 1
        is_last = end == len(self.lines)
        return end, 0 if is_last else max(blanks, 1)

    def _read_dict(self, node: ast.Assign | ast.AnnAssign) -> bool:
        """Blank the values of a dict that has points; return whether it is one."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = list(map(ast.unparse, targets))
        known = [name for name in names if name in self.graded]
        if not known or not (known[0] == _ANSWERS or isinstance(node.value, ast.Dict)):
            return False
        first, end = node.lineno - 1, node.end_lineno or node.lineno
        if any(line.is_ours for line in self.lines[first:end]):
            return False  # a part of it is marked, and what is left may be an answer
        try:
            answers = dict(ast.literal_eval(node.value or ast.Constant(None)))
        except (TypeError, ValueError):
            message = f"{known[0]} on line {self._number(node)} is not a dict literal"
            self.problems.append(message)
            return True
        shares_a_line = (
            self.lines[first].text.encode()[: node.col_offset].strip()
            or self.lines[end - 1].text.encode()[node.end_col_offset :].lstrip()[:1] == b";"
        )
        if shares_a_line or len(names) > 1:
            message = f"{known[0]} on line {self._number(node)} does not stand alone"
            self.problems.append(message)
            return True
        after = end
        # An indented comment after the last item may give it away.
        while after < len(self.lines) and self.lines[after].text[:1] in {"", " ", "\t"}:
            after += 1
        indent = " " * node.col_offset
        blank = [*_blank_dict(known[0], answers), *([] if after == len(self.lines) else [""])]
        number = self._number(node)
        made = [Line(f"{indent}{text}" if text else "", number, is_ours=True) for text in blank]
        self.edits.append(_Edit(first, after if not node.col_offset else end, tuple(made)))
        self.dicts.add(known[0])
        return True


def _blank_dict(name: str, answers: dict[object, object]) -> Iterator[str]:
    """Yield the lines of a dict with the same keys, in the same order, and empty values."""
    is_of_letters = all(isinstance(value, str) for value in answers.values())
    yield "# Your letters go between the quotes." if is_of_letters else "# Your answers go here."
    yield f"{name} = {{"
    for key, value in answers.items():
        written = json.dumps(key, ensure_ascii=False) if isinstance(key, str) else repr(key)
        blank = '""' if isinstance(value, str) else "None"
        yield f"    {written}: {blank},"
    yield "}"


def _signature(node: Function) -> Iterator[ast.expr]:
    """Yield the expressions of a function's signature: decorators, annotations and defaults."""
    yield from node.decorator_list
    arguments = node.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    for one in (*every, arguments.vararg, arguments.kwarg):
        if one is not None and one.annotation is not None:
            yield one.annotation
    yield from arguments.defaults
    yield from (one for one in arguments.kw_defaults if one is not None)
    if node.returns is not None:
        yield node.returns


def _may_open(node: ast.If | ast.Try | ast.TryStar) -> bool:
    """Return whether the inside of a statement may be read like top level."""
    if isinstance(node, ast.If):
        return "__name__" not in ast.unparse(node.test) and is_plain(node.test, with_tests=True)
    return all(one.type is None or is_plain(one.type) for one in node.handlers)


def _kind(node: ast.stmt, owner: str) -> str:
    value = getattr(node, "value", None)
    match node, value:
        case _, ast.Lambda():
            return "the lambda"
        case _, ast.Dict() | ast.DictComp():
            return "the dict"
        case ast.Import() | ast.ImportFrom(), _:
            return "the import of what is graded"
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign(), _:
            return f"the line of {owner.rstrip('.')}" if owner else "the assignment"
        case ast.Expr(), ast.Constant():
            return "the string"
        case _:
            return f"the line of {owner.rstrip('.')}" if owner else "the statement"


def _find_magics(lines: Sequence[Line]) -> Iterator[str]:
    for line in magics(lines):
        if line.text.split()[0] not in _HARMLESS_MAGICS:
            yield (
                f"line {line.number}: the magic `{line.text.strip()[:_EXCERPT]}` may be a part of "
                f"the solution: {ADVICE}"
            )


def _find_code_in_comments(lines: Sequence[Line], kept: Collection[int]) -> Iterator[str]:
    """Yield a problem for each comment that looks like code that was commented out."""
    blocks: list[list[tuple[int, str]]] = []
    commands = magics(lines)
    for place, comment in comments(lines):
        line = lines[place]
        if line.is_ours or line.number in kept or line in commands:
            continue
        text = comment.lstrip("#")
        is_alone = line.text.strip() == comment.strip()
        if blocks and is_alone and blocks[-1][-1][0] == place - 1:
            blocks[-1].append((place, text))
        else:
            blocks.append([(place, text)])
    for block in blocks:
        code = [one for one in block if not names_a_tool(one[1])]
        suspects = [one for one in code if is_code_like(one[1])]
        if not suspects and is_code_like("\n".join(text for _, text in code)):
            suspects = code
        for place, text in suspects[:1]:
            yield (
                f"line {lines[place].number}: the comment `# {text.strip()[:_EXCERPT]}` looks "
                f"like code, which may be a part of the solution: {ADVICE}"
            )
