"""The report in a notebook: well-formed, escaped, readable in any theme, self-contained."""

import re
from html.parser import HTMLParser

import pytest
from fakes import check_result, make_report

from grader.outputs.notebook_html import line_to_html, report_to_html
from grader.report.model import (
    Example,
    IsolationInfo,
    LoadingNote,
    NoteKind,
    Report,
    ReportStatus,
    Status,
    SubmissionInfo,
)

HOSTILE = "</pre></details><script>alert(1)</script><img src=x onerror=y>&\x1b[2J\u202e\"'{0}"
HOSTILE_REPORT = make_report(
    check_result(
        "mse/a",
        Status.FAILED,
        title=HOSTILE,
        message=HOSTILE,
        hint=f"hint {HOSTILE}",
        section=HOSTILE,
        example=Example(code=HOSTILE, got=HOSTILE, expected=HOSTILE),
    ),
    check_result("<b>/a", Status.ERROR, message=HOSTILE),
    submission=SubmissionInfo(name=HOSTILE, sha256="", format="notebook"),
    status=ReportStatus.STOPPED,
    notes=(HOSTILE,),
    output=HOSTILE,
    isolation=IsolationInfo(mode="auto", missing={"files": HOSTILE}),
)


class Reader(HTMLParser):
    """A parser that keeps the text of an HTML fragment, and fails on what is not allowed."""

    ALLOWED = frozenset("div p span strong code pre details summary".split())

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.open_details: list[bool] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Fail unless it is an allowed element with allowed attributes."""
        assert tag in self.ALLOWED, tag
        assert {name for name, _ in attrs} <= {"style", "open", "aria-hidden"}, attrs
        if tag == "details":
            self.open_details.append(("open", None) in attrs)
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Fail unless the element that was opened last is closed."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def read(report: Report) -> Reader:
    """Return a report as HTML, parsed."""
    return Reader(report_to_html(report))


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
    assert word in read(make_report(check_result("mse/a", status))).text


@pytest.mark.parametrize("status", [Status.PASSED, Status.MISSING])
def test_function_without_failures_can_not_be_unfolded(status: Status) -> None:
    """A function that is right or not written yet has a single row and no details."""
    shown = read(make_report(check_result("mse/a", status, title="Promise")))

    assert shown.open_details == []
    assert "Promise" not in shown.text


def test_first_failure_is_unfolded_and_the_others_are_not() -> None:
    """Only the first function with a failure is unfolded, so that a screen shows one."""
    report = make_report(
        check_result("mse/a"),
        check_result("update/a", Status.MISSING),
        check_result("train/a", Status.FAILED),
        check_result("sigmoid/a", Status.ERROR),
        notes=("cell 2 raised",),
    )

    assert read(report).open_details == [True, False, False]


def test_failure_is_shown_with_everything_that_helps() -> None:
    """A failure shows title, points, message, code, got, should be, hint and section in order."""
    example = Example(code="print(mse(1))", got="5.", expected="6.")
    result = check_result(
        "mse/a",
        Status.FAILED,
        title="Promise",
        message="Verdict",
        hint="Next",
        section="4. Descent",
        example=example,
    )

    text = read(make_report(result)).text

    texts = [
        "Promise",
        "(0 of 1 points)",
        "Verdict",
        "print(mse(1))",
        "Got",
        "5.",
        "Should be",
        "6.",
    ]
    places = [text.index(one) for one in [*texts, "Hint: Next", "Read more in: 4. Descent"]]
    assert places == sorted(places)


def test_reason_that_several_checks_share_is_shown_once() -> None:
    """Checks that fail for the same reason as an earlier one only refer to it."""
    results = [check_result(f"mse/{n}", Status.LIMIT, message="did not end") for n in range(3)]

    text = read(make_report(*results)).text

    assert text.count("did not end") == 1
    assert text.count("fails for the same reason") == 2


def test_score_is_shown_with_the_maximum() -> None:
    """The fragment begins with the score and the maximum."""
    report = make_report(check_result("mse/a", max_points=2.5), check_result("mse/b", Status.ERROR))

    assert read(report).text.startswith("2.5 of 3.5 points \xa0Lab 4")


def test_rest_of_the_report_is_shown() -> None:
    """Notes, output, an early end and missing locks are shown below the functions."""
    report = make_report(
        notes=("cell 2 raised", "cell 3 raised"),
        output="a\nb\n",
        status=ReportStatus.STOPPED,
        isolation=IsolationInfo(mode="auto", missing={"files": "no Landlock"}),
    )

    text = read(report).text

    for words in (
        "2 notes",
        "cell 3 raised",
        "The submission printed 2 lines",
        "Grading ended before everything was checked.",
        "Not locked on this machine: reading and writing files.",
    ):
        assert words in text


def test_flood_of_output_is_cut() -> None:
    """Very long output is cut, since a notebook file keeps every byte of it."""
    html = report_to_html(make_report(output="line\n" * 100_000))

    assert "The submission printed 100000 lines" in html
    assert len(html) < 20_000


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (ReportStatus.UNREADABLE, "can't be graded: too large"),
        (ReportStatus.GRADER_ERROR, "the grader failed, so there is no score: too large"),
    ],
)
def test_report_without_a_grade_is_one_line(status: ReportStatus, line: str) -> None:
    """A report without a grade is a single line that says why."""
    report = make_report(status=status, error="too large", score=None, max_score=None)

    assert read(report).text == line


def test_causes_come_first_and_short_remarks_are_unfolded() -> None:
    """What stopped the cells is above the functions; what is instead of one is not folded."""
    cause = LoadingNote(kind=NoteKind.RAISED, text="cell 1 raised")
    found = "predict is a tensor here"

    page = Reader(
        report_to_html(
            make_report(
                check_result("mse/a", Status.FAILED, message="m"),
                check_result("predict/a", Status.MISSING, message=found),
                check_result("update/a", Status.FAILED, message="u"),
                loading=(cause,),
                notes=(cause.text, "other"),
            )
        )
    )

    assert page.open_details == [True, True, False, False]
    assert page.text.count(cause.text) == page.text.count(found) == 1
    assert page.text.index(cause.text) < page.text.index("mse") < page.text.index("1 note")


@pytest.mark.parametrize(
    "html",
    [report_to_html(HOSTILE_REPORT), line_to_html(HOSTILE)],
    ids=["report", "line"],
)
def test_nothing_that_a_student_wrote_is_markup(html: str) -> None:
    """Markup, control characters and braces in a student's text are shown as text."""
    text = Reader(html).text

    assert "<script>alert(1)</script>" in text
    assert "\"'{0}" in text
    if "points" in text:
        assert text.count("<script>alert(1)</script>") == 11
        assert "\\x1b[2J\\u202e" in text
        assert not set("\x1b\u202e") & set(html)


def test_nothing_is_loaded_and_no_colour_is_painted_behind_text() -> None:
    """Nothing is loaded, and text, borders and backgrounds take the colours of the theme."""
    html = report_to_html(HOSTILE_REPORT)
    styles = "; ".join(re.findall(r'style="([^"]*)"', html))

    assert not re.search(r"url\(|@import|expression", styles)
    assert set(re.findall(r"background: (\w+)", styles)) == {"none"}
    colors = set(re.findall(r"(?<![-\w])color: ([^;]+)", styles))
    assert colors <= {"inherit", "#2a9d4a", "#b7791f", "#d64541"}


@pytest.mark.parametrize("background", ["#ffffff", "#111111"], ids=["light", "dark"])
@pytest.mark.parametrize("color", ["#2a9d4a", "#b7791f", "#d64541"])
def test_signs_can_be_seen_in_both_themes(color: str, background: str) -> None:
    """Signs have a contrast of 3:1, as WCAG asks for graphics, on white and on black."""

    def luminance(code: str) -> float:
        parts = [int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted([luminance(color), luminance(background)])

    assert (lighter + 0.05) / (darker + 0.05) >= 3
