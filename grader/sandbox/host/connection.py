"""The host's connection to one child: exchange messages with it, and enforce its limits."""

import selectors
import time
from pathlib import Path
from typing import Any

from grader.observations.frames import (
    MAX_ANSWER_BYTES,
    FrameBuffer,
    FrameError,
    decode_payload,
    encode_frame,
)
from grader.observations.messages import FromChild, Message, Outcome
from grader.sandbox.host.account import Account
from grader.sandbox.host.child import Child, ChildStarter
from grader.sandbox.host.control import (
    ask_for_line,
    describe_end,
    go_on,
    is_over_cpu_limit,
    stop,
)
from grader.sandbox.host.limits import WALL_PER_CPU
from grader.sandbox.host.meter import Meter
from grader.sandbox.host.printed import PrintedOutput
from grader.sandbox.host.scratch import measure_folder
from grader.sandbox.host.usage import (
    count_threads,
    read_cpu_s,
    read_memory_bytes,
    read_unlinked_bytes,
)

_TICK_S = 0.05

# The parts of a limit after which a child is asked where it is. What it is in both times is what
# doesn't end.
_ASK_AT = (0.5, 0.75)

# A scratch folder is measured again after this many times as long as the last time took, but
# soon enough that there is not too much in it to be removed.
_MEASURE_EVERY = 20
_LONGEST_UNMEASURED_S = 0.2


class ChildEnded(Exception):  # noqa: N818 - not an error: it is how a child's life ends
    """A child has ended or must end; ``outcome`` says why."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(outcome, detail)
        self.outcome = outcome
        self.detail = detail


class ChildConnection:
    """The connection to a child, from its start until it is closed.

    Every method that waits has a deadline, and watches the limits while it waits.

    Args:
        starter: What has started the child, and can kill it.
        child: The child.
        account: What the submission has left, over all its children.
        printed: Collects what the child prints.
    """

    def __init__(
        self, starter: ChildStarter, child: Child, *, account: Account, printed: PrintedOutput
    ) -> None:
        self._starter = starter
        self._child = child
        self._account = account
        self._limits = account.limits
        self._printed = printed
        self._is_closed = False
        self._buffer = FrameBuffer(limit_bytes=MAX_ANSWER_BYTES)
        self._inherited_bytes = read_memory_bytes(child.pid)
        self._disk_share = 0.0
        self._next_measure = 0.0
        self._next_check = time.monotonic() + _TICK_S
        self._booked_s = read_cpu_s(child.pid) or 0.0  # what it has imported is not on its account
        self._final_s: float | None = None
        self.received_bytes = 0
        self.asked = 0
        self.begin(self._limits.load_cpu_s)
        # Not select(), which fails for descriptors above 1023.
        self._selector = selectors.DefaultSelector()
        self._selector.register(child.socket, selectors.EVENT_READ)
        self._selector.register(child.output, selectors.EVENT_READ)
        account.admit(self)

    @property
    def scratch(self) -> Path:
        """The only folder that the child may write to."""
        return self._child.scratch

    @property
    def is_closed(self) -> bool:
        """Whether the child is gone, such as because its account has closed it."""
        return self._is_closed

    @property
    def memory_share(self) -> float:
        """The part of the submission's memory that it uses, without what it has inherited."""
        used = read_memory_bytes(self._child.pid) - self._inherited_bytes
        return max(0, used) / self._limits.memory_bytes

    @property
    def disk_share(self) -> float:
        """The part of the submission's disk that it used when it was last measured.

        It contains files that have no name any more but are open.
        """
        started = time.monotonic()
        if started >= self._next_measure:
            limits, scratch = self._limits, self._child.scratch
            most = limits.files + self._child.given_files
            size_bytes, files = measure_folder(scratch, at_most_files=most)
            size_bytes, files = (
                max(0, size_bytes - self._child.given_bytes),
                max(0, files - self._child.given_files),
            )
            size_bytes += read_unlinked_bytes(
                self._child.pid, scratch, largest_bytes=limits.disk_bytes
            )
            self._disk_share = max(size_bytes / limits.disk_bytes, files / limits.files)
            ended = time.monotonic()
            pause_s = min(_MEASURE_EVERY * (ended - started), _LONGEST_UNMEASURED_S)
            self._next_measure = ended + pause_s
        return self._disk_share

    def close(self) -> int:
        """Kill the child and remove its folder; a second call does nothing.

        Returns:
            Minus the signal that ended the child, or its exit code; 0 if it was closed before.
        """
        if self._is_closed:
            return 0
        self._is_closed = True
        self._final_s = read_cpu_s(self._child.pid)  # while the kernel still knows
        self._account.dismiss(self)
        self._printed.drain(self._child.output)
        self._selector.close()
        with self._account.standstill():
            return self._starter.kill(self._child)

    def drain_output(self) -> None:
        """Collect what the child has printed so far."""
        if not self._is_closed:
            self._printed.drain(self._child.output)

    def begin(
        self,
        cpu_limit_s: float,
        *,
        wall_limit_s: float | None = None,
        exceeded: str = "",
        asks_for_line: bool = False,
    ) -> None:
        """Start to measure something new that the child does, such as a call.

        Args:
            cpu_limit_s: The CPU seconds that it may take, of the child and of this thread.
            wall_limit_s: The seconds that it may take without the time on the run queue; by
                default ten times as long.
            exceeded: What is said if it takes more CPU time.
            asks_for_line: Whether to ask the child for the line that is running, once half of a
                limit is used, and once more. ``asked`` counts how often, over all that it does:
                the child may say so only when it does the next thing.
        """
        self._ask_at: tuple[float, ...] = _ASK_AT if asks_for_line else ()
        self._cpu_limit_s, self._exceeded = cpu_limit_s, exceeded
        self._wall_limit_s = WALL_PER_CPU * cpu_limit_s if wall_limit_s is None else wall_limit_s
        self._meter = Meter(self._child.pid)
        self._taken_wall_s = 0.0
        self._turned_away = time.monotonic()

    def _ask_for_line(self) -> None:
        self._ask_at = self._ask_at[1:]
        self.asked += ask_for_line(self._child.pid)

    def cpu_s(self) -> float:
        """Return the CPU seconds that the child has used since `begin`."""
        return self._meter.child_cpu_s()

    def take_wall_s(self) -> float:
        """Return the seconds, without the time on the run queue, since `begin` or the last call.

        They are those that were measured last.
        """
        before_s, self._taken_wall_s = self._taken_wall_s, self._meter.wall_s
        return self._taken_wall_s - before_s

    def take_cpu_s(self) -> float:
        """Return the CPU seconds that the child has used since this was last called.

        This can still be asked after it was closed.
        """
        total_s = self._final_s if self._is_closed else read_cpu_s(self._child.pid)
        if total_s is None:
            return 0.0
        before_s, self._booked_s = self._booked_s, total_s
        return total_s - before_s

    def pause(self) -> None:
        """Stop the child while nothing is asked of it: its threads could go on in the meantime."""
        # Its process id is its own until its parent has waited for it.
        stop(self._child.pid)

    def resume(self) -> None:
        """Let a child that was stopped go on."""
        go_on(self._child.pid)

    def send(self, *messages: Message) -> None:
        """Send messages, as one piece.

        Several together must be short enough for the socket: nothing is received meanwhile.

        Raises:
            ChildEnded: The child hits a limit before it has read the messages, or has ended.
        """
        data = memoryview(b"".join(map(encode_frame, messages)))
        while data:
            try:
                data = data[self._child.socket.send(data) :]
            except BlockingIOError:
                self.drain_output()
                self._check_limits(is_waiting=True)
                self._wait_until_writable()
            except OSError:
                raise self._find_cause() from None
        self._turned_away = time.monotonic()

    def refuse_unasked(self) -> None:
        """Check that the child has sent nothing without a request.

        Raises:
            ChildEnded: The child has sent something.
        """
        self._read_available()
        if not self._buffer.is_empty:
            raise ChildEnded(Outcome.FORGED, "bytes that were not asked for")

    def receive(self, *, is_ahead: bool = False) -> Any:  # noqa: ANN401 - one of FromChild
        """Wait for the next message; meanwhile collect the output and watch the limits.

        Args:
            is_ahead: Whether the child goes on with something else after this message. Then a
                message that is there already is taken, whatever the child has used since.

        Raises:
            ChildEnded: The child hit a limit, has ended, or sent something that is not a message.
        """
        self._meter.pass_over(time.monotonic() - self._turned_away)
        try:
            return self._receive(is_ahead=is_ahead)
        finally:
            self._turned_away = time.monotonic()

    def _receive(self, *, is_ahead: bool) -> Message:
        while True:
            message = self._next_message()
            is_open = message is not None or self._read_available()
            if message is None:
                message = self._next_message()
            if message is not None and is_ahead:
                return message
            # Also if there is a message, since there may be any number of them.
            self._check_limits(is_waiting=message is None)
            if message is not None:
                return message
            if not is_open:
                raise self._find_cause()
            timeout = max(0.0, self._next_check - time.monotonic())
            ready = [key.fileobj for key, _ in self._selector.select(timeout)]
            if self._child.output in ready:
                self.drain_output()

    def _wait_until_writable(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.socket, selectors.EVENT_WRITE)
            selector.select(_TICK_S)

    def _next_message(self) -> Message | None:
        try:
            payload = self._buffer.next_payload()
            message = None if payload is None else decode_payload(payload, FromChild)
        except FrameError as error:
            raise ChildEnded(Outcome.FORGED, "bytes that are not a message") from error
        self.received_bytes = len(payload or b"")
        return message

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

    def _check_limits(self, *, is_waiting: bool) -> None:
        """Check the limits if it is time to.

        Args:
            is_waiting: Whether the child has not answered yet.

        Raises:
            ChildEnded: A limit is hit.
        """
        if time.monotonic() < self._next_check:
            return
        account, limits, meter = self._account, self._limits, self._meter
        if account.why_over:
            raise ChildEnded(Outcome.STOPPED, account.why_over)
        if meter.cpu_s() > self._cpu_limit_s:
            raise ChildEnded(Outcome.TIME_LIMIT, self._exceeded)
        if is_waiting:
            self._check_waiting(meter)
        if count_threads(self._child.pid) > limits.threads:
            raise ChildEnded(Outcome.MEMORY_LIMIT, f"over {limits.threads} threads")
        if account.is_over_memory(self):
            raise ChildEnded(Outcome.MEMORY_LIMIT, "")
        if account.is_over_disk(self):
            raise ChildEnded(Outcome.DISK_LIMIT, "too much written to disk")
        self._next_check = time.monotonic() + _TICK_S

    def _check_waiting(self, meter: Meter) -> None:
        """Check how long the child has been waiting; ask for its line when a limit is near.

        Raises:
            ChildEnded: A limit is hit.
        """
        meter.watch()
        idle_limit_s, wall_limit_s = self._limits.idle_wall_s, max(1.0, self._wall_limit_s)
        used = (
            meter.cpu_s() / self._cpu_limit_s,
            meter.idle_s / idle_limit_s,
            meter.wall_s / wall_limit_s,
        )
        if self._ask_at and max(used) > self._ask_at[0]:
            self._ask_for_line()
        if meter.idle_s > idle_limit_s:
            idle = f"waited {idle_limit_s:g} s without computing anything"
            raise ChildEnded(Outcome.TIME_LIMIT, idle)
        if meter.wall_s > wall_limit_s:
            raise ChildEnded(Outcome.TIME_LIMIT, "mostly waited, and computed next to nothing")

    def _find_cause(self) -> ChildEnded:
        """Close the connection to a child that closed its socket, and find out how it ended."""
        status = self.close()
        if is_over_cpu_limit(status):
            return ChildEnded(Outcome.TIME_LIMIT, "over the limit on computing time")
        return ChildEnded(Outcome.CRASHED, describe_end(status))
