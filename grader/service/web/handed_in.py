"""What a hand-in consists of: for its receipt, and to have it back."""

import hashlib
import io
import zipfile
from dataclasses import dataclass

from grader.errors import UnreadableSubmissionError
from grader.service.web.file_names import clean_name
from grader.submission.hand_in import is_packed, unpack


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file on a receipt; the digest is what ``sha256sum`` prints."""

    name: str
    size_bytes: int
    sha256: str


def list_files(name: str, data: bytes) -> list[ListedFile]:
    """List the files of a hand-in."""
    return [
        ListedFile(one_name, len(one), hashlib.sha256(one).hexdigest())
        for one_name, one in _files(name, data)
    ]


def as_download(name: str, data: bytes) -> tuple[str, bytes]:
    """Return the name and bytes by which a student has a hand-in back: as it came, or as a zip."""
    if not is_packed(data):
        return name, data
    files = _files(name, data)
    if len(files) == 1 and files[0][1] is data:
        return name, data
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for one_name, one in files:
            opened.writestr(zipfile.ZipInfo(one_name), one)
    return "submission.zip", archive.getvalue()


def _files(name: str, data: bytes) -> list[tuple[str, bytes]]:
    """Return the files by their names, no two of which are the same."""
    if not is_packed(data):
        return [(name, data)]
    try:
        packed = unpack(data)
    except UnreadableSubmissionError:
        return [(name, data)]  # somebody has made it up
    found: dict[str, bytes] = {}
    for place, one in enumerate(packed):
        cleaned = clean_name(one.name)
        found[cleaned if cleaned not in found else f"{place}_{cleaned}"] = one.data
    return list(found.items())
