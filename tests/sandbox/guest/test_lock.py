"""Each lock that the machine doesn't have is reported, and the others still hold."""

import json
import subprocess
import sys

import pytest

from grader.observations.locks import Lock
from grader.sandbox.guest.file_lock import prepare_file_lock
from grader.sandbox.guest.syscall_lock import prepare_syscall_lock
from grader.sandbox.guest.unavailable import LockUnavailableError

LOCK_DOWN_WITHOUT_LIBRARIES = """
import json, os, sys
sys.modules["py_landlock"] = None
sys.modules["pyseccomp"] = None
from grader.observations.messages import ChildLimits
from grader.sandbox.guest import lock
prepared = lock.prepare(("/usr",))
locks, missing = lock.lock_down(
    scratch=os.getcwd(),
    prepared=prepared,
    limits=ChildLimits(memory_bytes=1 << 32, file_bytes=1 << 20, cpu_s=60),
    without=(),
)
print(json.dumps([locks, missing]))
"""


def test_missing_landlock_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """If py-landlock can't be loaded, the reason names it."""
    monkeypatch.setitem(sys.modules, "py_landlock", None)

    with pytest.raises(LockUnavailableError, match="py-landlock can't be loaded"):
        prepare_file_lock(("/usr",))


def test_missing_seccomp_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """If pyseccomp can't be loaded, the reason names it."""
    monkeypatch.setitem(sys.modules, "pyseccomp", None)

    with pytest.raises(LockUnavailableError, match="pyseccomp can't be loaded"):
        prepare_syscall_lock()


def test_other_locks_hold_where_some_are_missing() -> None:
    """Without the libraries for Landlock and seccomp, the locks that need neither still hold."""
    done = subprocess.run(
        [sys.executable, "-c", LOCK_DOWN_WITHOUT_LIBRARIES],
        capture_output=True,
        text=True,
        check=True,
    )

    locks, missing = json.loads(done.stdout)
    assert {*locks, *missing} == set(Lock)  # each lock is either put on or reported
    assert locks == ["privileges", "resources"]
    assert set(missing) == {"files", "signals", "syscalls"}
    assert all("can't be loaded" in reason for reason in missing.values())
