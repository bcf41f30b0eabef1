"""Lays out what an assignment gives to submissions: data files, and modules to import.

Each file is copied once for a forkserver, into a folder that its children may read but not write
to. The working folder of each child has links to the copies, so a child that replaces or removes
them changes only its own folder. Where links need a right, as on Windows, it has copies of its own.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import InternalError
from grader.observations.places import FILES_FOLDER, SUPPORT_FOLDER
from grader.sandbox.host.scratch import remove_folder
from grader.system.placing import link_or_copy

_READ_ONLY = 0o444


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is given to every submission.

    Attributes:
        files: The place of each data file, by its name in the working folder, with ``/`` between
            folders.
        modules: The place of each file of a module, by its path below the folder of all modules.
            It lies in the working folder too, as it does beside a student's own file.
    """

    files: Mapping[str, Path] = field(default_factory=dict)
    modules: Mapping[str, Path] = field(default_factory=dict)


class GivenCopies:
    """The copies for the children of one forkserver.

    Args:
        given: What is copied.
        home: The forkserver's folder.
    """

    def __init__(self, given: Given, home: Path) -> None:
        self._home = home
        self._copies = {
            home / SUPPORT_FOLDER / name: path for name, path in given.modules.items()
        } | {home / FILES_FOLDER / name: path for name, path in given.files.items()}
        self._links = {name: home / SUPPORT_FOLDER / name for name in given.modules} | {
            name: home / FILES_FOLDER / name for name in given.files
        }
        self._states: dict[Path, tuple[int, ...] | None] = {}

    @property
    def readable(self) -> tuple[str, ...]:
        """The folders that children have to be allowed to read."""
        return (str(self._folder),) if self._copies else ()

    @property
    def _folder(self) -> Path:
        return (self._home / SUPPORT_FOLDER).parent

    def refresh(self) -> None:
        """Copy all files, unless the copies are there and as they were made.

        Without the lock on files, a child can have changed them.

        Raises:
            InternalError: They can't be copied.
        """
        if self._states.keys() == self._copies.keys() and all(
            state is not None and _state(copy) == state for copy, state in self._states.items()
        ):
            return
        remove_folder(self._folder)
        try:
            for copy, path in self._copies.items():
                copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
                copy.chmod(_READ_ONLY)
                self._states[copy] = _state(copy)
        except OSError as error:
            raise InternalError(
                f"{error.filename} can't be copied for the submissions: {error.strerror}"
            ) from error

    def link_into(self, scratch: Path) -> None:
        """Put links to the copies, or more copies, into the empty folder of a child.

        Raises:
            InternalError: They can't be made.
        """
        for name, copy in self._links.items():
            link = scratch / name
            try:
                if link.parent != scratch:
                    link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                link_or_copy(copy, link)
            except OSError as error:
                raise InternalError(
                    f"{name} can't be given to a child: {error.strerror}"
                ) from error


def _state(path: Path) -> tuple[int, ...] | None:
    """Return what changes whenever somebody changes a file; None if it isn't there."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
