"""How a service stops: with the first signal in order, with the second one at once."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# After the second signal, so long is waited for what has to be put back.
_AT_ONCE_S = 5.0


class Stopping:
    """Whether the service is being stopped, for all its threads.

    Args:
        begin: Called once, when it is; it must not take long.
        at_once: Called if it must not take any longer. If it doesn't work either, the process ends.
    """

    def __init__(self, begin: Callable[[], None], at_once: Callable[[], None]) -> None:
        self._begin = begin
        self._at_once = at_once
        self._began = threading.Event()
        self._hurries = threading.Event()

    @property
    def has_begun(self) -> bool:
        """Whether the service takes nothing new any more."""
        return self._began.is_set()

    def wait(self) -> None:
        """Wait until somebody asks for a stop."""
        self._began.wait()

    def ask(self) -> None:
        """Stop: what is being done is finished first, unless this is asked for once more."""
        if not self._began.is_set():
            self._began.set()
            self._begin()
        elif not self._hurries.is_set():
            self._hurries.set()
            timer = threading.Timer(_AT_ONCE_S, os._exit, args=(1,))
            timer.daemon = True
            timer.start()
            # In a thread: a signal may come while its own thread holds a lock that this needs.
            threading.Thread(target=self._at_once, name="zerograd-end", daemon=True).start()

    @contextlib.contextmanager
    def on_signals(self) -> Iterator[None]:
        """Stop when SIGINT or SIGTERM comes; to be used in the main thread."""

        def handle(_number: int, _frame: FrameType | None) -> None:
            self.ask()

        before = {one: signal.signal(one, handle) for one in _SIGNALS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
