"""Naming the misconception that moves the leaves as a submission does, whatever it returns."""

from pathlib import Path

import numpy as np
import pytest
from fakes import check_result

from grader.checks.misconceptions import Misconception
from grader.diagnosis.evidence import Evidence, name_checks
from grader.diagnosis.remarks import Remark
from grader.report.model import Status

STOPS = Misconception(
    id="train/stops",
    function="train",
    name="train__stops",
    title="Training ends after the first epoch.",
    hint="Is the return inside of the loop?",
    section="",
    source="",
    path=Path("wrong.py"),
    line=1,
)


def answer(returned: object, place: int) -> list[dict[str, object]]:
    """Make the fingerprint of a call that has moved w by one step only."""
    return [{"returned": returned, "inputs": {"w": np.array([0.5, place])}}]


@pytest.mark.parametrize(
    ("returned", "is_named"),
    [
        ("None", True),
        (np.empty(0), True),
        (np.array([4.0]), True),
        (np.array([4.0, 3.0, 2.0]), False),
        (np.array([4.0, 4.0, 4.0]), False),
    ],
    ids=["nothing", "empty", "another loss", "all losses", "one loss copied"],
)
def test_what_is_returned_must_not_be_proof_of_the_contrary(
    returned: object, *, is_named: bool
) -> None:
    """A list with a loss for each epoch was not returned inside of the loop."""
    check = check_result("train/a", Status.FAILED, message="w is wrong")
    evidence = Evidence(
        function="train",
        checks=(check,),
        asked=tuple(("train/a", place) for place in range(3)),
        given=[answer(returned, place) for place in range(3)],
        wrong=frozenset(range(3)),
        wrong_steps=frozenset(range(3)),
        has_returned=True,
        ratio=Remark(),
    )

    naming = name_checks(
        evidence,
        [STOPS],
        lambda _one, place: answer(np.array([5.0]), place),
        find_remark=Remark,
    )

    assert (naming.found is STOPS) is is_named
    assert (naming.checks[0].misconception == "train/stops") is is_named


def test_what_the_code_shows_stays_with_a_misconception() -> None:
    """It is in the message; the hint is that of the misconception."""
    note = "(train is defined on line 3 and again on line 9; the last one counts)"
    check = check_result("train/a", Status.FAILED, message=f"w is wrong\n{note}", hint="Step.")
    evidence = Evidence(
        function="train",
        checks=(check,),
        asked=(("train/a", 0),),
        given=[answer("None", 0)],
        wrong=frozenset({0}),
        wrong_steps=frozenset({0}),
        has_returned=True,
        ratio=Remark(),
    )

    naming = name_checks(
        evidence, [STOPS], lambda _one, place: answer("None", place), find_remark=Remark
    )

    assert naming.checks[0].message == f"w is wrong\n{note}"
    assert naming.checks[0].hint == "Training ends after the first epoch. " + STOPS.hint
