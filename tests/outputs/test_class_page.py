"""The page of a class: its contents, their order, and that hostile text stays text."""

import base64
import hashlib
import io
import re
from html.parser import HTMLParser

import msgspec
import pytest
from class_fakes import (
    ASSIGNMENT,
    HOSTILE_NAMES,
    MAX_SCORE,
    NAMES,
    check_outline,
    make_class,
    make_failure,
    make_outline,
)

from grader.outputs.class_page import write_class_page
from grader.report.class_figures import ClassFigures
from grader.report.class_model import ClassSummary, Skipped, Student
from grader.report.model import ReportStatus, Status

pytestmark = pytest.mark.slow


def render(summary: ClassSummary) -> str:
    """Return the page of a class."""
    file = io.StringIO(newline="")
    write_class_page(summary, file)
    return file.getvalue()


class Reader(HTMLParser):
    """A parser that keeps the text and the elements of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._is_shown = True
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append((tag, dict(attrs)))
        self._is_shown = tag not in {"style", "script"}

    def handle_endtag(self, tag: str) -> None:
        """Resume keeping text after a style sheet or a script."""
        self._is_shown = self._is_shown or tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        """Keep the text, except in style sheets and scripts."""
        if self._is_shown:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements with a tag."""
        return [attributes for name, attributes in self.elements if name == tag]


CLASS = make_class(40)
PAGE = render(CLASS)


def test_parts_are_in_the_order_of_their_importance() -> None:
    """The problems come before the figures of the class."""
    heads = re.findall(r"<h[12][^>]*>(.*?)</h[12]>", PAGE)

    assert heads == [
        ASSIGNMENT.title,
        "The grader failed on 1 submission",
        "1 submission can&#39;t be graded",
        "Scores",
        "Students",
        "Misconceptions",
        "Checks",
        "Functions",
        "Time",
        "Not handed in",
        "Skipped files",
        "Remarks",
    ]


def test_headline_has_the_counts_and_the_mean() -> None:
    """The figures at the top include how many handed in, how many did not, and the mean."""
    figures = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", PAGE)

    assert dict(figures)["submissions"] == "40"
    assert dict(figures)["not handed in"] == "3"
    assert float(dict(figures)["mean of 100"]) == round(CLASS.scores.mean, 1)


def test_grader_fault_has_no_score_and_says_what_to_do() -> None:
    """A submission that the grader failed on is listed with the reason, and is in no mean."""
    figures = ClassFigures()
    fault = make_failure(ReportStatus.GRADER_ERROR, "the forkserver is gone")
    figures.add(fault, id="a", student=Student(name="Ada"), file="a.py")
    page = Reader(render(figures.finish(assignment=ASSIGNMENT, max_score=1, function_names=("f",))))

    assert "this is not a zero" in page.text
    assert "the forkserver is gone" in page.text
    assert "mean" not in page.text


def test_everybody_is_in_the_table_with_a_link_to_the_report() -> None:
    """Each submission has a link to its report; students who did not hand in are listed too."""
    page = Reader(PAGE)

    links = {attributes.get("href") for attributes in page.named("a")}
    assert {f"reports/{row.id}.html" for row in CLASS.rows if row.id} <= links
    assert all(row.student.name[:20] in page.text for row in CLASS.rows if row.id == "")


def test_links_are_encoded() -> None:
    """Any character in an id is percent-encoded in the link to its report."""
    figures = ClassFigures()
    figures.add(make_outline(), id="a b/../%2e?#\"'<é", student=Student(name="Ada"), file="a.py")

    page = Reader(render(figures.finish(assignment=ASSIGNMENT, max_score=1, function_names=())))

    links = [attributes["href"] for attributes in page.named("a") if attributes.get("href")]
    assert "reports/a%20b%2F..%2F%252e%3F%23%22%27%3C%C3%A9.html" in links


def test_cells_have_a_sign_besides_their_colour() -> None:
    """Each status has a sign of its own, and the points unless they are all or not written."""
    statuses = (Status.PASSED, Status.FAILED, Status.ERROR, Status.LIMIT, Status.MISSING)
    checks = [check_outline(f"f{place}/a", status) for place, status in enumerate(statuses)]
    half = [check_outline("g/a"), check_outline("g/b", Status.FAILED)]
    figures = ClassFigures()
    figures.add(make_outline(*checks, *half), id="a", student=Student(), file="a.py")
    names = (*(f"f{place}" for place in range(5)), "g")

    page = render(figures.finish(assignment=ASSIGNMENT, max_score=7, function_names=names))

    cells = re.findall(r"<td class=([phfelm])>([^<]*)", page)
    assert [(style, text.strip()) for style, text in cells] == [
        ("p", "✓"),
        ("f", "✗ 0"),
        ("e", "! 0"),
        ("l", "⊘ 0"),
        ("m", "·"),
        ("h", "◐ 1"),
    ]


def test_misconceptions_are_ranked_with_the_students_who_have_them() -> None:
    """A misconception lists ten students; the others are folded."""
    figures = ClassFigures()
    failed = check_outline("f/a", Status.FAILED, misconception="f/z", hint="It piles up. Clear it.")
    for place in range(14):
        student = Student(name=f"Student {place:02}")
        figures.add(make_outline(failed), id=f"s{place}", student=student, file="a.py")

    page = render(figures.finish(assignment=ASSIGNMENT, max_score=1, function_names=("f",)))

    part = page[page.index('id="misconceptions"') : page.index('id="checks"')]
    assert "It piles up." in part
    assert "Clear it" not in part
    assert "<strong>14</strong> of 14" in part
    assert "and 4 more" in part
    assert part.count("<a href=") == 14


def test_checks_that_everybody_or_nobody_fails_are_listed() -> None:
    """Checks that everybody fails come before those that nobody fails."""
    figures = ClassFigures()
    checks = [
        check_outline("f/a", Status.FAILED, title="Nobody can do this"),
        check_outline("f/b", title="Everybody can do this"),
    ]
    figures.add(make_outline(*checks), id="a", student=Student(), file="a.py")

    page = Reader(render(figures.finish(assignment=ASSIGNMENT, max_score=1, function_names=("f",))))

    text = page.text
    assert text.index("Everybody fails") < text.index("Nobody can do this")
    assert text.index("1 check that nobody fails") < text.index("Everybody can do this")


def test_histogram_has_its_numbers_as_text_too() -> None:
    """Each bar has its count above it and its lower bound below it."""
    part = PAGE[PAGE.index('class="histogram"') : PAGE.index('id="students"')]

    counts = [int(count) for count in re.findall(r"<td>(\d+)<svg", part)]
    assert tuple(counts) == CLASS.scores.histogram
    assert re.findall(r"</span>(\d+)</th>", part) == [str(10 * place) for place in range(10)]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_text_stays_text(name: str) -> None:
    """A student's text never becomes an element, and invisible characters are made visible."""
    failed = check_outline("f/a", Status.FAILED, title=name, misconception="f/z", hint=name)
    figures = ClassFigures()
    student = Student(id=name, name=name, email=name)
    figures.add(make_outline(failed), id=name, student=student, file=name, notes=(name,))
    broken = make_failure(ReportStatus.UNREADABLE, name)
    figures.add(broken, id="b", student=Student(), file=name)
    figures.add_absent(Student(name=name))
    assignment = msgspec.structs.replace(ASSIGNMENT, title=name)
    skipped = [Skipped(path=name, reason=name)]
    summary = figures.finish(
        assignment=assignment,
        max_score=MAX_SCORE,
        function_names=("f",),
        skipped=skipped,
        remarks=(name,),
    )

    html = render(summary)

    page = Reader(html)
    assert len(page.named("script")) == len(page.named("style")) == 1
    assert page.named("img") == []
    assert not any(key.startswith("on") for _, attributes in page.elements for key in attributes)
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html
    )


def test_page_is_one_file_and_allows_nothing_but_itself() -> None:
    """The policy allows only the page's own style sheet and script, by their digests."""
    page = Reader(PAGE)
    policy = page.named("meta")[1]["content"] or ""
    for name, directive in (("style", "style-src"), ("script", "script-src")):
        found = re.search(rf"<{name}>(.*?)</{name}>", PAGE, re.DOTALL)
        assert found is not None
        digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy

    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert all("style" not in attributes for _, attributes in page.elements)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", PAGE.replace("</", ""))


def test_rows_beyond_some_are_folded() -> None:
    """Every 500 rows after the first 500 are folded, so that a browser lays out only some."""
    page = render(make_class(1100, names=NAMES))

    assert page.count('<details class="rows">') == 2
    assert page.count("<tr><th scope=row>") == 1103


def test_rows_are_small() -> None:
    """A row takes less than a kilobyte, so that a page of ten thousand can still be opened."""
    summary = make_class(2000)

    page = render(summary)

    assert len(page) < 2000 * 1000


def test_empty_class_is_a_page() -> None:
    """A class without submissions and without a roster still has a page."""
    summary = ClassFigures().finish(assignment=ASSIGNMENT, max_score=0, function_names=())

    assert "There is nobody in this class." in render(summary)


def test_same_class_gives_the_same_page() -> None:
    """The page depends on nothing but the class."""
    assert render(make_class(40)) == PAGE
