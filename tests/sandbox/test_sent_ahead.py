"""Requests that are sent together: what is asked for has the same answers as one by one."""

import socket
import time
from collections.abc import Callable, Iterable

import msgspec
import numpy as np
import pytest
from script_requests import make_request

from grader.observations.messages import (
    CallRequest,
    Observation,
    Outcome,
    ReadRequest,
    Request,
)
from grader.observations.values import Array, Number
from grader.sandbox.host.limits import MIB, Limits
from grader.sandbox.host.sent_ahead import SentAhead, most_bytes
from grader.sandbox.host.session import Session

OpenSource = Callable[..., Session]
LIMITS = Limits(load_cpu_s=2, function_cpu_s=2, idle_wall_s=1.0, memory_bytes=400 * MIB)

# How the second of several questions goes wrong. Each comes after the answer to the first one.
TROUBLES = {
    "hangs": "while True: pass",
    "sleeps": "time.sleep(1000)",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "exits": "os._exit(0)",
    "closes the socket": "os.close(3)",
    "eats memory": "kept = [bytearray(1 << 24) for _ in range(1000)]",
    "raises": "raise ValueError('no')",
    "forges": "os.write(3, b'\\0' * 64)",
    "forges a frame": "os.write(3, b'\\0\\0\\0\\1\\x80')",
    "reads the socket": "os.read(3, 1 << 20)",
    "answers twice": "os.write(3, LAST)",
    "prints a lot": "print('x' * 10_000_000)",
}
SOURCE = """
import os, time
seen = []
def f(n):
    seen.append(n)
    if n == 1:
        TROUBLE
    return n * 10
def g(n):
    return len(seen) and n
LAST = b"\\0\\0\\0\\4junk"
"""


def number(value: int, function: str = "f") -> CallRequest:
    """Make the request to call a function with a number."""
    return CallRequest(function=function, inputs={"n": Number(value=value, kind="int")})


def value(answer: Observation) -> object:
    """Return the number that was returned, or else how the request ended."""
    if answer.outcome is not Outcome.RETURNED:
        return answer.outcome.value
    returned = answer.steps[0].returned
    return returned.value if isinstance(returned, Number) else returned


def ask_all(session: Session, requests: Iterable[Request]) -> list[object]:
    """Ask one request after another."""
    return [value(session.observe(one)) for one in requests]


def spent_s(session: Session, function: str) -> float:
    """Return the CPU seconds that a function has used."""
    account = session._account
    account.turn_to(function)
    return account.limits.function_cpu_s - account.function_left_s(function)


def test_answers_come_in_order(open_source: OpenSource) -> None:
    """Each answer belongs to its request, and each call is made once."""
    session = open_source("seen = []\ndef f(n):\n    seen.append(n)\n    return n, len(seen)")
    requests = [number(one) for one in range(20)]

    session.send_ahead(requests)
    answers = [session.observe(one).steps[0].returned for one in requests]

    pairs = [tuple(item.value for item in one.items) for one in answers]  # type: ignore[union-attr]
    assert pairs == [(one, one + 1) for one in range(20)]


def test_equal_requests_are_answered_one_by_one(open_source: OpenSource) -> None:
    """The same question twice is two calls, as a function may have a memory."""
    session = open_source("seen = []\ndef f(n):\n    seen.append(n)\n    return len(seen)")

    session.send_ahead([number(5)] * 3)

    assert ask_all(session, [number(5)] * 4) == [1, 2, 3, 4]


def test_child_goes_on_while_nothing_is_asked(open_source: OpenSource) -> None:
    """The child does not wait for the host between two requests."""
    session = open_source(
        "import time\nT = []\ndef f(n):\n    T.append(time.time())\n    return T[0]"
    )
    requests = [number(one) for one in range(3)]
    started = time.time()
    session.send_ahead(requests)
    session.observe(requests[0])
    time.sleep(0.5)

    session.observe(requests[1])
    times = session.observe(ReadRequest(function="T")).steps[0].returned

    last = times.items[2].value  # type: ignore[union-attr]
    assert last - started < 0.5 + session._account.limits.load_cpu_s


def test_kinds_of_requests_can_be_mixed(open_source: OpenSource) -> None:
    """Values are read in between, in the state that they have then."""
    session = open_source("f = 7", values=("f",))

    requests: list[Request] = [ReadRequest(function="f"), number(1), ReadRequest(function="f")]
    session.send_ahead(requests)
    answers = [session.observe(one).outcome for one in requests]

    plain = open_source("f = 7", values=("f",))
    assert answers == [plain.observe(one).outcome for one in requests]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_in_what_is_not_asked_changes_nothing(
    open_source: OpenSource, trouble: str
) -> None:
    """A check stops after its first request: what the others would have done is not seen."""
    source = SOURCE.replace("TROUBLE", TROUBLES[trouble])
    session = open_source(source, limits=LIMITS)
    requests = [number(one) for one in range(4)]

    session.send_ahead(requests)
    before = spent_s(session, "f")
    first = value(session.observe(requests[0]))
    others = ask_all(session, [number(3, "g"), number(2), number(3)])

    assert [first, *others] == [0, 3, 20, 30] or others[0] == 0
    assert not session.is_over, session.why_over
    assert spent_s(session, "f") - before < 0.5


# Who reads the grader's own requests loses them.
@pytest.mark.parametrize("trouble", [one for one in TROUBLES if one != "reads the socket"])
def test_trouble_in_what_is_asked_is_the_same_as_one_by_one(
    open_source: OpenSource, trouble: str
) -> None:
    """Each request that is asked has the answer that it has without sending ahead."""
    source = SOURCE.replace("TROUBLE", TROUBLES[trouble])
    requests = [*(number(one) for one in range(4)), number(5, "g"), number(0)]
    together, alone = (open_source(source, limits=LIMITS) for _ in range(2))

    together.send_ahead(requests[:4])
    answers = ask_all(together, requests)

    assert answers == ask_all(alone, requests)
    assert together.is_over == alone.is_over


def test_unasked_requests_cost_their_function_nothing(open_source: OpenSource) -> None:
    """What a check that has failed would have asked is on nobody's account but the sum's."""
    session = open_source(
        "import time\ndef f(n):\n    end = time.process_time() + (n > 0) * 0.3\n"
        "    while time.process_time() < end: pass\n    return n\ndef g(n): return n"
    )
    requests = [number(one) for one in range(4)]
    session.send_ahead(requests)
    session.observe(requests[0])

    session.observe(number(1, "g"))

    assert spent_s(session, "f") < 0.2
    assert session._account._cpu_s > 0.8


def test_requests_are_skipped_to_the_one_that_is_asked(open_source: OpenSource) -> None:
    """The next check asks its own; an answer that came before is there if it is asked for."""
    session = open_source("seen = []\ndef f(n):\n    seen.append(n)\n    return len(seen)")
    requests = [number(one) for one in range(6)]
    session.send_ahead(requests)

    answers = ask_all(session, [requests[one] for one in (0, 3, 1, 4, 1, 5)])

    # The second time that 1 is asked, it is called again, after all others.
    assert answers == [1, 4, 2, 5, 7, 6]


def test_time_limit_is_that_of_the_function(open_source: OpenSource) -> None:
    """Requests that together take too long end as they would one by one."""
    source = (
        "import time\ndef f(n):\n    end = time.process_time() + 0.4\n"
        "    while time.process_time() < end: pass\n    return n\ndef g(n): return n"
    )
    session = open_source(source)  # f has 1 s
    requests = [number(one) for one in range(5)]

    session.send_ahead(requests)
    answers = ask_all(session, [*requests, number(7, "g")])

    assert answers[:2] == [0, 1]
    assert answers[2:] == ["time_limit"] * 3 + [7]


def test_time_while_nobody_waits_is_not_idle(open_source: OpenSource) -> None:
    """A child that can't send because the host is slow does not count as one that waits."""
    session = open_source("import numpy as np\ndef f(n):\n    return np.zeros(200_000)")
    requests = [number(one) for one in range(6)]
    session.send_ahead(requests)
    session.observe(requests[0])

    time.sleep(session._account.limits.idle_wall_s + 0.5)

    assert [session.observe(one).outcome for one in requests[1:]] == [Outcome.RETURNED] * 5


def test_line_that_was_asked_for_may_come_later(open_source: OpenSource) -> None:
    """The child is asked where it is, and says so while it works on what nobody asks for."""
    session = open_source(
        "import time\ndef f(n):\n    end = time.process_time() + (n > 0) * 0.4\n"
        "    while time.process_time() < end: pass\n    return n\ndef g(n): return n"
    )
    requests = [number(one) for one in range(3)]
    session.send_ahead(requests)
    session.observe(requests[0])
    child = session._child
    assert child is not None
    time.sleep(0.1)
    child._ask_for_line()
    time.sleep(0.1)

    assert ask_all(session, [number(7, "g")]) == [7]
    assert not session.is_over


def test_large_requests_are_sent_when_they_are_asked(open_source: OpenSource) -> None:
    """Only what fits into a socket goes ahead, and all answers are right."""
    session = open_source("def f(n):\n    return float(n.sum()), n.repeat(20)")
    arrays = [np.full(3000, one, dtype=np.float64) for one in range(12)]
    requests = [
        CallRequest(function="f", inputs={"n": Array.from_numpy(one, kind="ndarray")})
        for one in arrays
    ]

    session.send_ahead(requests)
    waiting = len(session._sent._waiting)
    answers = [session.observe(one).steps[0].returned for one in requests]

    assert waiting == most_bytes() // 24_200 > 1
    assert [one.items[0].value for one in answers] == [one.sum() for one in arrays]  # type: ignore[union-attr]


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_gain_is_not_sent(open_source: OpenSource, count: int) -> None:
    """A single request is sent when it is asked."""
    session = open_source("def f(n): return n")

    session.send_ahead([number(3)] * count)

    assert session._sent.child is None
    assert ask_all(session, [number(3)]) == [3]


def test_reruns_are_asked_in_their_turn(open_source: OpenSource) -> None:
    """What needs a child of its own is not sent ahead, nor what follows it."""
    session = open_source("x = 1\ntotal = x + 1\ndef f(n): return n", values=("x", "total"))
    own = make_request(lambda lab: lab.total, function="total")
    rerun = msgspec.structs.replace(own, is_rerun=True, given={"x": Number(value=10, kind="int")})

    session.send_ahead([own, own, rerun, own, own])
    waiting = len(session._sent._waiting)

    assert waiting == 2
    assert ask_all(session, [own, rerun, own, rerun, own]) == [2, 11, 2, 11, 2]


def test_socket_that_is_read_costs_its_reader_only(open_source: OpenSource) -> None:
    """A function that takes the requests that wait for it is not asked them again, and ends."""
    session = open_source(SOURCE.replace("TROUBLE", TROUBLES["reads the socket"]), limits=LIMITS)
    requests = [number(one) for one in range(4)]

    session.send_ahead(requests)

    assert ask_all(session, requests) == [0, 10, "time_limit", 30]
    assert ask_all(session, [number(7, "g")]) == [7]


def test_account_may_close_the_child_in_between(open_source: OpenSource) -> None:
    """What was sent to a child that is gone is asked anew of the next one."""
    session = open_source("seen = []\ndef f(n):\n    seen.append(n)\n    return len(seen)")
    requests = [number(one) for one in range(4)]
    session.send_ahead(requests)
    first = value(session.observe(requests[0]))
    child = session._child
    assert child is not None

    child.close()

    assert [first, *ask_all(session, requests[1:])] == [1, 1, 2, 3]


def test_closed_session_forgets_what_it_has_sent(open_source: OpenSource) -> None:
    """After a phase, the same requests are answered by another child."""
    session = open_source("seen = []\ndef f(n):\n    seen.append(n)\n    return len(seen)")
    requests = [number(one) for one in range(4)]
    session.send_ahead(requests)
    session.observe(requests[0])

    session.close()

    assert ask_all(session, requests[1:]) == [1, 2, 3]


def test_second_function_is_sent_after_the_first(open_source: OpenSource) -> None:
    """What is left of the first is taken before, and its answers are not mixed up."""
    session = open_source("def f(n): return n\ndef g(n): return -n")
    session.send_ahead([number(one) for one in range(5)])
    first = ask_all(session, [number(0)])

    session.send_ahead([number(one, "g") for one in range(5)])

    assert first + ask_all(session, [number(one, "g") for one in range(5)]) == [
        0,
        0,
        -1,
        -2,
        -3,
        -4,
    ]


def test_answers_are_kept_only_while_there_is_room() -> None:
    """A submission can't fill the host's memory with what nobody asks for."""
    sent = SentAhead(lambda size: size < 200)
    answer = Observation(outcome=Outcome.RETURNED, size_bytes=5)

    sent.keep(number(1), answer)
    sent.keep(number(2), Observation(outcome=Outcome.RETURNED, detail="x" * 200))
    sent.keep(number(3), Observation(outcome=Outcome.TIME_LIMIT))

    assert sent.find(number(1)) == answer
    assert sent.find(number(1)) is None  # once
    assert sent.find(number(2)) is None
    assert sent.find(number(3)) is None


def test_what_is_sent_fits_into_small_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """On some systems a socket holds 8 KB only: no more than that is sent without receiving."""
    pair = socket.socketpair

    def small_pair() -> tuple[socket.socket, socket.socket]:
        one, other = pair()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return one, other

    monkeypatch.setattr(socket, "socketpair", small_pair)
    most_bytes.cache_clear()
    try:
        assert 0 < most_bytes() < 8192
    finally:
        most_bytes.cache_clear()
