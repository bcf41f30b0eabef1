"""Names of files as students send them: anything can be in them."""

import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

_LONGEST_STEM, _LONGEST_ENDING = 150, 20
# Controls, invisible and direction-changing characters, halves of pairs, and what isn't assigned.
_NOT_SHOWN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def clean_name(name: str, *, default: str = "submission") -> str:
    """Return the last part of a name, as it can be shown and kept: short, and all of it visible."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        "_" if unicodedata.category(one) in _NOT_SHOWN else one for one in last[-2000:]
    ).strip()
    path = PurePosixPath(shown if shown not in ("", ".", "..") else default)
    return path.stem[:_LONGEST_STEM] + path.suffix[:_LONGEST_ENDING]


def attachment(name: str) -> str:
    """Return the header that has a browser save a file by a name, whatever is in it."""
    cleaned = clean_name(name)
    plain = "".join(
        one if (one.isascii() and one.isalnum()) or one in "._- " else "_" for one in cleaned
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(cleaned, safe='')}"
