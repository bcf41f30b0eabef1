"""Opens what is below a folder, one part of the path after another, and follows no link.

Whoever can write in a folder that is collected can replace a file, or a folder on its path, by a
link to something else at any time. So a path is never given to the system as a whole: each folder
on it is opened by its name in the folder before it, and a link in its place is an error. What is
read afterwards is what was opened, whatever has its name by then.

The root is given by the instructor, so it may be a link, but it must not become one later.
"""

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from grader.batch.gradable_files import decode_name
from grader.system.opening import flags, is_link, open_to_read

# Windows can't open a file by its name in an open folder. There, each part of the path is looked
# at before it is opened, which misses a link that is made in between.
_CAN_DESCEND = {os.open, os.stat} <= os.supports_dir_fd and os.scandir in os.supports_fd

_FILE = flags("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY")
_FOLDER = flags("O_RDONLY", "O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC")
_ROOT = flags("O_RDONLY", "O_DIRECTORY", "O_CLOEXEC")


class OpenFolder:
    """An open folder, in which files and folders are opened by name. A context manager.

    Args:
        handle: Its descriptor, which is closed at the end of the context, or its path on systems
            where a descriptor does not help.
    """

    def __init__(self, handle: int | str) -> None:
        self._handle = handle

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(self._handle, int):
            os.close(self._handle)

    def scan(self) -> "os._ScandirIterator[str]":
        """List its contents. The iterator is a context manager, to be closed before the folder."""
        return os.scandir(self._handle)

    def status(self, name: str) -> os.stat_result:
        """Return the status of a file or folder in it; of a link, that of the link itself.

        Raises:
            OSError: there is none.
        """
        if isinstance(self._handle, int):
            return os.stat(name, dir_fd=self._handle, follow_symlinks=False)
        return os.lstat(Path(self._handle, name))

    def folder(self, name: str) -> "OpenFolder":
        """Open a folder in it.

        Raises:
            OSError: it is missing, is not a folder but a link, say, or can't be opened.
        """
        _check_name(name)
        if not isinstance(self._handle, int):
            self._check_folder(name)
            return OpenFolder(str(Path(self._handle, name)))
        try:
            return OpenFolder(os.open(name, _FOLDER, dir_fd=self._handle))
        except OSError:
            self._check_folder(name)  # which says more than "not a directory"
            raise

    def file(self, name: str) -> IO[bytes]:
        """Open a regular file in it for reading.

        Raises:
            OSError: it is missing, is not a regular file, or can't be opened.
        """
        _check_name(name)
        _check_file(self.status(name))  # as opening a device may already do something
        try:
            descriptor = self._open_file(name)
        except OSError:
            _check_file(self.status(name))  # which says more than "too many levels of links"
            raise
        return _checked(descriptor)

    def _open_file(self, name: str) -> int:
        if isinstance(self._handle, int):
            return os.open(name, _FILE, dir_fd=self._handle)
        return os.open(Path(self._handle, name), _FILE)

    def _check_folder(self, name: str) -> None:
        status = self.status(name)
        if is_link(status):
            raise OSError(errno.ELOOP, f"the folder {decode_name(name)} is a symbolic link now")
        if not stat.S_ISDIR(status.st_mode):
            raise OSError(errno.ENOTDIR, f"{decode_name(name)} is not a folder any more")


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that is collected, whose path the instructor gave.

    No descriptor is kept, since a class may consist of more folders than a process may open.

    Attributes:
        path: Its path.
        is_link: Whether it was a link when the path was given; only then a link is followed.
    """

    path: Path
    is_link: bool

    @classmethod
    def at(cls, path: Path) -> "Root":
        """Return the folder at a path.

        Raises:
            OSError: there is none.
        """
        return cls(path, is_link=is_link(path.lstat()))

    def folder(self, below: str = "") -> OpenFolder:
        """Open the folder, or one below it.

        Args:
            below: The path relative to this folder, with "/" between its parts.

        Raises:
            OSError: a part of the path is missing, is a link, or can't be opened.
        """
        opened = self._itself()
        for name in below.split("/") if below else ():
            with opened as outer:
                opened = outer.folder(name)
        return opened

    def file(self, below: str) -> IO[bytes]:
        """Open a regular file below the folder for reading.

        Args:
            below: Its path relative to this folder, with "/" between its parts.

        Raises:
            OSError: a part of the path is missing, is a link, or can't be opened, or the last one
                is not a regular file.
        """
        for part in below.split("/"):
            _check_name(part)
        folder, _, name = below.rpartition("/")
        with self.folder(folder) as opened:
            return opened.file(name)

    def _itself(self) -> OpenFolder:
        if not self.is_link and is_link(self.path.lstat()):
            raise OSError(
                errno.ELOOP, f"the folder {decode_name(self.path.name)} is a symbolic link now"
            )
        if not _CAN_DESCEND:
            return OpenFolder(str(self.path))
        return OpenFolder(os.open(self.path, _ROOT if self.is_link else _FOLDER))


def open_given(path: Path) -> IO[bytes]:
    """Open a regular file whose path the instructor gave, so that it may be a link.

    Raises:
        OSError: it is not a regular file, or can't be opened.
    """
    _check_file(path.stat())
    return _checked(open_to_read(path, follow_links=True))


def _checked(descriptor: int) -> IO[bytes]:
    """Return a regular file for its descriptor; close the descriptor of anything else."""
    try:
        _check_file(os.fstat(descriptor))
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def _check_file(status: os.stat_result) -> None:
    if is_link(status):
        raise OSError(errno.ELOOP, "it is a symbolic link now")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")


def _check_name(name: str) -> None:
    """Refuse what does not name something in the folder itself."""
    if name in ("", os.curdir, os.pardir) or {"/", os.sep, "\0"} & set(name):
        raise OSError(errno.EINVAL, "its path leads out of the folder")
