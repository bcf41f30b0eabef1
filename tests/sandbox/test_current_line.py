"""A call that runs out of time has its line, as far as Python knows it."""

from collections.abc import Callable

import pytest
from sessions import call

from grader.observations.messages import Observation, Outcome
from grader.observations.values import Number
from grader.sandbox.host.limits import Limits
from grader.sandbox.host.session import Session

pytestmark = pytest.mark.slow

OpenSource = Callable[..., Session]

QUICK = Limits(function_cpu_s=0.6, idle_wall_s=1)


def place(observation: Observation) -> tuple[str, int, str]:
    """Return the code block, the line and the code that were running."""
    assert observation.outcome is Outcome.TIME_LIMIT
    assert observation.running is not None
    return observation.running.block, observation.running.line, observation.running.code


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def f(n):\n    while True:\n        n += 1", (2, 3)),
        ("def g(n):\n    while True: pass\ndef f(n):\n    return g(n)", (2,)),
        ("def g(n):\n    sum(range(n + 9999))\ndef f(n):\n    while True: g(n)", (4,)),
        ("import time\ndef f(n):\n    time.sleep(100)", (3,)),
        ("import torch\ndef f(n):\n    while True: torch.ones(99, 99) @ torch.ones(99, 99)", (3,)),
        ("def f(n):\n  while True:\n    try:\n      while 1: n\n    except BaseException: n", (4,)),
        ("def f(n):\n    return [0 for _ in iter(int, 1)]", (2,)),
    ],
    ids=[
        "loop",
        "in a helper",
        "around a helper",
        "sleep",
        "torch",
        "swallowed exceptions",
        "comprehension",
    ],
)
def test_endless_loop_has_its_line(
    source: str, line: tuple[int, ...], open_source: OpenSource
) -> None:
    """The line is that of the function that doesn't end, not of one that it calls."""
    session = open_source(source, limits=QUICK)

    block, number, code = place(call(session))

    assert block == ""
    assert number in line
    assert code == source.splitlines()[number - 1].strip()


def test_line_is_counted_within_its_cell(open_source: OpenSource) -> None:
    """In a notebook each cell has its own first line."""
    session = open_source("x = 1", "def f(n):\n    while True: pass", limits=QUICK)

    assert place(call(session)) == ("", 2, "while True: pass")


def test_line_is_kept_for_what_is_asked_once_the_time_is_up(open_source: OpenSource) -> None:
    """All checks of a function say the same, though only the first call has run."""
    session = open_source("def f(n):\n    while True: pass", limits=QUICK)

    assert place(call(session)) == place(call(session))


@pytest.mark.parametrize(
    "source",
    [
        "from signal import *\nsignal(SIGURG, SIG_DFL)\ndef f(n):\n    while True: pass",
        "def f(n): return sum(range(10**15))",
    ],
    ids=["no handler", "one operation"],
)
def test_line_that_is_not_known_is_left_out(source: str, open_source: OpenSource) -> None:
    """Without an answer the limit still ends the call, and nothing else."""
    session = open_source(source + "\ndef g(n): return n", limits=QUICK)

    ended = call(session)

    assert (ended.outcome, ended.running) == (Outcome.TIME_LIMIT, None)
    assert call(session, "g").outcome is Outcome.RETURNED


def test_call_that_ends_in_time_is_not_disturbed(open_source: OpenSource) -> None:
    """A right function that needs most of its time, or waits, returns what it returns."""
    session = open_source(
        "import time\n"
        "def f(n):\n    start = time.process_time()\n"
        "    while time.process_time() - start < 0.4: n + 1\n    return n\n"
        "def g(n):\n    time.sleep(0.8)\n    return n\n",
        limits=QUICK,
    )

    for name in ("f", "g"):
        answer = call(session, name)
        assert answer.outcome is Outcome.RETURNED
        assert answer.steps[0].returned == Number(value=3, kind="int")
        assert answer.running is None


def test_line_that_nobody_asked_for_is_a_forgery(open_source: OpenSource) -> None:
    """A child may not speak before it is asked, nor with another token."""
    session = open_source(
        "import msgspec, os\ndef f(n):\n"
        "    frame = msgspec.msgpack.encode({'type': 'running', 'token': b'0' * 16, 'line': 1})\n"
        "    os.write(3, len(frame).to_bytes(4, 'big') + frame)\n"
        "    while True: pass",
        limits=QUICK,
    )

    assert call(session).outcome is Outcome.FORGED
