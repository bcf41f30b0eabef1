"""``grader record``: what it writes, what it says, and that grading uses it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.checks.assignment import load_assignment
from grader.oracle.recording import read_recording
from grader.seeds import Seeds

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "two_layers"
INFO = load_assignment(EXAMPLE).info


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Return the folder of an empty cache."""
    return tmp_path / "cache"


def run(
    cache: Path, program: str, *arguments: object, expected: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run ``grade`` or ``grader`` with a cache."""
    code = f"from grader.cli.{program} import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments), "--assignment", str(EXAMPLE)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "ZEROGRAD_CACHE": str(cache), "COLUMNS": "80"},
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done


def contents(cache: Path) -> dict[str, object]:
    """Return what is recorded, by the names of the files."""
    found = {path.name: read_recording(path.read_bytes()) for path in cache.iterdir()}
    return {
        name: (
            one.seed,
            one.known,
            [
                (question.check, bytes(question.request), bytes(question.expected))
                for questions in one.questions.values()
                for question in questions
            ],
        )
        for name, one in found.items()
    }


def recorded_seeds(cache: Path) -> set[int]:
    """Return the seeds that are recorded."""
    return {int(path.stem.rpartition("-")[2]) for path in cache.iterdir()}


def test_seeds_of_the_pool_are_recorded_once(cache: Path) -> None:
    """One line says what is where; a second run takes what is there."""
    done = run(cache, "grader", "record", "--seeds", 2, "--jobs", 1)

    assert done.stdout.replace("\n", " ").startswith(f"recorded {INFO.title} with 2 seeds in")
    assert str(cache) in done.stdout.replace("\n", "")
    assert recorded_seeds(cache) == set(Seeds().all(INFO)[:2])
    before = contents(cache)

    run(cache, "grader", "record", "--seeds", 2, "--jobs", 2)

    assert contents(cache) == before


def test_seed_of_a_class_is_recorded_and_grade_asks_it(cache: Path, tmp_path: Path) -> None:
    """With the salt of a batch, `grade` asks what the class was asked, and records nothing more."""
    done = run(cache, "grader", "record", "--salt", "salt", "--jobs", 1)
    (file,) = cache.iterdir()
    before = file.read_bytes()
    out = tmp_path / "report.json"

    run(cache, "grade", EXAMPLE / "reference.py", "--salt", "salt", "--json", out)

    assert "with the seed of the class in" in done.stdout.replace("\n", " ")
    (seed,) = Seeds("salt", is_class=True).all(INFO)
    assert recorded_seeds(cache) == {seed}
    assert json.loads(out.read_bytes())["seed"] == seed
    assert file.read_bytes() == before


def test_seed_that_is_given_wins(cache: Path, tmp_path: Path) -> None:
    """`--seed` draws the inputs from exactly that seed, which is not recorded."""
    out = tmp_path / "report.json"

    run(cache, "grade", EXAMPLE / "reference.py", "--salt", "a", "--seed", 7, "--json", out)

    assert json.loads(out.read_bytes())["seed"] == 7
    assert not cache.exists()


@pytest.mark.parametrize("arguments", [("--seeds", 0), ("--seeds", 17), ("--jobs", 0)])
def test_unusable_numbers_are_refused(cache: Path, arguments: tuple[object, ...]) -> None:
    """There are 16 seeds, and nothing is made of none."""
    done = run(cache, "grader", "record", *arguments, expected=2)

    assert "Traceback" not in done.stderr
    assert not cache.exists()
