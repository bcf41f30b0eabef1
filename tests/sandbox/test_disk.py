"""What a child writes is counted, also where no file in its folder shows it."""

import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sessions import call

from grader.observations.messages import CodeBlock, Outcome
from grader.sandbox.host import connection as module
from grader.sandbox.host.account import Account
from grader.sandbox.host.child import Child
from grader.sandbox.host.forkserver import Forkserver
from grader.sandbox.host.limits import MIB, Confinement, Limits
from grader.sandbox.host.session import Session, Source, open_session

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's accounting"),
]

OpenSource = Callable[..., Session]

_FILL = """
import mmap, os, time
kept = []
def f(n):
    for i in range(200):
        descriptor = os.open(f"f{i}", os.O_RDWR | os.O_CREAT)
        os.write(descriptor, bytes(1 << 20))
        HOLD
        os.unlink(f"f{i}")
        time.sleep(0.01)
    return n
def g(n): return n + 1
"""
HELD = {
    "open": "kept.append(descriptor)",
    # mmap.mmap keeps a descriptor of its own, and this does not.
    "mapped": "kept.append(ctypes.CDLL(None).mmap(None, 4096, 1, 2, descriptor, 0)); "
    "os.close(descriptor)",
}
# As for a user who may not look into any process: without the capability.
_AS_USER = """
import sys
from grader.observations.messages import CallRequest, CodeBlock
from grader.observations.values import Number
from grader.sandbox.host.account import Account
from grader.sandbox.host.forkserver import Forkserver
from grader.sandbox.host.limits import MIB, Confinement, Limits
from grader.sandbox.host.session import Source, open_session
source = Source(
    name="submission.py",
    blocks=(CodeBlock(label="", source=sys.argv[1]),),
    is_notebook=False,
    parameters={"f": ("n",)},
)
account = Account(Limits(disk_bytes=8 * MIB), functions=1)
request = CallRequest(function="f", inputs={"n": Number(value=1, kind="int")})
with Forkserver() as server:
    with open_session(server, source, account=account, confinement=Confinement()) as session:
        print(session.observe(request).outcome.value, *session.locks.missing)
"""


def _source(held: str) -> str:
    return "import ctypes" + _FILL.replace("HOLD", HELD[held])


@pytest.mark.parametrize("held", HELD)
def test_files_without_a_name_count(held: str, open_source: OpenSource) -> None:
    """A file that was removed but is still open or mapped takes as much of the disk as before."""
    session = open_source(_source(held), limits=Limits(disk_bytes=8 * MIB))

    assert call(session, "f").outcome is Outcome.DISK_LIMIT
    assert call(session, "g").outcome is Outcome.RETURNED


def test_file_that_was_removed_for_good_does_not_count(open_source: OpenSource) -> None:
    """Whoever cleans up may write as much as they like, a little at a time."""
    source = (
        "import os, time\ndef f(n):\n    for i in range(40):\n"
        "        with open('f', 'wb') as file: file.write(bytes(1 << 20))\n"
        "        os.remove('f')\n        time.sleep(0.01)\n    return n"
    )
    session = open_source(source, limits=Limits(disk_bytes=8 * MIB))

    assert call(session, "f").outcome is Outcome.RETURNED


@pytest.mark.parametrize("held", HELD)
def test_files_without_a_name_count_where_the_grader_is_a_usual_user(held: str) -> None:
    """A locked child doesn't hide from its own user what it has open."""
    command = [sys.executable, "-c", _AS_USER, _source(held)]
    if os.geteuid() == 0:  # who may look into any process
        command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--", *command]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no setpriv")
    if "setpriv" in done.stderr:
        pytest.skip("the rights of root can't be given up here")
    outcome, *missing = done.stdout.split()
    if missing:
        pytest.skip("without all locks, a child hides its memory")

    assert outcome == "disk_limit", done.stderr


def test_folder_that_takes_long_to_measure_is_measured_soon_again(
    open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise it could be filled with more than can be removed in a short time."""

    def measure(folder: Path, *, at_most_files: int) -> tuple[int, int]:  # noqa: ARG001
        time.sleep(0.1)
        return 0, 0

    session = open_source("def f(n): return n")
    call(session)
    child = session._child
    assert child is not None
    monkeypatch.setattr(module, "measure_folder", measure)
    child._next_measure = 0.0

    assert child.disk_share == 0

    assert child._next_measure - time.monotonic() < 0.3


def test_child_that_runs_is_stopped_while_the_folder_of_another_is_removed(
    forkserver: Forkserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it can write to all folders, it would fill that one faster than it is emptied."""
    source = Source(
        name="submission.py",
        blocks=(CodeBlock(label="", source="def f(n): return n"),),
        is_notebook=False,
        parameters={"f": ("n",)},
    )
    account = Account(Limits(), functions=1)
    opening = functools.partial(
        open_session, forkserver, source, account=account, confinement=Confinement()
    )
    states: list[str] = []
    kill = forkserver.kill

    def note_state(child: Child) -> int:
        deadline = time.monotonic() + 10
        state = ""
        while state != "T" and time.monotonic() < deadline:  # a signal takes a moment
            stat = Path(f"/proc/{states[0]}/stat").read_text(encoding="utf-8")
            state = stat.rpartition(")")[2].split()[0]
        states.append(state)
        return kill(child)

    with opening() as first, opening() as second:
        call(first)
        call(second)
        assert first._child is not None
        assert second._child is not None
        states.append(str(second._child._child.pid))
        monkeypatch.setattr(forkserver, "kill", note_state)
        first.close()
        monkeypatch.undo()

        assert states[1] == "T"  # stopped
        assert call(second).outcome is Outcome.RETURNED


def test_what_a_child_leaves_behind_is_booked_on_the_function_that_ended(
    open_source: OpenSource,
) -> None:
    """Neither its own time nor that of removing its files is missing to the next function."""
    source = (
        "import os\ndef f(n):\n    for i in range(10 ** 9): os.mkdir(f'd{i}')\n"
        "def g(n): return n + 1"
    )
    session = open_source(source, limits=Limits(files=5000, function_cpu_s=5))

    assert call(session, "f").outcome is Outcome.DISK_LIMIT
    assert call(session, "g").outcome is Outcome.RETURNED

    account = session._account
    assert account._by_function["f"] > 0.05
    assert account._by_function["g"] < 0.05
