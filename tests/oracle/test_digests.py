"""Digests: what an answer depends on changes them, and nothing else does."""

from pathlib import Path

import pytest

from grader.checks.misconceptions import Misconception, read_misconceptions
from grader.oracle.digests import digest_misconception

SOURCE = '''"""Mistakes."""

import torch

_SCALE = 2


def mse__doubled(y_hat, y):
    """It is doubled.

    Take it once.
    """
    return _SCALE * ((y_hat - y) ** 2).mean()


def mse__absolute(y_hat, y):
    """It is absolute.

    Square it.
    """
    return (y_hat - y).abs().mean()
'''


def digest(source: str, tmp_path: Path) -> bytes:
    """Digest mse/doubled."""
    path = tmp_path / "misconceptions.py"
    path.write_text(source, encoding="utf-8")
    (one,) = (one for one in read_misconceptions(path, ["mse"]) if one.id == "mse/doubled")
    assert isinstance(one, Misconception)
    return digest_misconception(one)


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("It is doubled.", "It is twice as large.", True),
        ("Take it once.", "Once is enough.", True),
        ('"""Mistakes."""', '"""What students do."""', True),
        ("(y_hat - y).abs().mean()", "(y_hat - y).abs().sum()", True),
        ("_SCALE = 2", "_SCALE = 3", False),
        ("_SCALE * ((y", "2 * _SCALE * ((y", False),
        ("import torch", "import torch, math", False),
    ],
)
def test_only_the_program_of_a_misconception_counts(
    old: str, new: str, *, is_same: bool, tmp_path: Path
) -> None:
    """Its words and other misconceptions of its file don't change what it answers."""
    assert SOURCE.count(old) == 1

    changed = digest(SOURCE.replace(old, new), tmp_path)

    assert (changed == digest(SOURCE, tmp_path)) is is_same
