"""Files get to their places whole, also while somebody else has them open."""

import os
import sys
from pathlib import Path

import pytest

from grader.system import placing
from grader.system.placing import link_or_copy, place_once, replace, sync_folder


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose the forms for Windows."""
    monkeypatch.setattr(sys, "platform", "win32")


@pytest.mark.usefixtures("windows")
def test_a_file_that_is_open_for_a_moment_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virus scanner keeps what was just written open, and Windows then refuses."""
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")
    refusals = [PermissionError(13, "Permission denied")] * 3
    really = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return really(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr(placing, "_PAUSE_S", 0.0)

    replace(tmp_path / "new", tmp_path / "old")

    assert (tmp_path / "old").read_text() == "new"
    assert not refusals


@pytest.mark.parametrize("system", ["win32", "linux"])
def test_a_file_that_stays_open_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    """Waiting has an end; elsewhere there is nothing to wait for."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(placing, "_PATIENCE_S", 0.05)

    def refuse(_self: Path, _target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        replace(tmp_path / "new", tmp_path / "old")


@pytest.mark.parametrize("has_links", [True, False], ids=["links", "no links"])
def test_a_name_that_is_taken_is_not_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_links: bool
) -> None:
    """On Windows renaming does that, since many of its disks have no hard links."""
    for name in ("first", "second"):
        (tmp_path / name).write_text(name)
    if not has_links:
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.delattr(os, "link")
        monkeypatch.setattr(Path, "rename", _rename_as_on_windows)

    place_once(tmp_path / "first", tmp_path / "name")
    with pytest.raises(FileExistsError):
        place_once(tmp_path / "second", tmp_path / "name")

    assert (tmp_path / "name").read_text() == "first"


def _rename_as_on_windows(source: Path, target: Path) -> None:
    if target.exists():
        raise FileExistsError(17, "Cannot create a file when that file already exists")
    os.rename(source, target)  # noqa: PTH104 - the method is replaced by this


def test_a_copy_takes_the_place_of_a_link_that_needs_a_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows lets administrators make links, and developers; anybody can copy."""
    (tmp_path / "data").write_text("1")
    link_or_copy(tmp_path / "data", tmp_path / "link")

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(22, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    link_or_copy(tmp_path / "data", tmp_path / "copy")

    assert (tmp_path / "link").is_symlink()
    assert not (tmp_path / "copy").is_symlink()
    assert (tmp_path / "copy").read_text() == "1"


def test_what_is_there_is_not_replaced_by_a_copy(tmp_path: Path) -> None:
    """A link whose name is taken is an error, and nothing is overwritten."""
    (tmp_path / "data").write_text("1")
    (tmp_path / "taken").write_text("2")

    with pytest.raises(FileExistsError):
        link_or_copy(tmp_path / "data", tmp_path / "taken")

    assert (tmp_path / "taken").read_text() == "2"


@pytest.mark.usefixtures("windows")
def test_a_folder_is_not_synced_where_it_cannot_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows has a journal of names instead."""
    monkeypatch.delattr(os, "fsync")

    sync_folder(tmp_path)
