"""A cache keeps answers and replays them to equal requests."""

from fakes import RecordedSession, returned

from grader.observations.messages import CallRequest, Observation, Outcome, Step
from grader.observations.values import Mapping, Nothing, Number
from grader.sandbox.host.answer_cache import AnswerCache


def call(n: float, *, times: int = 1) -> CallRequest:
    """Return a request for double(n)."""
    return CallRequest(function="double", inputs={"n": Number(value=n, kind="float")}, times=times)


def make() -> tuple[AnswerCache, RecordedSession]:
    """Return a cache, and the session behind it, which counts its requests."""
    session = RecordedSession(double=returned(6.0))
    return AnswerCache(session.ask), session


def test_replayed_request_is_not_asked_again() -> None:
    """An equal request is answered from the cache."""
    cache, session = make()

    first = cache.observe(call(3.0))

    assert cache.replay(call(3.0))() == first
    assert session.times_asked("double") == 1


def test_request_that_differs_is_asked() -> None:
    """A request with another input, or another number of calls, is asked."""
    cache, session = make()

    cache.observe(call(3.0))
    cache.replay(call(4.0))()
    cache.replay(call(3.0, times=2))()

    assert session.times_asked("double") == 3


def test_observing_asks_even_when_the_answer_is_known() -> None:
    """A check that asks the same thing twice gets two answers."""
    cache, session = make()

    cache.observe(call(3.0))
    cache.observe(call(3.0))

    assert session.times_asked("double") == 2


def test_submissions_answers_are_kept_as_bytes_and_counted_as_such() -> None:
    """Answers of many small parts take ten times as much as objects, so those are not kept."""
    parts = Mapping(entries=((Nothing(), Nothing()),) * 9000)
    answer = Observation(outcome=Outcome.RETURNED, steps=(Step(returned=parts, inputs={}),))
    session = RecordedSession(double=answer)
    sizes: list[int] = []

    def may_keep(size_bytes: int) -> bool:
        sizes.append(size_bytes)
        return True

    cache = AnswerCache(session.ask, may_keep=may_keep)
    cache.observe(call(3.0))

    assert cache.replay(call(3.0))() == answer
    assert session.times_asked("double") == 1
    ((key, kept),) = cache._known.items()
    assert isinstance(kept, bytes)
    assert sizes == [len(key) + len(kept)]


def test_answer_without_room_is_asked_for_again() -> None:
    """Where nothing may be kept, nothing is replayed."""
    session = RecordedSession(double=returned(6.0))
    cache = AnswerCache(session.ask, may_keep=lambda _: False)

    cache.observe(call(3.0))
    cache.replay(call(3.0))()

    assert session.times_asked("double") == 2


def test_cleared_answers_are_asked_for_again() -> None:
    """After the cache is cleared, as for another seed, a request is asked again."""
    cache, session = make()

    cache.observe(call(3.0))
    cache.clear()
    cache.replay(call(3.0))()

    assert session.times_asked("double") == 2
