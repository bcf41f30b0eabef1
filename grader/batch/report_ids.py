"""Report ids: safe file names for reports, made from the places of submissions."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from grader.system.names import is_portable

_MAX_LENGTH = 80
_DIGEST_LENGTH = 16
# Only this module makes ids that end like this, so no submission can take the id of another.
_LOOKS_DIGESTED = re.compile(rf"-[0-9a-f]{{{_DIGEST_LENGTH}}}$", re.IGNORECASE)


def make_ids(places: Iterable[str]) -> dict[str, str]:
    """Return an id for each place that is safe on every file system, in a URL and in a shell.

    An id consists of ASCII letters and digits, dots, dashes and underscores, and begins with a
    letter or digit. If two places would get the same id (ignoring case, as some file systems do), a
    digest of the whole place is added to both. A place that is too long, has no usable character,
    or gives a name that is reserved or ends like a digest, gets one as well.

    Args:
        places: Where the submissions were found; no place occurs twice.

    Returns:
        The id of each place: the name of its report, without an ending.
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
    if name and not is_portable(name):  # nul.py, which is a device with any ending
        return _with_digest(name.replace(".", "-"), place)
    if len(name) > _MAX_LENGTH or _LOOKS_DIGESTED.search(name):
        return _with_digest(name, place)
    return name


def _with_digest(name: str, place: str) -> str:
    digest = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]
    return f"{name[: _MAX_LENGTH - _DIGEST_LENGTH - 1]}-{digest}".lstrip("-")
