"""Reads forms with files as they stream in: what is too large, or too slow, is never kept.

Small files stay in memory, others go to nameless files in the data folder, so many uploads at once
fill neither the memory nor a ``/tmp`` that is in it. What comes after the limit is read and thrown
away, up to a point: browsers show an answer only if they could send everything.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

KIB = 1024
MIB = 1024 * KIB
_MAX_FILES = 100
_MAX_FIELDS = 20
# The boundaries and headers of all parts.
_OVERHEAD_BYTES = 64 * KIB
_IN_MEMORY_BYTES = 256 * KIB
_THROWN_AWAY_BYTES = 64 * MIB
# Nothing for so long, or all of it longer than that, is too slow: 10 MiB need 45 kB/s.
_IDLE_S = 20.0
_TOTAL_S = 240.0


class TooLargeError(HTTPException):
    """A form that is larger than the limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(413, f"This is larger than {limit_bytes / MIB:g} MiB, which is the limit.")


@dataclass(slots=True)
class UploadedFile:
    """A file of a form; ``name`` is what the browser says, which can be anything."""

    name: str
    stream: IO[bytes]
    size_bytes: int = 0


@dataclass(slots=True)
class Upload:
    """A form with files, as far as it was read."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[UploadedFile] = field(default_factory=list)


@asynccontextmanager
async def read_upload(request: Request, *, max_bytes: int, folder: Path) -> AsyncIterator[Upload]:
    """Read a form with files. Leaving the context deletes what is on the disk.

    Args:
        request: The request.
        max_bytes: How much all files and fields may have together.
        folder: Where larger files are kept for the moment.

    Raises:
        HTTPException: It is too large or too slow, or is not such a form.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise HTTPException(400)
    reader = _Reader(max_bytes, folder)
    try:
        await _feed(request, reader, boundary, max_bytes + _OVERHEAD_BYTES)
        yield reader.upload
    finally:
        for file in reader.upload.files:
            file.stream.close()


async def _feed(request: Request, reader: "_Reader", boundary: bytes, max_bytes: int) -> None:
    parser = MultipartParser(boundary, reader.callbacks())
    size = 0
    async for chunk in _chunks(request):
        size += len(chunk)
        if size > max_bytes + _THROWN_AWAY_BYTES:
            break
        if size > max_bytes:
            reader.drop()
        if reader.is_dropped:
            continue
        try:
            parser.write(chunk)
        except TooLargeError:
            reader.drop()
        except (FormParserError, ValueError) as error:
            raise HTTPException(400) from error
    if reader.is_dropped:
        raise TooLargeError(reader.max_bytes)
    if not reader.is_complete:
        raise HTTPException(400, "Not all of this has arrived. Nothing was kept.")


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """Yield what arrives, as long as it comes fast enough."""
    deadline = time.monotonic() + _TOTAL_S
    stream = request.stream()
    try:
        while True:
            async with asyncio.timeout(min(_IDLE_S, deadline - time.monotonic())):
                chunk = await anext(stream, b"")
            if not chunk:
                return
            yield chunk
    except TimeoutError as error:
        raise HTTPException(408, "This took too long to arrive. Nothing was kept.") from error
    except ClientDisconnect as error:
        raise HTTPException(400) from error


class _Reader:
    """Keeps what a parser finds, as far as it may have it."""

    def __init__(self, max_bytes: int, folder: Path) -> None:
        self.max_bytes = max_bytes
        self.upload = Upload()
        self.is_complete = False
        self.is_dropped = False
        self._folder = folder
        self._left = max_bytes
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._disposition = b""
        self._name = ""
        self._file: UploadedFile | None = None
        self._field = bytearray()

    def callbacks(self) -> "MultipartCallbacks":
        """Return what the parser calls."""
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": self._add_name,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._add_data,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def drop(self) -> None:
        """Forget what was read: it is too much."""
        self.is_dropped = True
        for file in self.upload.files:
            file.stream.close()
        self.upload.files.clear()
        self.upload.fields.clear()

    def _begin_part(self) -> None:
        self._disposition, self._name, self._file = b"", "", None
        self._field.clear()

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            if len(self.upload.fields) >= _MAX_FIELDS:
                raise ValueError("too many fields")
            return
        if len(self.upload.files) >= _MAX_FILES:
            raise ValueError("too many files")
        stream = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by `read_upload`
            max_size=_IN_MEMORY_BYTES, dir=str(self._folder)
        )
        self._file = UploadedFile(
            name=options[b"filename"].decode("utf-8", "replace"), stream=stream
        )
        self.upload.files.append(self._file)

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        self._left -= end - start
        if self._left < 0:
            raise TooLargeError(self.max_bytes)
        if self._file is None:
            self._field += data[start:end]
        else:
            self._file.stream.write(data[start:end])
            self._file.size_bytes += end - start

    def _end_part(self) -> None:
        if self._file is None:
            self.upload.fields[self._name] = self._field.decode("utf-8", "replace")

    def _end(self) -> None:
        self.is_complete = True
