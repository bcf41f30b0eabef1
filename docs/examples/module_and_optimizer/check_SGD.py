"""Checks of SGD, the optimizer: by itself, and beside torch.optim.SGD."""

import numpy as np
import pytest

from grader.checks.api import (
    Handle,
    Lab,
    Probe,
    WrongError,
    expect_all_close,
    expect_close,
    is_close,
    leaf,
    precondition,
    py_,
    tensor,
    to_array,
    torch_,
)
from grader.checks.inputs import show_array
from grader.observations.values import Array, Items, Nothing

BEFORE, AFTER = "net.weight after one step", "net.weight after two steps"
LIST = "the same in a list, without momentum"
KEPT = ("lr", "momentum", "velocities")

Problem = tuple[np.ndarray, list[np.ndarray]]


@pytest.fixture
def problems(probe: Probe) -> list[Problem]:
    """Where a parameter starts, and the gradients of three steps: first readable, then random."""
    rng = probe.rng()
    readable = (np.array([1.0, 2.0]), [np.array(g) for g in ([1.0, -2.0], [4.0, 0.5], [-1.0, 3.0])])
    return [
        readable,
        *((rng.normal(0, 1, s), list(rng.normal(0, 1, (3, *s)))) for s in ((3,), (4, 2))),
    ]


@pytest.mark.points(2)
@pytest.mark.function("SGD.__init__")
def check_sgd_keeps_its_parameters(probe: Probe) -> None:
    """SGD(net.parameters(), lr) works for more than one step, without momentum unless it is given

    net.parameters() is a generator, which can be iterated over only once: keep a list of it. The
    momentum is 0 unless something else is passed. Keep lr and momentum under their own names, and a
    tensor of zeros for each parameter.
    """

    # The second optimizer takes the same steps, whatever they are: those of step() are not judged.
    def use(lab: Lab, w: Handle, g: Handle) -> object:
        net = torch_.nn.Linear(2, 1, bias=False)
        with torch_.no_grad():
            net.weight.copy_(w)
        other = w.clone().requires_grad_()
        optimizer = lab.SGD(net.parameters(), 0.5)
        simple = lab.SGD([other], 0.5, 0.0)
        net.weight.grad, other.grad = g.clone(), g.clone()
        optimizer.step()
        simple.step()
        before = net.weight.detach().clone()
        optimizer.step()
        simple.step()
        after = net.weight.detach().clone()
        optimizer.zero_grad()
        net.weight.sum().backward()
        return {BEFORE: before, AFTER: after, LIST: other, "net.weight.grad": net.weight.grad}

    rng = probe.rng()
    for w, g in (([[1, 2]], [[1, -2]]), *rng.normal(0, 1, (2, 2, 1, 2))):
        got, want = probe.both_run(use, w=tensor(w), g=tensor(g))
        names = (BEFORE, AFTER, LIST, "net.weight.grad")
        before, after, other, grad = (to_array(got[name], name) for name in names)
        # One of the two proves that the parameters are known: only one may be written, and right.
        if is_close(before, after) and not is_close(grad, np.ones_like(grad)):
            raise WrongError(
                "the second step() moves nothing, and zero_grad() clears nothing",
                got=show_array(after),
                expected=show_array(to_array(want[AFTER], AFTER)),
                source=got[AFTER],
            )
        expect_close(got[AFTER], other, "net.weight after two steps, and without momentum")
    _expect_settings(probe)  # only now: who keeps nothing at all has failed before


def _expect_settings(probe: Probe) -> None:
    """Require lr, momentum and velocities, where they are kept under their names.

    What is kept under others, or in another form, or made in the first step, is right too.
    """

    def use(lab: Lab, w: Handle) -> object:
        optimizer = lab.SGD([w], 0.5, 0.25)
        return {name: py_.getattr(optimizer, name, None) for name in KEPT}

    got, want = probe.both_run(use, w=leaf([1, 2]))
    for name in ("lr", "momentum"):
        if not isinstance(got[name], Nothing):
            expect_close(got[name], want[name], f"optimizer.{name}")
    velocities = got["velocities"]
    for one in velocities.items if isinstance(velocities, Items) else ():
        if isinstance(one, Array) and np.any(one.to_numpy() != 0):
            raise WrongError("a velocity is not 0 before the first step")


@pytest.mark.points(3)
@pytest.mark.function("SGD.step")
def check_step_goes_against_the_gradient(probe: Probe, problems: list[Problem]) -> None:
    """Without momentum, step() moves each parameter by -lr times its gradient, in place

    Subtract from the parameter itself, inside torch.no_grad(): it stays the same leaf. A new tensor
    would be known to nobody else.
    """

    def use(lab: Lab, w: Handle, g: Handle) -> object:
        optimizer = lab.SGD([w], lr=0.1)
        w.grad = g
        optimizer.step()
        return {
            "w": w,
            "w.grad": w.grad,
            "w.requires_grad": w.requires_grad,
            "w.is_leaf": w.is_leaf,
        }

    for w, (g, *_) in problems:
        expect_all_close(*probe.both_run(use, mutable=["w"], w=leaf(w), g=tensor(g)))


@pytest.mark.points(3)
@pytest.mark.function("SGD.step")
def check_step_keeps_a_velocity(probe: Probe, problems: list[Problem]) -> None:
    """With momentum, each parameter moves by its own velocity, which adds up over the steps

    v = momentum * v + gradient, then w = w - lr * v, with the new v. Each parameter has a v of its
    own.
    """

    def use(lab: Lab, w: Handle, u: Handle, g: Handle) -> object:
        optimizer = lab.SGD([w, u], lr=0.1, momentum=0.5)
        w.grad, u.grad = g[0], -3.0 * g[0]
        optimizer.step()
        w.grad, u.grad = g[1], 2.0 * g[2]
        optimizer.step()
        w.grad, u.grad = g[2], g[1]
        optimizer.step()
        return {"w": w, "u": u}

    for w, gradients in problems:
        got, want = probe.both_run(
            use, mutable=["w", "u"], w=leaf(w), u=leaf(-w), g=[tensor(one) for one in gradients]
        )
        expect_all_close(got, want)


@pytest.mark.points(1)
@pytest.mark.function("SGD.step")
def check_step_copies_the_gradient(probe: Probe, problems: list[Problem]) -> None:
    """The velocity is a tensor of its own, although zero_grad() and backward() reuse gradients

    v = w.grad gives the gradient a second name. Copy it, with w.grad.clone(), or add it to zeros.
    """

    def with_new_gradients(lab: Lab, w: Handle, g: Handle) -> object:
        optimizer = lab.SGD([w], lr=0.1, momentum=0.5)
        w.grad = g[0]
        optimizer.step()
        w.grad = g[1]
        optimizer.step()
        return {"w": w}

    def with_the_same_tensor(lab: Lab, w: Handle, g: Handle) -> object:
        optimizer = lab.SGD([w], lr=0.1, momentum=0.5)
        w.grad = g[0].clone()
        optimizer.step()
        w.grad.copy_(g[1])
        optimizer.step()
        return {"w": w, "w.grad": w.grad}

    for w, gradients in problems:
        inputs = {"w": leaf(w), "g": [tensor(one) for one in gradients[:2]]}
        with precondition():
            expect_all_close(*probe.both_run(with_new_gradients, mutable=["w", "g"], **inputs))
        expect_all_close(*probe.both_run(with_the_same_tensor, mutable=["w"], **inputs))


@pytest.mark.points(1)
@pytest.mark.function("SGD.step")
def check_step_leaves_out_what_has_no_gradient(probe: Probe, problems: list[Problem]) -> None:
    """A parameter whose grad is None stays where it is, and the others move

    A part of a network that was not used has no gradient. Ask `if param.grad is None` first.
    """

    def use(lab: Lab, w: Handle, u: Handle, g: Handle) -> object:
        optimizer = lab.SGD([u, w], lr=0.1)
        w.grad = g
        optimizer.step()
        return {"u": u, "w": w}

    for w, (g, *_) in problems:
        inputs = {"w": leaf(w), "u": leaf(2 * w), "g": tensor(g)}
        expect_all_close(*probe.both_run(use, mutable=["w", "u"], **inputs))


@pytest.mark.points(2)
@pytest.mark.function("SGD.step")
def check_step_is_that_of_torch(probe: Probe) -> None:
    """After five steps on a real loss, parameters are where torch.optim.SGD takes them

    The same formula has to hold at every step, the first too.
    """

    def steps(optimizer: Handle, x: Handle, y: Handle, w: Handle) -> object:
        for _ in range(5):
            w.grad = None
            (x @ w - y).square().mean().backward()
            optimizer.step()
        return {"w": w}

    def of_torch(_: Lab, x: Handle, y: Handle, w: Handle) -> object:
        return steps(torch_.optim.SGD([w], lr=0.05, momentum=0.8), x, y, w)

    def of_the_lab(lab: Lab, x: Handle, y: Handle, w: Handle) -> object:
        optimizer = lab.SGD([w], lr=0.05, momentum=0.8)
        return steps(optimizer, x, y, w)

    rng = probe.rng()
    readable = {"x": tensor([[1, 0], [1, 1]]), "y": tensor([1, 3]), "w": leaf([0, 0])}
    for inputs in (readable, *(_draw(rng, n, k) for n, k in ((5, 3), (30, 6)))):
        # Torch's answer is the one of the reference's process: a submission may change its torch.
        _, torchs = probe.both_run(of_torch, mutable=["w"], **inputs)
        got, _ = probe.both_run(of_the_lab, mutable=["w"], **inputs)
        expect_close(got["w"], torchs["w"], "w after five steps")


@pytest.mark.points(2)
@pytest.mark.function("SGD.zero_grad")
def check_zero_grad_clears_all_gradients(probe: Probe, problems: list[Problem]) -> None:
    """After zero_grad(), the next backward() leaves only its own gradients

    backward() adds to what is in grad. Set the grad of every parameter to None, or to zeros.
    """

    def use(lab: Lab, w: Handle, u: Handle, g: Handle) -> object:
        optimizer = lab.SGD([w, u], lr=0.1)
        w.grad = g.clone()
        optimizer.zero_grad()
        (w * u).sum().backward()
        optimizer.zero_grad()
        (w * w + 3.0 * u).sum().backward()
        return {"w.grad": w.grad, "u.grad": u.grad}

    for w, (g, *_) in problems:
        inputs = {"w": leaf(w), "u": leaf(2 * w), "g": tensor(g)}
        expect_all_close(*probe.both_run(use, **inputs))


def _draw(rng: np.random.Generator, n: int, n_in: int) -> dict[str, object]:
    x = rng.normal(0, 1, (n, n_in))
    return {
        "x": tensor(x),
        "y": tensor(rng.normal(0, 2, n)),
        "w": leaf(rng.normal(0, 1, n_in)),
    }
