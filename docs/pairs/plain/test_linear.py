import pytest
import torch
from solution import Linear


@pytest.mark.parametrize(("n", "d", "m"), [(1, 2, 1), (7, 3, 4)])
def test_linear_has_the_right_values_and_derivatives(n, d, m):
    x, weight, bias = (torch.randn(size) + 1 for size in ((n, d), (m, d), (m,)))
    layer = Linear(d, m)
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
    y = layer(x)
    y.square().sum().backward()
    expected = x @ weight.T + bias
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(layer.weight.grad, 2 * expected.T @ x)
    torch.testing.assert_close(layer.bias.grad, 2 * expected.sum(0))
