"""Requests that were sent to a child before they are asked for, and answers that came too early."""

import functools
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator

import msgspec

from grader.observations.messages import Observation, Outcome, Request, ScriptRequest
from grader.sandbox.host.connection import ChildConnection

_MOST_BYTES = 64 * 1024

# A socket counts what it needs for itself, too.
_PART_OF_SOCKET = 1 / 3

_DECODER = msgspec.msgpack.Decoder(Observation)

_ANSWERS = (Outcome.RETURNED, Outcome.RAISED, Outcome.MISSING)


class SentAhead:
    """What a child still has to answer, in this order, and what it has answered unasked.

    Args:
        may_keep: Returns whether there is room for an answer of so many bytes.
    """

    def __init__(self, may_keep: Callable[[int], bool]) -> None:
        self._may_keep = may_keep
        self._child: ChildConnection | None = None
        self._waiting: deque[tuple[Request, bytes]] = deque()
        # Packed: as objects, answers of many small parts would take ten times as much.
        self._kept: list[tuple[Request, bytes]] = []

    def begin(self, child: ChildConnection, sent: Iterable[tuple[Request, bytes]]) -> None:
        """Note what was sent to a child, with the tokens; the child has nothing else to answer."""
        self._child = child
        self._waiting = deque(sent)
        self._kept.clear()

    def forget(self) -> None:
        """Forget what was sent: the child that would have answered is gone."""
        self._waiting.clear()

    @property
    def child(self) -> ChildConnection | None:
        """The child that still has to answer something; None if there is none."""
        if self._child is not None and self._child.is_closed:
            self.forget()  # its account needed the room
        return self._child if self._waiting else None

    @property
    def function(self) -> str:
        """The function that all of it is about."""
        return self._waiting[0][0].function

    def is_next(self, request: Request | None) -> bool:
        """Return whether the next answer is to this request."""
        return self.child is not None and self._waiting[0][0] == request

    def until(self, request: Request | None) -> Iterator[tuple[Request, bytes]]:
        """Yield what is answered before a request, or everything if that was not sent ahead."""
        is_sent = any(one == request for one, _ in self._waiting)
        while self._waiting and not (is_sent and self._waiting[0][0] == request):
            yield self._waiting.popleft()

    def take(self) -> tuple[Request, bytes]:
        """Return the request that is answered next, with its token; its answer is taken now."""
        return self._waiting.popleft()

    def keep(self, request: Request, answer: Observation) -> None:
        """Keep an answer that may be asked for later, if it is one and there is room."""
        packed = msgspec.msgpack.encode(answer) if answer.outcome in _ANSWERS else b""
        if packed and self._may_keep(len(packed)):
            self._kept.append((request, packed))

    def find(self, request: Request) -> Observation | None:
        """Return an answer that came before its request was asked for, once; None if none did."""
        for place, (one, packed) in enumerate(self._kept):
            if one == request:
                del self._kept[place]
                return _DECODER.decode(packed)
        return None


@functools.cache
def most_bytes() -> int:
    """Return how many bytes of requests may be sent together.

    They have to fit into the child's socket: nothing is received while they are sent, so a child
    that waits until its answers are received would never take the rest.
    """
    one, other = socket.socketpair()
    with one, other:
        room = one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    return min(_MOST_BYTES, int(room * _PART_OF_SOCKET))


def may_go_ahead(request: Request) -> bool:
    """Return whether a request can be sent ahead: not if it needs a child of its own."""
    return not (isinstance(request, ScriptRequest) and request.is_rerun)
