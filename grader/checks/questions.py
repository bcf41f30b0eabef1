"""Questions: all requests that the checks of a function make, with the right answers.

A check that fails stops at its first finding. To find out which misconception a submission has, the
diagnosis needs everything that the checks would have asked. So the requests are recorded while the
reference passes the checks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.checks.check import Check, RunBody
from grader.checks.probe import Probe, derive_seed
from grader.checks.units import Unit
from grader.errors import CheckCrashedError
from grader.observations.asking import Ask, answer_at_once
from grader.observations.messages import Observation, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request that a check makes, with the reference's answer.

    Attributes:
        check: The check.
        request: What it asks.
        expected: What the reference answers.
        place: The place of the question among those about the same unit, from 0.
    """

    check: Check
    request: Request
    expected: Observation
    place: int = 0


def record_questions(
    checks: Iterable[Check],
    run_body: RunBody,
    *,
    function: Unit,
    seed: int,
    expect: Ask,
    units: Sequence[Unit] = (),
) -> list[Question]:
    """Run the checks of a function on the reference, and record what they ask.

    Args:
        checks: The collected checks.
        run_body: Runs a check's body with a probe, and returns the verdict that it raised.
        function: The function.
        seed: The submission's seed, so that the checks draw the same inputs as when it was graded.
        expect: Asks the reference.
        units: All units of the assignment.

    Returns:
        The questions in the order in which they are asked.

    Raises:
        CheckCrashedError: The reference fails a check.
    """
    questions: list[Question] = []

    expect_now = answer_at_once(expect)  # the reference answers for both sides
    for check in checks:
        if check.function != function.name:
            continue

        def observe(request: Request, check: Check = check) -> Observation:
            answer = expect_now(request)()
            questions.append(
                Question(check=check, request=request, expected=answer, place=len(questions))
            )
            return answer

        own_seed = derive_seed(seed, check.id)
        probe = Probe(function, observe, expect_now, own_seed, units=units)
        raised = run_body(check, probe)
        if raised is not None:
            raise CheckCrashedError(check.id, f"the reference fails it: {raised}")
    return questions
