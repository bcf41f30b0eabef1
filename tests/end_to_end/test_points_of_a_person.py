"""Points that a person gives, from real submissions to the gradebook; nothing of them is run."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from manual_samples import RIGHT, WRONG, make_notebook, write_assignment

from grader.checks.assignment import load_assignment
from grader.cli.grade import command as grade_command
from grader.cli.grader import command
from grader.pipeline import Grader
from grader.report.model import ManualStatus, Report, ReportStatus
from grader.report.schema import report_to_json

pytestmark = pytest.mark.slow

SCRIPT = f"""{RIGHT}
# %% tags=["plot"]
raise SystemExit("never run for an answer")

# %% [markdown]
# ## Why
# Because.
"""


def _notebook_with(*cells: object) -> bytes:
    content = json.loads(make_notebook("Because."))
    content["cells"] += cells
    return json.dumps(content).encode()


def _text(source: object, **metadata: object) -> dict[str, object]:
    return {"cell_type": "markdown", "source": source, "metadata": metadata}


SUBMISSIONS: dict[str, tuple[str, bytes]] = {
    "right": ("lab.ipynb", make_notebook("Because.").encode()),
    "wrong": ("lab.ipynb", make_notebook("Because.", source=WRONG).encode()),
    "script": ("lab.py", SCRIPT.encode()),
    "no answer": ("lab.ipynb", make_notebook(None).encode()),
    "five megabytes": ("lab.ipynb", make_notebook("x" * 5_000_000).encode()),
    "binary": ("lab.ipynb", make_notebook("\x00\x01\ud800\ufffe" * 100).encode()),
    "html": ("lab.ipynb", make_notebook("<script>pwned()</script><!-- /marks -->").encode()),
    "two headings": ("lab.ipynb", _notebook_with(_text("## Why\nAlso this."))),
    "nested source": ("lab.ipynb", _notebook_with(_text([[[["## Why"]]]]))),
    "nested metadata": ("lab.ipynb", _notebook_with(_text("x", tags=[[["plot"]]], nbgrader=[3]))),
    "syntax error": ("lab.ipynb", make_notebook("Because.", source="def (").encode()),
}


@pytest.fixture(name="grader", scope="module")
def make_grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """A grader of the assignment."""
    lab = write_assignment(tmp_path_factory.mktemp("lab"))
    with Grader(load_assignment(lab)) as grader:
        yield grader


def grade(grader: Grader, case: str) -> Report:
    """Grade one of the submissions."""
    name, data = SUBMISSIONS[case]
    return grader.grade_data(data, name=name)


@pytest.mark.parametrize("case", SUBMISSIONS)
def test_every_submission_has_both_answers_and_both_wait(grader: Grader, case: str) -> None:
    """The rest of the report is as it would be without them, and all of it can be written."""
    report = grade(grader, case)

    assert report.status is ReportStatus.GRADED
    assert [one.id for one in report.manual] == ["why", "plot"]
    assert {one.status for one in report.manual} == {ManualStatus.WAITING}
    automatic = 0.0 if case in ("wrong", "syntax error") else 3.0
    assert (report.score, report.max_score) == (automatic, 10.0)
    assert len(report_to_json(report)) < 200_000


def test_answers_of_a_script_and_a_notebook_are_read_from_the_file(grader: Grader) -> None:
    """Equal words in either are the same answer."""
    script, notebook = (grade(grader, case).manual for case in ("script", "right"))

    assert script[0].answer == notebook[0].answer == "## Why\nBecause."
    assert script[0].digest == notebook[0].digest
    assert script[1].answer == 'raise SystemExit("never run for an answer")'


def test_some_functions_alone_have_no_answers(grader: Grader) -> None:
    """``--only`` is for what the grader can judge."""
    name, data = SUBMISSIONS["right"]

    report = grader.grade_data(data, name=name, only="double")

    assert (report.manual, report.max_score) == ((), 3.0)


def test_grade_exits_with_0_if_only_a_person_can_give_more(tmp_path: Path) -> None:
    """Students' own checks in CI stay green until somebody says otherwise."""
    lab = write_assignment(tmp_path / "lab")
    path = tmp_path / "lab.ipynb"
    path.write_text(make_notebook("Because."))

    found = CliRunner().invoke(grade_command, [str(path), "--assignment", str(lab)])

    assert found.exit_code == 0, found.output
    assert "3 of 10 points so far" in found.output
    assert "waits for a person" in found.output


def test_a_class_is_graded_marked_and_graded_again(tmp_path: Path) -> None:
    """Marks are there after a regrade, also of everything; a changed answer asks again."""
    lab, hand_ins, results = (tmp_path / name for name in ("lab", "hand-ins", "results"))
    write_assignment(lab)
    for name, why in (("ada", "Because."), ("bob", "No idea."), ("cyd", "Because.")):
        (hand_ins / name).mkdir(parents=True)
        (hand_ins / name / "lab.ipynb").write_text(make_notebook(why))

    def run(*arguments: object) -> str:
        found = CliRunner().invoke(command, [*map(str, arguments)], prog_name="grader")
        assert found.exit_code == 0, found.output
        return found.output

    def batch(*options: str) -> dict[str, dict[str, str]]:
        run("batch", hand_ins, "--assignment", lab, "--out", results, "--jobs", 1, *options)
        text = (results / "gradebook.csv").read_text("utf-8-sig")
        return {row["id"]: row for row in csv.DictReader(io.StringIO(text))}

    assert {row["score"] for row in batch().values()} == {""}
    table = tmp_path / "marks.csv"
    run("mark", results, "--export", table)
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "points": "2"} for row in rows)
    run("mark", results, table)
    assert {row["score"] for row in batch().values()} == {"7"}

    (hand_ins / "ada" / "lab.ipynb").write_text(make_notebook("Something else."))
    again = batch("--regrade")

    assert [again[name]["score"] for name in ("ada", "bob", "cyd")] == ["", "7", "7"]
    assert again["ada"]["score_so_far"] == "5"
    assert "An earlier answer was given" in (results / "reports" / "ada.html").read_text()
