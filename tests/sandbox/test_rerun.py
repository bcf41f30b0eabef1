"""A submission is loaded anew with some of its globals fixed."""

from collections.abc import Callable

import pytest
from script_requests import rerun, returned

from grader.checks.inputs import tensor
from grader.checks.tracing import Lab, figure, figures, py_
from grader.observations.messages import Outcome
from grader.observations.values import Axes, Items
from grader.sandbox.host.session import Session

CELLS = ("import torch\nx = torch.tensor([1.0, 2.0])", "y = x + 1", "total = y.sum().item()")


def read_total(lab: Lab) -> object:
    """Read the value."""
    return lab.total


def open_values(open_source: Callable[..., Session], *cells: str) -> Session:
    """Open a session on cells that leave values."""
    return open_source(*cells, values=("x", "y", "total"))


def test_value_is_computed_from_what_is_given(open_source: Callable[..., Session]) -> None:
    """Without anything given, it is the submission's own; with other data, another one."""
    session = open_values(open_source, *CELLS)

    assert returned(rerun(session, read_total)) == 5
    assert returned(rerun(session, read_total, {"x": tensor([10, 20])})) == 32
    assert returned(rerun(session, read_total, {"y": tensor([1, 2, 3])})) == 6


def test_number_that_was_typed_in_stays(open_source: Callable[..., Session]) -> None:
    """A fixed global changes nothing then, so it shows."""
    session = open_values(open_source, *CELLS[:2], "total = 5.0")

    assert returned(rerun(session, read_total, {"x": tensor([10, 20])})) == 5


@pytest.mark.parametrize(
    "cell",
    [
        "x = torch.tensor([9.0, 9.0])",
        "x += 1",
        "for x in [torch.zeros(2)]: pass",
        "def g():\n    global x\n    x = torch.zeros(2)\ng()",
        "globals()['x'] = torch.zeros(2)",
        "import math as x",
        "del x",
        "x, other = torch.zeros(2), 1",
        "with torch.no_grad() as x: pass",
        "raise ValueError(x := 3)",
    ],
)
def test_fresh_copy_is_put_back_whatever_binds_the_name(
    open_source: Callable[..., Session], cell: str
) -> None:
    """After each statement the name has the given value again."""
    session = open_values(open_source, CELLS[0], cell, *CELLS[1:])

    assert returned(rerun(session, read_total, {"x": tensor([10, 20])})) == 32


def test_child_of_a_rerun_is_used_for_nothing_else(open_source: Callable[..., Session]) -> None:
    """What one of them changes, and how one of them ends, touches no other request."""
    session = open_values(
        open_source, "calls = []\nimport os", *CELLS, "if x.sum() > 100: os._exit(3)"
    )

    def count(lab: Lab) -> object:
        calls = py_.len(py_.str(lab.total))
        return [calls, lab.total]

    assert returned(rerun(session, count)) == [3, 5]
    assert rerun(session, read_total, {"x": tensor([100, 1])}).outcome is Outcome.CRASHED
    assert returned(rerun(session, count)) == [3, 5]


def test_rerun_pays_for_its_load(open_source: Callable[..., Session]) -> None:
    """An endless loop with other data hits the limit of the value, and of nothing else."""
    session = open_values(open_source, *CELLS, "while x.sum() > 100: pass")

    ended = rerun(session, read_total, {"x": tensor([100, 1])})

    assert ended.outcome is Outcome.TIME_LIMIT
    assert not session.is_over


def test_statement_that_ended_the_first_load_is_left_out(
    open_source: Callable[..., Session],
) -> None:
    """A rerun pays nothing for it."""
    session = open_values(open_source, *CELLS, "import os\nos._exit(3)", "y = 3")
    assert session.loaded.defined

    assert returned(rerun(session, read_total)) == 5


DRAWING = (
    "import matplotlib.pyplot as plt",
    "plt.plot([0, 1], [1, 3])",
    "fig, ax = plt.subplots(1, 2)\nax[1].scatter([1, 2, 3], [0, 1, 0])",
    "total = 1",
)


def test_figures_that_cells_draw_are_kept(open_source: Callable[..., Session]) -> None:
    """Each cell has figures of its own, as in a notebook; the last one is the current one."""
    session = open_values(open_source, *DRAWING)

    observation = rerun(session, lambda lab: {"all": figures(), "last": figure(), "t": lab.total})

    _, kept = observation.steps[0].returned.entries[0]  # type: ignore[union-attr]
    _, last = observation.steps[0].returned.entries[1]  # type: ignore[union-attr]
    assert isinstance(kept, Items)
    assert [len(one.items) for one in kept.items] == [1, 2]  # type: ignore[union-attr]
    assert isinstance(last, Items)
    assert last == kept.items[1]
    axes = last.items[1]
    assert isinstance(axes, Axes)
    assert axes.artists[0].points.to_numpy().tolist() == [[1, 0], [2, 1], [3, 0]]


def test_script_shows_its_figures_one_after_another(open_source: Callable[..., Session]) -> None:
    """In a script ``plt.show()`` ends a figure."""
    source = "\n".join((*DRAWING[:2], "plt.show()", "plt.plot([5, 6], [7, 8])", DRAWING[-1]))
    session = open_values(open_source, source)

    observation = rerun(session, lambda _lab: figures())

    kept = observation.steps[0].returned
    assert isinstance(kept, Items)
    assert len(kept.items) == 2


def test_there_is_no_figure_without_a_drawing(open_source: Callable[..., Session]) -> None:
    """Then the current figure has no axes."""
    assert returned(rerun(open_values(open_source, *CELLS), lambda _lab: figure())) == []
