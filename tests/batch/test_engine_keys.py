"""A batch key covers all of the grader's own code, and everything that makes an assignment."""

import shutil
from pathlib import Path

import pytest

from grader.batch.keys import Keys
from grader.bootstrap import PACKAGE
from grader.checks.assignment import load_assignment
from grader.oracle import digests
from grader.pool.messages import PoolSettings

_EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
_IGNORED = shutil.ignore_patterns("__pycache__")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the grader's package, for changing it."""
    copy = tmp_path / "grader"
    shutil.copytree(PACKAGE, copy, ignore=_IGNORED)
    monkeypatch.setattr(digests, "PACKAGE", copy)
    return copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy a small assignment, for changing it."""
    copy = tmp_path / "two_layers"
    shutil.copytree(_EXAMPLES / "two_layers", copy, ignore=_IGNORED)
    return copy


def key(assignment: str | Path = "lab4") -> str:
    """Make the key of one submission."""
    return Keys(load_assignment(assignment), PoolSettings(assignment="")).of("a.py", b"x")


def test_key_changes_with_any_file_of_the_grader(package: Path) -> None:
    """Changing any source, template or style sheet changes the key, though the version stays."""
    before = key()
    for suffix in (".py", ".j2", ".css", ".ini"):
        path = next(path for path in sorted(package.rglob(f"*{suffix}")))
        path.write_bytes(path.read_bytes() + b"\n")
        changed = key()
        assert changed != before, path
        before = changed


def test_key_changes_with_a_new_and_a_removed_file_of_the_grader(package: Path) -> None:
    """Adding or removing a module of the grader changes the key."""
    before = key()
    (package / "checks" / "extra.py").write_text("", encoding="utf-8")
    added = key()
    (package / "checks" / "extra.py").unlink()

    assert added != before
    assert key() == before


def test_compiled_files_and_other_assignments_do_not_count(package: Path) -> None:
    """Compiled files and assignments that are not graded do not change the key."""
    before = key()
    (package / "checks" / "__pycache__").mkdir()
    (package / "checks" / "__pycache__" / "run.cpython-311.pyc").write_bytes(b"x")
    (package / "assignments" / "other").mkdir()
    (package / "assignments" / "other" / "assignment.toml").write_text("", encoding="utf-8")

    assert key() == before


def test_results_and_submissions_below_the_assignment_do_not_count(folder: Path) -> None:
    """A batch that writes into the folder of its assignment finds its reports again."""
    results, submissions = folder / "results", folder / "submissions"

    def key_now() -> str:
        keys_now = Keys(
            load_assignment(folder),
            PoolSettings(assignment=""),
            without=(results, submissions, folder, folder.parent),
        )
        return keys_now.of("a.py", b"x")

    before = key_now()
    for path in (results / "a.json", submissions / "b.py", folder / ".git" / "index"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"1")
    after = key_now()
    (folder / "data.csv").write_bytes(b"1")

    assert before == after
    assert key_now() != after


@pytest.mark.parametrize("name", ["data.csv", "data/table.bin", "notes.txt"])
def test_two_assignments_that_differ_in_any_file_have_different_keys(
    folder: Path, name: str
) -> None:
    """Every file in the assignment's folder counts, because a check may read any of them."""
    before = key(folder)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"1")
    with_data = key(folder)
    path.write_bytes(b"2")

    assert len({before, with_data, key(folder)}) == 3


def test_file_that_moves_within_an_assignment_changes_the_key(folder: Path) -> None:
    """Renaming a file of the assignment changes the key."""
    (folder / "a.csv").write_bytes(b"1")
    before = key(folder)
    (folder / "a.csv").rename(folder / "b.csv")

    assert key(folder) != before


@pytest.mark.parametrize("field", ["id", "title", "version"])
def test_assignments_with_the_same_checks_do_not_share_reports(folder: Path, field: str) -> None:
    """Assignments that differ in id, title or version have different keys, as reports name them."""
    before = key(folder)
    settings = folder / "assignment.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace(f'{field} = "', f'{field} = "x', 1), encoding="utf-8")

    assert key(folder) != before
