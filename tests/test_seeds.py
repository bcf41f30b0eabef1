"""Seeds: a pool for everybody, and one for a class."""

import hashlib
import hmac

import pytest

from grader.report.model import AssignmentInfo
from grader.seeds import POOL_SIZE, Seeds

LAB = AssignmentInfo(id="lab4", title="Lab 4", version="1")
DIGESTS = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(1000)]


def info(*, id_: str = "lab4", version: str = "1", title: str = "Lab 4") -> AssignmentInfo:
    """Make an assignment with another id, version or title."""
    return AssignmentInfo(id=id_, title=title, version=version)


def test_submissions_get_all_seeds_of_the_pool_and_no_others() -> None:
    """What `all` lists is what `of` gives, and each submission always gets the same."""
    pool = Seeds().all(LAB)

    given = [Seeds().of(LAB, digest) for digest in DIGESTS]

    assert len(pool) == len(set(pool)) == POOL_SIZE == 16
    assert set(given) == set(pool)
    assert given == [Seeds().of(LAB, digest) for digest in DIGESTS]


def test_submissions_are_spread_over_the_pool() -> None:
    """No seed is given much more often than another."""
    given = [Seeds().of(LAB, digest) for digest in DIGESTS]

    counts = [given.count(seed) for seed in Seeds().all(LAB)]

    assert min(counts) > 30
    assert max(counts) < 100


def test_class_has_one_seed_that_is_not_in_the_pool() -> None:
    """Nobody can have met the seed of a class before, also if its salt is known."""
    for salt in ("", "salt"):
        (seed,) = Seeds(salt, is_class=True).all(LAB)

        assert {Seeds(salt, is_class=True).of(LAB, digest) for digest in DIGESTS} == {seed}
        assert seed not in Seeds(salt).all(LAB)


def test_seeds_of_different_salts_have_nothing_in_common() -> None:
    """Without the salt, nobody knows the seeds, nor which submissions share one."""
    salts = ["", "a", "b", "a\0", "\0a"]

    seeds = [seed for salt in salts for seed in Seeds(salt).all(LAB)]
    classes = [Seeds(salt, is_class=True).of(LAB, "") for salt in salts]
    groups = [
        tuple(Seeds(salt).all(LAB).index(Seeds(salt).of(LAB, digest)) for digest in DIGESTS)
        for salt in salts
    ]

    # HMAC pads its key with zeros, so a salt that ends with some is no other salt.
    known = {"a\0": "a"}
    distinct = len({known.get(salt, salt) for salt in salts})
    assert len(set(seeds)) == distinct * POOL_SIZE
    assert len(set(classes)) == len(set(groups)) == distinct


@pytest.mark.parametrize(
    "other", [info(id_="lab5"), info(version="2"), info(id_="lab4/1", version="")]
)
def test_another_assignment_or_version_has_other_seeds(other: AssignmentInfo) -> None:
    """What was learnt about one version helps nothing with the next."""
    for seeds in (Seeds("salt"), Seeds("salt", is_class=True)):
        assert not set(seeds.all(LAB)) & set(seeds.all(other))


def test_title_does_not_matter() -> None:
    """Nobody expects other inputs after a title was corrected."""
    assert Seeds().all(info(title="Lab four")) == Seeds().all(LAB)


def test_seeds_are_exact_in_json_and_chosen_by_hmac() -> None:
    """Seeds have 48 bits, and choosing one needs the salt."""
    seeds = [seed for number in range(100) for seed in Seeds(str(number)).all(LAB)]

    assert all(0 <= seed < 2**48 for seed in seeds)
    assert max(seeds) > 2**47  # and not only a few of them
    number = int.from_bytes(hmac.digest(b"salt", DIGESTS[0].encode(), "sha256"), "big") % POOL_SIZE
    assert Seeds("salt").of(LAB, DIGESTS[0]) == Seeds("salt").all(LAB)[number]
