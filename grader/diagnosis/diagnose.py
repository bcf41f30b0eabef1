"""The misconception behind each function that failed, if exactly one is proved."""

import functools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from grader.checks.assignment import Assignment
from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.diagnosis.find_misconception import find_misconception
from grader.diagnosis.fingerprint import count_elements, fingerprint, is_same, without_returned
from grader.diagnosis.remarks import Asked, Remark, find_ratio, find_remark
from grader.errors import CheckCrashedError, GraderError
from grader.observations.asking import Observe, is_complete
from grader.observations.messages import Observation, Outcome, ReadRequest, Request
from grader.report.model import CheckResult, Diagnosis, Status

_DIAGNOSED = (Status.FAILED, Status.ERROR)

# Answers of a submission that are compared with known ones, all together.
_MOST_BYTES = 16 * 1024 * 1024
# Each becomes a float64, several times: 16 MiB of bools would be 128 MiB each time.
_MOST_ELEMENTS = 1_000_000
_MIN_QUESTIONS = 3  # fewer prove no rule
_ANSWERED = (Outcome.RETURNED, Outcome.RAISED, Outcome.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A graded submission, and what its diagnosis may ask.

    Attributes:
        assignment: The assignment, with its misconceptions.
        observe: Returns, for the name of a function, how to ask the submission about it.
        questions: Returns everything that the checks of a function ask.
        known_answer: Returns the fingerprint of what a misconception answers to a question.
        is_lent: Whether right helpers are lent to the children that are asked. Of their answers,
            the report may have only the misconception, and a rule from a short list.
        has_time: Returns whether a function has time left.
    """

    assignment: Assignment
    observe: Callable[[str], Observe]
    questions: Callable[[str], Sequence[Question]]
    known_answer: Callable[[Misconception, Question], object]
    is_lent: bool = False
    has_time: Callable[[str], bool] = lambda _name: True


# A submission's numbers may overflow. Then no ratio is found, and numpy need not warn.
@np.errstate(all="ignore")
def diagnose(
    results: Sequence[CheckResult], case: Case, *, only: Collection[str] | None = None
) -> list[CheckResult]:
    """Find the misconception behind each function that failed.

    Args:
        results: The results of all checks of some functions.
        case: The submission, and what may be asked.
        only: The ids of the checks to diagnose; the others are only evidence. None for all.

    Returns:
        The results in the same order. If a misconception is proved, the failed checks of its
        function have the diagnosis, and its hint and section. If all answers are off by the same
        factor or shift, or an input makes no difference, the message of the first failed check
        says so; that of each failed check, if this is proved to be the cause of all of them.
    """
    by_function: dict[str, list[CheckResult]] = {}
    for result in results:
        by_function.setdefault(result.function, []).append(result)
    diagnosed: dict[str, CheckResult] = {}
    for name, checks in by_function.items():
        statuses = {check.status for check in checks}
        # A function that hit a limit would hit it again at every question.
        if not statuses.isdisjoint(_DIAGNOSED) and Status.LIMIT not in statuses:
            diagnosed.update((one.id, one) for one in _diagnose_function(name, checks, case, only))
    return [diagnosed.get(result.id, result) for result in results]


def _diagnose_function(
    name: str, checks: Sequence[CheckResult], case: Case, only: Collection[str] | None
) -> list[CheckResult]:
    try:
        return _diagnose_groups(name, checks, case, only)
    except CheckCrashedError:
        return []  # the reference failed on these random inputs, which must not cost a score
    except GraderError:
        raise
    except Exception:  # noqa: BLE001 - an answer that nobody thought of costs a diagnosis
        return []


def _diagnose_groups(
    name: str, checks: Sequence[CheckResult], case: Case, only: Collection[str] | None
) -> list[CheckResult]:
    questions = case.questions(name)
    alone = {question.check.id for question in questions if question.check.is_independent}
    diagnosed: list[CheckResult] = []
    together = [check for check in checks if check.id not in alone]
    groups = [[check] for check in checks if check.id in alone] + ([together] if together else [])
    for group in groups:
        chosen = [check for check in group if only is None or check.id in only]
        if any(check.status in _DIAGNOSED for check in chosen):
            ids = {check.id for check in group}
            asked = [question for question in questions if question.check.id in ids]
            diagnosed.extend(_diagnose_group(name, chosen, asked, case))
    return diagnosed


def _explain(
    asked: Asked, checks: Sequence[CheckResult], case: Case
) -> tuple[Misconception | None, set[str], Remark]:
    """Return a misconception, the ids of the checks that it explains, and what to remark."""
    known = case.assignment.misconceptions_of(asked.function)
    found = find_misconception(
        known, asked.questions, asked.answers, case.known_answer, has_time=asked.has_time
    )
    explained = {check.id for check in checks}
    remark = Remark() if found is not None else find_remark(asked)
    if found is None and not remark.text:
        found, explained = _find_in_steps(asked, checks, case)
    return found, explained, remark if remark.text else find_ratio(asked)


def _find_in_steps(
    asked: Asked, checks: Sequence[CheckResult], case: Case
) -> tuple[Misconception | None, set[str]]:
    """Find the misconception that moves the leaves in the same wrong way, whatever is returned.

    Returns:
        The misconception, and the id of the first check that it explains. A second mistake, such
        as a missing return, is left to the messages of the others.
    """
    wrong = {
        question.check.id
        for question, answer in zip(asked.questions, asked.answers, strict=True)
        if not is_same(
            without_returned(fingerprint(question, answer)),
            without_returned(fingerprint(question, question.expected)),
        )
    }
    first = next((one.id for one in checks if one.id in wrong and one.status in _DIAGNOSED), "")
    if not first or any(one.outcome is not Outcome.RETURNED for one in asked.answers):
        return None, set()
    # All checks first, which tell more apart; then that check alone, if another one fails for a
    # second reason.
    for ids in ({question.check.id for question in asked.questions}, {first}):
        chosen = [
            (question, answer)
            for question, answer in zip(asked.questions, asked.answers, strict=True)
            if question.check.id in ids
        ]
        if len(chosen) < _MIN_QUESTIONS:
            continue
        found = find_misconception(
            case.assignment.misconceptions_of(asked.function),
            [question for question, _ in chosen],
            [answer for _, answer in chosen],
            case.known_answer,
            has_time=asked.has_time,
            reduce=without_returned,
        )
        if found is not None:
            return found, {first}
    return None, set()


def _is_usable(answer: Observation, request: Request) -> bool:
    if answer.outcome is Outcome.RETURNED and not isinstance(request, ReadRequest):
        return is_complete(answer, request)
    return answer.outcome in _ANSWERED


def _diagnose_group(
    name: str, checks: Sequence[CheckResult], questions: Sequence[Question], case: Case
) -> list[CheckResult]:
    """Diagnose checks that one misconception must explain together."""
    answers: list[Observation] = []
    observe = case.observe(name)
    size_bytes = elements = 0
    for question in questions:
        answer = observe(question.request)
        size_bytes += answer.size_bytes
        elements += count_elements(answer)
        is_large = size_bytes > _MOST_BYTES or elements > _MOST_ELEMENTS
        if is_large or not _is_usable(answer, question.request):
            return []
        answers.append(answer)
    asked = Asked(
        function=name,
        parameters=case.assignment.unit(name).parameters or (),
        questions=questions,
        answers=answers,
        observe=observe,
        has_time=functools.partial(case.has_time, name),
        is_lent=case.is_lent,
    )
    found, concerned, remark = _explain(asked, checks, case)
    diagnosed = []
    for check in checks:
        if check.status not in _DIAGNOSED:
            continue
        is_shape = remark.is_about_numbers and "has shape" in check.message
        is_explained = check.status is Status.FAILED and not is_shape
        if remark.text and (is_explained or remark.is_about_errors):
            check = msgspec.structs.replace(  # noqa: PLW2901
                check,
                message=f"{check.message}\n({remark.text})",
                hint=remark.hint or check.hint,
            )
            if not remark.explains_all:
                remark = Remark()
        if found is not None and check.id in concerned:
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
