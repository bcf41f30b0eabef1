"""A small assignment with two answers that a person marks, and submissions to it."""

import json
from pathlib import Path

from grader.report.model import ManualItem, ManualMark, ManualStatus, RubricLevel

SETTINGS = """
id = "essay-lab"
title = "Lab 9: a function and two answers"
version = 1
points = 10
reference = "reference.py"
misconceptions = "misconceptions.py"

[[functions]]
name = "double"
parameters = ["x"]

[[manual]]
id = "why"
title = "Explain why the gradient is 2"
points = 5
heading = "Why"

[[manual.rubric]]
points = 5
title = "complete"
description = "Names the rule and applies it."

[[manual.rubric]]
points = 2
title = "partly"

[[manual.rubric]]
points = 0
title = "nothing"

[[manual]]
id = "plot"
title = "Plot it, with labels"
points = 2
tag = "plot"
figures = true
"""
REFERENCE = '''"""The reference."""

# %%
from torch import Tensor


# %%
def double(x: Tensor) -> Tensor:
    """Return 2 * x."""
    return 2 * x


# %% [markdown]
# ## Why

# %% tags=["plot"]
'''
CHECK = '''"""double"""

import pytest

from grader.checks.compare import expect_close
from grader.checks.inputs import tensor


@pytest.mark.points(3)
def check_double_is_right(probe):
    """double(x) is 2 * x

    Multiply by two.
    """
    got, want = probe.both(x=tensor([1.0, -2.0]))
    expect_close(got.array(), want.array(), "double(x)")
'''
MISCONCEPTIONS = '''"""Known mistakes."""


def double__forgets(x):
    """It returns x.

    Multiply by two.
    """
    return x
'''
RIGHT, WRONG = "def double(x):\n    return 2 * x\n", "def double(x):\n    return x\n"


def write_assignment(folder: Path) -> Path:
    """Write the assignment, worth 3 automatic points and 7 of a person."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("assignment.toml", SETTINGS),
        ("reference.py", REFERENCE),
        ("check_double.py", CHECK),
        ("misconceptions.py", MISCONCEPTIONS),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def make_notebook(why: str | None, *, source: str = RIGHT, plot: str = "plot()") -> str:
    """Return a notebook with these answers; without a why, its heading is not there either."""
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": []},
        {
            "cell_type": "code",
            "source": f"# {plot}",
            "metadata": {"tags": ["plot"]},
            "outputs": [{"output_type": "display_data", "data": {"image/png": plot}}],
        },
    ]
    if why is not None:
        cells.append({"cell_type": "markdown", "source": f"## Why\n{why}", "metadata": {}})
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def waiting_item(id_: str = "why", max_points: float = 5.0, **changes: object) -> ManualItem:
    """Return an answer that waits for a person."""
    fields: dict[str, object] = {
        "title": "Explain why",
        "rubric": (RubricLevel(points=max_points, title="complete"),),
        "answer": "Because of the chain rule.",
        "digest": "a" * 64,
        **changes,
    }
    return ManualItem(id=id_, max_points=max_points, **fields)  # type: ignore[arg-type]


def marked_item(
    points: float, id_: str = "why", max_points: float = 5.0, comment: str = "Well said."
) -> ManualItem:
    """Return an answer that a person has marked."""
    mark = ManualMark(points=points, comment=comment, by="Ada", at="2026-11-30T09:00:00Z")
    return waiting_item(id_, max_points, points=points, status=ManualStatus.MARKED, mark=mark)
