"""Type hints, frozen dataclasses and NamedTuples as caches, einsum, new dicts for each step."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class AffineCache:
    inputs: Floats
    weights: Floats


class Mask(NamedTuple):
    is_on: NDArray[np.bool_]


def affine_forward(x: Floats, w: Floats, b: Floats) -> tuple[Floats, AffineCache]:
    rows = np.reshape(x, (x.shape[0], -1))
    return np.einsum("nd,dm->nm", rows, w) + b[None, :], AffineCache(inputs=x, weights=w)


def affine_backward(dout: Floats, cache: AffineCache) -> tuple[Floats, Floats, Floats]:
    rows = cache.inputs.reshape(cache.inputs.shape[0], -1)
    dx = np.einsum("nm,dm->nd", dout, cache.weights).reshape(cache.inputs.shape)
    dw = np.einsum("nd,nm->dm", rows, dout)
    db = np.einsum("nm->m", dout)
    return dx, dw, db


def relu_forward(x: Floats) -> tuple[Floats, Mask]:
    return np.clip(x, 0, None), Mask(is_on=x > 0)


def relu_backward(dout: Floats, cache: Mask) -> Floats:
    return np.where(cache.is_on, dout, np.zeros_like(dout))


def _log_softmax(x: Floats) -> Floats:
    x = x - np.amax(x, axis=1)[:, None]
    return x - np.logaddexp.reduce(x, axis=1)[:, None]


def softmax_loss(x: Floats, y: NDArray[np.integer]) -> tuple[float, Floats]:
    log_p = _log_softmax(x)
    one_hot = np.zeros_like(log_p)
    np.put_along_axis(one_hot, y[:, None], 1, axis=1)
    loss = float(-(one_hot * log_p).sum() / y.size)
    return loss, (np.exp(log_p) - one_hot) / y.size


def network_loss(
    x: Floats, y: NDArray[np.integer], params: dict[str, Floats], reg: float
) -> tuple[float, dict[str, Floats]]:
    a1, c1 = affine_forward(x, params["w1"], params["b1"])
    h1, m1 = relu_forward(a1)
    a2, c2 = affine_forward(h1, params["w2"], params["b2"])
    data_loss, d2 = softmax_loss(a2, y)
    penalty = sum(float(np.vdot(params[k], params[k])) for k in ("w1", "w2")) / 2 * reg
    grads: dict[str, Floats] = {}
    d1, grads["w2"], grads["b2"] = affine_backward(d2, c2)
    _, grads["w1"], grads["b1"] = affine_backward(relu_backward(d1, m1), c1)
    for k in ("w1", "w2"):
        grads[k] = grads[k] + reg * params[k]
    return data_loss + penalty, grads


def sgd_momentum(w: Floats, dw: Floats, config: dict[str, Any]) -> tuple[Floats, dict[str, Any]]:
    velocity = config["momentum"] * config.get("v", 0.0) - config["learning_rate"] * dw
    w += velocity
    return w, {**config, "v": velocity}


def adam(w: Floats, dw: Floats, config: dict[str, Any]) -> tuple[Floats, dict[str, Any]]:
    b1, b2 = config["beta1"], config["beta2"]
    first, second, step = config.get("moments", (0.0, 0.0, 0))
    first = b1 * first + (1 - b1) * dw
    second = b2 * second + (1 - b2) * np.square(dw)
    step += 1
    rate = config["learning_rate"] * np.sqrt(1 - b2**step) / (1 - b1**step)
    # The same formula with the corrections pulled out of the fraction.
    w -= rate * first / (np.sqrt(second) + config["epsilon"] * np.sqrt(1 - b2**step))
    return w, config | {"moments": (first, second, step)}
