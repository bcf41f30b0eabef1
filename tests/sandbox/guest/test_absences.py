"""What the guest claims to be in place of a function: the kind, the names and the places."""

import builtins
import difflib
import linecache
import sys
import time
from typing import cast

import pytest

from grader.observations.messages import Absence, AbsenceKind, CodeBlock, Lent, Load, Loaded, Place
from grader.sandbox.guest import spelling
from grader.sandbox.guest.changes import MODULE_NAME
from grader.sandbox.guest.defaults import Defaults, QuietShell
from grader.sandbox.guest.load import load

CONTRACT = {
    "predict": ("x", "w"),
    "mse": ("y_hat", "y"),
    "train": ("x", "y", "w"),
    "train_logistic": ("x", "y", "w"),
    "ANSWERS": (),
}


DECORATOR = """
import functools
def keep(f):
    @functools.wraps(f)
    def inner(*args):
        return f(*args)
    return inner
@keep
"""


class FakeDefaults:
    """Does nothing, since the real one would change the test's own process."""

    def tame_if_imported(self) -> None:
        """Do nothing."""


@pytest.fixture(autouse=True)
def _leave_no_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, MODULE_NAME, None)
    monkeypatch.setattr(linecache, "cache", dict(linecache.cache))
    monkeypatch.setattr(builtins, "get_ipython", QuietShell, raising=False)


def _load(*blocks: CodeBlock, is_notebook: bool = False, lent: Lent | None = None) -> Loaded:
    message = Load(
        name="lab4.py", blocks=blocks, is_notebook=is_notebook, parameters=CONTRACT, lent=lent
    )
    _, loaded = load(message, report=lambda _: None, defaults=cast("Defaults", FakeDefaults()))
    return loaded


def _claims(source: str) -> dict[str, Absence]:
    loaded = _load(CodeBlock(label="", source=source))
    return {one.function: one for one in loaded.absences}


def _claim(source: str, name: str = "mse") -> Absence | None:
    return _claims(source).get(name)


def test_nothing_is_claimed_of_functions_with_code() -> None:
    """Nothing is claimed of what is there, in whatever way it is written."""
    source = """
import functools
def make(x, w, scale): return x @ w * scale
predict = functools.partial(make, scale=1)
def mse(y_hat, y):
    d = y_hat - y
    if not len(d):
        return None
    return (d * d).mean()
train = lambda x, y, w: []
def train_logistic(x, y, w):
    yield 1
ANSWERS = {}
"""
    assert _claims(source) == {}


def test_nothing_is_claimed_where_functions_are_lent() -> None:
    """A child that knows the reference claims nothing."""
    lent = Lent(source="", parameters={})

    assert _load(CodeBlock(label="", source="def MSE(): pass"), lent=lent).absences == ()


def test_nothing_is_claimed_of_what_has_left_no_trace() -> None:
    """A function of which there is no trace is only missing."""
    assert _claims("n = 1\ndef square(d):\n    return d * d\n") == {}


def test_places_are_those_of_the_code_block() -> None:
    """Lines are counted in the code block, which is named."""
    cells = ("n = 1", "n = 2\n\ndef mse(y_hat, y):\n    return 1", "\nmse = 3")
    blocks = [
        CodeBlock(label=f"cell {number}", source=source) for number, source in enumerate(cells, 1)
    ]

    (claim,) = _load(*blocks, is_notebook=True).absences

    assert claim == Absence(
        function="mse",
        kind=AbsenceKind.OVERWRITTEN,
        subject="int",
        place=Place(line=2, block="cell 3"),
        other=Place(line=3, block="cell 2"),
    )


@pytest.mark.parametrize(
    ("other", "is_like"),
    [
        ("MSE", True),
        ("Mse", True),
        ("mse_", True),
        ("mse2", True),
        ("m_s_e", True),
        ("mes", True),
        ("my_mse", True),
        ("mseLoss", True),
        ("mse_of_line", True),
        ("ms\u0435", True),
        ("mae", False),
        ("m", False),
        ("loss", False),
        ("times", False),
        ("house", False),
    ],
)
def test_names_that_look_like_the_missing_one_are_found(other: str, *, is_like: bool) -> None:
    """A function counts as another spelling if its letters or its words say so."""
    claim = _claim(f"def {other}(a):\n    return a\n")

    assert (claim is not None) is is_like
    assert claim is None or (claim.kind, claim.subject) == (AbsenceKind.OTHER_NAME, other)


@pytest.mark.parametrize(
    "source", ["mse_1 = 3.0", "class mse1: pass\nmse1 = 2", "import math as Mse"]
)
def test_what_is_no_function_of_the_file_is_no_other_spelling(source: str) -> None:
    """A number, or what an import brings, is not the student's function."""
    assert _claim(source) is None


def test_name_that_looks_more_like_another_function_is_not_offered() -> None:
    """A second attempt at one function of the contract is not taken for another function."""
    source = (
        "def train_logistic(x, y, w):\n    return 1\ndef train_logistic_2(x, y):\n    return 2\n"
    )

    assert _claim(source, "train") is None


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("train_log", "train_model"), {"train": "train_model", "train_logistic": "train_log"}),
        (("logistic_train", "fit"), {"train_logistic": "logistic_train"}),
        (("pred",), {"predict": "pred"}),
        (("predictions",), {"predict": "predictions"}),
        (("trainLogistic", "train1"), {"train": "train1", "train_logistic": "trainLogistic"}),
    ],
)
def test_each_function_gets_the_name_that_is_nearest(
    names: tuple[str, ...], expected: dict[str, str]
) -> None:
    """Same words in another order come before an abbreviation, and that before added words."""
    claims = _claims("".join(f"def {name}(a):\n    return a\n" for name in names))

    assert {name: claim.subject for name, claim in claims.items()} == expected


def test_parameters_tell_a_function_only_if_they_are_no_other_functions() -> None:
    """If two missing functions have the same parameters, it may be either of them."""
    source = "def fit(x, y, w):\n    return 1\n"

    assert _claims(source) == {}
    claim = _claim(source + "def train(x, y, w):\n    return 1\n", "train_logistic")
    assert claim is not None
    assert (claim.kind, claim.subject) == (AbsenceKind.SAME_PARAMETERS, "fit")


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "...",
        "return",
        "return None",
        "return ...",
        "'text'",
        "global n",
        "'text'; pass",
        "raise NotImplementedError",
        "raise NotImplementedError('x')",
        "return NotImplemented",
        "'text'; raise NotImplemented",
    ],
)
@pytest.mark.parametrize("decorator", ["", DECORATOR])
def test_body_without_code_is_unwritten(body: str, decorator: str) -> None:
    """A place for code is no code, also under a decorator that wraps the function."""
    claim = _claim(f"{decorator}def mse(y_hat, y): {body}\n")

    assert claim is not None
    assert claim.kind is AbsenceKind.UNWRITTEN


@pytest.mark.parametrize("body", ["return 0", "print(1)", "n = 1", "raise ValueError", "assert 0"])
def test_body_with_code_is_written(body: str) -> None:
    """Any other statement is code."""
    claim = _claim(f"def mse(y_hat, y): {body}\n")

    assert claim is None or claim.kind is AbsenceKind.NO_RETURN


def test_inner_function_is_not_the_functions_own_code() -> None:
    """What an inner function returns or raises is not what the outer one does."""
    source = """
def mse(y_hat, y):
    def square(d):
        raise NotImplementedError
        return d * d
    square(y)
"""
    claim = _claim(source)

    assert claim is not None
    assert claim.kind is AbsenceKind.NO_RETURN


def test_submission_that_breaks_what_the_guest_uses_gets_no_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If the submission has broken what the search uses, nothing is claimed, and it is loaded."""
    spelling.likeness.cache_clear()
    monkeypatch.setattr(difflib, "SequenceMatcher", difflib.SequenceMatcher)  # put back later
    source = "import difflib\ndef mes(): pass\ndifflib.SequenceMatcher = None\n"

    assert _claims(source) == {}


def test_search_of_a_large_file_takes_little_time() -> None:
    """A file of thousands of statements costs no more than a second to search."""
    source = "def f():\n    def g():\n        pass\nif 0:\n    a = 1\n# def h(\n" * 1000
    started = time.process_time()
    _claims(
        "ANSWERS = {}\ndef predict(x, w): return 1\nmse = train = train_logistic = len\n" + source
    )
    without = time.process_time() - started
    started = time.process_time()

    _claims(source)

    assert time.process_time() - started < without + 1
