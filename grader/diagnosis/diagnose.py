"""Says of each function that failed which idea is wrong, if that is proved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from grader.checks.assignment import Assignment
from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.diagnosis.find_misconception import find_misconception
from grader.diagnosis.ratios import describe_ratio, describe_shift
from grader.errors import CheckCrashedError
from grader.observations.asking import Observe, is_complete
from grader.observations.messages import CallRequest, Observation, Outcome, Request
from grader.report.model import CheckResult, Diagnosis, Status

_DIAGNOSED = (Status.FAILED, Status.ERROR)
_ANSWERED = (Outcome.RETURNED, Outcome.RAISED, Outcome.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A graded submission, seen from its diagnosis.

    ``observe`` gives for a function's name whom to ask about it; ``questions`` all that its
    checks ask; ``ask_misconception`` asks a misconception's program.
    """

    assignment: Assignment
    observe: Callable[[str], Observe]
    questions: Callable[[str], Sequence[Question]]
    ask_misconception: Callable[[Misconception, Request], Observation]


# A submission may answer with numbers that overflow: no ratio is found then, and nobody is warned.
@np.errstate(all="ignore")
def diagnose(results: Sequence[CheckResult], case: Case) -> list[CheckResult]:
    """Name the known mistake behind each function that failed.

    Args:
        results: What came of each check.
        case: The submission, and whom to ask what.

    Returns:
        The same results; where a mistake is proved, with its id and its hint.
    """
    by_function: dict[str, list[CheckResult]] = {}
    for result in results:
        by_function.setdefault(result.function, []).append(result)
    told: dict[str, CheckResult] = {}
    for name, checks in by_function.items():
        if any(check.status in _DIAGNOSED for check in checks) and _is_worth_asking(checks):
            told.update((check.id, check) for check in _diagnose_function(name, checks, case))
    return [told.get(result.id, result) for result in results]


def _is_worth_asking(checks: Sequence[CheckResult]) -> bool:
    # What hit a limit would hit it again at every question.
    return all(check.status is not Status.LIMIT for check in checks)


def _diagnose_function(name: str, checks: Sequence[CheckResult], case: Case) -> list[CheckResult]:
    try:
        questions = case.questions(name)
    except CheckCrashedError:
        return []  # the reference failed by a draw of chance: that takes nobody's score away
    alone = {question.check.id for question in questions if question.check.is_independent}
    diagnosed: list[CheckResult] = []
    together = [check for check in checks if check.id not in alone]
    groups = [[check] for check in checks if check.id in alone] + ([together] if together else [])
    for group in groups:
        if any(check.status in _DIAGNOSED for check in group):
            ids = {check.id for check in group}
            asked = [question for question in questions if question.check.id in ids]
            diagnosed.extend(_diagnose_group(name, group, asked, case))
    return diagnosed


def _is_usable(answer: Observation, request: Request) -> bool:
    if answer.outcome is Outcome.RETURNED and isinstance(request, CallRequest):
        return is_complete(answer, request)
    return answer.outcome in _ANSWERED


def _diagnose_group(
    name: str, checks: Sequence[CheckResult], questions: Sequence[Question], case: Case
) -> list[CheckResult]:
    """Diagnose checks that stand or fall together."""
    answers: list[Observation] = []
    observe = case.observe(name)
    for question in questions:
        answer = observe(question.request)
        if not _is_usable(answer, question.request):
            return []
        answers.append(answer)
    found = find_misconception(
        case.assignment.misconceptions_of(name), questions, answers, case.ask_misconception
    )
    rule = describe_ratio(questions, answers) or describe_shift(questions, answers)
    diagnosed = []
    for check in checks:
        if check.status not in _DIAGNOSED:
            continue
        if rule and check.status is Status.FAILED:
            check = msgspec.structs.replace(check, message=f"{check.message}\n({rule})")  # noqa: PLW2901
            rule = ""
        if found is not None:
            check = msgspec.structs.replace(  # noqa: PLW2901
                check,
                hint=f"{found.title} {found.hint}",
                misconception=found.id,
                section=found.section,
                diagnosis=Diagnosis(
                    misconception=found.id,
                    title=found.title,
                    hint=found.hint,
                    section=found.section,
                ),
            )
        diagnosed.append(check)
    return diagnosed
