"""The source of a unit is found by its tokens, with what it needs, in whatever people write."""

import time

import pytest

from grader.discovery.unit_source import MAX_SOURCE, find_unit_source, without_class

SOURCE = '''
import torch
from math import sqrt

SCALE = 3
if SCALE:
    LEAST = 1
else:
    LEAST = 2


@torch.no_grad()
def helper(x):
    """Help."""

    # a comment
    return x * SCALE + other(x)


def other(x):
    return x


def mse(a, b): return a - b


def predict(x,
            w):
    text = """
def nothing():
"""
    return mse(helper(x), w) + LEAST  # the end

predict(1, 2)


class Value:
    def relu(self):
        return sqrt(self)
'''
CONTRACT = ("predict", "mse", "Value", "Value.relu")


def test_unit_is_found_with_what_it_needs() -> None:
    """Its text is whole; helpers of its own come with it, units of the contract do not."""
    found = find_unit_source([SOURCE], "predict", contract=CONTRACT)

    assert found.code.startswith("def predict(x,\n            w):\n")
    assert found.code.endswith("return mse(helper(x), w) + LEAST  # the end\n")
    assert "def nothing()" in found.code
    for needed in (
        "import torch",
        "SCALE = 3",
        "@torch.no_grad()\ndef helper",
        "def other",
        "else",
    ):
        assert needed in found.needed
    assert "def mse" not in found.needed
    assert "sqrt" not in found.needed


def test_method_is_found_as_its_class() -> None:
    """Of a method, the whole class is found, with what that needs."""
    found = find_unit_source([SOURCE], "Value.relu", contract=CONTRACT)

    assert found.code.startswith("class Value:\n    def relu")
    assert found.needed == "from math import sqrt\n"


def test_method_is_shown_without_its_class() -> None:
    """Of a class, a person sees the method only; of any other unit, all of it."""
    code = (
        "class Value:\n    def add(self):\n        return 1\n\n    @property\n    def relu(self):\n"
        "        if self:\n\n            return 2\n\n    def exp(self):\n        return 3\n"
    )

    shown = without_class(code, "Value.relu")

    assert shown == "@property\ndef relu(self):\n    if self:\n\n        return 2\n"
    assert without_class(code, "Value.exp") == "def exp(self):\n    return 3\n"
    assert without_class(code, "Value.missing") == without_class(code, "Value") == code


def test_last_definition_is_found() -> None:
    """If a unit is defined several times, in several cells, the last definition counts."""
    cells = ["def f(x):\n    return 1\n", "%matplotlib inline\n", "def f(x):\n    return 2\n"]

    assert find_unit_source(cells, "f", contract=["f"]).code == "def f(x):\n    return 2\n"


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def g(x):\n    return 1\n",
        "def f(x:\n",
        "x = '''\n",
        "\tdef f(x):\n  return\n",
        "(" * 100_000,
        "f = " + "-" * 100_000,
        "\0",
        "f(" * 20_000,
        "x" * (MAX_SOURCE + 1),
        "".join(f"a{one} = a{one + 1}\n" for one in range(15_000)) + "def f(): return a0\n",
        "@decorated\n" * 20_000,
        "a = " + "b = " * 50_000 + "1\n",
    ],
    ids=range(13),
)
def test_odd_source_has_no_unit(source: str) -> None:
    """What is no unit, no Python or too much to look through, is nothing, and costs little time.

    It would be minutes if statements or lines were looked through once for each other one.
    """
    started = time.process_time()

    found = find_unit_source([source], "f", contract=["f"])

    assert not found.needed
    assert len(found.code) <= 200_000
    assert time.process_time() - started < 5
