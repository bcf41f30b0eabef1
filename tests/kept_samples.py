"""What is kept of made-up submissions, written to a file and read back."""

from collections.abc import Sequence

from grader.diagnosis.evidence import Evidence
from grader.diagnosis.remarks import Remark
from grader.discovery.cluster import Member, members_of
from grader.discovery.kept import (
    KeptFile,
    KeptUnit,
    keep_group,
    read_file,
    read_kept,
    write_file,
    write_kept,
)


def evidence_of(given: Sequence[object], *, unit: str = "f") -> Evidence:
    """Make the evidence of a diagnosis from the fingerprints of a submission's answers."""
    return Evidence(
        function=unit,
        checks=(),
        asked=tuple((f"{unit}/a", place) for place in range(len(given))),
        given=given,
        wrong=frozenset(range(len(given))),
        wrong_steps=frozenset(),
        has_returned=True,
        ratio=Remark(),
    )


def file_of(
    given: Sequence[object],
    *,
    unit: str = "f",
    seed: int = 1,
    asked: str = "",
    named: str = "",
    is_hidden: bool = False,
) -> KeptFile:
    """Make the file of a submission that gives these answers."""
    group = keep_group(evidence_of(given, unit=unit), named, is_hidden=is_hidden)
    kept = read_kept(write_kept(seed, [KeptUnit(name=unit, groups=(group,))]))
    file = read_file(write_file(KeptFile(key="", asked=asked, names={}, kept=kept)))
    assert file is not None
    return file


def member_of(
    id_: str,
    given: Sequence[object],
    *,
    unit: str = "f",
    seed: int = 1,
    asked: str = "",
    is_hidden: bool = False,
) -> Member:
    """Make a submission that gives these answers, of which nothing is named."""
    file = file_of(given, unit=unit, seed=seed, asked=asked, is_hidden=is_hidden)
    (member,) = members_of(id_, file)
    return member
