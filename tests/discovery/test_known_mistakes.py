"""Known mistakes are found as if nobody had named them: one cluster each, and none with another."""

import dataclasses
import os

import pytest
from clustered_mistakes import cluster_mistakes
from variants import write_variants

from grader.checks.assignment import load_assignment
from grader.checks.programs import wrong_program
from grader.discovery.cluster import Member, find_clusters, members_of
from grader.discovery.kept import KeptFile, read_kept
from grader.pipeline import Grader


def test_mistakes_of_a_function_are_found() -> None:
    """Most mistakes of a function of the lab are one cluster each, and none is mixed.

    This asks the forms of each mistake in sandboxes and compares their fingerprints. It grades
    nothing; the forms differ in names, statements and expressions only.
    """
    result = cluster_mistakes("lab4", units=["sigmoid"], every=2)

    assert result.mistakes >= 5
    assert result.mixed == []
    assert result.found >= 0.95 * result.mistakes


# All of them take ten minutes, so by default it is every eighth.
EVERY = 1 if os.environ.get("ZEROGRAD_TEST_KNOWN") == "all" else 8


@pytest.mark.slow
def test_mistakes_of_the_lab_are_found() -> None:
    """At least 95 % of the mistakes of the lab are one cluster each, and none is mixed.

    As above, of fingerprints alone: no checks judge them, and nothing is left out as named, since
    all mistakes are taken out at once. That makes it harder not to mix them than one at a time.
    """
    result = cluster_mistakes("lab4", every=EVERY)

    assert result.mistakes > 400 // EVERY
    assert result.mixed == []
    assert result.found >= 0.95 * result.mistakes


@pytest.mark.slow
def test_mistakes_are_found_by_grading() -> None:
    """Of a sample that is graded in full, each taken out of what is known, the same is found."""
    assignment = load_assignment()
    sample = (
        assignment.misconceptions_of("mse")[::12] + assignment.misconceptions_of("update")[::15]
    )
    taken_out = {one.id for one in sample}
    left = tuple(one for one in assignment.misconceptions if one.id not in taken_out)
    members: list[Member] = []
    with Grader(dataclasses.replace(assignment, misconceptions=left)) as grader:
        for one in sample:
            sources = (one.source, *write_variants(one.source, one.name))
            for number, source in enumerate(sources):
                form = dataclasses.replace(one, source=source)
                program = wrong_program(assignment, form).encode()
                grader.grade_data(program, name="a.py", seed=11)
                kept = read_kept(grader.kept.write())
                file = KeptFile(key="", asked="", names={}, kept=kept)
                members += members_of(f"{one.id} {number}", file)

    clusters = find_clusters(members)

    found = [{member.id.partition(" ")[0] for member in one.members} for one in clusters]
    assert all(len(ids) == 1 for ids in found)
    assert sorted(id_ for ids in found for id_ in ids) == sorted(taken_out)
