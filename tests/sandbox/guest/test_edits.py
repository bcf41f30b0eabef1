"""Edits: each common slip can be undone by one of them, and the place of that edit is its line."""

import ast
import contextlib
import textwrap

import pytest

from grader.observations.bounds import MAX_EDITS
from grader.observations.messages import CodeBlock
from grader.sandbox.guest.edits import Edits, find_edits
from grader.sandbox.guest.parse import ParsedBlock, parse_block

CONTRACT = ("predict", "mse", "update", "train", "Model", "Model.step")

# The wrong code, what it should be, and the line that is wrong.
SLIPS = {
    "range begins at 1": (
        "def predict(x, w):\n    for i in range(1, n):\n        y[i] = x[i]\n    return y",
        "def predict(x, w):\n    for i in range(n):\n        y[i] = x[i]\n    return y",
        2,
    ),
    "range ends early": (
        "def predict(x, w):\n    return [x[i] for i in range(len(x) - 1)]",
        "def predict(x, w):\n    return [x[i] for i in range(len(x))]",
        2,
    ),
    "index minus one": (
        "def predict(x, w):\n    for e in x:\n        y[e - 1] = e",
        "def predict(x, w):\n    for e in x:\n        y[e] = e",
        3,
    ),
    "slice is too short": (
        "def predict(x, w):\n    k = int(0.8 * len(x))\n    return x[:k] @ w",
        "def predict(x, w):\n    k = int(0.8 * len(x))\n    return x[:] @ w",
        3,
    ),
    "only a part": (
        "def predict(x, w):\n    k = int(0.8 * len(x))\n    return x[:k] @ w",
        "def predict(x, w):\n    k = int(len(x))\n    return x[:k] @ w",
        2,
    ),
    "base of ten": (
        "import torch\ndef predict(z):\n    return 1 / (1 + 10 ** (-z))",
        "import torch\ndef predict(z):\n    return 1 / (1 + torch.exp(-z))",
        3,
    ),
    "sign of an exponent": (
        "def predict(z):\n    return 1 / (1 + torch.exp(z))",
        "def predict(z):\n    return 1 / (1 + torch.exp(-z))",
        2,
    ),
    "ascent": (
        "def update(x, y, w, lr):\n    w += lr * w.grad",
        "def update(x, y, w, lr):\n    w -= lr * w.grad",
        2,
    ),
    "half of it": (
        "def update(x, e, n):\n    return x.T @ e / n",
        "def update(x, e, n):\n    return 2 * (x.T @ e / n)",
        2,
    ),
    "sum for mean": (
        "def mse(p, y):\n    return ((p - y) ** 2).sum()",
        "def mse(p, y):\n    return ((p - y) ** 2).mean()",
        2,
    ),
    "absolute value": (
        "def mse(p, y):\n    return (p - y).abs().mean()",
        "def mse(p, y):\n    return (p - y).square().mean()",
        2,
    ),
    "a drawn outcome": (
        "def predict(x, w):\n    p = x @ w\n    return torch.bernoulli(p)",
        "def predict(x, w):\n    p = x @ w\n    return p",
        3,
    ),
    "rounded": (
        "def predict(x, w):\n    return (x @ w).round()",
        "def predict(x, w):\n    return x @ w",
        2,
    ),
    "inner calls": (
        "def mse(p, y):\n    return torch.sqrt(torch.mean((p - y) ** 2))",
        "def mse(p, y):\n    return torch.mean((p - y) ** 2)",
        2,
    ),
    "a statement too much": (
        "def train(x, y, w):\n    x[:, 0] = x[:, 0].sort()[0]\n    return x, y",
        "def train(x, y, w):\n    return x, y",
        2,
    ),
    "return in the loop": (
        "def train(x, n):\n    for e in range(n):\n        a.append(x)\n        return a",
        "def train(x, n):\n    for e in range(n):\n        a.append(x)\n    return a",
        4,
    ),
    "begun anew in the loop": (
        (
            "def train(x, n):\n    for e in range(n):\n        a = []\n        a.append(e)\n"
            "    return a"
        ),
        "def train(x, n):\n    a = []\n    for e in range(n):\n        a.append(e)\n    return a",
        3,
    ),
    "outside of the loop": (
        "def train(x, n):\n    for e in range(n):\n        b = f(e)\n    a.append(b)\n    return a",
        (
            "def train(x, n):\n    for e in range(n):\n        b = f(e)\n"
            "        a.append(b)\n    return a"
        ),
        4,
    ),
    "in the wrong order": (
        "def train(x, o):\n    o.step()\n    x.backward()\n    return x",
        "def train(x, o):\n    x.backward()\n    o.step()\n    return x",
        2,
    ),
    "no brackets": (
        "def train(loss):\n    loss.backward\n    return loss",
        "def train(loss):\n    loss.backward()\n    return loss",
        2,
    ),
    "thrown away": (
        "def predict(p):\n    p.clamp(0, 1)\n    return p",
        "def predict(p):\n    p = p.clamp(0, 1)\n    return p",
        2,
    ),
    "assigned for added": (
        "def train(x):\n    total = 0\n    for one in x:\n        total = one\n    return total",
        "def train(x):\n    total = 0\n    for one in x:\n        total += one\n    return total",
        4,
    ),
    "a number for a parameter": (
        "def update(w, lr):\n    w -= 0.1 * w.grad",
        "def update(w, lr):\n    w -= lr * w.grad",
        2,
    ),
    "another name": (
        "def mse(p, y):\n    return ((p - p) ** 2).mean()",
        "def mse(p, y):\n    return ((p - y) ** 2).mean()",
        2,
    ),
    "in another order": (
        "def mse(p, y):\n    return cross(y, p)",
        "def mse(p, y):\n    return cross(p, y)",
        2,
    ),
    "another axis": (
        "def predict(x):\n    return x.sum(dim=0)",
        "def predict(x):\n    return x.sum(dim=1)",
        2,
    ),
    "a word too much": (
        "def predict(x):\n    return x.sum(dim=0)",
        "def predict(x):\n    return x.sum()",
        2,
    ),
    "not": (
        "def predict(x):\n    if x.done:\n        return 0\n    return x",
        "def predict(x):\n    if not x.done:\n        return 0\n    return x",
        2,
    ),
    "one turn too many": (
        "def train(n):\n    i = 0\n    while i <= n:\n        i += 1\n    return i",
        "def train(n):\n    i = 0\n    while i < n:\n        i += 1\n    return i",
        3,
    ),
    "comparison": (
        "def predict(x):\n    if x > 0:\n        return 0\n    return x",
        "def predict(x):\n    if x >= 0:\n        return 0\n    return x",
        2,
    ),
    "an alias": (
        "def train(w):\n    return w.grad",
        "def train(w):\n    return w.grad.clone()",
        2,
    ),
    "a method": (
        (
            "class Model:\n    def step(self):\n        self.a += self.b\n\n"
            "    def f(self):\n        pass"
        ),
        (
            "class Model:\n    def step(self):\n        self.a -= self.b\n\n"
            "    def f(self):\n        pass"
        ),
        3,
    ),
    "a helper that is not a unit": (
        "def _square(z):\n    return z ** 3\ndef mse(p, y):\n    return _square(p - y).mean()",
        "def _square(z):\n    return z ** 2\ndef mse(p, y):\n    return _square(p - y).mean()",
        2,
    ),
    "in a function in it": (
        "def train(x):\n    def draw(i):\n        return i + 1\n    return draw(x)",
        "def train(x):\n    def draw(i):\n        return i\n    return draw(x)",
        3,
    ),
}


def parsed(source: str) -> ParsedBlock:
    """Parse a code block."""
    return parse_block(
        CodeBlock(label="", source=source), "test.py", is_notebook=False, future_flags=0
    )


def unit_of(source: str) -> str:
    """Return the unit that is wrong: the last that the source defines."""
    name = [one for one in CONTRACT if f"def {one}" in source or f"class {one}" in source][-1]
    return "Model.step" if name == "Model" else name


def text_of(edits: Edits) -> str:
    """Return the source of the first code block, as it is now."""
    module = ast.Module([one for one, _ in edits.blocks[0].statements], [])
    return ast.unparse(module)


@pytest.mark.parametrize("slip", SLIPS)
def test_slip_is_undone_by_an_edit_of_its_line(slip: str) -> None:
    """With one of the edits the code is right, and no edit of another line does that."""
    wrong, right, line = SLIPS[slip]
    edits = find_edits([parsed(wrong)], unit_of(wrong), contract=CONTRACT)
    wanted = ast.unparse(ast.parse(right))

    found = set()
    for _, edit in edits.all:
        with edit.made():
            if text_of(edits) == wanted:
                found.add(edit.line)

    assert found == {line}
    assert text_of(edits) == ast.unparse(ast.parse(wrong))


@pytest.mark.parametrize("slip", SLIPS)
def test_every_edit_can_be_compiled(slip: str) -> None:
    """An edit gives new nodes their places, and leaves a block with a statement in it."""
    wrong, _, _ = SLIPS[slip]
    edits = find_edits([parsed(wrong)], unit_of(wrong), contract=CONTRACT)

    for number in range(len(edits.all)):
        definition, edit = edits.all[number]
        with edit.made():
            statement, _ = edits.blocks[definition.block].statements[definition.place]
            compile(ast.Module([statement], []), "test.py", "exec")


def test_edits_are_the_same_each_time() -> None:
    """A number stands for the same edit in each child that loads the same source."""
    wrong, _, _ = SLIPS["outside of the loop"]

    def listed() -> list[str]:
        edits = find_edits([parsed(wrong)], "train", contract=CONTRACT)
        texts = []
        for _, edit in edits.all:
            with edit.made():
                texts.append(text_of(edits))
        return texts

    assert listed() == listed()


def test_another_unit_is_not_edited() -> None:
    """A helper with points of its own is judged by itself."""
    source = "def mse(p, y):\n    return p + y\ndef update(x):\n    return mse(x, x)"
    edits = find_edits([parsed(source)], "update", contract=CONTRACT)

    assert {edit.line for _, edit in edits.all} == {4}


def test_docstring_and_annotations_stay() -> None:
    """They are not code."""
    source = 'def mse(p: "a + b", y) -> 1 + 2:\n    """A - b."""\n    return p'
    edits = find_edits([parsed(source)], "mse", contract=CONTRACT)

    assert {edit.line for _, edit in edits.all} == {3}


def test_while_loop_stays() -> None:
    """A changed one might never end."""
    source = "def mse(p, y):\n    i = 5\n    while i < p:\n        i += 1\n    return i"
    edits = find_edits([parsed(source)], "mse", contract=CONTRACT)

    assert {edit.line for _, edit in edits.all}.isdisjoint({4})


def test_edit_in_memory_is_undone_by_the_next_one() -> None:
    """Functions that are held elsewhere are changed too; what can't be made changes nothing."""
    source = "def mse(p, y):\n    return p + y\n"
    block = parsed(source)
    edits = find_edits([block], "mse", contract=CONTRACT)
    space: dict[str, object] = {}
    exec(block.statements[0][1], space)  # noqa: S102 - code of this test
    mse = space["mse"]
    assert callable(mse)

    values = []
    for number in range(len(edits.all)):
        edits.undo()
        edits.make(number)
        with contextlib.suppress(AttributeError):  # such as p.sum()
            values.append(mse(7, 4))
    edits.undo()

    assert {7 - 4, 7 * 4, 7, 4} <= set(values)
    assert mse(7, 4) == 11


def test_long_function_has_no_edits() -> None:
    """A hostile one of a hundred thousand lines costs no more than looking at its beginning."""
    source = "def mse(p, y):\n" + "    p = p + y * 2 - p\n" * 500 + "    return p"
    edits = find_edits([parsed(source)], "mse", contract=CONTRACT)

    assert edits.all == []


def test_number_of_edits_is_bounded() -> None:
    """Also for a function of many names."""
    source = "def mse(p, y):\n" + textwrap.indent(
        "\n".join(f"a{i} = p + y * {i}" for i in range(80)), "    "
    )
    edits = find_edits([parsed(source)], "mse", contract=CONTRACT)

    assert len(edits.all) == MAX_EDITS
