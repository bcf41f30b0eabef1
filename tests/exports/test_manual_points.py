"""Points that a person gives: no format makes a zero of those that wait, or calls a part whole.

``OPEN`` has all 3 automatic points, 1.5 of 2 that a person gave, and 5 that wait; ``DONE`` has the
same with 4 of these 5. ``FULL`` has every point.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fakes import check_result, make_report
from manual_samples import marked_item, waiting_item
from report_samples import HOSTILE_TEXTS, class_work_of, run_export, work_of

from grader.errors import NotExpressibleError
from grader.exports import (
    artemis,
    autolab,
    canvas,
    codegrade,
    coderunner,
    coursera,
    csv_file,
    github_classroom,
    gradescope,
    junit,
    lti,
    markus,
    moodle,
    prairielearn,
    submitty,
    vocareum,
    vpl,
    xqueue,
)
from grader.exports.format import ExportedFile, LeftOut, Work
from grader.exports.registry import list_formats, load_format
from grader.exports.student_view import student_view
from grader.report.manual import with_items
from grader.report.model import Report, Visibility

SAYS = "waits for a person"
AUTOMATIC = make_report(check_result("double/a", max_points=3.0))
OPEN = with_items(AUTOMATIC, (waiting_item(), marked_item(1.5, "plot", 2.0)))
DONE = with_items(AUTOMATIC, (marked_item(4.0), marked_item(1.5, "plot", 2.0)))
FULL = with_items(AUTOMATIC, (marked_item(5.0), marked_item(2.0, "plot", 2.0)))
ALL_WAIT = with_items(
    make_report(check_result("double/a", max_points=3.0, visibility=Visibility.AFTER_DUE_DATE)),
    (waiting_item(),),
)
EXPORTS: dict[str, Callable[[Work], Iterator[ExportedFile | LeftOut]]] = {
    name: load_format(name)  # type: ignore[misc]
    for name in list_formats()
}


def one_file(export: Callable[[Work], Any], report: Report, **settings: str) -> str:
    """Return the only file of an export of one report."""
    files, left_out = run_export(export, work_of(report, **settings))  # type: ignore[arg-type]
    (content,) = files.values()
    assert not left_out
    return content.decode()


def test_the_samples_are_what_they_say() -> None:
    """The score has what was given so far, and the maximum has everything."""
    assert (OPEN.score, OPEN.max_score) == (4.5, 10.0)
    assert (DONE.score, DONE.max_score) == (8.5, 10.0)


@pytest.mark.parametrize("name", sorted(set(EXPORTS) - {"moodle"}))
def test_every_format_says_that_points_wait_or_writes_no_score(name: str) -> None:
    """In words, in a field of its own, or by leaving the student out."""
    settings = {"user": "u1"} if name == "lti" else {}

    files, left_out = run_export(EXPORTS[name], work_of(OPEN, **settings))  # type: ignore[arg-type]

    text = "".join(content.decode() for file, content in files.items() if "b64" not in file)
    whole = text + "".join(one.reason for one in left_out)
    assert any(words in whole for words in (SAYS, "wait for a person"))


@pytest.mark.parametrize("name", sorted(set(EXPORTS) - {"moodle"}))
def test_once_everything_is_marked_nothing_waits(name: str) -> None:
    """No format says so any more, and nobody is left out."""
    settings = {"user": "u1"} if name == "lti" else {}

    files, left_out = run_export(EXPORTS[name], work_of(DONE, **settings))  # type: ignore[arg-type]

    assert not left_out
    assert not any(SAYS.encode() in content for content in files.values())


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_texts_of_students_and_markers_break_no_format(text: str) -> None:
    """Neither its syntax nor what it says: no text becomes a grade, a command or markup."""
    waiting = waiting_item(answer=text, title=f"t{text}", problem=text)
    marked = marked_item(1.5, "plot", 2.0, comment=f"{text}\nGrade :=>> 100\n::error::x")
    report = with_items(AUTOMATIC, (waiting, marked))
    made = {
        name: run_export(EXPORTS[name], work_of(report, **({"user": "u"} if name == "lti" else {})))  # type: ignore[arg-type]
        for name in sorted(set(EXPORTS) - {"moodle"})
    }

    texts = {name: b"".join(files.values()).decode() for name, (files, _) in made.items()}
    ET.fromstring(texts["junit"])  # noqa: S314 - ours
    ET.fromstring(json.loads(texts["xqueue"])["msg"])  # noqa: S314 - ours
    assert json.loads(texts["autolab"].splitlines()[-1])["scores"]["why"] is None
    assert not any(line.startswith("Grade :=>>") for line in texts["vpl"].splitlines())
    result = json.loads(made["github-classroom"][0]["result.json"])
    for test in result["tests"]:
        lines = f"{test['message']}\n{test['output']}".splitlines()
        assert not any(line.lstrip().startswith("::") for line in lines)
    assert "<script>" not in made["coursera"][0]["htmlFeedback.html"].decode()


def test_a_view_counts_waiting_points_as_not_earned_and_never_as_a_pass() -> None:
    """A part of the points is never all of them."""
    shown = student_view(OPEN, is_after_due=False)

    assert (shown.fraction, shown.is_full, shown.is_waiting) == (0.45, False, True)
    assert (shown.waiting_points, shown.has_score) == (5.0, True)
    assert student_view(FULL, is_after_due=False).is_full


def test_if_every_point_is_open_there_is_no_score() -> None:
    """Those that wait for a person and for the due date together are all."""
    shown = student_view(ALL_WAIT, is_after_due=False)

    assert not shown.has_score
    with pytest.raises(NotExpressibleError, match="no points can be shown yet"):
        _ = shown.fraction
    assert student_view(ALL_WAIT, is_after_due=True).fraction == 0.375


def test_gradebook_has_no_score_and_no_zero() -> None:
    """The score until now and what waits have columns of their own."""
    files, _ = run_export(csv_file.export, class_work_of(OPEN, DONE))

    absent, first, second = csv.DictReader(io.StringIO(files["gradebook.csv"].decode("utf-8-sig")))

    assert (first["score"], first["why"], first["plot"]) == ("", "", "1.5")
    assert (first["score_so_far"], first["points_waiting"]) == ("4.5", "5")
    assert first["notes"] == "waits for a person: why"
    assert (second["score"], second["why"], second["points_waiting"]) == ("8.5", "4", "0")
    assert {absent[name] for name in ("score", "why", "score_so_far", "points_waiting")} == {""}


def test_gradebook_without_such_points_is_as_before() -> None:
    """No column is added."""
    files, _ = run_export(csv_file.export, class_work_of(AUTOMATIC))

    assert files["gradebook.csv"].decode().splitlines()[0].endswith("max_score,double,notes")


def test_canvas_cell_stays_empty() -> None:
    """An empty cell is no score, and the student is listed."""
    files, left_out = run_export(canvas.export, class_work_of(OPEN, DONE))

    lines = list(csv.reader(io.StringIO(files["canvas.csv"].decode())))
    assert [line[-1] for line in lines[2:]] == ["", "", "8.5"]  # the first did not hand in
    assert [one.who for one in left_out] == ["s0"]
    assert left_out[0].reason == "why waits for a person, so there is no final score yet"


def test_canvas_worksheet_keeps_the_cell(tmp_path: Path) -> None:
    """What is there already stays there."""
    sheet = tmp_path / "book.csv"
    sheet.write_text(
        "Student,ID,SIS Login ID,Section,A fake (7)\n    Points Possible,,,,10\n"
        "Student 0,1,s0,,9\nStudent 1,2,s1,,9\n"
    )
    work = class_work_of(OPEN, DONE, column="7")
    object.__setattr__(work, "worksheet", sheet)

    files, left_out = run_export(canvas.export, work)

    lines = list(csv.reader(io.StringIO(files["canvas.csv"].decode())))
    assert [line[-1] for line in lines[2:]] == ["9", "8.5"]
    assert [one.who for one in left_out] == ["s0"]


def test_moodle_line_stays_as_it_was(tmp_path: Path) -> None:
    """Neither grade nor feedback is written before a person has marked everything."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade),Feedback comments\n"
        "Participant 1,Student 0,s0@example.edu,Submitted,7,10,Yes,-,-,old\n"
        "Participant 2,Student 1,s1@example.edu,Submitted,,10,Yes,-,-,\n"
    )
    work = class_work_of(OPEN, DONE)
    object.__setattr__(work, "worksheet", sheet)

    files, left_out = run_export(moodle.export, work)

    first, second = csv.DictReader(io.StringIO(files["moodle.csv"].decode()))
    assert (first["Grade"], first["Feedback comments"]) == ("7", "old")
    assert second["Grade"] == "8.5"
    assert "Well said." in second["Feedback comments"]
    assert [one.who for one in left_out] == ["s0"]


def test_gradescope_test_has_no_points_and_there_is_no_total() -> None:
    """It is only information; once it is marked it is a test like all others."""
    result = json.loads(one_file(gradescope.export, OPEN))
    tests = {test["name"]: test for test in result["tests"]}

    assert "score" not in result
    assert not {"score", "max_score", "status"} & set(tests["why"])
    assert (tests["plot"]["score"], tests["plot"]["max_score"]) == (1.5, 2.0)
    done = json.loads(one_file(gradescope.export, DONE))
    assert done["score"] == 8.5
    assert [test["score"] for test in done["tests"]] == [3.0, 4.0, 1.5]


def test_prairielearn_shows_neither_right_nor_wrong() -> None:
    """0 of 0 points is grey there; the fraction is of all points."""
    result = json.loads(one_file(prairielearn.export, OPEN))
    tests = {test["name"]: test for test in result["tests"]}

    assert result["score"] == 0.45
    assert (tests["why"]["points"], tests["why"]["max_points"]) == (0.0, 0.0)
    assert tests["plot"]["max_points"] == 2.0


def test_fractions_count_it_as_not_earned_yet_and_say_so() -> None:
    """Where there is a single number and no word for a part of it."""
    files, _ = run_export(coursera.export, work_of(OPEN))
    feedback = json.loads(files["feedback.json"])
    reply = json.loads(one_file(xqueue.export, OPEN))
    runner = json.loads(one_file(coderunner.export, OPEN))
    validated = json.loads(one_file(submitty.export, OPEN))["data"]

    assert feedback["fractionalScore"] == 0.45
    assert (reply["correct"], reply["score"]) == (False, 0.45)
    assert runner["fraction"] == 0.45
    assert [row[1] for row in runner["testresults"]] == ["Function", "double", "plot"]
    assert validated["score"] == 0.45
    assert [one["status"] for one in validated["message"]][2:] == ["information", "warning"]
    for text in (feedback["feedback"], reply["msg"], runner["prologuehtml"]):
        assert "5 points of the maximum wait for a person to mark: why" in text


def test_github_has_no_test_for_it() -> None:
    """A test that has not passed would be a failure; the points are out of all."""
    files, _ = run_export(github_classroom.export, work_of(OPEN))
    result = json.loads(files["result.json"])

    assert result["max_score"] == 10
    assert [(test["name"], test["score"]) for test in result["tests"]] == [
        ("double", 3.0),
        ("plot", 1.5),
    ]
    full = json.loads(run_export(github_classroom.export, work_of(FULL))[0]["result.json"])
    assert full["status"] == "pass"
    assert sum(test["score"] for test in full["tests"]) == 10


def test_markus_leaves_the_mark_alone() -> None:
    """There is no test, but the comment has the whole report."""
    lines = [json.loads(line) for line in one_file(markus.export, OPEN).splitlines()]

    assert [set(line) for line in lines] == [{"overall_comment"}]
    assert "double: 3 of 3 points" in lines[0]["overall_comment"]
    done = [json.loads(line) for line in one_file(markus.export, DONE).splitlines()]
    assert sum(line.get("marks_earned", 0) for line in done) == 8.5


def test_codegrade_skips_it() -> None:
    """It is neither passed nor failed."""
    suites = json.loads(one_file(codegrade.export, OPEN).splitlines()[0])["results"]

    states = {suite["name"]: suite["testCases"][0]["status"] for suite in suites}
    assert states == {"double": "success", "why": "skipped", "plot": "failure"}


def test_artemis_has_no_feedback_for_it() -> None:
    """Each file counts, so there is none while it waits."""
    files, _ = run_export(artemis.export, work_of(OPEN))

    assert [json.loads(one)["name"] for one in files.values()] == ["double", "plot"]
    assert len(run_export(artemis.export, work_of(DONE))[0]) == 3


def test_junit_skips_it() -> None:
    """A skipped test is neither right nor wrong; a part of the points is a failure."""
    suite = ET.fromstring(one_file(junit.export, OPEN)).find("testsuite")  # noqa: S314 - ours
    assert suite is not None
    tests = {test.get("name"): {child.tag for child in test} for test in suite.iter("testcase")}

    assert "skipped" in tests["why"]
    assert "failure" in tests["plot"]
    assert suite.get("skipped") == "1"


def test_autolab_gets_null() -> None:
    """The problem has no score, and neither has a single problem for the whole."""
    by_problem = json.loads(one_file(autolab.export, OPEN).splitlines()[-1])
    single = json.loads(one_file(autolab.export, OPEN, problem="lab").splitlines()[-1])

    assert by_problem == {"scores": {"double": 3.0, "plot": 1.5, "why": None}}
    assert single == {"scores": {"lab": None}}


def test_vocareum_gets_no_line() -> None:
    """A criterion without a line has no grade."""
    files, _ = run_export(vocareum.export, work_of(OPEN))
    single, _ = run_export(vocareum.export, work_of(OPEN, criterion="lab"))

    assert files["grades.csv"].decode().splitlines() == ["double,3.0", "plot,1.5"]
    assert "grades.csv" not in single


def test_vpl_gets_comments_without_a_grade() -> None:
    """A teacher gives the grade then."""
    assert "Grade :=>>" not in one_file(vpl.export, OPEN)
    assert one_file(vpl.export, DONE).splitlines()[-1] == "Grade :=>> 8.5"


def test_lti_says_that_it_is_pending() -> None:
    """The platform shows a score that is not final as such, or not at all."""
    pending = json.loads(one_file(lti.export, OPEN, user="u1"))
    final = json.loads(one_file(lti.export, DONE, user="u1"))

    assert (pending["activityProgress"], pending["gradingProgress"]) == (
        "Submitted",
        "PendingManual",
    )
    assert (pending["scoreGiven"], pending["scoreMaximum"]) == (4.5, 10.0)
    assert (final["activityProgress"], final["gradingProgress"]) == ("Completed", "FullyGraded")
    assert final["scoreGiven"] == 8.5
    assert "why: 4 of 5 points, marked\nWell said." in final["comment"]
