"""The kit of the built-in lab, and the two wheels of a release."""

import json
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from kit_texts import leaks, secrets_of

import grader
from grader.authoring.release import find_exercises
from grader.bundles.dist import INSTRUCTORS, STUDENTS, make_wheels
from grader.bundles.kit import MadeKit, make_kit
from grader.checks.assignment import load_assignment
from grader.checks.kit_file import read_kit
from grader.errors import UsageError
from grader.pipeline import Grader
from grader.report.model import Status

SUBMISSIONS = Path(__file__).parents[1] / "submissions"
MAX_KIT_BYTES = 5 * 1000 * 1000
SAMPLES = (
    "right_classroom_globals.ipynb",
    "right_hand_gradients.py",
    "wrong_predict_own_model.py",
    "wrong_mse_absolute_not_square.py",
    "wrong_update_never_zeroed.ipynb",
    "wrong_cross_entropy_nan_at_zero.py",
    "wrong_make_data_ones_column_first.py",
    "hostile_exit_in_functions.py",
    "hostile_lent_code_in_messages.py",
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made() -> MadeKit:
    """Return the kit of the lab with one seed, which takes a minute."""
    return make_kit(load_assignment(), seeds=1, jobs=2)


@pytest.fixture(scope="module")
def kit_grader(made: MadeKit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """Return a grader with the kit."""
    path = tmp_path_factory.mktemp("kit") / "lab4.zip"
    path.write_bytes(made.data)
    with Grader(load_assignment(path)) as warm:
        yield warm


def test_kit_is_small_and_judges_all_but_the_answers(made: MadeKit) -> None:
    """With three seeds it is at most three times as large, which is still below the limit."""
    assert 3 * len(made.data) < MAX_KIT_BYTES
    assert made.points == 94
    assert made.later == {"ANSWERS": 6}
    assert made.misconceptions > 400


def test_no_line_of_a_solution_or_misconception_is_in_the_kit(made: MadeKit) -> None:
    """Neither of the reference nor of any of the programs, nor a letter of the answers."""
    lab = load_assignment()
    exercises = [path.read_text("utf-8") for path in find_exercises(lab).iterdir()]
    secret = secrets_of(lab, exercises)
    manifest, files = read_kit(made.data)

    assert len(secret) > 500
    assert leaks(made.data, secret) == set()
    assert "check_answers.py" not in files
    assert not [one for one in manifest.misconceptions if one.unit == "ANSWERS"]


@pytest.mark.parametrize("name", SAMPLES)
def test_verdicts_are_those_of_the_whole_lab(
    name: str, kit_grader: Grader, warm_grader: Grader
) -> None:
    """What the kit judges, it judges as the whole lab; the rest is not judged, never lost."""
    short = kit_grader.grade(SUBMISSIONS / name)
    full = warm_grader.grade(SUBMISSIONS / name, seed=short.seed)

    expected = {one.id: one for unit in full.functions for one in unit.checks}
    found = [one for unit in short.functions for one in unit.checks]
    assert len(found) == len(expected) - 12  # questions
    for one in found:
        right = expected[one.id]
        if one.status is not Status.NOT_JUDGED:
            assert (one.status, one.points) == (right.status, right.points), one
            assert one.misconception == right.misconception
    if name.startswith("right"):
        assert {one.status for one in found} == {Status.PASSED}


def test_unit_without_a_check_in_the_kit_can_not_be_asked_for(kit_grader: Grader) -> None:
    """A report without any check would say nothing."""
    with pytest.raises(UsageError, match="ANSWERS is judged later"):
        kit_grader.grade(SUBMISSIONS / "right_plain.py", only="ANSWERS")


# --- the wheels ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheels(made: MadeKit, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the files of both wheels, by the names of their distributions."""
    folder = tmp_path_factory.mktemp("dist")
    found = {}
    for name, content in make_wheels(made.data).items():
        path = folder / name
        path.write_bytes(content)
        found[name.split("-")[0].replace("_", "-")] = path
    return found


def test_wheel_for_students_has_nothing_of_the_author(wheels: dict[str, Path]) -> None:
    """The engine and the kit; the other one has all else of the lab, and no file is in both."""
    with zipfile.ZipFile(wheels[STUDENTS]) as archive:
        engine = set(archive.namelist())
    with zipfile.ZipFile(wheels[INSTRUCTORS]) as archive:
        lab = set(archive.namelist())

    assert "grader/assignments/lab4.zip" in engine
    assert not [name for name in engine if name.startswith("grader/assignments/lab4/")]
    assert not [name for name in engine if "reference/" in name]
    assert "grader/assignments/lab4/reference/lab4.py" in lab
    assert "grader/assignments/lab4/check_answers.py" in lab
    assert "grader/assignments/lab4/exercises/lab4.ipynb" in lab
    assert engine & lab == set()


def test_metadata_of_both_wheels(wheels: dict[str, Path]) -> None:
    """One needs the other in the same version; both have the license."""
    for name, path in wheels.items():
        with zipfile.ZipFile(path) as archive:
            info = next(one for one in archive.namelist() if one.endswith("/METADATA"))
            described = message_from_bytes(archive.read(info))
            assert any(one.endswith("licenses/LICENSE") for one in archive.namelist())
        assert described["Name"] == name
        assert described["Version"] == grader.__version__
        needs = described.get_all("Requires-Dist", [])
        is_of_students = name == STUDENTS
        assert any(one.startswith("torch") for one in needs) == is_of_students
        assert (f"{STUDENTS}=={grader.__version__}" in needs) != is_of_students


def test_same_zerograd_makes_the_same_wheels(made: MadeKit, wheels: dict[str, Path]) -> None:
    """Byte for byte."""
    again = make_wheels(made.data)

    assert {path.name: path.read_bytes() for path in wheels.values()} == again


@pytest.fixture(scope="module")
def environment(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with the students' wheel, and the libraries of this one."""
    place = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    (site,) = place.glob("lib/python*/site-packages")
    # The path files there are not read, so a checkout that is linked is not found.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    _install(wheels[STUDENTS], place)
    return place


def _install(wheel: Path, environment: Path) -> None:
    python = environment / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q"]
    subprocess.run([*command, "--no-deps", "--no-index", str(wheel)], check=True)


def _grade(environment: Path, name: str, cache: Path) -> tuple[int, dict[str, object], str]:
    done = subprocess.run(
        [environment / "bin" / "grade", SUBMISSIONS / name, "--json", "-"],
        capture_output=True,
        text=True,
        check=False,
        cwd=cache,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cache), "ZEROGRAD_CACHE": str(cache)},
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout), re.sub(r"\s+", " ", done.stderr)


def test_students_wheel_grades_with_the_kit_and_both_with_the_lab(
    environment: Path, wheels: dict[str, Path], tmp_path: Path
) -> None:
    """The first without anything of the author; once the second is there, the whole lab is used."""
    code, right, shown = _grade(environment, "right_plain.py", tmp_path)
    assert (code, right["score"], right["max_score"]) == (0, 94, 94)
    assert "6 more points are judged later: ANSWERS (6)" in shown
    assert "can't be recorded" not in shown  # a kit is a recording

    code, wrong, shown = _grade(environment, "wrong_mse_absolute_not_square.py", tmp_path)
    assert code == 1
    assert "gradient - / 8 not judged yet" in shown
    assert "The absolute differences are averaged" in shown
    refused = subprocess.run(
        [environment / "bin" / "grader", "verify"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert "install zerograd-lab4" in refused.stderr.replace("\n", " ")

    _install(wheels[INSTRUCTORS], environment)

    code, right, shown = _grade(environment, "right_plain.py", tmp_path)
    assert (code, right["score"], right["max_score"]) == (0, 100, 100)
    code, wrong, shown = _grade(environment, "wrong_mse_absolute_not_square.py", tmp_path)
    assert (code, wrong["score"]) == (1, 94)
    assert "self-check" not in shown
