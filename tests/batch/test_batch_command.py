"""`grader batch` as an instructor runs it: real graders, on a small class."""

import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import lms_samples as samples
import pytest

from grader.authoring.mock_class import write_mock_class
from grader.checks.assignment import load_assignment
from grader.pipeline import Grader
from grader.report.schema import report_to_json
from grader.seeds import Seeds

pytestmark = pytest.mark.slow

GRADER = Path(sys.executable).with_name("grader")
SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions"
_TIME = re.compile(r'<section aria-labelledby="time".*?</section>', re.DOTALL)
# With a salt of its own, each batch would ask something else.
LIMITS = ("--function-limit", "2", "--time-limit", "20", "--salt", "salt")


def run(*arguments: object, expected: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command and check its exit status."""
    command = [str(GRADER), "batch", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == expected, done.stdout + done.stderr
    return done


def results(out: Path) -> dict[str, str]:
    """Read all files that a batch has written, without the times in them."""
    found = {}
    for path in sorted(out.rglob("*")):
        if path.suffix not in (".csv", ".json", ".html"):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            content = json.loads(text)
            content.pop("timing")
            text = json.dumps(content)
        elif path.suffix == ".html":
            text = _TIME.sub("", text)
        found[str(path.relative_to(out))] = text
    return found


@pytest.fixture(scope="module")
def small_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a class of twelve that includes hostile and unreadable submissions."""
    folder = tmp_path_factory.mktemp("class")
    submissions = write_mock_class(load_assignment(), folder / "made", count=8)
    for name in (
        "hostile_exit_at_import.py",
        "hostile_endless_function.py",
        "wrong_update_never_zeroed.ipynb",
    ):
        (submissions / name).write_bytes((SUBMISSIONS / name).read_bytes())
    (submissions / "not python.py").write_text("def mse(:\n", encoding="utf-8")
    return folder / "made"


@pytest.fixture(scope="module")
def undisturbed(small_class: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Grade the class once, with two workers, and return the folder of results."""
    out = tmp_path_factory.mktemp("undisturbed")
    roster = small_class / "roster.csv"
    run(small_class / "submissions", "--roster", roster, "--out", out, "--jobs", 2, *LIMITS)
    return out


def rows_of(out: Path) -> dict[str, dict[str, str]]:
    """Read the rows of the gradebook, by report id."""
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_everybody_has_a_row_a_report_and_a_page(small_class: Path, undisturbed: Path) -> None:
    """Every submission has a row, a report and a page, hostile and unreadable ones included."""
    rows = rows_of(undisturbed)

    assert len(rows) == len(list((small_class / "submissions").iterdir()))
    for name in rows:
        assert (undisturbed / "reports" / f"{name}.json").exists()
        assert (undisturbed / "reports" / f"{name}.html").exists()
    assert rows["s1001.ipynb"]["score"] == "100"
    assert rows["s1001.ipynb"]["student_id"] == "s1001"
    assert [row["status"] for name, row in rows.items() if "python" in name] == ["unreadable"]


def test_report_is_the_same_as_when_graded_alone(small_class: Path, undisturbed: Path) -> None:
    """A report does not depend on what the worker graded before."""
    for name in ("s1003.py", "s1005.ipynb", "wrong_update_never_zeroed.ipynb"):
        kept = json.loads((undisturbed / "reports" / f"{name}.json").read_text(encoding="utf-8"))
        with Grader(seeds=Seeds("salt", is_class=True)) as alone:
            report = alone.grade(small_class / "submissions" / name)

        own = json.loads(report_to_json(report))
        for one in (kept, own):
            one.pop("timing")
            one.pop("key")
        assert kept == own


def test_one_worker_in_another_order_gives_the_same_results(
    small_class: Path, undisturbed: Path, tmp_path: Path
) -> None:
    """One worker and reversed order give the same results, byte for byte except for times."""
    submissions = small_class / "submissions"
    files = sorted(submissions.iterdir(), reverse=True)
    roster = small_class / "roster.csv"

    run(*files, "--roster", roster, "--out", tmp_path / "out", "--jobs", 1, *LIMITS)

    assert results(tmp_path / "out") == results(undisturbed)


def test_second_run_grades_only_what_has_changed(small_class: Path, tmp_path: Path) -> None:
    """A second run grades only changed submissions and prints how many; --regrade grades all."""
    submissions = tmp_path / "submissions"
    submissions.mkdir()
    for name in ("s1003.py", "s1004.py"):
        (submissions / name).write_bytes((small_class / "submissions" / name).read_bytes())
    out = tmp_path / "out"
    run(submissions, "--out", out, "--jobs", 1)
    before = (out / "reports" / "s1003.py.json").stat().st_mtime_ns

    (submissions / "s1004.py").write_bytes((SUBMISSIONS / "right_plain.py").read_bytes())
    done = run(submissions, "--out", out, "--jobs", 1)

    assert "1 graded, 1 unchanged" in done.stdout
    assert (out / "reports" / "s1003.py.json").stat().st_mtime_ns == before
    assert rows_of(out)["s1004.py"]["score"] == "100"

    done = run(submissions, "--out", out, "--jobs", 1, "--regrade")
    assert "2 graded" in done.stdout
    assert (out / "reports" / "s1003.py.json").stat().st_mtime_ns != before


def test_batch_that_was_killed_again_and_again_ends_like_an_undisturbed_one(
    small_class: Path, tmp_path: Path
) -> None:
    """Repeated SIGKILLs at random moments do not change the results of the final run."""
    kills = int(os.environ.get("ZEROGRAD_TEST_KILLS", "4"))
    if kills > 4:  # so that there is work left for every run
        made = write_mock_class(load_assignment(), tmp_path / "more", count=4 * kills)
        for path in (small_class / "submissions").glob("[!s]*"):
            (made / path.name).write_bytes(path.read_bytes())
        small_class = tmp_path / "more"
    command = [str(GRADER), "batch", str(small_class / "submissions"), "--jobs", "2", *LIMITS]
    command += ["--roster", str(small_class / "roster.csv"), "--out"]
    run(*command[2:], tmp_path / "undisturbed")
    command.append(str(tmp_path / "out"))
    chance = random.Random(os.environ.get("ZEROGRAD_TEST_SEED", "1"))  # noqa: S311 - no secret
    for _ in range(kills):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            process.wait(timeout=chance.uniform(0.1, 6))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    run(*command[2:])

    assert results(tmp_path / "out") == results(tmp_path / "undisturbed")
    assert not list((tmp_path / "out").rglob(".zerograd-*"))


def test_ctrl_c_keeps_what_is_done(small_class: Path, tmp_path: Path) -> None:
    """Ctrl-C keeps the finished reports, and the message says how to continue."""
    out = tmp_path / "out"
    process = subprocess.Popen(
        [str(GRADER), "batch", str(small_class / "submissions"), "--out", str(out), *LIMITS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    # Two, because the interrupt may come between writing a report and counting it.
    while len(list((out / "reports").glob("*.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)

    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "run the same command to continue" in errors
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert 0 < len(summary["rows"]) < 12
    assert "interrupted" in summary["remarks"][0]


def test_roster_shows_who_did_not_hand_in(small_class: Path, tmp_path: Path) -> None:
    """A student on the roster who did not hand in has a row with an empty score, not a zero."""
    submission = small_class / "submissions" / "s1003.py"

    done = run(submission, "--roster", small_class / "roster.csv", "--out", tmp_path / "out")

    absent = [row for row in csv.DictReader(_lines(tmp_path / "out")) if row["id"] == ""]
    assert len(absent) == 7
    assert {row["score"] for row in absent} == {""}
    assert "7 students on the roster did not hand in anything" in done.stdout


def test_two_submissions_of_one_student_are_both_graded_and_reported(
    small_class: Path, tmp_path: Path
) -> None:
    """Both submissions of a student get a row, and a remark leaves the choice to the instructor."""
    submissions = tmp_path / "submissions"
    submissions.mkdir()
    for name in ("s1003.py", "s1003-new.py", "somebody.py"):
        (submissions / name).write_text("", encoding="utf-8")

    done = run(submissions, "--roster", small_class / "roster.csv", "--out", tmp_path / "out")

    assert "1 student has more than one submission; each submission has its own row." in done.stdout
    assert "1 submission could not be matched with the roster." in done.stdout
    rows = rows_of(tmp_path / "out")
    assert {name for name in rows if name and rows[name]["student_id"] == "s1003"} == {
        "s1003.py",
        "s1003-new.py",
    }


def _lines(out: Path) -> list[str]:
    return (out / "gradebook.csv").read_text(encoding="utf-8-sig").splitlines()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none", "--out", "out"], "no file or folder none"),
        ([".", "--out", "out", "--roster", "none.csv"], "can't read the roster"),
        ([".", "--out", "out", "--assignment", "none"], "assignment"),
        ([".", "--out", "file.py"], "file.py"),
        (["."], "--out"),
        (["--out", "out"], "PATH"),
    ],
)
def test_unusable_arguments_are_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    """Unusable arguments end with exit status 2 and one line that names the problem."""
    (tmp_path / "file.py").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    done = run(*arguments, expected=2)

    assert message in done.stderr.splitlines()[-1]


def test_empty_folder_is_not_a_class(tmp_path: Path) -> None:
    """A folder without submissions is an error that says what was looked for."""
    (tmp_path / "submissions").mkdir()

    done = run(tmp_path / "submissions", "--out", tmp_path / "out", expected=2)

    assert "found no submissions in" in done.stderr
    assert "looked for .py files, .ipynb notebooks and zips" in done.stderr


def test_fault_of_the_grader_is_never_a_zero(
    small_class: Path, tmp_path: Path, write_broken_assignment: Callable[[], Path]
) -> None:
    """A fault of the grader shows in exit status and gradebook, and is retried on the next run."""
    broken = write_broken_assignment()
    submission = small_class / "submissions" / "s1003.py"
    arguments = (submission, "--out", tmp_path / "out", "--jobs", 1, "--assignment", broken)

    for _ in range(2):
        done = run(*arguments, expected=3)

        row = rows_of(tmp_path / "out")["s1003.py"]
        assert (row["status"], row["score"]) == ("grader_error", "")
        assert "1 grader failed" in done.stdout


@pytest.fixture
def write_broken_assignment(tmp_path: Path) -> Callable[[], Path]:
    """Return a function that writes an assignment with a check that raises an OSError."""

    def write() -> Path:
        subprocess.run([str(GRADER), "new", "lab5"], cwd=tmp_path, check=True, capture_output=True)
        check = next((tmp_path / "lab5").glob("check_*.py"))
        source = check.read_text(encoding="utf-8")
        broken, count = re.subn(
            r"(def check_\w+\(probe\):\n)", r"\1    raise OSError('disk')\n", source
        )
        assert count
        check.write_text(broken, encoding="utf-8")
        return tmp_path / "lab5"

    return write


def test_class_with_zips_modules_and_a_roster_of_its_own(tmp_path: Path) -> None:
    """Everything that is known of a row is in the gradebook, on the page and in stats."""
    course = tmp_path / "course"
    source = "def mse(y_hat, y):\n    return (y_hat - y).pow(2).mean()\n"
    samples.write(
        course,
        {
            "submissions/kim/abgabe.zip": samples.zipped({"abgabe\\lab4.py": source.encode()}),
            "submissions/lee/lab4.py": f"import no_such_module\n\n{source}".encode(),
            "submissions/ann/ann.zip": samples.zipped({"../lab4.py": source.encode()}),
            "roster.csv": (
                b"Student;ID;SIS Login ID;Seat\n    Points Possible;;;\n"
                b"Kim K.;1;kim;7\nLee L.;2;lee;8\nStudent, Test;3;;9\nAnn A.;4;ann;3\nZoe;5;z;1\n"
            ),
        },
    )
    out = tmp_path / "out"
    options = ("--roster", course / "roster.csv", "--out", out, "--jobs", 1)

    refused = run(course, *options, expected=2)
    done = run(course / "submissions", *options, "--csv-dialect", "excel-semicolon")

    assert "give that folder" in re.sub(r"\s+", " ", refused.stderr)
    assert "1 stops at a module that isn't installed here: no_such_module" in done.stdout
    assert "1 student on the roster did not hand in anything" in done.stdout
    assert "Columns of the roster that were not used: Seat." in done.stdout
    lines = (out / "gradebook.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = {row["name"]: row for row in csv.DictReader(lines, delimiter=";")}
    assert rows.keys() == {"Kim K.", "Lee L.", "Ann A.", "Zoe"}
    assert float(rows["Kim K."]["score"].replace(",", ".")) > 0
    assert rows["Lee L."]["score"] == rows["Kim K."]["score"]
    assert "no_such_module is not installed here" in rows["Lee L."]["notes"]
    assert "its path leads out of the archive" in rows["Ann A."]["notes"]
    page = (out / "index.html").read_text(encoding="utf-8")
    for text in ("no_such_module", "ann/ann.zip/../lab4.py", "its path leads out", "Seat"):
        assert text in page
