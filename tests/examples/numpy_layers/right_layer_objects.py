"""Layers are objects, and the object itself is the cache."""
import numpy as np


class Layer:
    def __call__(self, *args):
        return self.forward(*args), self


class Affine(Layer):
    def forward(self, x, w, b):
        self.shape = x.shape
        self.x = x.reshape(x.shape[0], -1)
        self.w = w
        return self.x @ w + b

    def backward(self, dout):
        return np.reshape(dout @ self.w.T, self.shape), self.x.T @ dout, dout.sum(0)


class ReLU(Layer):
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.mask] = 0
        return dx


class SoftmaxWithLoss(Layer):
    def forward(self, x, t):
        self.t = t
        x = x - np.max(x, axis=-1, keepdims=True)
        self.p = np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)
        n = len(t)
        return -np.sum(np.log(self.p[np.arange(n), t] + 1e-12)) / n

    def backward(self, dout=1):
        n = len(self.t)
        return dout * (self.p - np.eye(self.p.shape[1])[self.t]) / n


def affine_forward(x, w, b):
    return Affine()(x, w, b)


def affine_backward(dout, cache):
    return cache.backward(dout)


def relu_forward(x):
    return ReLU()(x)


relu_backward = affine_backward


def softmax_loss(x, y):
    loss, layer = SoftmaxWithLoss()(x, y)
    return loss, layer.backward()


class TwoLayers:
    def __init__(self, params, reg):
        self.params = params
        self.reg = reg

    def loss_and_gradients(self, x, y):
        p = self.params
        first, relu, second, last = Affine(), ReLU(), Affine(), SoftmaxWithLoss()
        h = relu.forward(first.forward(x, p["w1"], p["b1"]))
        loss = last.forward(second.forward(h, p["w2"], p["b2"]), y)
        loss = loss + self.reg / 2 * (np.sum(p["w1"] ** 2) + np.sum(p["w2"] ** 2))
        dh, dw2, db2 = second.backward(last.backward())
        _, dw1, db1 = first.backward(relu.backward(dh))
        return loss, dict(w1=dw1 + self.reg * p["w1"], b1=db1, w2=dw2 + self.reg * p["w2"], b2=db2)


def network_loss(x, y, params, reg):
    return TwoLayers(params, reg).loss_and_gradients(x, y)


def sgd_momentum(w, dw, config):
    if "velocity" not in config:
        config["velocity"] = np.zeros(w.shape)
    config["velocity"] *= config["momentum"]
    config["velocity"] -= config["learning_rate"] * dw
    np.add(w, config["velocity"], out=w)
    return w, config


class Adam:
    def __init__(self, lr, beta1, beta2, eps):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.iter = 0
        self.m = self.v = None

    def update(self, w, dw):
        if self.m is None:
            self.m, self.v = np.zeros_like(w, dtype=float), np.zeros_like(w, dtype=float)
        self.iter += 1
        self.m += (1 - self.beta1) * (dw - self.m)
        self.v += (1 - self.beta2) * (dw**2 - self.v)
        m_hat = self.m / (1 - self.beta1**self.iter)
        v_hat = self.v / (1 - self.beta2**self.iter)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


def adam(w, dw, config):
    if "optimizer" not in config:
        config["optimizer"] = Adam(
            config["learning_rate"], config["beta1"], config["beta2"], config["epsilon"]
        )
    config["optimizer"].update(w, dw)
    return w, config
