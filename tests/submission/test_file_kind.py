"""Files of other kinds under the name of a ``.py`` or a notebook: what each is said to be."""

import gzip
import io
import json
import marshal
import tarfile
import zipfile

import pytest

from grader.errors import UnreadableSubmissionError
from grader.submission.read import parse_submission

NOTEBOOK = json.dumps(
    {
        "cells": [{"cell_type": "code", "source": "x = 1", "outputs": [], "metadata": {}}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    },
    indent=1,
).encode()


def _zip(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x = 1\n")
    return file.getvalue()


def _tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("lab4.py"))
    return file.getvalue()


def _drive_link(**fields: str) -> bytes:
    return json.dumps(fields).encode()


_DRIVE = "https://docs.google.com/open?id=1a2b3c"
_OTHERS = {
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF; hand in"),
    "RTF": (b"{\\rtf1\\ansi import torch}", "an RTF document; save the code as plain text"),
    "zip": (_zip("lab4.py"), "a zip archive; unpack it"),
    "Word": (_zip("[Content_Types].xml", "word/document.xml"), "a Word document"),
    "Excel": (_zip("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
    "OpenDocument": (_zip("mimetype", "META-INF/manifest.xml"), "an OpenDocument file"),
    "weights": (_zip("w/data.pkl", "w/version"), r"a file that torch.save\(\) wrote"),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7z archive"),
    "RAR": (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
    "gzip": (gzip.compress(b"x = 1"), "a gzip archive"),
    "bzip2": (b"BZh91AY&SY\x00\x00", "a bzip2 archive"),
    "tar": (_tar(), "a tar archive"),
    "PNG": (b"\x89PNG\r\n\x1a\n\x00\x00", r"a picture \(PNG\)"),
    "JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF", r"a picture \(JPEG\)"),
    "GIF": (b"GIF89a\x01\x00\x01\x00", r"a picture \(GIF\)"),
    "WebP": (b"RIFF\x24\x00\x00\x00WEBPVP8 ", r"a picture \(WebP\)"),
    "HEIC": (b"\x00\x00\x00\x18ftypheic", "a picture or a video"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "an old Word, Excel or PowerPoint"),
    "program": (b"MZ\x90\x00\x03\x00", "a program"),
    "pyc": (b"\xa7\r\r\n\x00\x00\x00\x00" + marshal.dumps(1), r"compiled Python \(.pyc\)"),
    "Windows shortcut": (b"L\x00\x00\x00\x01\x14\x02\x00\x00", "a Windows shortcut; it points"),
    "url": (b"[InternetShortcut]\r\nURL=https://a.example/\r\n", "a link to a web page; it points"),
    "webloc": (
        b'<?xml version="1.0"?><plist><dict><key>URL</key><string>https://a</string>',
        r"a link \(.webloc\)",
    ),
    "gdoc": (_drive_link(url=_DRIVE, doc_id="1"), "a link to a file in Google Drive; it points"),
    "AppleDouble": (b"\x00\x05\x16\x07\x00\x02\x00\x00", r"AppleDouble.*hand in the one without"),
    "Git LFS": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12\n",
        "a Git LFS pointer.* run `git lfs pull`",
    ),
    "HTML of Jupyter": (
        b'<!DOCTYPE html>\n<html><head><title>Notebook</title><body class="jp-Notebook">',
        "a web page that shows a notebook.* the .ipynb file",
    ),
    "HTML": (b"\xef\xbb\xbf\r\n<html lang=de><title>Log in</title>", "a web page.*download the fi"),
    "MHTML": (b"From: <Saved by Blink>\r\nSubject: lab4", "a saved web page"),
    "UTF-16": ("import torch\n".encode("utf-16"), "in UTF-16 or UTF-32.* save it as UTF-8"),
    "UTF-16 without a mark": ("import torch\n".encode("utf-16-be"), "in UTF-16 or UTF-32"),
    "zeros": (b"\0" * 5000, "nothing but zeros"),
}


@pytest.mark.parametrize("name", ["lab4.py", "lab4.ipynb"])
@pytest.mark.parametrize("kind", _OTHERS)
def test_file_of_another_kind_is_called_what_it_is(kind: str, name: str) -> None:
    """The message says what the file is, and what to do."""
    data, message = _OTHERS[kind]

    with pytest.raises(UnreadableSubmissionError, match=message):
        parse_submission(data, name=name)


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n  "])
def test_notebook_named_py_gets_its_right_name(before: bytes) -> None:
    """A notebook under the name of a ``.py`` is to be renamed, however large its outputs are."""
    data = before + NOTEBOOK.replace(b"x = 1", b"x" * (5 * 1024 * 1024))

    with pytest.raises(
        UnreadableSubmissionError, match=r"this is a notebook; call it my\.lab\.ipy"
    ):
        parse_submission(data, name="my.lab.py")


def test_python_named_ipynb_gets_its_right_name() -> None:
    """Python code under the name of a notebook is to be renamed."""
    with pytest.raises(UnreadableSubmissionError, match=r"Python code; call it lab4\.py"):
        parse_submission(b"# Lab 4\nimport torch\n", name="lab4.ipynb")


def test_notebook_that_git_could_not_merge_says_where() -> None:
    """The lines with Git's marks are named."""
    lines = NOTEBOOK.splitlines(keepends=True)
    lines[3:3] = [b"<<<<<<< HEAD\n", b'"a": 1,\n', b"=======\n", b'"a": 2,\n', b">>>>>>> theirs\n"]

    with pytest.raises(UnreadableSubmissionError, match=r"line 4 \(<+\) to line 8 \(>+\)"):
        parse_submission(b"".join(lines), name="lab4.ipynb")


@pytest.mark.parametrize(
    "source",
    [
        "GIF89a = 1",
        "BZh = 2",
        "MZ = RIFF = 3",
        "x = ftyp = 4",
        "{'cells': [1], 'nbformat': 4}",
        "{1: 2}['a']",
        '"""<html> and %PDF- and <<<<<<< are only named here."""',
        "x = '\ufeff'",
        "PK = 'word/document.xml'",
        "",
        "# " + "é" * 300,
    ],
)
def test_python_code_is_never_taken_for_something_else(source: str) -> None:
    """What may be Python code is read as such."""
    (block,) = parse_submission(source.encode(), name="lab4.py").blocks

    assert block.source == source


def test_notebook_about_links_is_a_notebook() -> None:
    """A small notebook that mentions Google Drive is still a notebook."""
    data = NOTEBOOK.replace(b'"metadata": {}', b'"url": "https://drive.google.com/a"', 1)

    (block,) = parse_submission(data, name="lab4.ipynb").blocks

    assert block.source == "x = 1"
