"""The host's connection to one child: exchange messages with it, and enforce its limits."""

import os
import selectors
import signal
import time
from pathlib import Path
from typing import Any

from grader.observations.frames import FrameBuffer, FrameError, decode_payload, encode_frame
from grader.observations.messages import FromChild, Message, Outcome
from grader.sandbox.host.forkserver import Child, Forkserver
from grader.sandbox.host.limits import Limits
from grader.sandbox.host.printed import PrintedOutput
from grader.sandbox.host.scratch import measure_folder
from grader.sandbox.host.usage import CallMeter, Clock, read_usage

_TICK_S = 0.05


class ChildEnded(Exception):  # noqa: N818 - not an error: it is how a child's life ends
    """A child has ended or must end; ``outcome`` says why."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(outcome, detail)
        self.outcome = outcome
        self.detail = detail


class ChildConnection:
    """The connection to a child, from its fork until it is closed.

    Every method that waits has a deadline, and watches the limits while it waits.

    Args:
        forkserver: The forkserver, which forked the child and can kill it.
        child: The child.
        limits: What the submission may use.
        clock: The wall time that the submission has left.
        printed: Collects what the child prints.
    """

    def __init__(
        self,
        forkserver: Forkserver,
        child: Child,
        *,
        limits: Limits,
        clock: Clock,
        printed: PrintedOutput,
    ) -> None:
        self._forkserver = forkserver
        self._child = child
        self._limits = limits
        self._clock = clock
        self._printed = printed
        self._is_closed = False
        self._buffer = FrameBuffer()
        self._meter = CallMeter(limits.load_cpu_s)
        child.socket.setblocking(False)  # noqa: FBT003 - its only form
        os.set_blocking(child.output_descriptor, False)
        # Not select(), which fails for descriptors above 1023.
        self._selector = selectors.DefaultSelector()
        self._selector.register(child.socket, selectors.EVENT_READ)
        self._selector.register(child.output_descriptor, selectors.EVENT_READ)

    @property
    def scratch(self) -> Path:
        """The only folder that the child may write to."""
        return self._child.scratch

    def close(self) -> int:
        """Kill the child and remove its folder; a second call does nothing.

        Returns:
            Minus the signal that ended the child, or its exit code; 0 if it was closed before.
        """
        if self._is_closed:
            return 0
        self._is_closed = True
        self._printed.drain(self._child.output_descriptor)
        self._selector.close()
        return self._forkserver.kill(self._child)

    def drain_output(self) -> None:
        """Collect what the child has printed so far."""
        if not self._is_closed:
            self._printed.drain(self._child.output_descriptor)

    def begin_call(self, cpu_limit_s: float) -> None:
        """Start a new call, whose CPU and idle time are counted from now on."""
        self._meter = CallMeter(cpu_limit_s)

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            ChildEnded: The child does not read the message in time, or has ended.
        """
        data = memoryview(encode_frame(message))
        give_up = time.monotonic() + self._limits.idle_wall_s
        while data:
            try:
                data = data[self._child.socket.send(data) :]
            except BlockingIOError:
                self.drain_output()
                if time.monotonic() > give_up:
                    raise ChildEnded(Outcome.CRASHED, "the process no longer listens") from None
                self._wait_until_writable()
            except OSError:
                raise self._find_cause() from None

    def refuse_unasked(self) -> None:
        """Check that the child has sent nothing without a request.

        Raises:
            ChildEnded: The child has sent something.
        """
        self._read_available()
        if not self._buffer.is_empty:
            raise ChildEnded(Outcome.FORGED, "bytes that were not asked for")

    def receive(self) -> Any:  # noqa: ANN401 - one of FromChild
        """Wait for the next message; meanwhile collect the output and watch the limits.

        Raises:
            ChildEnded: The child hit a limit, has ended, or sent something that is not a message.
        """
        next_check = time.monotonic() + _TICK_S
        while True:
            message = self._next_message()
            if message is not None:
                return message
            timeout = max(0.0, next_check - time.monotonic())
            ready = [key.fileobj for key, _ in self._selector.select(timeout)]
            if self._child.output_descriptor in ready:
                self.drain_output()
            if self._child.socket in ready and not self._read_available():
                raise self._find_cause()
            if time.monotonic() >= next_check:
                self._enforce_limits()
                next_check = time.monotonic() + _TICK_S

    def _wait_until_writable(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.socket, selectors.EVENT_WRITE)
            selector.select(_TICK_S)

    def _next_message(self) -> Message | None:
        try:
            payload = self._buffer.next_payload()
            return None if payload is None else decode_payload(payload, FromChild)
        except FrameError as error:
            raise ChildEnded(Outcome.FORGED, "bytes that are not a message") from error

    def _read_available(self) -> bool:
        """Read what has arrived; return False if the child has closed its end."""
        try:
            data = self._child.socket.recv(1 << 20)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._buffer.feed(data)
        return bool(data)

    def _enforce_limits(self) -> None:
        limits, now = self._limits, time.monotonic()
        if self._clock.left_s <= 0:
            raise ChildEnded(Outcome.STOPPED, f"over {limits.total_wall_s:g} s in all")
        usage = read_usage(self._child.pid)
        if self._meter.used_s(usage.cpu_s, now) > self._meter.cpu_limit_s:
            raise ChildEnded(
                Outcome.TIME_LIMIT, f"over {self._meter.cpu_limit_s:g} s of computing time"
            )
        if self._meter.idle_s(usage.cpu_s, now) > limits.idle_wall_s:
            raise ChildEnded(
                Outcome.TIME_LIMIT, f"waited {limits.idle_wall_s:g} s without computing anything"
            )
        if usage.threads > limits.threads:
            raise ChildEnded(Outcome.MEMORY_LIMIT, f"over {limits.threads} threads")
        size_bytes, files = measure_folder(self._child.scratch, at_most_files=limits.files)
        if size_bytes > limits.disk_bytes or files > limits.files:
            raise ChildEnded(Outcome.DISK_LIMIT, "too much written to disk")

    def _find_cause(self) -> ChildEnded:
        """Close the connection to a child that closed its socket, and find out how it ended."""
        status = self.close()
        if status == -signal.SIGXCPU:
            return ChildEnded(Outcome.TIME_LIMIT, "over the limit on computing time")
        if status >= 0:
            detail = f"the Python process was ended with exit status {status}"
        elif status == -signal.SIGKILL:
            detail = "the Python process closed its connection or ran out of memory"
        else:
            detail = f"the Python process crashed ({signal.Signals(-status).name})"
        return ChildEnded(Outcome.CRASHED, detail)
