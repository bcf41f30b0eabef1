"""Scratch folders are removed by path as on Windows, where files may be open or read-only."""

import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.sandbox.host import scratch, scratch_by_path
from grader.sandbox.host.scratch import measure_folder, remove_folder


@pytest.fixture(autouse=True)
def _by_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_CAN_DESCEND", False)
    monkeypatch.setattr(scratch_by_path, "_PAUSE_S", 0.001)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a file in a folder."""
    (tmp_path / "scratch" / "a").mkdir(parents=True)
    (tmp_path / "scratch" / "a" / "file").write_bytes(bytes(5000))
    return tmp_path / "scratch"


def refuse_while(
    monkeypatch: pytest.MonkeyPatch, name: str, is_refused: Callable[[str], bool]
) -> None:
    """Let a function of `os` refuse a path as long as that is so."""
    really = getattr(os, name)

    def call(path: str) -> None:
        if is_refused(path):
            raise PermissionError(13, "Permission denied")
        really(path)

    monkeypatch.setattr(os, name, call)


def test_a_file_that_is_still_open_is_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was killed needs a moment until its files are closed."""
    tries = iter(range(5))
    refuse_while(monkeypatch, "unlink", lambda _: next(tries, None) is not None)

    remove_folder(folder)

    assert not folder.exists()
    assert next(tries, None) is None


def test_a_folder_with_a_file_that_is_not_gone_yet_is_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a file that was removed while it was open keeps its folder from being empty."""
    tries = iter(range(5))
    refuse_while(monkeypatch, "rmdir", lambda _: next(tries, None) is not None)

    remove_folder(folder)

    assert not folder.exists()


def test_a_file_that_stays_open_is_named_after_a_while(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A grade doesn't wait a minute for a virus scanner."""
    monkeypatch.setattr(scratch_by_path, "_PATIENCE_S", 0.01)
    refuse_while(monkeypatch, "unlink", lambda _: True)
    started = time.monotonic()

    remove_folder(folder)

    assert time.monotonic() - started < 5
    assert capsys.readouterr().err == f"zerograd: can't remove {folder}: Permission denied\n"


def test_a_read_only_file_is_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows removes nothing that is read-only."""
    (folder / "a" / "file").chmod(0o400)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(scratch_by_path, "long_path", os.fspath)
    refuse_while(monkeypatch, "unlink", lambda path: not Path(path).stat().st_mode & stat.S_IWRITE)

    remove_folder(folder)

    assert not folder.exists()


def test_a_junction_is_removed_and_not_entered(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its status says that it is a folder, and what it leads to belongs to somebody else."""
    unlinked: list[str] = []
    inode = (folder / "a").stat().st_ino

    def unlink(path: str) -> None:
        unlinked.append(Path(path).name)
        (folder / "a" / "file").rename(folder.parent / "kept")
        (folder / "a").rmdir()

    monkeypatch.setattr(scratch_by_path, "is_link", lambda status: status.st_ino == inode)
    monkeypatch.setattr(os, "unlink", unlink)

    assert measure_folder(folder, at_most_files=9)[1] == 1
    remove_folder(folder)

    assert unlinked == ["a"]
    assert not folder.exists()


@pytest.mark.slow
def test_depth_needs_no_recursion(tmp_path: Path) -> None:
    """A path on Windows may be 32,767 characters long."""
    deep = tmp_path / "scratch"
    for _ in range(1101):
        deep.mkdir()
        deep /= "d"

    assert measure_folder(tmp_path / "scratch", at_most_files=5000)[1] == 1100
    remove_folder(tmp_path / "scratch")

    assert not (tmp_path / "scratch").exists()
