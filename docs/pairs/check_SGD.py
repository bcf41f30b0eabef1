import pytest

from grader.checks.api import expect_all_close, leaf, tensor


@pytest.mark.points(2)
def check_SGD_keeps_a_velocity(probe):
    """Three steps move the parameter by its velocity, in place

    v = momentum * v + gradient, then w -= lr * v.
    """

    def use(lab, w, gradients, momentum):
        optimizer = lab.SGD([w], lr=0.1, momentum=momentum)
        for place in range(3):
            w.grad = gradients[place]
            optimizer.step()
        return {"w": w, "w.is_leaf": w.is_leaf}

    for momentum in (0.0, 0.9):
        inputs = {"w": leaf([1, 2]), "gradients": tensor(probe.rng().normal(size=(3, 2)))}
        expect_all_close(*probe.both_run(use, mutable=["w"], momentum=momentum, **inputs))
