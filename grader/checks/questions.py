"""What the checks of a function ask: their requests, all of them, and the right answers.

A check that fails stops asking at its first finding. To tell which known mistake a submission
makes, all that its checks would have asked is wanted: it is taken down while the
reference passes them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grader.checks.assignment import Function
from grader.checks.check import Check, RunBody
from grader.checks.probe import Probe, derive_seed
from grader.errors import CheckCrashedError
from grader.observations.asking import Ask
from grader.observations.messages import Observation, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request that a check makes, and the reference's answer to it."""

    check: Check
    request: Request
    expected: Observation


def record_questions(
    checks: Iterable[Check], run_body: RunBody, *, function: Function, seed: int, expect: Ask
) -> list[Question]:
    """Run the checks of a function on the reference, and take down what they ask.

    Args:
        checks: The collected checks.
        run_body: Runs a check's body with a probe, and gives what it raised.
        function: The function.
        seed: The submission's seed: the same inputs are drawn as when it was graded.
        expect: Asks the reference.

    Raises:
        CheckCrashedError: the reference fails a check.
    """
    questions: list[Question] = []

    def expect_now(request: Request) -> Callable[[], Observation]:
        # One session stands for both: it must not be asked twice at the same time.
        answer = expect(request)()
        return lambda: answer

    for check in checks:
        if check.function != function.name:
            continue

        def observe(request: Request, check: Check = check) -> Observation:
            answer = expect_now(request)()
            questions.append(Question(check=check, request=request, expected=answer))
            return answer

        raised = run_body(check, Probe(function, observe, expect_now, derive_seed(seed, check.id)))
        if raised is not None:
            raise CheckCrashedError(check.id, f"the reference fails it: {raised}")
    return questions
