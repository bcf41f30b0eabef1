"""Scripts, carried out in the sandbox on what a submission defines."""

from collections.abc import Callable

import msgspec
import pytest
from script_requests import make_request, plain, returned
from script_requests import run as run_script

from grader.checks.inputs import array, leaf, tensor
from grader.checks.tracing import Lab, np_, py_, raises, take, torch_
from grader.observations.messages import Outcome
from grader.observations.values import Items, Nothing, Number
from grader.sandbox.host.session import Session


def unpack(lab: Lab) -> object:
    """Unpack what f returns, and return it the other way round."""
    first, second = lab.f(5)
    return [second, first]


def test_what_is_unpacked_are_the_items_of_any_iterable(
    open_source: Callable[..., Session],
) -> None:
    """A generator is iterated over once."""
    observation = run_script(open_source("def f(n):\n    yield n\n    yield n + 1\n"), unpack)

    value = observation.steps[0].returned
    assert isinstance(value, Items)
    assert [one.value for one in value.items if isinstance(one, Number)] == [6, 5]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("None", "cannot unpack non-iterable NoneType object"),
        ("(1, 2, 3)", "too many values to unpack (expected 2)"),
        ("[1]", "not enough values to unpack (expected 2, got 1)"),
        ("5", "cannot unpack non-iterable int object"),
        ("__import__('torch').tensor(1.0)", "iteration over a 0-d tensor"),
        ("type('Odd', (), {'__iter__': lambda self: 1 + ''})()", "unsupported operand type(s)"),
    ],
)
def test_what_cannot_be_unpacked_raises_as_in_python(
    open_source: Callable[..., Session], body: str, text: str
) -> None:
    """The message is Python's own, as the example that is pasted raises it too."""
    observation = run_script(open_source(f"def f(n): return {body}"), unpack)

    assert observation.raised is not None
    assert observation.raised.text.startswith(text)


# --- each kind of operation ---------------------------------------------------------------

CLASS = """
import contextlib
import torch

class C:
    def __init__(self, n=1, *, k=0):
        self.n, self.k = n, k
    def m(self, other):
        return C(self.n * other.n, k=self.k)
    def __add__(self, other):
        return C(self.n + getattr(other, "n", other))
    __radd__ = __add__
    def __neg__(self):
        return C(-self.n)
    def __iadd__(self, other):
        self.n += other
        return self
    def __getitem__(self, key):
        return (key.start, key.stop) if isinstance(key, slice) else key
    def __setitem__(self, key, value):
        self.k = (key, value)
    def __enter__(self):
        self.k = "entered"
        return self
    def __exit__(self, *_):
        self.k = "left"
    def __iter__(self):
        while True:
            self.n += 1
            yield self.n
    def fail(self):
        raise ValueError("no")

def f(n):
    return n * torch.ones(2)
"""


def test_objects_are_made_used_and_changed(open_source: Callable[..., Session]) -> None:
    """Construct, call a method, compute, get and set attributes and items."""

    def use(lab: Lab) -> object:
        a, b = lab.C(3), lab.C(n=4, k=1)
        c = a.m(b) + 1
        d = 1 + -c
        a += 10
        b.k = [a.n, "text"]
        d[2] = 5
        return {
            "c": c.n,
            "d": d.n,
            "a": a.n,
            "b.k": b.k,
            "d.k": d.k,
            "slice": a[1:7],
            "same": a == a,  # noqa: PLR0124 - recorded
        }

    observation = run_script(open_source(CLASS, classes=("C",)), use)

    assert returned(observation) == {
        "c": 13,
        "d": -12,
        "a": 13,
        "b.k": [13, "text"],
        "d.k": [2, 5],
        "slice": [1, 7],
        "same": 1,
    }


def test_library_functions_take_and_expected_exceptions(
    open_source: Callable[..., Session],
) -> None:
    """Functions of libraries run inside, iterables may be endless, and exceptions be expected."""

    def use(lab: Lab, x: object) -> object:
        c = lab.C(0)
        return {
            "sum": torch_.sum(lab.f(x)),
            "items": take(c, 3),
            "raised": raises(ValueError, c.fail),
            "passed": raises(ValueError, c.m, c),
            "length": py_.len("four"),
            "log": np_.log(1.0),
        }

    observation = run_script(open_source(CLASS, classes=("C",)), use, x=3)

    assert returned(observation) == {
        "sum": 6,
        "items": [1, 2, 3],
        "raised": 1,
        "passed": 0,
        "length": 4,
        "log": 0,
    }


def test_with_block_is_left_also_after_an_exception(open_source: Callable[..., Session]) -> None:
    """What was entered is left, so nothing of it stays for the next request."""
    session = open_source(
        "class C:\n    left = 0\n    def __enter__(self): return self\n"
        "    def __exit__(self, *_): C.left += 1\n"
        "def f(n): return C.left",
        classes=("C",),
    )

    def use(lab: Lab) -> object:
        with lab.C() as c:
            return c.missing()

    assert run_script(session, use).raised is not None
    assert returned(run_script(session, lambda lab: lab.f(0))) == 1


def test_exception_is_reported_with_its_operation(open_source: Callable[..., Session]) -> None:
    """The place of the operation that raised is in the answer."""
    observation = run_script(open_source(CLASS, classes=("C",)), lambda lab: lab.C().fail())

    assert observation.raised is not None
    assert observation.raised.function == "C.fail"
    assert observation.place == 3  # C, C(), .fail, .fail()


# --- functions of the contract ------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "def f(n): return n.sum()",
        "def f(other): return other.sum()",
        "def f(): return n.sum()",
        "def f(n, verbose=False): return n.sum()",
    ],
)
def test_function_is_called_by_its_contract(
    open_source: Callable[..., Session], source: str
) -> None:
    """Parameters may have other names, or be globals, in a script as in a call."""
    observation = run_script(open_source(source), lambda lab, x: lab.f(x), x=tensor([1, 2]))

    assert returned(observation) == 3


def test_generator_reads_its_globals_until_the_script_ends(
    open_source: Callable[..., Session],
) -> None:
    """A generator in the classroom style runs after the call that made it."""
    session = open_source("def f():\n    for one in n:\n        yield one * 2")

    assert returned(run_script(session, lambda lab, x: take(lab.f(x), 2), x=tensor([1, 2]))) == [
        2,
        4,
    ]
    assert run_script(session, lambda _lab: py_.dir()).outcome is Outcome.RETURNED


def test_each_call_begins_with_the_defaults_but_inside_of_with(
    open_source: Callable[..., Session],
) -> None:
    """Grad mode is on in each call, unless the script has turned it off itself."""
    session = open_source(
        "import torch\ndef f(n):\n    on = torch.is_grad_enabled()\n"
        "    torch.set_grad_enabled(False)\n    return on"
    )

    def use(lab: Lab) -> object:
        first, second = lab.f(1), lab.f(1)
        with torch_.no_grad():
            third = lab.f(1)
        return [first, second, third, lab.f(1)]

    assert returned(run_script(session, use)) == [1, 1, 0, 1]


def test_inputs_of_every_kind_arrive_and_come_back(open_source: Callable[..., Session]) -> None:
    """Leaves with a gradient, arrays, containers and plain values; each is described after it."""
    session = open_source(
        "def f(n):\n"
        "    leaf, array, rest = n['leaf'], n['rest'][0], n['rest'][1]\n"
        "    leaf.data += leaf.grad\n"
        "    return [type(leaf).__name__, leaf.requires_grad, type(array).__name__,"
        " str(array.dtype), type(n['rest']).__name__, rest]\n"
    )
    given = {"leaf": leaf([1, 2], grad=[0.5, 0.5]), "rest": (array([1.5]), None)}

    observation = run_script(session, lambda lab, x: lab.f(x), x=given)

    assert returned(observation) == ["Tensor", 1, "ndarray", "float32", "tuple", Nothing()]
    state = observation.steps[0].inputs["x"].value
    assert plain(state)["leaf"] == [1.5, 2.5]  # type: ignore[index]


def test_missing_unit_and_missing_helper_differ(open_source: Callable[..., Session]) -> None:
    """What the script is about is missing; another name that is missing raises."""
    session = open_source("f = None\ndel f")

    assert run_script(session, lambda lab: lab.f(1)).outcome is Outcome.MISSING
    assert run_script(session, lambda lab: lab.C(), function="C.m").outcome is Outcome.MISSING
    other = run_script(session, lambda lab: lab.C())
    assert other.raised is not None
    assert other.raised.type_name == "NameError"


def test_known_mistake_takes_the_place_of_a_class_for_one_script(
    open_source: Callable[..., Session],
) -> None:
    """The submission's own functions use it too, and afterwards all is as before."""
    session = open_source(
        CLASS + "\nclass D(C):\n    def m(self, other):\n        return C(-1)\n"
        "def f(n):\n    return C(n).m(C(n)).n\n",
        classes=("C", "D"),
    )
    request = make_request(lambda lab: lab.f(3))

    wrong = session.observe(msgspec.structs.replace(request, replaced={"C": "D"}))

    assert returned(wrong) == -1
    assert returned(session.observe(request)) == 9


@pytest.mark.parametrize(
    ("source", "expected", "what"),
    [
        ("def f(n): raise RuntimeError", RuntimeError, True),
        ("class Own(RuntimeError): pass\ndef f(n): raise Own", RuntimeError, True),
        ("def f(n): raise NotImplementedError", NotImplementedError, True),
        ("def f(n): raise NotImplementedError", (ValueError, RuntimeError), "NotImplementedError"),
        ("def f(n): return f(n)", RuntimeError, "RecursionError"),
    ],
)
def test_stub_raises_nothing_that_is_expected(
    open_source: Callable[..., Session],
    source: str,
    expected: type[Exception] | tuple[type[Exception], ...],
    what: object,
) -> None:
    """What is not written yet, or never ends, has not refused anything."""
    observation = run_script(open_source(source), lambda lab: raises(expected, lab.f, 3))

    if observation.raised is not None:
        assert observation.raised.type_name == what
    else:
        assert returned(observation) == what


def test_function_that_is_no_function_raises_nothing_that_is_expected(
    open_source: Callable[..., Session],
) -> None:
    """It is missing."""
    observation = run_script(open_source("f = 3"), lambda lab: raises(Exception, lab.f, 3))

    assert observation.outcome is Outcome.MISSING
