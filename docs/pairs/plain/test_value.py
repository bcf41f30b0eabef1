import random

import pytest
from solution import Value


@pytest.mark.parametrize(("x", "y"), [(2.0, -3.0), (random.uniform(2, 5), random.uniform(2, 5))])
def test_backward_goes_through_a_graph(x, y):
    a, b = Value(x), Value(y)
    c = a * b
    d = c + b
    e = d * c
    e.backward()
    assert e.data == pytest.approx((x * y + y) * x * y)
    assert e.grad == 1
    assert c.grad == pytest.approx(2 * x * y + y)
    assert b.grad == pytest.approx(2 * x * x * y + 2 * x * y)
    assert a.grad == pytest.approx((2 * x * y + y) * y)
