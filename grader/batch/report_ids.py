"""Names for the files of a report, made of whatever a submission was called."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_MAX_LENGTH = 80
_DIGEST_LENGTH = 16
# What only we put at the end of a name, so that nobody can take another's.
_LOOKS_DIGESTED = re.compile(rf"-[0-9a-f]{{{_DIGEST_LENGTH}}}$", re.IGNORECASE)
# Names that Windows keeps for itself, whatever the ending.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def make_ids(places: Iterable[str]) -> dict[str, str]:
    """Give each place a name that is safe on every file system, in a URL and in a shell.

    Letters and digits of ASCII, dot, dash and underscore, none of them first but letters and
    digits. Where that loses something that tells two places apart (also upper and lower case, which
    some file systems don't), a digest of the whole name is added.

    Args:
        places: Where submissions were found, each once.

    Returns:
        The name of each, without an ending.
    """
    bare = {place: _reduce(place) for place in places}
    times = Counter(name.lower() for name in bare.values())
    return {
        place: name if times[name.lower()] == 1 and name else _with_digest(name, place)
        for place, name in bare.items()
    }


def _reduce(place: str) -> str:
    plain = unicodedata.normalize("NFKD", place).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._-")
    if len(name) > _MAX_LENGTH or _RESERVED.fullmatch(name) or _LOOKS_DIGESTED.search(name):
        return _with_digest(name, place)
    return name


def _with_digest(name: str, place: str) -> str:
    digest = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]
    return f"{name[: _MAX_LENGTH - _DIGEST_LENGTH - 1]}-{digest}".lstrip("-")
