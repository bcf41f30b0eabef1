"""Checks of Value: each operation by itself, and backward through several of them."""

import pytest

from grader.checks.api import Handle, Lab, Probe, expect_all_close

Pairs = list[tuple[float, float]]


def _expect_all(probe: Probe, use: object, **inputs: object) -> None:
    """Require that everything that a script returns is as the reference's."""
    expect_all_close(*probe.both_run(use, **inputs))


# --- + ------------------------------------------------------------------------------------


@pytest.mark.points(2)
@pytest.mark.function("Value.__add__")
def check_add_passes_the_gradient_on(probe: Probe, pairs: Pairs) -> None:
    """a + b is the sum, and both get the gradient of the sum

    Where one operand grows by 1, so does the sum: each gets out.grad times 1.
    """

    def use(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        c = a + b
        d = c * lab.Value(10.0)
        d.backward()
        return {"c.data": c.data, "c.grad": c.grad, "a.grad": a.grad, "b.grad": b.grad}

    for x, y in pairs:
        _expect_all(probe, use, x=x, y=y)


@pytest.mark.points(1)
@pytest.mark.function("Value.__add__")
def check_add_of_values_that_are_used_elsewhere(probe: Probe, pairs: Pairs) -> None:
    """What a and b have got from elsewhere stays, and a + a gives a its share twice

    A node that is used twice gets a share from each use: add to grad with +=, don't set it. A
    node may be a result itself, with a _backward of its own: set only out._backward, and hand
    self and other to out as what it was computed from.
    """

    def twice(lab: Lab, x: Handle) -> object:
        a = lab.Value(x)
        c = a + a
        c.backward()
        return {"c.data": c.data, "a.grad": a.grad}

    def elsewhere(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        c = (a + b) * a * b
        c.backward()
        return {"c.data": c.data, "a.grad": a.grad, "b.grad": b.grad}

    def results(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        c = (a * 2.0) + (b * 3.0)
        c.backward()
        return {"c.data": c.data, "a.grad": a.grad, "b.grad": b.grad}

    for x, y in pairs:
        _expect_all(probe, twice, x=x)
        _expect_all(probe, elsewhere, x=x, y=y)
        _expect_all(probe, results, x=x, y=y)


@pytest.mark.points(1)
@pytest.mark.function("Value.__add__")
def check_add_of_a_plain_number(probe: Probe, pairs: Pairs) -> None:
    """a + 5 and 5 + a work as well

    A plain number has no .data: make a Value of it first, if it isn't one.
    """

    def use(lab: Lab, x: Handle, k: Handle) -> object:
        a = lab.Value(x)
        c = a + k
        d = k + c
        d.backward()
        return {"c.data": c.data, "d.data": d.data, "a.grad": a.grad}

    for x, y in pairs:
        _expect_all(probe, use, x=x, k=y)


# --- * ------------------------------------------------------------------------------------


@pytest.mark.points(2)
@pytest.mark.function("Value.__mul__")
def check_mul_passes_the_other_factor(probe: Probe, pairs: Pairs) -> None:
    """a * b is the product, and each gets the other's value times the gradient

    Where a grows by 1, the product grows by b. So a gets b.data * out.grad, and b gets a.data *
    out.grad.
    """

    def use(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        c = a * b
        d = c * lab.Value(10.0)
        d.backward()
        return {"c.data": c.data, "c.grad": c.grad, "a.grad": a.grad, "b.grad": b.grad}

    for x, y in pairs:
        _expect_all(probe, use, x=x, y=y)


@pytest.mark.points(1)
@pytest.mark.function("Value.__mul__")
def check_mul_of_values_that_are_used_elsewhere(probe: Probe, pairs: Pairs) -> None:
    """What a and b have got from elsewhere stays, and a * a gives a both shares

    A node that is used twice gets a share from each use: add to grad with +=, don't set it. A
    node may be a result itself, with a _backward of its own: set only out._backward, and hand
    self and other to out as what it was computed from.
    """

    def twice(lab: Lab, x: Handle) -> object:
        a = lab.Value(x)
        c = a * a
        c.backward()
        return {"c.data": c.data, "a.grad": a.grad}

    def elsewhere(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        c = a * b + a + b
        c.backward()
        return {"c.data": c.data, "a.grad": a.grad, "b.grad": b.grad}

    def results(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        c = (a + 2.0) * (b + 3.0)
        c.backward()
        return {"c.data": c.data, "a.grad": a.grad, "b.grad": b.grad}

    for x, y in pairs:
        _expect_all(probe, twice, x=x)
        _expect_all(probe, elsewhere, x=x, y=y)
        _expect_all(probe, results, x=x, y=y)


@pytest.mark.points(1)
@pytest.mark.function("Value.__mul__")
def check_mul_by_a_plain_number(probe: Probe, pairs: Pairs) -> None:
    """a * 5, 5 * a and -a work as well

    A plain number has no .data: make a Value of it first, if it isn't one.
    """

    def use(lab: Lab, x: Handle, k: Handle) -> object:
        a = lab.Value(x)
        c = -(k * (a * k))
        c.backward()
        return {"c.data": c.data, "a.grad": a.grad}

    for x, y in pairs:
        _expect_all(probe, use, x=x, k=y)


# --- ** -----------------------------------------------------------------------------------


@pytest.mark.points(2)
@pytest.mark.function("Value.__pow__")
def check_pow_has_the_derivative_of_a_power(probe: Probe, pairs: Pairs) -> None:
    """a ** n is the power, and a gets n * a ** (n - 1) times the gradient

    The exponent comes down as a factor, and is lowered by 1; by the chain rule, out.grad is a
    factor too.
    """

    def use(lab: Lab, x: Handle, n: Handle) -> object:
        a = lab.Value(x)
        b = a**n
        c = b * lab.Value(10.0)
        c.backward()
        return {"b.data": b.data, "a.grad": a.grad}

    for x, _ in pairs:
        for n in (3, 0.5, -1):
            _expect_all(probe, use, x=x, n=n)


@pytest.mark.points(1)
@pytest.mark.function("Value.__pow__")
def check_pow_of_a_value_that_is_used_elsewhere(probe: Probe, pairs: Pairs) -> None:
    """In a ** n + a, a keeps its share of the sum

    A node that is used twice gets a share from each use: add to grad with +=, don't set it. A
    node may be a result itself, with a _backward of its own: set only out._backward, and hand
    self to out as what it was computed from.
    """

    def use(lab: Lab, x: Handle, n: Handle) -> object:
        a = lab.Value(x)
        b = a**n + a
        b.backward()
        return {"b.data": b.data, "a.grad": a.grad}

    def of_a_result(lab: Lab, x: Handle, n: Handle) -> object:
        a = lab.Value(x)
        b = (a * 2.0) ** n
        b.backward()
        return {"b.data": b.data, "a.grad": a.grad}

    for x, _ in pairs:
        _expect_all(probe, use, x=x, n=3)
        _expect_all(probe, of_a_result, x=x, n=3)


# --- - and / ------------------------------------------------------------------------------


@pytest.mark.points(1)
@pytest.mark.function("Value.__sub__")
def check_sub_subtracts(probe: Probe, pairs: Pairs) -> None:
    """a - b is the difference; a gets the gradient, b gets it with a minus sign

    The result has to be made from self and other by operations that know their derivatives.
    """

    def use(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        c = (a - b - 1.5) * a * b
        c.backward()
        return {"c.data": c.data, "a.grad": a.grad, "b.grad": b.grad}

    for x, y in pairs:
        _expect_all(probe, use, x=x, y=y)


@pytest.mark.points(1)
@pytest.mark.function("Value.__rsub__")
def check_rsub_keeps_the_order(probe: Probe, pairs: Pairs) -> None:
    """5 - a is a subtracted from 5

    Python turns 5 - a into a.__rsub__(5): the plain number is what is subtracted from.
    """

    def use(lab: Lab, x: Handle, k: Handle) -> object:
        a = lab.Value(x)
        c = (k - a) * a
        c.backward()
        return {"c.data": c.data, "a.grad": a.grad}

    for x, y in pairs:
        _expect_all(probe, use, x=x, k=y)


@pytest.mark.points(2)
@pytest.mark.function("Value.__truediv__")
def check_truediv_divides(probe: Probe, pairs: Pairs) -> None:
    """a / b is the quotient, and both a and b get their gradients

    The divisor is a part of the graph too: its derivative is -a / b ** 2.
    """

    def use(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        c = a / b / 4.0 + a + b
        c.backward()
        return {"c.data": c.data, "a.grad": a.grad, "b.grad": b.grad}

    for x, y in pairs:
        _expect_all(probe, use, x=x, y=y)


# --- functions ----------------------------------------------------------------------------


@pytest.mark.points(1)
@pytest.mark.function("Value.relu")
def check_relu_stops_negative_numbers(probe: Probe, pairs: Pairs) -> None:
    """relu() keeps positive numbers and their gradient, and stops negative ones with theirs

    The slope is 1 where the number is positive and 0 where it is negative, and is multiplied by
    out.grad.
    """

    def use(lab: Lab, x: Handle) -> object:
        a = lab.Value(x)
        b = a.relu()
        c = b * lab.Value(10.0)
        c.backward()
        return {"b.data": b.data, "a.grad": a.grad}

    for pair in pairs:
        for x in pair:
            _expect_all(probe, use, x=x)


@pytest.mark.points(1)
@pytest.mark.function("Value.relu")
def check_relu_of_a_value_that_is_used_elsewhere(probe: Probe, pairs: Pairs) -> None:
    """In a.relu() + a, a keeps its share of the sum

    A node that is used twice gets a share from each use: add to grad with +=, don't set it. A
    node may be a result itself, with a _backward of its own: set only out._backward, and hand
    self to out as what it was computed from.
    """

    def use(lab: Lab, x: Handle) -> object:
        a = lab.Value(x)
        b = a.relu() + a
        b.backward()
        return {"b.data": b.data, "a.grad": a.grad}

    def of_a_result(lab: Lab, x: Handle) -> object:
        a = lab.Value(x)
        b = (a * 2.0).relu()
        b.backward()
        return {"b.data": b.data, "a.grad": a.grad}

    for x, _ in pairs:
        _expect_all(probe, use, x=x)
        _expect_all(probe, of_a_result, x=x)


@pytest.mark.points(1)
@pytest.mark.function("Value.exp")
def check_exp_is_its_own_derivative(probe: Probe, pairs: Pairs) -> None:
    """exp() is e ** a, and a gets e ** a times the gradient

    The derivative of exp is exp itself, which is out.data; by the chain rule, out.grad is a factor.
    """

    def use(lab: Lab, x: Handle) -> object:
        a = lab.Value(x)
        b = a.exp()
        c = b * lab.Value(10.0)
        c.backward()
        return {"b.data": b.data, "a.grad": a.grad}

    for pair in pairs:
        for x in pair:
            _expect_all(probe, use, x=x)


@pytest.mark.points(1)
@pytest.mark.function("Value.exp")
def check_exp_of_a_value_that_is_used_elsewhere(probe: Probe, pairs: Pairs) -> None:
    """In a.exp() + a, a keeps its share of the sum

    A node that is used twice gets a share from each use: add to grad with +=, don't set it. A
    node may be a result itself, with a _backward of its own: set only out._backward, and hand
    self to out as what it was computed from.
    """

    def use(lab: Lab, x: Handle) -> object:
        a = lab.Value(x)
        b = a.exp() + a
        b.backward()
        return {"b.data": b.data, "a.grad": a.grad}

    def of_a_result(lab: Lab, x: Handle) -> object:
        a = lab.Value(x)
        b = (a * 0.5).exp()
        b.backward()
        return {"b.data": b.data, "a.grad": a.grad}

    for x, _ in pairs:
        _expect_all(probe, use, x=x)
        _expect_all(probe, of_a_result, x=x)


# --- backward -----------------------------------------------------------------------------


@pytest.mark.points(1)
@pytest.mark.function("Value.backward")
def check_backward_goes_through_a_chain(probe: Probe, pairs: Pairs) -> None:
    """backward() starts with 1 at the result and reaches the first number of a chain

    The result's own grad is 1. Then every node that it was computed from gets its turn, not only
    the nearest ones.
    """

    def use(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        c = a * b
        d = c + b
        e = d * d
        e.backward()
        return {"e.grad": e.grad, "d.grad": d.grad, "c.grad": c.grad, "a.grad": a.grad}

    for x, y in pairs:
        _expect_all(probe, use, x=x, y=y)


@pytest.mark.points(3)
@pytest.mark.function("Value.backward")
def check_backward_waits_for_all_of_a_gradient(probe: Probe, pairs: Pairs) -> None:
    """A node that is used in several places passes its gradient on once, when it has all of it

    Sort the nodes first, so that each comes before what it was computed from; then call _backward()
    of each exactly once.
    """

    def diamond(lab: Lab, x: Handle) -> object:
        a = lab.Value(x)
        b = a * lab.Value(3.0)
        c = b * b
        d = c + b
        d.backward()
        return {"a.grad": a.grad, "b.grad": b.grad}

    def long_way_and_short_cut(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        s = a * b
        t = s + a
        u = t * s
        v = u * u + s
        w = s + v * t
        w.backward()
        return {"a.grad": a.grad, "b.grad": b.grad, "s.grad": s.grad}

    for x, y in pairs:
        _expect_all(probe, diamond, x=x)
        _expect_all(probe, long_way_and_short_cut, x=x, y=y)


@pytest.mark.points(1)
@pytest.mark.function("Value.backward")
def check_backward_adds_to_what_is_there(probe: Probe, pairs: Pairs) -> None:
    """A second result adds its gradients to those of the first

    backward() sets no gradient back to 0. Who trains a network does that, once for each step.
    """

    def use(lab: Lab, x: Handle, y: Handle) -> object:
        a, b = lab.Value(x), lab.Value(y)
        c = a * b
        c.backward()
        d = a + b
        d.backward()
        return {"a.grad": a.grad, "b.grad": b.grad}

    for x, y in pairs:
        _expect_all(probe, use, x=x, y=y)
