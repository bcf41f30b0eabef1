"""Each lock that the machine doesn't have is reported, and the others still hold."""

import json
import resource
import subprocess
import sys

import pytest

from grader.observations.locks import Lock
from grader.observations.messages import ChildLimits
from grader.sandbox.guest import lock
from grader.sandbox.guest.file_lock import prepare_file_lock
from grader.sandbox.guest.syscall_lock import prepare_syscall_lock
from grader.sandbox.guest.unavailable import LockUnavailableError

LIMITS = ChildLimits(memory_bytes=1 << 32, file_bytes=1 << 20, cpu_s=60)

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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such call")
def test_privileges_that_hold_in_part_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the kernel refuses to drop capabilities, the other part is tried, and both are told."""
    done: list[int] = []

    def refuse() -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(lock, "_prctl", lambda option, value: done.append(option))  # noqa: ARG005
    monkeypatch.setattr(lock, "_drop_capabilities", refuse)

    with pytest.raises(
        LockUnavailableError, match=r"in part: the capabilities are kept .*not perm"
    ):
        lock._drop_privileges()
    assert done == [lock._PR_SET_NO_NEW_PRIVS]


def test_one_limit_that_fails_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """All limits are tried, and those that the system refuses are named."""
    tried: list[int] = []

    def refuse_one(number: int, _: int) -> None:
        tried.append(number)
        if number == resource.RLIMIT_FSIZE:
            raise ValueError("not allowed")

    monkeypatch.setattr(lock, "_limit", refuse_one)

    with pytest.raises(LockUnavailableError, match="in part: RLIMIT_FSIZE is not set"):
        lock._limit_resources(LIMITS, inherited_bytes=0)
    assert {resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE} <= set(tried)


def test_system_without_limits_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no such limits: a job object takes their place, on the host's side."""
    monkeypatch.setattr(lock, "_HAS_LIMITS", False)

    with pytest.raises(LockUnavailableError, match="needs Linux or macOS"):
        lock._limit_resources(LIMITS, inherited_bytes=0)


def test_limit_that_macos_does_not_keep_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit on memory is taken there and then ignored, so the lock holds in part."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(lock, "_limit", lambda *_: None)

    with pytest.raises(LockUnavailableError, match="in part: RLIMIT_AS is not kept"):
        lock._limit_resources(LIMITS, inherited_bytes=0)


LIMIT_MEMORY = """
import mmap, os, sys
from grader.observations.messages import ChildLimits
from grader.sandbox.guest import lock
# What a torch with CUDA does: reserve much, and touch nothing.
no_reserve = 0x4000
held = mmap.mmap(-1, int(sys.argv[1]), flags=mmap.MAP_PRIVATE | no_reserve, prot=0)
locks, missing = lock.lock_down(
    scratch=os.getcwd(),
    prepared=lock.prepare(("/usr",)),
    limits=ChildLimits(memory_bytes=1 << 30, file_bytes=1 << 20, cpu_s=60),
    without=("syscalls",),
)
assert "resources" in locks, missing
bytearray(700 << 20)
try:
    bytearray(1100 << 20)
except MemoryError:
    print("LIMITED")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("reserved_bytes", [1 << 20, 8 << 30])
def test_limit_on_memory_is_about_what_a_child_adds(reserved_bytes: int) -> None:
    """A child may use 1 GiB more than it was forked with, even if that was 8 GiB."""
    done = subprocess.run(
        [sys.executable, "-c", LIMIT_MEMORY, str(reserved_bytes)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "LIMITED\n"
