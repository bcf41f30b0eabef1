"""A submission that is being graded: its checks and results, and who may be blamed."""

import enum
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.checks.assignment import Assignment
from grader.checks.check import Check
from grader.checks.passed import PassedAnswers
from grader.checks.questions import Question, sent_together
from grader.checks.units import UnitKind
from grader.errors import CheckCrashedError
from grader.observations.asking import Ask, Observe
from grader.observations.messages import Absence, FunctionFacts, Request
from grader.report.model import CheckResult, Status, Visibility

if TYPE_CHECKING:
    from grader.checks.attempt_result import Attempt

# Called before each check: how many are done, how many there are, which function is next. Before
# the submission is loaded, it is called with no checks at all, and with the name of the file.
OnCheckStart = Callable[[int, int, str], None]


def ignore_progress(_done: int, _total: int, _name: str) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """How the student's code is asked.

    Attributes:
        observe: Asks it with its own helpers.
        observe_with_lent: Returns, for the names of some helpers, how to ask it with right versions
            of these.
        send_ahead: Sends the requests of a unit, which `observe` is asked next, together.
    """

    observe: Observe
    observe_with_lent: Callable[[frozenset[str]], Observe]
    send_ahead: Callable[[Sequence[Request]], None] = lambda _requests: None


class Phase(enum.Enum):
    """A phase of grading; they come in this order. The module's docstring explains why."""

    OWN = "own"
    OWN_HIDDEN = "own, hidden"
    LENT = "lent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """A submission to grade, as the checks see it, and what is known about it so far.

    Attributes:
        assignment: The assignment.
        seed: The seed that the inputs of all checks are derived from.
        visible: How visible checks ask the submission.
        hidden: How the other checks ask it: in other children.
        expect: Asks the reference.
        ask_reference: Returns, for the name of a function, how to ask the reference about it, also
            if its checks never do.
        reserve: Reserves a part of the CPU time of a function for later, or nothing.
        only: The functions to grade; None for all.
        on_progress: Called before each check.
        seconds: How long each check took, by its id. What students can't see is not measured: code
            could tell them something by how long it takes.
        checks: The checks to run, those of helpers before those of their callers.
        results: The results that are settled, by the ids of the checks.
        open: The attempts that failed, perhaps because of a helper, by the ids of the checks; None
            if there was no use in an attempt.
        ended: The results of attempts that hit a limit, by the function, the lent helpers, and
            whether a hidden check made them.
        misled: The functions that gave a wrong answer with a wrong helper.
        crashed: The functions that ended the process.
        functions: What the code of the submission's functions shows.
        absences: What there is in place of units that are missing or have no code.
        defined: The units that the submission defines; None if that is not known.
        foreseen: Returns what the checks of a unit will ask, as far as that is known.
        asked: What each attempt at a check has asked, by the id of the check.
        passed: The answers with which checks have passed, of this and of earlier submissions.
        sent_ahead: The units of which that was sent ahead, and whether it was to hidden checks.
        hidden_ids: The ids of the checks that students don't see, or not yet.
        by_function: The checks of each unit.
        used: The names of the submission that the scripts of a unit's checks have used.
        proved: Units that are right, although their checks are not run.
    """

    assignment: Assignment
    seed: int
    visible: Student
    hidden: Student
    expect: Ask
    ask_reference: Callable[[str], Ask]
    reserve: Callable[[str, float], None] = lambda _name, _share: None
    only: Collection[str] | None = None
    on_progress: OnCheckStart = ignore_progress
    seconds: dict[str, float] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    results: dict[str, CheckResult] = field(default_factory=dict)
    open: dict[str, "Attempt | None"] = field(default_factory=dict)
    ended: dict[tuple[str, frozenset[str], bool], CheckResult] = field(default_factory=dict)
    misled: set[str] = field(default_factory=set)
    crashed: set[str] = field(default_factory=set)
    functions: Mapping[str, FunctionFacts] = field(default_factory=dict)
    absences: Mapping[str, Absence] = field(default_factory=dict)
    defined: Collection[str] | None = None
    foreseen: Callable[[str], Sequence[Question]] = lambda _name: ()
    asked: dict[str, list[list[Request]]] = field(default_factory=dict)
    passed: PassedAnswers = field(default_factory=PassedAnswers)
    sent_ahead: set[tuple[str, bool]] = field(default_factory=set)
    hidden_ids: set[str] = field(default_factory=set)
    by_function: dict[str, list[Check]] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict)
    proved: Collection[str] = ()

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that this assignment needs, in their order."""
        return tuple(one for one in Phase if self.hidden_ids or one is not Phase.OWN_HIDDEN)

    def choose(self, checks: Iterable[Check]) -> None:
        """Set the checks to run, of those that were collected.

        Raises:
            CheckCrashedError: A check belongs to no function of the assignment.
        """
        order = {function.name: place for place, function in enumerate(self.assignment.units)}
        for check in checks:
            if check.function not in order:
                problem = f"the assignment has no function {check.function}"
                raise CheckCrashedError(check.id, problem)
            if self.only is None or check.function in self.only:
                self.checks.append(check)
                self.by_function.setdefault(check.function, []).append(check)
                if self.assignment.visibility_of(check.id) is not Visibility.VISIBLE:
                    self.hidden_ids.add(check.id)
        self.checks.sort(key=lambda check: order[check.function])

    def send_ahead(self, name: str, *, is_hidden: bool) -> None:
        """Send what the checks of a unit will ask, once, if that is known and the unit is there."""
        if (name, is_hidden) in self.sent_ahead or self.lacks(name):
            return
        self.sent_ahead.add((name, is_hidden))
        asked = [one for one in self.foreseen(name) if self.is_hidden(one.check.id) == is_hidden]
        key = (name, is_hidden, len(asked))
        if key not in self.passed.sent_together:  # the same for all submissions with this seed
            self.passed.sent_together[key] = sent_together(asked)
        student = self.hidden if is_hidden else self.visible
        student.send_ahead(self.passed.sent_together[key])

    def questions_of(self, check: Check) -> list[Question]:
        """Return what a check will ask, as far as that is known."""
        return [one for one in self.foreseen(check.function) if one.check.id == check.id]

    def strays(self) -> list[str]:
        """Return the checks that have asked something else than they ask if nothing is wrong.

        Those that are marked as asking more are left out.

        Only what is foreseen can be recorded. Of units whose questions are not known, none is
        returned.
        """
        found = []
        for check in self.checks:
            foreseen = [one.request for one in self.questions_of(check)]
            if check.asks_more or not foreseen:
                continue
            if any(one != foreseen[: len(one)] for one in self.asked.get(check.id, ())):
                found.append(check.id)
        return found

    def is_hidden(self, check_id: str) -> bool:
        """Return whether a check is not, or not yet, for the student to see."""
        return check_id in self.hidden_ids

    def limit_of(self, name: str, lent: frozenset[str], *, is_hidden: bool) -> CheckResult | None:
        """Return the result of an earlier attempt at a function that hit a limit, if there is one.

        Args:
            name: The name of the function.
            lent: The helpers that were lent.
            is_hidden: Whether a hidden check asks. What happened to those must not show in others.
        """
        visible = self.ended.get((name, lent, False))
        return visible or (self.ended.get((name, lent, True)) if is_hidden else None)

    def helpers(self, name: str) -> tuple[str, ...]:
        """Return the helpers that a function may use; what is not known counts as used.

        A submission that hides one is judged with its own.
        """
        unit = self.assignment.unit(name)
        is_plain = unit.kind in (UnitKind.FUNCTION, UnitKind.VALUE)
        facts = self.functions.get(name) if is_plain else None
        if facts is None:
            return unit.collaborators
        used = {*facts.uses, *self.used.get(name, ())}
        return tuple(one for one in unit.collaborators if one in used)

    def unproved(self, name: str, *, is_hidden: bool) -> frozenset[str]:
        """Return the helpers of a function that are not known to be right.

        Args:
            name: The name of the function.
            is_hidden: Whether a hidden check asks. What hidden checks find out must not show in a
                visible one, so to those a helper with a hidden check is never known to be right.
        """
        return frozenset(
            helper
            for helper in self.helpers(name)
            if not self.is_right(helper, is_hidden=is_hidden)
        )

    def unproved_of(self, check: Check) -> frozenset[str]:
        """Return the helpers of a check's unit that are not known to be right."""
        return self.unproved(check.function, is_hidden=self.is_hidden(check.id))

    def wrong_helpers(self, name: str, *, is_hidden: bool) -> list[str]:
        """Return the helpers of a unit that have failed with the student's own helpers.

        Then these helpers are wrong, or others are that they use.
        """
        return [
            helper
            for helper in self.helpers(name)
            if any(
                (is_hidden or not self.is_hidden(check.id)) and self._has_failed(check)
                for check in self.checks_of(helper)
            )
        ]

    def lacks(self, name: str) -> bool:
        """Return whether the submission is known not to define a unit."""
        return self.defined is not None and name not in self.defined

    def lendable(self, name: str, helpers: Collection[str]) -> frozenset[str]:
        """Return what can be lent to a unit in place of some of its helpers.

        Single methods can be lent to a class whose attributes are part of the contract. Otherwise
        the whole class is lent, but not to its own methods. Where there is no reference, nothing
        can be lent.
        """
        if self.assignment.kit is not None:
            return frozenset()
        unit = self.assignment.unit(name)
        found = set()
        for helper in map(self.assignment.unit, helpers):
            if helper.name == unit.owner:
                continue
            if not helper.owner or self.assignment.unit(helper.owner).attributes:
                found.add(helper.name)
            elif helper.owner not in (unit.owner, unit.name):
                found.add(helper.owner)
            found.update(one for one in helper.lent_with if one in unit.collaborators)
        return frozenset(found)

    def is_separable(self, name: str, helper: str) -> bool:
        """Return whether a unit can be judged with a right version of a helper.

        It can't if nothing can be lent, or if the two share a format of their own.
        """
        partners = self.assignment.unit(helper).lent_with
        return name not in partners and bool(self.lendable(name, [helper]))

    def checks_of(self, name: str) -> list[Check]:
        """Return the checks of a unit, and of its methods if it is a class."""
        own = self.by_function.get(name, [])
        owned = (
            check
            for unit in self.assignment.units
            if unit.owner == name
            for check in self.by_function.get(unit.name, ())
        )
        return [*own, *owned]

    def is_right(self, name: str, *, is_hidden: bool) -> bool:
        """Return whether all checks of a unit have passed; see `unproved`."""
        if name in self.proved:
            return True
        if self.assignment.is_judged_later(name):
            return False
        checks = self.checks_of(name)
        return bool(checks) and all(
            self._has_passed(check) and (is_hidden or not self.is_hidden(check.id))
            for check in checks
        )

    def _has_failed(self, check: Check) -> bool:
        if check.id in self.open:
            return True
        result = self.results.get(check.id)
        # What was not judged may be right.
        return result is not None and result.status not in (Status.PASSED, Status.NOT_JUDGED)

    def _has_passed(self, check: Check) -> bool:
        result = self.results.get(check.id)
        return result is not None and result.status is Status.PASSED
