"""Finds what a submission has for the units that a person marks. Nothing of it is run.

A submission is anything: an answer can have megabytes, cells can be missing or there twice, and
metadata can be of any kind. If nothing is found, the item says so, and waits for a person as well.
"""

import hashlib
import inspect
import io
import itertools
import json
import re
import textwrap
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from grader.checks.manual import ManualUnit, ShownBy
from grader.notebook_json import NOTHING, prepare, text_of
from grader.observations.messages import CodeBlock
from grader.report.budget import MAX_ANSWER, cut_text
from grader.report.model import ManualItem

NOTHING_WRITTEN = "nothing is written there"

_MAX_SOURCE_BYTES = 1024 * 1024  # of the JSON of one cell; of a longer one only the start is read
_MIN_SOURCE_BYTES = 100  # a shorter one is always read
_MAX_TEXT_BYTES = 4 * 1024 * 1024  # of the JSON of all cells; of later ones only the start is read
_MAX_CELLS = 5_000
_MAX_HEADINGS = 10_000
_MAX_FIGURES = 20
_MAX_TAGS = 100
_LONGEST_TAG = 200
_LONGEST_HEADER = 2000
_MAX_SIGNATURE_TOKENS = 5000
_TEXT_KINDS = ("markdown", "raw", "heading", "html", "plaintext")
_LONGEST_KIND = max(map(len, _TEXT_KINDS))
_IMAGES = ("image/png", "image/jpeg", "image/svg+xml", "image/gif", "png", "jpeg", "svg")

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_LINE = re.compile(r"[^\r\n]*")
_FENCE_OR_HEADING = re.compile(r"(?:\A|(?<=[\r\n])) {0,3}(?:(```|~~~)|#[^\r\n]*)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_DECORATION = re.compile(r"[*_`\s]+")
_CELL = re.compile(r"^#[ \t]?%%(.*)$", re.MULTILINE)
_TEXT_CELL = re.compile(r"\[(?:markdown|md|raw)\]")
_TAGS = re.compile(r"\btags\s*=\s*(\[[^\]\n]{0,500}\])")
_GRADE_ID = re.compile(r"""["']?\bgrade_id["']?\s*[:=]\s*["']([^"'\n]{1,200})["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """A stored figure: its type, its size in bytes of JSON, and the digest of these."""

    kind: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """A cell of a notebook or script.

    Attributes:
        is_code: Whether it is code, or text.
        source: Its source, or the start of a very long one.
        digest: The digest of the whole source if that is very long; empty otherwise.
        level: The level of a heading in format 3; 0 for any other cell.
        tags: Its tags.
        grade_id: Its id in nbgrader; may be empty.
        outputs: Its stored outputs, as JSON.
        starts_file: Whether it is the first one of a script.
    """

    is_code: bool
    source: str
    digest: str = ""
    level: int = 0
    tags: frozenset[str] = frozenset()
    grade_id: str = ""
    outputs: msgspec.Raw = field(default_factory=lambda: NOTHING)
    starts_file: bool = False


# A cell with its headings: where the line of each begins, its level and its text.
_Outlined = tuple[_Cell, Sequence[tuple[int, int, str]]]


@dataclass(slots=True)
class _Answer:
    """What was found for a unit: parts of cells, each with its kind, and what is odd about it."""

    parts: list[_Cell] = field(default_factory=list)
    problem: str = ""


class _RawCell(msgspec.Struct):
    cell_type: msgspec.Raw = NOTHING
    source: msgspec.Raw = NOTHING
    input: msgspec.Raw = NOTHING
    level: msgspec.Raw = NOTHING
    metadata: msgspec.Raw = NOTHING
    outputs: msgspec.Raw = NOTHING


class _RawCells(msgspec.Struct):
    cells: list[msgspec.Raw] = []


class _RawSheets(msgspec.Struct):
    cells: list[msgspec.Raw] = []
    worksheets: list[_RawCells] = []


class _RawMetadata(msgspec.Struct):
    tags: msgspec.Raw = NOTHING
    nbgrader: msgspec.Raw = NOTHING


class _RawNbgrader(msgspec.Struct):
    grade_id: msgspec.Raw = NOTHING


class _RawOutput(msgspec.Struct):
    data: msgspec.Raw = NOTHING
    png: msgspec.Raw = NOTHING
    jpeg: msgspec.Raw = NOTHING
    svg: msgspec.Raw = NOTHING


def manual_items(
    units: Sequence[ManualUnit], blocks: Sequence[CodeBlock], notebook: bytes = b""
) -> tuple[ManualItem, ...]:
    """Return the answers that a person has to mark, none of which is marked yet.

    Args:
        units: What a person marks.
        blocks: The code of the submission; that of a script is searched for cells.
        notebook: The bytes of a notebook; empty for a script.
    """
    if not units:
        return ()
    try:
        cells = _read_notebook(notebook) if notebook else _read_scripts(blocks)
        outlined = list(_outline(_expect_few(cells)))
        problem = ""
    except Exception as error:  # noqa: BLE001 - an edge: a person can still open the file
        outlined, problem = [], f"the cells can't be shown ({type(error).__name__})"
    return tuple(_make_item(unit, outlined, blocks, problem, notebook) for unit in units)


def _expect_few(cells: Iterator[_Cell]) -> Iterator[_Cell]:
    yield from itertools.islice(cells, _MAX_CELLS)
    if next(cells, None) is not None:
        message = f"more than {_MAX_CELLS} cells"
        raise ValueError(message)


def _make_item(
    unit: ManualUnit,
    outlined: Sequence[_Outlined],
    blocks: Sequence[CodeBlock],
    problem: str,
    notebook: bytes,
) -> ManualItem:
    if unit.shown_by is ShownBy.DOCSTRING:
        answer = _find_docstring(unit.where, blocks)
    elif problem:
        # So that no two such answers are taken to be equal.
        whole = notebook or "".join(block.source for block in blocks).encode()
        unseen = _Cell(is_code=False, source="", digest=hashlib.sha256(whole).hexdigest())
        answer = _Answer([unseen], problem)
    else:
        answer = _find_cells(unit, outlined)
    figures = [_figures_of(part) if unit.has_figures else [] for part in answer.parts]
    sources = [_tidy(part.source) for part in answer.parts]
    shown = "\n\n".join(
        filter(None, (_show(source, found) for source, found in zip(sources, figures, strict=True)))
    )
    is_unread = any(part.digest for part in answer.parts)
    nothing = "its source is not a text" if is_unread else NOTHING_WRITTEN
    return ManualItem(
        id=unit.id,
        title=unit.title,
        max_points=unit.points,
        rubric=unit.rubric,
        answer=cut_text(shown, MAX_ANSWER),
        is_cut=len(shown) > MAX_ANSWER or is_unread,
        problem=answer.problem or ("" if shown else nothing),
        digest=_digest(answer.parts, sources, figures),
    )


def _digest(
    parts: Sequence[_Cell], sources: Sequence[str], figures: Sequence[Sequence[_Figure]]
) -> str:
    """Return the digest of an answer; equal for all answers without any text or figure."""
    content = [
        [part.is_code, part.digest or source, *(one.digest for one in found)]
        for part, source, found in zip(parts, sources, figures, strict=True)
        if part.digest or source or found
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _tidy(source: str) -> str:
    """Return a source without what nobody sees: other line ends, and space at the ends."""
    text = source.encode("utf-8", "replace").decode()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def _show(source: str, figures: Sequence[_Figure]) -> str:
    lines = [f"[figure: {one.kind}, {one.size // 1024 + 1} KiB]" for one in figures]
    return "\n".join(filter(None, (source, *lines)))


# ------------------------------------------------------------------ finding cells


def _find_cells(unit: ManualUnit, outlined: Sequence[_Outlined]) -> _Answer:
    cells = [cell for cell, _ in outlined]
    match unit.shown_by:
        case ShownBy.TAG:
            found = [cell for cell in cells if unit.where in cell.tags]
            return _Answer(found, "" if found else f'no cell has the tag "{unit.where}"')
        case ShownBy.GRADE_ID:
            found = [cell for cell in cells if unit.where == cell.grade_id]
            problem = "" if found else f'no cell has the grade_id "{unit.where}"'
            if len(found) > 1:
                problem = f"{len(found)} cells have this grade_id; all of them are shown"
            return _Answer(found, problem)
        case _:
            return _find_heading(unit.where, outlined)


def _find_heading(wanted: str, cells: Iterable[_Outlined]) -> _Answer:
    """Return what is below a heading, with its line, up to the next one that isn't below it."""
    wanted = _fold_heading(wanted)
    parts: list[_Cell] = []
    level = count = 0  # of the heading that we are below; 0 for none
    for cell, headings in cells:
        level = 0 if cell.starts_file else level
        if cell.is_code:
            if level:
                parts.append(cell)
            continue
        kept: list[str] = []
        start = 0
        for place, found, title in headings:
            if title == wanted:
                start = start if level else place
                level = found
                count += 1
            elif level and found <= level:
                kept.append(cell.source[start:place])
                level = 0
        if level:
            kept.append(cell.source[start:])
        if kept:
            parts.append(_part_of(cell, "".join(kept)))
    problem = "" if count else "there is no such heading"
    if count > 1:
        problem = f"{count} headings have this text; what is below all of them is shown"
    return _Answer(parts, problem)


def _part_of(cell: _Cell, source: str) -> _Cell:
    return _Cell(
        is_code=cell.is_code,
        source=source,
        digest=cell.digest,
        tags=cell.tags,
        grade_id=cell.grade_id,
        outputs=cell.outputs,
    )


def _outline(cells: Iterable[_Cell]) -> Iterator[_Outlined]:
    """Yield each cell with its headings.

    Raises:
        ValueError: There are too many headings.
    """
    left = _MAX_HEADINGS
    for cell in cells:
        headings = [] if cell.is_code else list(itertools.islice(_headings_of(cell), left + 1))
        left -= len(headings)
        if left < 0:
            message = f"more than {_MAX_HEADINGS} headings"
            raise ValueError(message)
        yield cell, headings


def _headings_of(cell: _Cell) -> Iterator[tuple[int, int, str]]:
    """Yield the headings of a text cell: where the line begins, the level, and the text."""
    fence = ""
    if cell.level:
        first = _LINE.match(cell.source)
        yield 0, cell.level, _fold_heading(first[0] if first else "")
    for mark in _FENCE_OR_HEADING.finditer(cell.source):
        if cell.level and not mark.start():
            continue
        if mark[1]:
            if fence in ("", mark[1]):
                fence = "" if fence else mark[1]
        elif not fence:
            found = _HEADING.fullmatch(mark[0][:500])
            if found:
                yield mark.start(), len(found[1]), _fold_heading(found[2] or "")


def _fold_heading(text: str) -> str:
    """Return the text of a heading for comparison: emphasis, spaces and case make no difference."""
    return _DECORATION.sub(" ", text.lstrip("# ")).strip().rstrip(".:").casefold()


# ------------------------------------------------------------------ cells of a notebook


def _read_notebook(data: bytes) -> Iterator[_Cell]:
    found = msgspec.json.decode(prepare(data), type=_RawSheets)
    left = _MAX_TEXT_BYTES
    for raw in (*found.cells, *(cell for sheet in found.worksheets for cell in sheet.cells)):
        try:
            cell = msgspec.json.decode(raw, type=_RawCell)
        except msgspec.ValidationError:
            continue
        kind = text_of(cell.cell_type, _LONGEST_KIND + 1)
        if kind == "code" or kind in _TEXT_KINDS:
            source = cell.input if cell.source is NOTHING else cell.source
            yield _read_cell(cell, kind, source, limit=min(left, _MAX_SOURCE_BYTES))
            left = max(0, left - len(memoryview(source)))


def _read_cell(cell: _RawCell, kind: str, raw: msgspec.Raw, *, limit: int) -> _Cell:
    source, digest = _read_source(raw, limit)
    tags, grade_id = _read_metadata(cell.metadata)
    return _Cell(
        is_code=kind == "code",
        source=source,
        digest=digest,
        level=_level(cell.level) if kind == "heading" else 0,
        tags=tags,
        grade_id=grade_id,
        outputs=cell.outputs,
    )


def _read_source(raw: msgspec.Raw, limit: int) -> tuple[str, str]:
    """Return a source, or the start of a very long one and the digest of its JSON."""
    data = memoryview(raw)
    if len(data) > max(limit, _MIN_SOURCE_BYTES):
        return _start_of(raw), hashlib.sha256(data).hexdigest()
    try:
        lines = msgspec.json.decode(raw, type=str | list[str] | None)
    except msgspec.ValidationError:
        return "", hashlib.sha256(data).hexdigest()  # not a text
    return (lines if isinstance(lines, str) else "".join(lines or ())), ""


def _start_of(raw: msgspec.Raw) -> str:
    data = bytes(memoryview(raw)[: 8 * MAX_ANSWER])
    if data.startswith(b"["):
        found = (text_of(msgspec.Raw(one[0]), MAX_ANSWER) for one in _STRINGS.finditer(data))
        return "".join(found)
    return text_of(raw, 2 * MAX_ANSWER)


def _read_metadata(raw: msgspec.Raw) -> tuple[frozenset[str], str]:
    try:
        found = msgspec.json.decode(raw, type=_RawMetadata)
    except msgspec.ValidationError:
        return frozenset(), ""
    try:
        listed = msgspec.json.decode(found.tags, type=list[msgspec.Raw] | None) or ()
        tags = frozenset(text_of(one, _LONGEST_TAG) for one in listed[:_MAX_TAGS])
    except msgspec.ValidationError:
        tags = frozenset()
    try:
        nbgrader = msgspec.json.decode(found.nbgrader, type=_RawNbgrader)
        grade_id = msgspec.json.decode(nbgrader.grade_id, type=str | None) or ""
    except msgspec.ValidationError:
        grade_id = ""
    return tags, grade_id


def _level(raw: msgspec.Raw) -> int:
    try:
        return max(1, min(6, msgspec.json.decode(raw, type=int)))
    except msgspec.ValidationError:
        return 1


def _figures_of(cell: _Cell) -> list[_Figure]:
    """Return the figures among the stored outputs of a cell."""
    try:
        outputs = msgspec.json.decode(cell.outputs, type=list[_RawOutput] | None) or []
    except msgspec.ValidationError:
        return []
    found: list[_Figure] = []
    for output in outputs:
        try:
            data = msgspec.json.decode(output.data, type=dict[str, msgspec.Raw] | None) or {}
        except msgspec.ValidationError:
            data = {}
        old = {"png": output.png, "jpeg": output.jpeg, "svg": output.svg}
        images = {**{kind: raw for kind, raw in old.items() if raw is not NOTHING}, **data}
        # An output has the same figure in several forms; the first is enough.
        kind = next((one for one in _IMAGES if one in images), "")
        if kind:
            content = memoryview(images[kind])
            digest = hashlib.sha256(content).hexdigest()
            found.append(_Figure(kind=kind, size=len(content), digest=digest))
    return found[:_MAX_FIGURES]


# ------------------------------------------------------------------ cells of a script


def _read_scripts(blocks: Iterable[CodeBlock]) -> Iterator[_Cell]:
    """Yield the cells of scripts in jupytext's percent format, as the exercise is released."""
    for block in blocks:
        marks = list(_CELL.finditer(block.source))
        ends = [*(mark.start() for mark in marks[1:]), len(block.source)]
        for place, (mark, end) in enumerate(zip(marks, ends, strict=False)):
            header = mark[1][:_LONGEST_HEADER]
            is_code = _TEXT_CELL.search(header) is None
            source = block.source[mark.end() : end].strip("\n")
            grade_id = _GRADE_ID.search(header)
            yield _Cell(
                is_code=is_code,
                source=source if is_code else _uncomment(source),
                tags=_read_tags(header),
                grade_id=grade_id[1] if grade_id else "",
                starts_file=place == 0,
            )


def _read_tags(header: str) -> frozenset[str]:
    found = _TAGS.search(header)
    try:
        tags = json.loads(found[1].replace("'", '"')) if found else []
    except ValueError:
        return frozenset()
    return frozenset(one for one in tags if isinstance(one, str))


def _uncomment(source: str) -> str:
    """Return the text of a text cell, which is in comments or in one string."""
    stripped = source.strip()
    for quotes in ('"""', "'''"):
        if stripped.startswith(quotes):
            return stripped.removeprefix(quotes).removesuffix(quotes)
    return "\n".join(re.sub(r"^#[ \t]?", "", line) for line in source.split("\n"))


# ------------------------------------------------------------------ docstrings


def _find_docstring(name: str, blocks: Sequence[CodeBlock]) -> _Answer:
    """Return the docstring of the last function, class or method of that name."""
    owner, _, last = name.rpartition(".")
    found: str | None = None
    for block in blocks:
        text = _body_of(owner, block.source) if owner else block.source
        start = _last_definition(last, text)
        if start is not None:
            found = _docstring_at(text[start:])
    if found is None:
        return _Answer([], f"there is no {name}")
    if not found:
        return _Answer([], f"{name} has no docstring")
    return _Answer([_Cell(is_code=False, source=found)])


def _last_definition(name: str, source: str) -> int | None:
    """Return where the line of the last definition of a name begins; None if there is none."""
    kind = r"(?:(?:async[ \t]+)?def|class)"
    pattern = re.compile(rf"^[ \t]*{kind}[ \t]+{re.escape(name)}\b", re.MULTILINE)
    start = None
    for found in pattern.finditer(source):
        start = found.start()
    return start


def _body_of(name: str, source: str) -> str:
    """Return the body of the last class of a name: the lines that are indented more."""
    start = _last_definition(name, source)
    if start is None:
        return ""
    first, *lines = source[start:].split("\n")
    indent = len(first) - len(first.lstrip(" \t"))
    body = []
    for line in lines:
        shown = line.lstrip(" \t")
        if shown and not shown.startswith(("#", ")")) and len(line) - len(shown) <= indent:
            break
        body.append(line)
    return "\n".join(body)


def _docstring_at(source: str) -> str:
    """Return the docstring of the definition that a text begins with; empty if it has none."""
    text = textwrap.dedent(source[: 4 * MAX_ANSWER])
    depth = 0
    is_in_body = False
    skipped = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.INDENT)
    try:
        for count, token in enumerate(tokenize.generate_tokens(io.StringIO(text).readline)):
            if count > _MAX_SIGNATURE_TOKENS:
                break
            if is_in_body and token.type not in skipped:
                return _inside_of_string(token.string) if token.type == tokenize.STRING else ""
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
                is_in_body = is_in_body or (token.string == ":" and not depth)
    except (tokenize.TokenError, SyntaxError):
        pass
    return ""


def _inside_of_string(literal: str) -> str:
    """Return what is between the quotes of a literal, as it is written; empty for bytes."""
    found = re.fullmatch(r"(?i)(?:r|u)?(\"\"\"|'''|\"|')(.*)\1", literal, re.DOTALL)
    return inspect.cleandoc(found[2]) if found else ""
