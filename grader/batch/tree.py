"""Trees of files: one view of what a folder or an archive contains.

Only names, sizes and times are read until the bytes of a file are requested. Nothing is ever
written, and links are not followed.
"""

import contextlib
import errno
import functools
import itertools
import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, Self

from grader.batch.gradable_files import (
    HAND_IN_ITSELF,
    UNLISTED,
    decode_name,
    is_gradable,
    is_junk,
    is_zip,
)
from grader.batch.open_beneath import OpenFolder, Root
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.class_model import Skipped
from grader.submission.read import MAX_SUBMISSION_BYTES
from grader.system.opening import is_link

MAX_FILES = 300_000
# For the folder of one student, so that no student uses up what a class may have.
_MAX_OF_ONE = 100_000
_MAX_DEPTH = 400
# So many files that can't be read are listed for each student: the class page has them all.
_MAX_SKIPPED = 100
# What reading from a disk or from a damaged archive can raise.
READ_ERRORS = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeFile:
    """One file, not yet read.

    Attributes:
        path: Its path relative to the top of the tree, with "/" between the parts.
        size_bytes: Its size according to the folder or the archive.
        modified_s: When it was last changed, in seconds. Comparable only within one tree.
        open_stream: Opens it for reading, whatever its problem is; use `stream`.
        problem: Why it can't be read, if that is known without opening it.
    """

    path: str
    size_bytes: int
    modified_s: float
    open_stream: Callable[[], IO[bytes]]
    problem: str = ""

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.path).name

    @property
    def is_folder(self) -> bool:
        """Whether it stands for the contents of a folder that can't be listed."""
        return self.path.endswith(f"/{UNLISTED}")

    def stream(self) -> IO[bytes]:
        """Open it for reading.

        Opening and reading may raise any of `READ_ERRORS`.
        """
        if self.problem:
            raise ValueError(self.problem)
        return self.open_stream()

    def read(self) -> bytes:
        """Read the whole file, unless it is too large, whatever size it claims to have.

        Raises:
            UnreadableSubmissionError: it can't be read, or is larger than a submission may be.
        """
        with reading(self.name), self.stream() as stream:
            data = stream.read(MAX_SUBMISSION_BYTES + 1)
        if len(data) > MAX_SUBMISSION_BYTES:
            raise UnreadableSubmissionError(
                f"{self.name} is larger than {MAX_SUBMISSION_BYTES // 2**20} MiB, which is the"
                f" limit{_how_to_shrink(self.name)}"
            )
        return data


def _how_to_shrink(name: str) -> str:
    if is_gradable(name):
        return " (clear the notebook's outputs before handing it in)"
    return f" ({HAND_IN_ITSELF}, without data and pictures)" if is_zip(name) else ""


@contextlib.contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn an error that is raised while a file is read into an `UnreadableSubmissionError`."""
    try:
        yield
    except READ_ERRORS as error:
        message = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        reason = message or "it is damaged"
        raise UnreadableSubmissionError(f"{name} can't be read: {decode_name(reason)}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The contents of a folder or an archive.

    Attributes:
        files: The files, sorted by path. Those with a problem are in ``skipped`` too.
        folders: The paths of all folders, including empty ones.
        junk: The paths of files and folders that tools leave behind. Nothing below them is listed.
        skipped: The files that are not read, and why.
    """

    files: tuple[TreeFile, ...]
    folders: tuple[str, ...] = ()
    junk: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def top_files(self) -> list[TreeFile]:
        """List the files that are not in a folder."""
        return [file for file in self.files if "/" not in file.path]

    def top_folders(self) -> dict[str, list[TreeFile]]:
        """Map the name of each folder at the top to the files at any depth below it.

        The paths of the files stay relative to the top of the tree.
        """
        found: dict[str, list[TreeFile]] = {
            folder: [] for folder in self.folders if "/" not in folder
        }
        for file in self.files:
            top, has_folder, _ = file.path.partition("/")
            if has_folder:
                found.setdefault(top, []).append(file)
        return found

    def all_skipped(self) -> tuple[Skipped, ...]:
        """List what was skipped, including junk at the top but not junk inside a submission."""
        junk = (Skipped(path=path, reason=_JUNK) for path in self.junk if "/" not in path)
        return (*junk, *self.skipped)


_JUNK = "it was left behind by a tool or the operating system, and is not a submission"


def inside_only_folder(tree: Tree) -> Tree | None:
    """Return the contents of the only folder at the top, as when a folder was zipped by name.

    Returns:
        Its contents, or None if there are several folders, or files beside the only one.
    """
    tops = {path for path in tree.folders if "/" not in path}
    if len(tops) != 1 or tree.top_files():
        return None
    prefix = f"{tops.pop()}/"

    def cut(paths: Sequence[str]) -> tuple[str, ...]:
        return tuple(path.removeprefix(prefix) for path in paths if path.startswith(prefix))

    return Tree(
        files=tuple(
            replace(file, path=file.path.removeprefix(prefix))
            for file in tree.files
            if file.path.startswith(prefix)
        ),
        folders=cut(tree.folders),
        junk=(*(path for path in tree.junk if "/" not in path), *cut(tree.junk)),
        skipped=tree.skipped,
    )


def inside_each(tree: Tree) -> dict[str, Tree]:
    """Return the contents of each folder at the top, as a separate tree.

    These trees have an empty ``skipped``: what was skipped is listed once, in the whole tree.
    """
    files = tree.top_folders()
    folders: dict[str, list[str]] = {top: [] for top in files}
    junk: dict[str, list[str]] = {top: [] for top in files}
    for paths, found in ((tree.folders, folders), (tree.junk, junk)):
        for path in paths:
            top, has_more, rest = path.partition("/")
            if has_more and top in found:
                found[top].append(rest)
    return {
        top: Tree(
            files=tuple(replace(file, path=file.path.removeprefix(f"{top}/")) for file in below),
            folders=tuple(folders[top]),
            junk=tuple(junk[top]),
        )
        for top, below in files.items()
    }


def tree_of_folder(folder: Path, *, without: Path | None = None, limit: int = MAX_FILES) -> Tree:
    """List the contents of a folder on this computer.

    Where a folder in it can't be listed, or has more in it than a student may hand in, the tree
    has a single file below this folder, whose problem says why.

    Args:
        folder: The folder.
        without: A folder that is left out at any depth, such as the one for results.
        limit: The number of files and folders that are listed at most.

    Raises:
        UsageError: the folder itself can't be read, or contains too many files.
    """
    try:
        found = _Walk(Root.at(folder), _identify(without), limit=limit).run()
    except _TooManyError as error:
        raise UsageError(
            f"the folder {folder} contains more than {limit} files and folders, which is the limit"
        ) from error
    except OSError as error:
        raise UsageError(f"can't read the folder {folder}: {error.strerror}") from error
    return Tree(
        files=tuple(sorted(found.files, key=lambda file: file.path)),
        folders=tuple(sorted(found.folders)),
        junk=tuple(sorted(found.junk)),
        skipped=tuple(found.skipped),
    )


def tree_of_files(paths: Sequence[Path]) -> Tree:
    """List files on this computer that were named one by one."""
    decoded = [decode_name(path.name) for path in paths]
    times = Counter(decoded)
    found = (
        _named_file(path, name if times[name] == 1 else decode_name(path.as_posix().lstrip("/")))
        for path, name in zip(paths, decoded, strict=True)
    )
    files = tuple(sorted(found, key=lambda file: file.path))
    skipped = tuple(Skipped(path=one.path, reason=one.problem) for one in files if one.problem)
    return Tree(files=files, skipped=skipped)


class _TooManyError(Exception):
    """There are too many files and folders to list. Never raised outside this module."""


@dataclass(slots=True)
class _Part:
    """What was found in one part of a folder: in that of one student, say.

    Attributes:
        path: The path of this part; empty for what belongs to no other part.
        limit: How many files and folders it may contain.
        count: How many were found.
    """

    path: str
    limit: int
    count: int = 0
    files: list[TreeFile] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    junk: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def add_file(self, file: TreeFile) -> None:
        self.files.append(file)
        if file.problem:
            self.skipped.append(Skipped(path=file.path, reason=file.problem))

    def add_unlisted(self, path: str, reason: str) -> None:
        """Add a folder that can't be listed, and a file that stands for its contents."""
        name = decode_name(path)
        self.folders.append(name)
        self.files.append(_problem_file(f"{name}/{UNLISTED}", reason))
        self.skipped.append(Skipped(path=name, reason=f"the folder can't be read: {reason}"))

    def give_up(self) -> None:
        """Forget what was found, and say that it is too much."""
        self.files, self.folders, self.junk, self.skipped = [], [], [], []
        self.add_unlisted(
            self.path, f"it contains more than {self.limit} files and folders, which is the limit"
        )

    def extend(self, other: Self) -> None:
        self.files += other.files
        self.folders += other.folders
        self.junk += other.junk
        self.skipped += other.skipped[:_MAX_SKIPPED]
        if len(other.skipped) > _MAX_SKIPPED:
            reason = f"{len(other.skipped) - _MAX_SKIPPED} more files in it can't be read"
            self.skipped.append(Skipped(path=decode_name(other.path), reason=reason))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Folders that are still to be listed: their names, what contains them, and their part."""

    below: str
    names: list[str]
    part: _Part


class _Walk:
    """A walk through a folder, which opens each folder in the one that contains it.

    Args:
        root: The folder.
        without: The device and number of a folder that is left out; None for none.
        limit: How many files and folders are listed at most.
    """

    def __init__(self, root: Root, without: tuple[int, int] | None, *, limit: int) -> None:
        self._root = root
        self._without = without
        self._limit = limit
        self._count = 0

    def run(self) -> _Part:
        """List everything.

        Raises:
            _TooManyError: there is too much to list.
            OSError: the folder itself can't be read.
        """
        everything = _Part("", limit=self._limit)
        parts = [everything]
        with self._root.folder() as opened:
            waiting = [_Waiting("", self._scan(opened, "", everything), everything)]
        while waiting:  # not recursive: folders can be nested deeper than Python's stack
            now = waiting.pop()
            if now.part is not everything or (len(now.names) == 1 and not everything.files):
                waiting += self._list_each(now)  # an only folder contains the class
                continue
            for name in now.names:
                parts.append(_Part(_join(now.below, name), limit=min(self._limit, _MAX_OF_ONE)))
                waiting.append(_Waiting(now.below, [name], parts[-1]))
        for part in parts[1:]:
            everything.extend(part)
        return everything

    def _list_each(self, now: _Waiting) -> Iterator[_Waiting]:
        """List folders, and yield those in them, which are still to be listed."""
        if now.part.count > now.part.limit:
            return
        try:
            outer = self._root.folder(now.below)
        except OSError as error:
            for name in now.names:
                now.part.add_unlisted(_join(now.below, name), _reason(error))
            return
        with outer:
            for name in now.names:
                path = _join(now.below, name)
                try:
                    names = self._list(outer, name, path, now.part)
                except OSError as error:
                    now.part.add_unlisted(path, _reason(error))
                    continue
                if now.part.count > now.part.limit:
                    self._count -= now.part.count
                    now.part.give_up()
                    return
                if names:
                    yield _Waiting(path, names, now.part)

    def _list(self, outer: OpenFolder, name: str, path: str, part: _Part) -> list[str]:
        if path.count("/") >= _MAX_DEPTH:
            raise OSError(errno.ELOOP, f"it is nested more than {_MAX_DEPTH} folders deep,"
                          " which is the limit")  # fmt: skip
        with outer.folder(name) as opened:
            names = self._scan(opened, path, part)
        part.folders.append(decode_name(path))
        return names

    def _scan(self, opened: OpenFolder, below: str, part: _Part) -> list[str]:
        """Add what is in a folder to a part, unless that is too much for this part.

        Returns:
            The names of the folders in it, which are not listed yet.

        Raises:
            _TooManyError: there is too much to list.
        """
        folders = []
        with opened.scan() as entries:
            left = itertools.islice(entries, part.limit - part.count + 1)
            listed = sorted(((one.name, _status(one)) for one in left), key=_by_bytes)
        part.count += len(listed)
        self._count += len(listed)
        if part.path and part.count > part.limit:
            return []
        if self._count > self._limit:
            raise _TooManyError
        for name, status in listed:
            path = _join(below, name)
            if is_junk(name):
                part.junk.append(decode_name(path))
            elif not isinstance(status, str) and stat.S_ISDIR(status.st_mode):
                if (status.st_dev, status.st_ino) != self._without:
                    folders.append(name)
            else:
                open_stream = functools.partial(self._root.file, path)
                part.add_file(_file(decode_name(path), status, open_stream))
        return folders


def _status(entry: os.DirEntry[str]) -> os.stat_result | str:
    """Return the status of a file, of a link that of the link itself, or why there is none."""
    try:
        return entry.stat(follow_symlinks=False)
    except OSError as error:
        return _reason(error)


def _by_bytes(listed: tuple[str, os.stat_result | str]) -> bytes:
    return os.fsencode(listed[0])


def _join(below: str, name: str) -> str:
    return f"{below}/{name}" if below else name


def _reason(error: OSError) -> str:
    return error.strerror or "it no longer exists"


def _identify(folder: Path | None) -> tuple[int, int] | None:
    """Return the device and the number of a folder, if there is one."""
    try:
        status = None if folder is None else folder.stat()
    except OSError:
        return None
    return None if status is None else (status.st_dev, status.st_ino)


def _named_file(path: Path, name: str) -> TreeFile:
    try:
        status: os.stat_result | str = path.lstat()
        root = Root.at(path.parent)
    except OSError as error:
        return _problem_file(name, _reason(error))
    return _file(name, status, functools.partial(root.file, path.name))


def _file(
    name: str, status: os.stat_result | str, open_stream: Callable[[], IO[bytes]]
) -> TreeFile:
    if isinstance(status, str):
        return _problem_file(name, status)
    problem = ""
    if is_link(status):
        problem = "it is a symbolic link; hand in the file itself"
    elif not stat.S_ISREG(status.st_mode):
        problem = "it is not a regular file"
    return TreeFile(
        path=name,
        size_bytes=status.st_size,
        modified_s=status.st_mtime,
        open_stream=open_stream,
        problem=problem,
    )


def _problem_file(path: str, problem: str) -> TreeFile:
    """Return a file that can't be read, whose opening says so too."""

    def fail() -> IO[bytes]:
        raise OSError(errno.EIO, problem)

    return TreeFile(path=path, size_bytes=0, modified_s=0.0, open_stream=fail, problem=problem)
