"""Asks the author's code: the reference, and the reference with known mistakes, in sandboxes."""

import contextlib
import functools
from collections.abc import Callable, Sequence

import msgspec

from grader.checks.assignment import Assignment
from grader.checks.definitions import definitions
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
from grader.diagnosis.fingerprint import fingerprint
from grader.errors import CheckCrashedError, InternalError
from grader.observations.asking import Ask
from grader.observations.messages import CodeBlock, Observation, Request, ScriptRequest
from grader.oracle.packing import unpack
from grader.sandbox.host.account import Account, TrustedAccount
from grader.sandbox.host.answer_cache import AnswerCache
from grader.sandbox.host.child import ChildStarter
from grader.sandbox.host.limits import Confinement
from grader.sandbox.host.load_plan import LoadPlan
from grader.sandbox.host.session import Session, Source, open_session

_MATPLOTLIB = "matplotlib.pyplot"

# Lists what the checks of a unit ask, with the answers that `Ask` gives.
ListQuestions = Callable[[str, Ask], list[Question]]

# Asks a misconception about all of its unit; see `grader.oracle.record.ask_alone`.
AskAlone = Callable[[Misconception, Sequence[Question]], Sequence[bytes]]


class AuthorSessions:
    """The sessions on the author's code, each opened when it is first needed.

    Their answers are kept, and replayed to equal requests.

    Args:
        assignment: The assignment.
        starter: Starts the children.
        confinement: How strictly they are confined.
        stack: Closes the sessions.
    """

    def __init__(
        self,
        assignment: Assignment,
        starter: ChildStarter,
        *,
        confinement: Confinement,
        stack: contextlib.ExitStack,
    ) -> None:
        self._assignment = assignment
        self._starter = starter
        self._confinement = confinement
        self._stack = stack
        self._kept: list[AnswerCache] = []
        self._misconceptions = functools.cache(self._open_misconceptions)
        self._wrong_values = functools.cache(self._open_wrong_values)

    def forget(self) -> None:
        """Forget all answers, since those to other inputs are needed now."""
        for cache in self._kept:
            cache.clear()

    @functools.cached_property
    def reference(self) -> AnswerCache:
        """The session on the reference.

        Raises:
            InternalError: The reference can't be loaded.
        """
        unasked = [one.name for one in self._assignment.units if not one.ask_reference]
        code = reference_program(self._assignment, leave_out=tuple(unasked))
        return self._open(code, self._assignment.top_level)

    def ask_reference(self, name: str) -> Ask:
        """Return how to ask the reference about a unit."""
        if self._assignment.unit(name).ask_reference:
            return self.reference.replay
        return self._misconceptions(name).replay

    def ask_misconception(self, misconception: Misconception, request: Request) -> Observation:
        """Ask the program of a misconception, with right helpers, what a submission was asked."""
        unit = self._assignment.unit(misconception.function)
        if is_computed(self._assignment, unit):
            return self._wrong_values(misconception.name).replay(request)()
        programs = self._misconceptions(misconception.function)
        if isinstance(request, ScriptRequest):
            replaced = {unit.owner or unit.name: wrong_name(misconception, unit)}
            return programs.replay(msgspec.structs.replace(request, replaced=replaced))()
        return programs.replay(msgspec.structs.replace(request, function=misconception.name))()

    def _open_misconceptions(self, name: str) -> AnswerCache:
        """Open a session with the reference and the misconceptions of one unit."""
        unit = self._assignment.unit(name)
        # Those made of students' code never run beside the reference, nor beside one another.
        known = [one for one in self._assignment.misconceptions_of(name) if not one.is_learned]
        reference = self._assignment.reference
        files = map(definitions, dict.fromkeys(one.source for one in known))
        classes = (wrong_class(one, unit, reference) for one in known)
        code = "\n".join((reference_program(self._assignment), *files, *classes))
        wrong = {wrong_name(one, unit): unit.parameters for one in known}
        return self._open(code, {**self._assignment.top_level, **wrong})

    def _open_wrong_values(self, name: str) -> AnswerCache:
        """Open a session with the reference in which a misconception computes a value."""
        (misconception,) = (one for one in self._assignment.misconceptions if one.name == name)
        code = wrong_program(self._assignment, misconception)
        # What comes after a wrong value, and uses it, may raise.
        return self._open(code, self._assignment.top_level, may_raise=True)

    def _open(
        self, code: str, parameters: dict[str, tuple[str, ...]], *, may_raise: bool = False
    ) -> AnswerCache:
        self._warm_for(code)
        source = Source(
            name="reference.py",
            blocks=(CodeBlock(label="", source=code),),
            is_notebook=False,
            parameters=parameters,
        )
        session = self._stack.enter_context(
            open_session(
                self._starter,
                source,
                account=TrustedAccount(),
                confinement=self._confinement,
            )
        )
        loaded = session.loaded
        if loaded.syntax_error or (loaded.notes and not may_raise):
            why = describe_load_problem(loaded, code, self._files())
            raise InternalError(f"the reference can't be loaded: {why}")
        cache = AnswerCache(session.ask)
        self._kept.append(cache)
        return cache

    def open_alone(self, source: Source, account: Account) -> Session:
        """Open a session as on a submission, which its caller closes.

        Args:
            source: What it loads.
            account: What it may use.
        """
        self._warm_for("".join(block.source for block in source.blocks))
        return Session(
            self._starter,
            source,
            account=account,
            plan=LoadPlan(),
            confinement=self._confinement,
        )

    def _warm_for(self, code: str) -> None:
        """Import what takes long before it counts as the time of a session."""
        if _MATPLOTLIB.partition(".")[0] in code:
            self._starter.warm((_MATPLOTLIB,))

    def _files(self) -> dict[str, str]:
        """Return the sources of the reference and of the misconceptions, by the files' names."""
        wrong = {one.path.name: one.source for one in self._assignment.misconceptions}
        return {self._assignment.reference_path.name: self._assignment.reference, **wrong}


class LiveOracle:
    """An oracle that asks the author's code; what was asked once is not asked again.

    Args:
        sessions: The sessions on the author's code, with answers for this seed only.
        list_questions: Lists what the checks of a unit ask with this seed.
        ask_alone: Asks a misconception where nothing else answers, and returns its packed answers.
    """

    def __init__(
        self, sessions: AuthorSessions, list_questions: ListQuestions, ask_alone: AskAlone
    ) -> None:
        self._sessions = sessions
        self._ask_alone = ask_alone
        self._list_questions = list_questions
        self._questions: dict[str, list[Question]] = {}
        self._failing: set[str] = set()  # the units of which the reference fails a check
        self._known: dict[tuple[str, int], object] = {}

    @property
    def expect(self) -> Ask:
        """How checks ask the reference."""
        return self._sessions.reference.replay

    def ask_reference(self, name: str) -> Ask:
        """Return how to ask the reference about a unit, also if its checks never do."""
        return self._sessions.ask_reference(name)

    def questions(self, name: str) -> list[Question]:
        """List what the checks of a unit ask, with the right answers."""
        if name not in self._questions:
            self._questions[name] = self._list_questions(name, self.ask_reference(name))
        return self._questions[name]

    def foreseen(self, name: str) -> Sequence[Question]:
        """Return the same as `questions`; nothing if the reference fails a check."""
        if name in self._failing:
            return ()
        try:
            return self.questions(name)
        except CheckCrashedError:
            self._failing.add(name)
            return ()

    def known_answer(self, misconception: Misconception, question: Question) -> object:
        """Return the fingerprint of what a misconception, with right helpers, answers."""
        key = (misconception.name, question.place)
        if key not in self._known and misconception.is_learned:
            questions = self.questions(misconception.function)
            for one, packed in zip(
                questions, self._ask_alone(misconception, questions), strict=True
            ):
                # What can't be packed is like nothing.
                self._known[misconception.name, one.place] = unpack(packed) if packed else None
        if key not in self._known:
            answer = self._sessions.ask_misconception(misconception, question.request)
            self._known[key] = fingerprint(question, answer)
        return self._known[key]
