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

        assert asked == [(0x4000_0000, 2, 1)]
        assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == 5
