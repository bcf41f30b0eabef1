import pytest
import torch
from solution import SGD


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_keeps_a_velocity(momentum):
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    optimizer = SGD([w], lr=0.1, momentum=momentum)
    expected, velocity = torch.tensor([1.0, 2.0]), torch.zeros(2)
    for gradient in torch.randn(3, 2):
        w.grad = gradient.clone()
        optimizer.step()
        velocity = momentum * velocity + gradient
        expected -= 0.1 * velocity
    torch.testing.assert_close(w.detach(), expected)
    assert w.is_leaf
