"""Deeply nested files are reached on Windows, which takes 260 characters only from plain paths."""

import sys
from pathlib import Path, PureWindowsPath
from typing import cast

import pytest

from grader.system.names import long_path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (r"C:\Users\Änne\x", r"\\?\C:\Users\Änne\x"),
        (r"C:\Users\a/b\.\c\..\d", r"\\?\C:\Users\a\b\d"),
        (r"\\server\share\x", r"\\?\UNC\server\share\x"),
        (r"\\?\C:\x", r"\\?\C:\x"),
        (r"\\.\pipe\x", r"\\.\pipe\x"),
    ],
)
def test_a_path_becomes_one_that_may_be_long(
    monkeypatch: pytest.MonkeyPatch, path: str, expected: str
) -> None:
    """Drives and shares have forms of their own, and a long path is taken as it is written."""
    monkeypatch.setattr(sys, "platform", "win32")

    assert long_path(cast("Path", PureWindowsPath(path))) == expected


def test_elsewhere_a_path_stays_as_it_is() -> None:
    """Only Windows needs another form."""
    assert long_path(Path("a/../b")) == "a/../b"
