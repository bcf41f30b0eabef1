"""What is kept beside a report is bounded, whole or not there at all, and the same when read."""

import numpy as np
import pytest
from kept_samples import evidence_of, file_of

from grader.diagnosis.fingerprint import is_same
from grader.discovery.keeper import Keeper
from grader.discovery.kept import (
    MAX_BYTES,
    KeptUnit,
    keep_group,
    read_file,
    read_kept,
    write_file,
    write_kept,
)

CODE = "import torch\n\n\ndef f(x):\n    return x\n"


def test_evidence_is_the_same_when_read() -> None:
    """What a diagnosis has gone by is read as it was, but for the rounding of numbers."""
    given = [{"returned": np.array([0.1, 1e300, 1e-300])}, [np.nan, "text"], 1.0]

    evidence = file_of(given).kept.units[0].groups[0].evidence("f")

    assert is_same(evidence.given, given)
    assert evidence == evidence_of(evidence.given)


def test_unit_that_is_too_large_is_left_out() -> None:
    """A file has at most a MiB: the largest unit is left out, and says that it isn't whole."""
    small = KeptUnit(name="f", groups=(keep_group(evidence_of([1.0]), "", is_hidden=False),))
    numbers = np.random.default_rng(0).normal(size=MAX_BYTES)
    large = KeptUnit(
        name="g", groups=(keep_group(evidence_of([numbers]), "", is_hidden=False),), code=CODE
    )

    data = write_kept(1, [large, small])

    assert len(data) < MAX_BYTES
    first, second = read_kept(data).units
    assert (first.name, first.groups, first.is_whole, first.code) == ("g", (), False, "")
    assert second == small


@pytest.mark.parametrize("cut", [0, 1, 10, -1])
def test_damaged_file_is_none(cut: int) -> None:
    """A file that was cut is as good as none."""
    data = write_file(file_of([1.0]))

    assert read_file(data) is not None
    assert read_file(data[:cut]) is None


def test_file_of_another_format_is_none() -> None:
    """A file of another format is as good as none."""
    data = write_file(file_of([1.0]))

    assert read_file(data.replace(b"\xa6format\x01", b"\xa6format\x63")) is None


def test_keeper_keeps_what_was_noted() -> None:
    """A unit has its groups, its code, and whether a diagnosis was cut short."""
    keeper = Keeper()
    keeper.begin(7, [CODE], ["f", "g", "h"])
    keeper.note(is_hidden=False)("f", evidence_of([1.0]), "f/known")
    keeper.note(is_hidden=True)("f", evidence_of([1.0, 2.0]), "")
    keeper.note(is_hidden=False)("g", None, "")
    keeper.note(is_hidden=False)("h", evidence_of([object()]), "")

    kept = read_kept(keeper.write())

    first, second, third = kept.units
    assert kept.seed == 7
    assert [(one.named, one.is_hidden) for one in first.groups] == [("f/known", False), ("", True)]
    assert (first.is_whole, first.code) == (True, "def f(x):\n    return x\n")
    assert (second.is_whole, second.groups) == (False, ())
    assert (third.is_whole, third.groups) == (False, ())


def test_keeper_forgets_the_submission_before() -> None:
    """Nothing of a submission is kept beside the report of the next."""
    keeper = Keeper()
    keeper.begin(7, [CODE], ["f"])
    keeper.note(is_hidden=False)("f", evidence_of([1.0]), "")

    keeper.begin(8, [CODE], ["f"])

    assert read_kept(keeper.write()).units == ()
