"""``grade --html``: a page for every outcome, and of a notebook with its cells."""

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
    """And nothing else is left in its folder."""
    target = tmp_path / "page.html"

    done = run(SUBMISSIONS / "right_plain.py", "--only", "mse", "--html", target)

    assert done.returncode == 0, done.stderr
    assert "mse" in done.stdout
    assert "6 of 6 points" in target.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_page_of_a_notebook_shows_its_cells(tmp_path: Path) -> None:
    """With what is said of a function below the cell."""
    target = tmp_path / "page.html"

    run(SUBMISSIONS / "wrong_mse_sum_for_mean.ipynb", "--only", "mse", "--quiet", "--html", target)

    assert 'href="#function-mse"' in target.read_text(encoding="utf-8")


def test_page_is_written_for_a_file_that_can_not_be_graded(tmp_path: Path) -> None:
    """It says why."""
    target, path = tmp_path / "page.html", tmp_path / "broken.ipynb"
    path.write_text("{", encoding="utf-8")

    done = run(path, "--html", target)

    assert done.returncode == 4
    assert "is not valid JSON" in target.read_text(encoding="utf-8")


def test_page_can_not_go_to_standard_output() -> None:
    """There is --json for programs."""
    done = run(SUBMISSIONS / "right_plain.py", "--html", "-")

    assert done.returncode == 2
    assert "give --html a name" in done.stderr


def test_page_that_can_not_be_written_is_an_error_of_use(tmp_path: Path) -> None:
    """Its folder isn't made."""
    target = tmp_path / "no" / "page.html"

    done = run(SUBMISSIONS / "right_plain.py", "--only", "mse", "--html", target)

    assert done.returncode == 2
    assert "can't write" in done.stderr


@pytest.mark.parametrize("option", ["--help"])
def test_help_tells_of_the_page_and_imports_nothing_for_it(option: str) -> None:
    """It stays quick."""
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
