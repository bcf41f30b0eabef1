"""Known wrong ways to write a function: the name says which, the docstring is title and hint."""

import numpy as np

# --- affine -------------------------------------------------------------------------------


def _rows(x):
    return x.reshape(len(x), -1)


def affine_forward__no_bias(x, w, b):
    """The biases are left out.

    Add b to the product: numpy adds it to every row.

    Section: 1. Affine layer
    """
    return _rows(x) @ w, (x, w, b)


def affine_forward__samples_not_flattened(x, w, b):
    """Samples with more than one axis are not strung together to rows.

    @ multiplies along the last axis only. Give x the shape (N, D) first: x.reshape(len(x), -1).

    Section: 1. Affine layer
    """
    return x @ w + b, (x, w, b)


def affine_forward__axes_in_another_order(x, w, b):
    """The numbers of a sample are strung together in another order.

    Reshape x itself to (N, D). A transpose before that mixes up the axes.

    Section: 1. Affine layer
    """
    return x.T.reshape(-1, len(x)).T @ w + b, (x, w, b)


def affine_forward__forgets_the_weights(x, w, b):
    """The cache lacks the weights.

    dx = dout @ w.T needs them on the way back. Keep x and w.

    Section: 1. Affine layer
    """
    return _rows(x) @ w + b, (x, b)


def affine_backward__dx_stays_a_row(dout, cache):
    """dx has rows, where x had samples of another shape.

    Undo the reshape at the end: dx.reshape(x.shape).

    Section: 1. Affine layer
    """
    x, w, _ = cache
    return dout @ w.T, _rows(x).T @ dout, dout.sum(axis=0)


def affine_backward__mean_for_the_biases(dout, cache):
    """db is a mean over the samples, not their sum.

    The loss has divided by N already, and dout with it: sum here.

    Section: 1. Affine layer
    """
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), _rows(x).T @ dout, dout.mean(axis=0)


def affine_backward__one_sum_for_all_biases(dout, cache):
    """db is a single number, the sum of all of dout.

    There is one bias for each output: sum over the samples only, with axis=0.

    Section: 1. Affine layer
    """
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), _rows(x).T @ dout, dout.sum()


def affine_backward__dw_transposed(dout, cache):
    """dw is transposed.

    It has the shape of w, (D, M): x.T @ dout, not dout.T @ x.

    Section: 1. Affine layer
    """
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), dout.T @ _rows(x), dout.sum(axis=0)


def affine_backward__divides_by_n(dout, cache):
    """dw is divided by the number of samples once more.

    The loss is a mean, so dout has the factor 1 / N already.

    Section: 1. Affine layer
    """
    x, w, _ = cache
    return (dout @ w.T).reshape(x.shape), _rows(x).T @ dout / len(x), dout.sum(axis=0)


# --- relu ---------------------------------------------------------------------------------


def relu_forward__absolute_value(x):
    """Negative numbers become positive.

    ReLU replaces them by 0: np.maximum(x, 0), not np.abs(x).

    Section: 2. ReLU
    """
    return np.abs(x), x


def relu_forward__one_maximum(x):
    """The largest number of the array is returned, not an array.

    np.max(x) reduces an array to one number. np.maximum(x, 0) compares element by element.

    Section: 2. ReLU
    """
    return np.max(x, initial=0), x


def relu_forward__changes_x(x):
    """The caller's array is changed.

    `out = x` is no copy: `out[out < 0] = 0` changes x as well. np.maximum makes a new array.

    Section: 2. ReLU
    """
    out = x
    out[out < 0] = 0
    return out, x


def relu_backward__relu_of_the_slope(dout, cache):
    """Negative slopes are cut off.

    ReLU itself is applied to dout. What decides is the sign of x, and slopes may be negative.

    Section: 2. ReLU
    """
    return np.maximum(dout, 0)


def relu_backward__multiplies_by_the_output(dout, cache):
    """dout is multiplied by the output of ReLU, not by its derivative.

    Where x is positive, max(0, x) has the derivative 1: dout passes unchanged.

    Section: 2. ReLU
    """
    return dout * np.maximum(cache, 0)


def relu_backward__passes_everything(dout, cache):
    """All slopes pass, also where ReLU has cut off.

    Where x was negative, the output was 0 whatever x was: there the slope is 0.

    Section: 2. ReLU
    """
    return dout.copy()


def relu_backward__changes_dout(dout, cache):
    """The caller's array of slopes is changed.

    `dx = dout` is no copy. Write dx = dout.copy(), or dx = dout * (x > 0).

    Section: 2. ReLU
    """
    dx = dout
    dx[cache < 0] = 0
    return dx


# --- softmax_loss -------------------------------------------------------------------------


def _softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _loss_and_slope(p, y):
    rows = np.arange(len(y))
    with np.errstate(all="ignore"):
        loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    return loss, p / len(y)


def softmax_loss__overflows(x, y):
    """Large scores overflow: e^1000 is more than a float can hold.

    Subtract each row's largest score first: x - x.max(axis=1, keepdims=True).

    Section: 3. Softmax loss
    """
    with np.errstate(all="ignore"):
        e = np.exp(x)
        return _loss_and_slope(e / e.sum(axis=1, keepdims=True), y)


def softmax_loss__one_maximum_for_all_rows(x, y):
    """The largest score of all samples is subtracted from every sample.

    A sample whose scores are all far below it has only zeros left after np.exp. Each row has its
    own largest score: x.max(axis=1, keepdims=True).

    Section: 3. Softmax loss
    """
    with np.errstate(all="ignore"):
        e = np.exp(x - x.max())
        return _loss_and_slope(e / e.sum(axis=1, keepdims=True), y)


def softmax_loss__mean_for_maximum(x, y):
    """The mean of a sample's scores is subtracted, not the largest one.

    Where scores are far apart, the largest is still far above the mean, and overflows:
    x.max(axis=1, keepdims=True).

    Section: 3. Softmax loss
    """
    with np.errstate(all="ignore"):
        e = np.exp(x - x.mean(axis=1, keepdims=True))
        return _loss_and_slope(e / e.sum(axis=1, keepdims=True), y)


def softmax_loss__sum_of_the_losses(x, y):
    """The losses of the samples are summed, not averaged.

    Take the mean: twice as much data doesn't make the loss larger.

    Section: 3. Softmax loss
    """
    loss, dx = _loss_and_slope(_softmax(x), y)
    return loss * len(y), dx


def softmax_loss__slope_of_the_sum(x, y):
    """The slope is N times too large: it belongs to the sum of the losses.

    The loss is their mean, so divide the slope by the number of samples too.

    Section: 3. Softmax loss
    """
    loss, dx = _loss_and_slope(_softmax(x), y)
    return loss, dx * len(y)


def softmax_loss__without_the_right_class(x, y):
    """The slope lacks the -1 at the right class.

    It is p - 1 there, and p elsewhere: subtract 1 at [np.arange(N), y].

    Section: 3. Softmax loss
    """
    p = _softmax(x)
    return _loss_and_slope(p.copy(), y)[0], p / len(y)


# --- network_loss -------------------------------------------------------------------------


def _network(x, y, params, reg, *, penalty=0.5, slope=1.0, biases=0.0, last_relu=False):
    """Compute loss and gradients, with a penalty that may be off."""
    h, cache1 = affine_forward(x, params["w1"], params["b1"])
    h, cache2 = relu_forward(h)
    s, cache3 = affine_forward(h, params["w2"], params["b2"])
    if last_relu:
        s, cache4 = relu_forward(s)
    loss, ds = softmax_loss(s, y)
    if last_relu:
        ds = relu_backward(ds, cache4)
    dh, dw2, db2 = affine_backward(ds, cache3)
    _, dw1, db1 = affine_backward(relu_backward(dh, cache2), cache1)
    grads = {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}
    for name, one in params.items():
        share = 1.0 if name in ("w1", "w2") else biases
        loss += penalty * share * reg * (one**2).sum()
        grads[name] = grads[name] + slope * share * reg * one
    return loss, grads


def network_loss__penalty_without_gradient(x, y, params, reg):
    """The loss has a penalty, but the gradients don't know of it.

    Add reg * w1 to the gradient of w1, and reg * w2 to that of w2.

    Section: 4. A network
    """
    return _network(x, y, params, reg, slope=0.0)


def network_loss__penalty_without_half(x, y, params, reg):
    """The penalty lacks its factor 1/2, in the loss and in the gradients.

    It is 0.5 * reg * sum of squares, whose gradient is reg * w.

    Section: 4. A network
    """
    return _network(x, y, params, reg, penalty=1.0, slope=2.0)


def network_loss__biases_are_penalised(x, y, params, reg):
    """The biases are penalised too.

    Only w1 and w2 are in the penalty.

    Section: 4. A network
    """
    return _network(x, y, params, reg, biases=1.0)


def network_loss__relu_at_the_end(x, y, params, reg):
    """The scores go through ReLU as well.

    Scores may be negative: only the hidden layer has a ReLU.

    Section: 4. A network
    """
    return _network(x, y, params, reg, last_relu=True)


# --- update rules -------------------------------------------------------------------------


def sgd_momentum__climbs(w, dw, config):
    """The step goes up: along the gradient, not against it.

    The gradient points to where the loss grows: v = momentum * v - learning_rate * dw.

    Section: 5. Update rules
    """
    v = config["momentum"] * config.get("velocity", 0) + config["learning_rate"] * dw
    w += v
    config["velocity"] = v
    return w, config


def sgd_momentum__new_array(w, dw, config):
    """A new array is made, and the network's own weights stay where they are.

    `w = w + v` only gives the name w to another array. Change it in place: `w += v`.

    Section: 5. Update rules
    """
    v = config["momentum"] * config.get("velocity", 0) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config


def sgd_momentum__forgets_the_velocity(w, dw, config):
    """The velocity is forgotten after each step.

    Put it into the dict that you return: config["velocity"] = v.

    Section: 5. Update rules
    """
    w += config["momentum"] * config.get("velocity", 0) - config["learning_rate"] * dw
    return w, config


def sgd_momentum__mean_of_gradients(w, dw, config):
    """The gradient is multiplied by (1 - momentum).

    That is a running mean, as Adam has it. Here, only the old velocity has a factor of its own.

    Section: 5. Update rules
    """
    mu = config["momentum"]
    v = mu * config.get("velocity", 0) - (1 - mu) * config["learning_rate"] * dw
    w += v
    config["velocity"] = v
    return w, config


def sgd_momentum__returns_the_velocity(w, dw, config):
    """The velocity is returned in place of the weights.

    Return w, and keep the velocity in config.

    Section: 5. Update rules
    """
    v = config["momentum"] * config.get("velocity", 0) - config["learning_rate"] * dw
    w += v
    config["velocity"] = v
    return v, config


def _adam(w, dw, config, *, start=1, is_corrected=True, root=None):
    beta1, beta2, epsilon = config["beta1"], config["beta2"], config["epsilon"]
    t = config.get("t", start - 1) + 1
    m = beta1 * config.get("m", 0) + (1 - beta1) * dw
    s = beta2 * config.get("s", 0) + (1 - beta2) * dw**2
    config.update(m=m, s=s, t=t)
    with np.errstate(all="ignore"):
        if is_corrected:
            m, s = m / np.float64(1 - beta1**t), s / np.float64(1 - beta2**t)
        divisor = np.sqrt(s) + epsilon if root is None else root(s, epsilon)
        w -= config["learning_rate"] * m / divisor
    return w, config


def adam__no_correction(w, dw, config):
    """The corrections for the first steps are left out.

    m and s start at 0, and are too small at first: divide by 1 - beta1**t and 1 - beta2**t.

    Section: 5. Update rules
    """
    return _adam(w, dw, config, is_corrected=False)


def adam__counts_from_zero(w, dw, config):
    """t is 0 in the first step, so the corrections divide by 0.

    Add 1 to t before you use it.

    Section: 5. Update rules
    """
    return _adam(w, dw, config, start=0)


def adam__epsilon_under_the_root(w, dw, config):
    """Epsilon is under the root.

    Add it to the root: np.sqrt(...) + epsilon.

    Section: 5. Update rules
    """
    return _adam(w, dw, config, root=lambda s, epsilon: np.sqrt(s + epsilon))


def adam__no_root(w, dw, config):
    """The root is left out: the step is divided by the mean of the squares.

    Take np.sqrt of s, so that it is as large as a gradient.

    Section: 5. Update rules
    """
    return _adam(w, dw, config, root=lambda s, epsilon: s + epsilon)


def adam__returns_the_gradient(w, dw, config):
    """The gradient is returned in place of the weights.

    Return w, which the step has changed.

    Section: 5. Update rules
    """
    _, config = _adam(w, dw, config)
    return dw, config


def adam__starts_again_each_step(w, dw, config):
    """Every step is a first step: t, m and s are forgotten.

    Put all three into the dict that you return.

    Section: 5. Update rules
    """
    _adam(w, dw, dict(config))
    return w, config
