"""Keeps answers for replay, so that the same request need not be answered twice.

A submission's answers are kept as MessagePack, of which the size is known. As objects, answers of
many small parts would take ten times as much.
"""

from collections.abc import Callable

import msgspec

from grader.observations.asking import Ask
from grader.observations.messages import Observation, ReadRequest, Request

_DECODER = msgspec.msgpack.Decoder(Observation)


class AnswerCache:
    """A cache: passes requests on, keeps each answer, and can replay it.

    Args:
        ask: Sends a request, and returns a function that waits for the answer.
        may_keep: Whether there is room for so many bytes. Without it, all answers are kept, and as
            objects.
    """

    def __init__(self, ask: Ask, *, may_keep: Callable[[int], bool] | None = None) -> None:
        self._ask = ask
        self._may_keep = may_keep
        self._known: dict[bytes, Observation | bytes] = {}
        self._last: Request | None = None

    def ask(self, request: Request) -> Callable[[], Observation]:
        """Send a request, even if its answer is known; the newest answer is kept if there is room.

        Returns:
            A function that waits for the answer.
        """
        key = msgspec.msgpack.encode(request)
        answer = self._ask(request)
        self._last = request

        def wait() -> Observation:
            observation = answer()
            self._keep(key, observation)
            return observation

        return wait

    def observe(self, request: Request) -> Observation:
        """Send a request, even if its answer is known, and wait for the answer.

        What was just read is not read again: nothing has run in between.
        """
        if isinstance(request, ReadRequest) and request == self._last:
            return self.replay(request)()
        return self.ask(request)()

    def replay(self, request: Request) -> Callable[[], Observation]:
        """Return a function that returns the kept answer to an equal request, or that of `ask`."""
        kept = self._known.get(msgspec.msgpack.encode(request))
        if kept is None:
            return self.ask(request)
        return lambda: _DECODER.decode(kept) if isinstance(kept, bytes) else kept

    def _keep(self, key: bytes, observation: Observation) -> None:
        self._known.pop(key, None)
        if self._may_keep is None:
            self._known[key] = observation
            return
        packed = msgspec.msgpack.encode(observation)
        if self._may_keep(len(key) + len(packed)):
            self._known[key] = packed

    def clear(self) -> None:
        """Forget all answers."""
        self._known.clear()
