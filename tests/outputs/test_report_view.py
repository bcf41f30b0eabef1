"""What every report shows of a submission as a whole: causes first, each of them once."""

import pytest
from fakes import check_result, make_report

from grader.checks.no_answer import describe_no_answer
from grader.checks.verdict import NoAnswerError
from grader.observations.messages import Observation, Outcome, Raised
from grader.outputs.report_view import view_report
from grader.report.model import CheckResult, LoadingNote, NoteKind, Status


def failed(function: str, raised: Raised) -> CheckResult:
    """Make the result of a check of a function that raised, in the words of the checks."""
    observation = Observation(outcome=Outcome.RAISED, raised=raised)
    reason = describe_no_answer(NoAnswerError(function, observation))
    return check_result(f"{function}/a", reason.status, message=reason.message, hint=reason.hint)


def lacks(name: str, function: str) -> CheckResult:
    """Make the result of a check of a function that stops at a name that is not defined."""
    text = f"name '{name}' is not defined"
    return failed(function, Raised(type_name="NameError", text=text, line=3, code="x"))


def note(kind: NoteKind, text: str, subject: str = "") -> LoadingNote:
    """Make a note of what happened while a submission was loaded."""
    return LoadingNote(kind=kind, text=text, subject=subject)


TORCH = Raised(type_name="NameError", text="name 'torch'", missing_import="import torch", line=2)
SEABORN = Raised(type_name="NameError", text="name 'sns'", missing_module="seaborn", line=2)
UNDEFINED = Raised(type_name="NameError", text="name 'data' is not defined", line=2)


@pytest.mark.parametrize(
    ("raised", "cause", "remark"),
    [
        (
            TORCH,
            (
                "`import torch` is missing, and 3 functions need it: mse, update, train. "
                "Write it at the top."
            ),
            "needs `import torch`: see the top",
        ),
        (
            SEABORN,
            "seaborn is not installed here, and 3 functions need it: mse, update, train",
            "needs seaborn, which is not installed here",
        ),
        (
            UNDEFINED,
            "data is not defined, and 3 functions stop there: mse, update, train",
            "data is not defined: see the top",
        ),
    ],
    ids=["not imported", "not installed", "not defined"],
)
def test_what_several_functions_lack_is_said_once(raised: Raised, cause: str, remark: str) -> None:
    """The functions that stop at one name have no failures of their own."""
    names = ("mse", "update", "train")
    unjudged = check_result("train/b", Status.NOT_JUDGED, message="train() gave no answer")

    view = view_report(
        make_report(*(failed(one, raised) for one in names), unjudged, check_result("f/a"))
    )

    assert view.causes == (cause,)
    assert [(one.remark, one.failures) for one in view.functions[:3]] == [(remark, ())] * 3
    assert view.functions[3].remark == ""


@pytest.mark.parametrize(
    ("raised", "kind", "subject"),
    [
        (TORCH, NoteKind.NOT_IMPORTED, "import torch"),
        (SEABORN, NoteKind.NOT_INSTALLED, "seaborn"),
    ],
    ids=["not imported", "not installed"],
)
def test_note_about_a_module_is_enough(raised: Raised, kind: NoteKind, subject: str) -> None:
    """A module that a note is about is not named a second time, not even for one function."""
    about = note(kind, "that is missing", subject)
    report = make_report(failed("mse", raised), loading=(about,), notes=(about.text,))

    view = view_report(report)

    assert view.causes == ("that is missing",)
    assert view.functions[0].failures == ()
    assert subject in view.functions[0].remark
    assert view.notes == ()


def test_consequence_of_several_causes_is_said_once() -> None:
    """Notes that end in the same words do so only once."""
    loading = tuple(
        note(NoteKind.RAISED, f"cell {n} raised; what comes after it still ran\n    line {n}")
        for n in (1, 2)
    )

    view = view_report(make_report(loading=loading, notes=tuple(one.text for one in loading)))

    assert view.causes == (
        "cell 1 raised; what comes after it still ran\n    line 1",
        "cell 2 raised\n    line 2",
    )
    assert view.notes == ()


def test_name_that_one_function_lacks_stays_with_it() -> None:
    """A typo is shown with its line and hint."""
    view = view_report(make_report(lacks("wieght", "mse"), lacks("los", "update")))

    assert view.causes == ()
    assert [len(one.failures) for one in view.functions] == [1, 1]


def test_function_that_fails_otherwise_too_keeps_its_failures() -> None:
    """Only what has that one cause is folded into it."""
    other = check_result("mse/b", Status.FAILED, message="mse is wrong")

    view = view_report(
        make_report(lacks("np", "mse"), other, lacks("np", "update"), lacks("np", "train"))
    )

    assert [len(one.failures) for one in view.functions] == [2, 0, 0]


def test_many_causes_leave_room_for_the_functions() -> None:
    """The first few are at the top, with what follows from them, and the others below."""
    loading = (
        *(note(NoteKind.RAISED, f"cell {n} raised") for n in range(8)),
        note(NoteKind.FOLLOWS, "cells 9 and 10 needed results"),
        note(NoteKind.UNWRITTEN, "cell 11 stopped at functions that are not written yet"),
    )

    view = view_report(make_report(loading=loading, notes=tuple(one.text for one in loading)))

    assert view.causes == (
        *(f"cell {n} raised" for n in range(5)),
        "cells 9 and 10 needed results",
    )
    assert len(view.notes) == 4


def test_what_follows_from_nothing_shown_is_a_note() -> None:
    """Without a cause at the top there is nothing to follow from."""
    loading = (note(NoteKind.FOLLOWS, "cell 2 needed results"),)

    view = view_report(make_report(loading=loading, notes=("cell 2 needed results",)))

    assert (view.causes, view.notes) == ((), ("cell 2 needed results",))
