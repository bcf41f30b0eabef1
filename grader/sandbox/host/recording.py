"""Keeps answers for replay, so that the same request need not be answered twice."""

from collections.abc import Callable

import msgspec

from grader.observations.asking import Ask
from grader.observations.messages import Observation, Request


class Recording:
    """A recording: passes requests on, keeps each answer, and can replay it.

    Args:
        ask: Sends a request, and returns a function that waits for the answer.
        may_keep: Whether there is room for an answer of so many bytes; without it, all are kept.
    """

    def __init__(self, ask: Ask, *, may_keep: Callable[[int], bool] = lambda _: True) -> None:
        self._ask = ask
        self._may_keep = may_keep
        self._known: dict[bytes, Observation] = {}

    def ask(self, request: Request) -> Callable[[], Observation]:
        """Send a request, even if its answer is known; the newest answer is kept if there is room.

        Returns:
            A function that waits for the answer.
        """
        key = msgspec.msgpack.encode(request)
        answer = self._ask(request)

        def wait() -> Observation:
            observation = answer()
            self._known.pop(key, None)
            if self._may_keep(observation.size_bytes + len(key)):
                self._known[key] = observation
            return observation

        return wait

    def observe(self, request: Request) -> Observation:
        """Send a request, even if its answer is known, and wait for the answer."""
        return self.ask(request)()

    def replay(self, request: Request) -> Callable[[], Observation]:
        """Return a function that returns the kept answer to an equal request, or that of `ask`."""
        observation = self._known.get(msgspec.msgpack.encode(request))
        return self.ask(request) if observation is None else lambda: observation

    def clear(self) -> None:
        """Forget all answers."""
        self._known.clear()
