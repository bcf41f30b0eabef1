"""Tries the edits of a submission's units, in children that nothing else is asked in."""

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec
import numpy as np

from grader.checks.check import Check
from grader.checks.check_run import CheckRun
from grader.checks.questions import Question
from grader.checks.trial import Trial
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.diagnosis.pinned import MOST_LINES, EditPlace, describe_repairs, read_places
from grader.observations.bounds import MAX_EDITS
from grader.observations.messages import (
    CallRequest,
    EditRequest,
    Observation,
    Outcome,
    Request,
    ScriptRequest,
)
from grader.observations.values import Array, Number
from grader.report.model import Status
from grader.resources import GradingResources
from grader.sandbox.host.account import Account
from grader.sandbox.host.load_plan import LoadPlan
from grader.sandbox.host.session import Session
from grader.submission.read import Submission

WRONG = (Status.FAILED, Status.ERROR)
_MOST_QUESTIONS = 12  # that are asked until one is answered wrongly
_TOGETHER = 20  # edits that are sent with their questions
_CPU_S = 2.0  # of loading, and of all that is tried of one unit
_ANSWERED = (Outcome.RETURNED, Outcome.RAISED, Outcome.MISSING)


def visible_checks(name: str, run: CheckRun) -> list[Check]:
    """Return the checks of a unit that students see."""
    return [check for check in run.by_function[name] if not run.is_hidden(check.id)]


@dataclass(slots=True)
class _Asker:
    """Asks a child, which is not replaced when it ends.

    Attributes:
        session: The session of the child.
        has_ended: Whether it has ended. Then there is nothing to say about the unit.
    """

    session: Session
    has_ended: bool = field(default=False)

    def observe(self, request: Request) -> Observation:
        """Ask it, unless it has ended."""
        if self.has_ended:
            return Observation(outcome=Outcome.STOPPED)
        answer = self.session.observe(request)
        self.has_ended = answer.outcome not in _ANSWERED
        return answer

    def make(self, edit: EditRequest) -> bool:
        """Make an edit, and return whether that was possible."""
        return self.observe(edit).outcome is Outcome.RETURNED


@dataclass(frozen=True, slots=True)
class Search:
    """The search for the lines of a submission that are wrong.

    Attributes:
        resources: What opens sessions.
        submission: The submission.
        plan: What is left out while it is loaded.
        run: The submission as it was graded.
    """

    resources: GradingResources
    submission: Submission
    plan: LoadPlan
    run: CheckRun

    # A submission's numbers may overflow: then they are wrong, and numpy need not warn.
    @np.errstate(all="ignore")
    def pin(self, names: tuple[str, ...]) -> dict[str, str]:
        """Return what to say about each of some units; empty for nothing."""
        with self._open(names) as session:
            found = {name: self._find_repairs(name, session) for name in names}
        likely = tuple(name for name in names if found[name])
        if likely:
            with self._open(likely) as session:
                found.update((name, self._confirm(name, found[name], session)) for name in likely)
        return {name: self._describe(name, list(found[name].values())) for name in names}

    @contextlib.contextmanager
    def _open(self, names: tuple[str, ...]) -> Iterator[Session]:
        """Open a session in which edits of some units can be made."""
        limits = self.resources.limits
        small = replace(
            limits,
            load_cpu_s=min(_CPU_S, limits.load_cpu_s),
            function_cpu_s=min(_CPU_S, limits.function_cpu_s),
        )
        account, plan = Account(small, functions=len(names)), self.plan.copy()
        with self.resources.open(self.submission, account, plan, edits_of=names) as session:
            _ = session.loaded
            yield session

    def _trial(self, name: str, asker: _Asker) -> Trial:
        """Return the visible checks of a unit, those that failed first."""
        results = self.run.results
        return Trial(
            unit=self.run.assignment.unit(name),
            units=self.run.assignment.units,
            checks=sorted(
                visible_checks(name, self.run), key=lambda one: results[one.id].status not in WRONG
            ),
            seed=self.run.seed,
            observe=asker.observe,
            expect=self.run.expect,
        )

    def _find_repairs(self, name: str, session: Session) -> dict[int, EditPlace]:
        """Return an edit of each line with which a unit passes, if these are few."""
        asker = _Asker(session)
        places = read_places(asker.observe(EditRequest(function=name)))[:MAX_EDITS]
        question = self._first_wrong(name, asker) if places else None
        likely: Sequence[int] = range(len(places))
        if question is not None:
            likely = _answering(likely, question, asker)
        by_line: dict[tuple[int, int], list[int]] = {}
        # A line that changes explains more than one that moves.
        for number in sorted(likely, key=lambda one: places[one].is_move):
            by_line.setdefault((places[number].block, places[number].line), []).append(number)
        trial = self._trial(name, asker)
        passed: list[int] = []
        for numbers in by_line.values():
            passed += self._passing(name, numbers, trial, asker)
            if asker.has_ended or len(passed) > MOST_LINES:
                return {}
        return {number: places[number] for number in passed}

    def _first_wrong(self, name: str, asker: _Asker) -> Question | None:
        """Return the smallest visible question that the submission answers wrongly, if any."""
        asked = [
            one
            for one in self.run.foreseen(name)
            if one.expected.outcome is Outcome.RETURNED
            and not self.run.is_hidden(one.check.id)
            and not (isinstance(one.request, ScriptRequest) and one.request.is_rerun)
        ]
        for question in sorted(asked, key=_weight)[:_MOST_QUESTIONS]:
            if not _IsRight(question)(asker.observe(question.request)):
                return question
        return None

    def _confirm(
        self, name: str, repairs: Mapping[int, EditPlace], session: Session
    ) -> dict[int, EditPlace]:
        """Return the repairs that pass once more, with inputs of another seed.

        Args:
            name: The unit.
            repairs: What has passed once.
            session: A session in which only repairs were made.
        """
        asker = _Asker(session)
        trial = self._trial(name, asker)
        other = self.resources.second_opinion(name, self.run.seed)
        if other is not None:
            trial = replace(trial, seed=other[0], expect=other[1])
        return {
            number: place
            for number, place in repairs.items()
            if self._passing(name, [number], trial, asker)
        }

    def _passing(self, name: str, numbers: Sequence[int], trial: Trial, asker: _Asker) -> list[int]:
        """Return the first edit of a unit with which it passes, if there is one."""

        def make(number: int) -> bool:
            return asker.make(EditRequest(function=name, edit=number))

        return self.resources.checks.passing(numbers, make, trial, most=1)

    def _describe(self, name: str, repairs: Sequence[EditPlace]) -> str:
        return describe_repairs(
            self.run.assignment.unit(name).called,
            repairs,
            self.submission.blocks,
            is_whole=len(visible_checks(name, self.run)) == len(self.run.by_function[name]),
        )


def _answering(numbers: Sequence[int], question: Question, asker: _Asker) -> list[int]:
    """Return the edits with which a question is answered rightly.

    They are sent some at a time, each with the question, so that the child need not be waited for.
    """
    is_right = _IsRight(question)
    assert not isinstance(question.request, EditRequest)  # noqa: S101 - no check asks for one
    edits = [
        EditRequest(function=question.request.function, edit=number, then=question.request)
        for number in numbers
    ]
    found = []
    for start in range(0, len(edits), _TOGETHER):
        together = edits[start : start + _TOGETHER]
        if asker.has_ended:
            return []
        asker.session.send_ahead(together)
        found += [one.edit for one in together if is_right(asker.observe(one))]
    return found


def _weight(question: Question) -> int:
    """Return roughly how long an answer takes, compared with others: all edits are asked it."""
    request = question.request
    if not isinstance(request, CallRequest):
        return len(msgspec.msgpack.encode(request))
    arrays = [math.prod(one.shape) for one in request.inputs.values() if isinstance(one, Array)]
    numbers = [abs(one.value) for one in request.inputs.values() if isinstance(one, Number)]
    largest = max((one for one in numbers if math.isfinite(one)), default=1)
    return request.times * max(1, sum(arrays)) * max(1, math.ceil(largest))


class _IsRight:
    """Says whether an answer is like the right one, in what it is judged by.

    Args:
        question: What is answered.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self._right = fingerprint(question, question.expected)

    def __call__(self, answer: Observation) -> bool:
        if answer.outcome is not self._question.expected.outcome:
            return False
        try:
            return is_same(fingerprint(self._question, answer), self._right)
        except Exception:  # noqa: BLE001 - an answer that nobody thought of is not right
            return False
