"""Which statements of a file its functions need, read from the code."""

import ast

import pytest

from grader.sandbox.guest.needed import needed_statements

CONTRACT = {
    "predict": ("x", "w"),
    "update": ("x", "y", "w", "lr"),
    "train": ("x", "y", "w", "lr", "epochs"),
}


def needed(*blocks: str) -> list[str]:
    """Return the first line of each statement that is needed."""
    trees = [ast.parse(block) for block in blocks]
    found = sorted(needed_statements(trees, CONTRACT))
    return [ast.unparse(trees[block].body[place]).splitlines()[0] for block, place in found]


def test_definitions_and_imports_of_a_function_are_needed_and_a_demo_is_not() -> None:
    """A function needs its import, its helper and its constant, but not what shows it off."""
    assert needed(
        "import torch\nimport seaborn",
        "RATE = 0.1\nOTHER = 2",
        "def helper(w): return torch.abs(w) * RATE",
        "def predict(x, w): return helper(x @ w)",
        "y_hat = predict(torch.ones(3, 2), torch.ones(2))\nprint(y_hat)",
    ) == ["import torch", "RATE = 0.1", "def helper(w):", "def predict(x, w):"]


def test_what_a_needed_statement_reads_is_needed() -> None:
    """A table that a function reads is needed, and so is what it was made from."""
    assert needed(
        "raw = load()\ntable = clean(raw)\nplot = draw(raw)",
        "def load(): return 1\ndef clean(raw): return raw\ndef draw(raw): return raw",
        "def predict(x, w): return table[x]",
    ) == [
        "raw = load()",
        "table = clean(raw)",
        "def load():",
        "def clean(raw):",
        "def predict(x, w):",
    ]


@pytest.mark.parametrize(
    "demo",
    [
        "for epoch in range(100): update()",
        "for epoch in range(100):\n    loss = update()\n    losses.append(loss)",
        "w = train()",
        "while True: epoch += 1",
        "x, y = make()",
        "lr = search(update)",
        "plt.plot(x, y)",
        "w.grad.zero_()",
        "(losses := [update() for _ in range(3)])",
    ],
)
def test_demo_in_the_classroom_style_is_not_needed(demo: str) -> None:
    """What is set as a global before each call needs no statement, nor do local names."""
    functions = (
        "import torch\nimport matplotlib.pyplot as plt\nlosses = []",
        "def predict(): return x @ w",
        "def update():\n    loss = predict() - y\n    losses = [epoch, lr, plt]\n    return loss",
    )
    assert ast.unparse(ast.parse(demo)).splitlines()[0] not in needed(*functions, demo)


@pytest.mark.parametrize(
    "source",
    [
        "table = make()",
        "for table in range(3): pass",
        "with open('a') as table: pass",
        "try:\n    import table\nexcept ImportError: pass",
        "if True: table = make()",
        "table[0] = make()",
        "table.weights = make()",
        "table['a'].b[0] = make()",
        "table.load(make())",
        "table += make()",
        "del table[0]",
        "def table(): return 1",
        "class table: pass",
        "fill()",
        "from somewhere import *",
        "(table := make())",
        "[table, other] = make()",
        "match make():\n    case [table]: pass",
    ],
)
def test_statements_that_bind_or_change_a_needed_name_are_needed(source: str) -> None:
    """However a name that a function reads is bound or changed, the statement is needed."""
    functions = (
        "def fill():\n    global table\n    table = make()",
        "def predict(x, w): return table[x]",
    )
    assert ast.unparse(ast.parse(source)).splitlines()[0] in needed(*functions, source)


def test_function_that_binds_its_own_global_needs_no_call_of_it() -> None:
    """A global that only the function itself binds is there when it runs."""
    functions = "def update(x, y, w, lr):\n    global loss\n    loss = 1\n    return loss"
    assert needed(functions, "for _ in range(9): update(1, 2, 3, 4)") == [
        "def update(x, y, w, lr):"
    ]


def test_classes_and_lambdas_need_what_they_read() -> None:
    """A model and a lambda are functions too."""
    assert needed(
        "SIZE = slow()\nSCALE = slow()\nUNUSED = slow()",
        "class Model:\n    def __call__(self, x): return x * SIZE",
        "model = Model()",
        "predict = lambda x, w: model(x) * SCALE",
    ) == [
        "SIZE = slow()",
        "SCALE = slow()",
        "class Model:",
        "model = Model()",
        "predict = lambda x, w: model(x) * SCALE",
    ]
