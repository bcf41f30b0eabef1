"""Scripts, carried out in the sandbox on what a submission defines."""

from collections.abc import Callable

import pytest

from grader.checks.tracing import Lab, Script, trace
from grader.checks.units import Unit
from grader.observations.messages import Observation, ScriptRequest
from grader.observations.values import Items, Number
from grader.sandbox.host.session import Session

UNITS = {"f": Unit(name="f", parameters=("n",))}


def run(session: Session, script: Script) -> Observation:
    """Carry out a script."""
    traced = trace(script, UNITS, ())
    return session.observe(
        ScriptRequest(
            function="f", operations=traced.operations, returned=traced.returned, inputs={}
        )
    )


def unpack(lab: Lab) -> object:
    """Unpack what f returns, and return it the other way round."""
    first, second = lab.f(5)
    return [second, first]


def test_what_is_unpacked_are_the_items_of_any_iterable(
    open_source: Callable[..., Session],
) -> None:
    """A generator is iterated over once."""
    observation = run(open_source("def f(n):\n    yield n\n    yield n + 1\n"), unpack)

    returned = observation.steps[0].returned
    assert isinstance(returned, Items)
    assert [one.value for one in returned.items if isinstance(one, Number)] == [6, 5]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("None", "cannot unpack non-iterable NoneType object"),
        ("(1, 2, 3)", "too many values to unpack (expected 2)"),
        ("[1]", "not enough values to unpack (expected 2, got 1)"),
    ],
)
def test_what_cannot_be_unpacked_raises_as_in_python(
    open_source: Callable[..., Session], body: str, text: str
) -> None:
    """The message is Python's own, as the example that is pasted raises it too."""
    observation = run(open_source(f"def f(n): return {body}"), unpack)

    assert observation.raised is not None
    assert observation.raised.text == text
