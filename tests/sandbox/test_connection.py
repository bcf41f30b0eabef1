"""How the host waits for a child: it reads what is there before it counts the time."""

import time
from collections.abc import Callable

import pytest
from sessions import call

from grader.observations.messages import CallRequest, Outcome
from grader.observations.values import Number
from grader.sandbox.host.limits import Limits
from grader.sandbox.host.session import Session

pytestmark = pytest.mark.slow

OpenSource = Callable[..., Session]
REQUEST = CallRequest(function="f", inputs={"n": Number(value=3, kind="int")})


def test_answer_that_nobody_came_for_is_not_late(open_source: OpenSource) -> None:
    """The reference answers while a student's function hangs, and is asked only afterwards."""
    session = open_source("def f(n): return n", limits=Limits(idle_wall_s=0.3))
    session.loaded  # noqa: B018 - makes the child
    answer = session.ask(REQUEST)

    time.sleep(1)

    assert answer().outcome is Outcome.RETURNED


def test_flood_of_messages_while_loading_is_ended_by_its_time(open_source: OpenSource) -> None:
    """Messages that are allowed while loading can't go on for ever, nor fill the host's memory."""
    source = (
        "import os, msgspec\n"
        "started = {'type': 'statement_started', 'block': 0, 'statement': 1}\n"
        "frame = msgspec.msgpack.encode(started)\n"
        "frame = len(frame).to_bytes(4, 'big') + frame\n"
        "while True: os.write(3, frame * 1000)\n"
        "def f(n): return n"
    )
    session = open_source(source, limits=Limits(load_cpu_s=1))

    session.loaded  # noqa: B018 - makes the child

    assert session._child is None or len(session._child._buffer._bytes) < 4 << 20
    assert call(session).outcome in (Outcome.STOPPED, Outcome.RETURNED)


def test_function_that_used_up_its_time_is_not_asked_again(open_source: OpenSource) -> None:
    """Ten calls of half a second each have five seconds together, not each."""
    source = (
        "import time\ndef f(n):\n    end = time.process_time() + 0.4\n"
        "    while time.process_time() < end: pass\n    return n\ndef g(n): return n"
    )
    session = open_source(source, limits=Limits(function_cpu_s=1))

    outcomes = [call(session, "f").outcome for _ in range(5)]

    assert outcomes[:2] == [Outcome.RETURNED] * 2
    assert outcomes[3:] == [Outcome.TIME_LIMIT] * 2
    assert call(session, "f").detail == "over 1 s of computing time in all"
    assert call(session, "g").outcome is Outcome.RETURNED


def test_time_that_is_used_up_is_not_given_back_to_short_calls(open_source: OpenSource) -> None:
    """A call that would end before it is looked at is not made at all."""
    source = (
        "import time\ncalls = []\ndef f(n):\n    calls.append(n)\n"
        "    if len(calls) > 2: return n\n"
        "    end = time.process_time() + 0.6\n"
        "    while time.process_time() < end: pass\n    return n"
    )
    session = open_source(source, limits=Limits(function_cpu_s=1))

    outcomes = [call(session, "f").outcome for _ in range(4)]

    assert outcomes[2:] == [Outcome.TIME_LIMIT] * 2


ENDS = {
    "by its limit": "def f(n):\n    while True: pass",
    "by itself": "import os, time\ndef f(n):\n    while time.process_time() < 0.6: pass\n"
    "    os._exit(1)",
}


@pytest.mark.parametrize("source", ENDS.values(), ids=ENDS.keys())
def test_time_of_a_call_that_ends_its_child_is_booked_on_it(
    source: str, open_source: OpenSource
) -> None:
    """A function doesn't get back what it has used because its child is gone."""
    session = open_source(source, limits=Limits(function_cpu_s=1))

    call(session)

    assert session._account._by_function["f"] > 0.3


THREADS = (
    "import threading\n"
    "def spin():\n    while True: pass\n"
    "def f(n):\n    threading.Thread(target=spin, daemon=True).start()\n    return n\n"
    "def g(n): return n"
)


def test_what_threads_compute_between_calls_is_booked(open_source: OpenSource) -> None:
    """A child that has answered may go on computing; that is not for free."""
    session = open_source(THREADS)
    call(session, "f")
    before = session._account._cpu_s

    time.sleep(1)
    call(session, "g")

    assert session._account._cpu_s - before > 0.3
    assert session._account._by_function["g"] < 0.3


def test_child_that_waits_computes_nothing(open_source: OpenSource) -> None:
    """While another child of the same submission is asked, it is stopped."""
    session = open_source(THREADS)
    call(session, "f")
    child = session._child
    assert child is not None
    child.pause()
    time.sleep(0.2)
    child.take_cpu_s()

    time.sleep(0.5)

    assert child.take_cpu_s() < 0.05
    child.resume()
    assert call(session, "g").outcome is Outcome.RETURNED


@pytest.mark.parametrize("number", [1, 2, 6, 11, 15, 34, 35, 50, 64])
def test_whatever_signal_ends_a_child_is_the_students_doing(
    number: int, open_source: OpenSource
) -> None:
    """Also a signal without a name in Python."""
    session = open_source(
        f"import signal\ndef f(n):\n    signal.signal({number}, signal.SIG_DFL)\n"
        f"    signal.raise_signal({number})\ndef g(n): return n"
    )

    assert call(session, "f").outcome in (Outcome.CRASHED, Outcome.RAISED)
    assert call(session, "g").outcome is Outcome.RETURNED


def test_limits_are_watched_however_short_the_calls_are(open_source: OpenSource) -> None:
    """Calls of some milliseconds each must not keep the threads of a child from being counted."""
    source = (
        "import threading, time\nthreading.stack_size(65536)\n"
        "def f(n):\n    for _ in range(20):\n"
        "        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()\n"
        "    time.sleep(0.02)\n    return n\n"
    )
    session = open_source(source, limits=Limits(threads=64))

    outcomes = [call(session).outcome for _ in range(30)]

    assert Outcome.MEMORY_LIMIT in outcomes
