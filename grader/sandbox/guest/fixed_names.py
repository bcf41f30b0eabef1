"""Keeps globals of a submission fixed while it is loaded.

So a check finds out whether what is computed from them depends on them, or was typed in.
"""

from collections.abc import Mapping

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

    def put_back(self) -> None:
        """Put a fresh copy in the place of each value that was replaced or deleted."""
        for name, value in self._given.items():
            if name not in self._made or self._namespace.get(name) is not self._made[name]:
                self._made[name] = self._namespace[name] = make_input(value)
