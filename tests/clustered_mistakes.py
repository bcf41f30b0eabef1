"""Finds known mistakes as if nobody had named them: each in several forms, all of them a class.

The forms are asked in sandboxes what a class is asked. Their answers go through what is kept beside
a report. No check judges them, and of the questions all are compared, as in a unit without hidden
or independent checks.
"""

import dataclasses
from collections.abc import Sequence

from kept_samples import member_of
from variants import write_variants

from grader.checks.assignment import load_assignment
from grader.checks.misconceptions import Misconception  # noqa: TC001 - as the others
from grader.discovery.cluster import Member, find_clusters
from grader.oracle.packing import unpack
from grader.resources import GradingResources
from grader.sandbox.host.limits import Confinement, Limits
from grader.seeds import Seeds


@dataclasses.dataclass
class Result:
    """How many mistakes there are in how many forms, and what was found.

    Attributes:
        mistakes: How many mistakes there are.
        forms: How many forms they have together.
        left_out: Mistakes with one form only, or with an answer that can't be packed.
        split: Mistakes whose forms are in several clusters.
        mixed: Clusters with forms of mistakes that have different ids.
    """

    mistakes: int = 0
    forms: int = 0
    left_out: int = 0
    split: list[str] = dataclasses.field(default_factory=list)
    mixed: list[str] = dataclasses.field(default_factory=list)

    @property
    def found(self) -> int:
        """How many mistakes are one cluster, with nothing else in it."""
        return self.mistakes - len(self.split) - len(self.mixed)


def cluster_mistakes(
    where: str, *, units: Sequence[str] = (), every: int = 1, result: Result | None = None
) -> Result:
    """Cluster the forms of the known mistakes of an assignment, unit by unit.

    Args:
        where: The assignment.
        units: The units; all if there are none.
        every: Takes only each mistake of a unit at these distances.
        result: What is added to.
    """
    assignment = load_assignment(where)
    seed = Seeds("discovery", is_class=True).all(assignment.info)[0]
    result = result or Result()
    with GradingResources(
        assignment, limits=Limits.of(assignment.limits), confinement=Confinement()
    ) as resources:
        for unit in assignment.units:
            if not units or unit.name in units:
                _cluster_unit(resources, seed, unit.name, every=every, result=result)
    return result


def _cluster_unit(
    resources: GradingResources, seed: int, name: str, *, every: int, result: Result
) -> None:
    questions = resources.oracle(seed).questions(name)
    members: list[Member] = []
    made_of: dict[str, Misconception] = {}
    for one in resources.assignment.misconceptions_of(name)[::every]:
        sources = (one.source, *write_variants(one.source, one.name))
        forms = [dataclasses.replace(one, source=source) for source in sources]
        answers = [resources.ask_alone(form, questions) for form in forms]
        if len(forms) == 1 or not all(map(all, answers)):
            result.left_out += 1
            continue
        result.mistakes += 1
        result.forms += len(forms)
        for number, packed in enumerate(answers):
            label = f"{one.name} {number}"
            members.append(member_of(label, list(map(unpack, packed)), unit=name))
            made_of[label] = one
    places: dict[str, set[int]] = {}
    for number, cluster in enumerate(find_clusters(members)):
        mistakes = [made_of[member.id] for member in cluster.members]
        for one in mistakes:
            places.setdefault(one.name, set()).add(number)
        if len({one.id for one in mistakes}) > 1:
            result.mixed.append(" = ".join(sorted({one.label for one in mistakes})))
    result.split += [label for label, numbers in places.items() if len(numbers) > 1]
