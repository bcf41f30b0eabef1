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
        # What a backend does before it draws the first frame; and a mistake is no right type.
        FuncAnimation(figure, draw, frames=3, blit=True)._init_draw()  # type: ignore[attr-defined,arg-type]
    finally:
        plt.close(figure)


def _loss() -> torch.Tensor:
    return torch.ones(2, requires_grad=True).sum()


_RAISED_BY = {
    "plt.hold(True)": "Delete the line",
    "plt.plot([1], [1], hold=True)": "Leave it out",
    "plt.style.use('seaborn')": "seaborn-v0_8",
    "loss.backward(retain_variables=True)": "retain_graph",
    "loss.data[0]": "loss.item()",
    "torch.autograd.Variable(1.5)": "torch.tensor(...)",
    "iter(torch.utils.data.DataLoader([1])).next()": "next(iter(loader))",
    "(one for one in 'ab').next()": "next(iter(loader))",
    "{}.has_key(1)": "key in d",
    "xrange(3)": "Write range",
    "np.float(1)": "Write float",
    "np.asscalar(np.ones(1))": ".item()",
    "np.product([1])": "np.prod",
    "blit(lambda _: plt.plot([1], [1])[0])": "return line,",
}


def _exception(code: str) -> Raised:
    loss = torch.ones(2, requires_grad=True).sum()
    try:
        exec(code, {"plt": plt, "np": np, "torch": torch, "loss": loss, "blit": _blit})  # noqa: S102
    except Exception as error:  # noqa: BLE001 - whatever the installed version raises
        found = raised(type(error).__name__, str(error)).raised
        assert found is not None
        return found
    pytest.fail("it still works")


@pytest.mark.parametrize("code", _RAISED_BY)
def test_what_is_raised_today_is_explained(code: str) -> None:
    """What the installed libraries raise is recognised, and what to write today is said."""
    assert _RAISED_BY[code] in explain(_exception(code))


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
