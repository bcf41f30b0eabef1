"""Reads the code cells of a Jupyter notebook, of any minor version of formats 3 and 4.

The formats are described in https://nbformat.readthedocs.io/.
"""

import sys

import msgspec

from grader.errors import UnreadableSubmissionError
from grader.notebook_json import NOTHING, NotJsonError, has_more_values, prepare, text_of
from grader.observations.messages import CodeBlock, Note
from grader.submission.source_size import check_source_size

_OLDEST_FORMAT, _NEWEST_FORMAT = 3, 4
_MAX_CELLS = 5_000
_MAX_CELLS_OF_ANY_KIND = 50_000
# Numbers, texts, lists and objects, mostly in stored outputs.
_MAX_VALUES = 4_000_000
# Bytes of the source's JSON for each character that is allowed; escapes take several.
_BYTES_OF_CHARACTER = 3


# What a notebook has besides these fields is skipped: outputs are most of the bytes, and what
# editors often get wrong (metadata, ids, attachments) doesn't matter for grading.
class _Format(msgspec.Struct):
    nbformat: msgspec.Raw = NOTHING


class _Object(msgspec.Struct, gc=False):
    """Any object, of which only the number matters: it takes 16 bytes."""


class _CountedCells(msgspec.Struct):
    cells: list[_Object]


class _CountedSheets(msgspec.Struct):
    worksheets: list[_Object]


class _SheetsOfCountedCells(msgspec.Struct):
    worksheets: list[_CountedCells]


class _Cell(msgspec.Struct):
    """A cell. Format 3 calls the source of a code cell ``input``."""

    cell_type: msgspec.Raw
    source: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    input: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Cells(msgspec.Struct):
    cells: list[_Cell]


class _Sheets(msgspec.Struct):
    worksheets: list[_Cells]


_Content = bytes | bytearray | memoryview


def read_notebook(
    data: bytes, *, max_source: int = sys.maxsize
) -> tuple[tuple[CodeBlock, ...], tuple[Note, ...]]:
    """Read the code cells of a notebook, in order; stored outputs are ignored.

    Args:
        data: The bytes of the file.
        max_source: The number of characters that the code cells may have together.

    Returns:
        A code block for each code cell, labelled ``cell N``, where code cells are counted from 1;
        and notes about what was noticed, today always none.

    Raises:
        UnreadableSubmissionError: The data is not JSON, not a notebook, in another format, or
            larger than one of the limits.
    """
    _check_count(data)
    content = _prepare(data)
    major = _major_version(content)
    if not _OLDEST_FORMAT <= major <= _NEWEST_FORMAT:
        raise UnreadableSubmissionError(
            f"this notebook is in format {major}, and only 3 and 4 can be read; "
            "open it in Jupyter and save it again"
        )
    try:
        sources = _code_sources(content, max_source, is_old=major == _OLDEST_FORMAT)
    except (msgspec.ValidationError, TypeError) as error:
        # Not guessed at, since that could silently lose functions.
        raise UnreadableSubmissionError(
            "this notebook is damaged: its cells can't be read; open and save it in Jupyter"
        ) from error
    blocks = tuple(
        CodeBlock(label=f"cell {number}", source=_clean(source))
        for number, source in enumerate(sources, start=1)
    )
    return blocks, ()


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


def _prepare(data: bytes) -> _Content:
    try:
        return prepare(data)
    except UnicodeDecodeError as error:
        raise UnreadableSubmissionError("this notebook is not UTF-8") from error
    except NotJsonError as error:
        raise UnreadableSubmissionError(f"this notebook is not valid JSON: {error}") from error
    except RecursionError as error:
        raise UnreadableSubmissionError("this notebook is nested too deeply") from error


def _major_version(content: _Content) -> int:
    try:
        major = msgspec.json.decode(content, type=_Format).nbformat
    except msgspec.ValidationError as error:
        raise UnreadableSubmissionError("this JSON file is not a notebook") from error
    try:
        return msgspec.json.decode(major, type=int)
    except msgspec.ValidationError as error:
        if "out of range" in str(error):
            message = "this notebook is not valid JSON: its nbformat is out of range"
        else:
            message = "this JSON file is not a notebook: it has no nbformat"
        raise UnreadableSubmissionError(message) from error


def _code_sources(content: _Content, max_source: int, *, is_old: bool) -> list[str]:
    """Return the source of each code cell.

    Raises:
        UnreadableSubmissionError: There are too many cells, or they are too long.
        msgspec.ValidationError: The cells are not what a notebook has.
        TypeError: A code cell has no source.
    """
    _count_cells(content, is_old=is_old)
    sheets: list[_Cells] = []
    if is_old:
        sheets = msgspec.json.decode(content, type=_Sheets).worksheets
        cells = [cell for sheet in sheets for cell in sheet.cells]
    else:
        cells = msgspec.json.decode(content, type=_Cells).cells
    found = [cell.input if is_old else cell.source for cell in cells if _is_code(cell)]
    if max(len(found), len(sheets)) > _MAX_CELLS:
        raise UnreadableSubmissionError(
            f"this notebook has more than {_MAX_CELLS} code cells, which is the limit"
        )
    raws = [raw for raw in found if raw is not msgspec.UNSET]
    if len(raws) < len(found):
        message = "a code cell without a source"
        raise TypeError(message)
    size = sum(len(memoryview(raw)) for raw in raws)  # before any is decoded
    check_source_size(size // _BYTES_OF_CHARACTER, limit=max_source)
    sources = []
    characters = 0
    for raw in raws:
        lines = msgspec.json.decode(raw, type=str | list[str] | None)
        source = lines if isinstance(lines, str) else "".join(lines or ())
        characters += len(source)
        check_source_size(characters, limit=max_source)
        sources.append(source)
    return sources


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


def _is_code(cell: _Cell) -> bool:
    return text_of(cell.cell_type, len("code") + 1) == "code"
