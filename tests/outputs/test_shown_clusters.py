"""Wrong answers that several share are shown as a fact, with text of students as text."""

import io
import json
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from class_fakes import HOSTILE_NAMES, make_class
from rich.cells import cell_len
from rich.console import Console

from grader.outputs.class_page import write_class_page
from grader.outputs.class_terminal import show_class
from grader.outputs.class_wording import describe_cluster
from grader.report.class_model import ClassSummary, ClusterFigures
from grader.report.model import Example
from grader.report.summary_file import read_summary, summary_to_json

HOSTILE = "\n".join(HOSTILE_NAMES)


def with_clusters(*clusters: ClusterFigures) -> ClassSummary:
    """Return a class with some clusters."""
    return msgspec.structs.replace(make_class(12), clusters=clusters)


def cluster(**changes: object) -> ClusterFigures:
    """Make a cluster of the first three rows of a class."""
    rows = tuple(row.id for row in make_class(12).rows if row.id)[:3]
    example = Example(code="print(mse(1, 2))", got="2.", expected="1.")
    figures = ClusterFigures(
        function="mse",
        students=3,
        rows=rows,
        checks=("mse/values",),
        example=example,
        shortest=rows[0],
        code="def mse(y_hat, y):\n    return y_hat - y\n",
    )
    return msgspec.structs.replace(figures, **changes)


def render(summary: ClassSummary) -> str:
    """Return the page of a class."""
    file = io.StringIO(newline="")
    write_class_page(summary, file)
    return file.getvalue()


def show(summary: ClassSummary, *, encoding: str = "utf-8") -> str:
    """Show a class in a terminal of 80 columns."""
    data = io.BytesIO()
    file = io.TextIOWrapper(data, encoding=encoding)
    show_class(summary, Console(file=file, width=80, highlight=False))
    file.flush()
    return data.getvalue().decode(encoding)


@pytest.mark.parametrize("view", [render, show])
def test_cluster_is_shown_with_answer_code_and_command(view: object) -> None:
    """It has what all answer, what is right, the shortest code, and how to give it a name."""
    assert callable(view)
    text = str(view(with_clusters(cluster())))

    assert "3 students share this wrong answer, and nobody else in the class has it." in text
    for part in ("print(mse(1, 2))", "2.", "return y_hat - y", "grader learn DIR --cluster"):
        assert part in text


def test_class_without_clusters_shows_nothing_about_them() -> None:
    """Without clusters there is no heading, and no link."""
    summary = with_clusters()

    assert "Shared wrong answers" not in render(summary)
    assert "several share" not in show(summary)


def test_sentence_is_a_fact() -> None:
    """It says how many, and how many could not be compared; nothing of copying."""
    sentence = describe_cluster(cluster(students=1200, unknown=1))

    assert sentence == (
        "1,200 students share this wrong answer, and nobody else in the class has it; 1 more"
        " submission could not be compared."
    )
    page = render(with_clusters(cluster())).lower()
    assert not any(word in page for word in ("copied", "copying", "plagiar", "cheat", "identical"))


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note elements of a student's making."""
        if tag in ("script", "img") or any(name.startswith("on") for name, _ in attrs):
            self.found.append(tag)


def test_text_of_students_stays_text() -> None:
    """Code, answers and messages are escaped on the page, and harmless in a terminal."""
    example = Example(code=HOSTILE, got=HOSTILE, expected=HOSTILE)
    hostile = cluster(code=HOSTILE, example=example, is_code_cut=True)
    message = cluster(example=None, message=HOSTILE)
    summary = with_clusters(hostile, message)

    scripts = _Scripts()
    scripts.feed(render(summary))
    assert scripts.found == ["script"]  # the page's own
    for encoding in ("utf-8", "ascii"):
        text = show(summary, encoding=encoding)
        assert "\x1b" not in text
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text
        assert all(cell_len(line) <= 80 for line in text.splitlines())


def test_only_the_first_are_shown_at_once() -> None:
    """A terminal shows the largest, and says how many more there are; the page folds the others."""
    many = tuple(cluster(function=f"f{number}") for number in range(14))

    assert "and 9 more" in show(with_clusters(*many))
    page = render(with_clusters(*many))
    assert "4 rarer ones" in page
    assert "Shared wrong answers (14)" in page


def test_clusters_are_in_the_summary(tmp_path: Path) -> None:
    """They are written to summary.json and read back, with version 1.4."""
    path = tmp_path / "summary.json"
    summary = with_clusters(cluster())
    path.write_text(summary_to_json(summary), encoding="utf-8")

    assert read_summary(path).clusters == summary.clusters
    assert read_summary(path).summary_version == "1.4"


def test_summary_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """A summary without clusters, as 1.3 had it, has none."""
    path = tmp_path / "summary.json"
    old = json.loads(summary_to_json(with_clusters()))
    del old["clusters"]
    path.write_text(json.dumps(old), encoding="utf-8")

    assert read_summary(path).clusters == ()
