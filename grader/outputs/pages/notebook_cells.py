"""What a page can show of a notebook: text, code, plain outputs and PNG images.

The bytes come from a student and may be anything. Parts that are malformed are skipped, and there
is a limit on everything that is read.
"""

import base64
import binascii
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

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
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)

_PNG = b"\x89PNG\r\n\x1a\n"
_CUT = "\n... (cut here)"
_COLOR_CODE = re.compile(r"\x1b\[[0-9;]{0,20}m")


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
        ValueError: The data is not JSON.
        RecursionError: The JSON is nested too deeply.
    """
    if not _has_few_values(data):
        return Cells((), is_cut=True)
    room = _Room()
    found = list(_read(json.loads(data.decode("utf-8-sig")), room))
    return Cells(tuple(found), room.is_cut)


def _has_few_values(data: bytes) -> bool:
    """Return whether a JSON text can be read soon: it has at most `_MAX_VALUES` values.

    Every value but the first of its list has a comma before it.
    """
    if _count_signs(data) <= _MAX_VALUES:
        return True
    if max(data.count(b'"'), data.count(b"\\")) > 4 * _MAX_VALUES:
        return False
    return _count_signs(_STRING.sub(b"", data)) <= _MAX_VALUES  # signs in texts don't count


def _count_signs(data: bytes) -> int:
    return sum(map(data.count, (b",", b"[", b"{")))


def _read(content: object, room: _Room) -> Iterator[Cell]:
    number = 0
    for count, cell in enumerate(_cells(content)):
        if count >= MAX_CELLS:
            room.is_cut = True
            return
        kind = cell.get("cell_type")
        whole = _text(cell.get("source", cell.get("input")), limit=max(room.whole, _MAX_CELL + 1))
        if kind == "code":
            number += 1
            room.whole = max(0, room.whole - len(whole))
            yield Cell(
                number=number,
                source=_take(whole, room, "code", _MAX_CELL),
                whole=whole,
                outputs=tuple(_outputs(cell.get("outputs"), room)),
            )
        elif kind in {"markdown", "heading"}:
            level = cell.get("level")
            marks = "#" * level + " " if isinstance(level, int) and 0 < level <= 6 else ""  # noqa: PLR2004 - as in HTML
            yield Cell(number=0, source=_take(marks + whole, room, "text", _MAX_CELL), whole="")


def _cells(content: object) -> Iterator[dict[str, object]]:
    if not isinstance(content, dict):
        return
    yield from _dicts(content.get("cells"))
    for sheet in _dicts(content.get("worksheets")):
        yield from _dicts(sheet.get("cells"))


def _dicts(values: object) -> Iterator[dict[str, object]]:
    if isinstance(values, list):
        yield from (value for value in values if isinstance(value, dict))


def _text(value: object, *, limit: int = 4 * _MAX_ONE_OUTPUT) -> str:
    r"""Return the beginning of a text, with ``\n`` as line ends.

    Args:
        value: The text, which may be stored as a list of lines.
        limit: The maximal number of characters.
    """
    if isinstance(value, str):
        value = [value]
    parts: list[str] = []
    for part in value if isinstance(value, list) else ():
        if limit <= 0:
            break
        if isinstance(part, str):
            parts.append(part[:limit])
            limit -= len(part) + 1  # empty parts cost something too
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


def _outputs(outputs: object, room: _Room) -> Iterator[str | Image]:
    for count, output in enumerate(_dicts(outputs)):
        if count >= _MAX_OUTPUTS_OF_CELL:
            room.is_cut = True
            return
        data = output.get("data", output)  # format 3 has no "data" in between
        png = data.get("png", data.get("image/png")) if isinstance(data, dict) else None
        image = _image(_text(png, limit=2 * _MAX_IMAGE_BYTES), room) if png is not None else None
        if image is not None:
            yield image
            continue
        found = itertools.islice(_texts(output, data), _MAX_ONE_OUTPUT)
        text = "\n".join(filter(None, map(_text, found)))[: 4 * _MAX_ONE_OUTPUT]
        shown = _take(_as_on_screen(text), room, "output", _MAX_ONE_OUTPUT)
        if shown.strip():
            yield shown


def _texts(output: dict[str, object], data: object) -> Iterable[object]:
    """Return the plain texts of an output: a stream, a value or a traceback."""
    traceback = output.get("traceback")
    if isinstance(traceback, list):
        return traceback
    if isinstance(data, dict):
        return (data.get("text"), data.get("text/plain"))
    return ()


def _as_on_screen(text: str) -> str:
    r"""Remove colour codes, and the parts of lines that ``\r`` has overwritten."""
    text = _COLOR_CODE.sub("", text)
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return "\n".join(lines)


def _image(encoded: str, room: _Room) -> Image | None:
    """Accept an image only if it is a PNG and small enough."""
    if len(encoded) >= 2 * _MAX_IMAGE_BYTES:
        room.is_cut = True
        return None
    if room.images <= 0:
        room.is_cut = True
        return None
    room.images -= 1
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
