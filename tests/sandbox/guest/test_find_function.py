"""The code of a function is found where it is certain that it is that function's."""

import functools

import pytest

from grader.observations.messages import CodeBlock
from grader.sandbox.guest.find_function import FoundFunction, find_function
from grader.sandbox.guest.parse import ParsedBlock, parse_block

SOURCE = """
def f(x, *, p=1):
    q = x
    return q


def f(x):
    return x


@twice
def g(x):
    return x


h = len
"""


def parsed(source: str) -> ParsedBlock:
    """Parse a script."""
    return parse_block(
        CodeBlock(label="", source=source), "f.py", is_notebook=False, future_flags=0
    )


def found_in(source: str, name: str, **namespace: object) -> FoundFunction | None:
    """Run a script, and find a function in it."""
    exec(compile(source, "f.py", "exec"), namespace)  # noqa: S102 - the test's own
    return find_function(name, namespace[name], [parsed(source)], namespace)


def test_last_definition_is_found() -> None:
    """It is the one that counts."""
    found = found_in(SOURCE, "f", twice=lambda one: one)

    assert found is not None
    assert found.node.lineno == 7
    assert (found.parameters, found.bound) == (frozenset({"x"}), frozenset())


def test_names_of_a_function_are_found() -> None:
    """Parameters, and what it binds."""
    found = found_in(SOURCE.partition("\n\n\n")[0], "f")

    assert found is not None
    assert (found.parameters, found.bound) == (frozenset({"x", "p"}), frozenset({"q"}))


def test_code_below_a_decorator_is_found() -> None:
    """Where the decorator names the function that it wraps, as those of torch do."""

    def twice(function: object) -> object:
        assert callable(function)
        return functools.wraps(function)(lambda x: function(function(x)))

    found = found_in(SOURCE, "g", twice=twice)

    assert found is not None
    assert found.node.name == "g"
    assert found_in(SOURCE, "g", twice=lambda _: lambda x: x) is None


@pytest.mark.parametrize("value", [len, 3, functools.partial(len), lambda x: x])
def test_function_from_elsewhere_has_no_code_here(value: object) -> None:
    """Nor has what is no function of Python."""
    assert find_function("f", value, [parsed(SOURCE)], {}) is None


def test_functions_that_wrap_each_other_are_refused() -> None:
    """Whoever calls this takes it for a function without code."""
    namespace: dict[str, object] = {"twice": lambda one: one}
    exec(compile(SOURCE + "\nf.__wrapped__ = f\n", "f.py", "exec"), namespace)  # noqa: S102

    with pytest.raises(ValueError, match="wrapper loop"):
        find_function("f", namespace["f"], [parsed(SOURCE)], namespace)
