"""Which units use another one in the reference: what a bug in that one may cost."""

from grader.checks.assignment import Assignment
from grader.checks.definitions import names_used


def unit_and_callers(assignment: Assignment, name: str) -> tuple[str, ...]:
    """Return a unit and those that use it in the reference, directly or indirectly.

    The assignment's ``collaborators`` are not used, since one may be missing there. Of a class all
    methods count: who uses an operator does not name its method.

    Args:
        assignment: The assignment.
        name: The name of a unit, or of anything else that the reference defines.
    """
    used = names_used(assignment.reference)
    found = {_global_of(name)}
    values = {unit.name for unit in assignment.units if unit.is_value}
    if name in values:
        # What is computed at top level may depend on it.
        found |= values
    while more := {caller for caller, names in used.items() if names & found} - found:
        found |= more
    return tuple(one for one in assignment.parameters if _global_of(one) in found)


def _global_of(unit: str) -> str:
    return unit.partition(".")[0]
