"""The page of one submission: its contents, their order, and that hostile text stays text."""

import base64
import hashlib
import re

import msgspec
import pytest
from fakes import check_result, make_report
from page_samples import Reader, hostile_report, picture, with_pictures, words

from grader.outputs.pages.brief_page import render_brief_page
from grader.outputs.pages.student_page import render_student_page
from grader.report.model import (
    Example,
    FunctionResult,
    IsolationInfo,
    LoadingNote,
    NoteKind,
    Report,
    ReportStatus,
    Status,
    Visibility,
)


def read(report: Report, notebook: bytes | None = None) -> Reader:
    """Render a report and parse the page."""
    return Reader(render_student_page(report, notebook=notebook))


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.PASSED, "right"),
        (Status.FAILED, "wrong"),
        (Status.ERROR, "raised an error"),
        (Status.LIMIT, "hit a limit"),
        (Status.MISSING, "not written yet"),
    ],
)
def test_status_is_shown_in_words(status: Status, word: str) -> None:
    """Each status is shown by a word beside its colour and its sign."""
    page = read(make_report(check_result("mse/a", status)))

    assert f"mse {0 if word != 'right' else 1} / 1 {word}" in words(page.text)


def test_score_is_the_headline() -> None:
    """The score is the heading and the title, with the file and the assignment beside it."""
    page = read(make_report(check_result("mse/a"), check_result("mse/b", Status.FAILED)))

    assert words(page.text).startswith("1 of 2 points, lab4.py, Lab 4")
    assert page.text.count("1 of 2 points") == 2


def test_failure_is_shown_with_everything_that_helps() -> None:
    """A failure shows title, points, message, code, got, should be, hint, section and id."""
    result = check_result(
        "mse/a",
        Status.FAILED,
        title="Promise",
        message="Verdict",
        hint="Next",
        section="4. Descent",
        misconception="mse/sum",
        example=Example(code="print(mse(1))", got="5.", expected="6."),
    )

    text = words(read(make_report(result)).text)

    texts = ["Promise", "(0 of 1 points)", "Verdict", "print(mse(1))", "Got 5.", "Should be 6."]
    rest = ["Hint: Next", "Read more in: 4. Descent", "Misconception: mse/sum"]
    places = [text.index(one) for one in [*texts, *rest]]
    assert places == sorted(places)


def test_first_failure_is_unfolded_and_the_others_are_not() -> None:
    """Only the first function with a failure is unfolded, so that a screen shows one."""
    report = make_report(
        check_result("mse/a"),
        check_result("update/a", Status.MISSING),
        check_result("train/a", Status.FAILED),
        check_result("sigmoid/a", Status.ERROR),
    )

    page = read(report)

    assert ["open" in one for one in page.all("details")] == [False, False, True, False]


def test_what_is_there_instead_of_a_function_is_unfolded() -> None:
    """A function that is not found is explained in a line, which nobody has to unfold."""
    page = read(
        make_report(
            check_result("mse/a"),
            check_result("train/a", Status.MISSING, message="train() is not written yet"),
            *(
                check_result(f"{name}/a", Status.MISSING, message=f"{name} is a tensor here")
                for name in ("predict", "update")
            ),
        )
    )

    assert ["open" in one for one in page.all("details")] == [False, False, True, True]
    assert "predict is a tensor here" in page.text
    assert "1 right, 1 not written yet, 2 not found" in page.text


def test_causes_are_above_the_functions() -> None:
    """What stopped the file is said before the functions, and not again among the notes."""
    cause = LoadingNote(kind=NoteKind.NOT_INSTALLED, text="pandas is missing")

    text = read(
        make_report(check_result("mse/a"), loading=(cause,), notes=(cause.text, "other note"))
    ).text

    assert text.count(cause.text) == 1
    assert text.index(cause.text) < text.index("Functions") < text.index("other note")


def test_reason_that_several_checks_share_is_shown_once() -> None:
    """Later checks refer to the reason, and a misconception is named once."""
    results = [
        check_result(f"mse/{n}", Status.FAILED, message=f"did {'ab'[n // 2]}") for n in range(4)
    ]
    results[2:] = [msgspec.structs.replace(one, misconception="mse/sum") for one in results[2:]]

    text = read(make_report(*results)).text

    assert text.count("did a") == text.count("did b") == 1
    assert text.count("Fails for the same reason.") == 2
    assert text.count("Misconception:") == 1


def test_function_without_failures_lists_its_checks() -> None:
    """A function that is right or not written yet lists its checks."""
    text = words(
        read(
            make_report(
                check_result("mse/a", title="It is the mean"),
                check_result("update/a", Status.MISSING, title="It moves w"),
            )
        ).text
    )

    assert "What was checked ✓ It is the mean (1 of 1 points)" in text
    assert "What will be checked · It moves w (0 of 1 points)" in text


def test_passed_checks_are_below_the_failures() -> None:
    """A partly right function lists its passed checks below the failures."""
    results = (check_result("mse/a", title="Good"), check_result("mse/b", Status.FAILED))

    assert "Already right ✓ Good" in words(read(make_report(*results)).text)


def test_picture_has_a_title_and_a_description() -> None:
    """Each picture has unique ids, a title, and a description for readers who can't see it."""
    report = with_pictures(make_report(check_result("mse/a", Status.FAILED)), picture(), picture())

    page = read(report)

    drawings = [one for one in page.all("svg") if one.get("role") == "img"]
    assert [one["aria-labelledby"] for one in drawings] == [
        "picture-1-title picture-1-words",
        "picture-2-title picture-2-words",
    ]
    assert "“yours” ends at step = 3, loss = 2.5; “right” ends at step = 3, loss = 1." in page.text
    ids = [one["id"] for _, one in page.elements if "id" in one]
    assert len(ids) == len(set(ids))


def test_picture_that_can_not_be_drawn_is_left_out() -> None:
    """A picture that can't be drawn doesn't cost the rest of the page."""
    broken = msgspec.structs.replace(picture().series[0], x=(1.0,))
    pictures = (msgspec.structs.replace(picture(), series=(broken,)), picture())
    report = with_pictures(make_report(check_result("mse/a", Status.FAILED)), *pictures)

    page = read(report)

    assert [one.get("role") for one in page.all("svg")].count("img") == 1


def test_stopped_submission_is_marked_and_keeps_its_points() -> None:
    """A submission that was ended early shows its points and that it was ended."""
    text = read(make_report(check_result("mse/a"), status=ReportStatus.STOPPED)).text

    assert "1 of 1 points" in text
    assert "Grading ended before everything was checked." in text


def test_unreadable_submission_says_why_and_what_it_is_worth() -> None:
    """An unreadable submission shows its points and the reason, with its line breaks."""
    report = make_report(
        status=ReportStatus.UNREADABLE,
        score=0.0,
        max_score=100.0,
        error="line 1 is not valid Python\n  ^",
    )

    page = read(report)

    assert "Can't be graded" in page.text
    assert "0 of 100 points" in page.text
    assert "line 1 is not valid Python\n  ^" in page.text
    assert page.all("details") == []


def test_fault_of_the_grader_has_no_score_and_is_not_a_zero() -> None:
    """If the grader failed, the page says so, with the reason and without any points."""
    report = make_report(
        status=ReportStatus.GRADER_ERROR, score=None, max_score=None, error="it broke"
    )

    page = read(report)

    assert "No score" in page.text
    assert "it broke" in page.text
    assert "it is not a zero" in page.text
    assert " points" not in page.text


def test_rest_of_the_report_is_shown() -> None:
    """Pending points, notes, missing locks and what is needed to repeat the grading are shown."""
    late = check_result(
        "mse/late", Status.FAILED, max_points=3.0, visibility=Visibility.AFTER_DUE_DATE
    )
    report = make_report(
        check_result("mse/a"),
        late,
        notes=("cell 2 raised",),
        output="a\nb\n",
        isolation=IsolationInfo(mode="auto", missing={"files": "no Landlock"}),
        environment={"zerograd": "0.1.0", "torch": "2.9.1", "python": "3.11.7"},
    )

    text = words(read(report).text)

    for expected in (
        "3 more points depend on checks shown after the due date",
        "Notes cell 2 raised",
        "the output is not shown",
        "Not locked on this machine: reading and writing files.",
        "lab4, version 1",
        "Seed of the inputs 7",
        "0" * 64,
        "zerograd 0.1.0, torch 2.9.1, Python 3.11.7",
    ):
        assert expected in text
    open_report = make_report(check_result("mse/a"), output="a\nb\n")
    assert "The submission printed 2 lines a b" in words(read(open_report).text)


def test_hidden_check_reveals_nothing_of_its_example() -> None:
    """A hidden check shows neither texts nor pictures that could reveal its example."""
    secret = check_result(
        "mse/b",
        Status.FAILED,
        message="secret",
        hint="secret",
        example=Example(code="secret", got="secret", expected="secret"),
        visibility=Visibility.HIDDEN,
    )
    report = with_pictures(make_report(check_result("mse/a"), secret), picture(title="secret"))

    page = render_student_page(report)

    assert "secret" not in page
    assert "this check is hidden" in page


def test_picture_of_a_function_without_hidden_checks_stays() -> None:
    """A hidden check of one function doesn't remove the pictures of another one."""
    hidden = check_result("update/a", Status.FAILED, visibility=Visibility.HIDDEN)
    report = with_pictures(make_report(check_result("mse/a", Status.FAILED), hidden), picture())

    page = read(report)

    # In the drawing's description, and below it.
    assert page.text.count("ends at step = 3, loss = 2.5") == 2


def test_very_long_texts_are_cut() -> None:
    """Very long output and very many notes are cut."""
    report = make_report(output="line\n" * 200_000, notes=("a note",) * 5_000)

    page = render_student_page(report)

    assert len(page) < 60_000
    assert "The submission printed 200000 lines" in page
    assert "and 4,950 more notes, which are left out" in page


def test_page_is_self_contained() -> None:
    """The page has no scripts and no URLs, and its policy allows only its own style sheet."""
    report = with_pictures(make_report(check_result("mse/a", Status.FAILED)), picture())

    html = render_student_page(report)

    page = Reader(html)
    assert "://" not in html
    assert {tag for tag, _ in page.elements} & {"script", "link", "iframe", "base", "form"} == set()
    style = re.search("<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert page.all("meta")[1]["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_page_has_no_inline_styles() -> None:
    """All colours come from the style sheet, which has dark and light ones."""
    html = render_student_page(
        with_pictures(make_report(check_result("mse/a", Status.FAILED)), picture())
    )

    assert not re.search(r'\sstyle="', html)
    assert "prefers-color-scheme: dark" in html
    colors = re.findall(r'(?:fill|stroke)="([^"]+)"', html)
    assert {one for one in colors if not one.startswith("var(")} == {"none", "currentColor"}


def test_headings_are_in_order() -> None:
    """The headings go down from the score without skipping a level."""
    report = make_report(check_result("mse/a", Status.FAILED), notes=("a note",), output="text")

    page = read(report)

    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels == [1, 2, 3, 2, 2]
    assert [tag for tag, _ in page.elements if tag in {"header", "main", "footer"}] == [
        "header",
        "main",
        "footer",
    ]


def test_same_report_gives_the_same_page() -> None:
    """The page of a report is the same byte for byte, pictures included."""
    report = with_pictures(make_report(check_result("mse/a", Status.FAILED)), picture())

    assert render_student_page(report) == render_student_page(report)


def test_hostile_report_adds_no_elements() -> None:
    """Hostile texts add no element and no handler, and invisible characters become visible."""
    plain = with_pictures(
        make_report(
            check_result(
                "mse/a",
                Status.FAILED,
                message="m",
                hint="h",
                section="s",
                misconception="i",
                example=Example(code="c", got="g", expected="e"),
            ),
            check_result("update/a", Status.ERROR, message="m"),
            status=ReportStatus.STOPPED,
            notes=("n",),
            output="o",
            isolation=IsolationInfo(mode="auto", missing={"files": "f"}),
            environment={"torch": "t"},
        ),
        picture(),
    )

    html = render_student_page(hostile_report())

    page = Reader(html)
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in read(plain).elements]
    assert not any(name.startswith("on") for _, one in page.elements for name in one)
    assert "\\x1b[2J\\x00\\u202e" in page.text
    assert "{{7*7}}" in page.text
    assert not any(bad in html for bad in ("\x1b", "\x00", "\u202e"))
    html.encode("utf-8")


def test_function_with_an_unusual_name_has_an_anchor() -> None:
    """A function whose name is not an identifier has its place in its anchor."""
    result = FunctionResult(
        name='"><b>', status=Status.FAILED, score=0, max_score=1, checks=(check_result(),)
    )

    page = read(make_report(functions=(result,)))

    assert page.all("details")[0]["id"] == "function-1"


def test_brief_page_allows_its_own_style_only() -> None:
    """The policy of the page of last resort names the digest of its style sheet."""
    page = render_brief_page(make_report(check_result("mse/a")), "why")

    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'\"" in page
