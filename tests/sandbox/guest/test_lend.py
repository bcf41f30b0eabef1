"""Lending: a right function replaces a submission's own, and can be called the same way."""

import functools
from typing import Any

import pytest
import torch

from grader.observations.messages import Lent
from grader.sandbox.guest.lend import LentUnits

RIGHT = """
import torch

def predict(x, w):
    return ("right", x, w)

def update(x, y, w, lr):
    return ("right", x, y, w, lr)

def gradient(x, y, w):
    (found,) = torch.autograd.grad(((x @ w - y) ** 2).mean(), w)
    return found
"""
LENT = Lent(
    source=RIGHT,
    parameters={
        "predict": ("x", "w"),
        "update": ("x", "y", "w", "lr"),
        "gradient": ("x", "y", "w"),
    },
)


def lend_to(source: str, **names: object) -> dict[str, Any]:
    """Run a submission, lend to it, and return its globals."""
    namespace: dict[str, Any] = {"torch": torch, "functools": functools, **names}
    exec(source, namespace)  # noqa: S102 - as in a child
    LentUnits.make(LENT, ()).replace_in(namespace)
    return namespace


def test_function_of_a_library_stays_what_it_is_there() -> None:
    """The submission's name is replaced, and not the library's own function of that name."""
    namespace = lend_to(
        "from textwrap import dedent as predict\nimport textwrap\n"
        "def use(): return predict(1, 2), textwrap.dedent(' a')"
    )

    assert namespace["use"]() == (("right", 1, 2), "a")


@pytest.mark.parametrize(
    "source",
    [
        "def predict(x, w): return 'wrong'\ndef use(): return predict(1, 2)",
        "def predict(w, x): return 'wrong'\ndef use(): return predict(2, 1)",
        "def predict(a, b): return 'wrong'\ndef use(): return predict(1, b=2)",
        "def predict(a, *, w): return 'wrong'\ndef use(): return predict(1, w=2)",
        "def predict(*args): return 'wrong'\ndef use(): return predict(1, 2)",
        "def predict(x, *rest): return 'wrong'\ndef use(): return predict(1, 2)",
        "def predict(**both): return 'wrong'\ndef use(): return predict(w=2, x=1)",
        "def predict(x, w, b=0.0): return 'wrong'\ndef use(): return predict(1, 2, b=3)",
        "predict = lambda w, x: 'wrong'\ndef use(): return predict(2, 1)",
        "predict = functools.partial(lambda w, x: 'wrong')\ndef use(): return predict(2, 1)",
        "predict = torch.matmul\ndef use(): return predict(1, 2)",
        "x, w = 1, 2\ndef predict(): return 'wrong'\ndef use(): return predict()",
        "x = 1\ndef predict(w): return 'wrong'\ndef use(): return predict(2)",
        "def use(): return predict(1, 2)",
        "def use(): return predict(w=2, x=1)",
        "predict = None\ndef use(): return predict(1, 2)",
    ],
    ids=[
        "same signature",
        "other order",
        "other names",
        "keyword-only",
        "*args",
        "rest in *args",
        "**kwargs",
        "extra parameter",
        "lambda",
        "partial",
        "builtin",
        "globals only",
        "partly globals",
        "missing",
        "missing, called by name",
        "not a function",
    ],
)
def test_lent_function_can_be_called_as_the_submission_does(source: str) -> None:
    """A lent function has the parameters of the submission's own, or else the contract's."""
    namespace = lend_to(source)

    result = namespace["use"]()

    assert result == ("right", 1, 2)


@pytest.mark.parametrize(
    "source",
    [
        "def predict(x, w): return 'wrong'\ndef use(f=predict): return f(1, 2)",
        "def predict(x, w): return 'wrong'\ntable = [predict]\ndef use(): return table[0](1, 2)",
        "def predict(w, x=0): return 'wrong'\nother = predict\ndef use(): return other(2, 1)",
        "def predict(*, x, w=0): return 0\nother = predict\ndef use(): return other(x=1, w=2)",
        "x, w = 1, 2\ndef predict(): return 'wrong'\nother = predict\ndef use(): return other()",
    ],
    ids=["default argument", "in a list", "other name", "keyword defaults", "globals"],
)
def test_function_that_is_held_elsewhere_is_redirected(source: str) -> None:
    """Code that kept the wrong function while loading calls the right one afterwards."""
    namespace = lend_to(source)

    result = namespace["use"]()

    assert result == ("right", 1, 2)


def test_closure_is_replaced_by_name_only() -> None:
    """A closure is replaced only where it is called by its name, since its code can't be."""
    namespace = lend_to(
        "def make(k):\n"
        "    def predict(x, w): return ('wrong', k)\n"
        "    return predict\n"
        "predict = make(5)\n"
        "other = predict\n"
    )

    assert namespace["predict"](1, 2) == ("right", 1, 2)
    assert namespace["other"](1, 2) == ("wrong", 5)


def test_lent_function_sees_the_current_globals() -> None:
    """A lent function reads inputs from the globals when it is called, not when it is lent."""
    namespace = lend_to("x, w = 0, 0\ndef predict(): return 'wrong'\ndef use(): return predict()")
    namespace.update(x=3, w=4)

    result = namespace["use"]()

    assert result == ("right", 3, 4)


def test_parameter_that_was_passed_hides_the_global() -> None:
    """An argument that was passed is used instead of the global of the same name."""
    namespace = lend_to("x, w = 8, 9\ndef predict(x, w): return 'wrong'")

    result = namespace["predict"](1, 2)

    assert result == ("right", 1, 2)


def test_functions_that_are_not_lent_are_kept() -> None:
    """Functions that are not lent stay the student's own, and call the lent ones."""
    namespace = lend_to("def train(): return 'own', predict(1, 2)\nmse = abs")

    assert namespace["train"]() == ("own", ("right", 1, 2))
    assert namespace["mse"] is abs


def test_lent_source_sees_nothing_of_the_submission() -> None:
    """A lent function uses its own torch, whatever the submission has under that name."""
    x, w = torch.ones(2, 2), torch.ones(2, requires_grad=True)
    namespace = lend_to("torch = None\ndef gradient(x, y, w): return None")

    result = namespace["gradient"](x, torch.zeros(2), w)

    assert result.tolist() == [4.0, 4.0]


def test_name_that_the_source_does_not_define_is_skipped() -> None:
    """A name that the lent source doesn't define is skipped; the others are lent."""
    namespace: dict[str, Any] = {"mse": abs}

    lent = Lent(source=RIGHT, parameters={"mse": ("y_hat", "y"), "predict": ("x", "w")})
    LentUnits.make(lent, ()).replace_in(namespace)

    assert namespace["mse"] is abs
    assert namespace["predict"](1, 2) == ("right", 1, 2)


def test_lent_gradient_works_under_no_grad() -> None:
    """A lent gradient works under no_grad, where one derived by hand may be called."""
    x, w = torch.ones(2, 2), torch.ones(2, requires_grad=True)
    namespace = lend_to("def gradient(x, y, w): return 2 * x.T @ (x @ w - y) / len(y)")

    with torch.no_grad():
        result = namespace["gradient"](x, torch.zeros(2), w)
        is_still_off = not torch.is_grad_enabled()

    assert result.tolist() == [4.0, 4.0]
    assert is_still_off


def test_error_of_a_lent_function_is_raised_where_grad_mode_is_on() -> None:
    """If grad mode is on, an error of a lent function is raised without another attempt."""
    namespace = lend_to("def gradient(x, y, w): return None")

    with pytest.raises(RuntimeError, match="does not require grad"):
        namespace["gradient"](torch.ones(2, 2), torch.zeros(2), torch.ones(2))


@pytest.mark.parametrize("global_lr", ["", "lr = 99\n"], ids=["no global", "global of that name"])
def test_default_of_the_replaced_function_still_counts(global_lr: str) -> None:
    """An argument that is left out has the default of the submission's own function."""
    namespace = lend_to(
        global_lr + "def update(x, y, w, lr=0.5): return 'wrong'\ndef use(): return update(1, 2, 3)"
    )

    result = namespace["use"]()

    assert result == ("right", 1, 2, 3, 0.5)


def test_argument_bound_by_a_partial_still_counts() -> None:
    """An argument bound in ``update = partial(step, lr=0.5)`` is passed to the lent function."""
    namespace = lend_to(
        "def step(x, y, w, lr): return 'wrong'\nupdate = functools.partial(step, lr=0.5)"
    )

    result = namespace["update"](1, 2, 3)

    assert result == ("right", 1, 2, 3, 0.5)
