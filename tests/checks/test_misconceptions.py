"""Reading misconceptions: their ids, their order, and what is wrong with a file of them."""

from pathlib import Path

import pytest

from grader.checks.misconceptions import Misconception, read_misconceptions

FUNCTIONS = ("mse", "update", "ANSWERS")

MSE = '''\
"""Wrong ways."""
import torch

CONSTANT: int = 3


def _half(y_hat, y):
    return (y_hat - y) / 2


def mse__sum_not_mean(y_hat, y):
    """The sum is returned, not the mean.

    Divide by the number
    of samples.

    Section: 2. A loss,
    and its mean
    """
    return ((y_hat - y) ** 2).sum()


def mse__no_square(y_hat, y):
    """Nothing is squared.

    Square each difference.
    """
    return _half(y_hat, y).mean()
'''

ANSWERS = '''\
ANSWERS__epoch_is_a_batch = {"epoch": "b"}
"""An epoch is taken for a batch.

Count how often each sample is seen.

Section: 4. Words
"""
'''


def write(folder: Path, **sources: str) -> Path:
    """Write files of misconceptions."""
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return folder


def read(folder: Path, source: str) -> tuple[Misconception, ...]:
    """Read one file."""
    return read_misconceptions(write(folder, wrong=source) / "wrong.py", FUNCTIONS)


def test_name_gives_function_and_id(tmp_path: Path) -> None:
    """The name of a program gives its function and the id in the report."""
    found = read(tmp_path, MSE)

    assert [(one.id, one.function, one.name) for one in found] == [
        ("mse/sum-not-mean", "mse", "mse__sum_not_mean"),
        ("mse/no-square", "mse", "mse__no_square"),
    ]


def test_docstring_is_title_hint_and_section(tmp_path: Path) -> None:
    """A docstring has a title, a hint and an optional section, each joined to a single line."""
    first, second = read(tmp_path, MSE)

    assert first.title == "The sum is returned, not the mean."
    assert first.hint == "Divide by the number of samples."
    assert first.section == "2. A loss, and its mean"
    assert second.section == ""


def test_whole_file_is_kept_with_its_helpers(tmp_path: Path) -> None:
    """A misconception keeps the source of its whole file, and its line there."""
    first, _ = read(tmp_path, MSE)

    assert first.source == MSE
    assert first.path == tmp_path / "wrong.py"
    assert MSE.splitlines()[first.line - 1].startswith("def mse__sum_not_mean")


def test_value_has_its_text_below_it(tmp_path: Path) -> None:
    """The title and hint of a value are in the string below it."""
    (one,) = read(tmp_path, ANSWERS)

    assert (one.id, one.title) == ("ANSWERS/epoch-is-a-batch", "An epoch is taken for a batch.")
    assert (one.hint, one.section) == ("Count how often each sample is seen.", "4. Words")


def test_folder_is_read_in_the_order_of_the_functions(tmp_path: Path) -> None:
    """Misconceptions are ordered by function, not by file, and within a function as written."""
    update = 'def update__up(x):\n    """It climbs.\n\n    Subtract.\n    """\n'
    write(tmp_path, z=MSE, a=update, b=ANSWERS)

    found = read_misconceptions(tmp_path, FUNCTIONS)

    assert [one.id for one in found] == [
        "mse/sum-not-mean",
        "mse/no-square",
        "update/up",
        "ANSWERS/epoch-is-a-batch",
    ]


@pytest.mark.parametrize("name", ["nowhere", "nowhere.py"])
def test_place_that_is_not_there_has_none(name: str, tmp_path: Path) -> None:
    """An assignment without a file or folder of misconceptions has none."""
    assert read_misconceptions(tmp_path / name, FUNCTIONS) == ()


def test_file_may_be_named_without_its_ending(tmp_path: Path) -> None:
    """A path without an ending may be a folder or a ``.py`` file."""
    write(tmp_path, misconceptions=ANSWERS)

    assert len(read_misconceptions(tmp_path / "misconceptions", FUNCTIONS)) == 1


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("def train__late(): pass", r"wrong.py, line 1: train__late should be named"),
        ("\ndef mse_late(): pass", r"wrong.py, line 2: mse_late should be named"),
        ("rate = 3", r"rate should be named UNIT__MISCONCEPTION, after a func"),
        ("def mse__late(): pass", r"mse__late needs a docstring with a title and a hint"),
        ('def mse__late():\n    """Only a title."""', r"mse__late needs a docstring with a title"),
        ("ANSWERS__b = {}\n1", r"ANSWERS__b needs a docstring with a title"),
        ("ANSWERS__b = {}", r"ANSWERS__b needs a docstring with a title"),
        (MSE + MSE, r"mse.+sum.not.mean is defined twice"),
    ],
)
def test_mistake_is_reported_with_its_line(source: str, problem: str, tmp_path: Path) -> None:
    """A mistake in a file of misconceptions is reported with its file and line."""
    with pytest.raises(ValueError, match=problem):
        read(tmp_path, source)


def test_same_name_in_two_files_is_refused(tmp_path: Path) -> None:
    """The same name in two files is refused, since a report couldn't distinguish the two."""
    write(tmp_path, a=ANSWERS, b=ANSWERS)

    with pytest.raises(
        ValueError, match=r"b\.py, line 1: ANSWERS__epoch_is_a_batch is defined twice"
    ):
        read_misconceptions(tmp_path, FUNCTIONS)


def test_file_that_is_not_python_is_a_syntax_error(tmp_path: Path) -> None:
    """A file that is not Python raises SyntaxError."""
    with pytest.raises(SyntaxError):
        read(tmp_path, "def mse__late(:")
