"""What has been answered is remembered by the whole request."""

from fakes import RecordedSession, returned

from grader.observations.messages import CallRequest
from grader.observations.values import Number
from grader.sandbox.host.recording import Recording


def call(n: float, *, times: int = 1) -> CallRequest:
    """Ask for double(n)."""
    return CallRequest(function="double", inputs={"n": Number(value=n, kind="float")}, times=times)


def make() -> tuple[Recording, RecordedSession]:
    """Make a recording in front of a session that counts what it is asked."""
    session = RecordedSession(double=returned(6.0))
    return Recording(session.ask), session


def test_recalled_answer_is_not_asked_for_again() -> None:
    """Where the request is the same in every part."""
    recording, session = make()

    first = recording.observe(call(3.0))

    assert recording.replay(call(3.0))() == first
    assert session.times_asked("double") == 1


def test_other_request_is_asked() -> None:
    """Another input, or another number of calls."""
    recording, session = make()

    recording.observe(call(3.0))
    recording.replay(call(4.0))()
    recording.replay(call(3.0, times=2))()

    assert session.times_asked("double") == 3


def test_observing_asks_even_when_the_answer_is_known() -> None:
    """A check that asks twice wants two answers."""
    recording, session = make()

    recording.observe(call(3.0))
    recording.observe(call(3.0))

    assert session.times_asked("double") == 2


def test_forgotten_answers_are_asked_for_again() -> None:
    """With another seed nothing is the same."""
    recording, session = make()

    recording.observe(call(3.0))
    recording.clear()
    recording.replay(call(3.0))()

    assert session.times_asked("double") == 2
