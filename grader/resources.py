"""What a grader keeps from one submission to the next: forkserver, checks, and what is right.

Theory of operation
-------------------
A `GradingResources` belongs to one assignment and one `Grader`. It starts the forkserver and the
check runner side by side, and opens every session on a submission, also with lent helpers.

What is right it knows from an oracle, one for each seed.
"""

import contextlib
import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.checks.assignment import Assignment
from grader.checks.check_run import Student
from grader.checks.lent_source import lent_source
from grader.checks.lent_values import ask_with_values, right_values
from grader.checks.misconceptions import Misconception
from grader.checks.passed import PassedAnswers
from grader.checks.probe import derive_seed
from grader.checks.questions import Question
from grader.checks.units import UnitKind
from grader.errors import UsageError
from grader.observations.asking import Ask, Observe
from grader.observations.messages import Lent
from grader.observations.values import InputValue
from grader.oracle.digests import (
    digest_assignment,
    digest_engine,
    digest_machine,
    digest_parts,
)
from grader.oracle.kit import open_kit
from grader.oracle.live import AuthorSessions, ListQuestions, LiveOracle
from grader.oracle.oracle import Oracle
from grader.oracle.record import Recorder, ask_alone, record_known
from grader.oracle.recorded import RecordedOracle
from grader.oracle.recording import Recording
from grader.oracle.store import RecordingStore, cache_folder
from grader.report.model import Visibility
from grader.sandbox.host.account import Account
from grader.sandbox.host.answer_cache import AnswerCache
from grader.sandbox.host.given import Given
from grader.sandbox.host.launch import Launched
from grader.sandbox.host.limits import Confinement, Limits
from grader.sandbox.host.load_plan import LoadPlan
from grader.sandbox.host.session import Session, Source, open_session
from grader.sandbox.host.starter import open_starter
from grader.seeds import POOL_SIZE, seed_from
from grader.submission.read import Submission
from grader.system.closing import Closing

_MATPLOTLIB = "matplotlib.pyplot"
_IPYTHON = "IPython.core.inputtransformer2"


@dataclass(frozen=True, slots=True)
class Children:
    """How to ask a submission, with its own helpers or with right ones.

    Attributes:
        session: Returns the session in which the helpers of given names are right ones. It is
            opened when it is first needed.
        lend: Returns the cache of that session.
    """

    session: Callable[[frozenset[str]], Session]
    lend: Callable[[frozenset[str]], AnswerCache]

    def as_student(self) -> Student:
        """Return how checks ask it: each request anew."""
        return Student(
            observe=lambda request: self.lend(frozenset()).observe(request),
            observe_with_lent=lambda names: self.lend(names).observe,
            send_ahead=lambda requests: self.session(frozenset()).send_ahead(requests),
        )

    def close_own(self) -> None:
        """End the child with its own helpers, before others get to see what it must not know."""
        self.session(frozenset()).close()

    def replay(self, names: frozenset[str]) -> Observe:
        """Return how to ask it with lent helpers; what was answered before is not asked again."""
        return lambda request: self.lend(names).replay(request)()


def recording_key(assignment: Assignment) -> str:
    """Return the digest of all that a recording of an assignment depends on, but its seed."""
    parts = (digest_engine(), digest_machine(), digest_assignment(assignment))
    return digest_parts(parts).hex()


class GradingResources(Closing):
    """Opens the sessions that are needed to grade submissions of one assignment.

    Args:
        assignment: The assignment.
        limits: What each submission may use.
        confinement: How strictly each submission is confined.
        launched: The first process of what starts children, if it was started already.
        store: Where recordings are kept; None if there are none.
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        limits: Limits,
        confinement: Confinement,
        launched: Launched | None = None,
        store: RecordingStore | None = None,
    ) -> None:
        self.assignment = assignment
        self.limits = limits
        self.confinement = confinement
        with contextlib.ExitStack() as stack:
            # Both at once: one process imports torch while the other collects the checks.
            self._starter = stack.enter_context(
                open_starter(
                    method=confinement.start_method,
                    hidden=(
                        assignment.folder,
                        cache_folder(),
                        *([store.folder] if store is not None else []),
                    ),
                    launched=launched,
                    given=Given(
                        files=assignment.material.paths, modules=assignment.material.modules
                    ),
                )
            )
            # Imported only now: importing pytest is slow, and torch is imported at the same time.
            from grader.checks.runner import CheckRunner  # noqa: PLC0415

            self.checks = stack.enter_context(CheckRunner(assignment.folder))
            self._stack = stack.pop_all()
        self._author = AuthorSessions(
            assignment, self._starter, confinement=confinement, stack=self._stack
        )
        self._lent = functools.cache(self._make_lent)
        self._store = store
        self._recorded: dict[int, RecordedOracle] = {}
        self.passed = functools.lru_cache(maxsize=POOL_SIZE)(lambda _seed: PassedAnswers())
        self._live: tuple[int, LiveOracle] | None = None
        modules = assignment.material.modules.values()
        self._support = "".join(
            path.read_text(encoding="utf-8", errors="replace")
            for path in modules
            if path.suffix == ".py"
        )

    def close(self) -> None:
        """End all processes."""
        self._stack.close()

    @property
    def versions(self) -> dict[str, str]:
        """The versions of torch and numpy that submissions run with."""
        return self._starter.versions

    def oracle(self, seed: int) -> Oracle:
        """Return the oracle for submissions whose inputs are drawn from this seed.

        It answers from the recording if there is one; that of a kit has nothing else behind it.

        Raises:
            UsageError: A kit has no recording for this seed, or is for another zerograd.
        """
        if seed not in self._recorded:
            if self.assignment.kit is not None:
                oracle = open_kit(self.assignment, self.checks, seed)
                self._recorded[seed] = oracle
                return oracle
            recording = self.find_recording(seed)
            if recording is None:
                return self._live_oracle(seed)
            self._recorded[seed] = RecordedOracle(
                recording, self.checks.checks, other=lambda: self._live_oracle(seed)
            )
        return self._recorded[seed]

    def second_opinion(self, name: str, seed: int) -> tuple[int, Ask] | None:
        """Return another seed, and how to ask what is right about a unit with it.

        A kit may have no other seed; then there is no second opinion.
        """
        kit = self.assignment.kit
        if kit is None:
            other = seed_from(derive_seed(seed, "second opinion"))
            return other, self._author.ask_reference(name)
        others = [one for one in kit.manifest.seeds if one != seed]
        return (others[0], self.oracle(others[0]).expect) if others else None

    def expect_judged(self, name: str) -> None:
        """Require a check of a unit, where it could be that all of them are judged later.

        Raises:
            UsageError: There is none.
        """
        if name in self.assignment.later and all(
            check.function != name for check in self.checks.checks
        ):
            raise UsageError(f"{name} is judged later: this kit has no check of it")

    def _live_oracle(self, seed: int) -> LiveOracle:
        """Return the oracle that asks the author's code, for one seed at a time."""
        if self._live is None or self._live[0] != seed:
            self._author.forget()
            self._live = (
                seed,
                LiveOracle(self._author, self._list_questions(seed), self.ask_alone),
            )
        return self._live[1]

    def _list_questions(self, seed: int) -> ListQuestions:
        ask = functools.partial(self.checks.questions, assignment=self.assignment, seed=seed)
        return lambda name, expect: ask(name, expect=expect)

    def find_recording(self, seed: int) -> Recording | None:
        """Return the recording for a seed, if there is one."""
        return None if self._store is None else self._store.find(self._key, seed)

    def is_recorded(self, seed: int) -> bool:
        """Return whether there is a recording for a seed; one that is in use is not read again."""
        return seed in self._recorded or self.find_recording(seed) is not None

    def record(self, seed: int) -> Recording:
        """Record what the reference answers with a seed; what was asked is not asked again.

        Raises:
            InternalError: The reference can't be loaded, or fails a check.
        """
        self._live_oracle(seed)  # so that no answers for another seed are kept
        recorder = Recorder(
            self.assignment,
            self.checks.checks,
            self._author,
            self._list_questions(seed),
            key=self._key,
            seed=seed,
        )
        return recorder.record()

    def record_known(self, name: str, recording: Recording) -> bytes:
        """Return what the misconceptions of a unit answer to the questions of a recording.

        What the recording has of them is not asked again.
        """
        oracle = RecordedOracle(
            recording, self.checks.checks, other=lambda: self._live_oracle(recording.seed)
        )
        return record_known(
            self.assignment.misconceptions_of(name),
            oracle.questions(name),
            earlier=recording.known_of(name),
            assignment=self.assignment,
            limits=self.limits,
            open_session=self._author.open_alone,
        )

    def ask_alone(
        self, misconception: Misconception, questions: Sequence[Question]
    ) -> tuple[bytes, ...]:
        """Return the packed answers of a misconception that shares its process with nobody."""
        return ask_alone(
            misconception,
            questions,
            assignment=self.assignment,
            limits=self.limits,
            open_session=self._author.open_alone,
        )

    @functools.cached_property
    def _key(self) -> str:
        return recording_key(self.assignment)

    def get_ready(self) -> None:
        """Prepare for another submission, so that it need not wait for imports; return at once."""
        self._starter.keep_ready(1)

    def _first_children(self, seed: int) -> int:
        """Return how many children a right submission needs, with that of the reference.

        The oracle for the seed has been asked for: without a recording, it asks the reference.
        """
        return 1 + self._has_hidden + (seed not in self._recorded)

    @functools.cached_property
    def _has_hidden(self) -> bool:
        """Whether students don't see some of the checks, which run in a child of their own."""
        return any(
            self.assignment.visibility_of(check.id) is not Visibility.VISIBLE
            for check in self.checks.checks
        )

    def open_account(self, submission: Submission, seed: int, *, more_time: float = 1.0) -> Account:
        """Open a submission's account, after imports that must not use up its time.

        Args:
            submission: The submission.
            seed: The seed of its inputs.
            more_time: What the CPU time of each function is multiplied by.
        """
        plotting = ("plt", "matplotlib", "pylab", "pyplot")
        # Also if the reference, which may be asked later, needs it: what is imported in between
        # would show a submission that it is the first one.
        own = (self._support, self.assignment.reference)
        if submission.mentions(*plotting) or any(word in text for text in own for word in plotting):
            self._starter.warm((_MATPLOTLIB,))
        if submission.is_notebook and submission.mentions("%", "!", "?"):
            self._starter.warm((_IPYTHON,))
        self._starter.keep_ready(self._first_children(seed))
        _ = self._starter.versions
        function_cpu_s = more_time * self.limits.function_cpu_s
        limits = dataclasses.replace(self.limits, function_cpu_s=function_cpu_s)
        return Account(limits, functions=len(self.assignment.units))

    def open(
        self,
        submission: Submission,
        account: Account,
        plan: LoadPlan,
        *,
        lent: Lent | None = None,
        given: dict[str, InputValue] | None = None,
        edits_of: tuple[str, ...] = (),
    ) -> contextlib.AbstractContextManager[Session]:
        """Open a session on a submission.

        Args:
            submission: The submission.
            account: What it has left.
            plan: What to leave out while it is loaded.
            lent: Replaces some of its functions, classes and methods.
            given: Replaces some of its values.
            edits_of: The units whose edits can be made in it.
        """
        source = Source(
            # Not the file's own name: it is not in the digest that the inputs depend on, so code
            # could read there what it was asked before.
            name=submission.blocks[0].label
            if submission.modules
            else "submission.ipynb"
            if submission.is_notebook
            else "submission.py",
            blocks=submission.blocks,
            is_notebook=submission.is_notebook,
            parameters=self.assignment.top_level,
            lent=lent,
            text_cells=submission.text_cells,
            classes=self.assignment.names_of(UnitKind.CLASS),
            methods=self.assignment.names_of(UnitKind.METHOD),
            modules=submission.modules,
            extra=submission.extra,
            given=given or {},
            edits_of=edits_of,
        )
        return open_session(
            self._starter, source, account=account, confinement=self.confinement, plan=plan
        )

    def children(
        self,
        submission: Submission,
        account: Account,
        plan: LoadPlan,
        sessions: contextlib.ExitStack,
        *,
        expect: Ask,
        own: Session | None = None,
    ) -> "Children":
        """Return how to ask a submission in children that nothing else is asked in.

        No function may be graded in a child to which it is lent, so each set of names has a child
        of its own. Functions with the same wrong helpers can share a child: none of them is lent
        there, or is in the lent source, which contains only functions that they may call.

        Args:
            submission: The submission.
            account: What the submission has left.
            plan: What to leave out while it is loaded, as far as the first load has shown.
            sessions: Closes the sessions that are opened.
            expect: Asks the reference for the values that are lent.
            own: The session with its own helpers, if it is open already.
        """

        @functools.cache
        def session(names: frozenset[str]) -> Session:
            if own is not None and not names:
                return own
            values, others = names & self._values, names - self._values
            lent = self._lent(others) if others else None
            given = right_values(values, expect) if values else {}
            return sessions.enter_context(
                self.open(submission, account, plan.copy(), lent=lent, given=given)
            )

        @functools.cache
        def lend(names: frozenset[str]) -> AnswerCache:
            ask: Ask = session(names).ask
            values = names & self._values
            if values:
                ask = ask_with_values(ask, values, ask_reference=expect)
            return AnswerCache(ask, may_keep=account.may_keep)

        return Children(session, lend)

    @property
    def _values(self) -> frozenset[str]:
        """The values, which are lent as data."""
        return frozenset(self.assignment.names_of(UnitKind.VALUE))

    def _make_lent(self, names: frozenset[str]) -> Lent:
        units = [self.assignment.unit(name) for name in sorted(names)]
        return Lent(
            source=lent_source(self.assignment, names),
            parameters={
                unit.name: unit.parameters for unit in units if unit.kind is UnitKind.FUNCTION
            },
            classes=tuple(unit.name for unit in units if unit.kind is UnitKind.CLASS),
            methods=tuple(unit.name for unit in units if unit.owner and unit.owner not in names),
        )
