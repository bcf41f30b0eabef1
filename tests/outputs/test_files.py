"""Files are written whole or not at all, and are on the disk when that is promised."""

import os
import threading
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.outputs.files import open_atomically


def _write(path: Path, content: bytes = b"new") -> None:
    with open_atomically(path) as file:
        file.write(content)


def test_content_is_on_the_disk_before_the_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is synced before it is renamed, and its folder afterwards."""
    events: list[str] = []
    sync, rename = os.fsync, os.replace

    def note_sync(descriptor: int) -> None:
        events.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")  # noqa: PTH112
        sync(descriptor)

    def note_rename(old: str, new: str) -> None:
        events.append("rename")
        rename(old, new)

    monkeypatch.setattr("os.fsync", note_sync)
    monkeypatch.setattr("os.replace", note_rename)

    _write(tmp_path / "report.json")

    assert events == ["file", "rename", "folder"]


def test_file_that_can_not_be_synced_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that refuses the bytes leaves the older file and nothing else."""
    target = tmp_path / "report.json"
    target.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.fsync", fail)

    with pytest.raises(UsageError, match="Input/output error"):
        _write(target)

    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_folder_that_can_not_be_synced_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems refuse to sync a folder; the file itself is there."""
    sync = os.fsync

    def refuse_folders(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):  # noqa: PTH112
            raise OSError(22, "Invalid argument")
        sync(descriptor)

    monkeypatch.setattr("os.fsync", refuse_folders)

    _write(tmp_path / "report.json")

    assert (tmp_path / "report.json").read_bytes() == b"new"


def test_umask_of_the_process_is_never_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The umask belongs to all threads: another could create a world-writable file."""

    def refuse(_: int) -> int:
        pytest.fail("the umask was changed")

    monkeypatch.setattr("os.umask", refuse)

    _write(tmp_path / "report.json")


def test_threads_can_write_the_same_file(tmp_path: Path) -> None:
    """The last one to finish wins, and no part of another's content is mixed in."""
    target = tmp_path / "report.json"
    contents = [bytes([letter]) * 100_000 for letter in b"abcdefgh"]
    threads = [threading.Thread(target=_write, args=(target, one)) for one in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert target.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [target]
