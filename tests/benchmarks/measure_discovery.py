"""Measure how well mistakes are found that nobody has named, and how fast in a large class.

Each known mistake of an assignment is written in several forms, and all of these are a class in
which nothing is named. They are asked in sandboxes what a class is asked, by their fingerprints
alone: no check judges them. Found is a mistake whose forms are all in one cluster, mixed is one
whose cluster has a form of a mistake with another id.

    python tests/benchmarks/measure_discovery.py [--assignment A] [--unit NAME] [--every N]
    python tests/benchmarks/measure_discovery.py --large 10000
"""

import argparse
import dataclasses
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from variants import write_variants

from grader.checks.assignment import load_assignment
from grader.checks.misconceptions import Misconception  # noqa: TC001 - as the others
from grader.checks.questions import Question
from grader.diagnosis.evidence import Evidence
from grader.diagnosis.fingerprint import fingerprint, is_same
from grader.diagnosis.remarks import Remark
from grader.discovery.cluster import Cluster, Member, find_clusters, members_of
from grader.discovery.kept import (
    KeptFile,
    KeptUnit,
    keep_group,
    read_file,
    read_kept,
    write_file,
    write_kept,
)
from grader.oracle.packing import unpack
from grader.resources import GradingResources
from grader.sandbox.host.limits import Confinement, Limits
from grader.seeds import Seeds


@dataclasses.dataclass
class Result:
    """How many mistakes there were, which were not found as one cluster, and which were mixed."""

    mistakes: int = 0
    forms: int = 0
    skipped: int = 0
    split: list[str] = dataclasses.field(default_factory=list)
    mixed: list[str] = dataclasses.field(default_factory=list)


def as_member(
    label: str, unit: str, questions: Sequence[Question], given: Sequence[object]
) -> Member:
    """Make what is kept of a submission that gives these answers, through a file."""
    right = [fingerprint(one, one.expected) for one in questions]
    pairs = zip(given, right, strict=True)
    evidence = Evidence(
        function=unit,
        checks=(),
        asked=tuple((one.check.id, one.place) for one in questions),
        given=given,
        wrong=frozenset(place for place, (a, b) in enumerate(pairs) if not is_same(a, b)),
        wrong_steps=frozenset(),
        has_returned=True,
        ratio=Remark(),
    )
    group = keep_group(evidence, "", is_hidden=False)
    kept = read_kept(write_kept(0, [KeptUnit(name=unit, groups=(group,))]))
    file = read_file(write_file(KeptFile(key="", asked="", names={}, kept=kept)))
    assert file is not None
    (member,) = members_of(label, file)
    return member


def measure_unit(
    resources: GradingResources, seed: int, name: str, *, every: int, result: Result
) -> list[Cluster]:
    """Cluster the forms of all mistakes of one unit."""
    questions = resources.oracle(seed).questions(name)
    members: list[Member] = []
    ids: dict[str, Misconception] = {}
    for number, one in enumerate(resources.assignment.misconceptions_of(name)):
        if number % every:
            continue
        forms = [one.source, *write_variants(one.source, one.name)]
        made = []
        for place, source in enumerate(forms):
            packed = resources.ask_alone(dataclasses.replace(one, source=source), questions)
            if not all(packed):
                break
            label = f"{one.name}/{place}"
            made.append(as_member(label, name, questions, [unpack(part) for part in packed]))
            ids[label] = one
        if len(made) < len(forms) or len(forms) == 1:
            result.skipped += 1
            continue
        result.mistakes += 1
        result.forms += len(forms)
        members.extend(made)
    clusters = find_clusters(members)
    places: dict[str, set[int]] = {}
    for number, cluster in enumerate(clusters):
        for member in cluster.members:
            places.setdefault(ids[member.id].name, set()).add(number)
        if len({ids[member.id].id for member in cluster.members}) > 1:
            result.mixed.append(" = ".join(sorted({ids[one.id].label for one in cluster.members})))
    result.split += [one for one, found in places.items() if len(found) > 1]
    return clusters


def measure(assignment: str, *, units: Sequence[str] = (), every: int = 1) -> Result:
    """Cluster the forms of the mistakes of an assignment, unit by unit."""
    chosen = load_assignment(assignment)
    seed = Seeds("measure", is_class=True).all(chosen.info)[0]
    result = Result()
    limits = Limits.of(chosen.limits)
    with GradingResources(chosen, limits=limits, confinement=Confinement()) as resources:
        for unit in chosen.units:
            if not units or unit.name in units:
                started = time.monotonic()
                measure_unit(resources, seed, unit.name, every=every, result=result)
                print(f"{unit.name}: {time.monotonic() - started:.0f} s", flush=True)
    return result


def make_large_class(count: int, *, questions: int = 40, numbers: int = 20) -> list[bytes]:
    """Make the files of a class: a third alike, a third alike up to rounding, the others alone."""
    draw = random.Random(0)  # noqa: S311 - a class that is the same each time
    made = []
    for number in range(count):
        kind = number % 30
        own = np.random.default_rng(kind if kind < 20 else 1000 + number)
        base = [own.normal(size=numbers) for _ in range(questions)]
        noise = 1.0 if kind < 10 else 1.0 + 1e-6 * draw.random()
        given: list[object] = [
            [{"returned": one * noise, "inputs": {"w": np.zeros(2)}, "gradients": {}}]
            for one in base
        ]
        evidence = Evidence(
            function="f",
            checks=(),
            asked=tuple(("f/a", place) for place in range(questions)),
            given=given,
            wrong=frozenset(range(questions)),
            wrong_steps=frozenset(),
            has_returned=True,
            ratio=Remark(),
        )
        groups = (keep_group(evidence, "", is_hidden=False),)
        code = "def f(x):\n    return x\n"
        units = [KeptUnit(name=name, groups=groups, code=code) for name in ("f", "g", "h")]
        kept = read_kept(write_kept(0, units))
        made.append(write_file(KeptFile(key="", asked="", names={}, kept=kept)))
    return made


def measure_large(count: int) -> None:
    """Measure how long the clusters of a large class take, from the bytes of its files on."""
    files = make_large_class(count)
    started = time.monotonic()
    members = []
    for number, data in enumerate(files):
        file = read_file(data)
        assert file is not None
        members.extend(members_of(str(number), file))
    read = time.monotonic()
    clusters = find_clusters(members)
    ended = time.monotonic()
    shared = sum(len(one.members) > 1 for one in clusters)
    size = sum(map(len, files)) / len(files) / 1024
    print(
        f"{count} reports with 3 wrong functions each, {size:.0f} KiB a file: read in "
        f"{read - started:.1f} s, clustered in {ended - read:.1f} s; {len(clusters)} clusters, "
        f"{shared} of several"
    )


def main() -> None:
    """Measure what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assignment", default="lab4")
    parser.add_argument("--unit", action="append", default=[])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--large", type=int)
    options = parser.parse_args()
    if options.large:
        measure_large(options.large)
        return
    result = measure(options.assignment, units=options.unit, every=options.every)
    found = result.mistakes - len(result.split)
    share = 100 * found / max(1, result.mistakes)
    print(
        f"{result.mistakes} mistakes in {result.forms} forms ({result.skipped} left out): "
        f"{found} are one cluster, {share:.1f} %; mixed: {len(result.mixed)}"
    )
    for one in result.split:
        print(f"  in several clusters: {one}")
    for one in result.mixed:
        print(f"  mixed: {one}")


if __name__ == "__main__":
    main()
