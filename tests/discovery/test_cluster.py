"""Clusters are the submissions whose answers are the same by the rules of `is_same`."""

import itertools
import random

import numpy as np
import pytest
from kept_samples import file_of, member_of

from grader.checks.facts import Roughly
from grader.diagnosis.fingerprint import ANYTHING, is_same
from grader.discovery.cluster import find_clusters, members_of


def clusters_of(*answers: object) -> list[list[int]]:
    """Cluster submissions by what they answer; return their numbers."""
    members = [member_of(str(number), [one]) for number, one in enumerate(answers)]
    return [[int(one.id) for one in cluster.members] for cluster in find_clusters(members)]


def test_equal_answers_are_one_cluster() -> None:
    """Answers that are equal, or equal up to rounding, are one cluster; others are not."""
    base = np.array([1.0, 100.0])

    found = clusters_of(base, base.copy(), base * 1.0000001, base * 1.01, base + 50)

    assert found == [[0, 1, 2], [3], [4]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.array([1.0, np.nan]), np.array([np.nan, 1.0])),
        (np.array([np.inf]), np.array([-np.inf])),
        (np.ones(4), np.ones((2, 2))),
        ({"a": 1.0}, {"b": 1.0}),
        ("one exception", "another exception"),
        (1, True),
    ],
)
def test_structure_has_to_be_equal(one: object, other: object) -> None:
    """Shapes, texts, kinds, and where a number is not finite, have to be equal exactly."""
    assert clusters_of(one, other) == [[0], [1]]


def test_clusters_agree_with_is_same() -> None:
    """Of many answers of all kinds, exactly those are together that `is_same` says are the same."""
    draw = random.Random(1)  # noqa: S311 - no secret
    answers: list[object] = []
    for _ in range(300):
        base = draw.choice([0.0, 1e-13, 1.0, 1.004, 1.02, 50.0, 1e31, -1.0])
        near = base * (1 + draw.choice([0, 1e-7, 1e-4]))
        answers.append(
            draw.choice(
                [
                    np.array([near, 3.0]),
                    {"x": near, "y": np.array([[near]])},
                    [near, Roughly([near], within=0.01)],
                    np.array([complex(near, 1.0)]),
                    ["text", near > 1],
                ]
            )
        )

    found = clusters_of(*answers)

    assert sorted(itertools.chain(*found)) == list(range(len(answers)))
    for cluster in found:
        assert all(is_same(answers[cluster[0]], answers[one]) for one in cluster)
    for one, other in itertools.combinations([cluster[0] for cluster in found], 2):
        assert not is_same(answers[one], answers[other])


def test_many_rows_are_found_by_one_column_too() -> None:
    """In a large class, where rows are sorted by a column first, the same clusters are found."""
    draw = np.random.default_rng(0)
    kinds = draw.normal(size=(40, 6)) * 10.0 ** draw.integers(-6, 6, size=(40, 1))
    answers = [kinds[place % 40] * (1 + 1e-6 * draw.normal(size=6)) for place in range(400)]

    found = clusters_of(*answers)

    assert [len(one) for one in found] == [10] * 40
    assert all({place % 40 for place in one} == {one[0]} for one in found)


def test_only_answers_to_the_same_questions_are_compared() -> None:
    """Another seed, another assignment or another unit is another cluster."""
    same = [np.ones(2)]
    members = [
        member_of("a", same),
        member_of("b", same, seed=2),
        member_of("c", same, asked="another"),
        member_of("d", same, unit="g"),
        member_of("e", same, is_hidden=True),
        member_of("f", same),
    ]

    found = [[one.id for one in cluster.members] for cluster in find_clusters(members)]

    assert found == [["a", "f"], ["b"], ["c"], ["d"], ["e"]]


def test_what_a_misconception_explains_is_in_no_cluster() -> None:
    """A group of checks with a name is left out; the others of the unit are kept."""
    assert members_of("a", file_of([np.ones(2)], named="f/known")) == []


def test_what_may_be_anything_joins_the_only_cluster_that_fits() -> None:
    """An answer of which a part may be anything joins the cluster that it fits, if it is one."""
    one = {"returned": 1.0, "moved": np.ones(2)}
    other = {"returned": 2.0, "moved": np.ones(2)}
    either = {"returned": ANYTHING, "moved": np.ones(2)}

    assert clusters_of(one, either, one) == [[0, 1, 2]]
    assert clusters_of(one, either, other) == [[0], [1], [2]]
    assert clusters_of(either, either) == [[0, 1]]


def test_order_of_the_submissions_is_kept() -> None:
    """Clusters are in the order of their first members, and members in theirs."""
    assert clusters_of(2.0, 1.0, 2.0, 1.0) == [[0, 2], [1, 3]]
