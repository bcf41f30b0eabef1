"""The salt of a class: drawn once, kept with the results, and the same for everybody."""

import json
import multiprocessing
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from grader.batch.store import ReportStore
from grader.checks.assignment import load_assignment
from grader.errors import UsageError
from grader.seeds import Seeds

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "two_layers"
COMMAND = (sys.executable, "-c", "from grader.cli.grader import main; main()")
SALT_FILE = ".zerograd.salt"


def test_salt_is_drawn_once_and_kept(tmp_path: Path) -> None:
    """A resumed run asks what the first one asked, and another class something else."""
    first = ReportStore(tmp_path / "a").salt("")

    assert len(first) > 30
    assert ReportStore(tmp_path / "a").salt("") == first
    assert ReportStore(tmp_path / "b").salt("") != first
    assert [path.name for path in (tmp_path / "a").iterdir() if path.is_file()] == [SALT_FILE]


def test_only_its_owner_can_read_the_salt(tmp_path: Path) -> None:
    """Whoever knows the salt knows the questions beforehand."""
    before = os.umask(0)
    try:
        for given in ("", "given"):
            ReportStore(tmp_path / f"out{given}").salt(given)
            mode = (tmp_path / f"out{given}" / SALT_FILE).stat().st_mode
            assert stat.S_IMODE(mode) == 0o600
    finally:
        os.umask(before)


def test_given_salt_wins_and_is_kept(tmp_path: Path) -> None:
    """It replaces the one that was drawn, from now on."""
    store = ReportStore(tmp_path)
    store.salt("")

    assert store.salt("given") == "given"
    assert store.salt("") == "given"
    assert stat.S_IMODE((tmp_path / SALT_FILE).stat().st_mode) == 0o600


def _draw(folder: str) -> None:
    salts = {ReportStore(Path(folder, str(number))).salt("") for number in range(50)}
    Path(folder, f"{os.getpid()}.txt").write_text("\n".join(sorted(salts)), encoding="utf-8")


def test_batches_at_once_share_one_salt(tmp_path: Path) -> None:
    """Whoever comes second takes what is there, also in the moment in which it is created."""
    context = multiprocessing.get_context("spawn")
    drawing = [context.Process(target=_draw, args=(str(tmp_path),)) for _ in range(3)]
    for one in drawing:
        one.start()
    for one in drawing:
        one.join()

    drawn = {path.read_text(encoding="utf-8") for path in tmp_path.glob("*.txt")}
    assert len(list(tmp_path.glob("*.txt"))) == 3
    assert len(drawn) == 1
    assert len(drawn.pop().splitlines()) == 50


def test_salt_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    """Nobody grades a class with another salt, or with none, without saying so."""
    store = ReportStore(tmp_path)
    (tmp_path / SALT_FILE).write_bytes(b"\xff\xfe")

    with pytest.raises(UsageError, match="the salt of this class"):
        store.salt("")


def test_folder_in_the_place_of_the_salt_is_refused(tmp_path: Path) -> None:
    """One line says what is wrong."""
    (tmp_path / SALT_FILE).mkdir()

    for given in ("", "given"):
        with pytest.raises(UsageError, match="salt"):
            ReportStore(tmp_path).salt(given)


def grader(*arguments: object) -> str:
    """Run ``grader``, and return what it prints."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments), "--assignment", str(EXAMPLE)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def seeds_of(out: Path) -> set[int]:
    """Return the seeds of all reports."""
    return {json.loads(path.read_bytes())["seed"] for path in (out / "reports").glob("*.json")}


@pytest.mark.slow
def test_class_is_asked_the_same_and_grade_can_ask_it_again(tmp_path: Path) -> None:
    """All reports of a class have one seed, that of ``grade --salt``, and so have later ones."""
    submissions, out = tmp_path / "submissions", tmp_path / "out"
    submissions.mkdir()
    for number in range(3):
        (submissions / f"s{number}.py").write_text(f"# {number}\n", encoding="utf-8")

    grader("batch", submissions, "--out", out, "--jobs", 2)
    salt = (out / SALT_FILE).read_text(encoding="utf-8")
    (submissions / "s3.py").write_text("# 3\n", encoding="utf-8")
    again = grader("batch", submissions, "--out", out, "--jobs", 1)
    report = tmp_path / "own.json"
    own: list[str | Path] = [sys.executable, "-m", "grader", submissions / "s0.py"]
    own += ["--json", report, "--quiet", "--exit-zero", "--salt", salt, "--assignment", EXAMPLE]
    subprocess.run(own, check=True, timeout=120)

    assert "1 graded, 3 unchanged" in again
    assert len(list((out / "reports").glob("*.json"))) == 4
    info = load_assignment(EXAMPLE).info
    expected = Seeds(salt, is_class=True).of(info, "")
    assert seeds_of(out) == {expected} == {json.loads(report.read_bytes())["seed"]}
    assert expected not in Seeds().all(info)


@pytest.mark.slow
def test_another_salt_grades_the_class_anew(tmp_path: Path) -> None:
    """A given salt is kept: the run after it asks the same again, and so grades nothing."""
    (tmp_path / "s0.py").write_text("", encoding="utf-8")
    run = ("batch", tmp_path / "s0.py", "--out", tmp_path / "out", "--jobs", 1)

    assert "1 graded" in grader(*run)
    before = seeds_of(tmp_path / "out")
    assert "1 graded" in grader(*run, "--salt", "another")
    assert "1 unchanged" in grader(*run)

    info = load_assignment(EXAMPLE).info
    assert seeds_of(tmp_path / "out") == {Seeds("another", is_class=True).of(info, "")} != before


@pytest.mark.parametrize("content", ["", "x\n", "\x00"])
def test_salt_that_was_edited_is_refused(content: str, tmp_path: Path) -> None:
    """An editor's line break would be part of it, and nobody could give the same elsewhere."""
    store = ReportStore(tmp_path)
    store.salt("x")
    (tmp_path / SALT_FILE).write_text(content, encoding="utf-8")

    with pytest.raises(UsageError, match="is empty or was edited"):
        store.salt("")


def test_batch_that_is_refused_leaves_the_salt(tmp_path: Path) -> None:
    """Another batch in the same folder goes on with the questions that it has begun with."""
    (tmp_path / "s.py").write_text("x = 1\n", encoding="utf-8")
    store = ReportStore(tmp_path / "out")
    store.salt("first")

    with store.lock():
        arguments = ("batch", tmp_path / "s.py", "--out", tmp_path / "out", "--salt", "second")
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False
        )

    assert done.returncode == 2
    assert "another batch is running" in done.stderr.replace("\n", " ")
    assert store.salt("") == "first"
