"""Recognises files of other kinds that were handed in under the name of a ``.py`` or a notebook.

By their first bytes, mostly: nothing is parsed. Each message says what the file is, and what to do.
"""

import codecs
import re
from dataclasses import dataclass

from grader.errors import UnreadableSubmissionError

_HEAD = 64 * 1024  # bytes in which a kind shows itself
_TAIL = 64 * 1024  # where a zip lists its files

_HAND_IN_CODE = "hand in the .py file or the notebook itself"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of file: the bytes that it begins with, what it is, and what to do."""

    beginning: bytes
    what: str
    remedy: str = _HAND_IN_CODE


_UNPACK = "unpack it, and hand in the .py file or the notebook that is in it"
_LINK = "it points to a file and does not contain it: open it, download the file and hand that in"
_APPLE = "macOS makes such files beside the real ones: hand in the one without ._ in its name"

# None of these can begin Python code or JSON.
_KINDS = (
    _Kind(b"%PDF-", "a PDF"),
    _Kind(b"{\\rtf", "an RTF document", "save the code as plain text, in a .py file"),
    _Kind(b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    _Kind(b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    _Kind(b"\x1f\x8b", "a gzip archive", _UNPACK),
    _Kind(b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    _Kind(b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    _Kind(b"\xff\xd8\xff", "a picture (JPEG)"),
    _Kind(b"II*\x00", "a picture (TIFF)"),
    _Kind(b"MM\x00*", "a picture (TIFF)"),
    _Kind(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word, Excel or PowerPoint document"),
    _Kind(b"L\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut", _LINK),
    _Kind(b"[InternetShortcut]", "a link to a web page", _LINK),
    _Kind(b"[Desktop Entry]", "a shortcut", _LINK),
    _Kind(b"bplist00", "a macOS property list, such as a link (.webloc)", _LINK),
    _Kind(b"\x00\x05\x16\x07", "a file of macOS's own (AppleDouble)", _APPLE),
    _Kind(b"\x00\x05\x16\x00", "a file of macOS's own (AppleSingle)", _APPLE),
    _Kind(
        b"version https://git-lfs.github.com/spec/",
        "a Git LFS pointer, which stands for the file and does not contain it",
        "run `git lfs pull`, and hand in the file that is then there",
    ),
    _Kind(b"From: <Saved by ", "a saved web page"),
    _Kind(b"\x7fELF", "a program"),
)
_ZIPPED = (
    (b"word/document.xml", "a Word document"),
    (b"xl/workbook.xml", "an Excel workbook"),
    (b"ppt/presentation.xml", "a PowerPoint presentation"),
    (b"META-INF/manifest.xml", "an OpenDocument file"),
    (b"/data.pkl", "a file that torch.save() wrote"),
)
_MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|meta|title|\?xml|!--|svg|script|div)\b", re.IGNORECASE
)
_PAGE_OF_A_NOTEBOOK = (b"jp-Notebook", b"jp-Cell", b"<title>Notebook", b"nbconvert")
_LINK_IN_XML = b"<key>URL</key>"
_LINK_IN_JSON = re.compile(
    rb'"(?:url|doc_id|resource_id|open_url)"\s*:\s*"(?:https?://(?:docs|drive|colab)\.|[\w:-]{20})'
)
_LONGEST_LINK = 2000
_PYTHON = re.compile(rb"^(?:import|from|def|class|print|#|@|[\"']{3}|\w+ ?=)[^\n]*$", re.MULTILINE)
_CONFLICT_STARTS = re.compile(rb"^<{7}(?: [^\n]*)?$", re.MULTILINE)
_CONFLICT_ENDS = re.compile(rb"^>{7}(?: [^\n]*)?$", re.MULTILINE)
_BOMS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def refuse_other_kinds(data: bytes, *, name: str) -> None:
    """Refuse a file that is clearly of another kind than its name says.

    Args:
        data: The bytes of the file.
        name: Its name, which ends in ``.py`` or ``.ipynb``.

    Raises:
        UnreadableSubmissionError: It is. The message says what it is, and what to do.
    """
    head = data[:_HEAD]
    if head and not head.strip(b"\0\r\n\t ") and not data.strip(b"\0\r\n\t ") and b"\0" in head:
        raise UnreadableSubmissionError(
            "this file holds nothing but zeros, so your work is not in it; save it once more, and "
            "hand it in again"
        )
    for kind in _KINDS:
        if head.startswith(kind.beginning):
            raise _refusal(kind.what, kind.remedy)
    if head.startswith(b"PK\x03\x04"):
        tail = data[-_TAIL:]
        what = next((what for mark, what in _ZIPPED if mark in tail), "")
        raise _refusal(what) if what else _refusal("a zip archive", _UNPACK)
    if b"\0" in head:  # else it may be text that happens to begin so
        _refuse_binary(head)
    if _is_utf_16(head):
        raise UnreadableSubmissionError(
            "this file is not in UTF-8 but in UTF-16 or UTF-32, as some Windows programs write it; "
            "save it as UTF-8"
        )
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if _MARKUP.match(text):
        raise _refuse_markup(head)
    if text.startswith(b"{"):
        _refuse_json(data, name)


def describe_broken_json(data: bytes, name: str) -> str:
    """Return why a ``.ipynb`` that is not JSON may be so; empty if that is not known."""
    stripped = data.removeprefix(codecs.BOM_UTF8).strip()
    if not stripped:
        return "this file is empty: save the notebook, and hand it in again"
    start, end = _CONFLICT_STARTS.search(data), _CONFLICT_ENDS.search(data)
    if start is not None and end is not None and start.start() < end.start():
        first, last = (data.count(b"\n", 0, one.start()) + 1 for one in (start, end))
        return (
            f"Git could not merge two versions of this notebook: both are in it, from line {first} "
            f"(<<<<<<<) to line {last} (>>>>>>>); keep one of them, and open the notebook in "
            "Jupyter before you hand it in"
        )
    if stripped[:1] not in (b"{", b"["):
        if _PYTHON.search(stripped[:_HEAD]):
            return f"this is not a notebook but Python code; call it {_with_ending(name, '.py')}"
        return "this is not a notebook: a notebook is saved by Jupyter, Colab or VS Code"
    if stripped[:1] == b"{" and not stripped.endswith(b"}"):
        return (
            "this notebook is cut off in the middle: its end is missing; "
            "download or save it once more, and hand it in again"
        )
    return ""


def describe_copy(name: str) -> str:
    """Return what to know of a file whose name is that of a copy; empty if it is not one."""
    stem, dot, ending = name.rpartition(".")
    if dot and stem.endswith("-checkpoint"):
        original = f"{stem.removesuffix('-checkpoint')}.{ending}"
        return (
            f"its name is that of a copy that Jupyter keeps in .ipynb_checkpoints: "
            f"it may be older than {original}"
        )
    return ""


def _refusal(what: str, remedy: str = _HAND_IN_CODE) -> UnreadableSubmissionError:
    return UnreadableSubmissionError(f"this is {what}; {remedy}")


def _refuse_binary(head: bytes) -> None:
    if head[4:8] == b"ftyp":
        raise _refusal("a picture or a video (HEIC, AVIF or MP4)")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        raise _refusal("a picture (WebP)")
    if head[:6] in (b"GIF87a", b"GIF89a"):
        raise _refusal("a picture (GIF)")
    if head[:2] == b"MZ":
        raise _refusal("a program")
    if head[:3] == b"BZh":
        raise _refusal("a bzip2 archive", _UNPACK)
    if head[257:262] == b"ustar":
        raise _refusal("a tar archive", _UNPACK)
    if head[2:4] == b"\r\n":
        raise _refusal("compiled Python (.pyc)", "hand in the .py file that it was made from")


def _refuse_markup(head: bytes) -> UnreadableSubmissionError:
    if _LINK_IN_XML in head:
        return _refusal("a link (.webloc)", _LINK)
    if any(mark in head for mark in _PAGE_OF_A_NOTEBOOK):
        return _refusal(
            "a web page that shows a notebook (HTML)",
            "hand in the notebook itself, the .ipynb file",
        )
    return _refusal("a web page (HTML or XML)", "download the file itself, and hand that in")


def _refuse_json(data: bytes, name: str) -> None:
    """Refuse a notebook under the name of a ``.py``, and a small file that only has a link."""
    is_python = not name.lower().endswith(".ipynb")
    marks = (b'"cells"', b'"worksheets"')
    if is_python and b'"nbformat"' in data and any(mark in data for mark in marks):
        raise UnreadableSubmissionError(
            f"this is a notebook; call it {_with_ending(name, '.ipynb')}"
        )
    if len(data) < _LONGEST_LINK and b'"cells"' not in data and _LINK_IN_JSON.search(data):
        raise _refusal("a link to a file in Google Drive", _LINK)


def _with_ending(name: str, ending: str) -> str:
    return name.rpartition(".")[0] + ending


def _is_utf_16(head: bytes) -> bool:
    if head.startswith(_BOMS):
        return True
    # Without a mark: every second byte of what is mostly ASCII is NUL.
    sample = head[:200]
    halves = (sample[::2], sample[1::2])
    return len(sample) > 1 and any(
        one.count(0) > 0.8 * len(one) and not other.count(0)
        for one, other in (halves, halves[::-1])
    )
