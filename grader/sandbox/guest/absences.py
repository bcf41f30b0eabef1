"""Finds out what a submission has in place of a function that is missing or has no code.

It is asked only once, after the submission has run, and looks no further if nothing is missing.
"""

import ast
import contextlib
import functools
import re
import types
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from grader.observations.bounds import MAX_NAME, MAX_NAMES
from grader.observations.messages import Absence, AbsenceKind, Load, Place
from grader.sandbox.guest.methods import find_method, is_class
from grader.sandbox.guest.needed import Position, bound_names
from grader.sandbox.guest.parse import ParsedBlock
from grader.sandbox.guest.plain_text import cut_text, name_of_type
from grader.sandbox.guest.spelling import EXACT, likeness
from grader.sandbox.guest.tree_facts import (
    Definition,
    Scope,
    asks_for_main,
    brings,
    called,
    deletes,
    gives_value,
    inner_definitions,
    is_code,
    is_star_import,
    is_stub_error,
    line_of_binding,
    own_nodes,
    texts,
)

# The most names that are compared with a missing one, and how long they may be.
_MAX_CANDIDATES = 200
_MAX_LENGTH = 60
# Fewer parameters than this are too common to tell a function by.
_TELLING_PARAMETERS = 2

_MOST_DECORATORS = 8

# What Colab writes above what it comments out when it exports a cell with a magic.
_COLAB = "# Commented out IPython magic"
_MAGIC = re.compile(r"\s*%%(\w+)")
_COMMENTED_MAGIC = re.compile(r"#\s*%%(\w+)")


# The methods that Python itself calls, as far as its own classes have them.
_SPECIAL = frozenset().union(
    *map(dir, (int, float, list, dict, set, Iterator, contextlib.ExitStack, property))
) | {"__matmul__", "__rmatmul__", "__imatmul__", "__call__"}


@dataclass(slots=True)
class Progress:
    """How far the statements of a submission came.

    Attributes:
        ends: The name of the exception that ended a statement, or empty if none did; for each
            statement that ran.
        left_out: The statements that were left out.
    """

    ends: dict[Position, str] = field(default_factory=dict)
    left_out: Collection[Position] = ()


def find_absences(
    message: Load,
    blocks: list[ParsedBlock],
    progress: Progress,
    namespace: Mapping[str, object],
    defined: Collection[str],
) -> tuple[Absence, ...]:
    """Say of each function of the contract that is missing or lacks code what there is instead.

    Nothing is said where helpers are lent, since that child knows the reference.

    Args:
        message: What was loaded.
        blocks: Its code blocks, parsed; one that isn't valid has no statements.
        progress: Which statements ran.
        namespace: The globals of the submission.
        defined: The names of the contract that it defines.
    """
    if message.lent is not None:
        return ()
    try:
        search = _Search(message, blocks, progress, namespace)
        names = (*message.parameters, *message.methods)
        found = (search.find(name, is_defined=name in defined) for name in names)
        return tuple(one for one in found if one is not None)[:MAX_NAMES]
    except BaseException:  # a submission may have replaced anything that is used here
        return ()


class _Search:
    """Looks for what there is in place of functions."""

    def __init__(
        self,
        message: Load,
        blocks: list[ParsedBlock],
        progress: Progress,
        namespace: Mapping[str, object],
    ) -> None:
        self._message = message
        self._blocks = blocks
        self._progress = progress
        self._namespace = namespace
        self._statements = {
            (index, place): statement
            for index, block in enumerate(blocks)
            for place, statement in enumerate(block.statements)
        }

    def find(self, name: str, *, is_defined: bool) -> Absence | None:
        """Say what there is in place of a function; None if nothing is known to be wrong."""
        if name in self._message.methods:
            return self._find_method(name, is_defined=is_defined)
        if not is_defined:
            return self._find_missing(name)
        value = self._namespace[name]
        if name in self._message.classes:
            return None if is_class(value) else self._find_other_value(name, value)
        if not self._message.parameters[name]:
            return None  # not a function
        if callable(value):
            return self._find_code(name, value)
        return self._find_other_value(name, value)

    # --- methods ---

    def _find_method(self, full_name: str, *, is_defined: bool) -> Absence | None:
        owner, _, name = full_name.partition(".")
        if is_defined:
            return self._find_code(full_name, find_method(self._namespace, full_name))
        found = [
            (position, node)
            for position, kind, node in self._methods
            if kind.name == owner
            and node.name not in _SPECIAL  # another method of Python's is meant as such
            and f"{owner}.{node.name}" not in self._message.methods
            and likeness(node.name.strip("_"), name.strip("_"))
        ]
        if found:
            position, node = found[-1]
            return self._absence(
                full_name, AbsenceKind.OTHER_NAME, position, node.lineno, subject=node.name
            )
        if name in self._message.parameters or not is_class(self._namespace.get(owner)):
            return None
        for position in self._binders.get(name, ()):
            statement, _ = self._statements[position]
            if isinstance(statement, Definition):
                return self._absence(
                    full_name,
                    AbsenceKind.OUTSIDE_CLASS,
                    position,
                    statement.lineno,
                    subject=owner,
                )
        return None

    @functools.cached_property
    def _methods(self) -> list[tuple[Position, ast.ClassDef, Definition]]:
        """The functions of all classes that are defined at top level."""
        return [
            (position, statement, node)
            for position, (statement, _) in self._statements.items()
            if isinstance(statement, ast.ClassDef)
            for node in statement.body
            if isinstance(node, Definition)
        ]

    # --- functions without code ---

    def _find_code(self, name: str, value: object) -> Absence | None:
        code = _code_of(value)
        key = (code.co_filename, code.co_firstlineno) if code is not None else ("", 0)
        if key not in self._definitions:
            return None
        position, node = self._definitions[key]
        place = self._place(position, node.lineno)
        if not any(map(is_code, node.body)):
            earlier = self._earlier_definition(name, position)
            kind = AbsenceKind.UNWRITTEN if earlier is None else AbsenceKind.REWRITTEN
            return Absence(function=name, kind=kind, place=place, other=earlier or Place())
        own = list(own_nodes(node))
        for one in own:
            if is_stub_error(one):
                place = self._place(position, one.lineno)
                return Absence(function=name, kind=AbsenceKind.RAISES_STILL, place=place)
        if not any(map(gives_value, own)):
            last = node.body[-1]
            is_print = isinstance(last, ast.Expr) and called(last.value) == "print"
            return Absence(
                function=name,
                kind=AbsenceKind.NO_RETURN,
                subject="print" if is_print else "",
                place=place,
            )
        return None

    def _earlier_definition(self, name: str, before: Position) -> Place | None:
        """Return where a function with code was defined under this name before."""
        found = None
        for position, (statement, _) in self._statements.items():
            if position >= before or not isinstance(statement, Definition):
                continue
            if statement.name == name and any(map(is_code, statement.body)):
                found = self._place(position, statement.lineno)
        return found

    @functools.cached_property
    def _definitions(self) -> dict[tuple[str, int], tuple[Position, Definition]]:
        """The functions at top level, and methods, by file name and first line."""
        functions = [
            (position, statement)
            for position, (statement, _) in self._statements.items()
            if isinstance(statement, Definition)
        ]
        methods = [(position, node) for position, _, node in self._methods]
        return {
            (
                self._blocks[position[0]].filename,
                min(one.lineno for one in (node, *node.decorator_list)),
            ): (position, node)
            for position, node in (*functions, *methods)
        }

    # --- names that are something else ---

    def _find_other_value(self, name: str, value: object) -> Absence:
        place, function = Place(), Place()
        kind = AbsenceKind.NOT_CALLABLE
        wants_class = name in self._message.classes
        for position in self._binders.get(name, ()):
            statement, _ = self._statements[position]
            if position not in self._progress.ends:
                continue
            if isinstance(statement, Scope) and isinstance(statement, ast.ClassDef) is wants_class:
                # If nothing else binds it later, the value comes from here, or from a call.
                place = function = self._place(position, statement.lineno)
                has_decorator = bool(statement.decorator_list)
                kind = AbsenceKind.DECORATED if has_decorator else AbsenceKind.OVERWRITTEN
            else:
                place = self._place(position, line_of_binding(statement, name))
                kind = AbsenceKind.OVERWRITTEN if function.line else AbsenceKind.NOT_CALLABLE
        return Absence(
            function=name,
            kind=kind,
            subject=name_of_type(type(value)),
            place=place,
            other=function,
        )

    # --- names that are missing ---

    def _find_missing(self, name: str) -> Absence | None:
        """Take the reason that is nearest to a remedy."""
        return (
            self._find_own_statement(name)
            or self._find_spelling(name, is_exact=True)
            or self._find_inside(name)
            or self._find_unread(name)
            or self._find_in_texts(name)
            or self._find_spelling(name, is_exact=False)
            or self._find_parameters(name)
        )

    def _find_own_statement(self, name: str) -> Absence | None:
        """Find the last top-level statement that binds or deletes the name, or would have."""
        found = None
        for position in self._binders.get(name, ()):
            statement, _ = self._statements[position]
            found = self._explain_unbound(name, position, statement) or found
        for position, statement in self._undoing:
            if position not in self._progress.ends:
                continue
            if isinstance(statement, ast.Delete) and deletes(statement, name):
                return self._absence(name, AbsenceKind.DELETED, position, statement.lineno)
            if isinstance(statement, ast.ImportFrom) and brings(statement, name):
                return self._absence(name, AbsenceKind.STAR_IMPORT, position, statement.lineno)
        return found

    @functools.cached_property
    def _binders(self) -> dict[str, list[Position]]:
        """The statements that bind each name, in order."""
        found: dict[str, list[Position]] = {}
        for position, (_, code) in self._statements.items():
            for name in bound_names(code):
                found.setdefault(name, []).append(position)
        return found

    @functools.cached_property
    def _undoing(self) -> list[tuple[Position, ast.Delete | ast.ImportFrom]]:
        """The statements that delete names, or import all names of a module; the last one first."""
        return [
            (position, statement)
            for position, (statement, _) in reversed(self._statements.items())
            if isinstance(statement, ast.Delete) or is_star_import(statement)
        ]

    def _explain_unbound(
        self, name: str, position: Position, statement: ast.stmt
    ) -> Absence | None:
        line = line_of_binding(statement, name)
        end = self._progress.ends.get(position)
        if end:
            kind = AbsenceKind.STATEMENT_RAISED
            return self._absence(name, kind, position, line, subject=end)
        if position in self._progress.left_out:
            return self._absence(name, AbsenceKind.STATEMENT_STOPPED, position, line)
        if end is None:
            return self._explain_unreached(name, position, line)
        if isinstance(statement, Definition | ast.Assign | ast.AnnAssign):
            return None  # it was bound, and something has unbound it later
        return self._explain_branch(name, position, statement, line)

    def _explain_branch(
        self, name: str, position: Position, statement: ast.stmt, line: int
    ) -> Absence:
        if isinstance(statement, ast.If) and asks_for_main(statement):
            return self._absence(name, AbsenceKind.IN_MAIN_GUARD, position, line)
        other = self._place(position, statement.lineno)
        return self._absence(
            name,
            AbsenceKind.IN_BRANCH,
            position,
            line,
            subject=type(statement).__name__.lower().removesuffix("star"),
            other=other,
        )

    def _explain_unreached(self, name: str, position: Position, line: int) -> Absence | None:
        """Say which statement ended the file, or the cell."""
        before = [one for one in self._progress.ends if one < position]
        if self._message.modules:  # each of which ends alone
            before = [one for one in before if one[0] == position[0]]
        if not before:
            return None
        last = max(before)
        end = self._progress.ends[last]
        if not end or (self._message.is_notebook and last[0] != position[0]):
            return None
        kind = AbsenceKind.AFTER_RAISE if self._message.is_notebook else AbsenceKind.AFTER_EXIT
        other = self._place(last, self._statements[last][0].lineno)
        return self._absence(name, kind, position, line, subject=end, other=other)

    def _find_inside(self, name: str) -> Absence | None:
        """Find a function of this name inside of a class, of another function, or of a branch."""
        if name not in self._inner:
            return None
        position, node, outer = self._inner[name]
        if outer is None:  # there is no bytecode for what can't run, such as if False
            return self._explain_branch(name, position, self._statements[position][0], node.lineno)
        is_class = isinstance(outer, ast.ClassDef)
        kind = AbsenceKind.IN_CLASS if is_class else AbsenceKind.IN_FUNCTION
        return self._absence(name, kind, position, node.lineno, subject=outer.name)

    @functools.cached_property
    def _inner(self) -> dict[str, tuple[Position, Definition, Scope | None]]:
        """The functions inside of statements: the first one of each name, and what is around it."""
        found: dict[str, tuple[Position, Definition, Scope | None]] = {}
        for position, (statement, _) in self._statements.items():
            for node, outer in inner_definitions(statement):
                found.setdefault(node.name, (position, node, outer))
        return found

    def _find_unread(self, name: str) -> Absence | None:
        """Find a definition in a cell of which nothing ran."""
        definition = self._definition_in_text(name, prefix="")
        for index, block in enumerate(self._message.blocks):
            parsed = self._blocks[index]
            if parsed.statements:
                continue
            line = _line_of_match(definition, block.source)
            if not line:
                continue
            magic = _MAGIC.match(block.source)
            place = Place(line=line, block=parsed.label)
            if magic is not None:
                return Absence(
                    function=name,
                    kind=AbsenceKind.IN_MAGIC_CELL,
                    subject=cut_text(magic[1], MAX_NAME),
                    place=place,
                )
            broken = [note.raised for note in parsed.notes if note.raised is not None]
            if broken:
                other = Place(line=max(broken[0].line, 0), block=parsed.label)
                kind = AbsenceKind.IN_BROKEN_CELL
                return Absence(function=name, kind=kind, place=place, other=other)
        return None

    def _find_in_texts(self, name: str) -> Absence | None:
        definition = self._definition_in_text(name, prefix="")
        for cell in self._message.text_cells:
            if definition.search(cell.source):
                place = Place(block=cut_text(cell.label, MAX_NAME))
                return Absence(function=name, kind=AbsenceKind.IN_TEXT_CELL, place=place)
        comment = self._definition_in_text(name, prefix=r"#[# \t]*")
        for index, block in enumerate(self._message.blocks):
            line = _line_of_match(comment, block.source)
            label = self._blocks[index].label
            if line and not self._is_in_string(index, line):
                magic = _colab_magic(block.source, line)
                return Absence(
                    function=name,
                    kind=AbsenceKind.IN_COMMENTED_MAGIC if magic else AbsenceKind.IN_COMMENT,
                    subject=cut_text(magic, MAX_NAME),
                    place=Place(line=line, block=label),
                )
        for position, (statement, _) in self._statements.items():
            for text in texts(statement):
                line = _line_of_match(definition, str(text.value))
                if line:
                    line += text.lineno - 1
                    return self._absence(name, AbsenceKind.IN_STRING, position, line)
        return None

    def _is_in_string(self, index: int, line: int) -> bool:
        return any(
            text.lineno <= line <= (text.end_lineno or text.lineno)
            for statement, _ in self._blocks[index].statements
            for text in texts(statement)
        )

    def _definition_in_text(self, name: str, *, prefix: str) -> re.Pattern[str]:
        """Return what finds the definition of a name at the beginning of a line."""
        if name in self._message.classes:
            return re.compile(rf"^[ \t]*{prefix}class +{re.escape(name)}\b", re.MULTILINE)
        if self._message.parameters[name]:
            return re.compile(
                rf"^[ \t]*{prefix}(?:async +)?def +{re.escape(name)}[ \t]*\(", re.MULTILINE
            )
        return re.compile(rf"^[ \t]*{prefix}{re.escape(name)}[ \t]*=[ \t]*[{{(\[]", re.MULTILINE)

    # --- other names ---

    def _find_spelling(self, name: str, *, is_exact: bool) -> Absence | None:
        best, found = EXACT if is_exact else 0.0, ""
        for other in self._others_like(name):
            degree = likeness(other, name)
            if degree < best or not degree:
                continue
            # It may be another attempt at another function of the contract.
            if any(likeness(other, one) > degree for one in self._message.parameters):
                continue
            best, found = degree, other
        if not found:
            return None
        position, line = self._candidates[found]
        return self._absence(name, AbsenceKind.OTHER_NAME, position, line, subject=found)

    def _find_parameters(self, name: str) -> Absence | None:
        """Find the only function that has the contract's parameters of this name only."""
        row = tuple(self._message.parameters[name])
        same = [
            one
            for one, other in self._message.parameters.items()
            if tuple(other) == row and not callable(self._namespace.get(one))
        ]
        if len(row) < _TELLING_PARAMETERS or len(same) != 1:
            return None
        found = [
            other for other in self._others_like(name) if _parameters(self._namespace[other]) == row
        ]
        if len(found) != 1:
            return None
        position, line = self._candidates[found[0]]
        return self._absence(name, AbsenceKind.SAME_PARAMETERS, position, line, subject=found[0])

    def _others_like(self, name: str) -> Iterator[str]:
        """Yield the names of values of the same kind: functions, classes or data."""
        wants_class = name in self._message.classes
        is_function = bool(self._message.parameters[name])
        for other in self._candidates:
            value = self._namespace[other]
            if wants_class:
                is_like = is_class(value)
            else:
                is_like = callable(value) == is_function and not isinstance(value, types.ModuleType)
            if is_like:
                yield other

    @functools.cached_property
    def _candidates(self) -> dict[str, tuple[Position, int]]:
        """The other names that statements of the submission bind, and where."""
        found: dict[str, tuple[Position, int]] = {}
        for name, positions in self._binders.items():
            statement, _ = self._statements[positions[-1]]
            is_other = name in self._namespace and name not in self._message.parameters
            is_import = isinstance(statement, ast.Import | ast.ImportFrom)
            if is_other and not is_import and len(name) <= _MAX_LENGTH:
                found[name] = positions[-1], line_of_binding(statement, name)
            if len(found) >= _MAX_CANDIDATES:
                break
        return found

    # --- making claims ---

    def _place(self, position: Position, line: int) -> Place:
        return Place(line=max(line, 0), block=self._blocks[position[0]].label)

    def _absence(
        self,
        name: str,
        kind: AbsenceKind,
        position: Position,
        line: int,
        *,
        subject: str = "",
        other: Place = Place(),  # noqa: B008 - frozen
    ) -> Absence:
        return Absence(
            function=name,
            kind=kind,
            subject=cut_text(subject, MAX_NAME),
            place=self._place(position, line),
            other=other,
        )


def _code_of(value: object) -> types.CodeType | None:
    """Return the code of a function, also of one that a decorator has wrapped."""
    if type(value) in (staticmethod, classmethod):
        value = value.__func__  # type: ignore[attr-defined]
    for _ in range(_MOST_DECORATORS):
        if type(value) is not types.FunctionType:
            return None
        if "__wrapped__" not in value.__dict__:
            return value.__code__
        value = value.__dict__["__wrapped__"]
    return None


def _parameters(function: object) -> tuple[str, ...]:
    if type(function) is not types.FunctionType:
        return ()
    code = function.__code__
    return code.co_varnames[: code.co_argcount]


def _line_of_match(pattern: re.Pattern[str], text: str) -> int:
    """Return the line of the first match, 1-based; 0 if there is none."""
    found = pattern.search(text)
    return 0 if found is None else text.count("\n", 0, found.start()) + 1


def _colab_magic(source: str, line: int) -> str:
    """Return the magic because of which Colab has commented out what is around a line."""
    above = source.split("\n")[: line - 1]
    for text in reversed(above):
        if not text.startswith("#"):
            break
        magic = _COMMENTED_MAGIC.match(text)
        if magic is not None and any(one.startswith(_COLAB) for one in above):
            return magic[1]
    return ""
