"""Names are given again without grading anew, and are exactly those that a new grading gives."""

import ast
import shutil
import stat
from pathlib import Path

import pytest
from class_of_files import copy_example, grade_files, pages_of, reports_of

from grader.checks.assignment import load_assignment
from grader.checks.programs import wrong_program
from grader.discovery.kept import KeptFile
from grader.discovery.store import FOLDER, KeptStore

# Each is a misconception, or none. The last ones make two mistakes.
CHOSEN = 4


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for all tests."""
    return tmp_path_factory.mktemp("class")


@pytest.fixture(scope="module")
def folder(place: Path) -> Path:
    """Return a copy of an assignment."""
    return copy_example(place)


def sources(folder: Path) -> dict[str, str]:
    """Write a class: a right file, one with a mistake that nobody knows, and known mistakes."""
    assignment = load_assignment(folder)
    reference = assignment.reference
    found = {
        "right.py": reference,
        "unknown.py": reference.replace("torch.tanh(x @ w1 + b1)", "torch.tanh(x @ w1 + b1) * 3"),
    }
    for one in assignment.misconceptions[::CHOSEN]:
        found[f"{one.name}.py"] = wrong_program(assignment, one)
    return found


def know_only_the_first(folder: Path) -> str:
    """Leave only the first misconception in the assignment, and return what the file was."""
    path = folder / "misconceptions.py"
    whole = path.read_text(encoding="utf-8")
    body = ast.parse(whole).body
    public = [
        one for one in body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")
    ]
    kept = [one for one in body if one not in public or one is public[0]]
    path.write_text(ast.unparse(ast.Module(kept, [])), encoding="utf-8")
    return whole


@pytest.fixture(scope="module")
def graded(place: Path, folder: Path) -> tuple[dict[str, str], Path, Path]:
    """Grade a class with one misconception, name it with all, and grade it with all anew."""
    files = sources(folder)
    renamed, fresh = place / "renamed", place / "fresh"
    whole = know_only_the_first(folder)
    grade_files(folder, files, renamed)
    (folder / "misconceptions.py").write_text(whole, encoding="utf-8")
    _, again = grade_files(folder, files, renamed)
    assert again == []
    grade_files(folder, files, fresh)
    return files, renamed, fresh


def test_names_are_those_of_a_new_grading(graded: tuple[dict[str, str], Path, Path]) -> None:
    """Reports and pages are exactly those of a class that is graded with all misconceptions."""
    files, renamed, fresh = graded

    assert reports_of(renamed) == reports_of(fresh)
    assert pages_of(renamed) == pages_of(fresh)
    named = str(reports_of(renamed)).count("'diagnosis': {")
    assert named >= len(files) - 3


def test_summary_is_that_of_a_new_grading(
    folder: Path, graded: tuple[dict[str, str], Path, Path]
) -> None:
    """The figures of the class are the same too, and nothing is graded once names are right."""
    files, renamed, fresh = graded

    one, graded_now = grade_files(folder, files, renamed)
    other, _ = grade_files(folder, files, fresh)

    assert graded_now == []
    assert one.misconceptions == other.misconceptions
    assert one.rows == other.rows


def test_name_that_is_gone_is_found_out_anew(
    place: Path, folder: Path, graded: tuple[dict[str, str], Path, Path]
) -> None:
    """Where a name is taken back, only submissions that had it are graded anew."""
    files, _, fresh = graded
    taken = place / "taken"
    shutil.copytree(fresh, taken)
    whole = know_only_the_first(folder)
    try:
        _, again = grade_files(folder, files, taken)
        grade_files(folder, files, place / "few")
    finally:
        (folder / "misconceptions.py").write_text(whole, encoding="utf-8")

    assert "right.py" not in again
    assert "unknown.py" not in again
    assert again
    assert reports_of(taken) == reports_of(place / "few")


# Of the first two submissions with a name to give, it stays as it is.
@pytest.mark.parametrize("writes", [4, 5])
def test_batch_that_is_killed_while_it_names_goes_on(
    place: Path,
    folder: Path,
    graded: tuple[dict[str, str], Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    writes: int,
) -> None:
    """A report that may have other names gets them once more, even if they are the old ones."""
    files, renamed, _ = graded
    killed = place / f"killed_{writes}"
    shutil.copytree(renamed, killed)
    before = reports_of(killed)
    whole = know_only_the_first(folder)
    keep, count = KeptStore.keep, iter(range(100))

    def kill(store: KeptStore, name: str, file: KeptFile) -> None:
        if next(count) == writes:
            raise KeyboardInterrupt
        keep(store, name, file)

    try:
        monkeypatch.setattr(KeptStore, "keep", kill)
        with pytest.raises(KeyboardInterrupt):
            grade_files(folder, files, killed)
        monkeypatch.setattr(KeptStore, "keep", keep)
        assert (reports_of(killed) != before) == (writes == 5)
    finally:
        (folder / "misconceptions.py").write_text(whole, encoding="utf-8")
    _, again = grade_files(folder, files, killed)

    assert again == []
    assert reports_of(killed) == before


@pytest.mark.parametrize("content", [None, b"", b"\x81\xa1a\x01"])
def test_what_can_not_be_read_is_graded_anew(
    folder: Path, graded: tuple[dict[str, str], Path, Path], content: bytes | None
) -> None:
    """Without its file, or with a damaged one, a submission that lost points is graded anew."""
    files, renamed, _ = graded
    for name in ("right.py", "unknown.py"):
        path = renamed / FOLDER / f"{name}.msgpack"
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)

    _, again = grade_files(folder, files, renamed)

    assert again == ["unknown.py"]


def test_answers_are_private(graded: tuple[dict[str, str], Path, Path]) -> None:
    """Only the owner can read the folder and its files, and no report or page has its content."""
    _, _, fresh = graded
    kept = fresh / FOLDER

    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in kept.iterdir()} == {0o600}
    for text in (*map(str, reports_of(fresh).values()), *pages_of(fresh).values()):
        assert "wrong_steps" not in text
