"""The profile for macOS says what it should. Whether macOS takes it was never tried."""

import re
from pathlib import Path

from grader.sandbox.host.seatbelt import profile


def test_what_is_allowed_comes_after_what_is_denied(tmp_path: Path) -> None:
    """Of several rules that fit the last one counts: Python's folder may be in the home folder."""
    home, scratch = tmp_path / "home", tmp_path / "s"
    text = profile(scratch, home=home, readable=[home / "venv"], hidden=[home / "venv" / "checks"])

    lines = text.splitlines()
    assert lines[:3] == ["(version 1)", "(allow default)", "(deny network*)"]
    order = [
        f'(deny file-read-data (subpath "{home}"))',
        f'(allow file-read-data (subpath "{home}/venv"))',
        f'(deny file-read-data (subpath "{home}/venv/checks"))',
        "(deny file-write*)",
        f'(allow file-read* file-write* (subpath "{scratch}"))',
    ]
    assert [line for line in lines if line in order] == order


def test_a_path_is_the_real_one_and_cannot_end_its_string(tmp_path: Path) -> None:
    """Paths are compared without links there, and a folder may have any name."""
    odd = tmp_path / 'a"b) (allow network*) \\'
    odd.mkdir()
    (tmp_path / "link").symlink_to(odd)

    text = profile(tmp_path / "link", home=tmp_path / "home", readable=())

    assert str(odd).replace("\\", "\\\\").replace('"', '\\"') in text
    outside = re.sub(r'"(\\.|[^"\\])*"', '""', text)
    assert outside.count("network") == 1
    assert outside.count("(") == outside.count(")")
