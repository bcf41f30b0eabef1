"""What a grader keeps from one submission to the next: forkserver, checks, the reference's session.

Theory of operation
-------------------
A `GradingResources` belongs to one assignment and one `Grader`. It starts the forkserver and the
check runner side by side, and opens every session: on submissions, on the reference, on the
reference with the misconceptions of one function, and on submissions with lent helpers.

The sessions on the author's code are opened when they are first needed, and stay open. Their
answers are recorded, and replayed to equal requests while the seed stays the same.
"""

import contextlib
import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import msgspec

from grader.checks.assignment import Assignment
from grader.checks.check_run import Student
from grader.checks.definitions import definitions
from grader.checks.lent_source import lent_source
from grader.checks.lent_values import ask_with_values, right_values
from grader.checks.load_problem import describe_load_problem
from grader.checks.misconceptions import Misconception
from grader.checks.programs import (
    is_computed,
    reference_program,
    wrong_class,
    wrong_name,
    wrong_program,
)
from grader.checks.questions import Question
from grader.checks.units import UnitKind
from grader.errors import InternalError
from grader.observations.asking import Ask, Observe
from grader.observations.messages import CodeBlock, Lent, Observation, Request, ScriptRequest
from grader.observations.values import InputValue
from grader.sandbox.host.account import Account, TrustedAccount
from grader.sandbox.host.forkserver import Forkserver
from grader.sandbox.host.given import Given
from grader.sandbox.host.launch import ForkserverProcess
from grader.sandbox.host.limits import Confinement, Limits
from grader.sandbox.host.load_plan import LoadPlan
from grader.sandbox.host.recording import Recording
from grader.sandbox.host.session import Session, Source, open_session
from grader.submission.read import Submission

_MATPLOTLIB = "matplotlib.pyplot"
_IPYTHON = "IPython.core.inputtransformer2"


@dataclass(frozen=True, slots=True)
class Children:
    """How to ask a submission, with its own helpers or with right ones.

    Attributes:
        session: Returns the session in which the helpers of given names are right ones. It is
            opened when it is first needed.
        lend: Returns the recording of that session.
    """

    session: Callable[[frozenset[str]], Session]
    lend: Callable[[frozenset[str]], Recording]

    def as_student(self) -> Student:
        """Return how checks ask it: each request anew."""
        return Student(
            observe=lambda request: self.lend(frozenset()).observe(request),
            observe_with_lent=lambda names: self.lend(names).observe,
        )

    def close_own(self) -> None:
        """End the child with its own helpers, before others get to see what it must not know."""
        self.session(frozenset()).close()

    def replay(self, names: frozenset[str]) -> Observe:
        """Return how to ask it with lent helpers; what was answered before is not asked again."""
        return lambda request: self.lend(names).replay(request)()


class GradingResources:
    """Opens the sessions that are needed to grade submissions of one assignment.

    Args:
        assignment: The assignment.
        limits: What each submission may use.
        confinement: How strictly each submission is confined.
        launched: The forkserver's process, if it was started already.
    """

    def __init__(
        self,
        assignment: Assignment,
        *,
        limits: Limits,
        confinement: Confinement,
        launched: ForkserverProcess | None = None,
    ) -> None:
        self.assignment = assignment
        self.limits = limits
        self.confinement = confinement
        with contextlib.ExitStack() as stack:
            # Both at once: one process imports torch while the other collects the checks.
            self._forkserver = stack.enter_context(
                Forkserver(
                    hidden=(assignment.folder,),
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
        self._lent = functools.cache(self._make_lent)
        self._misconceptions = functools.cache(self._open_misconceptions)
        self._wrong_values = functools.cache(self._open_wrong_values)
        self._seed: int | None = None
        modules = assignment.material.modules.values()
        self._support = "".join(
            path.read_text(encoding="utf-8", errors="replace")
            for path in modules
            if path.suffix == ".py"
        )
        self._recordings: list[Recording] = []
        self._questions: dict[str, list[Question]] = {}

    def __enter__(self) -> Self:
        """Return the resources themselves; leaving the context ends all processes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all processes."""
        self._stack.close()

    @property
    def versions(self) -> dict[str, str]:
        """The versions of torch and numpy that submissions run with."""
        return self._forkserver.versions

    def use_seed(self, seed: int) -> None:
        """Prepare for a submission whose inputs are drawn from this seed.

        While the seed stays the same, so do the questions, and the reference is not asked again.
        """
        if seed != self._seed:
            self._seed = seed
            self._questions.clear()
            for recording in self._recordings:
                recording.clear()

    @functools.cached_property
    def reference(self) -> Recording:
        """The recorded session on the reference, which is kept for all submissions.

        Raises:
            InternalError: The reference can't be loaded.
        """
        unasked = [one.name for one in self.assignment.units if not one.ask_reference]
        code = reference_program(self.assignment, leave_out=tuple(unasked))
        return self._open_trusted(code, self.assignment.top_level)

    def ask_reference(self, name: str) -> Ask:
        """Return the function that sends requests about a function to the reference."""
        if self.assignment.unit(name).ask_reference:
            return self.reference.replay
        return self._misconceptions(name).replay

    def questions(self, name: str, seed: int) -> list[Question]:
        """List what the checks of a function ask, with the right answers.

        Raises:
            InternalError: The reference itself fails a check.
        """
        if name not in self._questions:
            self._questions[name] = self.checks.questions(
                name, assignment=self.assignment, seed=seed, expect=self.ask_reference(name)
            )
        return self._questions[name]

    def ask_misconception(self, misconception: Misconception, request: Request) -> Observation:
        """Ask the program of a misconception, with right helpers, what a submission was asked."""
        unit = self.assignment.unit(misconception.function)
        if is_computed(self.assignment, unit):
            return self._wrong_values(misconception.name).replay(request)()
        programs = self._misconceptions(misconception.function)
        if isinstance(request, ScriptRequest):
            replaced = {unit.owner or unit.name: wrong_name(misconception, unit)}
            return programs.replay(msgspec.structs.replace(request, replaced=replaced))()
        return programs.replay(msgspec.structs.replace(request, function=misconception.name))()

    def _open_misconceptions(self, name: str) -> Recording:
        """Open a session with the reference and the misconceptions of one unit."""
        unit = self.assignment.unit(name)
        known = self.assignment.misconceptions_of(name)
        reference = self.assignment.reference
        files = map(definitions, dict.fromkeys(one.source for one in known))
        classes = (wrong_class(one, unit, reference) for one in known)
        code = "\n".join((reference_program(self.assignment), *files, *classes))
        parameters = self.assignment.top_level
        wrong = {wrong_name(one, unit): unit.parameters for one in known}
        return self._open_trusted(code, {**parameters, **wrong})

    def _open_wrong_values(self, name: str) -> Recording:
        """Open a session with the reference in which a misconception computes a value."""
        (misconception,) = (one for one in self.assignment.misconceptions if one.name == name)
        code = wrong_program(self.assignment, misconception)
        # What comes after a wrong value, and uses it, may raise.
        return self._open_trusted(code, self.assignment.top_level, may_raise=True)

    def _open_trusted(
        self, code: str, parameters: dict[str, tuple[str, ...]], *, may_raise: bool = False
    ) -> Recording:
        """Open a session on the author's code, and keep it for all submissions."""
        if _MATPLOTLIB.partition(".")[0] in code:
            self._forkserver.warm((_MATPLOTLIB,))
        source = Source(
            name="reference.py",
            blocks=(CodeBlock(label="", source=code),),
            is_notebook=False,
            parameters=parameters,
        )
        session = self._stack.enter_context(
            open_session(
                self._forkserver,
                source,
                account=TrustedAccount(),
                confinement=self.confinement,
            )
        )
        loaded = session.loaded
        if loaded.syntax_error or (loaded.notes and not may_raise):
            why = describe_load_problem(loaded, code, self._author_files())
            raise InternalError(f"the reference can't be loaded: {why}")
        recording = Recording(session.ask)
        self._recordings.append(recording)
        return recording

    def _author_files(self) -> dict[str, str]:
        """Return the sources of the reference and of the misconceptions, by the files' names."""
        wrong = {one.path.name: one.source for one in self.assignment.misconceptions}
        return {self.assignment.reference_path.name: self.assignment.reference, **wrong}

    def open_account(self, submission: Submission, *, more_time: float = 1.0) -> Account:
        """Open a submission's account, after imports that must not use up its time.

        Args:
            submission: The submission.
            more_time: What the CPU time of each function is multiplied by.
        """
        plotting = ("plt", "matplotlib", "pylab", "pyplot")
        if submission.mentions(*plotting) or any(word in self._support for word in plotting):
            self._forkserver.warm((_MATPLOTLIB,))
        if submission.is_notebook and submission.mentions("%", "!", "?"):
            self._forkserver.warm((_IPYTHON,))
        _ = self._forkserver.versions
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
    ) -> contextlib.AbstractContextManager[Session]:
        """Open a session on a submission.

        Args:
            submission: The submission.
            account: What it has left.
            plan: What to leave out while it is loaded.
            lent: Replaces some of its functions, classes and methods.
            given: Replaces some of its values.
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
        )
        return open_session(
            self._forkserver, source, account=account, confinement=self.confinement, plan=plan
        )

    def children(
        self,
        submission: Submission,
        account: Account,
        plan: LoadPlan,
        sessions: contextlib.ExitStack,
        *,
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
            own: The session with its own helpers, if it is open already.
        """

        @functools.cache
        def session(names: frozenset[str]) -> Session:
            if own is not None and not names:
                return own
            values, others = names & self._values, names - self._values
            lent = self._lent(others) if others else None
            given = right_values(values, self.reference.replay) if values else {}
            return sessions.enter_context(
                self.open(submission, account, plan.copy(), lent=lent, given=given)
            )

        @functools.cache
        def lend(names: frozenset[str]) -> Recording:
            ask: Ask = session(names).ask
            values = names & self._values
            if values:
                ask = ask_with_values(ask, values, ask_reference=self.reference.replay)
            return Recording(ask, may_keep=account.may_keep)

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
