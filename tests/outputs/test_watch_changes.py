"""The changes from one report to the next."""

from fakes import check_result, make_report

from grader.outputs.watch_changes import describe_changes
from grader.report.model import CheckResult, Status


def mse(*, first: bool, second: bool, points: float = 2.0) -> list[CheckResult]:
    """Return the results of a function with two checks, each right or wrong."""
    return [
        check_result(
            f"mse/{name}",
            Status.PASSED if is_right else Status.FAILED,
            title=f"The {name}",
            max_points=points,
        )
        for name, is_right in (("first", first), ("second", second))
    ]


def test_function_that_gained_is_shown_with_its_checks() -> None:
    """A gain shows the old and the new points, and the checks that are newly right."""
    before = make_report(*mse(first=True, second=False))
    after = make_report(*mse(first=True, second=True))

    assert describe_changes(before, after) == (
        "+ mse                 2 -> 4 / 4  right",
        "    + now right: The second",
    )


def test_function_that_lost_is_shown_with_its_checks() -> None:
    """A loss shows the old and the new points, and the checks that are newly wrong."""
    before = make_report(*mse(first=True, second=True, points=0.5))
    after = make_report(*mse(first=False, second=True, points=0.5))

    assert describe_changes(before, after) == (
        "- mse                 1 -> 0.5 / 1  partly right",
        "    - now wrong: The first",
    )


def test_gaining_one_check_and_losing_another_is_a_change() -> None:
    """A change of checks is shown even if the points stay the same."""
    before = make_report(*mse(first=True, second=False))
    after = make_report(*mse(first=False, second=True))

    assert describe_changes(before, after) == (
        "+ mse                 2 -> 2 / 4  partly right",
        "    + now right: The second",
        "    - now wrong: The first",
    )


def test_function_that_changed_completely_has_one_line() -> None:
    """If all checks of a function changed, they are not listed one by one."""
    wrong = make_report(*mse(first=False, second=False))
    right = make_report(*mse(first=True, second=True))

    assert describe_changes(wrong, right) == ("+ mse                 0 -> 4 / 4  right",)
    assert describe_changes(right, wrong) == ("- mse                 4 -> 0 / 4  wrong",)


def test_report_without_changes_has_one_line() -> None:
    """Another reason for the same failure is not a change."""
    before = make_report(check_result("mse/a", Status.FAILED))
    after = make_report(check_result("mse/a", Status.ERROR))

    assert describe_changes(before, after) == ("= no points gained or lost",)


def test_functions_that_did_not_change_are_left_out() -> None:
    """Only functions that changed are listed, in the order of the report."""
    before = make_report(
        check_result("mse/a", Status.MISSING), check_result("update/a"), check_result("train/a")
    )
    after = make_report(
        check_result("mse/a"), check_result("update/a"), check_result("train/a", Status.LIMIT)
    )

    lines = describe_changes(before, after)

    assert [line.split()[1] for line in lines if not line.startswith(" ")] == ["mse", "train"]


def test_function_in_only_one_report_is_not_a_change() -> None:
    """A function that was not graded both times is not compared."""
    before = make_report(check_result("mse/a"))
    after = make_report(check_result("update/a"))

    assert describe_changes(before, after) == ("= no points gained or lost",)
