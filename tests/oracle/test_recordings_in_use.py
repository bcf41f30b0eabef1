"""Recordings as people meet them: made by itself, damaged, in the way, and out of reach."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.authoring.record import record
from grader.checks.assignment import load_assignment
from grader.checks.programs import wrong_program
from grader.oracle.store import RecordingStore
from grader.pipeline import Grader
from grader.report.model import Report
from grader.report.schema import report_to_json
from grader.seeds import Seeds

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "two_layers"
GRADE = (sys.executable, "-m", "grader", "--assignment", EXAMPLE, "--quiet")
SEEDS = Seeds("salt", is_class=True)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """Copy an example, for changing it."""
    folder = tmp_path / "two_layers"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """Write a submission with two mistakes, one of them known."""
    text = (EXAMPLE / "reference.py").read_text(encoding="utf-8")
    path = tmp_path / "wrong.py"
    path.write_text(
        text + "\ndef loss(y_hat, y):\n    return ((y_hat - y) ** 2).mean()\n", encoding="utf-8"
    )
    return path


def verdict(report: Report) -> dict[str, object]:
    """Return a report without what varies."""
    content: dict[str, object] = json.loads(report_to_json(report))
    del content["timing"]
    return content


def grade(path: Path, cache: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Run ``grade`` with a cache."""
    return subprocess.run(
        [*GRADE, path, "--json", out],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "ZEROGRAD_CACHE": str(cache)},
    )


def test_damaged_recording_is_made_anew_while_students_grade(wrong: Path, tmp_path: Path) -> None:
    """One line says so; the report is the same, and the next time nothing is said."""
    cache, reports = tmp_path / "cache", []
    files: list[tuple[Path, bytes]] = []
    for number, is_damaged in enumerate((False, True, False)):
        if is_damaged:
            file, whole = files[0]
            file.write_bytes(whole[:-100] + b"\0" + whole[-99:])
        out = tmp_path / f"{number}.json"

        done = grade(wrong, cache, out)

        assert done.returncode == 1, done.stderr
        assert done.stdout == ""
        assert done.stderr.count("made anew") == is_damaged
        assert len(done.stderr.splitlines()) == is_damaged
        report = json.loads(out.read_bytes())
        del report["timing"]
        reports.append(report)
        (found,) = cache.iterdir()
        files.append((found, found.read_bytes()))
    assert reports[0] == reports[1] == reports[2]
    assert files[0] == files[1] == files[2]


def test_cache_that_can_not_be_written_costs_nothing(wrong: Path, tmp_path: Path) -> None:
    """The report is there, with the exit status that it has otherwise."""
    (tmp_path / "file").write_bytes(b"")
    out = tmp_path / "report.json"

    done = grade(wrong, tmp_path / "file" / "cache", out)

    assert done.returncode == 1, done.stderr
    assert json.loads(out.read_bytes())["status"] == "graded"
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 1


def test_two_at_once_share_a_cache(wrong: Path, tmp_path: Path) -> None:
    """Both grade, and one recording is left."""
    outs = [tmp_path / "1.json", tmp_path / "2.json"]
    both = [
        subprocess.Popen(
            [*GRADE, wrong, "--json", out],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "ZEROGRAD_CACHE": str(tmp_path / "cache")},
        )
        for out in outs
    ]
    for one in both:
        _, errors = one.communicate(timeout=120)
        assert (one.returncode, errors) == (1, "")

    assert len(list((tmp_path / "cache").iterdir())) == 1
    first, second = (json.loads(out.read_bytes()) for out in outs)
    assert {**first, "timing": None} == {**second, "timing": None}


READS_THE_CACHE = """
import os
for place in (CACHE, os.path.dirname(CACHE)):
    try:
        print("listed", os.listdir(place))
    except OSError as error:
        print("not listed")
for name in NAMES:
    try:
        print("read", len(open(os.path.join(CACHE, name), "rb").read()))
    except OSError as error:
        print("not read")
    try:
        open(os.path.join(CACHE, name), "ab")
        print("written")
    except OSError as error:
        print("not written")
"""


def test_no_child_can_read_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A submission that knows where the recordings are, and how they are called, gets nothing."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("ZEROGRAD_CACHE", str(cache))
    assignment, store = load_assignment(EXAMPLE), RecordingStore(cache)
    with Grader(assignment, seeds=SEEDS, store=store) as grader:
        grader.grade_data(b"", name="a.py")
        grader.record_last()
        names = [path.name for path in cache.iterdir()]
        source = f"CACHE, NAMES = {str(cache)!r}, {names!r}\n{READS_THE_CACHE}"

        report = grader.grade_data(source.encode(), name="b.py")

    assert len(names) == 1
    assert report.isolation.missing == {}
    assert report.output.split("\n")[:4] == ["not listed", "not listed", "not read", "not written"]


def test_recording_saves_the_processes_of_the_author(example: Path, tmp_path: Path) -> None:
    """Neither a right submission nor the name of a known mistake needs the author's code."""
    assignment = load_assignment(example)
    store = RecordingStore(tmp_path / "cache")
    record(assignment, SEEDS.all(assignment.info), jobs=1, store=store)
    known = next(one for one in assignment.misconceptions if one.function == "loss")

    with Grader(assignment, seeds=SEEDS, store=store) as grader:
        right = grader.grade(example / "reference.py")
        wrong = grader.grade_data(wrong_program(assignment, known).encode(), name="wrong.py")

        opened = grader._resources._author._kept
    assert right.score == right.max_score
    named = {check.misconception for unit in wrong.functions for check in unit.checks}
    assert named == {None, known.id}
    assert opened == []


@pytest.mark.parametrize(
    ("file", "is_kept"),
    [("check_loss.py", False), ("reference.py", False), ("misconceptions.py", True)],
)
def test_recording_of_another_assignment_is_not_used(
    example: Path, tmp_path: Path, file: str, *, is_kept: bool
) -> None:
    """A changed check or reference needs another recording, a changed misconception does not."""
    store = RecordingStore(tmp_path / "cache")

    def has_recording() -> bool:
        with Grader(load_assignment(example), seeds=SEEDS, store=store) as grader:
            grader.grade_data(b"", name="a.py")
            found = grader._resources.find_recording(SEEDS.of(load_assignment(example).info, ""))
            grader.record_last()
        return found is not None

    assert not has_recording()
    assert has_recording()
    path = example / file
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")

    assert has_recording() == is_kept


def test_only_seeds_that_others_get_too_are_recorded(tmp_path: Path) -> None:
    """A seed that was given is not worth it, nor is a file that was not even graded."""
    store = RecordingStore(tmp_path / "cache")
    with Grader(load_assignment(EXAMPLE), store=store) as grader:
        grader.grade_data(b"", name="a.py", seed=12345)
        grader.record_last()
        grader.refuse("b.py", "no")
        grader.record_last()
        assert not store.folder.exists()

        report = grader.grade_data(b"", name="a.py")
        grader.record_last()
        grader.record_last()

    (path,) = store.folder.iterdir()
    assert str(report.seed) in path.name


def test_report_is_the_same_with_and_without_a_recording(
    wrong: Path, example: Path, tmp_path: Path
) -> None:
    """Live, recorded without known answers, and with them: one report."""
    assignment = load_assignment(example)
    some, all_ = RecordingStore(tmp_path / "some"), RecordingStore(tmp_path / "all")
    record(assignment, SEEDS.all(assignment.info), jobs=1, store=all_)
    reports = []
    for store in (None, some, all_):
        with Grader(assignment, seeds=SEEDS, store=store) as grader:
            for _ in range(2):
                reports.append(verdict(grader.grade(wrong)))
                grader.record_last()

    assert len(list(some.folder.iterdir())) == 1
    assert all(one == reports[0] for one in reports)
