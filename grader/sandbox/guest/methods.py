"""Looks up methods of a submission's classes without running the submission's code."""

from typing import TYPE_CHECKING, Any, TypeGuard

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.sandbox.guest.loaded import LoadedSubmission

# The base class's attributes, which no metaclass can shadow.
_mro: Any = type.__dict__["__mro__"]
_dict: Any = type.__dict__["__dict__"]

# What torch puts in the place of a method that is not written.
_unimplemented = torch.nn.Module.forward


def is_class(value: object) -> TypeGuard[type]:
    """Return whether a value is a class, whatever it claims."""
    return issubclass(type(value), type)


def members_of(kind: type) -> "Mapping[str, Any]":
    """Return the members that a class itself defines."""
    found: Mapping[str, Any] = _dict.__get__(kind)
    return found


def has_member(kind: type, name: str) -> bool:
    """Return whether a class, or one that it inherits from, defines a name."""
    return any(name in members_of(base) for base in _mro.__get__(kind))


def find_member(kind: type, name: str) -> object | None:
    """Return what a class has under a name, also if it inherits that; None if there is none."""
    return next(
        (members_of(base)[name] for base in _mro.__get__(kind) if name in members_of(base)), None
    )


def find_method(namespace: "Mapping[str, object]", full_name: str) -> object | None:
    """Return what a class has under the name of a method, not bound to anything.

    Args:
        namespace: The submission's globals.
        full_name: Class and method, such as ``Value.backward``.

    Returns:
        The member of the class or of a class that it inherits from, other than `object`; None if
        there is none.
    """
    owner, _, name = full_name.partition(".")
    kind = namespace.get(owner)
    if not is_class(kind):
        return None
    for base in _mro.__get__(kind):
        member = members_of(base).get(name)
        if base is not object and member is not None and member is not _unimplemented:
            found: object = member
            return found
    return None


def has_method(submission: "LoadedSubmission", full_name: str) -> bool:
    """Return whether a submission defines a method, or inherits it from a class other than object.

    Args:
        submission: The submission.
        full_name: Class and method, such as ``Value.backward``.
    """
    owner = full_name.partition(".")[0]
    return submission.has(owner) and find_method(submission.namespace, full_name) is not None
