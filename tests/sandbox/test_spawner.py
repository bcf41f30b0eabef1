"""The spawner: each child is a fresh process, with the same locks, limits and manners."""

import contextlib
import io
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
from grader.observations.messages import CodeBlock, Outcome
from grader.sandbox.host import spawned_process
from grader.sandbox.host.account import Account
from grader.sandbox.host.given import Given
from grader.sandbox.host.limits import Confinement, Limits
from grader.sandbox.host.session import Session, Source, open_session
from grader.sandbox.host.spawned_process import pump
from grader.sandbox.host.spawner import Spawner

pytestmark = pytest.mark.slow

LIMITS = Limits(load_cpu_s=2, function_cpu_s=1, idle_wall_s=1.5)
CHILD_LIMITS = LIMITS.for_child(cpu_s=10)
SENTINEL = "zerograd_sentinel"

OpenSource = Callable[..., Session]


@pytest.fixture(scope="module")
def spawner() -> Iterator[Spawner]:
    """Return one spawner for all tests."""
    with Spawner() as starter:
        yield starter


@pytest.fixture
def open_spawned(spawner: Spawner) -> Iterator[OpenSource]:
    """Return a function that opens a session on source code, in spawned children."""
    with contextlib.ExitStack() as stack:

        def open_it(source: str, *, without: tuple[Lock, ...] = ()) -> Session:
            program = Source(
                name="submission.py",
                blocks=(CodeBlock(label="", source=source),),
                is_notebook=False,
                parameters={"f": ("n",)},
            )
            session = open_session(
                spawner,
                program,
                account=Account(LIMITS, functions=1),
                confinement=Confinement(without=without),
            )
            return stack.enter_context(session)

        yield open_it


def is_running(pid: int) -> bool:
    """Return whether a process exists and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until(condition: Callable[[], bool], *, patience_s: float = 20.0) -> bool:
    """Wait until something holds; return whether it does."""
    end = time.monotonic() + patience_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def test_all_locks_hold_in_all_threads(open_spawned: OpenSource) -> None:
    """The locks are those of this thread and its later ones, so there may be no other before."""
    session = open_spawned(
        "import os, threading\n"
        "def f(n):\n"
        "    if n == 3: assert threading.active_count() <= 2\n"
        "    return n\n"
    )
    answer = call(session)

    assert answer.outcome is Outcome.RETURNED
    assert set(session.locks.locks) == set(Lock)
    assert session.locks.missing == {}


def test_no_thread_runs_before_the_locks(spawner: Spawner) -> None:
    """A thread that was there before the locks would be a way around them."""
    spawner.keep_ready(1)
    process = spawner._ready[0]
    process.finish()

    tasks = Path(f"/proc/{process.process.process.pid}/task")
    assert len(list(tasks.iterdir())) == 1


def test_crash_and_hang_get_a_new_child(open_spawned: OpenSource) -> None:
    """The next call is answered by a fresh process."""
    session = open_spawned(
        "import os, ctypes\n"
        "calls = []\n"
        "def f(n):\n"
        "    if not os.path.exists('crashed'):\n"
        "        open('crashed', 'w').close()\n"
        "        ctypes.string_at(0)\n"
        "    return n\n"
    )

    crashed = call(session)
    again = call(session)

    assert crashed.outcome is Outcome.CRASHED
    assert "SIGSEGV" in crashed.detail
    assert again.outcome is Outcome.CRASHED  # its folder is new, too


def test_endless_loop_is_ended_and_has_its_line(open_spawned: OpenSource) -> None:
    """The time that torch takes to import is not the submission's."""
    session = open_spawned("def f(n):\n    while True:\n        n += 1\n")

    answer = call(session)

    assert answer.outcome is Outcome.TIME_LIMIT
    assert answer.running is not None
    assert answer.running.line in (2, 3)


def test_output_of_a_child_is_its_own(open_spawned: OpenSource) -> None:
    """Prints arrive, with those of C code."""
    session = open_spawned("import os\ndef f(n):\n    print('said', n)\n    os.write(2, b'raw')\n")

    call(session)

    text, is_cut = session.output()
    assert "said 3" in text
    assert "raw" in text
    assert not is_cut


def test_processes_of_a_child_end_with_it(open_spawned: OpenSource) -> None:
    """Without the lock on system calls a child can start processes."""
    session = open_spawned(
        f"import subprocess, sys\n"
        f"def f(n):\n"
        f"    started = subprocess.Popen([sys.executable, '-c', "
        f"'import time; time.sleep(600)', '{SENTINEL}'], start_new_session=True)\n"
        f"    return started.pid\n",
        without=(Lock.SYSCALLS, Lock.FILES),
    )
    answer = call(session)
    pid = int(answer.steps[0].returned.value)  # type: ignore[union-attr]
    assert is_running(pid)

    session.close()

    assert wait_until(lambda: not is_running(pid))


def test_given_files_are_there(tmp_path: Path) -> None:
    """What an assignment gives lies in the folder of each child."""
    (tmp_path / "points.csv").write_text("1,2\n")
    given = Given(files={"points.csv": tmp_path / "points.csv"})
    with Spawner(given=given) as starter:
        child = starter.start_child(limits=CHILD_LIMITS, without=())

        assert (child.scratch / "points.csv").read_text() == "1,2\n"
        assert child.given_files == 1


def test_processes_are_kept_ready(spawner: Spawner) -> None:
    """What is started ahead is used, and nothing is started that is not needed."""
    spawner.keep_ready(2)
    ready = [one.process.process.pid for one in spawner._ready]
    spawner.keep_ready(2)
    assert [one.process.process.pid for one in spawner._ready] == ready

    child = spawner.start_child(limits=CHILD_LIMITS, without=())

    assert child.pid == ready[0]
    assert [one.process.process.pid for one in spawner._ready] == ready[1:]
    spawner.kill(child)


def test_warm_reaches_processes_that_are_ready_and_later_ones() -> None:
    """A module is imported before a child loads anything."""
    with Spawner() as starter:
        starter.keep_ready(1)
        starter.warm(("colorsys",))
        starter.keep_ready(2)
        for one in starter._ready:
            one.finish()
            assert one._pending == 0


def test_close_ends_everything() -> None:
    """Neither a process nor a folder is left, also if sessions are still open."""
    starter = Spawner()
    child = starter.start_child(limits=CHILD_LIMITS, without=())
    starter.keep_ready(1)
    other = starter._ready[0].process.process.pid

    starter.close()

    assert not is_running(child.pid)
    assert not is_running(other)
    assert not child.scratch.parent.exists()


def test_killing_twice_is_harmless(spawner: Spawner) -> None:
    """The second call knows nothing of the child."""
    child = spawner.start_child(limits=CHILD_LIMITS, without=())

    assert spawner.kill(child) == -signal.SIGKILL
    assert spawner.kill(child) == 0
    assert not child.scratch.exists()


def test_process_that_ends_early_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without torch, the error shows what the process has printed."""
    broken = "import sys; sys.modules['torch'] = None; " + spawned_process._PROGRAM
    monkeypatch.setattr(spawned_process, "_PROGRAM", broken)
    with Spawner() as starter, pytest.raises(StarterLostError) as caught:
        _ = starter.versions

    assert str(caught.value).startswith("a new child ended unexpectedly with status 1")
    assert "torch" in str(caught.value)


def test_process_that_hangs_misses_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host never waits forever."""
    monkeypatch.setattr("grader.sandbox.host.spawner._IMPORT_DEADLINE_S", 0.5)
    with Spawner() as starter:
        process = starter._ready[0].process.process
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(StarterLostError, match="did not answer in time"):
            starter.start_child(limits=CHILD_LIMITS, without=())

        assert process.poll() is not None


_HOST = """
import sys, time
from grader.observations.messages import CallRequest, CodeBlock
from grader.observations.values import Number
from grader.sandbox.host.account import Account
from grader.sandbox.host.limits import Confinement, Limits
from grader.sandbox.host.session import Source, open_session
from grader.sandbox.host.spawner import Spawner

source = Source(
    name="a.py", blocks=(CodeBlock(label="", source="def f(n):\\n    while True: pass\\n"),),
    is_notebook=False, parameters={"f": ("n",)},
)
with Spawner() as starter:
    account = Account(Limits(), functions=1)
    with open_session(starter, source, account=account, confinement=Confinement()) as session:
        session.loaded
        print(session._child._child.pid, flush=True)
        session.ask(CallRequest(function="f", inputs={"n": Number(value=1, kind="int")}))
        time.sleep(600)
"""


def test_child_ends_with_a_host_that_is_killed() -> None:
    """Also while it computes and reads nothing from its socket."""
    host = subprocess.Popen(
        [sys.executable, "-c", _HOST], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
    )
    try:
        assert host.stdout is not None
        pid = int(host.stdout.readline())
        assert is_running(pid)
    finally:
        host.kill()
        host.wait()
        assert host.stdout is not None
        host.stdout.close()

    assert wait_until(lambda: not is_running(pid))


def test_output_passes_through_a_socket_where_pipes_cannot_be_waited_for() -> None:
    """As on Windows: everything arrives in order, nothing blocks, and the end is seen."""
    reading, writing = os.pipe()
    output = pump(io.FileIO(reading))
    assert output.read(10) is None

    os.write(writing, b"a" * 50_000)
    received = b""

    def has_all() -> bool:
        nonlocal received
        received += output.read(1 << 16) or b""
        return len(received) == 50_000

    assert wait_until(has_all)
    os.close(writing)
    assert wait_until(lambda: output.read(10) == b"")
    output.close()


def test_writer_is_not_blocked_by_output_that_nobody_wants() -> None:
    """If the host closes its end, the pipe is closed too."""
    reading, writing = os.pipe()
    output = pump(io.FileIO(reading))
    output.close()

    def is_refused() -> bool:
        try:
            os.write(writing, b"x")
        except BrokenPipeError:
            return True
        return False

    assert wait_until(is_refused)
    os.close(writing)
