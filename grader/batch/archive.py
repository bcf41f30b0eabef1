"""Reads zip archives without unpacking them, and believes nothing that they say of themselves.

The list of contents is read once and judged; a file's bytes are read when they are asked for, and
no more of them than a submission may have. Not defended: the time that is spent on a list of
contents that is just within the limits.
"""

import functools
import io
import stat
import struct
import weakref
import zipfile
from calendar import timegm
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from grader.batch.archive_names import Names, RefusedNameError, clean_path, decode_name
from grader.batch.gradable_files import is_junk
from grader.batch.tree import MAX_FILES, READ_ERRORS, Tree, TreeFile, reading
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.class_model import Skipped

MIB = 2**20
_ENCRYPTED = 0x1
# Deflate makes at most 1032 bytes of one; source code and notebooks are below 50.
_MAX_RATIO = 250
_ALWAYS_FINE_BYTES = 4 * MIB
_LOCAL_HEADER_BYTES = 30
_END, _END_BYTES, _MAX_COMMENT_BYTES = b"PK\x05\x06", 22, 65_535
_END64, _END64_BYTES, _LOCATOR_BYTES = b"PK\x06\x06", 56, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """What an archive may hold at most."""

    files: int
    contents_bytes: int
    total_bytes: int


OF_A_CLASS = ArchiveLimits(files=MAX_FILES, contents_bytes=64 * MIB, total_bytes=64 * 1024 * MIB)
# An archive that one student has handed in.
OF_A_STUDENT = ArchiveLimits(files=5000, contents_bytes=2 * MIB, total_bytes=1024 * MIB)


class ArchiveError(Exception):
    """An archive that can't be used at all, and why."""


def tree_of_archive(path: Path) -> Tree:
    """List what an archive of a class holds; it stays open as long as anyone may read from it.

    Raises:
        UsageError: it can't be used as a whole.
    """
    if not path.is_file():
        raise UsageError(f"{path} is no zip archive: it is not a regular file")
    try:
        with path.open("rb") as file:
            _check_end(file, OF_A_CLASS)
        return _list(zipfile.ZipFile(path), OF_A_CLASS)
    except ArchiveError as error:
        raise UsageError(f"the archive {path} can't be used: {error}") from error
    except READ_ERRORS as error:
        raise UsageError(f"{path} is no zip archive, or a damaged one: {error}") from error


def tree_of_export(file: TreeFile) -> Tree:
    """List what an archive holds that lies in a folder or an archive, and may be a class's.

    One on a disk stays open as long as anyone may read from it; one in an archive is read whole.

    Raises:
        UnreadableSubmissionError: it can't be used, and why.
    """
    with reading(file.name):
        stream = file.open_stream()
    if isinstance(stream, zipfile.ZipExtFile):  # going back in it means to begin again
        stream.close()
        stream = io.BytesIO(file.read())
    try:
        with reading(file.name):
            _check_end(stream, OF_A_CLASS)
            archive = zipfile.ZipFile(stream)
            weakref.finalize(archive, stream.close)  # it leaves open what it didn't open
            return _list(archive, OF_A_CLASS)
    except ArchiveError as error:
        stream.close()
        raise UnreadableSubmissionError(f"{file.name} can't be used: {error}") from error
    except UnreadableSubmissionError:
        stream.close()
        raise


def tree_inside(file: TreeFile) -> Tree:
    """List what an archive holds that a student has handed in.

    Raises:
        UnreadableSubmissionError: it can't be used, and why.
    """
    stream = io.BytesIO(file.read())
    try:
        with reading(file.name):
            _check_end(stream, OF_A_STUDENT)
            return _list(zipfile.ZipFile(stream), OF_A_STUDENT)
    except ArchiveError as error:
        raise UnreadableSubmissionError(f"{file.name} can't be used: {error}") from error


def _check_end(file: IO[bytes], limits: ArchiveLimits) -> None:
    """Refuse a list of contents that is too long to be read, before zipfile reads it."""
    size_bytes = file.seek(0, io.SEEK_END)
    start = max(0, size_bytes - _END_BYTES - _MAX_COMMENT_BYTES)
    file.seek(start)
    tail = file.read(_END_BYTES + _MAX_COMMENT_BYTES)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_BYTES:
        raise ArchiveError("it has no end, as when a download was cut short")
    (contents_bytes,) = struct.unpack_from("<L", tail, place + 12)
    file.seek(max(0, start + place - _LOCATOR_BYTES - _END64_BYTES))
    end64 = file.read(_END64_BYTES)
    if end64.startswith(_END64) and len(end64) == _END64_BYTES:
        contents_bytes = max(contents_bytes, struct.unpack_from("<Q", end64, 40)[0])
    file.seek(0)
    if min(contents_bytes, size_bytes) > limits.contents_bytes:
        raise ArchiveError(f"more than {limits.files} files are in it")


def _list(archive: zipfile.ZipFile, limits: ArchiveLimits) -> Tree:
    infos = archive.infolist()
    if len(infos) > limits.files:
        raise ArchiveError(f"more than {limits.files} files are in it")
    if sum(info.file_size for info in infos) > limits.total_bytes:
        raise ArchiveError(
            f"it says to hold more than {limits.total_bytes // 2**30} GiB, as only a trap does"
        )
    listing = _Listing()
    overlapping = _overlapping(infos)
    for info in infos:
        name = decode_name(info)
        try:
            listing.add(archive, info, clean_path(name), is_folder=name.endswith("/"),
                        overlaps=info.header_offset in overlapping)  # fmt: skip
        except RefusedNameError as error:
            listing.skip(_visible(name), str(error))
    return listing.tree()


def _overlapping(infos: Iterable[zipfile.ZipInfo]) -> set[int]:
    """Find where files share the bytes of others, as they do in archives that are traps."""
    found, end = set(), 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            found.add(info.header_offset)
        end = max(end, info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size)
    return found


@dataclass
class _Listing:
    """What was listed so far."""

    files: list[TreeFile] = field(default_factory=list)
    folders: dict[str, None] = field(default_factory=dict)
    junk: dict[str, None] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    def skip(self, path: str, reason: str) -> None:
        self.skipped.append(Skipped(path=path, reason=reason))

    def add(
        self,
        archive: zipfile.ZipFile,
        info: zipfile.ZipInfo,
        path: str,
        *,
        is_folder: bool,
        overlaps: bool,
    ) -> None:
        parts = path.split("/")
        litter = next((place for place, part in enumerate(parts) if is_junk(part)), None)
        if litter is not None:
            self._note_folders(parts[:litter])
            self.junk["/".join(parts[: litter + 1])] = None
            return
        if is_folder:
            self._note_folders(parts)
            return
        self.names.add(path)
        self._note_folders(parts[:-1])
        problem = "it shares bytes with another file" if overlaps else _problem(info)
        if problem:
            self.skip(path, problem)
        self.files.append(
            TreeFile(
                path=path,
                size_bytes=info.file_size,
                modified_s=_seconds(info.date_time),
                open_stream=functools.partial(archive.open, info),
                problem=problem,
            )
        )

    def _note_folders(self, parts: list[str]) -> None:
        for end in range(len(parts), 0, -1):
            path = "/".join(parts[:end])
            if path in self.folders:
                break
            self.folders[path] = None

    def tree(self) -> Tree:
        return Tree(
            files=tuple(sorted(self.files, key=lambda file: file.path)),
            folders=tuple(sorted(self.folders)),
            junk=tuple(sorted(self.junk)),
            skipped=tuple(self.skipped),
        )


def _problem(info: zipfile.ZipInfo) -> str:
    """Say why a file is not read, if it isn't."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a symbolic link; hand in the file itself"
    if kind not in (0, stat.S_IFREG):
        return "it is not a regular file"
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted"
    # Others can make of a few bytes what no memory holds, in one step that can't be bounded.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed by another method than Deflate"
    if info.file_size > max(_ALWAYS_FINE_BYTES, _MAX_RATIO * info.compress_size):
        return "it says to be far larger than what is there of it can be"
    return ""


def _seconds(date_time: tuple[int, int, int, int, int, int]) -> float:
    try:
        return float(timegm((*date_time, 0, 0, 0)))
    except ValueError:  # a month that there isn't
        return 0.0


def _visible(name: str) -> str:
    """Write a refused name so that it can be shown, whatever is in it."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in name)[:200]
