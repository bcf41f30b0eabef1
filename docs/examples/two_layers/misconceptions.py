"""Known wrong ways to write a function: the name says which, the docstring is title and hint."""

import torch

# --- init_params --------------------------------------------------------------------------


def _network(n_in, n_hidden, n_out):
    """Return right parameters, for a program to spoil."""
    w1, w2 = torch.randn(n_in, n_hidden) / n_in**0.5, torch.randn(n_hidden, n_out) / n_hidden**0.5
    return w1, torch.zeros(n_hidden), w2, torch.zeros(n_out)


def _leaves(*tensors):
    return tuple(one.requires_grad_() for one in tensors)


def init_params__weights_too_large(n_in, n_hidden, n_out):
    """The weights are not scaled: their standard deviation is 1.

    Divide torch.randn(...) by the square root of the layer's number of inputs. Sums of many large
    numbers end up where tanh is flat, and then nothing is learnt.

    Section: 1. Parameters
    """
    w1, w2 = torch.randn(n_in, n_hidden), torch.randn(n_hidden, n_out)
    return _leaves(w1, torch.zeros(n_hidden), w2, torch.zeros(n_out))


def init_params__scaled_by_the_outputs(n_in, n_hidden, n_out):
    """The weights are scaled by the number of outputs of the layer, not of inputs.

    A unit adds up as many products as it has inputs: n_in for w1, n_hidden for w2.

    Section: 1. Parameters
    """
    w1 = torch.randn(n_in, n_hidden) / n_hidden**0.5
    w2 = torch.randn(n_hidden, n_out) / n_out**0.5
    return _leaves(w1, torch.zeros(n_hidden), w2, torch.zeros(n_out))


def init_params__uniform(n_in, n_hidden, n_out):
    """The weights are drawn from a uniform distribution.

    torch.rand draws evenly from [0, 1), torch.randn from the normal distribution.

    Section: 1. Parameters
    """
    w1 = torch.rand(n_in, n_hidden) / n_in**0.5
    w2 = torch.rand(n_hidden, n_out) / n_hidden**0.5
    return _leaves(w1, torch.zeros(n_hidden), w2, torch.zeros(n_out))


def init_params__all_zero(n_in, n_hidden, n_out):
    """The weights start at 0, so all hidden units stay equal.

    Draw them at random: units that start equal have equal gradients, and never become different.

    Section: 1. Parameters
    """
    w1, w2 = torch.zeros(n_in, n_hidden), torch.zeros(n_hidden, n_out)
    return _leaves(w1, torch.zeros(n_hidden), w2, torch.zeros(n_out))


def init_params__random_biases(n_in, n_hidden, n_out):
    """The biases are drawn like the weights.

    They start at 0: use torch.zeros.

    Section: 1. Parameters
    """
    w1, _, w2, _ = _network(n_in, n_hidden, n_out)
    return _leaves(w1, torch.randn(n_hidden), w2, torch.randn(n_out))


def init_params__no_grad(n_in, n_hidden, n_out):
    """The parameters don't require grad.

    Call requires_grad_() on each of them once it is computed.

    Section: 1. Parameters
    """
    return _network(n_in, n_hidden, n_out)


def init_params__no_leaves(n_in, n_hidden, n_out):
    """The weights were computed from tensors that require grad, so they are not leaves.

    Divide first, then call requires_grad_(). For autograd, w / 2 is a result, and results get no
    gradient.

    Section: 1. Parameters
    """
    w1 = torch.randn(n_in, n_hidden, requires_grad=True) / n_in**0.5
    w2 = torch.randn(n_hidden, n_out, requires_grad=True) / n_hidden**0.5
    b1, b2 = torch.zeros(n_hidden, requires_grad=True), torch.zeros(n_out, requires_grad=True)
    return w1, b1, w2, b2


def init_params__transposed(n_in, n_hidden, n_out):
    """The weights have the shape (outputs, inputs), as in torch.nn.Linear.

    Here a layer is x @ w, so w has one row per input.

    Section: 1. Parameters
    """
    w1, b1, w2, b2 = _network(n_in, n_hidden, n_out)
    return _leaves(w1.T.clone(), b1, w2.T.clone(), b2)


def init_params__seeded(n_in, n_hidden, n_out):
    """Every call draws the same weights.

    Is a seed set inside the function? A seed belongs at the top of a program, where whoever runs it
    can choose it.

    Section: 1. Parameters
    """
    torch.manual_seed(0)
    return _leaves(*_network(n_in, n_hidden, n_out))


# --- hidden -------------------------------------------------------------------------------


def hidden__sigmoid(x, w1, b1):
    """The sigmoid is used instead of tanh.

    Both are S-shaped, but the sigmoid goes from 0 to 1. Use torch.tanh.

    Section: 2. Forward
    """
    return torch.sigmoid(x @ w1 + b1)


def hidden__no_activation(x, w1, b1):
    """Nothing is applied to the sum, so the layer is linear.

    Without tanh, two layers are no more than one: a product of matrices is a matrix.

    Section: 2. Forward
    """
    return x @ w1 + b1


def hidden__no_bias(x, w1, b1):
    """The biases are left out.

    Add b1 to the product, before tanh.

    Section: 2. Forward
    """
    return torch.tanh(x @ w1)


def hidden__bias_outside(x, w1, b1):
    """The biases are added after tanh.

    They belong in the sum: tanh(x @ w1 + b1).

    Section: 2. Forward
    """
    return torch.tanh(x @ w1) + b1


def hidden__cuts_the_graph(x, w1, b1):
    """The result no longer knows how it was computed.

    numpy, .detach(), .item() and torch.tensor(...) drop the history. Use torch operations on w1 and
    b1 themselves.

    Section: 2. Forward
    """
    return torch.tanh(x @ w1 + b1).detach()


# --- forward ------------------------------------------------------------------------------


def forward__tanh_at_the_end(x, w1, b1, w2, b2):
    """The outputs go through tanh as well.

    Only the hidden layer has a tanh: the outputs can be any numbers.

    Section: 2. Forward
    """
    return torch.tanh(hidden(x, w1, b1) @ w2 + b2)


def forward__no_bias(x, w1, b1, w2, b2):
    """The biases of the second layer are left out.

    Add b2 to the product.

    Section: 2. Forward
    """
    return hidden(x, w1, b1) @ w2


def forward__cuts_the_graph(x, w1, b1, w2, b2):
    """The first layer is cut off: autograd can't find its way back to w1 and b1.

    Multiply hidden(...) itself by w2, not a detached copy.

    Section: 2. Forward
    """
    return hidden(x, w1, b1).detach() @ w2 + b2


# --- loss ---------------------------------------------------------------------------------


def loss__forgets_the_half(y_hat, y):
    """The factor 1/2 is missing.

    Multiply by 0.5: it cancels the 2 of the derivative.

    Section: 3. Loss
    """
    return ((y_hat - y) ** 2).sum(dim=1).mean()


def loss__mean_over_outputs(y_hat, y):
    """The mean is taken over the outputs as well.

    .mean() without dim divides by n times the number of outputs. Sum each row first.

    Section: 3. Loss
    """
    return 0.5 * ((y_hat - y) ** 2).mean()


def loss__sum_over_samples(y_hat, y):
    """The sum over all samples is returned, not their mean.

    Divide by the number of samples: twice as much data doesn't make the error larger.

    Section: 3. Loss
    """
    return 0.5 * ((y_hat - y) ** 2).sum()


def loss__plain_number(y_hat, y):
    """A plain number is returned, which autograd can't differentiate.

    Return the tensor. Whoever prints the loss can call .item().

    Section: 3. Loss
    """
    return (0.5 * ((y_hat - y) ** 2).sum(dim=1).mean()).item()


# --- gradients ----------------------------------------------------------------------------


def _backward(x, d2, w2, h, slope):
    d1 = (d2 @ w2.T) * slope
    return x.T @ d1, d1.sum(dim=0), h.T @ d2, d2.sum(dim=0)


def gradients__forgets_the_mean(x, y, w1, b1, w2, b2):
    """All gradients are n times too large: the mean over the samples is missing.

    The slope at the outputs is (y_hat - y) / n.

    Section: 4. Gradients
    """
    h = hidden(x, w1, b1)
    return _backward(x, forward(x, w1, b1, w2, b2) - y, w2, h, 1 - h * h)


def gradients__wrong_sign(x, y, w1, b1, w2, b2):
    """All signs are reversed.

    Differentiate with respect to y_hat: the slope is y_hat - y, not y - y_hat.

    Section: 4. Gradients
    """
    h = hidden(x, w1, b1)
    return _backward(x, (y - forward(x, w1, b1, w2, b2)) / len(x), w2, h, 1 - h * h)


def gradients__forgets_tanh(x, y, w1, b1, w2, b2):
    """The way back leaves out tanh.

    Between the second layer and the first, multiply by the derivative of tanh, 1 - h * h.

    Section: 4. Gradients
    """
    h = hidden(x, w1, b1)
    return _backward(x, (forward(x, w1, b1, w2, b2) - y) / len(x), w2, h, 1.0)


def gradients__derivative_of_the_sigmoid(x, y, w1, b1, w2, b2):
    """The derivative of the sigmoid is used instead of that of tanh.

    h * (1 - h) belongs to the sigmoid; for tanh it is 1 - h * h.

    Section: 4. Gradients
    """
    h = hidden(x, w1, b1)
    return _backward(x, (forward(x, w1, b1, w2, b2) - y) / len(x), w2, h, h * (1 - h))


def gradients__mean_for_the_biases(x, y, w1, b1, w2, b2):
    """The gradients of the biases are divided by n twice.

    (y_hat - y) / n already contains the mean: sum over the samples.

    Section: 4. Gradients
    """
    h = hidden(x, w1, b1)
    d2 = (forward(x, w1, b1, w2, b2) - y) / len(x)
    d1 = (d2 @ w2.T) * (1 - h * h)
    return x.T @ d1, d1.mean(dim=0), h.T @ d2, d2.mean(dim=0)


def gradients__other_order(x, y, w1, b1, w2, b2):
    """The gradients are not in the order of the parameters.

    The second layer's gradients are found first, but w1 and b1 come first in the result.

    Section: 4. Gradients
    """
    h = hidden(x, w1, b1)
    d2 = (forward(x, w1, b1, w2, b2) - y) / len(x)
    of_w1, of_b1, of_w2, of_b2 = _backward(x, d2, w2, h, 1 - h * h)
    return of_w2, of_b2, of_w1, of_b1


def gradients__piles_up(x, y, w1, b1, w2, b2):
    """From the second call on, the sum contains earlier gradients.

    backward() adds to w1.grad. Set it to None first, or use torch.autograd.grad.

    Section: 4. Gradients
    """
    loss(forward(x, w1, b1, w2, b2), y).backward()
    return tuple(one.grad.clone() for one in (w1, b1, w2, b2))


def gradients__moves(x, y, w1, b1, w2, b2):
    """The parameters are moved as well.

    Only return the gradients here: step() multiplies them by lr and moves the parameters.

    Section: 4. Gradients
    """
    h = hidden(x, w1, b1)
    found = _backward(x, (forward(x, w1, b1, w2, b2) - y) / len(x), w2, h, 1 - h * h)
    for parameter, gradient in zip((w1, b1, w2, b2), found, strict=True):
        parameter.data -= 0.1 * gradient
    return found


# --- step ---------------------------------------------------------------------------------


def step__climbs(x, y, w1, b1, w2, b2, lr):
    """The step goes up: along the gradients, not against them.

    The gradient points to where the loss grows. Subtract it.

    Section: 5. A step
    """
    before = loss(forward(x, w1, b1, w2, b2), y)
    found = gradients(x, y, w1, b1, w2, b2)
    with torch.no_grad():
        for parameter, gradient in zip((w1, b1, w2, b2), found, strict=True):
            parameter += lr * gradient
    return before


def step__forgets_the_biases(x, y, w1, b1, w2, b2, lr):
    """The weights move, but the biases don't.

    All four are parameters: b1 and b2 have gradients too.

    Section: 5. A step
    """
    before = loss(forward(x, w1, b1, w2, b2), y)
    of_w1, _, of_w2, _ = gradients(x, y, w1, b1, w2, b2)
    with torch.no_grad():
        w1 -= lr * of_w1
        w2 -= lr * of_w2
    return before


def step__one_layer_after_the_other(x, y, w1, b1, w2, b2, lr):
    """The second layer moves before the gradients of the first are computed.

    These gradients then belong to another place. Compute all four first, and move afterwards.

    Section: 5. A step
    """
    before = loss(forward(x, w1, b1, w2, b2), y)
    _, _, of_w2, of_b2 = gradients(x, y, w1, b1, w2, b2)
    with torch.no_grad():
        w2 -= lr * of_w2
        b2 -= lr * of_b2
    of_w1, of_b1, _, _ = gradients(x, y, w1, b1, w2, b2)
    with torch.no_grad():
        w1 -= lr * of_w1
        b1 -= lr * of_b1
    return before


def step__new_tensors(x, y, w1, b1, w2, b2, lr):
    """New tensors are made, and the caller's parameters stay where they are.

    `w1 = w1 - ...` only gives the name w1 to another tensor. Change it in place: w1 -= ...

    Section: 5. A step
    """
    before = loss(forward(x, w1, b1, w2, b2), y)
    of_w1, of_b1, of_w2, of_b2 = gradients(x, y, w1, b1, w2, b2)
    w1, b1 = w1 - lr * of_w1, b1 - lr * of_b1
    w2, b2 = w2 - lr * of_w2, b2 - lr * of_b2
    return before


def step__recorded(x, y, w1, b1, w2, b2, lr):
    """Leaves that require grad are changed while autograd is recording.

    Put the four subtractions inside `with torch.no_grad():`.

    Section: 5. A step
    """
    before = loss(forward(x, w1, b1, w2, b2), y)
    for parameter, gradient in zip(
        (w1, b1, w2, b2), gradients(x, y, w1, b1, w2, b2), strict=True
    ):
        parameter -= lr * gradient
    return before


def step__piles_up(x, y, w1, b1, w2, b2, lr):
    """From the second step on, the sum contains earlier gradients.

    backward() adds to w1.grad. Set it to None after each step, or use what gradients() returns.

    Section: 5. A step
    """
    before = loss(forward(x, w1, b1, w2, b2), y)
    before.backward()
    with torch.no_grad():
        for parameter in (w1, b1, w2, b2):
            parameter -= lr * parameter.grad
    return before


def step__loss_after(x, y, w1, b1, w2, b2, lr):
    """The loss after the step is returned.

    Compute it before anything moves.

    Section: 5. A step
    """
    found = gradients(x, y, w1, b1, w2, b2)
    with torch.no_grad():
        for parameter, gradient in zip((w1, b1, w2, b2), found, strict=True):
            parameter -= lr * gradient
    return loss(forward(x, w1, b1, w2, b2), y)
