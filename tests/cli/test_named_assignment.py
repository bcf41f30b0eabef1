"""A notebook may name the id of an assignment, and never a path: checks run in the grader."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.checks.assignment import load_assignment
from grader.checks.kit_file import KitManifest, write_kit
from grader.cli.grade import command as grade_command
from grader.cli.grader import command as grader_command
from grader.cli.named_assignment import find_assignment_of
from grader.errors import UsageError

EVIL = 'from pathlib import Path\nPath("{}").touch()\n'


def a_notebook(path: Path, named: object) -> Path:
    """Write a notebook whose metadata names an assignment."""
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"zerograd": {"assignment": named}},
        "cells": [],
    }
    path.write_text(json.dumps(content))
    return path


def an_evil_kit(path: Path, marker: Path) -> Path:
    """Write a kit whose checks leave a trace when they are run."""
    contract = {
        "id": path.stem,
        "title": "Lab 6: evil",
        "version": "1",
        "points": 1,
        "functions": [{"name": "mse", "parameters": ["y_hat", "y"]}],
    }
    manifest = KitManifest(made_by="1", engine="", contract=contract, stem="x", seeds=(7,))
    checks = EVIL.format(marker).encode()
    files = {"check_mse.py": checks, "recordings/7": b"", "exercises/x.py": b""}
    path.write_bytes(write_kit(manifest, files))
    return path


@pytest.fixture
def kits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder of installed kits, which is not where the notebook is."""
    folder = tmp_path / "kits"
    folder.mkdir()
    (tmp_path / "student").mkdir()
    monkeypatch.setenv("ZEROGRAD_KITS", str(folder))
    monkeypatch.delenv("ZEROGRAD_ASSIGNMENT", raising=False)
    monkeypatch.chdir(tmp_path / "student")
    return folder


def test_installed_kit_is_found_by_the_id_in_a_notebook(kits: Path, tmp_path: Path) -> None:
    """`grader kit --install` puts it where its id is looked up."""
    kit = an_evil_kit(tmp_path / "lab6.zip", tmp_path / "marker")
    done = CliRunner().invoke(grader_command, ["kit", "--install", str(kit)])

    assert done.exit_code == 0, done.output
    assert find_assignment_of(a_notebook(tmp_path / "a.ipynb", "lab6")) == (kits / "lab6.zip", "")
    assert not (tmp_path / "marker").exists()


def test_built_in_lab_can_be_named(kits: Path, tmp_path: Path) -> None:
    """As any other id."""
    found, remark = find_assignment_of(a_notebook(tmp_path / "a.ipynb", "lab4"))

    assert found == load_assignment("lab4").folder
    assert remark == ""
    assert list(kits.iterdir()) == []


@pytest.mark.parametrize(
    "named",
    ["./evil", "../student/evil.zip", "/home/evil.zip", "https://evil.example/kit.zip",
     "evil\x1b[31m", "~/evil", "kits/../evil", "a" * 5000],
)  # fmt: skip
def test_path_or_address_in_a_notebook_is_left_out(named: str, kits: Path, tmp_path: Path) -> None:
    """With a remark in plain ASCII, and what it names is neither read nor run."""
    for path in (tmp_path / "student" / "evil.zip", tmp_path / "evil.zip"):
        an_evil_kit(path, tmp_path / "marker")

    found, remark = find_assignment_of(a_notebook(tmp_path / "student" / "a.ipynb", named))

    assert found is None
    assert "which is not an id" in remark
    assert remark.isascii()
    assert remark.isprintable()
    assert len(remark) < 200
    assert list(kits.iterdir()) == []
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("named", ["evil", "evil.zip"])
def test_kit_or_folder_beside_a_notebook_is_not_installed(
    named: str, kits: Path, tmp_path: Path
) -> None:
    """A submission that brings a kit of its own, and names it, is refused."""
    student = tmp_path / "student"
    an_evil_kit(student / "evil.zip", tmp_path / "marker")
    an_evil_kit(student / "evil.zip.zip", tmp_path / "marker")
    (student / "evil").mkdir()
    (student / "evil" / "assignment.toml").write_text("id = 'evil'")
    (student / "evil" / "check_mse.py").write_text(EVIL.format(tmp_path / "marker"))
    notebook = a_notebook(student / "a.ipynb", named)

    done = CliRunner().invoke(grade_command, [str(notebook)])

    assert done.exit_code == 2, done.output
    assert f"is for the assignment {named}, which is not installed here" in done.output
    assert not (tmp_path / "marker").exists()
    assert list(kits.iterdir()) == []


def test_option_and_variable_come_before_the_notebook(
    kits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the person who grades has chosen is never overruled, nor even looked up."""
    notebook = a_notebook(tmp_path / "student" / "a.ipynb", "lab9")

    chosen = CliRunner().invoke(grade_command, [str(notebook), "--assignment", "nowhere"])
    monkeypatch.setenv("ZEROGRAD_ASSIGNMENT", "elsewhere")
    of_variable = CliRunner().invoke(grade_command, [str(notebook)])
    both = CliRunner().invoke(grade_command, [str(notebook), "--assignment", "nowhere"])

    assert "nowhere" in chosen.output
    assert "elsewhere" in of_variable.output
    assert "nowhere" in both.output
    for done in (chosen, of_variable, both):
        assert "lab9" not in done.output
        assert done.exit_code == 2
    assert kits.exists()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"metadata": []}',
        '{"metadata": {"zerograd": "lab6"}}',
        '{"metadata": {"zerograd": {"assignment": 4}}}',
        '{"metadata": {"zerograd": {}}}',
        '{"metadata": ' + "[" * 100_000,
    ],
)
def test_other_metadata_names_nothing(content: str, tmp_path: Path) -> None:
    """Whatever else is there, or can't be read, is left to the grader."""
    path = tmp_path / "a.ipynb"
    path.write_text(content)

    assert find_assignment_of(path) == (None, "")


def test_script_names_nothing(tmp_path: Path) -> None:
    """Only a notebook has metadata."""
    assert find_assignment_of(a_notebook(tmp_path / "a.py", "lab6")) == (None, "")


def test_named_assignment_that_is_not_installed_says_what_to_do(kits: Path, tmp_path: Path) -> None:
    """Grading with another one would tell nothing."""
    with pytest.raises(UsageError, match=r"lab6, which is not installed here: .*--install"):
        find_assignment_of(a_notebook(tmp_path / "a.ipynb", "lab6"))
    assert kits.exists()
