"""One view over what a folder or an archive holds, whichever of the two it is.

Nothing is read but names, sizes and times until a file is asked for its bytes, and nothing is ever
written. Links are not followed.
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
# What reading from a disk or out of a damaged archive can end in.
READ_ERRORS = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeFile:
    """One file, not yet read.

    Attributes:
        path: Where it is below the top, with "/" between the parts.
        size_bytes: Its size, as the folder or the archive says.
        modified_s: When it was last changed, in seconds; only to be compared within one tree.
        open_stream: Opens it. May raise any of `READ_ERRORS`, as may reading.
        problem: Why it can't be read, where that is known beforehand.
    """

    path: str
    size_bytes: int
    modified_s: float
    open_stream: Callable[[], IO[bytes]]
    problem: str = ""

    @property
    def name(self) -> str:
        """Give the last part of its path."""
        return PurePosixPath(self.path).name

    def read(self) -> bytes:
        """Read it whole, so far as it isn't too large, whatever size it claims to have.

        Raises:
            UnreadableSubmissionError: it can't be read, and why.
        """
        if self.problem:
            raise UnreadableSubmissionError(f"{self.name} can't be read: {self.problem}")
        with reading(self.name), self.open_stream() as stream:
            data = stream.read(MAX_SUBMISSION_BYTES + 1)
        if len(data) > MAX_SUBMISSION_BYTES:
            raise UnreadableSubmissionError(
                f"{self.name} has more than {MAX_SUBMISSION_BYTES // 2**20} MiB, which is the limit"
                " (clear the notebook's outputs before handing it in)"
            )
        return data


@contextlib.contextmanager
def reading(name: str) -> Iterator[None]:
    """Say of anything that goes wrong while a file is read that the file can't be read."""
    try:
        yield
    except READ_ERRORS as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        reason = said or "it is damaged"
        raise UnreadableSubmissionError(f"{name} can't be read: {decode_name(reason)}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What a folder or an archive holds.

    Attributes:
        files: The files, in order of their paths. Those with a problem stand in ``skipped`` too.
        folders: The paths of all folders, also of those with nothing in them.
        junk: Paths of what nobody hands in; nothing below these is listed.
        skipped: What was passed over, and why.
    """

    files: tuple[TreeFile, ...]
    folders: tuple[str, ...] = ()
    junk: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def top_files(self) -> list[TreeFile]:
        """List the files that lie in no folder."""
        return [file for file in self.files if "/" not in file.path]

    def top_folders(self) -> dict[str, list[TreeFile]]:
        """List the folders that lie in no other, and what is anywhere below each.

        The files have the paths that they have in the whole tree.
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
        """List what was passed over, with the litter beside the submissions, not in them."""
        litter = (Skipped(path=path, reason=LITTER) for path in self.junk if "/" not in path)
        return (*litter, *self.skipped)


LITTER = "not something that is handed in"


def below_the_top(tree: Tree) -> Tree | None:
    """Look into the only folder that there is, as when a folder was zipped with its name.

    Returns:
        What is in it, or nothing if there isn't just one, or something lies beside it.
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
    """Give what is in each of the folders at the top, as a tree of its own.

    What was passed over stays with the whole tree: it is told there, once.
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
    """List what is below a folder of this computer.

    Args:
        folder: The folder.
        without: A folder that is left out wherever it lies, such as the one for results.
        limit: How many files it may have; no more than these are listed.

    Raises:
        UsageError: the folder itself can't be looked into.
    """
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise UsageError(f"can't look into {folder}: {error.strerror}") from error
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
    """List files of this computer that were named one by one."""
    names = [decode_name(path.name) for path in paths]
    found = (
        _file(path, name if names.count(name) == 1 else decode_name(path.as_posix().lstrip("/")))
        for path, name in zip(paths, names, strict=True)
    )
    files = tuple(sorted(found, key=lambda file: file.path))
    skipped = tuple(Skipped(path=one.path, reason=one.problem) for one in files if one.problem)
    return Tree(files=files, skipped=skipped)


class _Walk:
    """A walk through a folder, and what was seen on the way."""

    def __init__(self, *, without: Path | None) -> None:
        self.found: list[TreeFile] = []
        self.folders: list[str] = []
        self.junk: list[str] = []
        self.skipped: list[Skipped] = []
        self._without = without

    def files(self, top: Path) -> Iterator[TreeFile]:
        waiting = [(top, "")]  # not recursive: folders can be nested deeper than calls
        while waiting:
            folder, prefix = waiting.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
            except OSError as error:
                reason = f"can't look into it: {error.strerror}"
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
    """Tell whether a path is another folder by another name; a link is none."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode) and path.samefile(other)
    except OSError:
        return False


def _file(path: Path, name: str) -> TreeFile:
    problem, size_bytes, modified_s = "", 0, 0.0
    try:
        status = path.lstat()
    except OSError as error:
        problem = error.strerror or "it is gone"
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
    """Open what is a regular file still; not a link or a pipe that has taken its place since."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is not a regular file")
    return os.fdopen(descriptor, "rb")
