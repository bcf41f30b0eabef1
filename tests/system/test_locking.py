"""A file that is locked stays readable, and free again when its holder is gone."""

import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from grader.system.locking import lock_file

_HOLD = """
import os, sys, time
from grader.system.locking import lock_file
lock_file(os.open(sys.argv[1], os.O_RDWR | os.O_CREAT))
print("held", flush=True)
time.sleep(60)
"""


def test_lock_ends_with_its_holder_however_that_ends(tmp_path: Path) -> None:
    """Nothing is left behind that somebody would have to remove by hand."""
    path = tmp_path / "file"
    path.write_bytes(b"log")
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE)
    with holder, path.open("rb+") as file:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

        with pytest.raises(OSError, match="temporarily unavailable"):
            lock_file(file.fileno())
        read_meanwhile = path.read_bytes()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        lock_file(file.fileno())

        assert read_meanwhile == b"log"


def test_shared_lock_is_shared_and_keeps_others_out(tmp_path: Path) -> None:
    """Several can share a file, and meanwhile nobody has it alone; nor the other way round."""
    path = tmp_path / "file"
    with path.open("wb+") as first, path.open("rb+") as second, path.open("rb+") as alone:
        lock_file(first.fileno(), is_shared=True)
        lock_file(second.fileno(), is_shared=True)

        with pytest.raises(BlockingIOError):
            lock_file(alone.fileno())
        first.close()
        second.close()
        lock_file(alone.fileno())
        with path.open("rb+") as late, pytest.raises(BlockingIOError):
            lock_file(late.fileno(), is_shared=True)


def test_windows_shares_a_file_by_bytes_of_which_each_takes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is alone has locked all of the bytes, and who shares the first that is free."""
    taken: set[int] = set()

    def locking(descriptor: int, _mode: int, size: int) -> None:
        first = os.lseek(descriptor, 0, os.SEEK_CUR)
        wanted = set(range(first, first + size))
        if wanted & taken:
            raise PermissionError(13, "Permission denied")
        taken.update(wanted)

    fake = types.ModuleType("msvcrt")
    vars(fake).update(locking=locking, LK_NBLCK=2)
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    monkeypatch.setattr(sys, "platform", "win32")
    with (tmp_path / "lock").open("wb+") as file:
        lock_file(file.fileno(), is_shared=True)
        lock_file(file.fileno(), is_shared=True)

        with pytest.raises(BlockingIOError):
            lock_file(file.fileno())
        assert taken == {0x4000_0000, 0x4000_0001}

        taken.clear()
        lock_file(file.fileno())
        with pytest.raises(BlockingIOError):
            lock_file(file.fileno(), is_shared=True)
        assert len(taken) == 1024


def test_windows_locks_a_byte_that_nobody_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A locked byte can't be read there by others, so it is far beyond the end of the file."""
    asked: list[tuple[int, int, int]] = []

    def locking(descriptor: int, mode: int, size: int) -> None:
        asked.append((os.lseek(descriptor, 0, os.SEEK_CUR), mode, size))

    fake = types.ModuleType("msvcrt")
    vars(fake).update(locking=locking, LK_NBLCK=2)
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    monkeypatch.setattr(sys, "platform", "win32")
    with (tmp_path / "log").open("ab+") as file:
        file.write(b"line\n")
        file.flush()

        lock_file(file.fileno())

        assert asked == [(0x4000_0000, 2, 1024)]
        assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == 5
