"""A key changes with everything that a report depends on, and with nothing else."""

import shutil
from pathlib import Path

import pytest

from grader.batch.keys import Keys
from grader.checks.assignment import load_assignment
from grader.pool.messages import PoolSettings

SETUP = PoolSettings(assignment="")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy a small assignment, for changing it."""
    example = Path(__file__).resolve().parents[2] / "docs" / "examples" / "two_layers"
    copy = tmp_path / "two_layers"
    shutil.copytree(example, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def key(
    folder: Path, setup: PoolSettings = SETUP, name: str = "a.py", content: bytes = b"x"
) -> str:
    """Make the key of one submission."""
    return Keys(load_assignment(folder), setup).of(name, content)


def test_same_input_has_the_same_key(folder: Path, tmp_path: Path) -> None:
    """The key is the same for equal input, wherever the assignment's folder is."""
    other = tmp_path / "elsewhere"
    shutil.copytree(folder, other)

    assert key(folder) == key(folder) == key(other, PoolSettings(assignment=str(other)))


def test_key_does_not_change_with_misconceptions(folder: Path) -> None:
    """Other misconceptions need other names, which are given without grading anew."""
    before = key(folder)
    path = folder / "misconceptions.py"

    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")

    assert key(folder) == before


@pytest.mark.parametrize("pattern", ["check_*.py", "assignment.toml", "reference.py"])
def test_key_changes_with_every_file_of_the_assignment(folder: Path, pattern: str) -> None:
    """Changing any file of the assignment, even by a comment, changes the key."""
    before = key(folder)
    path = next(folder.glob(pattern))

    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")

    assert key(folder) != before


def test_key_changes_with_submission_name_salt_and_limits(folder: Path) -> None:
    """Content, file name, salt, isolation and limits each change the key."""
    keys = {
        key(folder),
        key(folder, content=b"y"),
        key(folder, name="b.py"),
        key(folder, PoolSettings(assignment="", salt="s")),
        key(folder, PoolSettings(assignment="", isolation="none")),
        key(folder, PoolSettings(assignment="", limits={"total_wall_s": 5})),
    }

    assert len(keys) == 6


def test_boundary_between_name_and_content_counts(folder: Path) -> None:
    """The same bytes split differently between name and content give different keys."""
    assert key(folder, name="ab", content=b"c") != key(folder, name="a", content=b"bc")
