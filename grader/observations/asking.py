"""How anything that answers is asked: a request goes out, an observation comes back.

A session, a recording of one and a test's double are all asked in the same two ways, so whoever
asks never knows which of them answers.
"""

from collections.abc import Callable

from grader.observations.messages import Answer, Observation, ReadRequest, Request

# Asks, and waits for the answer.
Observe = Callable[[Request], Observation]
# Asks at once and returns a function that waits for the answer: student and reference can work
# side by side.
Ask = Callable[[Request], Callable[[], Observation]]


def is_complete(answer: Answer | Observation, request: Request) -> bool:
    """Return whether an answer has everything that was asked for, and nothing else.

    For a call that is one step for each of its calls, each with every input and every gradient.
    """
    if isinstance(request, ReadRequest):
        return len(answer.steps) == 1
    return len(answer.steps) == request.times and all(
        step.inputs.keys() == request.inputs.keys()
        and step.gradients.keys() == set(request.differentiate)
        for step in answer.steps
    )
