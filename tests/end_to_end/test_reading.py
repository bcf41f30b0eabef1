"""What is read of a file, and what its student is told: short files through the whole grader."""

import json
import sys

import pytest

from grader.pipeline import Grader
from grader.report.model import CheckResult, NoteKind, Report, ReportStatus, Status

MSE = "def mse(y_hat, y):\n    return ((y_hat - y) ** 2).mean()\n"
SIGMOID = "def sigmoid(z):\n    return 1 / (1 + (-z).exp())\n"
BOTH = f"{MSE}\n{SIGMOID}"
FULL = {"mse": Status.PASSED, "sigmoid": Status.PASSED}


def code(source: object) -> dict[str, object]:
    """Return a code cell."""
    return {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def notebook(*cells: object, **fields: object) -> str:
    """Return a notebook; a text stands for the code cell that has it."""
    content: dict[str, object] = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    return json.dumps({**content, "cells": made, **fields})


def exported(magic: str, body: str, line: str = "") -> str:
    """Return what nbconvert writes for a cell with a magic."""
    return f"get_ipython().run_cell_magic({magic!r}, {line!r}, {body!r})\n"


def grade(grader: Grader, source: str | bytes, *only: str, name: str = "") -> Report:
    """Grade some functions of a script, or of what looks like a notebook."""
    data = source.encode() if isinstance(source, str) else source
    name = name or ("lab4.ipynb" if data.startswith(b"{") else "lab4.py")
    return grader.grade_data(data, name=name, only=only)


def statuses(report: Report, *names: str) -> dict[str, Status]:
    """Return how each of these functions stands."""
    return {one.name: one.status for one in report.functions if one.name in names}


def checks_of(report: Report, name: str) -> tuple[CheckResult, ...]:
    """Return the checks of a function."""
    return next(one.checks for one in report.functions if one.name == name)


# --- files that are read in full ----------------------------------------------------------

WITHOUT_SOURCE = {key: value for key, value in code("").items() if key != "source"}

READ = {
    # --- magics that run their cell ---
    "timed and captured": notebook(f"%%time\n{MSE}", f"%%capture out\n{SIGMOID}"),
    "timed often": notebook(f"%%timeit -n 1 -r 1\n{MSE}", f"%%prun -s cumulative\n{SIGMOID}"),
    "below a comment": notebook(f"# Model and loss\n\n%%time\n{BOTH}"),
    # --- the same, exported ---
    "exported": f"# In[ ]:\n\n{exported('time', MSE)}\n{exported('capture', SIGMOID, 'out')}",
    "exported with options": exported("timeit", MSE, "-n 1 -r 1") + exported("prun", SIGMOID, "-q"),
    "exported beside other calls": (
        "get_ipython().run_line_magic('matplotlib', 'inline')\n"
        "get_ipython().system('pip install torch')\n"
        f"shell = get_ipython()\nshell.{exported('time', BOTH).removeprefix('get_ipython().')}"
    ),
    # --- a notebook is the main module ---
    "constant under the main guard": notebook(
        'if __name__ == "__main__":\n    ONE = 1',
        f"def sigmoid(z):\n    return ONE / (ONE + (-z).exp())\n{MSE}",
    ),
    "functions under the main guard": notebook(
        'if "__main__" == __name__:\n    ' + BOTH.replace("\n", "\n    ")
    ),
    "global that main() sets": notebook(
        "def main():\n    global ONE\n    ONE = 1",
        "if __name__ == '__main__':\n    main()",
        f"def sigmoid(z):\n    return ONE / (ONE + (-z).exp())\n{MSE}",
    ),
    # --- cells that await ---
    "await": notebook("import asyncio", f"await asyncio.sleep(0)\n{BOTH}"),
    "value that is awaited": notebook(
        "async def load():\n    return 1\n\nONE = await load()",
        f"def sigmoid(z):\n    return ONE / (ONE + (-z).exp())\n{MSE}",
    ),
    "loop that awaits": notebook(
        "async def parts():\n    yield 1\n\nasync for ONE in parts():\n    print(ONE)",
        f"def sigmoid(z):\n    return ONE / (ONE + (-z).exp())\n{MSE}",
    ),
    # --- odd notebooks ---
    "cell without a source": notebook(WITHOUT_SOURCE, BOTH),
    "cell with an empty list": notebook(code([]), BOTH),
    "lists in a list": notebook(code([[line] for line in MSE.splitlines(keepends=True)]), SIGMOID),
    "version as a text": notebook(BOTH, nbformat="4"),
    "version with a point": notebook(BOTH, nbformat=4.0, nbformat_minor=None),
    "cell that has nothing else": notebook({"cell_type": "code", "source": BOTH}, metadata=None),
    # --- imports ---
    "name of a library": f"from torch import sigmoid\n{MSE}",
    "star imports above": f"from numpy import *\nfrom torch import *\n{BOTH}",
    "module whose absence is caught": (
        f"try:\n    import nowhere_plots\nexcept ImportError:\n    nowhere_plots = None\n{BOTH}"
    ),
}


@pytest.mark.parametrize("source", READ.values(), ids=READ)
def test_functions_have_full_marks_however_the_file_is_written(
    source: str, warm_grader: Grader
) -> None:
    """All that is in the file is read, and there is nothing to say of it."""
    report = grade(warm_grader, source, "mse", "sigmoid")

    assert (statuses(report, "mse", "sigmoid"), report.notes) == (FULL, ())


# --- modules that are not installed -------------------------------------------------------

NOT_INSTALLED = {
    "use at once": ("nowhere_plots", "import nowhere_plots as np_\nnp_.set()\n"),
    "part of a package": (
        "nowhere_sets",
        "from nowhere_sets.small import load\ndata = load()\nprint(data)\n",
    ),
    "two names": ("nowhere_logs", "from nowhere_logs import init, log\nrun = init()\nlog(run)\n"),
}


@pytest.mark.parametrize("is_notebook", [False, True], ids=["script", "notebook"])
@pytest.mark.parametrize(("module", "source"), NOT_INSTALLED.values(), ids=NOT_INSTALLED)
def test_missing_module_is_named_once_and_costs_nothing(
    module: str, source: str, warm_grader: Grader, *, is_notebook: bool
) -> None:
    """What does not need the module keeps its points, and what follows from it is one line."""
    parts = (*source.splitlines(), BOTH) if is_notebook else ()
    report = grade(warm_grader, notebook(*parts) if parts else source + BOTH, "mse", "sigmoid")

    cause, *rest = report.loading
    assert statuses(report, "mse", "sigmoid") == FULL
    assert (cause.kind, cause.subject) == (NoteKind.NOT_INSTALLED, module)
    assert cause.text.startswith(f"{module} is not installed here")
    assert [one.kind for one in rest] == [NoteKind.FOLLOWS]


@pytest.mark.parametrize(
    "use",
    ["nowhere_plots.mean((y_hat - y) ** 2)", "nowhere_plots.loss.MSE()(y_hat, y)"],
    ids=["function", "class"],
)
def test_function_that_needs_a_missing_module_says_so(use: str, warm_grader: Grader) -> None:
    """The function that uses the module names it, and no other function loses points."""
    source = f"import nowhere_plots\ndef mse(y_hat, y):\n    return {use}\n{SIGMOID}"

    report = grade(warm_grader, source, "mse", "sigmoid")

    assert statuses(report, "mse", "sigmoid") == {**FULL, "mse": Status.ERROR}
    for check in checks_of(report, "mse"):
        assert check.message.startswith("mse() needs nowhere_plots, which is not installed here")


# --- functions that are not the student's -------------------------------------------------


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("from numpy import *\nfrom torch.nn.functional import *\n", "cross_entropy"),
        ("from numpy import *\n", "gradient"),
        ("from torch import *\n", "sigmoid"),
        ("import torch\nfor _ in range(2):\n    from torch.special import *\n", "sigmoid"),
    ],
    ids=["two modules", "numpy", "torch", "no such name"],
)
def test_star_import_is_nobody_s_function(source: str, name: str, warm_grader: Grader) -> None:
    """A function that a star import brings has no points, and every check is missing."""
    report = grade(warm_grader, source, name)

    assert {check.status for check in checks_of(report, name)} == {Status.MISSING}
    assert report.score == 0


@pytest.mark.parametrize(
    "star",
    [
        "from torch import *\n",
        "from torch.nn.functional import *\n",
        "from torch.special import *\n",
    ],
)
def test_star_import_below_a_function_replaces_nothing(star: str, warm_grader: Grader) -> None:
    """The student's own function counts, and a note says that Python would take the other one."""
    report = grade(warm_grader, f"{BOTH}{star}", "mse", "sigmoid")

    assert statuses(report, "mse", "sigmoid") == FULL
    assert bool(report.notes) == ("special" not in star)
    assert all("would replace sigmoid of your own; yours counts" in one for one in report.notes)


@pytest.mark.parametrize("magic", ["%%time", "%%capture", "%%timeit"])
def test_cell_that_colab_commented_out_is_named_with_its_magic(
    magic: str, warm_grader: Grader
) -> None:
    """Each function of such a cell is found on its own line; the rest of the file is graded."""
    cell = "".join(
        f"# {line}\n" for line in [f"{magic} -n 3", *MSE.splitlines(), "", *SIGMOID.splitlines()]
    )
    comment = "# Commented out IPython magic to ensure Python compatibility.\n"
    predict = "def predict(x, w):\n    return x @ w\n"

    report = grade(warm_grader, f"{predict}{comment}{cell}", "predict", "mse", "sigmoid")

    assert statuses(report, "predict") == {"predict": Status.PASSED}
    for name, line in (("mse", 5), ("sigmoid", 8)):
        assert checks_of(report, name)[0].message.startswith(
            f"{name} is commented out on line {line}: that is how Colab exports a cell with"
            f" {magic}."
        )


# --- files that can't be graded -----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("lab4.py", notebook(BOTH), "this is a notebook; call it lab4.ipynb"),
        ("lab4.ipynb", BOTH, "this is not a notebook but Python code; call it lab4.py"),
        ("lab4.py", "%PDF-1.7\n", "this is a PDF; hand in"),
    ],
    ids=["notebook", "script", "PDF"],
)
def test_file_under_a_wrong_name_says_what_it_is(
    name: str, source: str, said: str, warm_grader: Grader
) -> None:
    """Nothing of it is graded, and the report says what to do."""
    report = grade(warm_grader, source, name=name)

    assert (report.status, report.score) == (ReportStatus.UNREADABLE, 0)
    assert report.error.startswith(said)


NEWER = {
    "quotes": ('print(f"{BY_NAME["a"]}")', 12),
    "type statement": ("type Pair = tuple[int, int]", 12),
    "type parameters": ("def first[T](them: list[T]) -> T: return them[0]", 12),
    "exceptions without brackets": ("try: pass\nexcept ValueError, KeyError: pass", 14),
}


@pytest.mark.parametrize(
    ("statement", "since"),
    [
        pytest.param(
            *row, id=id_, marks=pytest.mark.skipif(sys.version_info >= (3, row[1]), reason="known")
        )
        for id_, row in NEWER.items()
    ],
)
def test_newer_syntax_names_the_python_that_grades(
    statement: str, since: int, warm_grader: Grader
) -> None:
    """A student with a newer Python hears which one grades, and what it lacks."""
    report = grade(warm_grader, f"{BOTH}\n{statement}\n")

    here = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    assert report.status is ReportStatus.UNREADABLE
    assert f"is not {here}, which grades here: " in report.error
    assert f" came with Python 3.{since}\n" in report.error


# --- what is said of a function -----------------------------------------------------------

CLASSROOM = """
import torch
{x} = torch.ones(5, 2)
{y} = torch.ones(5)
{w} = torch.zeros(2, requires_grad=True)
lr = 0.1
def update():
    loss = (({x} @ {w} - {y}) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        {w}.sub_(lr * {w}.grad)
        {w}.grad = None
    return loss.item()
"""


@pytest.mark.parametrize(
    ("x", "y", "w", "said"),
    [
        ("x", "y", "a", "update() never uses w. It uses the global a instead."),
        ("x", "y", "theta", "update() never uses w. It uses the global theta instead."),
        (
            "features",
            "targets",
            "weights",
            "never uses x, y and w. It uses the globals features, targets and weights instead.",
        ),
    ],
    ids=["a", "theta", "all"],
)
def test_globals_of_other_names_are_named(
    x: str, y: str, w: str, said: str, warm_grader: Grader
) -> None:
    """An update that never looked at w is not told how to move it."""
    report = grade(warm_grader, CLASSROOM.format(x=x, y=y, w=w), "update")

    (function,) = [one for one in report.functions if one.name == "update"]
    first, *_ = function.checks
    assert function.score == 0
    assert said in first.hint
    assert "as x, y, w, lr and epoch: use these names" in first.hint
    assert {check.misconception for check in function.checks} == {None}


@pytest.mark.parametrize(
    ("source", "name", "said", "hint"),
    [
        (
            f"{MSE}def gradient(x, y, w):\n    mse(x @ wieght, y).backward()\n    return w.grad\n",
            "gradient",
            "gradient() raised NameError: name 'wieght' is not defined\n    line 4: mse(",
            "gradient() uses wieght, which is not defined.",
        ),
        (
            "def gradient(W, b, X, y_pred, y):\n    return W\n",
            "gradient",
            "missing 2 required positional arguments: 'b' and 'y_pred'",
            "needs 5 arguments. It is called with 3: gradient(x, y, w).",
        ),
        (
            "def predict_proba(x, w, b):\n    return sigmoid(x @ w + b)\n",
            "predict_proba",
            "missing 1 required positional argument: 'b'",
            "needs 3 arguments. It is called with 2: predict_proba(x, w).",
        ),
        (
            f"{MSE}def update(x, y, w, lr):\n    mse(x @ w, y).backward()\n    w.data -= eta * w\n",
            "update",
            "update() raised NameError: name 'eta' is not defined\n    line 5: w.data -= ",
            "update() uses eta, which is not defined.",
        ),
        (
            f"{MSE}def gradient(x, y, w):\n    mse(x @ w, y).backwards()\n    return w.grad\n",
            "gradient",
            "gradient() raised AttributeError: 'Tensor' object has no attribute 'backwards'",
            "",
        ),
    ],
    ids=["name", "more parameters", "one more", "name of a parameter", "method"],
)
def test_error_has_its_text_although_helpers_are_lent(
    source: str, name: str, said: str, hint: str, warm_grader: Grader
) -> None:
    """What the student's own code raised is shown in full, with no misconception beside it."""
    first, *others = checks_of(grade(warm_grader, source, name), name)

    assert first.status is Status.ERROR
    assert said in first.message
    assert hint in first.hint
    assert {one.misconception for one in (first, *others)} == {None}


ANIMATION = """
import matplotlib.pyplot as plt
import torch
from matplotlib.animation import FuncAnimation
def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.scatter(x[:, 0], y)
    (line,) = ax.plot(x[:, 0], (x @ w).detach())
    def draw(_):
        ((x @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w.sub_(lr * w.grad)
        w.grad = None
        {}
        return (line,)
    return FuncAnimation(fig, draw, frames{})
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("drawing", "blit"),
    [
        ("line.set_ydata(x @ w)", ""),
        ("line.set_data(x[:, 0], list(x @ w))", ""),
        ("line.set_data(x[:, 0], x @ w)", ", blit=True"),
        ("ax.cla(); ax.scatter(x[:, 0], y); ax.plot(x[:, 0], x @ w)", ""),
    ],
    ids=["numbers", "list", "blit", "new line"],
)
def test_frame_that_can_not_be_drawn_loses_its_points(
    drawing: str, blit: str, warm_grader: Grader
) -> None:
    """A line takes a tensor that requires grad, but can't be drawn, and the student sees that."""
    report = grade(warm_grader, ANIMATION.format(drawing, blit), "animate_fit")

    first, *_ = checks_of(report, "animate_fit")
    assert statuses(report, "animate_fit") == {"animate_fit": Status.ERROR}
    assert first.message.startswith("a frame of animate_fit() can't be drawn: RuntimeError: Can't")
    assert "Detach it first" in first.hint


def test_animation_that_can_be_drawn_has_its_points(warm_grader: Grader) -> None:
    """The same file with a line that is detached is right."""
    source = ANIMATION.format("line.set_ydata((x @ w).detach())", "")

    report = grade(warm_grader, source, "animate_fit")

    assert statuses(report, "animate_fit") == {"animate_fit": Status.PASSED}
