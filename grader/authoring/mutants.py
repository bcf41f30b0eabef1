"""Mutants: the reference with one small change, each as somebody may have typed it.

A check that is worth its points tells them from the reference. What is changed are the units and
what they use, not demos and not what students get whole.
"""

import ast
import difflib
import hashlib
import re
import textwrap
import types
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.authoring.callers import names_changed
from grader.authoring.mutation_scope import Scope
from grader.authoring.mutators import MUTATORS
from grader.authoring.spans import Edit, Spans
from grader.checks.assignment import Assignment
from grader.checks.definitions import bound_names, names_used, reachable, without_demos
from grader.checks.programs import is_computed
from grader.checks.units import UnitKind

_HEADER = re.compile(r"#\s*%%(.*)")
_SHOWN_WHOLE = re.compile(r"""tags=.*["'](demo|given)["']|\[markdown\]|\[raw\]""")
_GIVEN_METHOD = re.compile(r"#\s*given\s*$")
_REGION = re.compile(r"\s*#+ *(BEGIN|END) SOLUTION\b *(\S*)")
_CONTEXT_LINES = 2
_ID_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A reference with one small change.

    Attributes:
        id: Its name, which stays as long as its line does: the unit, the kind of change, a digest.
        unit: The unit that the change is in, or what else of the reference it is in.
        operator: The kind of change.
        file: The name of the file of the reference.
        line: The first line that is changed, from 1.
        before: The lines that are changed, without their indent.
        after: What they become, without their indent; empty if nothing is left.
        source: The source of the file before the change.
        edit: The change.
        bound: The names that the statement of top level binds that the change is in.
    """

    id: str
    unit: str
    operator: str
    file: str
    line: int
    before: str
    after: str
    source: str
    edit: Edit
    bound: frozenset[str] = frozenset()

    @property
    def changed(self) -> str:
        """The source of the file after the change."""
        return self.edit.apply(self.source)

    def files(self, sources: Mapping[str, str]) -> dict[str, str]:
        """Return what is handed in: the files of the reference, without demos.

        Args:
            sources: The source of each file of the reference.
        """
        changed = {**sources, self.file: self.changed}
        return {name: without_demos(text) for name, text in changed.items()}

    def diff(self) -> list[str]:
        """Return the change as the lines of a unified diff, without those that name the files."""
        lines = difflib.unified_diff(
            self.source.splitlines(), self.changed.splitlines(), lineterm="", n=_CONTEXT_LINES
        )
        return list(lines)[2:]


def reference_sources(assignment: Assignment) -> dict[str, str]:
    """Return the source of each file of an assignment's reference, by name."""
    name = assignment.reference_path.name
    return dict(assignment.reference_files) or {name: assignment.reference}


def find_mutants(assignment: Assignment, *, unit: str | None = None) -> list[Mutant]:
    """Return the mutants of an assignment's reference, in the order of its lines.

    Those that are the same program as the reference or as another mutant are left out.

    Args:
        assignment: The assignment.
        unit: The only unit to change; of a class, with all its methods. None for all.
    """
    found: list[Mutant] = []
    counts: Counter[str] = Counter()
    for file, source in reference_sources(assignment).items():
        for owner, bound, edit in _find_edits(assignment, source):
            if unit is not None and unit not in (owner, owner.partition(".")[0]):
                continue
            line, before, after = _changed_lines(source, edit)
            text = f"{file}\0{owner}\0{before}\0{after}"
            digest = hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]
            name = f"{owner}/{edit.operator}-{digest}"
            counts[name] += 1
            if counts[name] > 1:  # the same line once more
                name = f"{name}-{counts[name]}"
            found.append(
                Mutant(
                    id=name,
                    unit=owner,
                    operator=edit.operator,
                    file=file,
                    line=line,
                    before=before,
                    after=after,
                    source=source,
                    edit=edit,
                    bound=bound,
                )
            )
    return found


def _find_edits(assignment: Assignment, source: str) -> Iterator[tuple[str, frozenset[str], Edit]]:
    """Yield the changes of a file, each with what it is in, and the names that this binds."""
    spans = Spans(source)
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    imports = [one for one in ast.walk(tree) if isinstance(one, ast.Import | ast.ImportFrom)]
    modules = frozenset(name for one in imports for name in bound_names(one))
    scope = Scope(spans=spans, parents=parents, modules=modules, has_torch=_imports_torch(imports))
    for statement, owner in _statements_to_change(assignment, tree, source):
        first = min([statement.lineno, *(one.lineno for one in _decorators(statement))])
        start, end = spans.index_of_line(first), spans.end(statement)
        original = source[start:end]
        seen = {_code_of(original)}
        bound = names_changed(statement)
        for name, edit in _edits_in(assignment, statement, owner, scope):
            moved = Edit(edit.start - start, edit.end - start, edit.text, edit.operator)
            code = _code_of(moved.apply(original))
            if code is not None and code not in seen:
                seen.add(code)
                yield name, bound, edit


def _imports_torch(imports: Sequence[ast.Import | ast.ImportFrom]) -> bool:
    modules = [getattr(one, "module", None) or one.names[0].name for one in imports]
    return any(name.partition(".")[0] == "torch" for name in modules)


def _decorators(node: ast.stmt) -> list[ast.expr]:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return decorators


def _statements_to_change(
    assignment: Assignment, tree: ast.Module, source: str
) -> Iterator[tuple[ast.stmt, str]]:
    """Yield the statements of top level that students have to write, with what each is for."""
    tops = {unit.owner or unit.name for unit in assignment.units}
    wanted = reachable(tops, names_used(assignment.reference))
    is_run = any(is_computed(assignment, unit) for unit in assignment.units)
    values = {unit.name for unit in assignment.units if unit.is_value}
    lines = source.splitlines()
    whole = _lines_shown_whole(lines)
    regions = _regions(lines)
    for statement in tree.body:
        if statement.lineno in whole or isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        bound = bound_names(statement)
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            if statement.name in wanted:
                yield statement, statement.name
        elif bound & wanted:
            yield statement, min(bound & values, default=min(bound & wanted))
        elif is_run:
            yield statement, regions.get(statement.lineno) or min(values)


def _lines_shown_whole(lines: Sequence[str]) -> set[int]:
    """Return the numbers of the lines that are in cells for demos, for text, or given."""
    found = set()
    is_whole = False
    for number, line in enumerate(lines, start=1):
        if header := _HEADER.match(line):
            is_whole = _SHOWN_WHOLE.search(header[1]) is not None
        if is_whole:
            found.add(number)
    return found


def _regions(lines: Sequence[str]) -> dict[int, str]:
    """Return the names that regions are marked with, by the numbers of the lines in them."""
    found = {}
    name = ""
    for number, line in enumerate(lines, start=1):
        if marker := _REGION.match(line):
            name = marker[2] if marker[1] == "BEGIN" else ""
        found[number] = name
    return found


def _edits_in(
    assignment: Assignment, statement: ast.stmt, owner: str, scope: Scope
) -> Iterator[tuple[str, Edit]]:
    """Yield the changes of a statement of top level, a method of a class at a time."""
    if not isinstance(statement, ast.ClassDef):
        for edit in _edits_of(statement, _scope_of(statement, scope, is_top=True)):
            yield owner, edit
        return
    units = {unit.name for unit in assignment.units if unit.kind is UnitKind.METHOD}
    attributes = tuple(
        dict.fromkeys(
            node.attr
            for node in ast.walk(statement)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        )
    )
    lines = scope.spans.source.splitlines()
    for part in statement.body:
        if isinstance(part, ast.FunctionDef):
            if _GIVEN_METHOD.search(lines[part.lineno - 1]):
                continue
            name = f"{owner}.{part.name}"
            inner = _scope_of(part, scope, attributes=attributes)
            for edit in _edits_of(part, inner):
                yield name if name in units else owner, edit
        else:
            for edit in _edits_of(part, _scope_of(part, scope)):
                yield owner, edit


def _scope_of(
    node: ast.stmt, scope: Scope, *, attributes: tuple[str, ...] = (), is_top: bool = False
) -> Scope:
    """Return what is known in a function, or in a statement of top level."""
    is_function = isinstance(node, ast.FunctionDef)
    arguments = [(one.arg, 0) for one in ast.walk(node) if isinstance(one, ast.arg)]
    stored = [
        (one.id, one.lineno)
        for one in sorted(
            (one for one in ast.walk(node) if isinstance(one, ast.Name)),
            key=lambda one: (one.lineno, one.col_offset),
        )
        if isinstance(one.ctx, ast.Store) and one.id != "_"
    ]
    names: dict[str, int] = {}
    for name, line in (*arguments, *stored):
        names.setdefault(name, line)
    is_dict = isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
    strings = [
        one.value
        for one in (_dict_values(node) if is_dict else ast.walk(node))
        if isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and not isinstance(scope.parents.get(one), ast.Expr | ast.JoinedStr)
    ]
    return Scope(
        spans=scope.spans,
        parents=scope.parents,
        modules=scope.modules,
        has_torch=scope.has_torch,
        names=names if is_function else {},
        attributes=attributes,
        strings=tuple(strings),
        bound=dict(Counter(name for name, _ in (*arguments, *stored))),
        is_data=is_top and not is_function,
    )


def _dict_values(node: ast.AST) -> list[ast.expr]:
    """Return the values of a dict that is written down: its keys are given."""
    assert isinstance(node, ast.Assign)  # noqa: S101 - asked for before
    assert isinstance(node.value, ast.Dict)  # noqa: S101
    return node.value.values


def _edits_of(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Yield the changes of a node and of all in it, but not of annotations."""
    for mutate in MUTATORS:
        yield from mutate(node, scope)
    match node:
        case ast.FunctionDef():
            children = [*node.args.defaults, *_present(node.args.kw_defaults), *node.body]
        case ast.AnnAssign():
            children = _present([node.value])
        case ast.JoinedStr():
            children = []
        case _:
            children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from _edits_of(child, scope)


def _present(nodes: Sequence[ast.expr | None]) -> list[ast.AST]:
    return [one for one in nodes if one is not None]


def _code_of(text: str) -> object:
    """Return what a piece of a program is compiled to, without places; None if it is not Python."""
    try:
        tree = ast.parse(textwrap.dedent(text))
        return _essence(compile(ast.unparse(tree), "", "exec", dont_inherit=True))
    except (SyntaxError, ValueError):
        return None


def _essence(code: object) -> object:
    if not isinstance(code, types.CodeType):
        return repr(code)
    return (
        code.co_code,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_flags,
        code.co_exceptiontable,
        tuple(map(_essence, code.co_consts)),
    )


def _changed_lines(source: str, edit: Edit) -> tuple[int, str, str]:
    """Return the number of the first line that changes, the lines that do, and what they become."""
    old, new = source.splitlines(), edit.apply(source).splitlines()
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    tail = 0
    while tail < min(len(old), len(new)) - same and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    before, after = old[same : len(old) - tail], new[same : len(new) - tail]
    return same + 1, _without_indent(before), _without_indent(after)


def _without_indent(lines: Sequence[str]) -> str:
    return textwrap.dedent("\n".join(lines)).strip()
