"""A digest is the same on every system: a kit is made on one and used on another."""

from pathlib import Path, PurePath

import pytest

from grader.oracle import digests


def test_order_of_files_is_that_of_their_names_on_every_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows compares paths without case, so it would list them in another order."""
    for name in ("B.txt", "a.txt", "a/c", "A/d", "a-b"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    expected = list(digests._contents(tmp_path, without=()))

    monkeypatch.setattr(
        PurePath, "__lt__", lambda one, other: str(one).casefold() < str(other).casefold()
    )

    assert list(digests._contents(tmp_path, without=())) == expected
    assert expected[::2] == [b"A/d", b"B.txt", b"a/c", b"a-b", b"a.txt"]
