"""An assignment with data files, a module to import, and a hand-in of two files."""

from pathlib import Path

SETTINGS = """
id = "files"
title = "Lab 9: files"
version = "1"
points = 9
reference = "reference.py"
misconceptions = "misconceptions.py"
files = ["data.csv", "more"]
support = ["tables.py"]
submission = ["train.py", "model.py"]
grading_files = {"data.csv" = "grading.csv"}

[[functions]]
name = "predict"
parameters = ["x", "w"]

[[functions]]
name = "column"
parameters = ["n"]

[[functions]]
name = "loss"
parameters = ["x", "y", "w"]
collaborators = ["predict"]
"""
REFERENCE = '''
"""Lab 9: files."""
import torch
from tables import read_table


def predict(x, w):
    """Compute the line, x * w."""
    return x * w


def column(n):
    """Read a column of data.csv."""
    return torch.tensor([row[n] for row in read_table("data.csv")])


def loss(x, y, w):
    """Compute the mean of the squared differences."""
    return ((predict(x, w) - y) ** 2).mean()
'''
MISCONCEPTIONS = '''
import torch
from tables import read_table


def column__a_row(n):
    """A row is read instead of a column.

    Take the n-th number of each row.
    """
    return torch.tensor(read_table("data.csv")[n])


def predict__adds(x, w):
    """The weight is added.

    Multiply by it.
    """
    return x + w


def loss__sum(x, y, w):
    """The squared differences are summed.

    Take their mean.
    """
    return ((predict(x, w) - y) ** 2).sum()
'''
TABLES = '''
"""Reads tables."""


def read_table(path):
    """Read a table as rows of numbers."""
    with open(path) as file:
        return [[float(one) for one in line.split(",")] for line in file]
'''
CHECK = '''
import pytest
from grader.checks.compare import expect_close
from grader.checks.inputs import tensor


@pytest.mark.points(3)
def check_{name}_has_the_right_values(probe):
    """{name} is right

    Look again.
    """
    for n in (1, 2, 3):
        x, y = tensor([1.0 * n, 2.0, 5.0]), tensor([1.0, 7.0, 2.0])
        got, want = probe.both({inputs})
        expect_close(got.array(), want.array(), "{name}()")
'''
FILES = {
    "assignment.toml": SETTINGS,
    "reference.py": REFERENCE,
    "misconceptions.py": MISCONCEPTIONS,
    "tables.py": TABLES,
    "data.csv": "1,2,3\n4,5,6\n7,8,9\n",
    "grading.csv": "3,1,4\n1,5,9\n2,6,5\n",
    "more/names.txt": "a\n",
    "check_predict.py": CHECK.format(name="predict", inputs="x=x, w=2.5 * n"),
    "check_column.py": CHECK.format(name="column", inputs="n=n - 1"),
    "check_loss.py": CHECK.format(name="loss", inputs="x=x, y=y, w=2.5 * n"),
}

TRAIN = """
import torch
import model
from tables import read_table
from model import predict as line

def helper(n):
    return "of train.py"

def loss(x, y, w):
    return ((line(x, w) - y) ** 2).mean()

def column(n):
    return torch.tensor([row[n] for row in read_table("./data.csv")])

if __name__ == "__main__":
    print(loss(1, 2, 3))
print("loaded", open("more/names.txt").read().strip(), __name__)
"""
MODEL = """
def helper(x):
    return x

def predict(x, w):
    return helper(x) * w
"""
RIGHT = {"train.py": TRAIN, "model.py": MODEL}


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder, and return it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def write_files_lab(folder: Path) -> Path:
    """Write the assignment, and return its folder."""
    return write_files(folder, FILES)
