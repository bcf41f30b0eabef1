"""Bundles: everything is in them, no template mark is left, and the wheel can be installed."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # has no type information
from click.testing import CliRunner

from grader.authoring.new import write_assignment
from grader.bundles.bundle import make_bundle, write_folder, write_zip
from grader.bundles.platforms import PLATFORMS
from grader.bundles.wheel import make_wheel
from grader.checks.assignment import load_assignment
from grader.cli.autograder import autograder
from grader.errors import UsageError


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_mark_of_the_templates_is_replaced(platform: str) -> None:
    """Every mark of the templates is replaced, and there are a README and a wheel."""
    files = {file.name: file for file in make_bundle(platform, load_assignment())}

    texts = [one.content.decode() for name, one in files.items() if not name.endswith(".whl")]
    assert "README.md" in files
    for text in texts:
        for mark in ("@WHEEL@", "@TITLE@", "@PIP_OPTIONS@", "@OPTIONS@", "@ASSIGNMENT@"):
            assert mark not in text
    assert any(name.endswith(".whl") for name in files)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_scripts_are_valid_and_can_be_run(platform: str, tmp_path: Path) -> None:
    """Scripts are executable, and bash finds no syntax error in them."""
    write_folder(make_bundle(platform, load_assignment(), time_limit_s=90), tmp_path)

    scripts = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and path.read_bytes().startswith(b"#!")
    ]
    for script in scripts:
        assert os.access(script, os.X_OK)
        subprocess.run(["bash", "-n", script], check=True)
    assert scripts or platform == "github-classroom"


def test_zip_keeps_scripts_executable_and_has_the_same_bytes_every_time(tmp_path: Path) -> None:
    """A zip keeps the executable bits of scripts, and its bytes are reproducible."""
    for name in ("a.zip", "b.zip"):
        write_zip(make_bundle("gradescope", load_assignment()), tmp_path / name)

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        modes = {one.filename: one.external_attr >> 16 for one in archive.infolist()}
    assert modes["setup.sh"] & 0o111
    assert modes["run_autograder"] & 0o111
    assert not modes["fallback.json"] & 0o111


def test_workflow_and_settings_can_be_parsed() -> None:
    """The workflow is valid YAML, the settings valid JSON, and both have the platform's keys."""
    classroom = {one.name: one for one in make_bundle("github-classroom", load_assignment())}
    prairie = make_bundle("prairielearn", load_assignment(), time_limit_s=50)

    workflow = yaml.safe_load(classroom[".github/workflows/classroom.yml"].content)
    steps = workflow["jobs"]["grade"]["steps"]
    assert steps[-1]["env"] == {"ZEROGRAD_RESULTS": "${{ steps.zerograd.outputs.result }}"}
    (info,) = [json.loads(one.content) for one in prairie if one.name == "info.example.json"]
    assert info["externalGradingOptions"]["timeout"] == 100


@pytest.mark.parametrize(("limit_s", "timeout_s"), [(50, 100), (400, 600), (5, 10)])
def test_container_gets_more_time_than_a_submission(limit_s: float, timeout_s: int) -> None:
    """A container gets twice the time of a submission, if the platform allows it."""
    files = make_bundle("prairielearn", load_assignment(), time_limit_s=limit_s)

    (info,) = [json.loads(one.content) for one in files if one.name == "info.example.json"]
    assert info["externalGradingOptions"]["timeout"] == timeout_s


@pytest.mark.parametrize("limit_s", [60, 1800, 3600])
def test_job_at_github_lasts_longer_than_grading_may(limit_s: float) -> None:
    """The job is not ended before the grader's own limit, with time for installing torch."""
    files = {
        one.name: one
        for one in make_bundle("github-classroom", load_assignment(), time_limit_s=limit_s)
    }

    workflow = yaml.safe_load(files[".github/workflows/classroom.yml"].content)
    assert workflow["jobs"]["grade"]["timeout-minutes"] >= limit_s / 60 + 10


def test_waiting_checks_can_be_shown_at_once() -> None:
    """The script passes --after-due to the grader if the bundle was made with it."""
    files = make_bundle("prairielearn", load_assignment(), is_after_due=True)

    (script,) = [one.content.decode() for one in files if one.name == "grade.sh"]
    assert "--after-due" in script


def test_submission_can_not_take_longer_than_the_container() -> None:
    """A time limit beyond that of the container is refused, as some would get no result."""
    with pytest.raises(UsageError, match="600 s"):
        make_bundle("prairielearn", load_assignment(), time_limit_s=700)


def test_own_assignment_is_in_the_wheel(tmp_path: Path) -> None:
    """An own assignment is built into the wheel, under a name that is not taken."""
    own = write_assignment("lab4", tmp_path / "mine")

    name, content, assignment_name = make_wheel(load_assignment(own))

    assert assignment_name == "lab4_own"
    (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / name) as archive:
        names = set(archive.namelist())
    assert f"grader/assignments/{assignment_name}/assignment.toml" in names
    assert "grader/assignments/lab4/reference/lab4.py" in names


def test_assignment_with_parts_elsewhere_is_refused(tmp_path: Path) -> None:
    """An assignment with parts outside its folder is refused, as they would be missing."""
    own = write_assignment("lab5", tmp_path)
    settings = own / "assignment.toml"
    text = settings.read_text(encoding="utf-8").replace('"reference.py"', '"../reference.py"')
    settings.write_text(text, encoding="utf-8")
    shutil.move(own / "reference.py", tmp_path / "reference.py")

    with pytest.raises(UsageError, match="outside that folder"):
        make_wheel(load_assignment(own))


@pytest.mark.slow
def test_wheel_installs_and_grades(tmp_path: Path) -> None:
    """Pip installs the wheel without a network, and it grades with the assignment inside.

    Its dependencies are those of the environment that runs this test.
    """
    own = write_assignment("lab5", tmp_path)
    name, content, assignment_name = make_wheel(load_assignment(own))
    (tmp_path / name).write_bytes(content)
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", target, tmp_path / name], check=True)
    program = (
        "import sys; from pathlib import Path; import grader; from grader.pipeline import grade; "
        "assert Path(grader.__file__).is_relative_to(sys.argv[1]), grader.__file__; "
        "print(grade(sys.argv[2], assignment=sys.argv[3]).score)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, target, own / "reference.py", assignment_name],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target)},
    )

    assert float(done.stdout) == load_assignment(own).points, done.stderr


@pytest.mark.parametrize("name", ["bundle.zip", "bundle"])
def test_command_writes_a_zip_or_a_folder(tmp_path: Path, name: str) -> None:
    """The command writes a zip if the name of the output ends in .zip, and otherwise a folder."""
    out = tmp_path / name

    done = CliRunner().invoke(autograder, ["--for", "gradescope", "--out", str(out)])

    assert done.exit_code == 0, done.output
    assert out.is_file() == name.endswith(".zip")
    assert "README.md" in done.output


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_each_bundle_has_a_salt_of_its_own(platform: str, tmp_path: Path) -> None:
    """Nobody knows beforehand what is asked there, unless students can read the scripts."""
    salts = set()
    for name in ("first", "second"):
        out = tmp_path / name
        done = CliRunner().invoke(autograder, ["--for", platform, "--out", str(out)])
        assert done.exit_code == 0, done.output
        texts = (one.read_text("utf-8", "replace") for one in out.rglob("*") if one.is_file())
        salts.add("".join(re.findall(r"--salt=(\S+)", "".join(texts))))

    if platform == "github-classroom":
        assert salts == {""}
    else:
        assert len(salts - {""}) == 2


def test_salt_can_be_chosen() -> None:
    """The script passes it on as it is, also if it needs quotes."""
    files = make_bundle("prairielearn", load_assignment(), salt="it's a secret")

    (script,) = [one.content.decode() for one in files if one.name == "grade.sh"]
    assert shlex.join(["--salt=it's a secret"]) in script
