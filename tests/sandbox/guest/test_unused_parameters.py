"""Parameters that the code of a function never mentions."""

import pytest
from found_functions import found

from grader.sandbox.guest.unused_parameters import find_unused


def test_parameter_that_is_not_mentioned_is_found() -> None:
    """A global of another name is used instead."""
    assert find_unused(found("return y * 2")) == ("x", "p")
    assert find_unused(found("return x * lr")) == ("p",)


@pytest.mark.parametrize(
    "line",
    [
        "return x + p",
        "x = p; return x",
        "return [x for _ in p]",
        "return lambda: x + p",
        "def g():\n        return x + p\n    return g()",
        "return locals()",
        "return eval('x + p')",
        "x, p = 1, 2",
        "del x, p",
    ],
)
def test_parameter_that_may_be_used_is_not_found(line: str) -> None:
    """Whatever is done with it."""
    assert find_unused(found(line)) == ()
