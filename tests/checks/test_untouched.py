"""Inputs that a call has changed are found, in containers too."""

import numpy as np
import pytest
from fakes import array, value_of

from grader.checks.inputs import array as ndarray
from grader.checks.inputs import encode_input, leaf, tensor
from grader.checks.untouched import expect_untouched
from grader.checks.verdict import WrongError
from grader.observations.messages import State


def is_untouched(before: object, after: object, *, except_for: tuple[str, ...] = ()) -> bool:
    """Return whether an input p counts as untouched."""
    try:
        expect_untouched(
            "f()",
            {"p": encode_input(before)},
            {"p": State(value=value_of(after))},
            except_for=except_for,
        )
    except WrongError:
        return False
    return True


ONE, TWO = tensor([1, 2]), tensor([1, 3])


@pytest.mark.parametrize(
    ("before", "same", "other"),
    [
        (ONE, ONE, TWO),
        (ndarray([1, 2]), array([1, 2], kind="ndarray"), array([1, 3], kind="ndarray")),
        (ONE, ONE, None),
        (tensor([[1, 2]]), tensor([[1, 2]]), ONE),
        (tensor([np.nan]), tensor([np.nan]), tensor([0])),
        ([ONE, TWO], [ONE, TWO], [ONE, ONE]),
        ([ONE, TWO], [ONE, TWO], [ONE]),
        ([ONE], [ONE], [ONE, TWO]),
        ([ONE], [ONE], ONE),
        ((ONE,), (ONE,), (TWO,)),
        ({"w": ONE}, {"w": ONE}, {"w": TWO}),
        ({"w": ONE}, {"w": ONE}, {}),
        ({"w": ONE}, {"w": ONE}, {"w": ONE, "b": TWO}),
        ({"w": ONE}, {"w": ONE}, [ONE]),
        ({"net": [{"w": ONE}]}, {"net": [{"w": ONE}]}, {"net": [{"w": TWO}]}),
        ([leaf([1, 2])], [array([1, 2], requires_grad=True)], [array([1, 3], requires_grad=True)]),
        (leaf([1, 2], grad=[3, 4]), ONE, TWO),
    ],
)
def test_input_is_untouched_if_its_numbers_and_containers_are(
    before: object, same: object, other: object
) -> None:
    """Numbers may be nan, and a container may not have more or fewer items."""
    assert is_untouched(before, same)
    assert not is_untouched(before, other)
    assert is_untouched(before, other, except_for=("p",))


@pytest.mark.parametrize("before", [3, 0.5, True, "relu", None])
def test_what_can_not_be_changed_in_place_is_untouched(before: object) -> None:
    """A function may bind its own name anew."""
    assert is_untouched(before, [ONE])


def test_message_names_what_was_called_and_the_input() -> None:
    """The hint lists the ways in which an input is changed."""
    with pytest.raises(WrongError, match=r"^f\(\) changes p$") as caught:
        expect_untouched(
            "f()", {"p": encode_input(ONE)}, {"p": State(value=value_of(TWO))}, except_for=()
        )

    assert "assignment to p[...]" in caught.value.hint
