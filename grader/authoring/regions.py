"""Takes out what the author has marked with ``# BEGIN SOLUTION`` and ``# END SOLUTION``."""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.authoring.reference_cells import Cell, Line, comments, is_docstring, parse

Function = ast.FunctionDef | ast.AsyncFunctionDef

_MARKER = re.compile(r"#+ *(BEGIN|END) SOLUTION(?: +(\S+))?")
_TEXT_MARKER = re.compile(r"(?:#+ *|<!-- *)?(BEGIN|END) SOLUTION(?: +([^\s>]+?))?(?: *-->)?")
# What somebody may have meant as a marker; of what nbgrader knows, only solutions are taken out.
_LIKE_A_MARKER = re.compile(
    r"\b(begin|end)[\s_-]*(the[\s_-]*)?(solution|hidden[\s_-]*test|mark[\s_-]*scheme)",
    re.IGNORECASE,
)
_BLOCKS = ("body", "orelse", "finalbody")


@dataclass(frozen=True, slots=True)
class Region:
    """What is between two markers of a cell.

    Attributes:
        first: The index of the line with the first marker.
        last: The index of the line with the last marker.
        number: The line of the first marker in the reference.
        name: The unit that the region is for; may be empty.
    """

    first: int
    last: int
    number: int
    name: str

    def holds(self, node: ast.stmt) -> bool:
        """Return whether a statement is in the region, as a whole."""
        return self.first < first_line(node) and (node.end_lineno or node.lineno) - 1 < self.last


@dataclass(frozen=True, slots=True)
class Cut:
    """A cell without what was marked.

    Attributes:
        lines: Its lines, with a comment for each region.
        regions: What was taken out.
        bound: The names of top level that the regions bind.
        kept_functions: The lines in the reference of functions whose bodies are marked in part; the
            rest of these stays.
        problems: What is wrong with the markers, a line each.
    """

    lines: tuple[Line, ...]
    regions: tuple[Region, ...] = ()
    bound: frozenset[str] = frozenset()
    kept_functions: frozenset[int] = frozenset()
    problems: tuple[str, ...] = ()


def first_line(node: ast.stmt) -> int:
    """Return the index of a statement's first line, which may be that of a decorator."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)]) - 1


def is_like_a_marker(text: str) -> bool:
    """Return whether somebody may have meant a text as a marker."""
    return _LIKE_A_MARKER.search(text) is not None


def cut_text(cell: Cell) -> Cut:
    """Take the marked answers out of a text cell."""
    found = [(place, match) for place, line in enumerate(cell.lines) if (match := _mark(line.text))]
    regions, problems = _pair([(place, *match) for place, match in found], cell.lines)
    problems += [
        f"line {line.number}: {line.text.strip()!r} looks like a marker; write BEGIN SOLUTION or "
        "END SOLUTION on a line of its own"
        for line in cell.lines
        if _LIKE_A_MARKER.fullmatch(line.text.strip(" #<!->")) and not _mark(line.text)
    ]
    if problems:
        return Cut(cell.lines, problems=tuple(problems))
    lines = list(cell.lines)
    for one in reversed(regions):
        lines[one.first : one.last + 1] = [Line("*Your answer here.*", one.number, is_ours=True)]
    return Cut(tuple(lines), tuple(regions))


def _mark(text: str) -> tuple[str, str] | None:
    match = _TEXT_MARKER.fullmatch(text.strip())
    return (match[1], match[2] or "") if match else None


def cut_code(cell: Cell, *, label: str) -> Cut:
    """Take the marked regions out of a code cell.

    Where a block would be left without a statement it gets one: in a function the line that says
    what is to be written, elsewhere ``pass``.

    Args:
        cell: A cell whose code can be parsed.
        label: The name of the assignment in the messages of unwritten functions.
    """
    lines = cell.lines
    found, problems = _read_markers(lines)
    regions, unpaired = _pair(found, lines)
    problems += unpaired
    problems += [
        f"line {one.number}: there is no code between BEGIN SOLUTION and END SOLUTION"
        for one in regions
        if not _first_code(lines, one)
    ]
    if problems or not regions:
        return Cut(lines, problems=tuple(problems))
    tree = parse(lines)
    fillers = dict(_fillers(tree, regions, lines, label=label))
    left = list(lines)
    for one in reversed(regions):
        code = _first_code(lines, one) or lines[one.first].text
        comment = f"{_indent(code)}# your code here{f': {one.name}' if one.name else ''}"
        new = [comment, *([fillers[one]] if one in fillers else [])]
        left[one.first : one.last + 1] = [Line(text, one.number, is_ours=True) for text in new]
    try:
        parse(left)
    except SyntaxError as error:
        at = left[min(error.lineno or 1, len(left)) - 1].number
        message = (
            f"line {regions[0].number}: what is left without the marked lines is not valid Python: "
            f"{error.msg} (line {at})"
        )
        return Cut(lines, problems=(message,))
    kept = {
        lines[node.lineno - 1].number
        for node in ast.walk(tree)
        if isinstance(node, Function) and _stays_in_part(node, regions)
    }
    taken = [node for node in _top_level(tree.body) if any(one.holds(node) for one in regions)]
    return Cut(
        tuple(left),
        tuple(regions),
        bound=frozenset(bound_names(taken)),
        kept_functions=frozenset(kept),
    )


def _stays_in_part(function: Function, regions: Sequence[Region]) -> bool:
    """Return whether regions take a part of a function's body, and leave another one."""
    body = [node for node in function.body if not is_docstring(node)]
    inside = [node for child in body for node in ast.walk(child) if isinstance(node, ast.stmt)]
    return any(one.holds(node) for one in regions for node in inside) and not all(
        any(one.holds(node) for one in regions) for node in body
    )


def _read_markers(lines: Sequence[Line]) -> tuple[list[tuple[int, str, str]], list[str]]:
    found = []
    problems = []
    for place, comment in comments(lines):
        line = lines[place]
        match = _MARKER.fullmatch(comment.rstrip())
        if match and line.text.strip() == comment.strip():
            found.append((place, match[1], match[2] or ""))
        elif _LIKE_A_MARKER.search(comment):
            problems.append(
                f"line {line.number}: {comment!r} looks like a marker; write # BEGIN SOLUTION or "
                "# END SOLUTION on a line of its own"
            )
    places = {place for place, _, _ in found}
    problems.extend(
        f"line {line.number}: a marker inside a string marks nothing"
        for place, line in enumerate(lines)
        if place not in places and _MARKER.fullmatch(line.text.strip())
    )
    return found, problems


def _pair(
    found: Iterable[tuple[int, str, str]], lines: Sequence[Line]
) -> tuple[list[Region], list[str]]:
    """Return the regions between markers, and what is wrong with the markers."""
    regions = []
    problems = []
    begin: tuple[int, str] | None = None
    for place, kind, name in found:
        number = lines[place].number
        if kind == "BEGIN" and begin is None:
            begin = place, name
        elif kind == "BEGIN":
            assert begin is not None  # noqa: S101 - the case before
            first = lines[begin[0]].number
            problems.append(
                f"line {number}: BEGIN SOLUTION within the region that begins on line {first}"
            )
        elif begin is None:
            problems.append(f"line {number}: END SOLUTION without BEGIN SOLUTION in its cell")
        else:
            if name and name != begin[1]:
                problems.append(f"line {number}: END SOLUTION names {name}, and its BEGIN does not")
            regions.append(Region(begin[0], place, lines[begin[0]].number, begin[1]))
            begin = None
    if begin is not None:
        number = lines[begin[0]].number
        problems.append(f"line {number}: BEGIN SOLUTION without END SOLUTION in its cell")
    return regions, problems


def _first_code(lines: Sequence[Line], region: Region) -> str:
    """Return the first line of a region that is neither blank nor a comment; empty if none is."""
    inside = (line.text for line in lines[region.first + 1 : region.last])
    return next((text for text in inside if text.strip() and text.lstrip()[0] != "#"), "")


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _fillers(
    tree: ast.Module, regions: Sequence[Region], lines: Sequence[Line], *, label: str
) -> Iterator[tuple[Region, str]]:
    """Yield for regions that leave a block empty the line that it gets."""
    for node, name in _blocks(tree):
        if isinstance(node, ast.stmt) and any(one.holds(node) for one in regions):
            continue  # it goes as a whole
        for field in _BLOCKS:
            block = getattr(node, field, None)
            if not isinstance(block, list) or not block or not isinstance(block[0], ast.stmt):
                continue
            has_docstring = (
                field == "body"
                and isinstance(node, Function | ast.ClassDef)
                and is_docstring(block[0])
            )
            rest = block[1:] if has_docstring else block
            if not rest or not all(any(r.holds(one) for r in regions) for one in rest):
                continue
            if has_docstring and isinstance(node, ast.ClassDef):
                continue
            place = first_line(rest[0])
            region = next(one for one in regions if one.holds(rest[0]))
            if _is_header_inside(region, place, lines) or lines[place].text.lstrip().startswith(
                "elif"
            ):
                continue
            yield region, _indent(lines[place].text) + (stub(name, label=label) if name else "pass")


def _blocks(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Yield every node that has blocks, with the name of the function that it is in."""

    def walk(node: ast.AST, owner: str, function: str) -> Iterator[tuple[ast.AST, str]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                name = function or f"{owner}{child.name}"
                yield child, name
                yield from walk(child, owner, name)
            elif isinstance(child, ast.ClassDef):
                yield child, ""
                yield from walk(child, f"{owner}{child.name}.", function)
            else:
                yield child, function
                yield from walk(child, owner, function)

    return walk(tree, "", "")


def _is_header_inside(region: Region, place: int, lines: Sequence[Line]) -> bool:
    """Return whether what opens a block, such as ``else:``, is in the region as well."""
    before = lines[region.first + 1 : place]
    return any(line.text.strip() and line.text.lstrip()[0] != "#" for line in before)


def stub(name: str, *, label: str) -> str:
    """Return the line that says that a function is not written yet."""
    text = json.dumps(f"{label}: write {name}()", ensure_ascii=False)
    return f"raise NotImplementedError({text})"


def _top_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of top level, with those inside of others that open no scope."""
    for node in body:
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.stmt):
                    yield from _top_level([child])
                elif isinstance(child, ast.ExceptHandler | ast.match_case):
                    yield from _top_level(child.body)


def bound_names(body: Iterable[ast.stmt]) -> set[str]:
    """Return the names that statements bind in their own scope, other than to None or ``...``.

    So a name that only waits for its value is not bound.
    """
    found: set[str] = set()
    for node in _top_level(body):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {(one.asname or one.name).partition(".")[0] for one in names}
            case ast.Assign(value=value) | ast.AnnAssign(value=value) if is_open(value):
                pass
            case _:
                found |= _stored(node)
    return found


def is_open(value: ast.expr | None) -> bool:
    """Return whether a value is None or ``...``, or there is none: students put theirs there."""
    return value is None or (isinstance(value, ast.Constant) and value.value in (None, ...))


def _stored(node: ast.AST) -> set[str]:
    found = set()
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        found.add(node.id)
    # A match binds names that are plain strings in the tree.
    for field in ("name", "rest"):
        text = getattr(node, field, None)
        if isinstance(text, str) and isinstance(node, ast.pattern | ast.ExceptHandler):
            found.add(text)
    for child in ast.iter_child_nodes(node):
        # Statements inside are met on their own; lambdas and comprehensions are scopes.
        if not isinstance(child, ast.stmt | ast.Lambda | ast.comprehension):
            found |= _stored(child)
    return found
