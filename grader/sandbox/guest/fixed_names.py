"""Keeps globals of a submission fixed while it is loaded.

So a check finds out whether what is computed from them depends on them, or was typed in.
"""

from collections.abc import Collection, Mapping

import numpy as np
import torch

from grader.observations.values import InputValue
from grader.sandbox.guest.inputs import make_input


class FixedNames:
    """Globals that have a given value after each statement, whatever the statement binds.

    The value is of the kind that the submission has bound, so that code fits it that is right for
    tensors only, or for lists.

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
            made, own = self._made.get(name), self._namespace.get(name)
            if made is None or name in bound or own is not made:
                self._made[name] = self._namespace[name] = make_like(make_input(value), own)


def make_like(made: object, own: object) -> object:
    """Return a value as the kind of numbers that a submission has in its place.

    Tensors, arrays, lists, tuples and single numbers can stand for each other. A dtype of floats is
    the submission's; integers are not made of what may have a fraction.

    Args:
        made: The value.
        own: What the submission has bound.
    """
    if not isinstance(made, torch.Tensor | np.ndarray | list | tuple | float | int):
        return made
    if isinstance(made, bool) or type(own) is type(made) in (list, tuple, float, int):
        return made
    try:
        if isinstance(own, torch.Tensor):
            tensor = torch.as_tensor(made)
            return tensor.to(own.dtype) if own.dtype.is_floating_point else tensor
        if isinstance(own, np.ndarray | np.generic):
            array = made.numpy() if isinstance(made, torch.Tensor) else np.asarray(made)
            array = array.astype(own.dtype) if own.dtype.kind == "f" else array
            return array if isinstance(own, np.ndarray) else array[()]
    except (RuntimeError, TypeError, ValueError):  # nested lists of unequal lengths
        return made
    if isinstance(made, torch.Tensor | np.ndarray) and type(own) in (list, tuple, float):
        plain: object = made.tolist()
        return tuple(plain) if type(own) is tuple and isinstance(plain, list) else plain
    return made
