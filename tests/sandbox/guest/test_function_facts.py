"""What the code of a function shows without calling it."""

import functools
from typing import Any

import pytest

from grader.observations.messages import CodeBlock, FunctionFacts, Place
from grader.sandbox.guest.function_facts import describe_functions
from grader.sandbox.guest.parse import parse_block

CONTRACT = {"mse": ("y_hat", "y"), "update": ("x", "y", "w", "lr")}


def facts_of(code: str, name: str = "update") -> FunctionFacts:
    """Run code, and describe one function of it."""
    namespace: dict[str, Any] = {}
    exec(code, namespace)  # noqa: S102 - the test's own
    (found,) = (
        one
        for one in describe_functions(namespace, CONTRACT, {"update": ("mse", "update")})
        if one.name == name
    )
    return found


def test_function_of_the_contract_ignores_nothing() -> None:
    """A function with the contract's parameters ignores nothing, and reads nothing else."""
    assert facts_of("def update(x, y, w, lr): return mse(x @ w, y)") == FunctionFacts(
        name="update", parameters=("x", "y", "w", "lr"), required=4, uses=("mse",)
    )


@pytest.mark.parametrize(
    ("code", "ignores", "reads", "undefined"),
    [
        ("a = [1]\ndef update(): a.append(x @ y * lr)", ("w",), ("a",), ()),
        ("def update(): return x @ wieght - y * lr", ("w",), (), ("wieght",)),
        ("def update(x, y): return x @ y", ("w", "lr"), (), ()),
        ("def update(): global w; w = x - y * lr * w + epoch", (), (), ()),
        ("def step(): return w * lr\ndef update(x, y): return step()", (), (), ()),
        ("def update(data, target, weights, rate): return data", (), (), ()),
        ("def update(*args): return args", (), (), ()),
        ("y = 1\ndef update(x, t, w, lr): return x - y", (), ("y",), ()),
        ("def update(x, t, w, lr): return x - y", (), (), ("y",)),
        ("y = 1\ndef update(x, w, lr): return x - y", (), (), ()),
        ("def update(x, y, w, lr):\n    global n\n    n = 1\n    return n", (), (), ()),
        ("class A:\n    def f(self): return q\ndef update(x, y, w, lr): A()", (), (), ("q",)),
        ("import math\ndef update(x, y, w, lr): return math.pi + len(x)", (), (), ()),
    ],
)
def test_inputs_that_are_not_used_and_globals_that_are(
    code: str, ignores: tuple[str, ...], reads: tuple[str, ...], undefined: tuple[str, ...]
) -> None:
    """Inputs in parameters or globals are used; other data and missing names are listed."""
    found = facts_of(code)

    assert (found.ignores, found.reads, found.undefined) == (ignores, reads, undefined)


def test_parameters_without_a_default_are_required() -> None:
    """Parameters with a default are not required."""
    found = facts_of("def mse(a, b, c, d=1): return a", "mse")

    assert (found.parameters, found.required) == (("a", "b", "c", "d"), 3)
    assert found.uses == ("update",)  # nothing is known of it


class Odd:
    """A callable that makes trouble when it is looked at."""

    def __call__(self) -> None:
        """Do nothing."""

    @property
    def __signature__(self) -> object:
        """Raise."""
        raise SystemExit


@pytest.mark.parametrize("odd", [Odd(), functools.partial(Odd()), len, type, print])
def test_odd_callables_are_described_without_a_claim(odd: object) -> None:
    """Of a callable that can't be looked into, nothing is said to be unused."""
    (found,) = describe_functions({"update": odd}, CONTRACT, {})

    assert (found.ignores, found.reads, found.undefined) == ((), (), ())


def test_first_and_last_definition_are_found() -> None:
    """A function that is defined several times has the first and the last place."""
    source = "def mse(): pass\ndef update(): pass\n"
    blocks = [
        parse_block(CodeBlock(label=label, source=text), label, is_notebook=True, future_flags=0)
        for label, text in (("cell 1", source), ("cell 2", "x = 1\ndef mse(): pass\n"))
    ]
    namespace: dict[str, Any] = {}
    exec(source, namespace)  # noqa: S102 - the test's own

    found = {one.name: one.places for one in describe_functions(namespace, CONTRACT, {}, blocks)}

    assert found == {
        "mse": (Place(line=1, block="cell 1"), Place(line=2, block="cell 2")),
        "update": (),
    }
