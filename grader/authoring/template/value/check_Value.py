"""Checks of Value: the file's name says which class, a marker says which of its methods.

The first line of a check's docstring is its title in the report, the rest is the general hint.
"""

import pytest

from grader.checks.api import expect_all_close


# Small numbers that can be followed by hand come first, then random ones. Neither is 0 or 1, and
# they are not equal: there, wrong formulas come out right. For the same reason, the scripts below use
# a result more than once, and go on with it.
def _pairs(probe):
    drawn = probe.rng().uniform(2, 5, 2).round(2)
    return [(2.0, -3.0), tuple(drawn * [1, -1])]


# A script says what is to be done. It is carried out in a sandbox, once with the submission as
# `lab` and once with the reference. Nothing can be looked at in here: return it in a dict. The
# report shows these lines to students, so write what you would like them to paste.
def add(lab, x, y):
    a, b = lab.Value(x), lab.Value(y)
    s, t = a * b, b * b
    c = s + t
    d = c * s * t
    d.backward()
    return {"c.data": c.data, "a.grad": a.grad, "b.grad": b.grad}


def multiply(lab, x, y):
    a, b = lab.Value(x), lab.Value(y)
    c = a * b
    d = c * lab.Value(10.0)
    d.backward()
    return {"c.data": c.data, "a.grad": a.grad, "b.grad": b.grad}


def square(lab, x):
    a = lab.Value(x)
    s = a + a
    c = s * s
    d = s * c
    d.backward()
    return {"c.data": c.data, "a.grad": a.grad}


def chain(lab, x, y):
    a, b = lab.Value(x), lab.Value(y)
    s = a + b
    c = s * b
    d = c + b
    e = d * c
    e.backward()
    return {"e.grad": e.grad, "c.grad": c.grad, "a.grad": a.grad}


@pytest.mark.points(2)
@pytest.mark.function("Value.__add__")
def check_add_passes_the_gradient_on(probe):
    """a + b is the sum, and both get the gradient of the sum

    Where one of them grows by 1, so does the sum: each gets out.grad times 1.
    """
    for x, y in _pairs(probe):
        got, want = probe.both_run(add, x=x, y=y)
        expect_all_close(got, want)


@pytest.mark.points(3)
@pytest.mark.function("Value.__mul__")
def check_mul_passes_the_other_factor(probe):
    """a * b is the product, and each gets the other's number times the gradient

    Where a grows by 1, the product grows by b.
    """
    for x, y in _pairs(probe):
        got, want = probe.both_run(multiply, x=x, y=y)
        expect_all_close(got, want)


@pytest.mark.points(2)
@pytest.mark.function("Value.__mul__")
def check_mul_of_a_value_by_itself(probe):
    """In s * s, s gets both shares

    A number that is used twice gets a share from each use: add to grad with +=, don't set it.
    """
    for x, _ in _pairs(probe):
        got, want = probe.both_run(square, x=x)
        expect_all_close(got, want)


@pytest.mark.points(3)
@pytest.mark.function("Value.backward")
def check_backward_visits_each_number_once(probe):
    """backward() starts with 1, and goes on from a number when its gradient is complete

    Sort the numbers first, so that each comes before what it was computed from.
    """
    for x, y in _pairs(probe):
        got, want = probe.both_run(chain, x=x, y=y)
        expect_all_close(got, want)
