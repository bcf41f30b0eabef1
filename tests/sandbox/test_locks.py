"""Each lock is needed: an attack fails with it and succeeds without it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.observations.locks import Lock

Printed = Callable[..., str]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the locks need Linux"),
]

REACHED = "REACHED"

OPEN_A_SOCKET = "import socket; socket.socket(); print('REACHED')"
PAIR_OF_SOCKETS = "import socket; socket.socketpair(); print('REACHED')"
FORK = """
import os
pid = os.fork()
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
print('REACHED')
"""
START_A_PROGRAM = "import subprocess; subprocess.run(['/bin/true'], check=True); print('REACHED')"
NEW_NAMESPACE = """
import ctypes
assert ctypes.CDLL(None).unshare(0x10000000 | 0x40000000) == 0
print('REACHED')
"""
SHARED_MEMORY = """
import ctypes
assert ctypes.CDLL(None).shmget(0, 4096, 0o1600) >= 0
print('REACHED')
"""
SHARED_PAGES = "import mmap; mmap.mmap(-1, 4096); print('REACHED')"
FILL_AT_ONCE = """
import ctypes
file = open('file', 'wb')
assert ctypes.CDLL(None).fallocate(file.fileno(), 0, ctypes.c_long(0), ctypes.c_long(4096)) == 0
print('REACHED')
"""
MEMORY_FILE = "import os; os.memfd_create('x'); print('REACHED')"
RAISE_A_LIMIT = """
import resource
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (soft - 1, hard))
print('REACHED')
"""
OPEN_FOR_COMMANDS = "import os; os.open('/etc/passwd', 3); print('REACHED')"

SYSTEM_CALLS = {
    "a socket": OPEN_A_SOCKET,
    "a pair of sockets": PAIR_OF_SOCKETS,
    "a fork": FORK,
    "a program": START_A_PROGRAM,
    "a namespace": NEW_NAMESPACE,
    "shared memory": SHARED_MEMORY,
    "shared memory that is unmapped": SHARED_PAGES,
    "a file in memory": MEMORY_FILE,
    "a file that is filled at once": FILL_AT_ONCE,
    "another limit": RAISE_A_LIMIT,
    "a file opened for neither reading nor writing": OPEN_FOR_COMMANDS,
}


@pytest.mark.parametrize("attack", SYSTEM_CALLS.values(), ids=SYSTEM_CALLS.keys())
def test_seccomp_refuses_what_no_exercise_needs(attack: str, printed: Printed) -> None:
    """Sockets, processes, namespaces and shared memory are refused, and work without seccomp."""
    # Landlock stops programs and abstract sockets as well, so it has to be off too.
    unlocked = printed(attack, without=(Lock.SYSCALLS, Lock.FILES, Lock.SIGNALS, Lock.PRIVILEGES))
    locked = printed(attack)

    assert REACHED in unlocked
    assert REACHED not in locked


def test_room_for_a_file_can_be_reserved(printed: Printed) -> None:
    """Where a disk can't do that at once, the C library writes instead."""
    source = "import os; file = open('file', 'wb'); os.posix_fallocate(file.fileno(), 0, 9999)\n"

    assert "9999" in printed(f"{source}print(os.stat('file').st_size)")


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the number of a system call")
def test_no_thread_has_descriptors_of_its_own(printed: Printed) -> None:
    """The host finds what a child has open with the process, not with each thread."""
    thread_vm_sighand = 0x10000 | 0x100 | 0x800
    attack = f"import ctypes; print(ctypes.CDLL(None).syscall(56, {thread_vm_sighand}, 0, 0, 0, 0))"

    assert printed(attack).strip() == "-1"


def _read(path: object) -> str:
    return f"print('REACHED', len(open({str(path)!r}, 'rb').read(10)))"


def _secret_paths() -> dict[str, Path]:
    root = Path(__file__).resolve().parents[2]
    return {
        "a check": root / "grader" / "assignments" / "lab4" / "check_update.py",
        "the reference": root / "reference" / "lab4.py",
        "a test": Path(__file__),
        "the guest itself": root / "grader" / "sandbox" / "guest" / "call.py",
        "users": Path("/etc/passwd"),
        "its memory": Path("/proc/self/maps"),
        "memory that is shared when it is mapped": Path("/dev/zero"),
        "its environment": Path("/proc/self/environ"),
        "the parent's command line": Path(f"/proc/{os.getpid()}/cmdline"),
    }


@pytest.mark.parametrize("path", _secret_paths().values(), ids=_secret_paths().keys())
def test_landlock_hides_files(path: Path, printed: Printed) -> None:
    """Checks, reference, /proc and the list of users can't be read, but can without Landlock."""
    unlocked = printed(_read(path), without=(Lock.FILES,))
    locked = printed(_read(path))

    assert REACHED in unlocked
    assert REACHED not in locked
    assert "PermissionError" in locked


def test_landlock_hides_the_home_folder(printed: Printed, tmp_path: Path) -> None:
    """A folder outside can't be listed, so not even the names of its files are known."""
    (tmp_path / "homework.py").write_text("secret = 1", encoding="utf-8")
    attack = f"import os; print(os.listdir({str(tmp_path)!r}))"

    assert "homework.py" in printed(attack, without=(Lock.FILES,))
    assert "homework.py" not in printed(attack)


def test_landlock_keeps_files_from_being_written(printed: Printed, tmp_path: Path) -> None:
    """A file outside the scratch folder can't be created, but can without Landlock."""
    first, second = tmp_path / "first", tmp_path / "second"

    printed(f"open({str(first)!r}, 'w').write('x')", without=(Lock.FILES,))
    printed(f"open({str(second)!r}, 'w').write('x')")

    assert first.exists()
    assert not second.exists()


def test_modes_and_owners_of_files_outside_stay(printed: Printed, tmp_path: Path) -> None:
    """With seccomp, chmod has no effect on a file outside; Landlock doesn't cover it."""
    target = tmp_path / "mine"
    target.write_text("x", encoding="utf-8")
    target.chmod(0o600)
    attack = f"import os; os.chmod({str(target)!r}, 0o777)"

    printed(attack)
    assert target.stat().st_mode & 0o777 == 0o600
    printed(attack, without=(Lock.SYSCALLS,))
    assert target.stat().st_mode & 0o777 == 0o777


def test_no_signal_reaches_the_grader(printed: Printed) -> None:
    """Seccomp and Landlock's scope each keep signals from the grader, even without the other."""
    # Signal 0 only checks the permission.
    attack = "import os; os.kill(os.getppid(), 0); print('REACHED')"

    assert REACHED not in printed(attack)
    assert REACHED not in printed(attack, without=(Lock.SYSCALLS,))
    assert REACHED not in printed(attack, without=(Lock.SIGNALS,))
    assert REACHED in printed(attack, without=(Lock.SYSCALLS, Lock.SIGNALS))


def test_memory_is_bounded(printed: Printed) -> None:
    """A child can't allocate more than 4 GiB."""
    attack = (
        "import mmap; mmap.mmap(-1, 6 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\n"
        "print('REACHED')"
    )

    assert REACHED in printed(attack, without=(Lock.RESOURCES,))
    locked = printed(attack)
    assert REACHED not in locked
    assert "Cannot allocate memory" in locked


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities to lose")
def test_root_loses_its_capabilities(printed: Printed) -> None:
    """A submission has no capabilities even if the grader runs as root."""
    attack = "print([l for l in open('/proc/self/status') if l.startswith('CapEff')])"
    others = (Lock.FILES, Lock.SIGNALS, Lock.SYSCALLS)

    assert "0000000000000000" in printed(attack, without=others)
    assert "0000000000000000" not in printed(attack, without=(*others, Lock.PRIVILEGES))


def test_torch_numpy_threads_and_figures_work_inside(printed: Printed) -> None:
    """Training, threads, figures and files in the scratch folder work under all locks."""
    source = """
import threading, torch, numpy
import matplotlib.pyplot as plt
from concurrent.futures import ThreadPoolExecutor
w = torch.ones(2, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
(w ** 2).sum().backward()
optimizer.step()
with ThreadPoolExecutor(2) as pool:
    assert list(pool.map(abs, [-1, 2])) == [1, 2]
figure, axes = plt.subplots()
axes.plot([0, 1], [1, 2])
figure.savefig('figure.png')
plt.show()
numpy.save('numbers.npy', numpy.ones(3))
print('WORKS', w.tolist())
"""

    assert "WORKS" in printed(source)
