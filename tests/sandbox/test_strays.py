"""No process that a submission has started outlives it, where seccomp doesn't prevent them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sessions import call

from grader.errors import StarterLostError
from grader.observations.locks import Lock
from grader.observations.messages import Outcome
from grader.sandbox import process_tree
from grader.sandbox.host import forkserver_process
from grader.sandbox.host.forkserver import Forkserver
from grader.sandbox.host.session import Session

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
]

OpenSource = Callable[..., Session]

# Every process prints its id, and ends by itself after 20 s. The child's output is a pipe, and its
# lines are short: they don't mix.
COMMON = """
import os, signal, sys, time

def say():
    os.write(1, f'pid {os.getpid()}\\n'.encode())

def stay():
    say()
    time.sleep(20)
    os._exit(0)

def f(n): return n
"""
STRAYS = {
    "a fork": "if os.fork() == 0: stay()",
    "a fork that ignores signals": """
if os.fork() == 0:
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    stay()
""",
    "a fork of a fork, in sessions of their own": """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            stay()
        os._exit(0)
    os._exit(0)
os.wait()
""",
    "a tree": """
if os.fork() == 0:
    os.setsid()
    os.fork()
    os.fork()
    os.fork()
    stay()
""",
    "one that adopts orphans itself": """
import ctypes
if os.fork() == 0:
    os.setsid()
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            stay()
        os._exit(0)
    stay()
""",
    "one that starts another and ends, again and again": """
if os.fork() == 0:
    os.setsid()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if os.fork() > 0:
            os._exit(0)
        os.setsid()
    os._exit(0)
""",
    "many that replace each other": """
if os.fork() == 0:
    os.setsid()
    end = time.monotonic() + 10
    for _ in range(3):
        os.fork()
    while time.monotonic() < end:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            time.sleep(0.002)
            os._exit(0)
        os.waitpid(pid, 0)
    os._exit(0)
""",
}
WITHOUT = {"by seccomp alone": (Lock.SYSCALLS,), "at all": tuple(Lock)}


def _printed_ids(session: Session, *, wait_s: float = 0.3) -> list[int]:
    """Return the process ids that were printed, after some time for it."""
    time.sleep(wait_s)
    lines = session.output()[0].splitlines()
    return [int(line.removeprefix("pid ")) for line in lines if line.startswith("pid ")]


def _forkserver_id(forkserver: Forkserver) -> int:
    return forkserver._process.process.pid


def _are_gone(pids: list[int]) -> bool:
    return not process_tree._living(pids, 0)


@pytest.mark.parametrize("without", WITHOUT.values(), ids=WITHOUT.keys())
@pytest.mark.parametrize("strays", STRAYS.values(), ids=STRAYS.keys())
def test_nothing_outlives_the_session(
    strays: str, without: tuple[Lock, ...], open_source: OpenSource, forkserver: Forkserver
) -> None:
    """Closing the session ends all that came from its child, and nothing else."""
    other = open_source(COMMON)
    assert call(other).outcome is Outcome.RETURNED
    session = open_source(COMMON + strays, without=without)
    assert call(session).outcome is Outcome.RETURNED
    pids = _printed_ids(session)
    below = process_tree._living([_forkserver_id(forkserver)], 0)
    assert len(below) >= 3  # the forkserver, the other child, this child, and most often strays

    session.close()

    assert _are_gone(pids)
    # The forkserver and the child of the other session. (Others are of other tests.)
    assert len(process_tree._living([_forkserver_id(forkserver)], 0)) == 2
    assert call(other).outcome is Outcome.RETURNED


def test_seccomp_leaves_nothing_to_end(open_source: OpenSource) -> None:
    """With all locks, a submission has no process but its own."""
    session = open_source(COMMON + STRAYS["a tree"])
    assert call(session).outcome is Outcome.RETURNED

    assert _printed_ids(session, wait_s=0) == []


class TestEndOfTheForkserver:
    """Nothing is left when the forkserver ends, whether it does so itself or is killed."""

    @pytest.fixture
    def forkserver(self) -> Iterator[Forkserver]:
        """Return a forkserver of its own, which the test may end."""
        with Forkserver() as server:
            yield server

    @pytest.fixture
    def pids(self, open_source: OpenSource, forkserver: Forkserver) -> Iterator[list[int]]:
        """Return the ids of processes that a submission has started."""
        session = open_source(
            COMMON + STRAYS["a fork of a fork, in sessions of their own"], without=WITHOUT["at all"]
        )
        assert call(session).outcome is Outcome.RETURNED
        pids = _printed_ids(session)
        assert len(pids) == 1
        assert not _are_gone(pids)
        yield pids
        forkserver.close()
        with pytest.raises(StarterLostError):
            session.close()

    def test_closing_it_ends_strays(self, pids: list[int], forkserver: Forkserver) -> None:
        """A forkserver that the host closes ends them itself."""
        forkserver.close()

        assert _are_gone(pids)

    def test_killing_it_ends_strays(
        self, pids: list[int], forkserver: Forkserver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """If the host has to kill a forkserver that hangs, it ends them first."""
        monkeypatch.setattr(forkserver_process, "_PATIENCE_S", 0.2)
        os.kill(_forkserver_id(forkserver), signal.SIGSTOP)

        forkserver.close()

        assert _are_gone(pids)

    def test_end_of_the_host_ends_strays(self, pids: list[int], forkserver: Forkserver) -> None:
        """If the host is gone, the forkserver reads the end of its socket, and ends them."""
        forkserver._control.close()  # as the kernel does it

        forkserver._process.process.wait(10)

        assert _are_gone(pids)


def test_children_are_found_without_the_kernels_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """On kernels that don't list the children of a process, all processes are looked at."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(20)"])
    listed = process_tree._children_of(os.getpid())
    monkeypatch.setattr(process_tree, "_kernel_lists_children", lambda: False)

    try:
        assert child.pid in listed
        assert process_tree._children_of(os.getpid()) == sorted(listed)
        assert process_tree.end_descendants(os.getpid(), spare=set(listed) - {child.pid})
        assert not Path(f"/proc/{child.pid}").exists()
    finally:
        child.kill()
        child.wait()


def test_signal_goes_only_to_the_process_that_was_found() -> None:
    """A process with another parent than the one that was found is another one."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(20)"]) as child:
        process_tree._send_signal(child.pid, os.getppid(), signal.SIGKILL)
        time.sleep(0.1)
        assert child.poll() is None

        process_tree._send_signal(child.pid, os.getpid(), signal.SIGKILL)
        assert child.wait(5) == -signal.SIGKILL


ENDS_WHILE_LOOKED_AT = """
import os, signal, time
from grader.sandbox import process_tree
from grader.sandbox.guest.lock import adopt_orphans

adopt_orphans()
reader, writer = os.pipe()
first = os.fork()
if first == 0:
    second = os.fork()
    if second == 0:
        time.sleep(20)
        os._exit(0)
    os.write(writer, str(second).encode())
    time.sleep(20)
    os._exit(0)
second = int(os.read(reader, 20))

def end_first(pid):
    process_tree._is_reaped = is_reaped
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    return True

is_reaped, process_tree._is_reaped = process_tree._is_reaped, end_first
assert process_tree.end_descendants(os.getpid())
print(os.path.exists(f"/proc/{second}"))
os.kill(second, signal.SIGKILL)
"""


def test_orphan_of_one_that_ends_while_it_is_looked_at_is_found() -> None:
    """A process that gets a new parent between two steps of the search doesn't get away."""
    done = subprocess.run(
        [sys.executable, "-c", ENDS_WHILE_LOOKED_AT], capture_output=True, text=True, check=False
    )

    assert done.stdout == "False\n", done.stderr
