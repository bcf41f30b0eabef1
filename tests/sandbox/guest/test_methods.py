"""Looking up methods of a submission's classes, whatever these claim."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
import torch

from grader.sandbox.guest.methods import find_method, has_member, has_method, is_class, members_of

if TYPE_CHECKING:
    from grader.sandbox.guest.loaded import LoadedSubmission


class Base:
    """A class that others inherit from."""

    def inherited(self) -> int:
        """Return a number."""
        return 1


class Value(Base):
    """A class with methods of all kinds."""

    __hash__ = None  # type: ignore[assignment]

    def own(self) -> int:
        """Return a number."""
        return 2


class Lying(type):
    """A metaclass that refuses to be looked at."""

    def __getattribute__(cls, name: str) -> Any:  # noqa: ANN401 - never returns
        """Refuse."""
        raise RuntimeError(name)


class Odd(metaclass=Lying):
    """A class of that kind."""

    def own(self) -> int:
        """Return a number."""
        return 3


class Net(torch.nn.Module):
    """A module without a forward method."""


NAMESPACE: dict[str, object] = {"Value": Value, "Odd": Odd, "Net": Net, "n": 3, "f": len}


@pytest.mark.parametrize(
    ("name", "is_found"),
    [
        ("Value.own", True),
        ("Value.inherited", True),
        ("Odd.own", True),
        ("Net.parameters", True),
        ("Value.other", False),
        ("Value.__init__", False),  # every object has one
        ("Value.__eq__", False),
        ("Value.__hash__", False),  # taken away
        ("Net.forward", False),  # torch's own raises
        ("n.bit_length", False),
        ("f.__call__", False),
        ("Missing.own", False),
    ],
)
def test_method_is_what_a_class_or_one_above_it_but_object_defines(
    name: str, *, is_found: bool
) -> None:
    """What torch puts in the place of a method that is not written is none."""
    assert (find_method(NAMESPACE, name) is not None) is is_found


def test_method_of_a_class_that_the_submission_does_not_define_is_not_its_own() -> None:
    """A star import brings classes, which are nobody's work."""
    imported = cast("LoadedSubmission", SimpleNamespace(namespace=NAMESPACE, has=lambda _: False))
    own = cast("LoadedSubmission", SimpleNamespace(namespace=NAMESPACE, has=lambda _: True))

    assert not has_method(imported, "Value.own")
    assert has_method(own, "Value.own")
    assert not has_method(own, "Value.other")


def test_metaclass_can_not_hide_what_a_class_is() -> None:
    """Nothing is asked of the class itself."""
    assert is_class(Odd)
    assert "own" in members_of(Odd)
    assert has_member(Value, "inherited")
    assert not has_member(Value, "other")
    assert not is_class(Value())
    assert not is_class(3)
