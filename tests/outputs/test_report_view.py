"""What every report shows of a submission as a whole: causes first, each of them once."""

import pytest
from fakes import check_result, make_report

from grader.outputs.report_view import view_report
from grader.report.model import CheckResult, LoadingNote, NoteKind, Status


def lacks(name: str, function: str) -> CheckResult:
    """Make the result of a check of a function that stops at a name that is not defined."""
    return check_result(
        f"{function}/a",
        Status.ERROR,
        message=f"{function}() raised NameError: name '{name}' is not defined\n    line 3: x",
        hint="A typo?",
    )


def note(kind: NoteKind, text: str, subject: str = "") -> LoadingNote:
    """Make a note of what happened while a submission was loaded."""
    return LoadingNote(kind=kind, text=text, subject=subject)


def test_missing_import_is_said_once_for_all_functions() -> None:
    """The functions that stop at one name have no failures of their own."""
    names = ("mse", "update", "train")

    view = view_report(make_report(*(lacks("torch", one) for one in names), check_result("f/a")))

    assert view.causes == (
        (
            "torch is not defined, and 3 functions stop there: mse, update, train. "
            "Is `import torch` missing?"
        ),
    )
    assert [(one.remark, one.failures) for one in view.functions[:3]] == [
        ("torch is not defined: see the top", ())
    ] * 3
    assert view.functions[3].remark == ""


@pytest.mark.parametrize("kind", [NoteKind.NOT_IMPORTED, NoteKind.NOT_INSTALLED])
def test_note_about_a_module_is_enough(kind: NoteKind) -> None:
    """A module that a note is about is not named a second time."""
    told = note(kind, "numpy is missing", "numpy")
    report = make_report(
        lacks("np", "mse"), lacks("np", "update"), loading=(told,), notes=(told.text,)
    )

    view = view_report(report)

    assert view.causes == ("numpy is missing",)
    assert [one.failures for one in view.functions] == [(), ()]
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
