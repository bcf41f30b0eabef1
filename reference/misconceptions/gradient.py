"""Misconceptions about gradient(): wrong programs with their hints."""

import torch


def gradient__factor_two_missing(x, y, w):
    """The gradient is half the right one.

    The gradient is 2/n times x.T @ (x @ w - y). Is the 2 missing, or is it
    divided by 2 n? x.numel() counts both columns of x. Or let backward() work
    it out.

    Section: 3. Autograd
    """
    error = predict(x, w).detach() - y
    return x.T @ error / len(y)


def gradient__sum_instead_of_mean(x, y, w):
    """This is the gradient of the sum of the squares, n times too large.

    The mse is a mean. Divide by the number of samples, 2/n times x.T @ (x @ w
    - y), or call backward() on mse(...).

    Section: 3. Autograd
    """
    error = predict(x, w).detach() - y
    return 2 * x.T @ error


def gradient__divided_by_n_twice(x, y, w):
    """The gradient is divided by the number of samples once too often.

    The mse is already a mean, and so is its gradient: divide by n only once,
    or return w.grad as backward() left it.

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    (grad,) = torch.autograd.grad(loss, w)
    return grad / len(y)


def gradient__wrong_sign(x, y, w):
    """The gradient points the wrong way: its sign is reversed.

    The minus belongs in the step, w - lr * gradient. The gradient itself
    points to where the loss rises: 2/n times x.T @ (x @ w - y).

    Section: 3. Autograd
    """
    error = y - predict(x, w).detach()
    return 2 / len(y) * x.T @ error


def gradient__piles_up(x, y, w):
    """A second call returns the sum of both gradients.

    backward() adds to w.grad. Clear it before each backward(), with w.grad =
    None, or use torch.autograd.grad, which leaves w.grad alone.

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    return w.grad


def gradient__all_zeros(x, y, w):
    """The gradient that is returned is all zeros.

    It is, if zero_() clears it before it is returned: grad = w.grad is only
    another name for the same tensor. Return a copy, w.grad.clone(), or clear it
    with w.grad = None. Difference quotients are zero, too, if their step is too
    small: in float32, w + 1e-8 is w.

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    grad = w.grad
    w.grad.zero_()
    return grad


def gradient__cleared_before_there_is_one(x, y, w):
    """zero_() is called on a gradient that is still None.

    A new w has no gradient: w.grad is None until the first backward(). Write
    w.grad = None, which always works.

    Section: 3. Autograd
    """
    w.grad.zero_()
    loss = mse(predict(x, w), y)
    loss.backward()
    return w.grad


def gradient__read_before_backward(x, y, w):
    """At first None is returned, and then the gradient of an earlier call.

    w.grad is None before the first backward(), and after that it holds what
    was put there last. Call backward() first, then read w.grad, and clear it
    in each call.

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    grad = w.grad
    loss.backward()
    return grad


def gradient__returns_nothing(x, y, w):
    """None is returned.

    backward() returns nothing. It puts the gradient into w.grad, where w is
    the leaf itself, not the loss and not a copy. Call backward() first, on the
    loss itself and not on a tensor made anew of it, then return w.grad.

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    return loss.backward()


def gradient__moves_w(x, y, w):
    """The function also moves w.

    It should only measure the slope at w; moving w is the job of update().
    Return the gradient and leave w as it is.

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    (grad,) = torch.autograd.grad(loss, w)
    with torch.no_grad():
        w -= 0.1 * grad
    return grad


def gradient__returns_the_loss(x, y, w):
    """The loss is returned, not its gradient.

    After loss.backward() the gradient is in w.grad. Return that.

    Section: 3. Autograd
    """
    w.grad = None
    loss = mse(predict(x, w), y)
    loss.backward()
    return loss


def gradient__returns_the_tuple(x, y, w):
    """The gradient has brackets around it, such as those of a tuple.

    torch.autograd.grad returns a tuple, with one gradient per input. Take the
    first: torch.autograd.grad(loss, w)[0].

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    return torch.autograd.grad(loss, w)


def gradient__slope_only(x, y, w):
    """Only the first entry of the gradient is returned, the one for the slope.

    w has two entries, and so has the gradient. Return all of w.grad, (2,).

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    (grad,) = torch.autograd.grad(loss, w)
    return grad[0]


def gradient__length_only(x, y, w):
    """Only the length of the gradient is returned.

    A gradient has a direction too: one entry for each parameter. Return all of
    w.grad, (2,).

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    (grad,) = torch.autograd.grad(loss, w)
    return grad.norm()


def gradient__unit_length(x, y, w):
    """The gradient is scaled to length 1.

    Its length says how steep the loss is, and the steps need that. Return the
    gradient as it is.

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    (grad,) = torch.autograd.grad(loss, w)
    return grad / grad.norm()


def gradient__times_a_learning_rate(x, y, w):
    """The gradient is a tenth of the right one.

    Is it multiplied by a learning rate? That belongs in the step, in update().
    Return the gradient alone.

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    (grad,) = torch.autograd.grad(loss, w)
    return 0.1 * grad


def gradient__errors_not_multiplied_with_x(x, y, w):
    """Only twice the mean error is returned, a single number.

    That is the gradient for the intercept. By the chain rule, each error is
    multiplied by its row of x: 2/n times x.T @ (x @ w - y), which has two
    entries. Or return all of w.grad.

    Section: 3. Autograd
    """
    error = predict(x, w).detach() - y
    return 2 * error.mean()


def gradient__one_row_for_each_sample(x, y, w):
    """There is one gradient per sample, (n, 2), instead of their mean.

    The gradient of a mean is the mean of the gradients: average over the
    samples with .mean(dim=0), or write 2/n times x.T @ (x @ w - y), which adds
    them up.

    Section: 3. Autograd
    """
    error = predict(x, w).detach() - y
    return 2 * x * error.unsqueeze(1)


def gradient__x_not_transposed(x, y, w):
    """x is multiplied by the errors without being transposed.

    (n, 2) @ (n,) doesn't fit. Write x.T @ (x @ w - y): (2, n) @ (n,) gives
    (2,).

    Section: 3. Autograd
    """
    error = predict(x, w).detach() - y
    return 2 / len(y) * x @ error


def gradient__of_the_sum_of_the_predictions(x, y, w):
    """The predictions are differentiated, not the loss.

    The predictions don't depend on y. Compute loss = mse(predict(x, w), y) and
    call loss.backward().

    Section: 3. Autograd
    """
    total = predict(x, w).sum()
    (grad,) = torch.autograd.grad(total, w)
    return grad


def gradient__of_the_mean_difference(x, y, w):
    """This is the mean of the rows of x: the square is missing.

    Square the differences before you take the mean, or call mse(predict(x, w),
    y), and call backward() on that.

    Section: 3. Autograd
    """
    loss = (predict(x, w) - y).mean()
    (grad,) = torch.autograd.grad(loss, w)
    return grad


def gradient__of_many_numbers(x, y, w):
    """Several numbers are differentiated at once.

    Autograd starts from a single number, the loss. Reduce the predictions to
    one first: mse(predict(x, w), y).backward().

    Section: 3. Autograd
    """
    y_hat = predict(x, w)
    y_hat.backward()
    return w.grad


def gradient__with_respect_to_the_predictions(x, y, w):
    """This is the gradient with respect to y_hat, which has n numbers.

    The parameters are in w. Ask for the gradient with respect to w, or read
    w.grad after backward().

    Section: 3. Autograd
    """
    y_hat = predict(x, w)
    (grad,) = torch.autograd.grad(mse(y_hat, y), y_hat)
    return grad


def gradient__with_respect_to_x(x, y, w):
    """It is differentiated with respect to what does not require grad.

    Is that x, y or a copy of w? What is learnt is w: ask for the gradient with
    respect to w itself. The parameters come in the order gradient(x, y, w).

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y)
    (grad,) = torch.autograd.grad(loss, x)
    return grad


def gradient__item_before_backward(x, y, w):
    """backward() is called on a Python number.

    .item() and float() return a number without a history. Call backward() on
    the tensor that mse() returns.

    Section: 3. Autograd
    """
    loss = mse(predict(x, w), y).item()
    loss.backward()
    return w.grad


def gradient__graph_cut_before_backward(x, y, w):
    """The loss has no history, so autograd has nowhere to go.

    .detach(), torch.tensor(...) and torch.no_grad() all cut the graph. Compute
    the loss from w itself, outside torch.no_grad().

    Section: 3. Autograd
    """
    with torch.no_grad():
        loss = mse(predict(x, w), y)
    loss.backward()
    return w.grad


def gradient__backward_twice(x, y, w):
    """Autograd goes through the same graph a second time.

    The first time frees the graph. One call of backward() is enough; before
    another one, compute the loss again, from w itself.

    Section: 3. Autograd
    """
    w.grad = None
    loss = mse(predict(x, w), y)
    loss.backward()
    loss.backward()
    return w.grad


def gradient__counted_twice(x, y, w):
    """The gradient is twice the right one.

    It is twice as large if backward() runs twice, since the second one adds the
    same gradient again; if a derivative by hand brings in the 2 of the square
    twice; or if a difference from w - h to w + h is divided by h and not by 2h.

    Section: 3. Autograd
    """
    w.grad = None
    loss = mse(predict(x, w), y)
    loss.backward(retain_graph=True)
    loss.backward()
    return w.grad


def gradient__with_respect_to_y(x, y, w):
    """This is the gradient with respect to y.

    Only w is trained: read w.grad, or pass w to torch.autograd.grad.

    Section: 3. Autograd
    """
    target = y.clone().requires_grad_()
    return torch.autograd.grad(mse(predict(x, w), target), target)[0]


def _difference_quotient(x, y, w, h):
    w = w.detach()
    losses = [mse(predict(x, w + h * torch.eye(2)[i]), y) for i in range(2)]
    return (torch.stack(losses) - mse(predict(x, w), y)) / h


def gradient__difference_quotient(x, y, w):
    """This is a difference quotient, with a step that is too large.

    (mse at w + h - mse at w) / h comes near the gradient only for a small h.
    backward() is exact: use it instead.

    Section: 3. Autograd
    """
    return _difference_quotient(x, y, w, 0.01)


def gradient__difference_quotient__with_h_1(x, y, w):
    return _difference_quotient(x, y, w, 1.0)


def gradient__difference_quotient__with_h_a_half(x, y, w):
    return _difference_quotient(x, y, w, 0.5)


def gradient__difference_quotient__with_h_a_tenth(x, y, w):
    return _difference_quotient(x, y, w, 0.1)


def gradient__differences_of_neighbours(x, y, w):
    """The result has differences between samples, not derivatives.

    torch.gradient and numpy.gradient subtract neighbours in a list of values,
    and know nothing of w. Call backward() on the loss and read w.grad, or use
    torch.autograd.grad(loss, w)[0].

    Section: 3. Autograd
    """
    return torch.gradient((predict(x, w).detach() - y) ** 2)[0]


def gradient__differences_of_neighbours__of_the_predictions(x, y, w):
    return torch.gradient(predict(x, w).detach())[0]


def gradient__differences_of_neighbours__of_the_errors(x, y, w):
    return torch.gradient(predict(x, w).detach() - y)[0]
