"""What is said of a file that can't be opened."""

import pytest

from grader.observations.messages import Raised
from grader.report.explanations import explain
from grader.report.file_explanations import explain_file

FILES = ("data.csv", "data/train.csv", "utils.py")


def absent(path: str) -> Raised:
    """Return what opening a file raises that is not there."""
    return Raised(
        type_name="FileNotFoundError", text=f"[Errno 2] No such file or directory: {path!r}"
    )


SAID = {
    "typo": ("dta.csv", "There is no dta.csv, but there is data.csv."),
    "other case": (
        "Data.csv",
        "There is no Data.csv. Open the file as data.csv, its path from the current folder.",
    ),
    "Colab": (
        "/content/drive/MyDrive/data.csv",
        (
            "There is no /content/drive/MyDrive/data.csv. Open the file as data.csv, its path from "
            "the current folder."
        ),
    ),
    "Windows": (
        r"C:\Users\kim\train.csv",
        (
            r"There is no C:\\Users\\kim\\train.csv. Open the file as data/train.csv, its path "
            "from the current folder."
        ),
    ),
    "without its folder": (
        "train.csv",
        "There is no train.csv. Open the file as data/train.csv, its path from the current folder.",
    ),
    "another": (
        "weights.pt",
        "There is no weights.pt. The current folder has data.csv, data/train.csv and utils.py.",
    ),
}


@pytest.mark.parametrize(("path", "said"), SAID.values(), ids=SAID)
def test_files_that_are_there_are_named(path: str, said: str) -> None:
    """Where a file is not there, the message names the one that is meant, or all that are."""
    assert explain(absent(path), files=FILES) == said


def test_numpy_names_the_file_in_its_own_way() -> None:
    """Numpy's message is read too."""
    raised = Raised(type_name="FileNotFoundError", text="dta.csv not found.")

    assert explain_file(raised, FILES) == "There is no dta.csv, but there is data.csv."


def test_given_file_cannot_be_changed() -> None:
    """Who writes to a given file reads that it is given; any other file is a place outside."""
    denied = Raised(type_name="PermissionError", text="[Errno 13] Permission denied: './data.csv'")
    other = Raised(type_name="PermissionError", text="[Errno 13] Permission denied: '/etc/a'")

    assert "given, and can't be changed" in explain(denied, files=FILES)
    assert "Other folders" in explain(other, files=FILES)


def test_many_files_are_not_all_named() -> None:
    """Of many files, only a few are named."""
    said = explain_file(absent("weights"), [f"{i:03}.png" for i in range(500)])

    assert said.endswith("has 000.png, 001.png, 002.png, 003.png, 004.png and 495 more files.")


def test_text_of_a_submission_is_cut() -> None:
    """A path that a submission makes up is cut, and stays on one line."""
    said = explain_file(absent("a\n" * 5000), FILES)

    assert len(said) < 250
    assert "\n" not in said


@pytest.mark.parametrize(
    "raised",
    [
        Raised(type_name="FileNotFoundError", text="'mine'"),
        Raised(type_name="FileNotFoundError", text=""),
        Raised(type_name="ValueError", text="'data.csv' not found"),
        Raised(type_name="PermissionError", text="'data.csv' is mine"),
    ],
)
def test_nothing_is_said_of_other_exceptions(raised: Raised) -> None:
    """An exception that the submission has made up is not explained."""
    assert explain_file(raised, FILES) == ""


def test_without_given_files_nothing_is_new() -> None:
    """Where nothing is given, the message says that only the submission's own file is there."""
    assert "only its own file is there" in explain(absent("data.csv"))
