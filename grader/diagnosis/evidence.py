"""What a diagnosis goes by: what a submission answered, and what was found out about it.

That is enough to name a misconception, without asking anybody again. So it can be kept beside the
report, and names can be given anew when other misconceptions are known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from grader.checks.misconceptions import Misconception
from grader.diagnosis.contrary import rules_out
from grader.diagnosis.find_misconception import find_misconception
from grader.diagnosis.fingerprint import without_returned
from grader.diagnosis.remarks import Remark
from grader.report.model import CheckResult, Diagnosis, Status

DIAGNOSED = (Status.FAILED, Status.ERROR)
MIN_QUESTIONS = 3  # fewer prove no rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Checks that one misconception must explain together, and what the submission answered.

    Attributes:
        function: The unit.
        checks: The results of the checks to diagnose, before anything is named.
        asked: For each question the id of its check, and its place among those about the unit.
        given: The fingerprints of the answers, one for each question.
        wrong: The places in ``asked`` of the questions that the reference answers otherwise.
        wrong_steps: The same for what is done to the inputs, whatever is returned.
        has_returned: Whether every answer was returned.
        ratio: What to remark if all answers are off by the same factor or shift.
        remark: What else to remark; None if nobody looked, since a misconception was found.
    """

    function: str
    checks: tuple[CheckResult, ...]
    asked: tuple[tuple[str, int], ...]
    given: Sequence[object]
    wrong: frozenset[int]
    wrong_steps: frozenset[int]
    has_returned: bool
    ratio: Remark
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """The results of some checks with a diagnosis, and the misconception that was named, if any."""

    checks: tuple[CheckResult, ...]
    found: Misconception | None = None


def name_checks(
    evidence: Evidence,
    known: Sequence[Misconception],
    known_answer: Callable[[Misconception, int], object],
    *,
    find_remark: Callable[[], Remark],
    has_time: Callable[[], bool] = lambda: True,
) -> Naming:
    """Name the misconception behind checks that failed, if exactly one is proved.

    Args:
        evidence: What the submission answered.
        known: The misconceptions of the unit.
        known_answer: Returns the fingerprint of what a misconception answers to the question at a
            place in ``evidence.asked``.
        find_remark: Looks for something to remark; called if no misconception is found.
        has_time: Returns whether the submission has time left for this.
    """
    found = find_misconception(
        known, evidence.given, known_answer, wrong=evidence.wrong, has_time=has_time
    )
    concerned = {check.id for check in evidence.checks}
    remark = Remark() if found is not None else find_remark()
    if found is None and not remark.text:
        found, concerned = _find_in_steps(evidence, known, known_answer, has_time)
    remark = remark if remark.text else evidence.ratio
    return Naming(tuple(_describe(evidence.checks, found, concerned, remark)), found)


def _find_in_steps(
    evidence: Evidence,
    known: Sequence[Misconception],
    known_answer: Callable[[Misconception, int], object],
    has_time: Callable[[], bool],
) -> tuple[Misconception | None, set[str]]:
    """Find the misconception that moves the leaves in the same wrong way, whatever is returned.

    Returns:
        The misconception, and the id of the first check that it explains. A second mistake, such
        as a missing return, is left to the messages of the others.
    """
    wrong = {evidence.asked[place][0] for place in evidence.wrong_steps}
    failed = (one.id for one in evidence.checks if one.status in DIAGNOSED)
    first = next((id_ for id_ in failed if id_ in wrong), "")
    if not first or not evidence.has_returned:
        return None, set()
    # All checks first, which tell more apart; then that check alone, if another one fails for a
    # second reason.
    everything = range(len(evidence.asked))
    alone = [place for place in everything if evidence.asked[place][0] == first]
    for places in (everything, alone):
        if len(places) < MIN_QUESTIONS:
            continue
        found = find_misconception(
            known,
            evidence.given,
            known_answer,
            wrong=evidence.wrong_steps,
            has_time=has_time,
            reduce=without_returned,
            only=places,
        )
        # It says why the leaves move as they do. What is returned must not prove the contrary.
        if found is not None and not any(
            rules_out(evidence.given[place], known_answer(found, place)) for place in places
        ):
            return found, {first}
    return None, set()


def _describe(
    checks: Sequence[CheckResult],
    found: Misconception | None,
    concerned: set[str],
    remark: Remark,
) -> list[CheckResult]:
    """Put what was found into the results of the checks that failed."""
    diagnosed = []
    for check in checks:
        if check.status not in DIAGNOSED:
            continue
        is_shape = remark.is_about_numbers and "has shape" in check.message
        is_explained = check.status is Status.FAILED and not is_shape
        if remark.text and (is_explained or remark.is_about_errors):
            check = msgspec.structs.replace(  # noqa: PLW2901
                check,
                message=f"{check.message}\n({remark.text})",
                hint=remark.hint or check.hint,
                example=None if remark.is_about_calls else check.example,
            )
            if not remark.explains_all:
                remark = Remark()
        if found is not None and check.id in concerned:
            check = msgspec.structs.replace(  # noqa: PLW2901
                check,
                hint=f"{found.title} {found.hint}".strip(),
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
