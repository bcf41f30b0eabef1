"""What hangs, crashes, floods or lies costs its own call, and the next one is answered."""

from collections.abc import Callable

import pytest
from sessions import call

from grader.observations.messages import Outcome
from grader.observations.values import Number
from grader.sandbox.host.limits import MIB, Limits
from grader.sandbox.host.session import Session

pytestmark = pytest.mark.slow

OpenSource = Callable[..., Session]

GOOD = "\ndef g(n): return n + 1\n"

HANGS = {
    "an endless loop": "def f(n):\n    while True: pass",
    "a sleep": "import time\ndef f(n): time.sleep(1000)",
    "a regular expression": "import re\ndef f(n): re.match(r'(a+)+$', 'a' * 64 + 'b')",
    "a power of integers": "def f(n): return 7 ** (7 ** 14)",
    "a loop inside torch": "import torch\ndef f(n):\n    x = torch.ones(3000, 3000)\n"
    "    return torch.linalg.matrix_power(x, 2 ** 40)",
    "a lock": "import threading\ndef f(n):\n    lock = threading.Lock()\n"
    "    lock.acquire()\n    lock.acquire()",
    "an exception that is swallowed": "def f(n):\n    while True:\n        try:\n"
    "            while True: pass\n        except BaseException: pass",
    "threads": "import threading\ndef f(n):\n    def spin():\n        while True: pass\n"
    "    for _ in range(4): threading.Thread(target=spin, daemon=True).start()\n    spin()",
}


@pytest.mark.parametrize("source", HANGS.values(), ids=HANGS.keys())
def test_a_call_that_hangs_is_ended_and_the_next_one_answered(
    source: str, open_source: OpenSource
) -> None:
    """The child is replaced, and what it had defined is there again."""
    session = open_source(source + GOOD)

    hung, fine = call(session, "f"), call(session, "g")

    assert hung.outcome is Outcome.TIME_LIMIT
    assert fine.outcome is Outcome.RETURNED
    assert fine.steps[0].returned == Number(value=4, kind="int")


CRASHES = {
    "os._exit": "import os\ndef f(n): os._exit(0)",
    "a null pointer": "import ctypes\ndef f(n): ctypes.string_at(0)",
    "abort": "import os\ndef f(n): os.abort()",
    "closed descriptors": "import os\ndef f(n): os.closerange(0, 1000)",
}


@pytest.mark.parametrize("source", CRASHES.values(), ids=CRASHES.keys())
def test_a_call_that_ends_the_process_costs_itself(source: str, open_source: OpenSource) -> None:
    """Exit status 0 is no success: only an answer is."""
    session = open_source(source + GOOD)

    crashed, fine = call(session, "f"), call(session, "g")

    assert crashed.outcome is Outcome.CRASHED
    assert fine.outcome is Outcome.RETURNED


def test_system_exit_in_a_function_is_an_exception(open_source: OpenSource) -> None:
    """sys.exit raises SystemExit, which is told as such."""
    session = open_source("import sys\ndef f(n): sys.exit(0)" + GOOD)

    answer = call(session, "f")

    assert answer.outcome is Outcome.RAISED
    assert answer.raised is not None
    assert answer.raised.type_name == "SystemExit"


MEMORY_HOGS = {
    "bytes": "def f(n): return len(bytearray(100 << 30))",
    "a tensor": "import torch\ndef f(n): return torch.zeros(100 << 28).sum()",
    "a list": "def f(n):\n    hoard = []\n    while True: hoard.append(bytearray(50 << 20))",
}


@pytest.mark.parametrize("source", MEMORY_HOGS.values(), ids=MEMORY_HOGS.keys())
def test_memory_beyond_the_limit_is_refused(source: str, open_source: OpenSource) -> None:
    """100 GB of memory is an outcome, not a machine that stands still."""
    limits = Limits(memory_bytes=1536 * MIB, function_cpu_s=5)
    session = open_source(source + GOOD, limits=limits)

    answer, fine = call(session, "f"), call(session, "g")

    assert answer.outcome is Outcome.MEMORY_LIMIT
    assert fine.outcome is Outcome.RETURNED


def test_a_thousand_threads_are_too_many(open_source: OpenSource) -> None:
    """Threads are counted from outside."""
    source = (
        "import threading, time\nthreading.stack_size(65536)\ndef f(n):\n"
        "    for _ in range(1000):\n"
        "        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()\n"
        "    time.sleep(100)"
    )
    session = open_source(source + GOOD)

    assert call(session, "f").outcome is Outcome.MEMORY_LIMIT
    assert call(session, "g").outcome is Outcome.RETURNED


def test_flood_of_output_neither_blocks_nor_piles_up(open_source: OpenSource) -> None:
    """Output is drained and cut, and a function that prints a lot may still be right."""
    source = "def f(n):\n    for _ in range(3000): print('x' * 1000)\n    return n" + GOOD
    session = open_source(source, limits=Limits(output_bytes=100_000))

    answer = call(session, "f")
    output, is_cut = session.output()

    assert answer.outcome is Outcome.RETURNED
    assert len(output) == 100_000
    assert is_cut


def test_endless_flood_of_output_is_ended_by_its_time(open_source: OpenSource) -> None:
    """Printing for ever is computing for ever."""
    session = open_source("def f(n):\n    while True: print('x' * 1000)" + GOOD)

    assert call(session, "f").outcome is Outcome.TIME_LIMIT
    assert call(session, "g").outcome is Outcome.RETURNED


DISK_HOGS = {
    "one large file": "def f(n):\n    with open('big', 'wb') as file:\n"
    "        while True: file.write(bytes(1 << 20))",
    "many files": "def f(n):\n    for i in range(10 ** 9):\n"
    "        with open(f'file-{i}', 'wb') as file: file.write(bytes(1 << 20))",
    "many empty files": "def f(n):\n    for i in range(10 ** 9): open(f'file-{i}', 'wb').close()",
    "nested folders": "import os\ndef f(n):\n    while True:\n"
    "        os.mkdir('d' * 100)\n        os.chdir('d' * 100)",
}


@pytest.mark.parametrize("source", DISK_HOGS.values(), ids=DISK_HOGS.keys())
def test_disk_is_bounded_and_given_back(source: str, open_source: OpenSource) -> None:
    """A scratch folder is small, and gone afterwards, whatever is in it."""
    limits = Limits(disk_bytes=8 * MIB, files=500, function_cpu_s=5)
    session = open_source(source + GOOD, limits=limits)
    session.loaded  # noqa: B018 - makes the child
    child = session._child
    assert child is not None

    answer, fine = call(session, "f"), call(session, "g")
    session.close()

    assert answer.outcome is Outcome.DISK_LIMIT
    assert fine.outcome is Outcome.RETURNED
    assert not child.scratch.exists()


def test_total_time_ends_the_submission(open_source: OpenSource) -> None:
    """Out of time in all: what is asked later is answered with *stopped* at once."""
    session = open_source(
        "def f(n):\n    while True: pass" + GOOD, limits=Limits(total_wall_s=1, function_cpu_s=10)
    )

    outcomes = [call(session, name).outcome for name in ("f", "g", "g")]

    assert outcomes == [Outcome.STOPPED] * 3
    assert session.is_over


def test_statement_that_hangs_at_import_is_left_out(open_source: OpenSource) -> None:
    """What a file defines before and after an endless demo loop counts."""
    session = open_source(
        "def f(n): return n\nwhile True: pass\ndef g(n): return n",
        limits=Limits(load_cpu_s=0.5),
    )

    assert session.loaded.defined == ("f", "g")
    assert call(session, "f").outcome is Outcome.RETURNED
    assert call(session, "g").outcome is Outcome.RETURNED
    (raised,) = [note.raised for note in session.loaded.notes if note.raised]
    assert (raised.type_name, raised.line) == ("time_limit", 2)
    assert raised.text == "over 0.5 s of computing time while loading"


def test_cell_that_hangs_or_exits_does_not_stop_the_next_ones(open_source: OpenSource) -> None:
    """In a notebook the cells after a hanging one still run."""
    session = open_source(
        "def f(n): return n",
        "import os; os._exit(0)",
        "while True: pass",
        "def g(n): return n",
        limits=Limits(load_cpu_s=0.5),
    )

    assert session.loaded.defined == ("f", "g")
    assert call(session, "g").outcome is Outcome.RETURNED


FORGERIES = {
    "an answer before it is asked": "import os\nos.write(3, b'\\0\\0\\0\\1\\xc0')" + GOOD,
    "garbage": "import os\ndef f(n):\n    os.write(3, b'\\xff' * 100)\n    return 1" + GOOD,
    "a second answer": "import os\ndef f(n):\n    return 1\n"
    "class Late:\n    def __init__(self, fd): self.fd = fd\n"
    "def f(n):\n    import threading, time\n"
    "    threading.Timer(0.2, os.write, (3, b'\\0\\0\\0\\1\\xc0')).start()\n    return 1\n" + GOOD,
    "a huge announcement": "import os\ndef f(n): os.write(3, b'\\x7f\\xff\\xff\\xff')" + GOOD,
}


@pytest.mark.parametrize("source", FORGERIES.values(), ids=FORGERIES.keys())
def test_bytes_that_were_not_asked_for_end_the_submission(
    source: str, open_source: OpenSource
) -> None:
    """Who writes to the grader's channel is not asked again."""
    session = open_source(source)

    outcomes = {call(session, "f").outcome, call(session, "g").outcome}
    if session.is_over:
        assert call(session, "g").outcome is Outcome.STOPPED
    else:  # the second answer comes late: it is found before the next question
        while not session.is_over:
            outcomes.add(call(session, "g").outcome)

    assert Outcome.FORGED in outcomes or session.is_over


def test_forged_answer_without_the_token_is_refused(open_source: OpenSource) -> None:
    """An answer counts only with the number of its question, which can't be guessed."""
    source = (
        "import msgspec, os\ndef f(n):\n"
        "    frame = msgspec.msgpack.encode({'type': 'answer', 'token': b'0' * 16,"
        " 'outcome': 'returned', 'steps': []})\n"
        "    os.write(3, len(frame).to_bytes(4, 'big') + frame)\n    os._exit(0)" + GOOD
    )
    session = open_source(source)

    assert call(session, "f").outcome is Outcome.FORGED
    assert call(session, "g").outcome is Outcome.STOPPED
