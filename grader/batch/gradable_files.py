"""What file names say: which files can be graded, which are junk, and which one was asked for."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Self

GRADABLE = (".py", ".ipynb")
HAND_IN_ITSELF = "hand in the .py file or the notebook itself"
# Archives that are not opened, by the ends of their names.
_OTHER_ARCHIVES = {
    ".rar": "a RAR archive",
    ".7z": "a 7z archive",
    ".tar": "a tar archive",
    ".tar.gz": "a tar archive",
    ".tgz": "a tar archive",
    ".tar.bz2": "a tar archive",
    ".tar.xz": "a tar archive",
    ".gz": "a gzip archive",
    ".bz2": "a bzip2 archive",
    ".xz": "an xz archive",
    ".zst": "a Zstandard archive",
    ".zipx": "a zipx archive",
}
# The name of what stands for the contents of a folder that can't be listed; no file is called so.
UNLISTED = "."
# What operating systems, editors and Python leave behind; nobody means to hand these in.
_JUNK = re.compile(
    r"\..*|__MACOSX|__pycache__|Thumbs\.db|desktop\.ini|.*\.pyc|.*~|node_modules|venv",
    re.IGNORECASE | re.DOTALL,
)


class AskedFor(str):
    """The name of the file that students start from, without its ending.

    Attributes:
        files: The names of all files of a hand-in, if it consists of several modules.
    """

    files: tuple[str, ...]

    __slots__ = ("files",)

    def __new__(cls, stem: str, files: Sequence[str] = ()) -> Self:
        """Mark a stem as that of an assignment that asks for these files.

        A single notebook has only a name: it is chosen like any other file.
        """
        modules = tuple(name for name in files if name.endswith(".py"))
        marked = super().__new__(cls, stem if modules or not files else files[0].rpartition(".")[0])
        marked.files = modules
        return marked


def files_of(stem: str) -> tuple[str, ...]:
    """Return the names of all files that are asked for; empty if that is a single one."""
    return stem.files if isinstance(stem, AskedFor) else ()


def is_gradable(name: str) -> bool:
    """Return whether a file with this name can be graded."""
    return PurePosixPath(name).suffix.lower() in GRADABLE


def is_zip(name: str) -> bool:
    """Return whether a name is that of a zip, which is opened."""
    return name.lower().endswith(".zip")


def name_other_archive(name: str) -> str:
    """Return what kind of archive a name is that of, if such archives are not opened.

    Returns:
        The kind with its article, such as ``a RAR archive``; empty for all other names.
    """
    return next((kind for end, kind in _OTHER_ARCHIVES.items() if name.lower().endswith(end)), "")


def is_junk(name: str) -> bool:
    """Return whether one part of a path is the name of something that tools leave behind."""
    return _JUNK.fullmatch(name) is not None


def has_junk(path: str) -> bool:
    """Return whether any part of a path is junk."""
    return any(map(is_junk, path.split("/")))


def rank_name(title: str, *, stem: str) -> tuple[bool, bool]:
    """Return the rank of a file name without its ending, for comparing with others.

    The name that was asked for (``stem``) ranks highest, then names that contain it.
    """
    folded, wanted = title.casefold(), stem.casefold()
    return folded == wanted, wanted in folded


def decode_name(name: str) -> str:
    """Return a file name as valid text: names are bytes, and may not be UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()
