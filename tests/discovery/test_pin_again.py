"""A line that was named stays named when misconceptions are named again, and none fits."""

import pytest

from grader.discovery.kept import Kept, KeptUnit, read_kept, write_kept
from grader.discovery.rename import _pin_again, _TooLittleError
from grader.report.model import CheckResult, Status

RESULT = CheckResult(
    id="mse/value", title="", status=Status.FAILED, points=0, max_points=1, message="it is wrong"
)


def pinned_again(check_id: str, text: str | None) -> str:
    """Return the message of the check after names were given again."""
    results = {RESULT.id: RESULT}
    _pin_again(KeptUnit(name="mse", pin=(check_id, text)), results)
    return results[RESULT.id].message


def test_line_is_named_again() -> None:
    """Below the message, as when it was graded."""
    assert pinned_again(RESULT.id, "look there") == "it is wrong\n(look there)"


def test_nothing_is_said_where_nothing_was_found() -> None:
    """Somebody has looked, and would look in vain again."""
    assert pinned_again(RESULT.id, "") == "it is wrong"
    assert pinned_again("", "") == "it is wrong"


def test_unit_that_had_a_name_is_graded_anew() -> None:
    """Nobody has looked for its line yet."""
    with pytest.raises(_TooLittleError):
        pinned_again(RESULT.id, None)


def test_unit_whose_check_was_not_kept_is_graded_anew() -> None:
    """The line would be lost."""
    with pytest.raises(_TooLittleError):
        pinned_again("mse/other", "look there")


@pytest.mark.parametrize("pin", [("mse/value", None), ("mse/value", "look there"), ("", "")])
def test_pin_is_kept(pin: tuple[str, str | None]) -> None:
    """In the file beside the report."""
    written = write_kept(7, [KeptUnit(name="mse", pin=pin)])

    assert read_kept(written) == Kept(seed=7, units=(KeptUnit(name="mse", pin=pin),))
