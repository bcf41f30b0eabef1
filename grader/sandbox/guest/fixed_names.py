"""Keeps globals of a submission fixed while it is loaded.

So a check finds out whether what is computed from them depends on them, or was typed in.
"""

from collections.abc import Collection, Mapping

from grader.observations.values import InputValue
from grader.sandbox.guest.inputs import make_input


class FixedNames:
    """Globals that have a given value after each statement, whatever the statement binds.

    Args:
        namespace: The submission's globals; changed in place.
        given: The values by name.
    """

    def __init__(self, namespace: dict[str, object], given: Mapping[str, InputValue]) -> None:
        self._namespace = namespace
        self._given = given
        self._made: dict[str, object] = {}

    def put_back(self, bound: Collection[str]) -> None:
        """Put a fresh copy in the place of each value that was replaced, deleted or bound.

        Args:
            bound: The names that a statement has bound, perhaps to the same object: x += 1 changes
                a tensor in place.
        """
        for name, value in self._given.items():
            made = self._made.get(name)
            if made is None or name in bound or self._namespace.get(name) is not made:
                self._made[name] = self._namespace[name] = make_input(value)
