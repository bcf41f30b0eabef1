"""Finds what a submission has for the units that a person marks. Nothing of it is run.

A submission is anything: an answer can have megabytes, cells can be missing or there twice, and
metadata can be of any kind. If nothing is found, the item says so, and waits for a person as well.
"""

import hashlib
import inspect
import io
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
_MAX_FIGURES = 20
_MAX_TAGS = 100
_LONGEST_TAG = 200
_MAX_SIGNATURE_TOKENS = 5000
_TEXT_KINDS = ("markdown", "raw", "heading", "html", "plaintext")
_LONGEST_KIND = max(map(len, _TEXT_KINDS))
_IMAGES = ("image/png", "image/jpeg", "image/svg+xml", "image/gif", "png", "jpeg", "svg")

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_FENCE = re.compile(r" {0,3}(```|~~~)")
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
        cells = list(_read_notebook(notebook) if notebook else _read_scripts(blocks))
        problem = ""
    except Exception as error:  # noqa: BLE001 - an edge: a person can still open the file
        cells, problem = [], f"the cells can't be shown ({type(error).__name__})"
    return tuple(_make_item(unit, cells, blocks, problem, notebook) for unit in units)


def _make_item(
    unit: ManualUnit,
    cells: Sequence[_Cell],
    blocks: Sequence[CodeBlock],
    problem: str,
    notebook: bytes,
) -> ManualItem:
    if unit.shown_by is ShownBy.DOCSTRING:
        answer = _find_docstring(unit.where, blocks)
    elif problem:
        # So that no two such answers are taken to be equal.
        unseen = _Cell(is_code=False, source="", digest=hashlib.sha256(notebook).hexdigest())
        answer = _Answer([unseen], problem)
    else:
        answer = _find_cells(unit, cells)
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


def _find_cells(unit: ManualUnit, cells: Sequence[_Cell]) -> _Answer:
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
            return _find_heading(unit.where, cells)


def _find_heading(wanted: str, cells: Iterable[_Cell]) -> _Answer:
    """Return what is below a heading, with its line, up to the next one that isn't below it."""
    wanted = _fold_heading(wanted)
    parts: list[_Cell] = []
    level = count = 0  # of the heading that we are below; 0 for none
    for cell in cells:
        level = 0 if cell.starts_file else level
        if cell.is_code:
            if level:
                parts.append(cell)
            continue
        kept: list[str] = []
        for line, found, title in _split_headings(cell):
            if found and _fold_heading(title) == wanted:
                level = found
                count += 1
            elif found and level and found <= level:
                level = 0
            if level:
                kept.append(line)
        if kept:
            parts.append(_part_of(cell, "\n".join(kept)))
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


def _split_headings(cell: _Cell) -> Iterator[tuple[str, int, str]]:
    """Yield each line of a text cell, with the level and text of a heading, or 0 and nothing."""
    fence = ""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", cell.source)):
        if cell.level and not number:
            yield line, cell.level, line
            continue
        mark = _FENCE.match(line)
        if mark and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
        found = None if fence else _HEADING.fullmatch(line[:500])
        yield (line, len(found[1]), found[2] or "") if found else (line, 0, "")


def _fold_heading(text: str) -> str:
    """Return the text of a heading for comparison: emphasis, spaces and case make no difference."""
    return _DECORATION.sub(" ", text.lstrip("# ")).strip().rstrip(".:").casefold()


# ------------------------------------------------------------------ cells of a notebook


def _read_notebook(data: bytes) -> Iterator[_Cell]:
    found = msgspec.json.decode(prepare(data), type=_RawSheets)
    for raw in (*found.cells, *(cell for sheet in found.worksheets for cell in sheet.cells)):
        try:
            cell = msgspec.json.decode(raw, type=_RawCell)
        except msgspec.ValidationError:
            continue
        kind = text_of(cell.cell_type, _LONGEST_KIND + 1)
        if kind == "code" or kind in _TEXT_KINDS:
            yield _read_cell(cell, kind)


def _read_cell(cell: _RawCell, kind: str) -> _Cell:
    raw = cell.input if cell.source is NOTHING else cell.source
    source, digest = _read_source(raw)
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


def _read_source(raw: msgspec.Raw) -> tuple[str, str]:
    """Return a source, or the start of a very long one and the digest of its JSON."""
    data = memoryview(raw)
    if len(data) > _MAX_SOURCE_BYTES:
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
            is_code = _TEXT_CELL.search(mark[1]) is None
            source = block.source[mark.end() : end].strip("\n")
            grade_id = _GRADE_ID.search(mark[1])
            yield _Cell(
                is_code=is_code,
                source=source if is_code else _uncomment(source),
                tags=_read_tags(mark[1]),
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
