"""Stand-ins for sessions and their answers: without a sandbox, processes or torch.

What a student's code would answer is given as plain values, and replayed.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from grader.observations.messages import (
    CallRequest,
    Observation,
    Outcome,
    Raised,
    Request,
    State,
    Step,
)
from grader.observations.values import (
    AnyValue,
    Array,
    ArrayKind,
    InputValue,
    Items,
    Nothing,
    Number,
    Text,
    Value,
)
from grader.observations.values import Mapping as MappingValue
from grader.report.model import (
    AssignmentInfo,
    CheckResult,
    FunctionResult,
    IsolationInfo,
    Report,
    ReportStatus,
    Status,
    SubmissionInfo,
)
from grader.report.score import exact_sum, score_functions

Rule = Callable[[Request], Observation]


# --- values -------------------------------------------------------------------------------


def array(
    values: object,
    *,
    dtype: str = "float32",
    kind: ArrayKind = "tensor",
    requires_grad: bool = False,
    is_leaf: bool = True,
    has_grad_fn: bool = False,
) -> Array:
    """Make the value of a tensor from nested lists of numbers."""
    numbers = np.asarray(values, dtype=dtype)
    return Array(
        dtype=dtype,
        shape=numbers.shape,
        data=numbers.tobytes(),
        kind=kind,
        requires_grad=requires_grad,
        is_leaf=is_leaf,
        has_grad_fn=has_grad_fn,
    )


def value_of(plain: object) -> AnyValue:
    """Convert a plain object to a value, as the guest would; values stay as they are."""
    match plain:
        case Value():
            return plain  # type: ignore[return-value]  # each Value is one of AnyValue
        case None:
            return Nothing()
        case bool():
            return Number(value=float(plain), kind="bool")
        case int():
            return Number(value=float(plain), kind="int")
        case float():
            return Number(value=plain, kind="float")
        case str():
            return Text(text=plain)
        case np.ndarray():
            return Array.from_numpy(plain)
        case dict():
            return MappingValue(
                entries=tuple((value_of(key), value_of(value)) for key, value in plain.items())
            )
        case list() | tuple():
            return Items(kind=type(plain).__name__, items=tuple(map(value_of, plain)))
        case _:
            message = f"no value for {plain!r}"
            raise TypeError(message)


# --- observations -------------------------------------------------------------------------


def step(
    value: object = None, *, gradients: Mapping[str, object] | None = None, **after: object
) -> Step:
    """Make what was observed of one call.

    Args:
        value: What was returned.
        gradients: Its gradients by input name.
        **after: The inputs after the call, each a plain object or a ``State``.
    """
    states = {
        name: one if isinstance(one, State) else State(value=value_of(one))
        for name, one in after.items()
    }
    named = {name: value_of(one) for name, one in (gradients or {}).items()}
    return Step(returned=value_of(value), inputs=states, gradients=named)


def answered(*steps: Step) -> Observation:
    """Make the observation of calls that all returned."""
    return Observation(outcome=Outcome.RETURNED, steps=steps)


def returned(value: object = None, **after: object) -> Observation:
    """Make the observation of one call that returned ``value``."""
    return answered(step(value, gradients=None, **after))


def raised(type_name: str, text: str = "", *, function: str = "", line: int = 0) -> Observation:
    """Make the observation of a call that raised."""
    error = Raised(type_name=type_name, text=text, function=function, line=line)
    return Observation(outcome=Outcome.RAISED, raised=error)


def ended(outcome: Outcome, detail: str = "") -> Observation:
    """Make the observation of a call that ended in another outcome."""
    return Observation(outcome=outcome, detail=detail)


def plain_input(value: InputValue) -> object:
    """Return an array or a number of a request as numpy's array or Python's number."""
    if isinstance(value, Array):
        return value.to_numpy()
    assert isinstance(value, Number), value
    return value.value


def computing(compute: Callable[..., object]) -> Rule:
    """Make a rule that answers by calling a function with numpy arrays and numbers.

    Args:
        compute: Takes the inputs by name, and may change the arrays in place.
    """

    def answer(request: Request) -> Observation:
        assert isinstance(request, CallRequest)
        plain = {name: plain_input(value) for name, value in request.inputs.items()}
        steps = []
        for _ in range(request.times):
            value = compute(**plain)
            steps.append(step(value, gradients=None, **plain))
        return answered(*steps)

    return answer


class RecordedSession:
    """Replays recorded observations, as a student's session and as the reference's.

    Args:
        **recorded: For each function an observation, several observations to return in order (the
            last one repeatedly), or a rule that makes one from the request. Other functions are
            missing.

    Attributes:
        requests: The requests, in order.
    """

    def __init__(self, **recorded: Observation | Sequence[Observation] | Rule) -> None:
        self._recorded = recorded
        self._asked: dict[str, int] = {}
        self.requests: list[Request] = []

    def observe(self, request: Request) -> Observation:
        """Answer a request."""
        self.requests.append(request)
        place = self._asked.get(request.function, 0)
        self._asked[request.function] = place + 1
        recorded = self._recorded.get(request.function, ended(Outcome.MISSING))
        if isinstance(recorded, Observation):
            return recorded
        if callable(recorded):
            return recorded(request)
        return recorded[min(place, len(recorded) - 1)]

    def ask(self, request: Request) -> Callable[[], Observation]:
        """Take a request, and return a function that waits for its answer."""
        answer = self.observe(request)
        return lambda: answer

    def times_asked(self, function: str) -> int:
        """Count the requests for one function."""
        return self._asked.get(function, 0)


# --- reports ------------------------------------------------------------------------------


def check_result(
    check_id: str = "update/moves-w", status: Status = Status.PASSED, **changes: object
) -> CheckResult:
    """Make the result of a check; it has all its points if it passed."""
    fields: dict[str, object] = {"title": "It is right", "max_points": 1.0, **changes}
    earned = fields["max_points"] if status is Status.PASSED else 0.0
    return CheckResult(id=check_id, status=status, **{"points": earned, **fields})  # type: ignore[arg-type]  # by name


def make_report(*results: CheckResult, **changes: object) -> Report:
    """Make a report with these results, scored as by the pipeline."""
    names = tuple(dict.fromkeys(one.id.partition("/")[0] for one in results))
    functions: tuple[FunctionResult, ...] = score_functions(results, names)
    fields: dict[str, object] = {
        "assignment": AssignmentInfo(id="lab4", title="Lab 4", version="1"),
        "submission": SubmissionInfo(name="lab4.py", sha256="0" * 64, format="python"),
        "status": ReportStatus.GRADED,
        "score": exact_sum(one.score for one in functions),
        "max_score": exact_sum(one.max_score for one in functions),
        "functions": functions,
        "isolation": IsolationInfo(mode="auto"),
        "seed": 7,
        "environment": {"python": "3.11.0"},
        "timing": {"total_s": 0.5},
    }
    return Report(**{**fields, **changes})  # type: ignore[arg-type]  # by name
