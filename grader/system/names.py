"""Names of files: how long a path may be, and which names can be made on every system."""

import ntpath
import os
import sys
from pathlib import Path

# Begins a path that may be longer than 260 characters on Windows, and is taken as it is written.
_LONG = "\\\\?\\"


def long_path(path: Path) -> str:
    """Return a path as it has to be given to Windows to reach what is deeply nested.

    On other systems that is the path itself.
    """
    return _lengthen(ntpath.abspath(path)) if sys.platform == "win32" else os.fspath(path)


def _lengthen(absolute: str) -> str:
    if absolute.startswith((_LONG, "\\\\.\\")):
        return absolute
    if absolute.startswith("\\\\"):  # a share: \\server\share
        return f"{_LONG}UNC{absolute[1:]}"
    return _LONG + absolute
