"""A session: one confined child that has loaded a submission and answers requests.

A child that crashed, hung or was caught forging is replaced, and the session goes on
without the statement or the function that ended it, until the submission's time is up.
"""

import contextlib
import functools
import os
import secrets
import select
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from grader.errors import ForkserverLostError, LocksMissingError
from grader.observations.asking import is_complete
from grader.observations.frames import FrameBuffer, FrameError, decode_payload, encode_frame
from grader.observations.messages import (
    Answer,
    CodeBlock,
    FromChild,
    Lent,
    Load,
    Loaded,
    Message,
    Note,
    Observation,
    Outcome,
    Raised,
    Ready,
    Request,
    StatementStarted,
)
from grader.sandbox.host.forkserver import Child, Forkserver
from grader.sandbox.host.limits import REMEDY, Confinement, Isolation, Limits
from grader.sandbox.host.scratch import measure_folder

_TICK_S = 0.05
_CHUNK_BYTES = 1 << 16
_MAX_STATEMENTS = 100_000
_MIN_CPU_TO_COUNT_S = 0.05
_CLOCK_TICKS_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is loaded into a session's children.

    ``parameters`` maps the contract's functions to their parameters in order.
    """

    name: str
    blocks: tuple[CodeBlock, ...]
    is_notebook: bool
    parameters: dict[str, tuple[str, ...]]
    lent: Lent | None = None


class _Ended(Exception):  # noqa: N818 - not an error: how a child's part of the story ends
    """The child is no more, and this outcome is why."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(outcome, detail)
        self.outcome = outcome
        self.detail = detail


@dataclass
class Clock:
    """The wall time that a submission has left, over all its sessions."""

    deadline: float

    @classmethod
    def start(cls, limits: Limits) -> "Clock":
        """Start counting now."""
        return cls(time.monotonic() + limits.total_wall_s)

    @property
    def left_s(self) -> float:
        """Seconds left, not below zero."""
        return max(0.0, self.deadline - time.monotonic())


@dataclass
class _Meter:
    """What a child had used when the present call began: read only if the call takes long."""

    cpu_limit_s: float
    began: float = field(default_factory=time.monotonic)
    cpu_s: float | None = None
    idle_since: float = 0.0
    idle_cpu_s: float = 0.0

    def used_s(self, cpu_s: float, now: float) -> float:
        """Tell how much of what the child has used by now belongs to the present call."""
        if self.cpu_s is None:
            # Most calls end before anybody looks. At the first look, what has passed since the
            # call began can all be its own, but not more.
            self.cpu_s = self.idle_cpu_s = cpu_s - (now - self.began)
            self.idle_since = self.began
        return cpu_s - self.cpu_s


class Session:
    """Answers requests about one submission, from one confined child after another.

    Made by `open_session`. Not for use from several threads at once.
    """

    def __init__(
        self,
        forkserver: Forkserver,
        source: Source,
        *,
        limits: Limits,
        confinement: Confinement,
        clock: Clock,
    ) -> None:
        self._forkserver = forkserver
        self._source = source
        self._limits = limits
        self._confinement = confinement
        self._clock = clock
        self._child: Child | None = None
        self._buffer = FrameBuffer()
        self._output = bytearray()
        self._is_output_cut = False
        self._is_over = False
        self._ready = Ready(locks=(), missing={})
        self._loaded: Loaded | None = None
        self._load_notes: list[Note] = []
        self._meter: _Meter | None = None

    @property
    def loaded(self) -> Loaded:
        """What the submission defines, and what happened while it was loaded."""
        if self._loaded is None:
            with contextlib.suppress(_Ended):
                self._start()
        loaded = self._loaded or Loaded()
        return msgspec.structs.replace(loaded, notes=(*self._load_notes, *loaded.notes))

    @property
    def locks(self) -> Ready:
        """Which locks hold in the children, and which are missing and why."""
        return self._ready

    @property
    def is_over(self) -> bool:
        """Tell whether the submission was ended for good: out of time, or caught forging."""
        return self._is_over

    def observe(self, request: Request) -> Observation:
        """Have a request answered.

        Args:
            request: What to call or read; its token is set here.

        Returns:
            What came of it: also when the child hung, died, or lied.

        Raises:
            ForkserverLostError: the forkserver is gone.
            LocksMissingError: confinement is required and isn't to be had.
        """
        return self.ask(request)()

    def ask(self, request: Request) -> Callable[[], Observation]:
        """Send a request, and give what waits for its answer: call that before asking again.

        Meanwhile somebody else can be asked; errors as for `observe`.
        """
        if self._is_over:
            return lambda: Observation(outcome=Outcome.STOPPED)
        token = secrets.token_bytes(16)
        try:
            self._start()
            self._refuse_unasked()
            self._send(msgspec.structs.replace(request, token=token))
            self._begin_call(self._limits.call_cpu_s)
        except _Ended as end:
            return functools.partial(self._end, end)
        return functools.partial(self._collect, token, request)

    def _collect(self, token: bytes, request: Request) -> Observation:
        try:
            answer = self._await()
            if not isinstance(answer, Answer) or answer.token != token:
                raise _Ended(Outcome.FORGED, "an answer that was not asked for")
            if answer.outcome is Outcome.RETURNED and not is_complete(answer, request):
                raise _Ended(Outcome.FORGED, "an answer to another question")
        except _Ended as end:
            return self._end(end)
        return Observation(outcome=answer.outcome, steps=answer.steps, raised=answer.raised)

    def _end(self, end: _Ended) -> Observation:
        self._lose_child(end)
        return Observation(outcome=end.outcome, detail=end.detail)

    def output(self) -> tuple[str, bool]:
        """What the submission has printed so far, and whether it was cut at the limit."""
        self._drain_output()
        return self._output.decode("utf-8", "backslashreplace"), self._is_output_cut

    def close(self) -> None:
        """Kill the child and remove its folder."""
        if self._child is not None:
            self._drain_output()
            child, self._child = self._child, None
            self._forkserver.kill(child)

    # --- life of a child ------------------------------------------------------------------

    def _start(self) -> None:
        """Have a child that has loaded the submission, replacing a lost one.

        A statement that ends the child while loading is left out the next time.
        """
        while self._child is None:
            if self._is_over or self._clock.left_s <= 0:
                self._is_over = True
                raise _Ended(Outcome.STOPPED, "the time for this submission is up")
            self._child = self._forkserver.spawn(
                limits=self._limits.for_child(), without=self._confinement.locks_to_leave_out()
            )
            self._child.socket.setblocking(False)  # noqa: FBT003 - its only form
            os.set_blocking(self._child.output_descriptor, False)
            self._buffer = FrameBuffer()
            last = StatementStarted(block=-1, statement=-1)
            self._accept_locks()
            try:
                self._send(self._load_message())
                for _ in range(_MAX_STATEMENTS):
                    message = self._await()
                    if isinstance(message, Loaded):
                        self._loaded = message
                        break
                    if not isinstance(message, StatementStarted):
                        raise _Ended(Outcome.FORGED, "an answer while loading")
                    last = message
            except _Ended as end:
                self._lose_child(end)
                if self.is_over or not self._leave_out(last, end):
                    self._is_over = True
                    raise

    def _accept_locks(self) -> None:
        """Wait until the child is locked; what fails before is our doing, not the student's."""
        self._begin_call(self._limits.load_cpu_s)
        try:
            ready = self._await()
        except _Ended as end:
            text = self._output.decode("utf-8", "backslashreplace")
            self.close()
            raise ForkserverLostError(f"could not prepare a child: {end.detail}\n{text}") from end
        if not isinstance(ready, Ready):
            raise ForkserverLostError("forked a child that said nothing of its locks")
        self._ready = ready
        if ready.missing and self._confinement.isolation is Isolation.REQUIRED:
            raise LocksMissingError(tuple(sorted(ready.missing)), REMEDY)

    def _leave_out(self, last: StatementStarted, end: _Ended) -> bool:
        """Cut the unit off before the statement that ended the child; False if there is none."""
        blocks = self._source.blocks
        if not 0 <= last.block < len(blocks):
            return False
        block = blocks[last.block]
        if last.statement < 0 or 0 <= block.stop_before <= last.statement:
            return False
        cut = msgspec.structs.replace(block, stop_before=last.statement)
        self._source = replace(
            self._source, blocks=(*blocks[: last.block], cut, *blocks[last.block + 1 :])
        )
        raised = Raised(type_name=end.outcome.value, text=end.detail, block=block.label)
        self._load_notes.append(Note(block=block.label, raised=raised))
        return True

    def _load_message(self) -> Load:
        return Load(
            name=self._source.name,
            blocks=self._source.blocks,
            is_notebook=self._source.is_notebook,
            parameters=self._source.parameters,
            lent=self._source.lent,
        )

    def _lose_child(self, end: _Ended) -> None:
        if end.outcome in (Outcome.FORGED, Outcome.STOPPED):
            self._is_over = True
        self.close()

    # --- the conversation -----------------------------------------------------------------

    def _refuse_unasked(self) -> None:
        self._read_available()
        if not self._buffer.is_empty:
            raise _Ended(Outcome.FORGED, "bytes that were not asked for")

    def _send(self, message: Message) -> None:
        assert self._child is not None  # noqa: S101 - only called after _start
        data = memoryview(encode_frame(message))
        give_up = time.monotonic() + self._limits.idle_wall_s
        while data:
            try:
                sent = self._child.socket.send(data)
                data = data[sent:]
            except BlockingIOError:
                self._drain_output()
                if time.monotonic() > give_up:
                    raise _Ended(Outcome.CRASHED, "the process no longer listens") from None
                select.select([], [self._child.socket], [], _TICK_S)
            except OSError:
                raise _Ended(*self._autopsy()) from None

    def _begin_call(self, cpu_limit_s: float) -> None:
        self._meter = _Meter(cpu_limit_s=cpu_limit_s)

    def _await(self) -> Any:  # noqa: ANN401 - one of FromChild
        """Wait for the next message, draining the output and watching the limits."""
        assert self._child is not None  # noqa: S101 - only called after _start
        next_check = time.monotonic() + _TICK_S
        while True:
            message = self._next_message()
            if message is not None:
                return message
            timeout = max(0.0, next_check - time.monotonic())
            sources: list[Any] = [self._child.socket, self._child.output_descriptor]
            readable, _, _ = select.select(sources, [], [], timeout)
            if self._child.output_descriptor in readable:
                self._drain_output()
            if self._child.socket in readable and not self._read_available():
                raise _Ended(*self._autopsy())
            if time.monotonic() >= next_check:
                self._enforce_limits()
                next_check = time.monotonic() + _TICK_S

    def _next_message(self) -> Message | None:
        try:
            payload = self._buffer.next_payload()
            return None if payload is None else decode_payload(payload, FromChild)
        except FrameError as error:
            raise _Ended(Outcome.FORGED, "bytes that are no message") from error

    def _read_available(self) -> bool:
        """Read what is there; False when the child has closed its end."""
        assert self._child is not None  # noqa: S101 - only called after _start
        try:
            data = self._child.socket.recv(1 << 20)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._buffer.feed(data)
        return bool(data)

    def _drain_output(self) -> None:
        """Take what was printed out of the pipe, so that a flood neither blocks nor piles up."""
        if self._child is None:
            return
        for _ in range(64):
            try:
                data = os.read(self._child.output_descriptor, _CHUNK_BYTES)
            except OSError:
                return
            if not data:
                return
            room = self._limits.output_bytes - len(self._output)
            self._is_output_cut |= len(data) > room
            self._output += data[:room]

    # --- limits ---------------------------------------------------------------------------

    def _enforce_limits(self) -> None:
        assert self._child is not None  # noqa: S101 - only called after _start
        assert self._meter is not None  # noqa: S101 - set by _await
        limits, meter, now = self._limits, self._meter, time.monotonic()
        if self._clock.left_s <= 0:
            raise _Ended(Outcome.STOPPED, f"over {limits.total_wall_s:g} s in all")
        cpu_s, threads = self._usage()
        if meter.used_s(cpu_s, now) > meter.cpu_limit_s:
            raise _Ended(Outcome.TIME_LIMIT, f"over {meter.cpu_limit_s:g} s of computing time")
        if cpu_s - meter.idle_cpu_s > _MIN_CPU_TO_COUNT_S:
            meter.idle_since, meter.idle_cpu_s = now, cpu_s
        elif now - meter.idle_since > limits.idle_wall_s:
            raise _Ended(
                Outcome.TIME_LIMIT, f"waited {limits.idle_wall_s:g} s without computing anything"
            )
        if threads > limits.threads:
            raise _Ended(Outcome.MEMORY_LIMIT, f"over {limits.threads} threads")
        size_bytes, files = measure_folder(self._child.scratch, at_most_files=limits.files)
        if size_bytes > limits.disk_bytes or files > limits.files:
            raise _Ended(Outcome.DISK_LIMIT, "too much written to disk")

    def _usage(self) -> tuple[float, int]:
        """Read the child's CPU seconds over all threads, and how many threads it has.

        Where there is no /proc, the wall time stands in for the CPU time.
        """
        assert self._child is not None  # noqa: S101 - only called after _start
        try:
            with open(f"/proc/{self._child.pid}/stat", "rb") as file:  # noqa: PTH123 - 20 times a second
                fields = file.read().rpartition(b")")[2].split()
        except FileNotFoundError:
            return time.monotonic(), 1
        # proc(5): fields 14, 15 (utime, stime) and 20 (num_threads), counted after the name.
        return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS_S, int(fields[17])

    def _autopsy(self) -> tuple[Outcome, str]:
        """Say how a child ended that closed its socket by itself."""
        assert self._child is not None  # noqa: S101 - only called after _start
        self._drain_output()
        child, self._child = self._child, None
        status = self._forkserver.kill(child)
        if status == -signal.SIGXCPU:
            return Outcome.TIME_LIMIT, "over the computing time"
        if status >= 0:
            return Outcome.CRASHED, f"the Python process was ended with exit status {status}"
        if status == -signal.SIGKILL:
            return Outcome.CRASHED, "the Python process closed its connection or ran out of memory"
        return Outcome.CRASHED, f"the Python process crashed ({signal.Signals(-status).name})"


@contextlib.contextmanager
def open_session(
    forkserver: Forkserver,
    source: Source,
    *,
    limits: Limits,
    confinement: Confinement,
    clock: Clock | None = None,
) -> Iterator[Session]:
    """Open a session on a submission; its child is killed when the context ends.

    Args:
        forkserver: Where children come from.
        source: What they load.
        limits: What they may use.
        confinement: How they are locked in.
        clock: The submission's wall time, when several sessions share it.
    """
    session = Session(
        forkserver,
        source,
        limits=limits,
        confinement=confinement,
        clock=clock or Clock.start(limits),
    )
    try:
        yield session
    finally:
        session.close()
