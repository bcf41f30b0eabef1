"""While loops that can't end by themselves, and of which that is not certain."""

import pytest
from found_functions import found

from grader.observations.messages import CodePlace, Place
from grader.sandbox.guest.endless_loops import find_endless


@pytest.mark.parametrize(
    ("condition", "body"),
    [
        ("i < p", "x.append(1)"),
        ("i < p", "print(i, p)"),
        ("i < p", "update(x, i)"),
        ("i < p and i != 3", "j = i"),
        ("i + 1 <= p", "for j in x: print(j)"),
        ("p > i", "i == i + 1"),
    ],
)
def test_loop_that_changes_nothing_of_its_condition_is_found(condition: str, body: str) -> None:
    """It is shown with its line."""
    assert find_endless(found("i = 0", f"while {condition}:", f"    {body}")) == (
        CodePlace(code=f"while {condition}", place=Place(line=3, block="cell 2")),
    )


@pytest.mark.parametrize(
    ("condition", "body"),
    [
        ("i < p", "i += 1"),
        ("i < p", "p = p - 1"),
        ("i < p", "for i in x: pass"),
        ("i < p", "if x: break"),
        ("i < p", "return x"),
        ("i < p", "raise ValueError"),
        ("i < p", "yield i"),
        ("(i := i + 1) < p", "x.append(1)"),
        ("i < len(x)", "x.pop()"),
        ("x[0] < p", "update(x)"),
        ("i < p", "p.sub_(1)"),
        ("i < p", "p[0] = 0"),
        ("i < n", "x.append(1)"),
        ("x < p", "update(x)"),
        ("True", "update(x)"),
        ("i < p", "del i"),
    ],
)
def test_loop_that_may_end_is_not_found(condition: str, body: str) -> None:
    """What is no number may change in place, and a global by anybody."""
    assert find_endless(found("i = 0", f"while {condition}:", f"    {body}")) == ()


def test_variable_of_an_inner_function_is_not_taken_for_one_of_the_loop() -> None:
    """Inner functions may change it, too."""
    inner = ("def g():", "    nonlocal i", "    i += 1")

    assert find_endless(found("i = 0", *inner, "while i < p:", "    g()")) == ()
