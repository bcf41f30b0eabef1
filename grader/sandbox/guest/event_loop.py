"""Runs code that awaits, on an event loop that needs no sockets: a locked child may make none."""

import asyncio
import inspect
import os
import sys
import types
from asyncio import selector_events
from collections.abc import Coroutine
from typing import Any

# What needs a running loop: a cell may make a task now, and a later one await it.
_WANTS_LOOP = frozenset(
    {"create_task", "ensure_future", "gather", "get_running_loop", "current_task", "TaskGroup"}
)


class _PipeEnd:
    """An end of a pipe, with the methods that a loop asks of the end of its pair of sockets."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        if sys.platform != "win32":  # which keeps its sockets
            os.set_blocking(descriptor, False)

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def recv(self, size: int) -> bytes:
        """Read at most so many bytes."""
        return os.read(self._descriptor, size)

    def send(self, data: bytes) -> int:
        """Write some of the data, and return how many bytes."""
        return os.write(self._descriptor, data)

    def close(self) -> None:
        """Close this end."""
        os.close(self._descriptor)


def _make_self_pipe(loop: Any) -> None:
    reader, writer = os.pipe()
    loop._ssock, loop._csock = _PipeEnd(reader), _PipeEnd(writer)  # noqa: SLF001
    loop._internal_fds += 1  # noqa: SLF001
    loop._add_reader(reader, loop._read_from_self)  # noqa: SLF001


def do_without_sockets() -> None:
    """Make every event loop of this process wake itself through a pipe.

    So `asyncio.run` works in a submission as well. On Windows loops can't wait for pipes, and no
    lock forbids sockets.
    """
    if sys.platform != "win32":
        selector_events.BaseSelectorEventLoop._make_self_pipe = _make_self_pipe  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other way


def awaits(code: types.CodeType) -> bool:
    """Return whether a top-level statement awaits, and so returns a coroutine when it is run."""
    return bool(code.co_flags & inspect.CO_COROUTINE)


def needs_loop(code: types.CodeType) -> bool:
    """Return whether a top-level statement awaits, or calls what works only in a running loop."""
    return awaits(code) or not _WANTS_LOOP.isdisjoint(code.co_names)


class EventLoop:
    """The event loop of a notebook, which all its cells share. It is made when it is first used."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def complete(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine to its end; what it raises is raised here."""
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(coroutine)
