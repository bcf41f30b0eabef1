"""Tries whether a unit passes its checks with a change: nothing of it reaches a result."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.checks.check import Check, RunBody
from grader.checks.probe import Probe, derive_seed
from grader.checks.units import Unit
from grader.errors import CheckCrashedError, NotRecordedError
from grader.observations.asking import Ask, Observe


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Checks to try, and how.

    Attributes:
        unit: The unit that they are about.
        units: All units of the assignment.
        checks: The checks, the one that most probably fails first.
        seed: The seed of their inputs.
        observe: Asks the submission, as it is changed.
        expect: Asks the reference.
    """

    unit: Unit
    units: Sequence[Unit]
    checks: Sequence[Check]
    seed: int
    observe: Observe
    expect: Ask

    def passes(self, run_body: RunBody) -> bool:
        """Return whether all checks pass; they are run up to the first that doesn't."""
        return all(self._passes(check, run_body) for check in self.checks)

    def _passes(self, check: Check, run_body: RunBody) -> bool:
        probe = Probe(
            self.unit,
            self.observe,
            self.expect,
            derive_seed(self.seed, check.id),
            units=self.units,
        )
        try:
            return run_body(check, probe) is None
        except (CheckCrashedError, NotRecordedError):  # an answer that nobody thought of
            return False


def passing(
    changes: Iterable[int], make: Callable[[int], bool], trial: Trial, run_body: RunBody
) -> Iterator[int]:
    """Yield the changes with which all checks pass.

    Args:
        changes: The numbers of the changes.
        make: Makes a change, in place of the one before; returns whether that was possible.
        trial: The checks.
        run_body: Runs a check's body.
    """
    for number in changes:
        if make(number) and trial.passes(run_body):
            yield number
