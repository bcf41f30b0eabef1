r"""The names of archive members: which are safe paths below the top, and which are refused.

Archives are never unpacked here, so no name can do harm here. But names appear in reports, where
somebody may use them as paths, and somebody may unpack the same archive. So a name that leads out
of the archive's folder is refused.

Some programs for Windows separate the parts of a path by backslashes, although a zip has slashes.
Both are read as separators, and before anything is judged: ``..\lab4.py`` leads out too.
"""

import re
import unicodedata
import zipfile

_UTF8_FLAG = 0x800
_DRIVE = re.compile(r"[A-Za-z]:")
# As on nearly every file system. It also bounds the folders to list for each file, and rows of
# accents in a name, which take time in proportion to their square.
_MAX_PATH, _MAX_NAME, _MAX_PARTS = 4096, 255, 100


class RefusedNameError(Exception):
    """A name that is not a safe path below the top; the message says why.

    Never raised outside the reading of archives.
    """


def decode_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name as it was written.

    By the zip specification, names without the UTF-8 flag are in cp437. But most tools that omit
    the flag write UTF-8, so a name that is valid UTF-8 is decoded as such.
    """
    name = info.orig_filename  # not filename, which ends at the first NUL
    if info.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def is_folder_name(name: str) -> bool:
    """Return whether a member's name says that it is a folder."""
    return name.endswith(("/", "\\"))


def clean_path(name: str) -> str:
    """Return the path below the top that a name stands for, with "/" between the parts.

    Raises:
        RefusedNameError: the name stands for no such path, or some systems would read it as another
            path.
    """
    if len(name) > _MAX_PATH:
        raise RefusedNameError(
            f"its path is longer than {_MAX_PATH} characters, which is the limit"
        )
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise RefusedNameError("its name contains control characters")
    name = name.replace("\\", "/")
    if name.startswith("/") or _DRIVE.match(name):
        raise RefusedNameError("its path is absolute")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise RefusedNameError('its path leads out of the archive through ".."')
    if not parts:
        raise RefusedNameError("it has no name")
    if max(map(len, parts)) > _MAX_NAME:
        raise RefusedNameError(
            f"its name is longer than {_MAX_NAME} characters, which is the limit"
        )
    if len(parts) > _MAX_PARTS:
        raise RefusedNameError(f"it is in more than {_MAX_PARTS} folders, which is the limit")
    return "/".join(parts)


class Names:
    """The paths that were seen so far; of two that can be confused, the second is refused.

    Many file systems treat paths that differ only in case as the same. Those that differ only in
    Unicode form look the same to people too.
    """

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def add(self, path: str) -> None:
        """Add a path.

        Raises:
            RefusedNameError: the same path, or one that differs only in case or Unicode form, has
                been added before.
        """
        normal = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
        first = self._first.get(normal)
        if first is None:
            self._first[normal] = path
        elif first == path:
            raise RefusedNameError("an earlier file in the archive has the same name")
        else:
            raise RefusedNameError(
                f"its name differs only in case or Unicode form from {first}, an earlier file"
            )
