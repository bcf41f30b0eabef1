"""Trees of files: one view of what a folder or an archive contains.

Only names, sizes and times are read until the bytes of a file are requested. Nothing is ever
written, and links are not followed.
"""

import contextlib
import functools
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO

from grader.batch.gradable_files import decode_name, is_junk
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.class_model import Skipped
from grader.submission.read import MAX_SUBMISSION_BYTES

MAX_FILES = 300_000
# What reading from a disk or from a damaged archive can raise.
READ_ERRORS = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeFile:
    """One file, not yet read.

    Attributes:
        path: Its path relative to the top of the tree, with "/" between the parts.
        size_bytes: Its size according to the folder or the archive.
        modified_s: When it was last changed, in seconds. Comparable only within one tree.
        open_stream: Opens it for reading. Opening and reading may raise any of `READ_ERRORS`.
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

    def read(self) -> bytes:
        """Read the whole file, unless it is too large, whatever size it claims to have.

        Raises:
            UnreadableSubmissionError: it can't be read, or is larger than a submission may be.
        """
        if self.problem:
            raise UnreadableSubmissionError(f"{self.name} can't be read: {self.problem}")
        with reading(self.name), self.open_stream() as stream:
            data = stream.read(MAX_SUBMISSION_BYTES + 1)
        if len(data) > MAX_SUBMISSION_BYTES:
            raise UnreadableSubmissionError(
                f"{self.name} is larger than {MAX_SUBMISSION_BYTES // 2**20} MiB, which is the"
                " limit (clear the notebook's outputs before handing it in)"
            )
        return data


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

    Args:
        folder: The folder.
        without: A folder that is left out at any depth, such as the one for results.
        limit: The number of files after which the listing stops.

    Raises:
        UsageError: the folder itself can't be read.
    """
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise UsageError(f"can't read the folder {folder}: {error.strerror}") from error
    walk = _Walk(without=without)
    for file in walk.files(folder):
        walk.found.append(file)
        if len(walk.found) >= limit:
            break
    walk.found.sort(key=lambda file: file.path)
    return Tree(
        files=tuple(walk.found),
        folders=tuple(sorted(walk.folders)),
        junk=tuple(sorted(walk.junk)),
        skipped=tuple(walk.skipped),
    )


def tree_of_files(paths: Sequence[Path]) -> Tree:
    """List files on this computer that were named one by one."""
    names = [decode_name(path.name) for path in paths]
    found = (
        _file(path, name if names.count(name) == 1 else decode_name(path.as_posix().lstrip("/")))
        for path, name in zip(paths, names, strict=True)
    )
    files = tuple(sorted(found, key=lambda file: file.path))
    skipped = tuple(Skipped(path=one.path, reason=one.problem) for one in files if one.problem)
    return Tree(files=files, skipped=skipped)


class _Walk:
    """A walk through a folder, and what it has found so far."""

    def __init__(self, *, without: Path | None) -> None:
        self.found: list[TreeFile] = []
        self.folders: list[str] = []
        self.junk: list[str] = []
        self.skipped: list[Skipped] = []
        self._without = without

    def files(self, top: Path) -> Iterator[TreeFile]:
        """Yield the files below a folder, and record everything else on the way."""
        waiting = [(top, "")]  # not recursive: folders can be nested deeper than Python's stack
        while waiting:
            folder, prefix = waiting.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
            except OSError as error:
                reason = f"the folder can't be read: {error.strerror}"
                self.skipped.append(Skipped(path=prefix.rstrip("/"), reason=reason))
                continue
            for entry in entries:
                path = f"{prefix}{decode_name(entry.name)}"
                if is_junk(entry.name):
                    self.junk.append(path)
                elif not entry.is_dir(follow_symlinks=False):
                    file = _file(Path(entry.path), path)
                    if file.problem:
                        self.skipped.append(Skipped(path=path, reason=file.problem))
                    yield file
                elif self._without is None or not is_same_folder(Path(entry.path), self._without):
                    self.folders.append(path)
                    waiting.append((Path(entry.path), f"{path}/"))


def is_same_folder(path: Path, other: Path) -> bool:
    """Return whether a path names the same folder as another; a link does not count."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode) and path.samefile(other)
    except OSError:
        return False


def _file(path: Path, name: str) -> TreeFile:
    problem, size_bytes, modified_s = "", 0, 0.0
    try:
        status = path.lstat()
    except OSError as error:
        problem = error.strerror or "it no longer exists"
    else:
        size_bytes, modified_s = status.st_size, status.st_mtime
        if stat.S_ISLNK(status.st_mode):
            problem = "it is a symbolic link; hand in the file itself"
        elif not stat.S_ISREG(status.st_mode):
            problem = "it is not a regular file"
    return TreeFile(
        path=name,
        size_bytes=size_bytes,
        modified_s=modified_s,
        open_stream=functools.partial(_open_regular, path),
        problem=problem,
    )


def _open_regular(path: Path) -> IO[bytes]:
    """Open a regular file; refuse a link or a pipe that has taken its place since the listing."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is not a regular file")
    return os.fdopen(descriptor, "rb")
