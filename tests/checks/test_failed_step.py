"""The step of a script that raised, where no line of the submission did."""

import pytest
from fakes import returned

from grader.checks.failed_step import FailedStep, find_failed_step
from grader.checks.script_examples import ScriptRun
from grader.checks.tracing import Lab, trace
from grader.checks.units import Unit, UnitKind
from grader.observations.messages import Observation, Outcome, Raised, ScriptRequest
from grader.report.shorten import MAX_NAME

UNITS = {
    "f": Unit(name="f", parameters=("x",)),
    "Value": Unit(name="Value", kind=UnitKind.CLASS),
}


def use(lab: Lab, x: object) -> object:
    """Unpack what a function returns, and use a class."""
    out, cache = lab.f(x)
    made = lab.Value(out)
    made.data = cache
    return {"grad": made.parts[0].grad, "sum": made + made}


TRACED = trace(use, UNITS, ("x",))
RUN = ScriptRun(
    ScriptRequest(function="f", operations=TRACED.operations, returned=TRACED.returned),
    {"x": 3},
    TRACED,
)
KINDS = [type(one).__name__ for one in TRACED.operations]


def ending(
    place: int, text: str = "no", *, type_name: str = "TypeError", line: int = 0
) -> Observation:
    """Make the observation of a script that an exception has ended."""
    raised = Raised(type_name=type_name, text=text, line=line)
    return Observation(outcome=Outcome.RAISED, raised=raised, place=place)


def described(kind: str, text: str, *, type_name: str = "TypeError", last: bool = False) -> str:
    """Return what is said of an exception of the first, or last, step of a kind."""
    place = len(KINDS) - 1 - KINDS[::-1].index(kind) if last else KINDS.index(kind)
    observation = ending(place, text, type_name=type_name)
    step = find_failed_step(RUN, observation)
    assert step is not None
    assert observation.raised is not None
    return step.describe(observation.raised)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "cannot unpack non-iterable NoneType object",
            "`f(x)` needs 2 values, but gets None: is the return missing?",
        ),
        (
            "not enough values to unpack (expected 2, got 1)",
            "`f(x)` needs 2 values, but gets 1",
        ),
        ("too many values to unpack (expected 2)", "`f(x)` needs 2 values, but gets more"),
        (
            "cannot unpack non-iterable Value object",
            "`f(x)` raised TypeError: cannot unpack non-iterable Value object",
        ),
        (
            "iteration over a 0-d tensor",
            "`f(x)` raised TypeError: iteration over a 0-d tensor",
        ),
    ],
)
def test_values_that_can_not_be_unpacked_are_counted(text: str, words: str) -> None:
    """The student reads how many there have to be, and is asked for a return."""
    assert described("Unpack", text) == words


def test_one_value_is_one_value() -> None:
    """The word has no plural then."""
    raised = Raised(type_name="ValueError", text="too many values to unpack (expected 1)")

    words = FailedStep("f(x)", unpacks=1).describe(raised)

    assert words == "`f(x)` needs 1 value, but gets more"


@pytest.mark.parametrize(
    ("kind", "last", "code"),
    [
        ("Call", False, "f(x)"),
        ("Call", True, "Value(out)"),
        ("SetAttribute", False, "made.data"),
        ("GetAttribute", False, "made.parts"),
        ("GetItem", True, "made.parts[0]"),
        ("Operator", False, "made + made"),
    ],
)
def test_step_is_shown_as_its_code(kind: str, code: str, *, last: bool) -> None:
    """With the names of the script; only unpacking speaks of values."""
    text = "not enough values to unpack (expected 2, got 1)"

    words = described(kind, text, type_name="ValueError", last=last)

    assert words == f"`{code}` raised ValueError: {text}"


def test_text_is_one_short_line_or_nothing() -> None:
    """Student code may choose it."""
    assert described("Operator", "") == "`made + made` raised TypeError"
    assert described("Operator", "one\ntwo") == "`made + made` raised TypeError: one"
    assert len(described("Operator", "x" * 10_000)) < 2000
    assert len(described("Operator", "", type_name="E" * 10_000)) < 2 * MAX_NAME


@pytest.mark.parametrize(
    "observation",
    [
        returned(3),
        ending(0, line=3),
        ending(-1),
        ending(len(KINDS)),
    ],
    ids=["returned", "own line", "unknown", "beyond"],
)
def test_step_is_named_only_if_it_is_known_and_no_line_of_the_submission(
    observation: Observation,
) -> None:
    """Otherwise the student's own line is shown, or nothing."""
    assert find_failed_step(RUN, observation) is None
