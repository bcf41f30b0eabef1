"""What a page can show of a notebook: text, code, plain outputs and PNG images.

The bytes come from a student and may be anything. Parts that are malformed are skipped, and there
is a limit on everything that is read.
"""

import base64
import binascii
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from grader.notebook_json import NOTHING, count_marks, has_more_values, prepare, text_of
from grader.outputs.escaping import escape_controls

MAX_CELLS = 300
_MAX_CODE = 60_000  # characters in all cells
_MAX_TEXT = 40_000
_MAX_OUTPUT = 40_000
_MAX_WHOLE = 400_000  # in which definitions are searched for
_MAX_CELL = 10_000
_MAX_ONE_OUTPUT = 5_000
_MAX_OUTPUTS_OF_CELL = 20
_MAX_IMAGES = 40
_MAX_IMAGE_BYTES = 1024 * 1024  # over all images
_MAX_IMAGE_SIDE = 4000
_MAX_VALUES = 300_000  # of the JSON: each takes time, however short it is

_LONGEST_TYPE = len("markdown") + 1
_PNG = b"\x89PNG\r\n\x1a\n"
_CUT = "\n... (cut here)"
_COLOR_CODE = re.compile(r"\x1b\[[0-9;]{0,20}m")


# Only these fields are parsed, each when it is needed: most are never shown.
class _Notebook(msgspec.Struct):
    cells: msgspec.Raw = NOTHING
    worksheets: msgspec.Raw = NOTHING


class _Cell(msgspec.Struct):
    cell_type: msgspec.Raw = NOTHING
    source: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    input: msgspec.Raw = NOTHING
    level: msgspec.Raw = NOTHING
    outputs: msgspec.Raw = NOTHING


class _Data(msgspec.Struct):
    """The formats in which a value is stored; those of format 3 have short names."""

    png: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    image_png: msgspec.Raw | msgspec.UnsetType = msgspec.field(
        default=msgspec.UNSET, name="image/png"
    )
    text: msgspec.Raw = NOTHING
    text_plain: msgspec.Raw = msgspec.field(default=NOTHING, name="text/plain")


class _Output(_Data):
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    traceback: msgspec.Raw = NOTHING


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Image:
    """A PNG image, in base64."""

    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell: Markdown text, or code with its outputs.

    Attributes:
        number: The place among the code cells, from 1, as in the notes of a report; 0 for text.
        source: The part of the source that is shown.
        whole: The whole source of a code cell, or as much of it as is searched for definitions.
        outputs: Texts and images.
    """

    number: int
    source: str
    whole: str
    outputs: tuple[str | Image, ...] = ()


@dataclass(slots=True)
class _Room:
    """How much more may be read, and whether anything was left out."""

    code: int = _MAX_CODE
    text: int = _MAX_TEXT
    output: int = _MAX_OUTPUT
    whole: int = _MAX_WHOLE
    images: int = _MAX_IMAGES
    image_bytes: int = _MAX_IMAGE_BYTES
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a notebook, and whether anything was left out."""

    cells: tuple[Cell, ...]
    is_cut: bool = field(default=False)


def read_cells(data: bytes) -> Cells:
    """Read what can be shown of a notebook of format 3 or 4.

    Raises:
        ValueError: The data is not JSON, or not a notebook.
        RecursionError: The JSON is nested too deeply.
    """
    if not _has_few_values(data):
        return Cells((), is_cut=True)
    room = _Room()
    found = list(_read(prepare(data), room))
    return Cells(tuple(found), room.is_cut)


def _has_few_values(data: bytes) -> bool:
    """Return whether a JSON text can be read soon: it has at most `_MAX_VALUES` values."""
    if count_marks(data) <= _MAX_VALUES:
        return True
    if max(data.count(b'"'), data.count(b"\\")) > 4 * _MAX_VALUES:
        return False
    return not has_more_values(data, _MAX_VALUES)  # signs in texts don't count


def _read(content: bytes | bytearray | memoryview, room: _Room) -> Iterator[Cell]:
    number = 0
    for count, cell in enumerate(_cells(content)):
        if count >= MAX_CELLS:
            room.is_cut = True
            return
        kind = text_of(cell.cell_type, _LONGEST_TYPE)
        source = cell.input if cell.source is msgspec.UNSET else cell.source
        whole = _text(source, limit=max(room.whole, _MAX_CELL + 1))
        if kind == "code":
            number += 1
            room.whole = max(0, room.whole - len(whole))
            yield Cell(
                number=number,
                source=_take(whole, room, "code", _MAX_CELL),
                whole=whole,
                outputs=tuple(_outputs(cell.outputs, room)),
            )
        elif kind in {"markdown", "heading"}:
            level = _decode(cell.level, int) or 0
            marks = "#" * level + " " if 0 < level <= 6 else ""  # noqa: PLR2004 - as in HTML
            yield Cell(number=0, source=_take(marks + whole, room, "text", _MAX_CELL), whole="")


def _cells(content: bytes | bytearray | memoryview) -> Iterator[_Cell]:
    notebook = msgspec.json.decode(content, type=_Notebook)
    yield from _all(notebook.cells, _Cell)
    for sheet in _all(notebook.worksheets, _Notebook):
        yield from _all(sheet.cells, _Cell)


def _decode(raw: msgspec.Raw, kind: type[_T]) -> _T | None:
    """Return a value if it is of a kind, else None."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError:
        return None


def _all(values: msgspec.Raw, kind: type[_T]) -> Iterator[_T]:
    """Yield the values of a list that are of a kind; nothing if it is not a list."""
    for value in _decode(values, list[msgspec.Raw]) or ():
        decoded = _decode(value, kind)
        if decoded is not None:
            yield decoded


def _text(value: msgspec.Raw, *, limit: int = 4 * _MAX_ONE_OUTPUT) -> str:
    r"""Return the beginning of a text, with ``\n`` as line ends.

    Args:
        value: The text, which may be stored as a list of lines.
        limit: The maximal number of characters.
    """
    parts: list[str] = []
    for part in _decode(value, list[msgspec.Raw]) or (value,):
        if limit <= 0:
            break
        text = text_of(part, limit)
        parts.append(text)
        limit -= len(text) + 1  # empty parts cost something too
    text = "".join(parts).encode("utf-8", "replace").decode()
    return text.replace("\r\n", "\n")


def _take(text: str, room: _Room, kind: str, most: int) -> str:
    """Return as much of a text as there is room for, with control characters escaped."""
    allowed = min(most, getattr(room, kind))
    shown = escape_controls(text[: allowed + 1])
    setattr(room, kind, getattr(room, kind) - min(len(shown), allowed))
    if len(shown) <= allowed:
        return shown
    room.is_cut = True
    return shown[:allowed] + _CUT if allowed else ""


def _outputs(outputs: msgspec.Raw, room: _Room) -> Iterator[str | Image]:
    for count, output in enumerate(_all(outputs, _Output)):
        if count >= _MAX_OUTPUTS_OF_CELL:
            room.is_cut = True
            return
        # Format 3 has no "data" in between.
        data = output if output.data is msgspec.UNSET else _decode(output.data, _Data)
        image = None if data is None else _image(data, room)
        if image is not None:
            yield image
            continue
        found = itertools.islice(_texts(output, data), _MAX_ONE_OUTPUT)
        text = "\n".join(filter(None, map(_text, found)))[: 4 * _MAX_ONE_OUTPUT]
        shown = _take(_as_on_screen(text), room, "output", _MAX_ONE_OUTPUT)
        if shown.strip():
            yield shown


def _texts(output: _Output, data: _Data | None) -> Iterable[msgspec.Raw]:
    """Return the plain texts of an output: a stream, a value or a traceback."""
    traceback = _decode(output.traceback, list[msgspec.Raw])
    if traceback is not None:
        return traceback
    return () if data is None else (data.text, data.text_plain)


def _as_on_screen(text: str) -> str:
    r"""Remove colour codes, and the parts of lines that ``\r`` has overwritten."""
    text = _COLOR_CODE.sub("", text)
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return "\n".join(lines)


def _image(stored: _Data, room: _Room) -> Image | None:
    """Accept an image only if it is a PNG and small enough."""
    png = stored.image_png if stored.png is msgspec.UNSET else stored.png
    if png is msgspec.UNSET:
        return None
    if len(memoryview(png)) >= 2 * _MAX_IMAGE_BYTES:
        room.is_cut = True
        return None
    if room.images <= 0:
        room.is_cut = True
        return None
    room.images -= 1
    encoded = _text(png, limit=2 * _MAX_IMAGE_BYTES)
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    sides = (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    if not data.startswith(_PNG) or data[12:16] != b"IHDR" or max(sides) > _MAX_IMAGE_SIDE:
        return None
    if len(data) > room.image_bytes:
        room.is_cut = True
        return None
    room.image_bytes -= len(data)
    return Image(base64.b64encode(data).decode("ascii"))
