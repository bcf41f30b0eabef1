"""A session: a submission that answers requests, in one locked child after another.

A child that crashed, hung or hit a limit is replaced. If it ended while loading, the next child
leaves out the statement that ended it. A forged message, or the end of the submission's time, ends
the session.
"""

import contextlib
import functools
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import msgspec

from grader.errors import ForkserverLostError, LocksMissingError
from grader.observations.asking import is_complete
from grader.observations.messages import (
    Answer,
    CodeBlock,
    Lent,
    Load,
    Loaded,
    Note,
    Observation,
    Outcome,
    Raised,
    Ready,
    Request,
    StatementStarted,
)
from grader.sandbox.host.connection import ChildConnection, ChildEnded
from grader.sandbox.host.forkserver import Forkserver
from grader.sandbox.host.limits import REMEDY, Confinement, Isolation, Limits
from grader.sandbox.host.printed import PrintedOutput
from grader.sandbox.host.usage import Clock

_MAX_STATEMENTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the children of a session load.

    ``parameters`` maps the contract's functions to their parameters in order.
    """

    name: str
    blocks: tuple[CodeBlock, ...]
    is_notebook: bool
    parameters: dict[str, tuple[str, ...]]
    lent: Lent | None = None

    def to_message(self) -> Load:
        """Return the message that makes a child load this."""
        return Load(
            name=self.name,
            blocks=self.blocks,
            is_notebook=self.is_notebook,
            parameters=self.parameters,
            lent=self.lent,
        )

    def cut_before(self, statement: StatementStarted) -> "Source | None":
        """Cut a code block off before one of its statements; None if that changes nothing."""
        if not 0 <= statement.block < len(self.blocks):
            return None
        block = self.blocks[statement.block]
        if statement.statement < 0 or 0 <= block.stop_before <= statement.statement:
            return None
        cut = msgspec.structs.replace(block, stop_before=statement.statement)
        before, after = self.blocks[: statement.block], self.blocks[statement.block + 1 :]
        return replace(self, blocks=(*before, cut, *after))


class Session:
    """Answers requests about one submission.

    `open_session` makes it. It must not be used from several threads at once.
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
        self._child: ChildConnection | None = None
        self._printed = PrintedOutput(limit_bytes=limits.output_bytes)
        self._is_over = False
        self._ready = Ready(locks=(), missing={})
        self._loaded: Loaded | None = None
        self._load_notes: list[Note] = []

    @property
    def loaded(self) -> Loaded:
        """What the submission defines, and what happened while it was loaded."""
        if self._loaded is None:
            with contextlib.suppress(ChildEnded):
                self._start()
        loaded = self._loaded or Loaded()
        return msgspec.structs.replace(loaded, notes=(*self._load_notes, *loaded.notes))

    @property
    def locks(self) -> Ready:
        """The locks that hold in the children, and the missing ones with the reason."""
        return self._ready

    @property
    def is_over(self) -> bool:
        """Whether the session has ended for good: the time is up, or a message was forged."""
        return self._is_over

    def observe(self, request: Request) -> Observation:
        """Send a request, and wait for the answer.

        Args:
            request: What to call or read; its token is set here.

        Returns:
            What came of it, even if the child hung, died or lied.

        Raises:
            ForkserverLostError: The forkserver has ended, or doesn't answer.
            LocksMissingError: All locks are required, and this machine lacks some.
        """
        return self.ask(request)()

    def ask(self, request: Request) -> Callable[[], Observation]:
        """Send a request and return a function that waits for the answer.

        Call that function before asking again. Arguments, result and errors are those of
        `observe`.
        """
        if self._is_over:
            return lambda: Observation(outcome=Outcome.STOPPED)
        token = secrets.token_bytes(16)
        try:
            child = self._start()
            child.refuse_unasked()
            child.send(msgspec.structs.replace(request, token=token))
            child.begin_call(self._limits.call_cpu_s)
        except ChildEnded as end:
            return functools.partial(self._end, end)
        return functools.partial(self._collect, child, token, request)

    def _collect(self, child: ChildConnection, token: bytes, request: Request) -> Observation:
        try:
            answer = child.receive()
            if not isinstance(answer, Answer) or answer.token != token:
                raise ChildEnded(Outcome.FORGED, "an answer that was not asked for")
            if answer.outcome is Outcome.RETURNED and not is_complete(answer, request):
                raise ChildEnded(Outcome.FORGED, "an answer to another question")
        except ChildEnded as end:
            return self._end(end)
        return Observation(outcome=answer.outcome, steps=answer.steps, raised=answer.raised)

    def _end(self, end: ChildEnded) -> Observation:
        self._lose_child(end)
        return Observation(outcome=end.outcome, detail=end.detail)

    def output(self) -> tuple[str, bool]:
        """Return what the submission has printed so far, and whether it was cut at the limit."""
        if self._child is not None:
            self._child.drain_output()
        return self._printed.text, self._printed.is_cut

    def close(self) -> None:
        """Kill the child and remove its folder."""
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def _start(self) -> ChildConnection:
        """Return a child that has loaded the submission: the current one, or else a new one.

        If a statement ends a child while it loads, the next child leaves that statement out.
        """
        while self._child is None:
            if self._is_over or self._clock.left_s <= 0:
                self._is_over = True
                raise ChildEnded(Outcome.STOPPED, "the time for this submission is up")
            last = StatementStarted(block=-1, statement=-1)
            self._child = child = self._fork()
            try:
                child.send(self._source.to_message())
                for _ in range(_MAX_STATEMENTS):
                    message = child.receive()
                    if isinstance(message, Loaded):
                        self._loaded = message
                        break
                    if not isinstance(message, StatementStarted):
                        raise ChildEnded(Outcome.FORGED, "an answer while loading")
                    last = message
            except ChildEnded as end:
                self._lose_child(end)
                if self.is_over or not self._leave_out(last, end):
                    self._is_over = True
                    raise
        return self._child

    def _fork(self) -> ChildConnection:
        """Fork a child and wait until it is locked; a failure here is a fault of the grader."""
        forked = self._forkserver.spawn(
            limits=self._limits.for_child(), without=self._confinement.locks_to_leave_out()
        )
        child = ChildConnection(
            self._forkserver,
            forked,
            limits=self._limits,
            clock=self._clock,
            printed=self._printed,
        )
        try:
            ready = child.receive()
        except ChildEnded as end:
            child.close()
            text = self._printed.text
            raise ForkserverLostError(f"could not prepare a child: {end.detail}\n{text}") from end
        except BaseException:
            child.close()
            raise
        if not isinstance(ready, Ready):
            child.close()
            raise ForkserverLostError("forked a child that did not report its locks")
        self._ready = ready
        if ready.missing and self._confinement.isolation is Isolation.REQUIRED:
            child.close()
            raise LocksMissingError(tuple(sorted(ready.missing)), REMEDY)
        return child

    def _leave_out(self, last: StatementStarted, end: ChildEnded) -> bool:
        """Leave out the statement that ended a child; return False if there is none."""
        cut = self._source.cut_before(last)
        if cut is None:
            return False
        self._source = cut
        label = cut.blocks[last.block].label
        raised = Raised(type_name=end.outcome.value, text=end.detail, block=label)
        self._load_notes.append(Note(block=label, raised=raised))
        return True

    def _lose_child(self, end: ChildEnded) -> None:
        if end.outcome in (Outcome.FORGED, Outcome.STOPPED):
            self._is_over = True
        self.close()


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
        forkserver: The forkserver, which forks the children.
        source: What the children load.
        limits: What the submission may use.
        confinement: How strictly the children are confined.
        clock: The wall time that the submission has left, if several sessions share it.
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
