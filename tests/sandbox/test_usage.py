"""What a process uses is measured alike by Linux's own means and by those for other systems."""

import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sessions import call

from grader.observations.messages import Outcome
from grader.sandbox.host import connection, linux_usage, meter, psutil_usage
from grader.sandbox.host.limits import Limits
from grader.sandbox.host.session import Session

BOTH = pytest.mark.parametrize("usage", [linux_usage, psutil_usage], ids=["linux", "psutil"])
NAMES = ("count_threads", "read_cpu_s", "read_memory_bytes", "read_queue_s", "read_unlinked_bytes")
MIB = 2**20
_WORK = """
import threading, time
stop = threading.Event()
for _ in range(3):
    threading.Thread(target=stop.wait, daemon=True).start()
held = bytearray(100 * 2**20)
held[:] = b"x" * len(held)
while time.process_time() < 0.5:
    pass
print("done", flush=True)
input()
"""
_MANY_THREADS = """import threading, time
    for _ in range(100):
        threading.Thread(target=time.sleep, args=(60,)).start()
    while True: pass"""


@pytest.fixture(scope="module")
def process() -> Iterator["subprocess.Popen[bytes]"]:
    """Return a process with four threads, 100 MiB, and half a second of CPU time."""
    with subprocess.Popen(
        [sys.executable, "-c", _WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"done\n"
        yield started
        started.kill()


@BOTH
def test_cpu_time_memory_and_threads(
    usage: types.ModuleType, process: "subprocess.Popen[bytes]"
) -> None:
    """They are those of the process, over all its threads."""
    assert 0.45 <= usage.read_cpu_s(process.pid) < 3  # psutil counts in hundredths
    assert 100 * MIB < usage.read_memory_bytes(process.pid) < 140 * MIB
    assert usage.count_threads(process.pid) == 4
    assert usage.read_queue_s(process.pid) >= 0


@BOTH
def test_a_process_that_is_gone(usage: types.ModuleType) -> None:
    """It uses nothing, and its CPU time is not known."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass

    assert usage.read_cpu_s(ended.pid) is None
    assert usage.read_memory_bytes(ended.pid) == 0
    assert usage.count_threads(ended.pid) == 1
    assert usage.read_queue_s(ended.pid) == 0
    assert usage.read_unlinked_bytes(ended.pid, Path(), largest_bytes=9) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("while True: pass", Outcome.TIME_LIMIT),
        ("import time; time.sleep(60)", Outcome.TIME_LIMIT),
        ("held = bytearray(900 * 2**20); held[:] = b'x' * len(held)", Outcome.MEMORY_LIMIT),
        (_MANY_THREADS, Outcome.MEMORY_LIMIT),
        ("return n", Outcome.RETURNED),
    ],
    ids=["computes", "waits", "memory", "threads", "returns"],
)
def test_limits_hold_with_the_means_of_other_systems(
    monkeypatch: pytest.MonkeyPatch,
    open_source: Callable[..., Session],
    body: str,
    outcome: Outcome,
) -> None:
    """The same limits are found by psutil."""
    for module in (connection, meter):
        for name in NAMES:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, getattr(psutil_usage, name))
    limits = Limits(function_cpu_s=1, idle_wall_s=1.5, memory_bytes=512 * MIB)
    session = open_source(f"def f(n):\n    {body}", limits=limits)

    assert call(session).outcome is outcome
