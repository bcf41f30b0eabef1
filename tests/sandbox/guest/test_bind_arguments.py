"""Binding inputs to parameters: a table for each rule of the contract.

The samples are functions as students write them. They return their arguments, so that each row
can state which inputs have to arrive.
"""

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from grader.sandbox.guest.bind_arguments import ANYTHING, bind_arguments, find_signature

X, Y, W = torch.ones(3, 2), torch.zeros(3), torch.ones(2)
PREDICT: dict[str, Any] = {"x": X, "w": W}
UPDATE: dict[str, Any] = {"x": X, "y": Y, "w": W, "lr": 0.5}
TRAIN: dict[str, Any] = {**UPDATE, "epochs": 7}

Function = Callable[..., Any]

# Decorators as students write them, and the function g(lr, w, y, x) that they decorate.
DECORATORS = """
import functools

def g(lr, w, y, x): return x, y, w, lr

def wrapped(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper

def bare(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper

def logging(function):
    calls = []
    def wrapper(*args, **kwargs):
        calls.append(args)
        return function(*args, **kwargs)
    return wrapper

def choosing(function, other):
    def wrapper(*args, **kwargs):
        return function(*args) if kwargs else other(*args)
    return wrapper

def counting(function):
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)
    wrapper.calls = 0
    return wrapper

def counting_global():
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return g(*args[::-1], **kwargs)
    wrapper.calls = 0
    return wrapper

def with_empty_cell():
    def wrapper(*args, **kwargs):
        return later if kwargs else args
    return wrapper
    later = None
"""


def define(source: str) -> Function:
    """Return the f that a student's source defines with the decorators above."""
    namespace: dict[str, Any] = {"torch": torch, "print": print}
    exec(DECORATORS + source, namespace)  # noqa: S102 - as in a child
    function: Function = namespace["f"]
    return function


def call(function: Function, inputs: Mapping[str, object]) -> Any:  # noqa: ANN401 - what it returns
    """Call a function with its inputs bound, and return the result."""
    args, kwargs = bind_arguments(function, inputs).arguments(inputs)
    return function(*args, **kwargs)


def are_the_same(got: tuple[object, ...], wanted: tuple[object, ...]) -> bool:
    """Return whether two tuples hold the same objects."""
    return len(got) == len(wanted) and all(map(operator.is_, got, wanted))


@pytest.mark.parametrize(
    "source",
    [
        # By name, in any order.
        "def f(x, y, w, lr): return x, y, w, lr",
        "def f(lr, w, y, x): return x, y, w, lr",
        "f = lambda w, lr, x, y: (x, y, w, lr)",
        # By position, for unknown names.
        "def f(inputs, targets, weights, rate): return inputs, targets, weights, rate",
        "def f(data, y, w, lr): return data, y, w, lr",
        "def f(x, y, w, step_size): return x, y, w, step_size",
        "f = lambda a, b, c, d: (a, b, c, d)",
        # By the next free position, if an input was taken by name.
        "def f(w, y, inputs, rate): return inputs, y, w, rate",
        "def f(lr, a, b, c): return c, a, b, lr",
        # Keyword-only and positional-only.
        "def f(x, *, w, y, lr): return x, y, w, lr",
        "def f(x, y, w, *, step_size): return x, y, w, step_size",
        "def f(*, lr, w, y, x): return x, y, w, lr",
        "def f(w, x, y, rate, /): return x, y, w, rate",
        "def f(x, y, /, w, *, lr): return x, y, w, lr",
        # *args and **kwargs.
        "def f(*args): return args",
        "def f(x, *rest): return (x, *rest)",
        "def f(first, second, *rest): return (first, second, *rest)",
        "def f(w, *rest): return (*rest[:2], w, rest[2])",
        "def f(*rest, lr): return (*rest, lr)",
        "def f(x, scale=2.0, *rest):\n    assert scale == 2.0\n    return (x, *rest)",
        "def f(*rest, verbose=False):\n    assert not verbose\n    return rest",
        "def f(**all): return all['x'], all['y'], all['w'], all['lr']",
        "def f(x, target=None, **rest): return x, target, rest['w'], rest['lr']",
        "def f(*args, **kwargs):\n    assert not kwargs\n    return args",
        # Defaults of the contract's parameters give way to the inputs; others are kept.
        "def f(x=None, y=None, w=None, lr=0.1): return x, y, w, lr",
        "def f(x, y, w, learning_rate=0.1): return x, y, w, learning_rate",
        "def f(x, y, weights=torch.zeros(2), lr=1): return x, y, weights, lr",
        "def f(x, y, w, lr, verbose=False):\n    assert not verbose\n    return x, y, w, lr",
        "def f(x, y, w, verbose=False, lr=1):\n    assert not verbose\n    return x, y, w, lr",
        "def f(x, y, w, lr, *, log=print):\n    assert log is print\n    return x, y, w, lr",
        # Decorated.
        "f = wrapped(g)",
        "f = bare(g)",
        "f = bare(bare(g))",
        "f = bare(wrapped(g))",
        "f = logging(g)",
        "f = bare(functools.partial(g))",
        "f = bare(lambda w, y, x, lr: (x, y, w, lr))",
        "f = choosing(g, lambda *a: a)",
        "f = with_empty_cell()",
        # Partials, methods and instances.
        "f = functools.partial(g)",
        "f = functools.partial(functools.partial(g), lr=0.1)",
        "f = functools.partial(lambda a, b, c, d: (a, b, c, d))",
        "class C:\n    def method(self, lr, w, y, x): return x, y, w, lr\nf = C().method",
        "class C:\n    @staticmethod\n    def g(lr, w, y, x): return x, y, w, lr\nf = C.g",
        "class C:\n    def __call__(self, lr, w, y, x): return x, y, w, lr\nf = C()",
    ],
)
def test_every_input_arrives_at_its_parameter(source: str) -> None:
    """Every form in which students write update(x, y, w, lr) gets its four inputs."""
    function = define(source)

    got = call(function, UPDATE)

    assert are_the_same(got, (X, Y, W, 0.5))


@pytest.mark.parametrize(
    "source",
    [
        "def f(x, w): return x, w",
        "def f(w, x): return x, w",
        "def f(a, b): return a, b",
        "def f(w, data): return data, w",
        "def f(data, x): return x, data",
        "def f(x, y): return x, y",
        "def f(y, lr): return y, lr",
        "def f(epochs, x): return x, epochs",
    ],
)
def test_names_of_other_functions_have_no_meaning(source: str) -> None:
    """In predict(x, w), a parameter named y, lr or epochs gets its input by position."""
    function = define(source)

    got = call(function, PREDICT)

    assert are_the_same(got, (X, W))


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("def f(x, y, w, lr=0.1, epochs=10): return lr, epochs", (0.5, 7)),
        ("def f(x, y, w, rate=0.1, steps=10): return rate, steps", (0.5, 7)),
        ("def f(x, y, w, lr, epochs=None): return lr, epochs", (0.5, 7)),
        ("def f(x, y, w, lr, epochs, tol=1e-6): return lr, epochs, tol", (0.5, 7, 1e-6)),
        ("def f(epochs, lr, x, y, w, tol=1e-6): return lr, epochs, tol", (0.5, 7, 1e-6)),
        ("def f(x, y, w, loss='mse', epochs=1, lr=1): return lr, epochs, loss", (0.5, 7, "mse")),
        ("def f(x, y, w, loss=print, epochs=1, lr=1): return lr, epochs, loss", (0.5, 7, print)),
        ("def f(x, y, w, lr, epochs, *, log=print): return lr, epochs, log", (0.5, 7, print)),
        ("def f(x, tol=1e-6, *rest): return tol, rest[-2], rest[-1]", (1e-6, 0.5, 7)),
    ],
)
def test_default_is_kept_unless_an_input_replaces_it(
    source: str, wanted: tuple[object, ...]
) -> None:
    """Inputs replace the defaults of the contract's parameters; extra parameters keep theirs."""
    function = define(source)

    got = call(function, TRAIN)

    assert got == wanted


@pytest.mark.parametrize(
    ("default", "value", "taken"),
    [
        (0.1, 0.5, ("first", "second")),
        (1, 0.5, ("first", "second")),
        (None, 0.5, ("first", "second")),
        (None, W, ("first", "second")),
        (torch.zeros(2), W, ("first", "second")),
        (0.1, ANYTHING, ("first", "second")),
        (False, 0.5, ("first",)),
        (True, W, ("first",)),
        ("mean", 0.5, ("first",)),
        ("mean", W, ("first",)),
        (print, 0.5, ("first",)),
        (print, W, ("first",)),
        (0.1, W, ("first",)),
        (torch.zeros(2), 0.5, ("first",)),
    ],
    ids=[
        "number for number",
        "int for float",
        "None for number",
        "None for tensor",
        "tensor for tensor",
        "number for unknown",
        "switch for number",
        "switch for tensor",
        "text for number",
        "text for tensor",
        "function for number",
        "function for tensor",
        "number for tensor",
        "tensor for number",
    ],
)
def test_default_shows_what_a_parameter_is_for(
    default: object, value: object, taken: tuple[str, ...]
) -> None:
    """An input goes to a parameter by position only if it is of the same kind as the default."""

    def function(first: object, second: object = default) -> tuple[object, object]:
        return first, second

    plan = bind_arguments(function, {"x": X, "lr": value})

    assert tuple(plan.assigned) == taken


def test_keyword_that_a_partial_has_bound_stays_bound() -> None:
    """A keyword that a partial has set gets no input of the contract."""
    function = define(
        "def step(x, y, momentum, w, lr): return x, y, w, lr, momentum\n"
        "f = functools.partial(step, momentum=print)"
    )

    got = call(function, UPDATE)

    assert are_the_same(got, (X, Y, W, 0.5, print))


def test_position_that_a_partial_has_bound_is_gone() -> None:
    """Inputs go only to the parameters that a partial has left open."""
    function = define(
        "def step(power, x, y, w, lr): return x, y, w, lr, power\nf = functools.partial(step, 2)"
    )

    got = call(function, UPDATE)

    assert are_the_same(got, (X, Y, W, 0.5, 2))


@pytest.mark.parametrize(
    ("source", "unassigned"),
    [
        ("def f(): pass", ("x", "y", "w", "lr")),
        ("def f(w): pass", ("x", "y", "lr")),
        ("def f(lr): pass", ("x", "y", "w")),
        ("def f(data): pass", ("y", "w", "lr")),
        ("def f(x, y, verbose=False): pass", ("w", "lr")),
        ("f = bare(lambda: None)", ("x", "y", "w", "lr")),
        ("f = wrapped(lambda w: None)", ("x", "y", "lr")),
        ("def f(*args): pass", ()),
        ("def f(**kwargs): pass", ()),
        ("f = torch.lerp", ()),
    ],
)
def test_inputs_that_a_function_does_not_take_are_unassigned(
    source: str, unassigned: tuple[str, ...]
) -> None:
    """Inputs without a parameter have to be globals, as in the classroom style."""
    function = define(source)

    plan = bind_arguments(function, UPDATE)

    assert plan.unassigned == unassigned


def test_function_without_parameters_is_called_without_arguments() -> None:
    """A function without parameters, as the lab's ``update()``, is called without arguments."""
    plan = bind_arguments(define("def f(): pass"), UPDATE)

    args, kwargs = plan.arguments(UPDATE)

    assert (args, kwargs) == ((), {})


@pytest.mark.parametrize(
    "source",
    [
        "f = torch.matmul",
        "f = torch.mv",
        "import operator\nf = operator.matmul",
        "f = functools.partial(torch.matmul)",
        "f = bare(torch.matmul)",
    ],
)
def test_builtin_is_called_with_all_inputs_in_order(source: str) -> None:
    """A builtin such as torch.matmul has no signature, so it gets all inputs in order."""
    function = define(source)

    product = call(function, PREDICT)

    assert product.tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    "source",
    [
        "f = torch.nn.functional.mse_loss",
        "f = torch.nn.MSELoss()",
        "f = torch.nn.MSELoss().forward",
    ],
)
def test_loss_of_the_library_is_a_function_too(source: str) -> None:
    """A loss function or module of torch can be called, and keeps its own defaults."""
    function = define(source)

    loss = call(function, {"y_hat": torch.tensor([1.0, 3.0]), "y": torch.zeros(2)})

    assert loss.item() == 5.0


@pytest.mark.parametrize(
    "source", ["f = torch.sigmoid", "f = torch.nn.Sigmoid()", "f = torch.special.expit"]
)
def test_sigmoid_of_the_library_is_a_function_too(source: str) -> None:
    """Every form of torch's sigmoid can be called."""
    function = define(source)

    result = call(function, {"z": torch.zeros(1)})

    assert result.item() == 0.5


def test_signature_of_a_decorated_function_is_that_of_the_inner_one() -> None:
    """A plain wrapper has the signature of the one function that it closes over."""
    signature = find_signature(define("f = bare(logging(g))"))

    assert signature is not None
    assert list(signature.parameters) == ["lr", "w", "y", "x"]


def test_builtin_without_a_signature_has_none() -> None:
    """No signature is made up for a builtin that has none."""
    signature = find_signature(torch.matmul)

    assert signature is None


def test_binding_can_be_used_for_other_values() -> None:
    """A binding can be used again with other values of the inputs."""
    plan = bind_arguments(functools.partial(define("f = g")), UPDATE)

    args, kwargs = plan.arguments({"x": 1, "y": 2, "w": 3, "lr": 4})

    assert (args, kwargs) == ((4, 3, 2, 1), {})


@pytest.mark.parametrize("source", ["f = counting(g)", "f = counting_global()"])
def test_decorator_that_counts_calls_passes_on_what_fits(source: str) -> None:
    """A decorator with ``wrapper.calls += 1``, which closes over itself, works like any other."""
    function = define(source)

    got = call(function, UPDATE)

    assert are_the_same(got, (X, Y, W, 0.5))
