"""Checks of relu(z): the file's name says which unit. Each check is an ordinary pytest test.

The first line of a check's docstring is its title in the report, the rest is the general hint.
"""

import pytest

from grader.checks.api import expect_all_close, expect_close, leaf, tensor


# Small numbers that are easy to read in the report come first, then random ones.
def _inputs(probe):
    return [[-2, 3], probe.rng().normal(0, 3, (4, 5))]


@pytest.mark.points(3)
def check_relu_has_the_right_values(probe):
    """relu(z) is max(0, z), entry by entry

    Compare each number with 0 and keep the larger one.
    """
    for z in _inputs(probe):
        # The short form: one call of the function, with its parameters by name.
        got, want = probe.both(z=tensor(z))
        expect_close(got.array(), want.array(), "relu(z)")


# The long form: a script says what is to be done. It is carried out in a sandbox, once with the
# submission as `lab` and once with the reference. Nothing can be looked at in here: return it.
def differentiate(lab, z, weights):
    y = lab.relu(z)
    (y * weights).sum().backward()
    return {"y": y, "z.grad": z.grad}


@pytest.mark.points(2)
def check_relu_can_be_differentiated(probe):
    """Autograd finds its derivative

    Use only torch operations from z to the result.
    """
    for z in _inputs(probe):
        # No weight is 1 or 0, so a derivative that ignores them shows.
        weights = probe.rng().uniform(2, 3, tensor(z).shape)
        got, want = probe.both_run(differentiate, z=leaf(z), weights=tensor(weights))
        expect_all_close(got, want)
