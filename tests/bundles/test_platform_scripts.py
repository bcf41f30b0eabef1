"""The scripts that platforms call, run for real on the platforms' folders and as other users."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree  # type: ignore[import-untyped]  # has no type information

from grader.bundles.bundle import make_bundle, write_folder
from grader.checks.assignment import load_assignment

SUBMISSIONS = Path(__file__).resolve().parents[1] / "submissions"
GRADER = Path(sys.executable).with_name("grader")
# Runs a command as an ordinary user, with another id and without root's capabilities.
ORDINARY = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
ROOTS = {"gradescope": "AUTOGRADER_ROOT", "prairielearn": "GRADE_ROOT", "coursera": "SHARED_ROOT"}
SCRIPTS = {"gradescope": "run_autograder", "prairielearn": "grade.sh", "coursera": "grade.sh"}
FOLDERS = {"gradescope": "submission", "prairielearn": "student", "coursera": "submission"}
RESULTS = {
    "gradescope": "results/results.json",
    "prairielearn": "results/results.json",
    "coursera": "feedback.json",
}
ENDLESS = "hostile_endless_function.py"

Run = Callable[..., subprocess.CompletedProcess[str]]


def _can_switch_user() -> bool:
    return not subprocess.run([*ORDINARY, "true"], capture_output=True, check=False).returncode


USERS = [
    pytest.param((), id="root" if os.getuid() == 0 else "ordinary"),
    pytest.param(
        ORDINARY,
        id="another",
        marks=pytest.mark.skipif(
            not shutil.which("unshare") or not _can_switch_user(),
            reason="can't run as another user without user namespaces",
        ),
    ),
]


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle for each platform, and one with a short time limit for endless submissions."""
    folder = tmp_path_factory.mktemp("bundles")
    for platform in SCRIPTS:
        for name, limit_s in ((platform, None), (f"{platform}-short", 4)):
            files = make_bundle(platform, load_assignment(), time_limit_s=limit_s)
            write_folder(files, folder / name)
    return folder


@pytest.fixture
def run(bundles: Path, tmp_path: Path) -> Run:
    """Put a submission where the platform puts it, and run the platform's script."""

    def grade(
        platform: str,
        *files: Path,
        user: tuple[str, ...] = (),
        grader: Path | str = GRADER,
    ) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / FOLDERS[platform]
        folder.mkdir(exist_ok=True)
        for file in files:
            shutil.copy(file, folder)
        is_endless = any(file.name == ENDLESS for file in files)
        source = bundles / (f"{platform}-short" if is_endless else platform)
        if platform == "gradescope":  # it unpacks the bundle next to the submission
            shutil.copytree(source, tmp_path / "source", dirs_exist_ok=True)
            source = tmp_path / "source"
        return subprocess.run(
            [*user, str(source / SCRIPTS[platform])],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, ROOTS[platform]: str(tmp_path), "ZEROGRAD": str(grader)},
        )

    return grade


def results(platform: str, folder: Path) -> dict[str, object]:
    """Read the result that was left."""
    content = json.loads((folder / RESULTS[platform]).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def fraction(platform: str, content: dict[str, object]) -> float:
    """Return the score as a number from 0 to 1."""
    if platform == "coursera":
        return float(str(content["fractionalScore"]))
    if platform == "prairielearn":
        return float(str(content["score"]))
    if "score" in content:
        return float(str(content["score"])) / 100
    tests = content["tests"]
    assert isinstance(tests, list)
    return float(sum(test["score"] for test in tests) / sum(test["max_score"] for test in tests))


@pytest.mark.slow
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("platform", sorted(SCRIPTS))
def test_right_submission_has_full_marks(
    run: Run, tmp_path: Path, platform: str, user: tuple[str, ...]
) -> None:
    """A right submission gets full marks on the platform's folders, as root or another user."""
    done = run(platform, SUBMISSIONS / "right_plain.py", user=user)

    assert done.returncode == 0, done.stderr
    assert fraction(platform, results(platform, tmp_path)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("platform", sorted(SCRIPTS))
@pytest.mark.parametrize(
    "name",
    [
        "hostile_exit_at_import.py",
        ENDLESS,
        "wrong_update_never_zeroed.ipynb",
    ],
)
def test_submission_that_crashes_or_hangs_leaves_a_valid_result(
    run: Run, tmp_path: Path, platform: str, name: str
) -> None:
    """A submission that crashes or hangs leaves a result below full marks, with exit status 0."""
    done = run(platform, SUBMISSIONS / name)

    assert done.returncode == 0, done.stderr
    assert 0 <= fraction(platform, results(platform, tmp_path)) < 1


@pytest.mark.slow
@pytest.mark.parametrize("platform", sorted(SCRIPTS))
def test_submission_that_is_not_python_leaves_a_valid_result(
    run: Run, tmp_path: Path, platform: str
) -> None:
    """A submission that is not Python leaves a valid result that says why."""
    (tmp_path / "lab4.py").write_text("def mse(:\n", encoding="utf-8")

    done = run(platform, tmp_path / "lab4.py")

    assert done.returncode == 0, done.stderr
    left = (tmp_path / RESULTS[platform]).read_text(encoding="utf-8")
    page = tmp_path / "htmlFeedback.html"
    assert "is not valid Python" in left + (
        page.read_text(encoding="utf-8") if page.exists() else ""
    )


@pytest.mark.slow
@pytest.mark.parametrize("platform", sorted(SCRIPTS))
def test_submission_without_a_gradable_file_leaves_a_valid_result(
    run: Run, tmp_path: Path, platform: str
) -> None:
    """A submission with only a picture still leaves a valid result."""
    (tmp_path / "plot.png").write_bytes(b"\x89PNG")

    done = run(platform, tmp_path / "plot.png")

    assert done.returncode == 0, done.stderr
    assert results(platform, tmp_path)


@pytest.mark.parametrize("platform", ["gradescope", "prairielearn"])
def test_grader_that_is_killed_leaves_a_result_without_a_score(
    run: Run, tmp_path: Path, platform: str
) -> None:
    """A grader that is killed, as for lack of memory, leaves a result without a score."""
    killed = tmp_path / "grader"
    killed.write_text("#!/bin/sh\nkill -9 $$\n", encoding="utf-8")
    killed.chmod(0o755)

    done = run(platform, SUBMISSIONS / "right_plain.py", grader=killed)

    content = results(platform, tmp_path)
    assert done.returncode == 0
    assert "score" not in content
    assert content.get("gradable", False) is False
    tests = content.get("tests", [])
    assert isinstance(tests, list)
    assert not any("score" in test for test in tests)
    assert "too little memory" in json.dumps(content)


@pytest.mark.slow
def test_grader_on_the_path_is_used_if_setup_has_not_run(bundles: Path, tmp_path: Path) -> None:
    """Without setup.sh, as in an image of one's own, the script uses the grader on the PATH."""
    shutil.copytree(bundles / "gradescope", tmp_path / "source")
    (tmp_path / "submission").mkdir()
    shutil.copy(SUBMISSIONS / "right_plain.py", tmp_path / "submission")
    path = f"{GRADER.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "AUTOGRADER_ROOT": str(tmp_path), "PATH": path}
    environment.pop("ZEROGRAD", None)

    subprocess.run([tmp_path / "source" / "run_autograder"], check=True, env=environment)

    assert results("gradescope", tmp_path)["score"] == 100


def test_grader_that_fails_on_coursera_fails_the_container(run: Run, tmp_path: Path) -> None:
    """If the grader fails on Coursera, so does the script, and no earlier feedback is left."""
    (tmp_path / "feedback.json").write_text('{"fractionalScore": 1.0}', encoding="utf-8")
    failing = tmp_path / "grader"
    failing.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    failing.chmod(0o755)

    done = run("coursera", SUBMISSIONS / "right_plain.py", grader=failing)

    assert done.returncode == 3
    assert not (tmp_path / "feedback.json").exists()


@pytest.mark.slow
def test_coursera_has_the_students_page(run: Run, tmp_path: Path) -> None:
    """On Coursera the student's page is left as HTML feedback."""
    run("coursera", SUBMISSIONS / "wrong_update_never_zeroed.ipynb")

    page = etree.HTML((tmp_path / "htmlFeedback.html").read_text(encoding="utf-8"))
    assert "update" in "".join(page.itertext())
    assert results("coursera", tmp_path)["feedbackType"] == "HTML"


def harness(*arguments: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``grader harness``."""
    return subprocess.run(
        [GRADER, "harness", *map(str, arguments)],
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )


@pytest.mark.slow
def test_markus_reads_a_line_of_json_for_each_function(tmp_path: Path) -> None:
    """For MarkUs, standard output has only a line of JSON for each test, and the comment."""
    shutil.copy(SUBMISSIONS / "wrong_update_never_zeroed.ipynb", tmp_path)

    done = harness("--for", "markus", "--root", tmp_path)

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    marks = [line["marks_earned"] for line in lines if "marks_earned" in line]
    assert done.returncode == 0
    assert 90 < sum(marks) < 100


@pytest.mark.slow
def test_github_classroom_reads_the_output_of_a_step(tmp_path: Path) -> None:
    """For GitHub Classroom, the result is appended in base64 to the step's output file."""
    shutil.copy(SUBMISSIONS / "right_plain.py", tmp_path)
    output = tmp_path / "output.txt"
    output.write_text("other=1\n", encoding="utf-8")

    done = harness("--for", "github-classroom", "--root", tmp_path, GITHUB_OUTPUT=str(output))

    import base64

    other, line = output.read_text(encoding="utf-8").splitlines()
    content = json.loads(base64.b64decode(line.removeprefix("result=")))
    assert (done.returncode, done.stdout, other) == (0, b"", "other=1")
    assert (content["status"], content["max_score"]) == ("pass", 100)
