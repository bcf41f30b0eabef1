"""Files of checks, cut down to what students get: the visible checks, and what these use."""

import ast
from textwrap import dedent

from grader.bundles.visible_checks import cut_checks

MIXED = '''\
"""Checks of mse: the last one is secret."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

# How close is close enough.
CLOSE, FAR = 1e-5, 3
HARD = [17, 23]  # secret inputs
np.seterr(all="ignore")
HARD.append(29)
CASES: list[int] = []
CASES.append(re.escape("x"))


# Secret: used by the hidden check only.
def _hard() -> list[int]:
    return [math.prod(HARD)]


# --- secret section ---


# What both use.
def _pairs(probe):  # easy
    cases = [1, 2]
    return cases


def cases():
    """Secret cases, whose name a visible check uses for a variable of its own."""


@pytest.fixture
def easy():
    """Easy inputs."""
    return CASES


@pytest.fixture
def hard():
    """Secret inputs."""
    return _hard()


@pytest.mark.points(1)
@pytest.mark.parametrize("close", [CLOSE])
def check_mse_is_right(probe, easy, close):
    """It is right

    A hint.
    """
    cases = _pairs(probe)
    assert cases  # why


@pytest.mark.points(2)
def check_mse_is_secret(probe, hard):
    """It is secret"""
    assert hard


def facts(request, result):
    """Facts."""
    return {"far": FAR}
'''
LEFT = '''\
from __future__ import annotations

import re

import numpy as np
import pytest

# How close is close enough.
CLOSE, FAR = 1e-5, 3
np.seterr(all="ignore")
CASES: list[int] = []
CASES.append(re.escape("x"))


# What both use.
def _pairs(probe):  # easy
    cases = [1, 2]
    return cases


@pytest.fixture
def easy():
    """Easy inputs."""
    return CASES


@pytest.mark.points(1)
@pytest.mark.parametrize("close", [CLOSE])
def check_mse_is_right(probe, easy, close):
    """It is right

    A hint.
    """
    cases = _pairs(probe)
    assert cases  # why


def facts(request, result):
    """Facts."""
    return {"far": FAR}
'''


def cut(source: str, *names: str) -> str:
    """Return what is left of a file of which only some checks are visible."""
    return cut_checks({"check_mse.py": dedent(source)}, {"check_mse.py": names}, ["check_mse.py"])[
        "check_mse.py"
    ]


def test_only_what_visible_checks_use_is_left() -> None:
    """Exactly as it was written; all else goes, with its comments and the file's docstring."""
    assert cut(MIXED, "check_mse_is_right") == LEFT
    assert "ecret" not in LEFT


def test_the_other_way_round_other_parts_are_left() -> None:
    """What a check uses is found through fixtures and helpers, whichever check is visible."""
    left = cut(MIXED, "check_mse_is_secret")

    assert {"_hard", "HARD", "math"} <= {node.id for node in ast.walk(ast.parse(left))
                                        if isinstance(node, ast.Name)}  # fmt: skip
    assert "HARD.append(29)" in left
    assert "CASES" not in left.replace('CASES.append(re.escape("x"))', "").split("def facts")[0]
    assert "check_mse_is_right" not in left


def test_file_without_a_visible_check_goes() -> None:
    """Nothing of it is left, not even its name."""
    files = {"check_mse.py": MIXED, "more/check_sgd.py": "def check_it(probe): ..."}

    assert cut_checks(files, {"check_mse.py": []}, ["check_mse.py"]) == {}


def test_file_with_visible_checks_only_stays_as_it_is() -> None:
    """Byte for byte, with whatever its author wrote."""
    files = {"check_mse.py": MIXED}
    visible = {"check_mse.py": ["check_mse_is_right", "check_mse_is_secret"]}

    assert cut_checks(files, visible, []) == files


def test_statements_on_one_line_are_parted() -> None:
    """A secret beside something that is used is left out."""
    left = cut("EASY = 1; SECRET = 2\n\n\ndef check_it(probe):\n    assert EASY\n", "check_it")

    assert left == "EASY = 1\n\n\ndef check_it(probe):\n    assert EASY\n"


def test_names_in_branches_are_found() -> None:
    """What a branch, a loop or a with statement binds counts as bound by it."""
    source = """
        if True:
            try:
                import numpy as used
            except ImportError:
                used = None
        for secret in range(3):
            other = secret


        def check_it(probe):
            assert used
    """

    left = cut(source, "check_it")

    assert "numpy as used" in left
    assert "secret" not in left


CONFTEST = '''\
"""Fixtures, some of which are secret."""

import pytest

EASY, HARD = [1], [2]


@pytest.fixture
def base():
    """What the easy ones begin with."""
    return EASY


@pytest.fixture
def easy(base):
    """Easy inputs."""
    return base


@pytest.fixture(name="renamed")
def hard():
    """Secret inputs."""
    return ["secret"]


@pytest.fixture(autouse=True)
def always():
    """For every check."""


def pytest_configure(config):
    """For pytest."""
'''


def test_shared_fixtures_are_left_if_visible_checks_ask_for_them() -> None:
    """Directly, through other fixtures, by a mark, or without being asked for."""
    files = {
        "conftest.py": CONFTEST,
        "check_a.py": "def check_a(probe, easy): ...\n\n\ndef check_b(probe, hard): ...\n",
        "deep/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef unused(): ...\n",
    }

    left = cut_checks(files, {"check_a.py": ["check_a"]}, ["check_a.py"])

    names = {node.name for node in ast.parse(left["conftest.py"]).body
             if isinstance(node, ast.FunctionDef)}  # fmt: skip
    assert names == {"base", "easy", "always", "pytest_configure"}
    assert "ecret" not in left["conftest.py"]
    assert "unused" not in left["deep/conftest.py"]


def test_fixture_of_another_name_is_found_by_a_mark() -> None:
    """``usefixtures`` asks by a string, and a fixture may have another name than its function."""
    files = {
        "conftest.py": CONFTEST,
        "check_a.py": 'import pytest\n\n\n@pytest.mark.usefixtures("renamed")\n'
        "def check_a(probe): ...\n\n\ndef check_b(probe): ...\n",
    }

    left = cut_checks(files, {"check_a.py": ["check_a"]}, ["check_a.py"])

    assert "def hard" in left["conftest.py"]
    assert "def easy" not in left["conftest.py"]
