"""The words for what is in place of a function: each kind has some, and no claim can abuse them."""

import pytest
from fakes import ended, raised

from grader.checks.absent import describe_absence, lacks_return
from grader.checks.units import Unit
from grader.checks.verdict import NoAnswerError, UnwrittenError, WrongError
from grader.observations.messages import Absence, AbsenceKind, Outcome, Place

MSE = Unit(name="mse", parameters=("y_hat", "y"))
MISSING = NoAnswerError("mse", ended(Outcome.MISSING))
WRONG = WrongError("what mse() returns is None", got="None")

WITHOUT_CODE = (AbsenceKind.UNWRITTEN, AbsenceKind.REWRITTEN)
OF_ANSWERS = (*WITHOUT_CODE, AbsenceKind.RAISES_STILL, AbsenceKind.NO_RETURN)
OF_MISSING = [kind for kind in AbsenceKind if kind not in OF_ANSWERS]


def absence(kind: AbsenceKind, subject: str = "MSE") -> Absence:
    """Return a claim with two places."""
    return Absence(
        function="mse",
        kind=kind,
        subject=subject,
        place=Place(line=7, block="cell 2"),
        other=Place(line=3, block="cell 1"),
    )


@pytest.mark.parametrize("kind", OF_MISSING)
def test_each_kind_is_put_into_a_sentence_or_two(kind: AbsenceKind) -> None:
    """A function that is missing is described by its name and place, and by what to do."""
    said = describe_absence(MSE, absence(kind), MISSING)

    assert "mse" in said
    assert "cell 2" in said
    assert said.endswith(".")
    assert len(said) <= 200
    assert not set("{}\n") & set(said)


@pytest.mark.parametrize(
    "subject", ["", "a" * 200, "{name.__class__}", "two words", "line\nbreak", "\x1b[31m", "<b>"]
)
@pytest.mark.parametrize("kind", OF_MISSING)
def test_claimed_name_that_is_none_is_not_shown(kind: AbsenceKind, subject: str) -> None:
    """What a child claims as a name is shown only if it can be one."""
    said = describe_absence(MSE, absence(kind, subject), MISSING)

    assert said
    assert not subject or subject not in said
    assert len(said) <= 200
    assert "\n" not in said


@pytest.mark.parametrize("kind", OF_MISSING)
def test_place_that_is_not_known_is_not_made_up(kind: AbsenceKind) -> None:
    """Without a line no line 0 is named."""
    said = describe_absence(MSE, Absence(function="mse", kind=kind), MISSING)

    assert "line 0" not in said
    assert "line -" not in said


@pytest.mark.parametrize("kind", OF_MISSING)
@pytest.mark.parametrize(
    "verdict", [WRONG, NoAnswerError("mse", raised("ValueError")), UnwrittenError("no answer")]
)
def test_function_that_answers_is_not_said_to_be_missing(
    kind: AbsenceKind, verdict: WrongError | NoAnswerError | UnwrittenError
) -> None:
    """A claim that a function is missing is not believed if it was called."""
    assert describe_absence(MSE, absence(kind), verdict) == ""


@pytest.mark.parametrize("kind", WITHOUT_CODE)
@pytest.mark.parametrize("verdict", [WRONG, NoAnswerError("mse", raised("NotImplementedError"))])
def test_function_without_code_has_no_wrong_answer(
    kind: AbsenceKind, verdict: WrongError | NoAnswerError
) -> None:
    """What a function without code answers is not called wrong."""
    assert describe_absence(MSE, absence(kind), verdict).startswith("mse() ")


@pytest.mark.parametrize("outcome", [Outcome.TIME_LIMIT, Outcome.STOPPED, Outcome.FORGED])
def test_limit_is_not_explained_by_missing_code(outcome: Outcome) -> None:
    """Where a limit ended the function, that is what is said."""
    verdict = NoAnswerError("mse", ended(outcome))

    assert describe_absence(MSE, absence(AbsenceKind.UNWRITTEN), verdict) == ""


def test_nothing_is_said_where_nothing_is_known() -> None:
    """Without a claim, the check's own words stand."""
    assert describe_absence(MSE, None, MISSING) == ""
    assert not lacks_return(None, WRONG)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (WRONG, True),
        (WrongError("w after mse() is None", got="None"), False),
        (WrongError("what mse() returns is a list", got="a list"), False),
    ],
)
def test_return_is_missing_only_where_none_was_returned(
    wrong: WrongError, *, expected: bool
) -> None:
    """A missing return explains only that None was returned."""
    assert lacks_return(absence(AbsenceKind.NO_RETURN), wrong) is expected
    assert not lacks_return(absence(AbsenceKind.UNWRITTEN), wrong)
