"""Where the code of a function takes values out of autograd's graph."""

import sys
import types

import pytest
from found_functions import found

from grader.observations.messages import CodePlace, Place
from grader.sandbox.guest.detached import find_detached

torch, numpy = types.ModuleType("torch"), types.ModuleType("numpy")


def detached_in(*body: str) -> tuple[CodePlace, ...]:
    """Look through a function f(x, p) with these lines."""
    return find_detached(found(*body, torch=torch, np=numpy))


@pytest.fixture(autouse=True)
def _modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put modules in the places of torch and numpy, which the tests need not import."""
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "numpy", numpy)


@pytest.mark.parametrize(
    "code",
    [
        "x.item()",
        "x.detach()",
        "(x * p).detach().numpy()",
        "x.tolist()",
        "x.data",
        "float(x)",
        "int(x.sum())",
        "round(x, 2)",
        "torch.tensor(x)",
        "torch.from_numpy(p)",
        "np.array(x)",
    ],
)
def test_code_is_shown_with_its_line(code: str) -> None:
    """The outermost of several on one line."""
    assert detached_in("y = x + p", f"return {code}") == (
        CodePlace(code=code, place=Place(line=3, block="cell 2")),
    )


def test_block_without_a_graph_is_found() -> None:
    """All that is computed in it has none."""
    (one,) = detached_in("with torch.no_grad():", "    y = x + p", "return y")

    assert (one.code, one.place.line) == ("torch.no_grad()", 2)


@pytest.mark.parametrize(
    "line",
    [
        "return x + p",
        "print(x.item())",
        "n = float(len(x))",
        "a = float('inf')",
        "a = torch.tensor(0.0)",
        "a = torch.stack([x, p])",
        "a = x.item",
        "x.data = p",
        "x.items()",
        "float = p; a = float(x)",
        "np = p; a = np.array(x)",
    ],
)
def test_what_keeps_the_graph_is_not_found(line: str) -> None:
    """Nor what is only printed, or was a number before."""
    assert detached_in(line, "return x") == ()


def test_few_are_found() -> None:
    """The first three are enough."""
    assert [one.place.line for one in detached_in(*["x.item()"] * 9)] == [2, 3, 4]
