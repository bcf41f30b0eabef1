"""Scoring: exact sums, and the status of a function."""

from fractions import Fraction

import pytest
from fakes import check_result
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.report.model import FunctionResult, Status
from grader.report.score import exact_sum, score_functions


def score(*statuses: Status, **changes: object) -> FunctionResult:
    """Score one function by the statuses of its checks."""
    results = [
        check_result(f"update/{place}", status, **changes) for place, status in enumerate(statuses)
    ]
    (function,) = score_functions(results, ["update"])
    return function


@pytest.mark.parametrize(
    ("points", "total"),
    [
        ([0.1] * 10, 1.0),
        ([0.1, 0.2], 0.3),
        ([0.1, 0.7, 0.2], 1.0),
        ([1.1, 2.2], 3.3),
        ([], 0.0),
        ([1, 2], 3.0),
        ([1e16, 1.0, -1e16], 1.0),
        ([0.5] * 12, 6.0),
    ],
)
def test_points_add_up_as_written(points: list[float], total: float) -> None:
    """Points are added as decimal numbers: ten times 0.1 is 1."""
    assert exact_sum(points) == total


@given(cents=st.lists(st.integers(0, 10_000), max_size=40), data=st.data())
@settings(deadline=None)
def test_sum_depends_neither_on_order_nor_on_grouping(
    cents: list[int], data: st.DataObject
) -> None:
    """The sum is the float nearest to the exact sum, in any order."""
    points = [cent / 100 for cent in cents]
    shuffled = data.draw(st.permutations(points))

    total = exact_sum(shuffled)

    assert total == float(Fraction(sum(cents), 100))
    assert isinstance(total, float)


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ([Status.PASSED, Status.PASSED], Status.PASSED),
        ([Status.PASSED, Status.FAILED], Status.PARTIAL),
        ([Status.LIMIT, Status.PASSED, Status.MISSING], Status.PARTIAL),
        ([Status.FAILED, Status.FAILED], Status.FAILED),
        ([Status.FAILED, Status.ERROR], Status.ERROR),
        ([Status.ERROR, Status.LIMIT], Status.LIMIT),
        ([Status.LIMIT, Status.MISSING], Status.MISSING),
        ([Status.MISSING], Status.MISSING),
    ],
)
def test_status_of_a_function_follows_from_its_checks(
    statuses: list[Status], status: Status
) -> None:
    """A function without points has the first status in the order of precedence."""
    assert score(*statuses).status is status


@pytest.mark.parametrize("failure", [Status.FAILED, Status.ERROR, Status.LIMIT, Status.MISSING])
def test_function_with_anything_but_passed_checks_is_not_passed(failure: Status) -> None:
    """A function is passed only if all its checks are."""
    function = score(Status.PASSED, failure)

    assert function.status is not Status.PASSED


def test_check_that_passed_but_is_worth_nothing_gives_no_part_of_the_points() -> None:
    """A function is partial only if it earned points."""
    results = [
        check_result("update/a", Status.PASSED, max_points=0.0),
        check_result("update/b", Status.FAILED),
    ]

    (function,) = score_functions(results, ["update"])

    assert (function.status, function.score) == (Status.FAILED, 0.0)


def test_score_is_the_sum_of_the_checks() -> None:
    """The score and the maximum of a function are the exact sums over its checks."""
    function = score(Status.PASSED, Status.FAILED, Status.PASSED, max_points=0.1)

    assert (function.score, function.max_score) == (0.2, 0.3)


def test_functions_come_in_the_order_of_the_assignment() -> None:
    """Functions are in the assignment's order, without those that have no check."""
    results = [check_result(one) for one in ("b/2", "a/1", "b/1", "ab/1")]

    functions = score_functions(results, ["a", "none", "b"])

    assert [function.name for function in functions] == ["a", "b"]
    assert [check.id for check in functions[1].checks] == ["b/2", "b/1"]


def test_nothing_was_checked_gives_no_functions() -> None:
    """Without results there are no functions."""
    assert score_functions([], ["a", "b"]) == ()
