"""The page of one submission: what it says, in which order, and that nothing gets through it."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import msgspec
import pytest
from fakes import check_result, make_report

from grader.outputs.pages.student_page import render_student_page
from grader.report.model import (
    DrawnAs,
    Example,
    FunctionResult,
    IsolationInfo,
    Picture,
    Report,
    ReportStatus,
    Series,
    Status,
    SubmissionInfo,
    Visibility,
)

# What never has an end tag.
_VOID = frozenset("meta img br hr path circle rect use".split())

HOSTILE = (
    "</pre></details></main><script>window.pwned=1</script><img src=x onerror=window.pwned=1>"
    '<svg onload=window.pwned=1><meta http-equiv=refresh content="0;url=//evil.test">'
    "<style>*{background:url(//evil.test)}</style><a href=javascript:window.pwned=1>x</a>"
    "&\x1b[2J\x00\u202e\ud800\"'{{7*7}}{% raw %}<!--"
)


class Reader(HTMLParser):
    """Reads a page as text and elements, and holds it to being well formed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        assert len(attrs) == len(dict(attrs)), attrs
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element, which has no content."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """What was opened last is closed first."""
        assert self._open.pop() == tag
        self.text += " "

    def handle_data(self, data: str) -> None:
        """Keep the text, except the sheet."""
        if self._open[-1:] != ["style"]:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def read(report: Report, notebook: bytes | None = None) -> Reader:
    """Render a report, and read the page."""
    return Reader(render_student_page(report, notebook=notebook))


def words(text: str) -> str:
    """Give a text with single blanks."""
    return " ".join(text.split())


def picture(title: str = "The loss falls", label: str = "yours") -> Picture:
    """Make a picture of two lines."""
    series = [
        Series(label=name, role=role, drawn_as=DrawnAs.LINE, x=(1.0, 2.0, 3.0), y=(3.0, 2.0, end))
        for name, role, end in ((label, "student", 2.5), ("right", "right", 1.0))
    ]
    return Picture(title=title, x_label="step", y_label="loss", series=tuple(series))


def with_pictures(report: Report, *pictures: Picture) -> Report:
    """Give every function of a report these pictures."""
    functions = tuple(msgspec.structs.replace(one, pictures=pictures) for one in report.functions)
    return msgspec.structs.replace(report, functions=functions)


def hostile_report() -> Report:
    """Make a report in which every text is an attack."""
    report = make_report(
        check_result(
            "mse/a",
            Status.FAILED,
            title=HOSTILE,
            message=HOSTILE,
            hint=HOSTILE,
            section=HOSTILE,
            misconception=HOSTILE,
            example=Example(code=HOSTILE, got=HOSTILE, expected=HOSTILE),
        ),
        check_result("<b onclick=window.pwned=1>/a", Status.ERROR, message=HOSTILE),
        submission=SubmissionInfo(name=HOSTILE, sha256=HOSTILE, format="notebook"),
        status=ReportStatus.STOPPED,
        notes=(HOSTILE,),
        output=HOSTILE,
        isolation=IsolationInfo(mode="auto", missing={"files": HOSTILE}),
        environment={"torch": HOSTILE},
    )
    return with_pictures(report, picture(title=HOSTILE, label=HOSTILE))


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
def test_status_is_told_in_words(status: Status, word: str) -> None:
    """Colour and sign are only beside it."""
    page = read(make_report(check_result("mse/a", status)))

    assert f"mse {0 if word != 'right' else 1} / 1 {word}" in words(page.text)


def test_score_is_the_headline() -> None:
    """With the file and the assignment around it, and in the window's title."""
    page = read(make_report(check_result("mse/a"), check_result("mse/b", Status.FAILED)))

    assert words(page.text).startswith("1 of 2 points, lab4.py, Lab 4")
    assert page.text.count("1 of 2 points") == 2


def test_failure_is_told_with_everything_that_helps() -> None:
    """Promise, verdict, input to paste, got, wanted, what to try next: in this order."""
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

    told = ["Promise", "(0 of 1 points)", "Verdict", "print(mse(1))", "Got 5.", "Should be 6."]
    rest = ["Hint: Next", "Read on in: 4. Descent", "Known mistake: mse/sum"]
    places = [text.index(one) for one in [*told, *rest]]
    assert places == sorted(places)


def test_first_failure_is_unfolded_and_the_others_are_not() -> None:
    """A screen at a time."""
    report = make_report(
        check_result("mse/a"),
        check_result("update/a", Status.MISSING),
        check_result("train/a", Status.FAILED),
        check_result("sigmoid/a", Status.ERROR),
    )

    page = read(report)

    assert ["open" in one for one in page.all("details")] == [False, False, True, False]


def test_cause_that_several_checks_share_is_told_once() -> None:
    """The others refer to it, and a mistake is named once."""
    results = [
        check_result(f"mse/{n}", Status.FAILED, message=f"did {n // 2}", misconception="mse/sum")
        for n in range(4)
    ]

    text = read(make_report(*results)).text

    assert text.count("did 0") == text.count("did 1") == 1
    assert text.count("For the same reason.") == 2
    assert text.count("Known mistake") == 1


def test_function_that_is_right_says_what_was_checked() -> None:
    """Also one that is not written yet."""
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


def test_checks_that_passed_stand_below_those_that_failed() -> None:
    """So that a partly right function shows both."""
    results = (check_result("mse/a", title="Good"), check_result("mse/b", Status.FAILED))

    assert "Right already ✓ Good" in words(read(make_report(*results)).text)


def test_picture_is_drawn_with_a_name_a_legend_and_its_ends_in_words() -> None:
    """For who can't see it, and on a page of several with ids of its own."""
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
    """The rest of the page is worth having."""
    broken = msgspec.structs.replace(picture().series[0], x=(1.0,))
    pictures = (msgspec.structs.replace(picture(), series=(broken,)), picture())
    report = with_pictures(make_report(check_result("mse/a", Status.FAILED)), *pictures)

    page = read(report)

    assert [one.get("role") for one in page.all("svg")].count("img") == 1


def test_stopped_submission_says_so_and_keeps_what_it_earned() -> None:
    """Beside the score."""
    text = read(make_report(check_result("mse/a"), status=ReportStatus.STOPPED)).text

    assert "1 of 1 points" in text
    assert "It was ended before everything was graded." in text


def test_unreadable_submission_says_why_and_what_it_is_worth() -> None:
    """Lines of the reason stay lines."""
    report = make_report(
        status=ReportStatus.UNREADABLE, score=0.0, max_score=100.0, error="line 1 is no Python\n  ^"
    )

    page = read(report)

    assert "Can't be graded" in page.text
    assert "0 of 100 points" in page.text
    assert "line 1 is no Python\n  ^" in page.text
    assert page.all("details") == []


def test_fault_of_the_grader_has_no_score_and_says_that_it_is_no_zero() -> None:
    """Whoever reads it knows whom to ask."""
    report = make_report(
        status=ReportStatus.GRADER_ERROR, score=None, max_score=None, error="it broke"
    )

    page = read(report)

    assert "No score" in page.text
    assert "it broke" in page.text
    assert "it is not a zero" in page.text
    assert " points" not in page.text


def test_rest_of_the_report_is_told() -> None:
    """Notes, output, locks, points to come, and what somebody needs to repeat it."""
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

    for told in (
        "3 more points are checked after the due date",
        "While reading it cell 2 raised",
        "what it printed is not shown",
        "Not locked on this machine: reading and writing files.",
        "lab4, version 1",
        "Seed of the inputs 7",
        "0" * 64,
        "zerograd 0.1.0, torch 2.9.1, Python 3.11.7",
    ):
        assert told in text
    open_report = make_report(check_result("mse/a"), output="a\nb\n")
    assert "It printed 2 lines a b" in words(read(open_report).text)


def test_hidden_check_tells_nothing_of_its_case() -> None:
    """Neither in words nor in a picture."""
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
    """Also where another function has some."""
    hidden = check_result("update/a", Status.FAILED, visibility=Visibility.HIDDEN)
    report = with_pictures(make_report(check_result("mse/a", Status.FAILED), hidden), picture())

    page = read(report)

    assert page.text.count("“yours” ends") == 2  # in the drawing's description, and below it


def test_flood_is_cut() -> None:
    """Of output and of notes."""
    report = make_report(output="line\n" * 200_000, notes=("a note",) * 5_000)

    page = render_student_page(report)

    assert len(page) < 60_000
    assert "It printed 200000 lines" in page
    assert "and 4950 more, which are in the JSON report" in page


def test_page_is_whole_in_itself() -> None:
    """No script, no address but those inside, and a policy that allows nothing else."""
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


def test_no_element_styles_itself() -> None:
    """The policy would forbid it, and only the sheet knows dark from light."""
    html = render_student_page(
        with_pictures(make_report(check_result("mse/a", Status.FAILED)), picture())
    )

    assert not re.search(r'\sstyle="', html)
    assert "prefers-color-scheme: dark" in html
    colors = re.findall(r'(?:fill|stroke)="([^"]+)"', html)
    assert {one for one in colors if not one.startswith("var(")} == {"none", "currentColor"}


def test_headings_are_in_order() -> None:
    """From the score down, with none left out."""
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
    """Byte by byte, pictures too."""
    report = with_pictures(make_report(check_result("mse/a", Status.FAILED)), picture())

    assert render_student_page(report) == render_student_page(report)


def test_hostile_report_is_text_and_nothing_else() -> None:
    """It opens and closes no element, and what can't be seen is shown."""
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


def test_function_of_a_strange_name_has_an_anchor_all_the_same() -> None:
    """By its place."""
    result = FunctionResult(
        name='"><b>', status=Status.FAILED, score=0, max_score=1, checks=(check_result(),)
    )

    page = read(make_report(functions=(result,)))

    assert page.all("details")[0]["id"] == "function-1"
