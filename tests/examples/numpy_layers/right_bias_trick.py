"""The bias is one more row of the weights; loops where a beginner writes loops."""
import numpy


def _with_ones(x):
    flat = x.reshape(x.shape[0], -1)
    return numpy.hstack([flat, numpy.ones((len(flat), 1), dtype=flat.dtype)])


def affine_forward(X, W, bias):
    augmented = _with_ones(X)
    stacked = numpy.vstack([W, bias.reshape(1, -1)])
    return numpy.matmul(augmented, stacked), [augmented, stacked, X.shape]


def affine_backward(dY, saved):
    augmented, stacked, shape = saved
    d_stacked = numpy.dot(augmented.T, dY)
    dX = numpy.dot(dY, stacked.T)[:, :-1]
    return [dX.reshape(shape), d_stacked[:-1], d_stacked[-1]]


def relu_forward(X):
    Y = numpy.zeros_like(X)
    for i in range(X.size):
        if X.flat[i] > 0:
            Y.flat[i] = X.flat[i]
    return Y, Y


def relu_backward(dY, Y):
    dX = numpy.array(dY)
    dX[Y == 0] = 0
    return dX


def softmax_loss(scores, labels):
    n, c = scores.shape
    total = 0
    d = numpy.empty((n, c))
    for i in range(n):
        row = scores[i] - max(scores[i])
        e = numpy.exp(row)
        total += numpy.log(sum(e)) - row[labels[i]]
        for j in range(c):
            d[i, j] = e[j] / sum(e) - (j == labels[i])
    return total / n, d / n


def network_loss(x, y, params, reg):
    W1, b1, W2, b2 = (params[name] for name in ("w1", "b1", "w2", "b2"))
    n = x.shape[0]
    z = x.dot(W1) + b1
    h = numpy.maximum(0, z)
    s = h.dot(W2) + b2
    loss, ds = softmax_loss(s, y)
    loss = loss + 0.5 * reg * numpy.sum(W1 * W1) + 0.5 * reg * numpy.sum(W2 * W2)
    dW2 = h.T.dot(ds) + reg * W2
    db2 = ds.sum(axis=0)
    dz = ds.dot(W2.T) * (z > 0)
    dW1 = x.T.dot(dz) + reg * W1
    return loss, {"w1": dW1, "b1": dz.sum(axis=0), "w2": dW2, "b2": db2}


def sgd_momentum(weights, gradient, settings):
    try:
        velocity = settings["velocity"]
    except KeyError:
        velocity = 0 * weights
    velocity = settings["momentum"] * velocity - settings["learning_rate"] * gradient
    for index in numpy.ndindex(weights.shape):
        weights[index] += velocity[index]
    settings["velocity"] = velocity
    return weights, settings


def adam(weights, gradient, settings):
    if "t" not in settings:
        settings["t"] = 1
        settings["m"] = settings["s"] = numpy.zeros(weights.shape)
    m = settings["beta1"] * settings["m"] + (1 - settings["beta1"]) * gradient
    s = settings["beta2"] * settings["s"] + (1 - settings["beta2"]) * gradient**2
    a = m / (1 - settings["beta1"] ** settings["t"])
    c = s / (1 - settings["beta2"] ** settings["t"])
    weights[...] -= settings["learning_rate"] * a / (numpy.sqrt(c) + settings["epsilon"])
    settings["m"], settings["s"] = m, s
    settings["t"] += 1
    return weights, settings
