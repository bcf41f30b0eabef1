"""Judges the names in an archive: which can be a path below its top, and which can't be trusted.

Nothing is ever unpacked, so no name can lead anywhere; but whoever takes a report's place for a
path, or unpacks the same archive beside it, must not meet one that does.
"""

import re
import unicodedata
import zipfile

_UTF8_FLAG = 0x800
_DRIVE = re.compile(r"[A-Za-z]:")
_MAX_PATH = 4096


class RefusedNameError(Exception):
    """A name that no path below the top can have, and why; never leaves the reading of archives."""


def decode_name(info: zipfile.ZipInfo) -> str:
    """Give the name as it was written.

    Names without the mark for UTF-8 are by the book in cp437, but most tools that leave the mark
    out write UTF-8: what is valid UTF-8 is taken for it.
    """
    name = info.orig_filename  # not filename, which ends at the first NUL
    if info.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def clean_path(name: str) -> str:
    """Make of a name the path below the top that it means.

    Raises:
        RefusedNameError: it means none.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise RefusedNameError("its name has control characters in it")
    if "\\" in name:
        raise RefusedNameError("its name has a backslash in it, which some systems take for a path")
    if name.startswith("/") or _DRIVE.match(name):
        raise RefusedNameError("its path is absolute")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise RefusedNameError('its path leads out of the archive, with ".."')
    if not parts:
        raise RefusedNameError("it has no name")
    if len(name) > _MAX_PATH:
        raise RefusedNameError(f"its path has more than {_MAX_PATH} characters")
    return "/".join(parts)


class Names:
    """The paths that were seen so far, to notice the second of two that can be confused.

    Many file systems don't tell them apart, and where only the Unicode form differs no eye does.
    """

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def add(self, path: str) -> None:
        """Note a path.

        Raises:
            RefusedNameError: it, or one that differs in case or Unicode form only, is there.
        """
        normal = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
        first = self._first.get(normal)
        if first is None:
            self._first[normal] = path
        elif first == path:
            raise RefusedNameError("the archive has another file of this name, which came first")
        else:
            raise RefusedNameError(
                f"its name differs only in case or Unicode form from {first}, which came first"
            )
