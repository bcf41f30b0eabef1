"""Remembers what somebody has answered, so that the same request need not be answered twice."""

from collections.abc import Callable

import msgspec

from grader.observations.asking import Ask
from grader.observations.messages import Observation, Request


class Recording:
    """Stands in front of somebody who answers requests, and remembers each answer.

    Args:
        ask: Asks them: sends a request, and gives what waits for the answer.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: dict[bytes, Observation] = {}

    def ask(self, request: Request) -> Callable[[], Observation]:
        """Ask, whether or not the answer is known; the newest is remembered."""
        key = msgspec.msgpack.encode(request)
        answer = self._ask(request)

        def wait() -> Observation:
            self._known[key] = observation = answer()
            return observation

        return wait

    def observe(self, request: Request) -> Observation:
        """Ask, and wait for the answer."""
        return self.ask(request)()

    def replay(self, request: Request) -> Callable[[], Observation]:
        """Give what the same request was answered with before, or ask."""
        observation = self._known.get(msgspec.msgpack.encode(request))
        return self.ask(request) if observation is None else lambda: observation

    def clear(self) -> None:
        """Forget all answers."""
        self._known.clear()
