"""Reads the code cells of a Jupyter notebook, of any minor version of formats 3 and 4.

The formats are described in https://nbformat.readthedocs.io/.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from grader.errors import UnreadableSubmissionError
from grader.notebook_json import NOTHING, NotJsonError, has_more_values, prepare, text_of
from grader.observations.messages import CodeBlock, Note
from grader.submission.file_kind import describe_broken_json
from grader.submission.source_size import check_source_size
from grader.submission.text_cells import TextCells

_OLDEST_FORMAT, _NEWEST_FORMAT = 3, 4
_MAX_CELLS = 5_000
_MAX_CELLS_OF_ANY_KIND = 50_000
# Numbers, texts, lists and objects, mostly in stored outputs.
_MAX_VALUES = 4_000_000
# Bytes of the source's JSON for each character that is allowed; escapes take several.
_BYTES_OF_CHARACTER = 3
_MAX_NESTED_BYTES = 1024 * 1024  # of a source with lists in lists, which takes more memory
_MAX_COUNT = 10**9
_MAX_SHOWN = 10
_LONGEST_NUMBER = 20

_KINDS_OF_TEXT = {"markdown", "raw", "heading", "html", "plaintext"}
_LONGEST_KIND = max(map(len, _KINDS_OF_TEXT))


# What a notebook has besides these fields is skipped: outputs are most of the bytes, and what
# editors often get wrong (metadata, ids, attachments) doesn't matter for grading.
class _Format(msgspec.Struct):
    nbformat: msgspec.Raw = NOTHING
    cells: msgspec.Raw = NOTHING
    worksheets: msgspec.Raw = NOTHING


class _Object(msgspec.Struct, gc=False):
    """Any object, of which only the number matters: it takes 16 bytes."""


class _CountedCells(msgspec.Struct):
    cells: list[_Object]


class _CountedSheets(msgspec.Struct):
    worksheets: list[_Object]


class _SheetsOfCountedCells(msgspec.Struct):
    worksheets: list[_CountedCells]


class _Cell(msgspec.Struct):
    """A cell. Format 3 calls the source of a code cell ``input``, and its count another name."""

    cell_type: msgspec.Raw = NOTHING
    source: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    input: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    execution_count: msgspec.Raw = NOTHING
    prompt_number: msgspec.Raw = NOTHING


class _Cells(msgspec.Struct):
    cells: list[msgspec.Raw]


class _Sheets(msgspec.Struct):
    worksheets: list[_Cells]


_Content = bytes | bytearray | memoryview


def read_notebook(
    data: bytes,
    *,
    name: str = "lab.ipynb",
    max_source: int = sys.maxsize,
    texts: TextCells | None = None,
) -> tuple[tuple[CodeBlock, ...], tuple[Note, ...]]:
    """Read the code cells of a notebook, in order; stored outputs are ignored.

    Args:
        data: The bytes of the file.
        name: The name of the file.
        max_source: The number of characters that the code cells may have together.
        texts: The text cells with definitions are added to it.

    Returns:
        A code block for each code cell, labelled ``cell N``, where code cells are counted from 1,
        or ``cell N [M]`` if Jupyter shows the number M beside it;
        and notes about cells that can't be read: each of them costs only itself.

    Raises:
        UnreadableSubmissionError: The data is not JSON, not a notebook, in another format, or
            larger than one of the limits.
    """
    _check_count(data)
    content = _prepare(data, name)
    major = _major_version(content)
    if not _OLDEST_FORMAT <= major <= _NEWEST_FORMAT:
        raise UnreadableSubmissionError(
            f"this notebook is in format {major}, and only 3 and 4 can be read; "
            "open it in Jupyter and save it again"
        )
    try:
        raws = _all_cells(content, data, is_old=major == _OLDEST_FORMAT)
        cells, odd = _sort_cells(raws, texts or TextCells())
    except (msgspec.ValidationError, TypeError) as error:
        # Not guessed at, since that could silently lose functions.
        raise UnreadableSubmissionError(
            "this notebook is damaged: its cells can't be read; open and save it in Jupyter"
        ) from error
    notes = [Note(block="", text=_describe_odd(odd))] if odd else []
    counts = _execution_counts(cells)
    blocks = []
    for number, source in enumerate(_sources(cells, max_source), start=1):
        count = counts[number - 1]
        # As Jupyter numbers the cell, if it does: that is how its student finds it.
        label = f"cell {number}" + (f" [{count}]" if count not in (0, number) else "")
        if source is None:
            notes.append(Note(block=label, text="its source is not text, so it was left out"))
        blocks.append(CodeBlock(label=label, source=_clean(source or "")))
    return tuple(blocks), tuple(notes)


def _clean(source: str) -> str:
    """Normalise line ends, replace lone surrogates, and drop NUL characters."""
    text = source.encode("utf-8", "replace").decode()
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _check_count(data: bytes) -> None:
    """Refuse JSON with too many values, before objects are made of them."""
    if has_more_values(data, _MAX_VALUES):
        raise UnreadableSubmissionError(
            f"this notebook contains more than {_MAX_VALUES // 10**6} million values, which is"
            " the limit (clear the notebook's outputs before handing it in)"
        )


def _prepare(data: bytes, name: str) -> _Content:
    try:
        return prepare(data)
    except UnicodeDecodeError as error:
        raise UnreadableSubmissionError("this notebook is not UTF-8") from error
    except NotJsonError as error:
        known = describe_broken_json(data, name)
        message = known or f"this notebook is not valid JSON: {error}"
        raise UnreadableSubmissionError(message) from error
    except RecursionError as error:
        raise UnreadableSubmissionError("this notebook is nested too deeply") from error


def _major_version(content: _Content) -> int:
    """Return the major version of a notebook's format; if it has none, that which its cells show.

    Editors that aren't Jupyter have written it as a text or with a decimal point.
    """
    try:
        found = msgspec.json.decode(content, type=_Format)
    except msgspec.ValidationError as error:
        raise UnreadableSubmissionError("this JSON file is not a notebook") from error
    try:
        major = msgspec.json.decode(found.nbformat, type=int | float | str | None)
        if major is None and found.cells is not NOTHING:
            return _NEWEST_FORMAT
        if major is None and found.worksheets is not NOTHING:
            return _OLDEST_FORMAT
        if isinstance(major, str):
            major = float(major) if len(major) < _LONGEST_NUMBER else None
        if major is not None:
            return int(major)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        if "out of range" in str(error):
            message = "this notebook is not valid JSON: its nbformat is out of range"
            raise UnreadableSubmissionError(message) from error
    raise UnreadableSubmissionError("this JSON file is not a notebook: it has no nbformat")


def _all_cells(content: _Content, data: bytes, *, is_old: bool) -> list[msgspec.Raw]:
    """Return all cells, of whatever kind.

    Raises:
        UnreadableSubmissionError: There are too many.
        msgspec.ValidationError: They are not in a list.
    """
    try:
        _count_cells(content, is_old=is_old)
    except msgspec.ValidationError:
        # Some are not objects. Then only a small notebook can be read in little memory.
        if has_more_values(data, _MAX_CELLS_OF_ANY_KIND):
            raise
    if not is_old:
        return msgspec.json.decode(content, type=_Cells).cells
    sheets = msgspec.json.decode(content, type=_Sheets).worksheets
    if len(sheets) > _MAX_CELLS:
        raise _too_many_code_cells()
    return [cell for sheet in sheets for cell in sheet.cells]


def _sort_cells(raws: Iterable[msgspec.Raw], texts: TextCells) -> tuple[list[_Cell], list[int]]:
    """Return the code cells, and the places of the cells that are neither code nor text.

    Raises:
        UnreadableSubmissionError: There are too many code cells.
    """
    cells: list[_Cell] = []
    odd: list[int] = []
    for place, raw in enumerate(raws, start=1):
        try:
            cell = msgspec.json.decode(raw, type=_Cell)
        except msgspec.ValidationError:
            odd.append(place)
            continue
        kind = text_of(cell.cell_type, _LONGEST_KIND + 1)
        if kind == "code":
            cells.append(cell)
        elif kind in _KINDS_OF_TEXT:
            texts.add(kind, cell.source, after=len(cells))
        else:
            odd.append(place)
    if len(cells) > _MAX_CELLS:
        raise _too_many_code_cells()
    return cells, odd


def _too_many_code_cells() -> UnreadableSubmissionError:
    return UnreadableSubmissionError(
        f"this notebook has more than {_MAX_CELLS} code cells, which is the limit"
    )


def _describe_odd(places: Sequence[int]) -> str:
    shown = ", ".join(map(str, places[:_MAX_SHOWN]))
    more = f" and {len(places) - _MAX_SHOWN} more" if len(places) > _MAX_SHOWN else ""
    if len(places) == 1:
        what = f"cell {shown} is neither code nor text, so it was left out"
    else:
        what = f"cells {shown}{more} are neither code nor text, so they were left out"
    return f"{what} (counting cells of all kinds)"


def _execution_counts(cells: Sequence[_Cell]) -> list[int]:
    """Return the number that Jupyter shows beside each cell; 0 for none, or if it isn't unique."""
    counts = [_count(cell.execution_count) or _count(cell.prompt_number) for cell in cells]
    times = Counter(counts)
    return [count if times[count] == 1 else 0 for count in counts]


def _count(raw: msgspec.Raw) -> int:
    try:
        count = msgspec.json.decode(raw, type=int)
    except msgspec.ValidationError:
        return 0
    return count if 0 < count < _MAX_COUNT else 0


def _sources(cells: Sequence[_Cell], max_source: int) -> Iterator[str | None]:
    """Yield the source of each code cell: empty if it has none, and None if it is not text.

    Raises:
        UnreadableSubmissionError: They are too long.
    """
    raws = [cell.input if cell.source is msgspec.UNSET else cell.source for cell in cells]
    # Before any is decoded.
    size = sum(len(memoryview(raw)) for raw in raws if raw is not msgspec.UNSET)
    check_source_size(size // _BYTES_OF_CHARACTER, limit=max_source)
    characters = 0
    for raw in raws:
        source = "" if raw is msgspec.UNSET else _text(raw)
        characters += len(source or "")
        check_source_size(characters, limit=max_source)
        yield source


def _text(raw: msgspec.Raw) -> str | None:
    """Return a source, which may be a text, a list of texts, or lists in lists; else None."""
    try:
        lines = msgspec.json.decode(raw, type=str | list[str] | None)
    except msgspec.ValidationError:
        if len(memoryview(raw)) > _MAX_NESTED_BYTES:
            return None
        lines = _flatten(msgspec.json.decode(raw))
        if lines is None:
            return None
    return lines if isinstance(lines, str) else "".join(lines or ())


def _flatten(value: object) -> list[str] | None:
    """Return the texts in lists of lists, in order; None if there is anything else in them."""
    texts: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, str):
            texts.append(one)
        elif one is not None:
            return None
    return texts


def _count_cells(content: _Content, *, is_old: bool) -> None:
    """Refuse more cells than can be decoded in little memory."""
    if is_old:
        count = len(msgspec.json.decode(content, type=_CountedSheets).worksheets)
        if count <= _MAX_CELLS_OF_ANY_KIND:
            sheets = msgspec.json.decode(content, type=_SheetsOfCountedCells).worksheets
            count = sum(len(sheet.cells) for sheet in sheets)
    else:
        count = len(msgspec.json.decode(content, type=_CountedCells).cells)
    if count > _MAX_CELLS_OF_ANY_KIND:
        raise UnreadableSubmissionError(
            f"this notebook has more than {_MAX_CELLS_OF_ANY_KIND} cells, which is the limit"
        )
