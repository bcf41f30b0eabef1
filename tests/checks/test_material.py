"""The names of what lies beside a submission: which can be used, and what is said of others."""

import os
import sys
from pathlib import Path

import pytest

from grader.checks import material as module
from grader.checks.assignment import Assignment, load_assignment
from grader.checks.material import is_installed
from grader.errors import AssignmentError

SETTINGS = """
id = "a"
title = "A"
version = "1"
points = 1
reference = "reference.py"
misconceptions = "misconceptions.py"
{keys}
[[functions]]
name = "f"
parameters = ["n"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an assignment's folder with files of many kinds."""
    folder = tmp_path / "lab"
    texts = {
        "reference.py": "def f(n): return n\n",
        "misconceptions.py": "",
        "check_f.py": "",
        "conftest.py": "",
        "data.csv": "x\n1\n",
        "hidden.csv": "x\n2\n",
        "images/a.png": "a",
        "images/more/b.png": "b",
        "images/.DS_Store": "",
        "images/__pycache__/c.pyc": "",
        "utils.py": "",
        "tools/__init__.py": "",
        "tools/table.csv": "",
        "numpy.py": "",
        "json.py": "",
        "exercises/lab.py": "",
        "README": "",
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "outside.csv").write_text("secret")
    (folder / "out.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "answers.csv").symlink_to(folder / "reference.py")
    (folder / "same.csv").symlink_to(folder / "data.csv")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    os.mkfifo(folder / "pipe.csv")
    return folder


def load(folder: Path, keys: str) -> Assignment:
    """Load the assignment with these keys."""
    (folder / "assignment.toml").write_text(SETTINGS.format(keys=keys))
    return load_assignment(folder)


def reason(folder: Path, keys: str) -> str:
    """Return why the assignment can't be loaded with these keys."""
    with pytest.raises(AssignmentError) as caught:
        load(folder, keys)
    assert "\n" not in caught.value.reason
    return caught.value.reason


def test_assignment_without_these_keys_gives_nothing(folder: Path) -> None:
    """By default nothing is given, and a hand-in is one file of any name."""
    loaded = load(folder, "")

    assert (loaded.files, loaded.support, loaded.submission) == ((), (), ())


def test_folder_stands_for_what_is_in_it(folder: Path) -> None:
    """A folder gives all files in it but hidden ones and what Python has compiled."""
    loaded = load(folder, 'files = ["data.csv", "images/", "same.csv"]')

    assert loaded.files == ("data.csv", "images/a.png", "images/more/b.png", "same.csv")
    assert loaded.material.paths["same.csv"] == (folder / "data.csv").resolve()


def test_modules_and_packages_are_support(folder: Path) -> None:
    """A module and the folder of a package can be imported, with all files of the package."""
    loaded = load(folder, 'support = ["utils.py", "tools"]')

    assert loaded.support == ("utils.py", "tools")
    assert set(loaded.material.modules) == {"utils.py", "tools/__init__.py", "tools/table.csv"}
    assert set(loaded.material.given) == set(loaded.material.modules)


def test_other_file_can_lie_there_at_grading(folder: Path) -> None:
    """At grading, another file lies under the name of one of the exercise."""
    loaded = load(folder, 'files = ["data.csv"]\ngrading_files = {"data.csv" = "hidden.csv"}')

    assert loaded.files == ("data.csv",)
    assert loaded.material.paths == {"data.csv": (folder / "hidden.csv").resolve()}


def test_hand_in_of_several_files_is_listed(folder: Path) -> None:
    """The names of a hand-in's files stay in the assignment's order."""
    assert load(folder, 'submission = ["train.py", "model.py"]').submission == (
        "train.py",
        "model.py",
    )


BAD_FILES = {
    "not there": ('"no.csv"', "there is no"),
    "above": ('"../outside.csv"', "not a name of a file"),
    "inside and above": ('"images/../data.csv"', "not a name of a file"),
    "absolute": ('"/etc/passwd"', "not a name of a file"),
    "drive": ('"C:/data.csv"', "not a name of a file"),
    "backslash": (r"'images\a.png'", "not a name of a file"),
    "newline": (r'"data\n.csv"', "not a name of a file"),
    "direction": (r'"data\u202e.csv"', "not a name of a file"),
    "null": (r'"data\u0000.csv"', "not a name of a file"),
    "empty": ('""', "not a name of a file"),
    "dot": ('"."', "not a name of a file"),
    "slashes": ('"images//a.png"', "not a name of a file"),
    "device": ('"nul.csv"', "not a name of a file"),
    "ends in a dot": ('"data."', "not a name of a file"),
    "long": (f'"{"a" * 300}"', "not a name of a file"),
    "hidden": ('"images/.DS_Store"', "students don't get"),
    "reference": ('"reference.py"', "students don't get"),
    "other case": ('"Reference.py"', "students don't get"),
    "link to the reference": ('"answers.csv"', "students don't get"),
    "misconceptions": ('"misconceptions.py"', "students don't get"),
    "check": ('"check_f.py"', "students don't get"),
    "conftest": ('"conftest.py"', "students don't get"),
    "settings": ('"assignment.toml"', "students don't get"),
    "exercise": ('"exercises/lab.py"', "students don't get"),
    "link out": ('"out.csv"', "leads out of"),
    "link to itself": ('"loop.csv"', "link to itself"),
    "pipe": ('"pipe.csv"', "not a regular file"),
    "twice": ('"data.csv", "data.csv"', "twice"),
    "module of a package": ('"numpy.py"', "another module, numpy"),
    "module of Python": ('"json.py"', "another module, json"),
}


@pytest.mark.parametrize(("names", "why"), BAD_FILES.values(), ids=BAD_FILES)
def test_bad_name_of_a_file_is_refused(names: str, why: str, folder: Path) -> None:
    """A file that students must not get, or that not every system can store, is refused."""
    assert why in reason(folder, f"files = [{names}]")


BAD_SUPPORT = {
    "installed": ('"numpy.py"', "another module, numpy"),
    "of Python": ('"json.py"', "another module, json"),
    "not there": ('"no.py"', "there is no"),
    "not Python": ('"data.csv"', "can't be imported"),
    "without an ending": ('"README"', "neither NAME.py nor a folder"),
    "in a folder": ('"tools/__init__.py"', "can't be imported"),
    "keyword": ('"class.py"', "can't be imported"),
    "two words": ('"my utils.py"', "can't be imported"),
    "own": ('"submission.py"', "another module"),
    "the grader": ('"grader"', "another module"),
    "reference": ('"reference.py"', "students don't get"),
    "checks": ('"checks"', "students don't get"),
}


@pytest.mark.parametrize(("names", "why"), BAD_SUPPORT.values(), ids=BAD_SUPPORT)
def test_bad_name_of_a_module_is_refused(names: str, why: str, folder: Path) -> None:
    """A module that can't be imported, or that has the name of another one, is refused."""
    for name in ("class.py", "my utils.py", "submission.py", "grader/a.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()

    assert why in reason(folder, f"support = [{names}]")


BAD_HAND_INS = {
    "other ending": ('"model.txt"', "not the name of a .py file"),
    "folder": ('"src/model.py"', "not the name of a .py file"),
    "not a name": ('"my-model.py"', "not a name in Python"),
    "installed": ('"torch.py"', "another module, torch"),
    "our own": ('"submission.py"', "another module"),
    "differ in case": ('"model.py", "Model.py"', "case doesn't matter"),
    "twice": ('"model.py", "model.py"', "twice"),
    "notebook and module": ('"model.py", "train.ipynb"', "the only file"),
    "also given": ('"utils.py"', "twice"),
    "many": (", ".join(f'"m{i}.py"' for i in range(99)), "more than"),
}


@pytest.mark.parametrize(("names", "why"), BAD_HAND_INS.values(), ids=BAD_HAND_INS)
def test_bad_name_of_a_hand_in_is_refused(names: str, why: str, folder: Path) -> None:
    """A hand-in's files have distinct names of modules, which no other module has."""
    assert why in reason(folder, f'submission = [{names}]\nsupport = ["utils.py"]')


OTHER_MISTAKES = {
    "not a list": ('files = "data.csv"', "files is not a list of names"),
    "not names": ("files = [1]", "files is not a list of names"),
    "not a table": ('grading_files = ["data.csv"]', "grading_files is not a table"),
    "not a file of the exercise": (
        'files = ["data.csv"]\ngrading_files = {"dta.csv" = "hidden.csv"}',
        "grading_files has dta.csv",
    ),
    "secret at grading": (
        'files = ["data.csv"]\ngrading_files = {"data.csv" = "reference.py"}',
        "students don't get",
    ),
    "module and file of a hand-in": (
        'support = ["tools"]\nsubmission = ["tools.py"]',
        "support and submission both have tools",
    ),
}


@pytest.mark.parametrize(("keys", "why"), OTHER_MISTAKES.values(), ids=OTHER_MISTAKES)
def test_other_mistakes_have_one_line(keys: str, why: str, folder: Path) -> None:
    """Settings of the wrong kind, or that contradict each other, are named."""
    assert why in reason(folder, keys)


def test_too_much_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a limit on the number of files, and on their size."""
    monkeypatch.setattr(module, "MAX_FILES", 1)
    assert "the limit is 1" in reason(folder, 'files = ["images"]')
    monkeypatch.setattr(module, "MAX_FILES", 2)
    monkeypatch.setattr(module, "MAX_BYTES", 1)
    assert "MiB; the limit is" in reason(folder, 'files = ["data.csv"]')


def test_installed_modules_are_known_without_importing_them() -> None:
    """Python's modules and installed packages are known; what is only a folder is free."""
    before = set(sys.modules)

    assert all(map(is_installed, ("json", "torch", "matplotlib", "_io", "this")))
    assert not any(map(is_installed, ("utils", "model", "train", "helpers", "data")))
    assert {"torch", "matplotlib", "this"} & (set(sys.modules) - before) == set()
