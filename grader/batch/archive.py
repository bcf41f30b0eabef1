"""Zip archives as trees: they are read without being unpacked, and nothing they claim is trusted.

The central directory is read and judged once. A file's bytes are read only when they are requested,
and no more of them than a submission may have. Not defended: the time it takes to read a central
directory that is just within the limits.
"""

import functools
import io
import stat
import struct
import weakref
import zipfile
from calendar import timegm
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from grader.batch.archive_names import (
    Names,
    RefusedNameError,
    clean_path,
    decode_name,
    is_folder_name,
)
from grader.batch.gradable_files import HAND_IN_ITSELF, is_junk
from grader.batch.open_beneath import open_given
from grader.batch.tree import MAX_FILES, READ_ERRORS, Tree, TreeFile, reading
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.class_model import Skipped

MIB = 2**20
_ENCRYPTED = 0x1
# Deflate expands one byte to at most 1032; source code and notebooks stay below 50.
_MAX_RATIO = 250
_ALWAYS_FINE_BYTES = 4 * MIB
_LOCAL_HEADER_BYTES = 30
_BEGINNING = b"PK"
_ENTRY, _LEAST_ENTRY_BYTES = b"PK\x01\x02", 46
_END, _END_BYTES, _MAX_COMMENT_BYTES = b"PK\x05\x06", 22, 65_535
_END64, _END64_BYTES, _LOCATOR_BYTES = b"PK\x06\x06", 56, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """The limits for an archive.

    Attributes:
        files: The number of its members.
        directory_bytes: The size of its central directory.
        total_bytes: The size of all its members, unpacked.
    """

    files: int
    directory_bytes: int
    total_bytes: int


CLASS_LIMITS = ArchiveLimits(files=MAX_FILES, directory_bytes=64 * MIB, total_bytes=64 * 1024 * MIB)
# For an archive that one student has handed in.
STUDENT_LIMITS = ArchiveLimits(files=5000, directory_bytes=2 * MIB, total_bytes=1024 * MIB)


# What other archives begin with, which people rename to .zip.
_OTHER_KINDS = (
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"%PDF-", "a PDF"),
)
_LONGEST_MARK = 8


class ArchiveError(Exception):
    """An archive that can't be used as a whole; the message says why."""


class _NotZipError(ArchiveError):
    """A file that is not a zip at all, whatever its name says."""


class _OtherKindError(_NotZipError):
    """A file of which it is known what it is instead."""


class RenamedArchiveError(UnreadableSubmissionError):
    """An archive of another kind that a student has handed in as a zip."""


def tree_of_archive(path: Path) -> Tree:
    """List the contents of an archive with the work of a class.

    The archive stays open as long as a file of the tree exists.

    Raises:
        UsageError: the archive can't be used as a whole.
    """
    try:
        stream = open_given(path)
    except OSError as error:
        raise UsageError(f"{path} is not a zip archive: {error.strerror}") from error
    try:
        return _list_class(stream, CLASS_LIMITS)
    except _NotZipError as error:
        raise UsageError(
            f"{path} can't be used: {error}; unpack it yourself, and give the folder"
        ) from error
    except ArchiveError as error:
        raise UsageError(f"the archive {path} can't be used: {error}") from error
    except READ_ERRORS as error:
        raise UsageError(f"{path} is damaged or not a zip archive: {error}") from error


def _list_class(stream: IO[bytes], limits: ArchiveLimits) -> Tree:
    """List the contents of an open archive, which is closed together with the last of its files."""
    try:
        _check_end(stream, limits)
        archive = zipfile.ZipFile(stream)
        weakref.finalize(archive, stream.close)  # ZipFile closes only what it opened itself
        return _list(archive, limits)
    except BaseException:
        stream.close()
        raise


def tree_of_export(file: TreeFile, *, limit: int = MAX_FILES) -> Tree:
    """List the contents of an archive that was found in a tree and may be the export of a class.

    An archive on disk stays open as long as a file of its tree exists. One inside another archive
    is read into memory.

    Args:
        file: The archive.
        limit: The number of files that it may contain.

    Raises:
        UnreadableSubmissionError: the archive can't be used.
    """
    with reading(file.name):
        stream = file.stream()
    if isinstance(stream, zipfile.ZipExtFile):  # seeking backwards in it means starting over
        stream.close()
        stream = io.BytesIO(file.read())
    try:
        with reading(file.name):
            return _list_class(stream, replace(CLASS_LIMITS, files=min(limit, MAX_FILES)))
    except ArchiveError as error:
        raise UnreadableSubmissionError(f"{file.name} can't be used: {error}") from error


def tree_inside(file: TreeFile) -> Tree:
    """List the contents of an archive that a student has handed in.

    Raises:
        RenamedArchiveError: it is known to be no zip.
        UnreadableSubmissionError: the archive can't be used.
    """
    stream = io.BytesIO(file.read())
    try:
        with reading(file.name):
            _check_end(stream, STUDENT_LIMITS)
            return _list(zipfile.ZipFile(stream), STUDENT_LIMITS)
    except _NotZipError as error:
        reason = f"{file.name} can't be used: {error}; {HAND_IN_ITSELF}"
        if isinstance(error, _OtherKindError):
            raise RenamedArchiveError(reason) from error
        raise UnreadableSubmissionError(reason) from error
    except ArchiveError as error:
        raise UnreadableSubmissionError(f"{file.name} can't be used: {error}") from error


def _check_end(file: IO[bytes], limits: ArchiveLimits) -> None:
    """Refuse an archive whose central directory is too large, before zipfile reads it."""
    size_bytes = file.seek(0, io.SEEK_END)
    if not size_bytes:
        raise ArchiveError("it is empty")
    file.seek(0)
    beginning = file.read(_LONGEST_MARK)
    other = next((kind for mark, kind in _OTHER_KINDS if beginning.startswith(mark)), "")
    if other:
        raise _OtherKindError(f"it is {other}, not a zip")
    start = max(0, size_bytes - _END_BYTES - _MAX_COMMENT_BYTES)
    file.seek(start)
    tail = file.read(_END_BYTES + _MAX_COMMENT_BYTES)
    place = tail.rfind(_END)
    if place < 0 and not beginning.startswith(_BEGINNING):
        raise _NotZipError("it is not a zip")
    if place < 0 or len(tail) - place < _END_BYTES:
        raise ArchiveError("its end is missing, as after an interrupted download")
    (directory_bytes,) = struct.unpack_from("<L", tail, place + 12)
    file.seek(max(0, start + place - _LOCATOR_BYTES - _END64_BYTES))
    end64 = file.read(_END64_BYTES)
    if end64.startswith(_END64) and len(end64) == _END64_BYTES:
        directory_bytes = max(directory_bytes, struct.unpack_from("<Q", end64, 40)[0])
    file.seek(0)
    end = start + place
    directory_bytes = min(directory_bytes, end)
    if directory_bytes > limits.directory_bytes or (
        directory_bytes > limits.files * _LEAST_ENTRY_BYTES
        and _count_entries(file, end, directory_bytes) > limits.files
    ):
        raise ArchiveError(_too_many(limits))


def _count_entries(file: IO[bytes], end: int, directory_bytes: int) -> int:
    """Return how many entries a central directory has at most, without making an object of each.

    Args:
        file: The archive.
        end: Where its end record begins. The directory ends there or a little before.
        directory_bytes: The size of the directory.
    """
    start = max(0, end - directory_bytes - _END64_BYTES - _LOCATOR_BYTES)
    file.seek(start)
    return file.read(end - start).count(_ENTRY)


def _too_many(limits: ArchiveLimits) -> str:
    return f"it contains more than {limits.files} files and folders, which is the limit"


def _list(archive: zipfile.ZipFile, limits: ArchiveLimits) -> Tree:
    infos = archive.infolist()
    if len(infos) > limits.files:
        raise ArchiveError(_too_many(limits))
    if sum(info.file_size for info in infos) > limits.total_bytes:
        raise ArchiveError(
            f"it claims to contain more than {limits.total_bytes // 2**30} GiB, as a zip bomb does"
        )
    listing = _Listing()
    overlapping = _overlapping(infos)
    for info in infos:
        name = decode_name(info)
        try:
            listing.add(archive, info, clean_path(name), is_folder=is_folder_name(name),
                        overlaps=info.header_offset in overlapping)  # fmt: skip
        except RefusedNameError as error:
            listing.skip(_visible(name), str(error))
        if len(listing.folders) > limits.files:
            raise ArchiveError(_too_many(limits))
    return listing.tree()


def _overlapping(infos: Iterable[zipfile.ZipInfo]) -> set[int]:
    """Return the header offsets of members that overlap an earlier one, as in zip bombs."""
    found, end = set(), 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            found.add(info.header_offset)
        end = max(end, info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size)
    return found


@dataclass
class _Listing:
    """The members that were listed so far."""

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
        """List a member.

        Args:
            archive: The archive, which reads it later.
            info: What the central directory says about it.
            path: Its path, as `clean_path` returned it.
            is_folder: Whether it is a folder.
            overlaps: Whether its data overlaps that of another member.

        Raises:
            RefusedNameError: its path can be confused with an earlier one.
        """
        parts = path.split("/")
        junk = next((place for place, part in enumerate(parts) if is_junk(part)), None)
        if junk is not None:
            self._add_folders(parts[:junk])
            self.junk["/".join(parts[: junk + 1])] = None
            return
        if is_folder:
            self._add_folders(parts)
            return
        self.names.add(path)
        self._add_folders(parts[:-1])
        problem = "it overlaps another file in the archive" if overlaps else _problem(info)
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

    def _add_folders(self, parts: list[str]) -> None:
        """List a folder, given as the parts of its path, and all folders that contain it."""
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
    """Return why a member is not read, or an empty string if it is."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a symbolic link; hand in the file itself"
    if kind not in (0, stat.S_IFREG):
        return "it is not a regular file"
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted; hand it in without a password"
    # Other methods can expand a few bytes beyond all memory in one step that can't be bounded.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return (
            "it is compressed by a method other than Deflate, which is not read here; zip it again"
            " with the usual settings"
        )
    if info.file_size > max(_ALWAYS_FINE_BYTES, _MAX_RATIO * info.compress_size):
        return "it claims to be far larger than its compressed data can be"
    return ""


def _seconds(date_time: tuple[int, int, int, int, int, int]) -> float:
    try:
        return float(timegm((*date_time, 0, 0, 0)))
    except ValueError:  # a month that does not exist
        return 0.0


def _visible(name: str) -> str:
    """Return a refused name in a form that is safe to show, whatever it contains."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in name[:200])[:200]
