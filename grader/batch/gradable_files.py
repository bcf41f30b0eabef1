"""Tells what of the files that came can be graded, what is litter, and which one was meant."""

import re
from pathlib import PurePosixPath

GRADABLE = (".py", ".ipynb")
# What systems, editors and Python leave behind, and nobody hands in.
_JUNK = re.compile(
    r"\..*|__MACOSX|__pycache__|Thumbs\.db|desktop\.ini|.*\.pyc|.*~|node_modules|venv",
    re.IGNORECASE | re.DOTALL,
)


def is_gradable(name: str) -> bool:
    """Tell whether a file of this name is one that can be graded."""
    return PurePosixPath(name).suffix.lower() in GRADABLE


def is_junk(name: str) -> bool:
    """Tell whether one part of a path is the name of something that nobody hands in."""
    return _JUNK.fullmatch(name) is not None


def has_junk(path: str) -> bool:
    """Tell whether a path is of such a thing, or leads through one."""
    return any(map(is_junk, path.split("/")))


def rank_name(title: str, *, stem: str) -> tuple[bool, bool]:
    """Rank a file's name, without its ending: the name that was asked for, then that name in it."""
    folded, wanted = title.casefold(), stem.casefold()
    return folded == wanted, wanted in folded


def decode_name(name: str) -> str:
    """Write a name as text: names are bytes, and may be none."""
    return name.encode("utf-8", "backslashreplace").decode()
