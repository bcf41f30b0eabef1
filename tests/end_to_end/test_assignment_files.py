"""An assignment with files, support and a hand-in of two files is graded, from end to end."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from files_lab import FILES, MODEL, RIGHT, TRAIN, write_files, write_files_lab

from grader.authoring.verify import verify
from grader.batch.choose_file import choose, pieces_below
from grader.batch.gradable_files import AskedFor
from grader.batch.tree import tree_of_folder
from grader.bundles.bundle import make_bundle
from grader.bundles.harness import run_harness
from grader.checks.assignment import load_assignment
from grader.pipeline import Grader
from grader.report.model import Report, ReportStatus, Status

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the assignment."""
    return write_files_lab(tmp_path_factory.mktemp("lab") / "files")


@pytest.fixture(scope="module")
def grader(lab: Path) -> Iterator[Grader]:
    """Return a grader of the assignment."""
    with Grader(load_assignment(lab)) as opened:
        yield opened


def grade(grader: Grader, folder: Path, files: dict[str, str]) -> Report:
    """Grade files that a student handed in."""
    write_files(folder, files)
    asked = AskedFor("reference", ("train.py", "model.py"))
    chosen = choose(pieces_below(tree_of_folder(folder).files, ""), stem=asked)
    return grader.grade_data(chosen.read(), name=chosen.file)


def points(report: Report) -> dict[str, float]:
    """Return the points of each function."""
    return {one.name: one.score for one in report.functions}


def text_of(report: Report) -> str:
    """Return all messages of a report, with their hints."""
    checks = [check for one in report.functions for check in one.checks]
    return "\n".join(f"{one.message} {one.hint}" for one in checks)


ALL = {"predict": 3.0, "column": 3.0, "loss": 3.0}


def test_right_hand_in_gets_full_marks(grader: Grader, tmp_path: Path) -> None:
    """Files find each other, the data and the given module; the digest is that of all files."""
    report = grade(grader, tmp_path, RIGHT)

    assert points(report) == ALL
    assert report.output == "loaded a train\n"
    assert report.loading == ()
    assert report.submission.name == "train.py and model.py"
    assert report.submission.format == "python"
    assert len(report.submission.sha256) == 64


BARE = TRAIN.replace("import model\n", "").replace("from model import predict as line\n", "")
DISTRIBUTED = {
    "one file has all": {
        "train.py": "from model import *\n",
        "model.py": BARE.replace("line(", "predict(") + MODEL,
    },
    "through the module": {
        "train.py": "import model\n" + BARE.replace("line(", "model.predict("),
        "model.py": MODEL,
    },
    "a single file": {"solution.py": BARE.replace("line(", "predict(") + MODEL},
}


@pytest.mark.parametrize("files", DISTRIBUTED.values(), ids=DISTRIBUTED)
def test_other_ways_to_hand_in_are_as_right(
    files: dict[str, str], grader: Grader, tmp_path: Path
) -> None:
    """How the functions are distributed over files changes no point that can be had."""
    assert points(grade(grader, tmp_path, files)) == ALL


def test_one_bug_costs_one_unit(grader: Grader, tmp_path: Path) -> None:
    """A wrong helper in another file costs no point of what imports it, and it is diagnosed."""
    report = grade(grader, tmp_path, {**RIGHT, "model.py": MODEL.replace("* w", "+ w")})

    assert points(report) == {**ALL, "predict": 0.0}
    (predict,) = (one for one in report.functions if one.name == "predict")
    assert predict.checks[0].misconception == "predict/adds"


def test_missing_file_costs_its_units(grader: Grader, tmp_path: Path) -> None:
    """What is in a file that was not handed in is missing, and nothing else."""
    report = grade(grader, tmp_path, {"train.py": TRAIN})

    assert points(report) == {**ALL, "predict": 0.0}
    assert [note.text for note in report.loading] == [
        "train.py needed results of earlier code, which had stopped",
        "model.py: it was not handed in",
    ]


def test_line_is_shown_with_its_file(grader: Grader, tmp_path: Path) -> None:
    """What a function raises is shown with the line and the file."""
    report = grade(grader, tmp_path, {**RIGHT, "model.py": MODEL.replace("* w", "* w / z")})

    assert "line 6 of model.py: return helper(x) * w / z" in text_of(report)
    assert points(report) == {**ALL, "predict": 0.0}


def test_numbers_of_the_exercise_are_not_those_of_grading(grader: Grader, tmp_path: Path) -> None:
    """Who types in what the exercise's file has is wrong for the other file at grading."""
    typed_in = "torch.tensor([[1., 4, 7], [2, 5, 8], [3, 6, 9]][n])"
    read = 'torch.tensor([row[n] for row in read_table("./data.csv")])'
    report = grade(grader, tmp_path, {**RIGHT, "train.py": TRAIN.replace(read, typed_in)})

    assert points(report) == {**ALL, "column": 0.0}


def test_misconception_reads_the_same_file(grader: Grader, tmp_path: Path) -> None:
    """A known mistake about a file is named."""
    wrong = TRAIN.replace("[row[n] for row in read_table", "[*read_table").replace(
        '("./data.csv")]', '("./data.csv")[n]]'
    )
    report = grade(grader, tmp_path, {**RIGHT, "train.py": wrong})

    assert points(report) == {**ALL, "column": 0.0}
    (column,) = (one for one in report.functions if one.name == "column")
    assert column.checks[0].misconception == "column/a-row"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/content/data.csv", "Open the file as data.csv"),
        ("dta.csv", "There is no dta.csv, but there is data.csv."),
        ("grading.csv", "There is no grading.csv. The current folder has data.csv,"),
    ],
)
def test_file_that_is_not_there_is_explained(
    path: str, said: str, grader: Grader, tmp_path: Path
) -> None:
    """The message names the files that are there, in a call and while the file is loaded."""
    wrong = TRAIN.replace("./data.csv", path) + f"open({path!r})\n"
    report = grade(grader, tmp_path, {**RIGHT, "train.py": wrong})

    assert said in text_of(report)
    assert said in report.loading[0].text
    assert "scratch-" not in report.loading[0].text


def test_stub_of_two_files_earns_nothing(grader: Grader, tmp_path: Path) -> None:
    """Functions that are not written yet are missing, in whatever file."""
    stub = "def {}:\n    raise NotImplementedError\n"
    report = grade(
        grader,
        tmp_path,
        {
            "train.py": "from model import predict\n"
            + stub.format("loss(x, y, w)")
            + stub.format("column(n)"),
            "model.py": stub.format("predict(x, w)"),
        },
    )

    assert report.score == 0
    assert {check.status for one in report.functions for check in one.checks} == {Status.MISSING}


HOSTILE = {
    "reads the assignment": "import os\nfor a, b, c in os.walk('/'):\n"
    "    for name in c:\n        if name in ('grading.csv', 'check_loss.py', 'reference.py'):\n"
    "            try: print('SECRET', open(os.path.join(a, name)).read()[:40])\n"
    "            except OSError: pass\n",
    "spoils the data": "import os, shutil\nos.remove('data.csv')\n"
    "open('data.csv', 'w').write('0')\n"
    "shutil.rmtree('more')\n",
    "spoils the import system": "import sys\nsys.meta_path.clear()\nsys.path.clear()\n",
    "spoils the modules": "import sys\nfor name in ('tables', 'model', 'train'):\n"
    "    sys.modules[name] = None\n",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_hurts_only_itself(hostile: str, grader: Grader, tmp_path: Path) -> None:
    """Whatever a file does costs at most its own points, and the next hand-in is graded right."""
    report = grade(grader, tmp_path / "a", {**RIGHT, "train.py": TRAIN + hostile})
    after = grade(grader, tmp_path / "b", RIGHT)

    assert report.status is ReportStatus.GRADED
    assert "SECRET" not in report.output
    assert points(after) == ALL


def test_verify_finds_nothing_in_it(lab: Path) -> None:
    """The reference and the misconceptions read the files, and import the module."""
    found = verify(load_assignment(lab), seeds=2, jobs=1, on_progress=lambda *_: None)

    assert found.problems == []


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run a command of ours as a program."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=dict(os.environ),
    )


def test_grade_takes_a_folder_a_zip_and_files(lab: Path, tmp_path: Path) -> None:
    """The command takes a folder, a zip, several files, or one of them with those beside it."""
    folder = write_files(tmp_path / "work", RIGHT)
    packed = tmp_path / "work.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in RIGHT.items():
            archive.writestr(f"work/{name}", text)
    both = (folder / "train.py", folder / "model.py")

    for given in ((folder,), (packed,), both, (folder / "train.py",)):
        done = run("--assignment", lab, *given)
        assert done.returncode == 0, (given, done.stderr)
        assert "9 of 9 points" in done.stdout
    assert run(folder).returncode == 2
    assert "is a folder; name the file" in run(folder).stderr
    assert run("--watch", "--assignment", lab, folder).returncode == 2


def test_batch_grades_all_files_of_each_student(lab: Path, tmp_path: Path) -> None:
    """A class of folders and zips gets its points, and unchanged work is not graded again."""
    write_files(tmp_path / "class" / "kim", RIGHT)
    write_files(tmp_path / "class" / "lee", {**RIGHT, "model.py": MODEL.replace("* w", "+ w")})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in RIGHT.items():
            archive.writestr(name, text)
    (tmp_path / "class" / "max.zip").write_bytes(buffer.getvalue())
    arguments = ("batch", tmp_path / "class", "--out", tmp_path / "out", "--assignment", lab)

    done = subprocess.run(
        [sys.executable, "-c", "from grader.cli.grader import main; main()", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert {one["id"]: one["score"] for one in summary["rows"]} == {
        "kim": 9.0,
        "lee": 6.0,
        "max.zip": 9.0,
    }


def test_bundle_has_all_that_is_given(lab: Path) -> None:
    """A bundle's wheel has the data files, those of grading, and the modules."""
    files = {one.name: one.content for one in make_bundle("gradescope", load_assignment(lab))}
    (wheel,) = (content for name, content in files.items() if name.endswith(".whl"))

    names = zipfile.ZipFile(io.BytesIO(wheel)).namelist()

    for name in FILES:
        assert f"grader/assignments/files/{name}" in names


def test_platform_grades_all_files(lab: Path, tmp_path: Path) -> None:
    """What a platform puts in place is graded together."""
    write_files(tmp_path / "submission", RIGHT)

    assert run_harness(
        "gradescope", root=tmp_path, assignment=str(lab), limits={}, isolation="auto"
    )

    assert json.loads((tmp_path / "results" / "results.json").read_text())["score"] == 9
