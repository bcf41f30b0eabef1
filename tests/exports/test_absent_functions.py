"""What there is in place of a function that is not there, in every format that gives reasons."""

import pytest
from fakes import check_result, make_report
from report_samples import work_of

from grader.exports.format import ExportedFile
from grader.exports.registry import list_formats, load_format
from grader.exports.text import head_line
from grader.report.model import Status

WORDS = "Xerxes is on line 4"


def _exported(name: str, status: Status) -> str:
    report = make_report(
        check_result("mse/a", status, message=WORDS), check_result("mse/b", status, message=WORDS)
    )
    files = load_format(name)(work_of(report, user="u1"))
    return "".join(
        one.content.decode("utf-8-sig") for one in files if isinstance(one, ExportedFile)
    )


@pytest.mark.parametrize("name", sorted(set(list_formats()) - {"moodle"}))
def test_format_that_says_why_a_function_is_wrong_says_what_is_in_place_of_one(name: str) -> None:
    """Where the message of a wrong answer is shown, that about a missing function is too."""
    is_shown = "Xerxes" in _exported(name, Status.FAILED)

    assert ("Xerxes" in _exported(name, Status.MISSING)) is is_shown


def test_function_that_is_somewhere_else_is_not_said_to_be_unwritten() -> None:
    """The line of a function that was found under another name says that it was not found."""
    found = make_report(check_result("mse/a", Status.MISSING, message=WORDS)).functions[0]
    unwritten = make_report(
        check_result("mse/a", Status.MISSING, message="mse() is not written yet")
    ).functions[0]

    assert head_line(found) == "mse: 0 of 1 points, not found"
    assert head_line(unwritten) == "mse: 0 of 1 points, not written yet"


def test_message_of_a_junit_test_says_it_too() -> None:
    """Importers of JUnit show the message, and some of them nothing else."""
    assert f'message="{WORDS}"' in _exported("junit", Status.MISSING)
