"""``grade --html``: a page for every report, with the cells of a notebook."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions"

Done = subprocess.CompletedProcess[str]


def run(*arguments: object) -> Done:
    """Run ``grade`` as a program."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=dict(os.environ),
    )


def test_page_is_written_beside_what_is_shown(tmp_path: Path) -> None:
    """--html writes the page and no other file, and the terminal still shows the report."""
    target = tmp_path / "page.html"

    done = run(SUBMISSIONS / "right_plain.py", "--only", "mse", "--html", target)

    assert done.returncode == 0, done.stderr
    assert "mse" in done.stdout
    assert "6 of 6 points" in target.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_page_of_a_notebook_shows_its_cells(tmp_path: Path) -> None:
    """A notebook's page shows its cells with links to the functions."""
    target = tmp_path / "page.html"

    run(SUBMISSIONS / "wrong_mse_sum_for_mean.ipynb", "--only", "mse", "--quiet", "--html", target)

    assert 'href="#function-mse"' in target.read_text(encoding="utf-8")


def test_page_is_written_for_a_file_that_can_not_be_graded(tmp_path: Path) -> None:
    """A file that can't be graded gets a page that says why."""
    target, path = tmp_path / "page.html", tmp_path / "broken.ipynb"
    path.write_text("{", encoding="utf-8")

    done = run(path, "--html", target)

    assert done.returncode == 4
    assert "is cut off in the middle" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize("failing", ["__init__", "grade"])
def test_report_and_page_are_written_if_the_grader_fails(tmp_path: Path, failing: str) -> None:
    """If the grader can't even start, there is a report and a page that say so, and no score."""
    program = f"""
import sys
from grader import pipeline
from grader.cli import grade

def fail(*args, **kwargs):
    raise RuntimeError("out of luck")

pipeline.Grader.{failing} = fail
sys.argv[1:] = [{str(SUBMISSIONS / "right_plain.py")!r}, "--json", "r.json", "--html", "p.html"]
grade.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=tmp_path,
    )

    assert done.returncode == 3, done.stderr
    assert "the grader failed, so there is no score: RuntimeError: out of luck" in done.stderr
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (report["status"], report["score"]) == ("grader_error", None)
    assert "out of luck" in (tmp_path / "p.html").read_text(encoding="utf-8")


def test_page_can_not_go_to_standard_output() -> None:
    """A page can't go to standard output."""
    done = run(SUBMISSIONS / "right_plain.py", "--html", "-")

    assert done.returncode == 2
    assert "give --html a file name" in done.stderr


def test_page_that_can_not_be_written_is_a_usage_error(tmp_path: Path) -> None:
    """A page whose folder doesn't exist is a usage error."""
    target = tmp_path / "no" / "page.html"

    done = run(SUBMISSIONS / "right_plain.py", "--only", "mse", "--html", target)

    assert done.returncode == 2
    assert "create it first" in done.stderr


@pytest.mark.parametrize("option", ["--help"])
def test_help_mentions_the_page_and_imports_nothing_for_it(option: str) -> None:
    """The help mentions --html without importing what renders pages."""
    code = (
        "import sys\nfrom grader.cli.grade import command\n"
        f"try: command([{option!r}], prog_name='grade')\nexcept SystemExit: pass\n"
        "assert not {'jinja2', 'nh3', 'nbconvert', 'matplotlib', 'numpy'} & set(sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert "--html" in done.stdout
