"""The misconception behind each function that failed, if exactly one is proved."""

import functools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.assignment import Assignment
from grader.checks.misconceptions import Misconception
from grader.checks.questions import Question
from grader.diagnosis.evidence import DIAGNOSED, Evidence, name_checks
from grader.diagnosis.fingerprint import count_elements, fingerprint, is_same, without_returned
from grader.diagnosis.remarks import Asked, Remark, find_ratio, find_remark
from grader.errors import CheckCrashedError, GraderError
from grader.observations.asking import Observe, is_complete
from grader.observations.messages import Observation, Outcome, ReadRequest, Request
from grader.report.model import CheckResult, Status

# Answers of a submission that are compared with known ones, all together.
_MOST_BYTES = 16 * 1024 * 1024
# Each becomes a float64, several times: 16 MiB of bools would be 128 MiB each time.
_MOST_ELEMENTS = 1_000_000
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
        assigned: Returns the globals that a function assigns, besides its inputs.
        has_time: Returns whether a function has time left.
        keep: Called with the name of a function, what a diagnosis has gone by, and the id of the
            misconception that it has named, if any. What it has gone by is None if that does not
            suffice to name a misconception again.
    """

    assignment: Assignment
    observe: Callable[[str], Observe]
    questions: Callable[[str], Sequence[Question]]
    known_answer: Callable[[Misconception, Question], object]
    is_lent: bool = False
    assigned: Callable[[str], Sequence[str]] = lambda _name: ()
    has_time: Callable[[str], bool] = lambda _name: True
    keep: Callable[[str, Evidence | None, str], None] = lambda _name, _evidence, _named: None


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
        if not statuses.isdisjoint(DIAGNOSED) and Status.LIMIT not in statuses:
            diagnosed.update((one.id, one) for one in _diagnose_function(name, checks, case, only))
    return [diagnosed.get(result.id, result) for result in results]


def _diagnose_function(
    name: str, checks: Sequence[CheckResult], case: Case, only: Collection[str] | None
) -> list[CheckResult]:
    try:
        return _diagnose_groups(name, checks, case, only)
    except CheckCrashedError:
        case.keep(name, None, "")
        return []  # the reference failed on these random inputs, which must not cost a score
    except GraderError:
        raise
    except Exception:  # noqa: BLE001 - an answer that nobody thought of costs a diagnosis
        case.keep(name, None, "")
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
        if any(check.status in DIAGNOSED for check in chosen):
            ids = {check.id for check in group}
            asked = [question for question in questions if question.check.id in ids]
            diagnosed.extend(_diagnose_group(name, chosen, asked, case))
    return diagnosed


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
        assigned=case.assigned(name),
    )
    evidence = _collect(checks, asked)
    looked: list[Remark] = []

    def look() -> Remark:
        looked.append(find_remark(asked))
        return looked[0]

    naming = name_checks(
        evidence,
        case.assignment.misconceptions_of(name),
        lambda one, place: case.known_answer(one, questions[place]),
        find_remark=look,
        has_time=asked.has_time,
    )
    kept = replace(evidence, remark=looked[0] if looked else None)
    is_whole = asked.has_time()  # with more time, something else might have been found
    case.keep(name, kept if is_whole else None, naming.found.id if naming.found else "")
    return list(naming.checks)


def _collect(checks: Sequence[CheckResult], asked: Asked) -> Evidence:
    """Reduce the answers of a submission to what they are judged by."""
    given = list(map(fingerprint, asked.questions, asked.answers))
    right = [fingerprint(one, one.expected) for one in asked.questions]
    pairs = list(zip(given, right, strict=True))
    return Evidence(
        function=asked.function,
        checks=tuple(checks),
        asked=tuple((one.check.id, one.place) for one in asked.questions),
        given=given,
        wrong=frozenset(
            place for place, (own, other) in enumerate(pairs) if not is_same(own, other)
        ),
        wrong_steps=frozenset(
            place
            for place, (own, other) in enumerate(pairs)
            if not is_same(without_returned(own), without_returned(other))
        ),
        has_returned=all(one.outcome is Outcome.RETURNED for one in asked.answers),
        ratio=find_ratio(asked),
    )
