"""Which statements of a file its functions need, read from the code."""

import ast
import types

import pytest

from grader.sandbox.guest.needed import Needs, find_needs

CONTRACT = {
    "predict": ("x", "w"),
    "update": ("x", "y", "w", "lr"),
    "train": ("x", "y", "w", "lr", "epochs"),
}


Statements = dict[tuple[int, int], tuple[ast.stmt, types.CodeType]]


def compiled(*blocks: str) -> Statements:
    """Compile the statements of some code blocks."""
    return {
        (index, place): (one, compile(ast.Module([one], []), "<test>", "exec"))
        for index, block in enumerate(blocks)
        for place, one in enumerate(ast.parse(block).body)
    }


def needs_of(statements: Statements) -> Needs:
    """Return what the functions of the contract need."""
    return find_needs(statements, CONTRACT)


def needed(*blocks: str, may_change: bool = False) -> list[str]:
    """Return the first line of each statement that binds what is needed, or may change it."""
    statements = compiled(*blocks)
    needs = needs_of(statements)
    found = sorted(needs.binding | (needs.changing if may_change else set()))
    return [ast.unparse(statements[place][0]).splitlines()[0] for place in found]


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
    first = ast.unparse(ast.parse(demo)).splitlines()[0]
    assert first not in needed(*functions, demo, may_change=True)


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
        "table = None",
    )
    first = ast.unparse(ast.parse(source)).splitlines()[0]
    assert first in needed(*functions, source, may_change=True)


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


def test_own_function_with_the_name_of_an_import_is_needed() -> None:
    """The last definition counts, also if the name was imported before."""
    assert needed("from torch import predict", "def predict(x, w): return x @ w") == [
        "from torch import predict",
        "def predict(x, w):",
    ]


def test_global_that_a_helper_reads_is_needed_unless_its_caller_is_given_it() -> None:
    """A helper of predict() may read x, which is set before; n is not set for predict()."""
    functions = "def helper(): return x * n\ndef predict(x, w): return helper()"
    assert needed(functions, "n = slow()", "x = slow()") == [
        "def helper():",
        "def predict(x, w):",
        "n = slow()",
    ]


def test_everything_is_needed_if_a_function_reads_names_in_its_own_way() -> None:
    """What eval() and globals() read can't be seen in the code."""
    functions = "def predict(x, w): return eval('table')[x]"
    assert needed(functions, "table = slow()", "demo = slow()") == [
        "def predict(x, w):",
        "table = slow()",
        "demo = slow()",
    ]


@pytest.mark.parametrize(
    "definition",
    [
        "def predict(x, w, v=w): return v",
        "@decorate(w)\ndef predict(x, w): return x",
        "class predict:\n    size = w",
        "class predict(w): pass",
    ],
)
def test_what_a_definition_reads_at_once_is_needed(definition: str) -> None:
    """A default, a decorator, a base and a class body are read before any input is set."""
    assert "w = slow()" in needed("w = slow()", definition)


def uses(*blocks: str) -> set[str]:
    """Return the functions of the contract that train() may use."""
    return set(needs_of(compiled(*blocks)).functions["train"]) - {"train"}


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("def train(x, y, w, lr, epochs): return update(x, y, w, lr)", {"update"}),
        ("def train(x, y, w, lr, epochs): return x @ w", set()),
        (
            "def update(x): return predict(x)\ndef train(x): return update(x)",
            {"update", "predict"},
        ),
        ("step = update\ndef train(x, y, w, lr, epochs): return step(x)", {"update"}),
        ("STEPS = {}\nSTEPS['u'] = update\ndef train(x): return STEPS['u'](x)", {"update"}),
        ("STEPS = []\nSTEPS.append(update)\ndef train(x): return STEPS[0](x)", {"update"}),
        ("class Model:\n    f = predict\ndef train(x): return Model.f(x)", {"predict"}),
        ("train = partial(run, step=update)\ndef run(x, step): return step(x)", {"update"}),
        ("@using(update)\ndef train(x): return x", {"update"}),
        ("def train(x): return eval('update')(x)", {"predict", "update"}),
        ("import sys\ndef train(x): return sys.modules['m'].update(x)", {"predict", "update"}),
        ("def train(x):\n    import sys\n    return sys.modules['m'].u(x)", {"predict", "update"}),
        ("def train(x):\n    import __main__\n    return __main__.u(x)", {"predict", "update"}),
        ("def f(): pass\ndef train(x): return f.__globals__['u'](x)", {"predict", "update"}),
        (
            "import plt\ndef train(x): return plt.plot(x)\nplt.plot(predict(1, 2))",
            set(),
        ),
        ("def train(x, y, w, lr, epochs): return w\nw = update(1, 2, 3, 4)", set()),
    ],
)
def test_functions_that_another_one_may_use_are_found(code: str, used: set[str]) -> None:
    """What a function may use is found by any way through data; a demo doesn't count."""
    assert uses(code) == used
