"""What is said of names and options that libraries have dropped."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from fakes import raised
from matplotlib.animation import FuncAnimation

from grader.observations.messages import Raised
from grader.report.explanations import explain
from grader.report.old_names import explain_old_name


def _blit(draw: Callable[[int], object]) -> None:
    figure, _ = plt.subplots()
    try:
        FuncAnimation(figure, draw, frames=3, blit=True)._init_draw()  # type: ignore[attr-defined]
    finally:
        plt.close(figure)


def _loss() -> torch.Tensor:
    return torch.ones(2, requires_grad=True).sum()


_RAISE: dict[str, tuple[Callable[[], object], str]] = {
    "plt.hold": (lambda: plt.hold(True), "Delete the line"),  # type: ignore[attr-defined]
    "hold=": (lambda: plt.plot([1], [1], hold=True), "Leave it out"),
    "style": (lambda: plt.style.use("seaborn"), "seaborn-v0_8"),
    "retain_variables": (lambda: _loss().backward(retain_variables=True), "retain_graph"),  # type: ignore[call-arg]
    "data[0]": (lambda: _loss().data[0], "loss.item()"),
    "Variable": (lambda: torch.autograd.Variable(1.5), "torch.tensor(...)"),
    "next": (lambda: iter(torch.utils.data.DataLoader([1])).next(), "next(iter(loader))"),
    "generator": (lambda: (one for one in "ab").next(), "next(iter(loader))"),  # type: ignore[attr-defined]
    "has_key": (lambda: {}.has_key(1), "key in d"),  # type: ignore[attr-defined]
    "xrange": (lambda: eval("xrange(3)"), "Write range"),  # noqa: S307 - our own
    "np.float": (lambda: np.float(1), "Write float"),  # type: ignore[attr-defined]
    "np.asscalar": (lambda: np.asscalar(np.ones(1)), ".item()"),  # type: ignore[attr-defined]
    "np.product": (lambda: np.product([1]), "np.prod"),  # type: ignore[attr-defined]
    "blit": (lambda: _blit(lambda _: plt.plot([1], [1])[0]), "return line,"),
}


def _exception(raise_it: Callable[[], object]) -> Raised:
    try:
        raise_it()
    except Exception as error:  # noqa: BLE001 - whatever the installed version raises
        found = raised(type(error).__name__, str(error)).raised
        assert found is not None
        return found
    pytest.fail("it still works")


@pytest.mark.parametrize("name", _RAISE)
def test_what_is_raised_today_is_explained(name: str) -> None:
    """What the installed libraries raise is recognised, and what to write today is said."""
    raise_it, today = _RAISE[name]

    assert today in explain(_exception(raise_it))


@pytest.mark.parametrize(
    ("type_name", "text"),
    [
        ("AttributeError", "module 'matplotlib.pyplot' has no attribute 'holder'"),
        ("AttributeError", "'Shelf' object has no attribute 'next'"),
        ("AttributeError", "module 'numpy' has no attribute 'floats'"),
        ("TypeError", "f() got an unexpected keyword argument 'retain'"),
        ("NameError", "name 'xranges' is not defined"),
        ("ValueError", "invalid index of a 0-dim tensor"),
    ],
)
def test_other_exceptions_are_not_of_old_names(type_name: str, text: str) -> None:
    """A name that was never there is not called old."""
    found = raised(type_name, text).raised

    assert found is not None
    assert explain_old_name(found) == ""
