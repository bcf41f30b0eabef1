"""What a student reads of a function that is not there: what there is in its place, and where."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.pipeline import Grader
from grader.report.model import CheckResult, Status

pytestmark = pytest.mark.slow

NOT_WRITTEN = "mse() is not written yet"
NOT_DEFINED = "the submission does not define mse"
COLAB = "# Commented out IPython magic to ensure Python compatibility."
BODY = "return ((y_hat - y) ** 2).mean()"

# The function is mse. Each row is what a student handed in, and what is said of it.
SCRIPTS = {
    # --- not written yet ---
    "nothing": ("import torch\n", NOT_DEFINED),
    "pass": ("def mse(y_hat, y):\n    pass\n", NOT_WRITTEN),
    "dots": ("def mse(y_hat, y):\n    ...\n", NOT_WRITTEN),
    "return": ("def mse(y_hat, y):\n    return\n", NOT_WRITTEN),
    "return-none": ("def mse(y_hat, y):\n    return None  # TODO\n", NOT_WRITTEN),
    "docstring": ('def mse(y_hat, y):\n    """The loss."""\n', NOT_WRITTEN),
    "stub": ("def mse(y_hat, y):\n    raise NotImplementedError('write it')\n", NOT_WRITTEN),
    "typo-of-stub": ("def mse(y_hat, y):\n    raise NotImplemented\n", NOT_WRITTEN),
    # --- other names ---
    "capitals": (
        f"def MSE(y_hat, y):\n    {BODY}\n",
        "mse is not defined, but MSE is on line 1. If that is your mse, call it mse.",
    ),
    "letters-swapped": (f"def mes(y_hat, y):\n    {BODY}\n", "but mes is on line 1"),
    "words-added": (f"\ndef compute_mse(a, b):\n    {BODY}\n", "but compute_mse is on line 2"),
    "camel-case": ("myMSE = lambda a, b: ((a - b) ** 2).mean()\n", "but myMSE is on line 1"),
    "look-alike": (
        f"def ms\u0435(y_hat, y):\n    {BODY}\n",
        "It looks alike, but has the letter \u0435 (CYRILLIC SMALL LETTER IE). Type the name anew.",
    ),
    "parameters": (
        f"def loss(y_hat, y):\n    {BODY}\n",
        "mse is not defined, but loss on line 1 takes the same parameters.",
    ),
    "other-function": (f"def loss(a, b):\n    {BODY}\n", NOT_DEFINED),
    # --- inside of something ---
    "class": (
        f"class Loss:\n    def mse(self, y_hat, y):\n        {BODY}\n",
        "mse is defined inside of the class Loss on line 2. Move it out of the class",
    ),
    "main": (
        f"def main():\n    def mse(y_hat, y):\n        {BODY}\n    print(1)\n\nmain()\n",
        "mse is defined inside of main() on line 2, and exists only there.",
    ),
    "indented-too-far": (
        f"def predict(x, w):\n    return x @ w\n\n    def mse(y_hat, y):\n        {BODY}\n",
        "mse is defined inside of predict() on line 4",
    ),
    "main-guard": (
        f'if __name__ == "__main__":\n    def mse(y_hat, y):\n        {BODY}\n',
        'mse is defined under if __name__ == "__main__" on line 2, which does not run in grading.',
    ),
    "branch": (
        f"n = 1\nif n > 99:\n    def mse(y_hat, y):\n        {BODY}\n",
        "mse is defined on line 3, inside of the if on line 2, where it did not run.",
    ),
    "never": (
        f"if False:\n    def mse(y_hat, y):\n        {BODY}\n",
        "mse is defined on line 2, inside of the if on line 1, where it did not run.",
    ),
    "handler": (
        f"try:\n    n = 1\nexcept ImportError:\n    def mse(y_hat, y):\n        {BODY}\n",
        "mse is defined on line 4, inside of the try on line 1, where it did not run.",
    ),
    # --- text ---
    "comment": (
        f"n = 1\n# def mse(y_hat, y):\n#     {BODY}\n",
        "mse is commented out on line 2. Remove the # before each of its lines.",
    ),
    "colab": (
        f"{COLAB}\n# %%time\n# def mse(y_hat, y):\n#     {BODY}\n",
        "mse is commented out on line 3: that is how Colab exports a cell with %%time.",
    ),
    "quotes": (
        f'"""\ndef mse(y_hat, y):\n    {BODY}\n"""\n',
        "mse is inside of quotes on line 2, as a text. Remove the quotes.",
    ),
    # --- statements ---
    "decorator-raises": (
        f"import functools\n@functools.typo\ndef mse(y_hat, y):\n    {BODY}\n",
        "line 3 should define mse, but raised AttributeError. Mend that first.",
    ),
    "import-fails": (
        "from no_such_module import mse\n",
        "line 1 should define mse, but raised ModuleNotFoundError. Mend that first.",
    ),
    "exit": (
        f"import sys\nsys.exit()\ndef mse(y_hat, y):\n    {BODY}\n",
        "the file ended on line 2 (SystemExit), before mse on line 3. Remove what ends it there.",
    ),
    "too-long": (
        f"def endless(f):\n    while True: pass\n@endless\ndef mse(y_hat, y):\n    {BODY}\n",
        "line 4 should define mse, but was left out; the notes say why.",
    ),
    "deleted": (
        f"def mse(y_hat, y):\n    {BODY}\nn = 1\ndel mse\n",
        "mse is deleted on line 4 (del). Remove that line.",
    ),
    # --- other values ---
    "tensor": (
        "import torch\nmse = torch.ones(3)\n",
        "mse is a tensor here, not a function: line 2 sets it. Write def mse(y_hat, y).",
    ),
    "loop-variable": (
        f"def mse(y_hat, y):\n    {BODY}\n\nfor mse in [1.0, 0.5]:\n    print(mse)\n",
        "mse is a number here, not a function: line 4 overwrites what is defined on line 1.",
    ),
    "own-result": (
        f"import torch\ndef mse(y_hat, y):\n    {BODY}\nmse = mse(torch.ones(2), torch.ones(2))\n",
        "line 4 overwrites what is defined on line 2. Give the result another name.",
    ),
    "module": ("import math as mse\n", "mse is a module here, not a function: line 1 sets it."),
    "text": ("mse = 'todo'\n", "mse is a text here, not a function: line 1 sets it."),
    "none": ("mse = None\n", "mse is None here, not a function: line 1 sets it."),
    "overwritten-by-a-call": (
        f"def mse(y_hat, y):\n    {BODY}\ndef run():\n    global mse\n    mse = 3\nrun()\n",
        "mse is a number here, not a function: a call overwrites what is defined on line 1.",
    ),
    "decorator-returns-none": (
        f"def log(f):\n    print(f)\n\n@log\ndef mse(y_hat, y):\n    {BODY}\n",
        "mse is None here, not a function: that is what its decorator returns (line 5).",
    ),
    # --- code that is not used ---
    "stub-below": (
        f"def mse(y_hat, y):\n    {BODY}\n\ndef mse(y_hat, y):\n    pass\n",
        "on line 1, but is defined again without any on line 4, and the last definition counts.",
    ),
}

CELLS = {
    "markdown": (
        ("code", "n = 1"),
        ("markdown", f"My loss:\n\ndef mse(y_hat, y):\n    {BODY}"),
        ("mse is in the Markdown cell below cell 1, which is not code. Change the type",),
    ),
    "no-cells": ((NOT_DEFINED,),),
    "raw": (("raw", f"def mse(y_hat, y):\n    {BODY}"), ("mse is in the Raw cell at the top",)),
    "magic": (
        ("code", f"%%bash\ndef mse(y_hat, y):\n    {BODY}"),
        ("mse is in cell 1, which was not run because of its %%bash. Remove that line.",),
    ),
    "writefile": (
        ("code", f"%%writefile loss.py\ndef mse(y_hat, y):\n    {BODY}"),
        ("mse is in cell 1, which was not run because of its %%writefile. Remove that line.",),
    ),
    "syntax-error": (
        ("code", "n = 1"),
        ("code", f"def mse(y_hat, y):\n    {BODY}\n\nprint(('a')\n"),
        ("mse is in cell 2, of which nothing ran: line 4 of it is not valid Python.",),
    ),
    "raise": (
        ("code", f"n = 1\nraise ValueError('stop')\ndef mse(y_hat, y):\n    {BODY}"),
        ("cell 1 ended on line 2 (ValueError), before mse on line 3. Remove what ends it there.",),
    ),
    "place-in-a-cell": (
        ("code", "n = 1"),
        ("code", f"n = 2\ndef MSE(y_hat, y):\n    {BODY}"),
        ("mse is not defined, but MSE is on line 2 of cell 2.",),
    ),
    "stub-above": (
        ("code", "def mse(y_hat, y):\n    pass"),
        ("code", "def mse_old():\n    pass"),
        (NOT_WRITTEN,),
    ),
}


def _the_reason(grader: Grader, path: Path) -> str:
    report = grader.grade(path, only="mse")
    (function,) = [one for one in report.functions if one.name == "mse"]
    assert function.score == 0
    assert {check.status for check in function.checks} == {Status.MISSING}
    (reason,) = {check.message for check in function.checks}
    assert {check.hint for check in function.checks} == {""}
    return reason


@pytest.mark.parametrize(("source", "words"), SCRIPTS.values(), ids=SCRIPTS)
def test_script_without_the_function_is_told_what_it_has(
    source: str, words: str, warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """Each check of a function that is not there says what there is instead, in the same words."""
    reason = _the_reason(warm_grader, write_submission(source))

    assert words in reason
    assert (reason == words) or words not in (NOT_WRITTEN, NOT_DEFINED)


@pytest.mark.parametrize("row", CELLS.values(), ids=CELLS)
def test_notebook_without_the_function_is_told_what_it_has(
    row: tuple[tuple[str, ...], ...], warm_grader: Grader, tmp_path: Path
) -> None:
    """In a notebook, the function may also be in a cell that did not run, or that is no code."""
    *cells, words = row  # the words are a row of their own
    path = tmp_path / "lab4.ipynb"
    content = [{"cell_type": kind, "metadata": {}, "source": text} for kind, text in cells]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": content}))

    assert words[0] in _the_reason(warm_grader, path)


def _checks(grader: Grader, path: Path, name: str) -> tuple[CheckResult, ...]:
    report = grader.grade(path, only=name)
    return next(one.checks for one in report.functions if one.name == name)


def test_raise_of_the_stub_that_was_left_is_shown(
    warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """Code above the stub's ``raise`` makes the function written: the line is in its way."""
    source = "def mse(y_hat, y):\n    d = y_hat\n    raise NotImplementedError('lab')\n"

    check, *_ = _checks(warm_grader, write_submission(source), "mse")

    assert check.status is Status.ERROR
    assert check.message == (
        "mse() still raises NotImplementedError\n    line 3: raise NotImplementedError('lab')"
    )
    assert check.hint == "Delete that line: it ends the function."


@pytest.mark.parametrize("end", ["", "    print(d)\n", "    return\n"])
def test_function_with_code_that_returns_nothing_lacks_its_return(
    end: str, warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """A function with code but without a value to return is written, and lacks its return."""
    source = f"def mse(y_hat, y):\n    d = ((y_hat - y) ** 2).mean()\n{end}"

    check, *_ = _checks(warm_grader, write_submission(source), "mse")

    assert check.status is Status.FAILED
    assert check.message == "mse() returns None: is the return missing?"


def test_stub_of_another_function_is_named(
    warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """A function that stops at a function of the student's own names it."""
    source = (
        "def square(d):\n    raise NotImplementedError\ndef mse(y_hat, y):\n    return square(y)\n"
    )

    check, *_ = _checks(warm_grader, write_submission(source), "mse")

    assert check.message.startswith("mse() stops at square(), which is not written yet")


def test_table_of_answers_under_another_name_is_found(
    warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """A table of answers is found under another name too; functions are not taken for one."""
    source = "def answer(): return 1\nanswers = {'epoch': 'f'}\n"

    check, *_ = _checks(warm_grader, write_submission(source), "ANSWERS")

    assert check.message == (
        "ANSWERS is not defined, but answers is on line 2. If that is your ANSWERS, call it"
        " ANSWERS."
    )


def test_each_of_two_missing_functions_gets_its_own_look_alike(
    warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """A name that is nearer to another function of the contract is not offered."""
    source = "def train_minibatches(x, y, w, lr, epochs, batch_size):\n    return []\n"
    path = write_submission(source)

    (first, *_), (second, *_) = (
        _checks(warm_grader, path, name) for name in ("train", "train_minibatch")
    )

    assert first.message == "the submission does not define train"
    assert "but train_minibatches is on line 1" in second.message


def test_function_of_a_star_import_is_not_the_submissions(
    warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """A function that a star import brings is no solution, and it is said where it comes from."""
    path = write_submission("n = 1\nfrom torch.nn.functional import *\n")

    check, *_ = _checks(warm_grader, path, "cross_entropy")

    assert check.status is Status.MISSING
    assert check.message == (
        "cross_entropy is not defined here: the star import on line 2 brings one from a library,"
        " which does not count. Write def cross_entropy(p, y)."
    )


def test_right_function_under_an_odd_roof_keeps_its_points(
    warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """Where the function is there after all, nothing of this matters."""
    source = (
        f"def MSE(y_hat, y):\n    pass\nif True:\n    def mse(y_hat, y):\n        {BODY}\n"
        "# def mse(y_hat, y):\n"
    )

    assert {one.status for one in _checks(warm_grader, write_submission(source), "mse")} == {
        Status.PASSED
    }
