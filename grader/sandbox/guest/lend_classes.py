"""Puts right classes and methods in the place of a submission's own."""

import types
from collections.abc import Mapping
from typing import Any

from grader.sandbox.guest.methods import find_member, has_member, is_class, members_of

# The base class's attribute, which no metaclass can shadow.
_bases: Any = type.__dict__["__bases__"]
_set_attribute = type.__setattr__
_OF_EVERY_CLASS = frozenset({"__dict__", "__weakref__"})


def replace_class(own: object, right: type, namespace: Mapping[str, object]) -> None:
    """Make the submission's classes that inherit from its own class inherit from the right one.

    A class whose layout doesn't allow that is left as it is.
    """
    if not is_class(own):
        return
    for other in list(namespace.values()):
        if is_class(other) and any(base is own for base in _bases.__get__(other)):
            bases = tuple(right if base is own else base for base in _bases.__get__(other))
            try:
                _bases.__set__(other, bases)
            except TypeError:
                continue


def restore_class(right: type, members: Mapping[str, object]) -> None:
    """Give a right class its own members back, which the submission may have replaced.

    A method may be set on a class after its definition: ``Value.relu = relu``, or by a decorator.

    Args:
        right: The class; changed in place.
        members: Its members as they were.
    """
    for name, member in members.items():
        if members_of(right).get(name) is not member and name not in _OF_EVERY_CLASS:
            _set_attribute(right, name, member)


def replace_method(own: type, name: str, right: type) -> object:
    """Set a method of the right class on the submission's own.

    What the right method uses besides, such as a private method, is set too where the
    submission's class has nothing of that name. Another name for the replaced method
    (``__radd__ = __add__``) is another name for the right one.

    Args:
        own: The submission's class; changed in place.
        name: The name of the method.
        right: The class that has the right method.

    Returns:
        What has been set.
    """
    before = members_of(own).get(name)
    new = _for_class(find_member(right, name), own)
    for other, value in list(members_of(own).items()):
        if value is before is not None or other == name:
            _set_attribute(own, other, new)
    if name not in members_of(own):
        _set_attribute(own, name, new)
    for other, value in members_of(right).items():
        is_private = other.startswith("_") and not other.endswith("__")
        if is_private and not has_member(own, other):
            _set_attribute(own, other, _for_class(value, own))
    return new


def _for_class(member: Any, own: type) -> Any:
    """Return a method that takes ``own`` for the class that it was defined in, as super() does."""
    if isinstance(member, types.FunctionType):
        cells = member.__closure__
        if cells is not None and "__class__" in member.__code__.co_freevars:
            place = member.__code__.co_freevars.index("__class__")
            cells = (*cells[:place], types.CellType(own), *cells[place + 1 :])
        made = types.FunctionType(
            member.__code__, member.__globals__, member.__name__, member.__defaults__, cells
        )
        made.__kwdefaults__ = member.__kwdefaults__
        return made
    if isinstance(member, staticmethod | classmethod):
        return type(member)(_for_class(member.__func__, own))
    if isinstance(member, property):
        parts = (member.fget, member.fset, member.fdel)
        return property(*(None if one is None else _for_class(one, own) for one in parts))
    return member
