"""A session: a submission that answers requests, in one locked child after another.

A child that crashed, hung or hit a limit is replaced. If it ended while loading, the next child
leaves out the statement that ended it. A forged message, or the end of what the submission may use
in all, ends the session.
"""

import contextlib
import functools
import itertools
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from grader.errors import LocksMissingError, StarterLostError
from grader.observations.asking import is_complete
from grader.observations.locks import LOCK_WORDS
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
    Running,
    ScriptRequest,
    StatementStarted,
)
from grader.observations.values import InputValue
from grader.sandbox.host.account import Account
from grader.sandbox.host.child import ChildStarter
from grader.sandbox.host.connection import ChildConnection, ChildEnded
from grader.sandbox.host.limits import REMEDY, Confinement, Isolation
from grader.sandbox.host.load_plan import LoadPlan, Stage
from grader.sandbox.host.printed import PrintedOutput
from grader.sandbox.host.sent_ahead import SentAhead, may_go_ahead, most_bytes

# With less than this part of the limit on loading left, another try would be of no use.
_LEAST_FOR_A_TRY = 0.1

# What a child may compute of what was sent ahead but is not asked for in the end.
_UNASKED_CPU_S = 1.0

_NEEDED_ONLY = "loading took too long: of what comes after it, only what functions need has run"
_FORGED = "the submission wrote to the grader's own channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the children of a session load.

    ``parameters`` maps the contract's functions to their parameters in order. ``text_cells`` are
    not run. With ``modules``, each code block is a module of that name, and the last ``extra`` of
    them run only if they are imported. ``given`` are globals that stay fixed. ``edits_of``
    are units whose edits can be made.
    """

    name: str
    blocks: tuple[CodeBlock, ...]
    is_notebook: bool
    parameters: dict[str, tuple[str, ...]]
    lent: Lent | None = None
    text_cells: tuple[CodeBlock, ...] = ()
    classes: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    extra: int = 0
    given: Mapping[str, InputValue] = field(default_factory=dict)
    edits_of: tuple[str, ...] = ()

    def to_message(self, plan: LoadPlan, rerun: ScriptRequest | None = None) -> Load:
        """Return the message that makes a child load this, except what the plan leaves out.

        Args:
            plan: What it leaves out.
            rerun: A request for which it is loaded anew.
        """
        return Load(
            name=self.name,
            blocks=self.blocks,
            is_notebook=self.is_notebook,
            parameters=self.parameters,
            lent=self.lent,
            left_out=tuple(sorted(plan.left_out)),
            slow=tuple(sorted(plan.slow)),
            needed_only_from=plan.needed_only_from,
            is_watched=not plan.is_complete,
            text_cells=self.text_cells,
            classes=self.classes,
            methods=self.methods,
            is_rerun=rerun is not None,
            given={**self.given, **(rerun.given if rerun is not None else {})},
            modules=self.modules,
            extra=self.extra,
            edits_of=self.edits_of,
        )


class Session:
    """Answers requests about one submission.

    `open_session` makes it. It must not be used from several threads at once.

    Attributes:
        why_over: Why the session has ended for good, empty if it hasn't.
    """

    def __init__(
        self,
        starter: ChildStarter,
        source: Source,
        *,
        account: Account,
        plan: LoadPlan,
        confinement: Confinement,
    ) -> None:
        self._starter = starter
        self._source = source
        self._account = account
        self._plan = plan
        self._confinement = confinement
        self._child: ChildConnection | None = None
        self._printed = PrintedOutput(limit_bytes=account.limits.output_bytes)
        self._is_over = False
        self.why_over = ""
        self._ready = Ready(locks=(), missing={})
        self._loaded: Loaded | None = None
        self._sent = SentAhead(account.may_keep)
        self._running: dict[str, Running] = {}  # what ran when a function's time ran out

    @property
    def loaded(self) -> Loaded:
        """What the submission defines, and what happened while it was loaded for the first time."""
        if self._loaded is None:
            with contextlib.suppress(ChildEnded):
                self._start()
        loaded = self._loaded or Loaded()
        return msgspec.structs.replace(loaded, notes=(*self._plan.notes, *loaded.notes))

    @property
    def locks(self) -> Ready:
        """The locks that hold in the children, and the missing ones with the reason."""
        return self._ready

    @property
    def is_over(self) -> bool:
        """Whether the session has ended for good: nothing is left, or a message was forged."""
        return self._is_over

    def observe(self, request: Request) -> Observation:
        """Send a request, and wait for the answer.

        Args:
            request: What to call or read; its token is set here.

        Returns:
            What came of it, even if the child hung, died or lied.

        Raises:
            StarterLostError: The forkserver has ended, or doesn't answer.
            LocksMissingError: All locks are required, and this machine lacks some.
        """
        return self.ask(request)()

    def ask(self, request: Request) -> Callable[[], Observation]:
        """Send a request and return a function that waits for the answer.

        Call that function before asking again. Arguments, result and errors are those of
        `observe`. What was sent ahead is not sent again.
        """
        account, function = self._account, request.function
        account.turn_to(function)
        if self._is_over:
            return lambda: Observation(outcome=Outcome.STOPPED, detail=self.why_over)
        self._catch_up(request)
        sent = self._sent.find(request)
        if sent is not None:
            return lambda: sent
        if (child := self._sent.child) is not None:
            return functools.partial(self._collect_sent, child)
        if isinstance(request, ScriptRequest) and request.is_rerun:
            observation = self._rerun(request)
            return lambda: observation
        try:
            child, (token,) = self._send(request)
        except ChildEnded as end:
            return functools.partial(self._end, end, function)
        return functools.partial(self._collect, child, token, request)

    def send_ahead(self, requests: Sequence[Request]) -> None:
        """Send the requests of one function together, which are to be asked next, in this order.

        The child answers one after the other without waiting for the host. What is not asked for
        in the end costs nothing but its time. Requests that load the submission anew, and those
        that don't fit into a socket, are not sent ahead.
        """
        self._catch_up(None)
        chosen = list(itertools.takewhile(may_go_ahead, requests))
        sizes = itertools.accumulate(len(msgspec.msgpack.encode(one)) for one in chosen)
        room = most_bytes()
        chosen = [one for one, size in zip(chosen, sizes, strict=True) if size <= room]
        if self._is_over or len(chosen) <= 1:
            return
        self._account.turn_to(chosen[0].function)
        try:
            child, tokens = self._send(*chosen)
        except ChildEnded as end:
            self._end(end, chosen[0].function)
            return
        self._sent.begin(child, zip(chosen, tokens, strict=True))

    def _catch_up(self, request: Request | None) -> None:
        """Take the answers to what was sent ahead but not asked for, up to a request.

        A check that fails asks nothing more. What its other requests take from now on is not its
        unit's time, and if they take long, their child is given up.
        """
        child = self._sent.child
        if child is None or self._sent.is_next(request):
            return
        account, function = self._account, self._sent.function
        account.use(child)
        self._book(child, function)
        child.begin(_UNASKED_CPU_S)
        for one, token in self._sent.until(request):
            try:
                self._sent.keep(one, self._receive(child, token, one))
            except ChildEnded as end:
                if end.outcome is Outcome.STOPPED:
                    self._stop(end)
                self.close()  # whatever it did, it was not asked to
                self._sent.forget()
        account.charge_other(child.take_cpu_s() + account.host_cpu_s())
        if self._sent.child is not None:
            self._begin(child, function)

    def _collect_sent(self, child: ChildConnection) -> Observation:
        """Take the answer to a request that was sent ahead."""
        request, token = self._sent.take()
        self._account.use(child)
        return self._collect(child, token, request)

    def _send(self, *requests: Request) -> tuple[ChildConnection, list[bytes]]:
        """Send requests about one function to the child, and return their tokens.

        Raises:
            ChildEnded: No child can take them.
        """
        account, function = self._account, requests[0].function
        self._expect_time(function)
        child = self._start()
        child.refuse_unasked()
        account.use(child)
        account.charge_other(child.take_cpu_s())  # what its threads did in between
        self._begin(child, function)
        tokens = [secrets.token_bytes(16) for _ in requests]
        child.send(
            *(
                msgspec.structs.replace(request, token=token)
                for request, token in zip(requests, tokens, strict=True)
            )
        )
        return child, tokens

    def _expect_time(self, function: str) -> None:
        if not self._account.function_left_s(function):
            raise ChildEnded(Outcome.TIME_LIMIT, self._exceeded(function))

    def _exceeded(self, function: str) -> str:
        limit_s = self._account.function_limit_s(function)
        return f"over {limit_s:g} s of computing time in all"

    def _begin(self, child: ChildConnection, function: str) -> None:
        """Begin to measure what a child does for a function, which pays for it."""
        child.begin(
            self._account.function_left_s(function),
            wall_limit_s=self._account.function_wall_left_s(function),
            exceeded=self._exceeded(function),
            asks_for_line=True,
        )

    def _rerun(self, request: ScriptRequest) -> Observation:
        """Ask a fresh child, which loads the submission for this request only.

        The function that the request is about pays for the load too. What the first load has left
        out is left out again.
        """
        token, function = secrets.token_bytes(16), request.function
        kept, self._child = self._child, None
        # What it prints is about other data than the student's own.
        printed = self._printed
        self._printed = PrintedOutput(limit_bytes=self._account.limits.output_bytes)
        try:
            self._expect_time(function)
            self._account.make_room()
            child = self._child = self._fork()
            self._account.use(child)
            self._begin(child, function)
            child.send(self._source.to_message(self._plan, request))
            while isinstance(message := child.receive(), StatementStarted):
                pass
            if not isinstance(message, Loaded):
                raise ChildEnded(Outcome.FORGED, "an answer while loading")
            child.send(msgspec.structs.replace(request, token=token, given={}))
            return self._collect(child, token, request)
        except ChildEnded as end:
            if self._child is not None:
                self._book(self._child, function)
            return self._end(end, function)
        finally:
            self.close()
            self._child, self._printed = kept, printed

    def _collect(self, child: ChildConnection, token: bytes, request: Request) -> Observation:
        """Take the answer to a request; the unit that it is about pays for it."""
        try:
            answer = self._receive(child, token, request)
        except ChildEnded as end:
            self._sent.forget()
            self._book(child, request.function)
            return self._end(end, request.function)
        if self._sent.child is None:  # what was sent together is paid together
            self._book(child, request.function)
        return answer

    def _receive(self, child: ChildConnection, token: bytes, request: Request) -> Observation:
        """Receive the answer to a request.

        Raises:
            ChildEnded: There is none.
        """
        is_ahead = self._sent.child is not None
        answer = child.receive(is_ahead=is_ahead)
        while isinstance(answer, Running) and child.asked > 0 and answer.token == token:
            child.asked -= 1
            self._running[request.function] = answer
            answer = child.receive(is_ahead=is_ahead)
        if not isinstance(answer, Answer) or answer.token != token:
            raise ChildEnded(Outcome.FORGED, "an answer that was not asked for")
        if answer.outcome is Outcome.RETURNED and not is_complete(answer, request):
            raise ChildEnded(Outcome.FORGED, "an answer to another question")
        self._running.pop(request.function, None)
        return Observation(
            outcome=answer.outcome,
            steps=answer.steps,
            raised=answer.raised,
            place=answer.place,
            size_bytes=child.received_bytes,
        )

    def _book(self, child: ChildConnection, function: str) -> None:
        used_s = child.take_cpu_s() + self._account.host_cpu_s()
        self._account.charge_function(function, used_s, wall_s=child.take_wall_s())

    def _end(self, end: ChildEnded, function: str) -> Observation:
        self._lose_child(end)
        running = self._running.get(function) if end.outcome is Outcome.TIME_LIMIT else None
        return Observation(outcome=end.outcome, detail=end.detail, running=running)

    def output(self) -> tuple[str, bool]:
        """Return what the submission has printed so far, and whether it was cut at the limit."""
        self._catch_up(None)  # what it prints must not depend on how far it has come
        if self._child is not None:
            self._child.drain_output()
        return self._printed.text, self._printed.is_cut

    def close(self) -> None:
        """Kill the child and remove its folder."""
        child, self._child = self._child, None
        if child is not None:
            child.close()
            self._account.charge_other(child.take_cpu_s())  # what its threads did after an answer

    def _start(self) -> ChildConnection:
        """Return a child that has loaded the submission: the current one, or else a new one.

        If a statement ends a child while it loads, the next child leaves that statement out.
        """
        if self._child is not None and self._child.is_closed:  # its account needed the room
            self._account.charge_other(self._child.take_cpu_s())
            self._child = None
        while self._child is None:
            if self._account.why_over:
                raise self._stop(ChildEnded(Outcome.STOPPED, self._account.why_over))
            self._account.make_room()
            self._child = self._fork()
            self._load(self._child)
        return self._child

    def _load(self, child: ChildConnection) -> None:
        """Have a new child load the submission; if that ends it, note what the next one leaves out.

        Raises:
            ChildEnded: No child can load the submission.
        """
        account, plan = self._account, self._plan
        last: StatementStarted | None = None
        try:
            child.begin(
                account.loading_left_s(plan.stage),
                exceeded=f"over {account.limits.load_cpu_s:g} s of computing time while loading",
            )
            child.send(self._source.to_message(plan))
            while True:
                message = child.receive()
                if not isinstance(message, StatementStarted | Loaded):
                    raise ChildEnded(Outcome.FORGED, "an answer while loading")
                if last is not None:
                    plan.note_end(last, message)
                if isinstance(message, Loaded):
                    break
                last = message
        except ChildEnded as end:
            account.charge_loading(child.take_cpu_s() + account.host_cpu_s())
            self._lose_child(end)
            account.charge_loading(account.host_cpu_s())  # to remove what it has left behind
            if self._is_over or last is None or not self._leave_out(last, end, child.cpu_s()):
                raise self._stop(end) from None
        else:
            account.charge_loading(child.take_cpu_s() + account.host_cpu_s())
            plan.is_complete = True
            self._loaded = self._loaded or message

    def _fork(self) -> ChildConnection:
        """Fork a child and wait until it is locked; a failure here is a fault of the grader."""
        account = self._account
        forked = self._starter.start_child(
            limits=account.limits.for_child(account.cpu_limit_s),
            without=self._confinement.locks_to_leave_out(),
        )
        child = ChildConnection(self._starter, forked, account=account, printed=self._printed)
        try:
            ready = child.receive()
            if not isinstance(ready, Ready):
                raise StarterLostError("forked a child that did not report its locks")
            self._ready = ready
            if ready.missing and self._confinement.isolation is Isolation.REQUIRED:
                raise LocksMissingError(
                    tuple(LOCK_WORDS[name] for name in sorted(ready.missing)), REMEDY
                )
        except ChildEnded as end:
            child.close()
            if end.outcome is Outcome.STOPPED:
                raise self._stop(end) from None
            text = "" if self._source.lent else self._printed.text  # that may quote what was lent
            raise StarterLostError(f"could not prepare a child: {end.detail}\n{text}") from end
        except BaseException:
            child.close()
            raise
        return child

    def _leave_out(self, last: StatementStarted, end: ChildEnded, cpu_s: float) -> bool:
        """Leave out the statement that ended a child; return False if there is none.

        Args:
            last: The statement.
            end: How the child has ended.
            cpu_s: What it has used.
        """
        plan, account = self._plan, self._account
        position = (last.block, last.statement)
        if position in plan.left_out or not 0 <= last.block < len(self._source.blocks):
            return False  # not from our own code
        is_first = plan.stage is Stage.FIRST
        if end.outcome is Outcome.TIME_LIMIT:
            plan.has_overrun = True
            limit_s = account.limits.load_cpu_s
            if account.loading_left_s(plan.stage) < _LEAST_FOR_A_TRY * limit_s:
                plan.needed_only_from = position
            if is_first and plan.slow and cpu_s - last.cpu_s < limit_s / 2:
                return True  # others have used most of the time: without them, it is tried again
        plan.left_out.add(position)
        if not plan.is_complete:
            label = self._source.blocks[last.block].label
            raised = Raised(
                type_name=end.outcome.value, text=end.detail, block=label, line=last.line
            )
            plan.notes.append(Note(block=label, raised=raised))
            if plan.needed_only_from == position:
                plan.notes.append(Note(block=label, text=_NEEDED_ONLY))
        return True

    def _lose_child(self, end: ChildEnded) -> None:
        if end.outcome in (Outcome.FORGED, Outcome.STOPPED):
            self._stop(end)
        self.close()

    def _stop(self, end: ChildEnded) -> ChildEnded:
        """End the session for good; return the reason."""
        self._is_over = True
        is_forged = end.outcome is Outcome.FORGED
        self.why_over = self.why_over or (_FORGED if is_forged else end.detail)
        return end


@contextlib.contextmanager
def open_session(
    starter: ChildStarter,
    source: Source,
    *,
    account: Account,
    confinement: Confinement,
    plan: LoadPlan | None = None,
) -> Iterator[Session]:
    """Open a session on a submission; its child is killed when the context ends.

    Args:
        starter: Starts the children.
        source: What the children load.
        account: What the submission has left; all its sessions share it.
        confinement: How strictly the children are confined.
        plan: What they leave out while they load; the session changes it. By default nothing.
    """
    session = Session(
        starter,
        source,
        account=account,
        plan=plan or LoadPlan(),
        confinement=confinement,
    )
    try:
        yield session
    finally:
        session.close()
