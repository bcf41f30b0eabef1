"""Names of files: which of them every system can have, and how long a path may be."""

import ntpath
import os
import re
import sys
from pathlib import Path

# Begins a path that may be longer than 260 characters on Windows, and is taken as it is written.
_LONG = "\\\\?\\"

# What Windows can't have in a name, or drops at its end; and the names of its devices, which it
# means with any ending.
_DEVICE = r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?"
_UNPORTABLE = re.compile(rf'.*[\x00-\x1f<>:"/|?*\\].*|.*[ .]|{_DEVICE}', re.IGNORECASE | re.DOTALL)


def is_portable(name: str) -> bool:
    """Return whether every system can have a file of this name in a folder, and only there."""
    return bool(name) and not _UNPORTABLE.fullmatch(name)


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
