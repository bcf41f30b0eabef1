"""The command ``grader`` for authors and CI jobs: exit codes, streams, bad input."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.authoring.new import SHAPES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "two_layers"

Done = subprocess.CompletedProcess[str]


def run(*arguments: object, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> Done:
    """Run ``grader`` as a program."""
    return subprocess.run(
        [sys.executable, "-c", "from grader.cli.grader import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "80", **(environment or {})},
    )


@pytest.fixture
def lab5(tmp_path: Path) -> Path:
    """A new assignment."""
    done = run("new", "lab5", "--in", tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "lab5"


# --- new ----------------------------------------------------------------------------------


def test_new_writes_a_folder_and_says_what_to_do_next(tmp_path: Path) -> None:
    """A new assignment goes to the current folder by default, and the next step is shown."""
    done = run("new", "lab5", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "wrote lab5; now try: grader verify --assignment lab5\n"
    assert (tmp_path / "lab5" / "assignment.toml").is_file()


def test_new_writes_the_shape_that_is_asked_for(tmp_path: Path) -> None:
    """`--like` chooses what the assignment is about."""
    done = run("new", "lab5", "--like", "module", "--in", tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "lab5" / "check_Linear.py").is_file()


def test_help_of_new_says_what_each_shape_is() -> None:
    """Each shape is listed with what it is for."""
    done = run("new", "--help")

    assert all(f"{name}  " in done.stdout and text in done.stdout for name, text in SHAPES.items())


@pytest.mark.parametrize("name", ["5lab", "lab5"])
def test_new_that_can_not_be_done_is_a_usage_error(name: str, lab5: Path) -> None:
    """A bad name and an existing folder are usage errors."""
    done = run("new", name, "--in", lab5.parent)

    assert done.returncode == 2
    assert done.stdout == ""
    assert name in done.stderr
    assert "Traceback" not in done.stderr


# --- release ------------------------------------------------------------------------------


@pytest.mark.parametrize("assignment", ["lab4", EXAMPLE], ids=["lab4", "two_layers"])
def test_committed_exercises_are_up_to_date(assignment: str | Path) -> None:
    """The committed exercises are up to date, so --check exits with 0 and prints nothing."""
    done = run("release", "--check", "--assignment", assignment)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_release_writes_what_is_missing_and_check_only_says_so(lab5: Path) -> None:
    """--check lists the files that would change and exits with 1; release writes them."""
    first = run("release", "--check", "--assignment", lab5)
    second = run("release", "--assignment", lab5)
    third = run("release", "--check", "--assignment", lab5)

    script, notebook = lab5 / "exercises" / "lab5.py", lab5 / "exercises" / "lab5.ipynb"
    assert first.returncode == 1
    assert first.stdout == f"would change {script}\nwould change {notebook}\n"
    assert (second.returncode, second.stdout) == (0, f"wrote {script}\nwrote {notebook}\n")
    assert (third.returncode, third.stdout) == (0, "")
    assert 'NotImplementedError("lab 5: write relu()")' in script.read_text(encoding="utf-8")


def test_release_writes_to_out(lab5: Path, tmp_path: Path) -> None:
    """Release writes to --out, also for an assignment from the environment."""
    done = run("release", "--out", tmp_path / "out", environment={"ZEROGRAD_ASSIGNMENT": str(lab5)})

    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["lab5.ipynb", "lab5.py"]
    assert not (lab5 / "exercises").exists()


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_release_of_what_may_be_a_solution_is_a_usage_error(options: list[str], lab5: Path) -> None:
    """Each line that is refused is printed, nothing is written, and the exit code is 2."""
    with (lab5 / "reference.py").open("a", encoding="utf-8") as file:
        file.write("\n# %%\nhalf = lambda z: z / 2\nthird = half(2) / 3\n")

    done = run("release", "--assignment", lab5, *options)

    assert done.returncode == 2
    assert "the lambda `half = lambda z: z / 2` may be a part of the solution" in done.stderr
    assert "the assignment `third = half(2) / 3` may be a part of the solution" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (lab5 / "exercises").exists()


# --- verify -------------------------------------------------------------------------------


@pytest.mark.slow
def test_verify_exits_with_0_without_problems(lab5: Path) -> None:
    """Without problems, verify shows what each check catches, and exits with 0."""
    done = run("verify", "--assignment", lab5, "--seeds", 1, "--jobs", 1)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "relu: 2 checks, 2 misconceptions\n  a  catches 1  has-the-right-values" in done.stdout
    assert "\n4 of 4 misconceptions are named correctly and cost exactly one unit\n" in done.stdout
    assert done.stdout.endswith(
        "\n✓ Lab 5: an activation function: 1 seed, 4 misconceptions: no problems\n"
    )


@pytest.mark.slow
def test_verify_exits_with_1_if_there_is_a_problem(lab5: Path) -> None:
    """With problems, verify lists them above the last line, and exits with 1."""
    (lab5 / "check_mean_relu.py").unlink()

    done = run("verify", "--assignment", lab5, "--seeds", 1, "--jobs", 1, "--no-color")

    assert done.returncode == 1, done.stderr
    assert "✗ no check grades mean_relu" in done.stdout
    assert "4 problems" in done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_verify_shows_mutants_that_survive(lab5: Path) -> None:
    """A survivor is shown as a diff and exits with 1, until it is marked with a reason."""
    arguments = ("verify", "--assignment", lab5, "--mutants", "--jobs", 1, "--no-color")
    first = run(*arguments, "--write-marks")
    marks = lab5 / "equivalent_mutants.toml"
    without_reasons = run(*arguments)
    marks.write_text(marks.read_text().replace('reason = ""', 'reason = "it is right as well"'))
    second = run(*arguments)

    assert first.returncode == without_reasons.returncode == 1
    assert "\n  -    return" in first.stdout
    assert "marked as equivalent without a reason" in without_reasons.stdout
    assert second.returncode == 0, second.stdout
    assert " 0 survived" in second.stdout


def test_options_of_mutants_need_mutants(lab5: Path) -> None:
    """An option that only makes sense for mutants is not passed over in silence."""
    done = run("verify", "--assignment", lab5, "--unit", "relu")

    assert done.returncode == 2
    assert "--unit, --diagnose and --write-marks need --mutants" in done.stderr


@pytest.mark.parametrize("command", ["verify", "release"])
@pytest.mark.parametrize("is_there", [True, False])
def test_assignment_that_can_not_be_used_is_a_usage_error(
    command: str,
    is_there: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    """A missing or broken assignment is named, without a traceback."""
    folder = tmp_path / "lab9"
    if is_there:
        shutil.copytree(EXAMPLE, folder)
        (folder / "misconceptions.py").write_text("def nobodys(): pass\n", encoding="utf-8")

    done = run(command, "--assignment", folder)

    assert done.returncode == 2
    assert "lab9" in done.stderr
    assert ("nobodys should be named UNIT__MISCONCEPTION" in done.stderr) is is_there
    assert "Traceback" not in done.stderr


# --- the others ---------------------------------------------------------------------------


def test_schema_is_json() -> None:
    """The printed schema is JSON."""
    done = run("schema")

    assert done.returncode == 0
    assert json.loads(done.stdout)["$defs"]


def test_help_names_the_commands() -> None:
    """The help lists the commands, and sends students to `grade`."""
    done = run("--help")

    assert done.returncode == 0
    assert "Students use `grade FILE`" in done.stdout
    assert all(f"  {name}" in done.stdout for name in ("new", "release", "schema", "verify"))
