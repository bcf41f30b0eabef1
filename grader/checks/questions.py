"""Questions: all requests that the checks of a function make, with the right answers.

A check that fails stops at its first finding. To find out which misconception a submission has, the
diagnosis needs everything that the checks would have asked. So the requests are recorded while the
reference passes the checks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from grader.checks.check import Check, RunBody
from grader.checks.probe import Probe, derive_seed
from grader.checks.units import Unit
from grader.errors import CheckCrashedError
from grader.observations.asking import Ask, answer_at_once
from grader.observations.messages import Observation, Request
from grader.observations.values import Array, Items, Mapping, Number


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


def sent_together(questions: Sequence[Question]) -> list[Request]:
    """Return the requests that can be sent before any of them is answered.

    A check may give a right answer back to the submission, as the input of a later question. While
    the first question is answered, that must not be there to be read yet: it ends what is sent. An
    answer that was changed before, such as a rounded one, is not found.

    Args:
        questions: What is asked of one unit, in this order.
    """
    chosen: list[Request] = []
    answers: set[bytes] = set()
    for question in questions:
        request = msgspec.msgpack.encode(question.request)
        if any(answer in request for answer in answers):
            break
        chosen.append(question.request)
        answers.update(one for one in _data(question.expected) if one not in request)
    return chosen


def _data(answer: Observation) -> Iterator[bytes]:
    """Yield the numbers of an answer that tell something, as they are sent."""
    for step in answer.steps:
        values = [step.returned, *step.gradients.values()]
        values += [state.value for state in step.inputs.values()]
        while values:
            match values.pop():
                case Array() as array if _tells_something(array.to_numpy()):
                    yield array.data
                case Number(value=value) if not value.is_integer():
                    yield msgspec.msgpack.encode(value)
                case Items(items=items):
                    values.extend(items)
                case Mapping(entries=entries):
                    values.extend(part for entry in entries for part in entry)


def _tells_something(numbers: "np.ndarray") -> bool:
    """Return whether numbers can hardly be in a request by chance: not zeros, ones and so on."""
    found = set(numbers.ravel().tolist())
    return len(found) > 1 or any(one != round(one.real) for one in found if np.isfinite(one))
