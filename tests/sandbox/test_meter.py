"""What a call uses is measured so that a busy machine makes no difference."""

import subprocess
import sys

import pytest

from grader.sandbox.host import meter as module
from grader.sandbox.host.meter import Meter
from grader.sandbox.host.usage import read_cpu_s, read_memory_bytes, read_queue_s

PID = 12345


class Kernel:
    """What the kernel says about a process, as the test sets it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.cpu_s = self.queue_s = 100.0
        self.is_gone = False
        monkeypatch.setattr(module, "read_cpu_s", lambda _: None if self.is_gone else self.cpu_s)
        monkeypatch.setattr(module, "read_queue_s", lambda _: self.queue_s)
        monkeypatch.setattr("grader.sandbox.host.meter.time.monotonic", lambda: self.now)

    def let(self, *, wall: float, cpu: float = 0.0, queue: float = 0.0) -> None:
        """Let time pass."""
        self.now += wall
        self.cpu_s += cpu
        self.queue_s += queue


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """Return a kernel that says what the test wants."""
    return Kernel(monkeypatch)


def test_cpu_time_counts_from_the_beginning_of_the_call(kernel: Kernel) -> None:
    """What was used before the call is not the call's."""
    meter = Meter(PID)
    kernel.let(wall=1, cpu=0.7)
    assert meter.child_cpu_s() == pytest.approx(0.7)


def test_last_reading_stays_when_the_process_is_gone(kernel: Kernel) -> None:
    """A child that has ended has used what it had used."""
    meter = Meter(PID)
    kernel.let(wall=1, cpu=0.7)
    meter.child_cpu_s()
    kernel.is_gone = True
    assert meter.child_cpu_s() == pytest.approx(0.7)


def test_call_that_computes_nothing_is_idle(kernel: Kernel) -> None:
    """A sleep is found, however long it has computed before."""
    meter = Meter(PID)
    kernel.let(wall=2, cpu=2)
    meter.watch()
    assert meter.idle_s == 0
    for _ in range(10):
        kernel.let(wall=0.5)
        meter.watch()
    assert meter.idle_s == pytest.approx(5)


def test_waiting_for_a_cpu_is_not_idle(kernel: Kernel) -> None:
    """On a busy machine a process may get no CPU for seconds, although it could compute."""
    meter = Meter(PID)
    meter.watch()
    for _ in range(100):
        kernel.let(wall=0.5, queue=0.5)
        meter.watch()
    assert meter.idle_s == 0
    assert meter.wall_s == pytest.approx(0)


def test_little_work_now_and_then_does_not_stay_unnoticed(kernel: Kernel) -> None:
    """The wall time without the queue grows while a call mostly sleeps."""
    meter = Meter(PID)
    meter.watch()
    for _ in range(20):
        kernel.let(wall=4.9, cpu=0.06)
        meter.watch()
    assert meter.idle_s < 5
    assert meter.wall_s == pytest.approx(98)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's accounting")
def test_shared_memory_counts() -> None:
    """Memory that could be shared with others is used no less."""
    program = "import mmap; data = mmap.mmap(-1, 50_000_000); data.write(bytes(50_000_000))\n"
    program += "print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert 50_000_000 < read_memory_bytes(process.pid) < 90_000_000
        process.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's accounting")
def test_kernel_accounts_for_another_process() -> None:
    """CPU time, time on the run queue and memory of a child are read from outside."""
    program = "import time; data = bytearray(50_000_000); t = time.process_time()\n"
    program += "while time.process_time() - t < 0.3: pass\nprint(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        cpu_s = read_cpu_s(process.pid)
        assert cpu_s is not None
        assert cpu_s >= 0.3
        assert read_queue_s(process.pid) >= 0
        assert read_memory_bytes(process.pid) > 50_000_000
        process.kill()
        process.wait()
        assert read_cpu_s(process.pid) is None
        assert read_memory_bytes(process.pid) == 0
