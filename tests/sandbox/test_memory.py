"""What has been answered is remembered by the whole request."""

from fakes import RecordedSession, returned

from grader.observations.messages import Call
from grader.observations.values import Number
from grader.sandbox.memory import Memory


def call(n: float, *, times: int = 1) -> Call:
    """Ask for double(n)."""
    return Call(function="double", inputs={"n": Number(value=n, kind="float")}, times=times)


def make() -> tuple[Memory, RecordedSession]:
    """Make a memory in front of a session that counts what it is asked."""
    session = RecordedSession(double=returned(6.0))
    return Memory(session.ask), session


def test_recalled_answer_is_not_asked_for_again() -> None:
    """Where the request is the same in every part."""
    memory, session = make()

    first = memory.observe(call(3.0))

    assert memory.recall(call(3.0))() == first
    assert session.times_asked("double") == 1


def test_other_request_is_asked() -> None:
    """Another input, or another number of calls."""
    memory, session = make()

    memory.observe(call(3.0))
    memory.recall(call(4.0))()
    memory.recall(call(3.0, times=2))()

    assert session.times_asked("double") == 3


def test_observing_asks_even_when_the_answer_is_known() -> None:
    """A check that asks twice wants two answers."""
    memory, session = make()

    memory.observe(call(3.0))
    memory.observe(call(3.0))

    assert session.times_asked("double") == 2


def test_forgotten_answers_are_asked_for_again() -> None:
    """With another seed nothing is the same."""
    memory, session = make()

    memory.observe(call(3.0))
    memory.forget()
    memory.recall(call(3.0))()

    assert session.times_asked("double") == 2
