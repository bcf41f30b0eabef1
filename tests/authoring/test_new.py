"""Starting an assignment: the new folder is valid as it is."""

from pathlib import Path

import pytest

from grader.authoring.new import SHAPES, write_assignment
from grader.authoring.verify import verify
from grader.checks.assignment import load_assignment
from grader.errors import UsageError


def test_folder_is_an_assignment_of_that_name(tmp_path: Path) -> None:
    """The id, the title and the text of the reference follow from the name."""
    folder = write_assignment("lab5", tmp_path / "not there yet")

    written = load_assignment(folder)
    assert folder == tmp_path / "not there yet" / "lab5"
    assert (written.info.id, written.info.title) == ("lab5", "Lab 5: an activation function")
    assert written.label == "lab 5"
    assert "# # Lab 5: an activation function" in written.reference


def test_nothing_of_the_template_is_left(tmp_path: Path) -> None:
    """The template's name, and files that Python caches, are not in the new folder."""
    folder = write_assignment("final-exam_2", tmp_path)

    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir()]
    assert not [text for text in texts if "lab0" in text or "Lab 0" in text]
    assert sorted(path.name for path in folder.iterdir()) == [
        "assignment.toml",
        "check_mean_relu.py",
        "check_relu.py",
        "misconceptions.py",
        "reference.py",
    ]
    assert load_assignment(folder).info.title == "Final exam 2: an activation function"


@pytest.mark.parametrize("like", SHAPES)
def test_files_of_every_shape_say_what_to_change(like: str, tmp_path: Path) -> None:
    """The name is filled in everywhere, and comments say what to change and how checks work."""
    folder = write_assignment("quiz3", tmp_path, like=like)

    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert not [name for name, text in texts.items() if "lab0" in text or "Lab 0" in text]
    assert load_assignment(folder).info.title.startswith("Quiz 3: ")
    assert "# Change from here on" in texts["assignment.toml"]
    assert "This file is the single source of the lab" in texts["reference.py"]
    assert "the docstring is title and hint" in texts["misconceptions.py"]
    first, *_ = (text for name, text in sorted(texts.items()) if name.startswith("check_"))
    assert "`lab`" in "".join(texts.values()) or like == "cells"
    assert '"""Checks of ' in first


def test_unknown_shape_is_refused(tmp_path: Path) -> None:
    """The message lists the shapes, and nothing is written."""
    with pytest.raises(UsageError, match="there are function, value, module, numpy, cells"):
        write_assignment("lab5", tmp_path, like="tensor")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "5lab", "-lab", "lab 5", "../lab", "lab/5", "läb", "lab\n"])
def test_name_that_can_not_be_an_id_is_refused(name: str, tmp_path: Path) -> None:
    """A name that can't be used in reports, paths and TOML is refused."""
    with pytest.raises(UsageError, match="can't be an id"):
        write_assignment(name, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_existing_folder_is_left_alone(tmp_path: Path) -> None:
    """A file or folder that has the name already is left alone."""
    (tmp_path / "lab5").write_text("mine", encoding="utf-8")

    with pytest.raises(UsageError, match="already exists"):
        write_assignment("lab5", tmp_path)

    assert (tmp_path / "lab5").read_text(encoding="utf-8") == "mine"


@pytest.mark.slow
@pytest.mark.parametrize("like", SHAPES)
def test_new_assignment_passes_verify(like: str, tmp_path: Path) -> None:
    """A new assignment of any shape is short, passes verify, and progress counts submissions."""
    written = load_assignment(write_assignment("lab5", tmp_path, like=like))
    calls: list[tuple[int, int, str]] = []

    result = verify(written, seeds=2, jobs=2, on_progress=lambda *progress: calls.append(progress))

    assert result.problems == []
    assert result.is_clean
    assert list(result.caught) == result.proved == [one.id for one in written.misconceptions]
    assert 3 <= len(result.caught) <= 5
    assert 3 <= sum(map(len, result.checks.values())) <= 5
    count = 2 + 2 + len(result.caught)  # the reference twice, the stub as script and notebook
    assert [done for done, _, _ in calls] == list(range(count))
    assert {total for _, total, _ in calls} == {count}
