"""Misconceptions about update_logistic(): wrong programs with their hints."""

import torch


def _logistic_step(w, loss, lr):
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__never_zeroed(x, y, w, lr):
    """The gradient of earlier calls is not cleared in each call.

    backward() adds to w.grad. Clear it in every step, and not only in some:
    call w.grad.zero_(), with its brackets, or set w.grad = None.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.detach()


def update_logistic__w_stands_still(x, y, w, lr):
    """The caller's w does not move.

    These leave it where it is: w = w - ..., which makes a new tensor; a step
    on a clone or in a model that has a copy; clearing w.grad between backward()
    and the step; and backward() of a tensor made anew of the loss, such as
    torch.tensor(loss.item()), which knows nothing of w. Change w in place, and
    clear w.grad after that.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    w.grad.zero_()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.detach()


def update_logistic__clears_a_gradient_that_is_none(x, y, w, lr):
    """zero_() is called on a gradient that is None.

    A new w has no gradient before its first backward(). Clear it after the
    step.

    Section: 7. Going further: logistic regression
    """
    w.grad.zero_()
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.detach()


def update_logistic__no_gradient_at_the_step(x, y, w, lr):
    """w.grad is None when the step needs it.

    backward() puts it there, if w is a leaf. Call loss.backward() before the
    step, and clear the gradient only after it.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    with torch.no_grad():
        w -= lr * w.grad
    return loss.detach()


def update_logistic__outside_no_grad(x, y, w, lr):
    """w is changed in place while autograd is recording.

    A leaf that requires grad can't be changed in place while autograd records.
    Put the step in a block with torch.no_grad().

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    w -= lr * w.grad
    w.grad.zero_()
    return loss.detach()


def update_logistic__all_inside_no_grad(x, y, w, lr):
    """The loss has no history, so autograd has nowhere to go.

    torch.no_grad(), .detach() and torch.tensor(...) cut the graph. Compute the
    loss from w before the block with torch.no_grad(), and only take the step
    inside it.

    Section: 7. Going further: logistic regression
    """
    with torch.no_grad():
        loss = cross_entropy(predict_proba(x, w), y)
        loss.backward()
        w -= lr * w.grad
    return loss


def update_logistic__ascent(x, y, w, lr):
    """The step goes up the slope: the loss rises.

    The gradient points to where the loss rises. Subtract lr * w.grad from w.
    If you do, is the sign wrong in a gradient of your own? It has p - y.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w += lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__loss_after_the_step(x, y, w, lr):
    """The loss after the step is returned.

    Return the loss from before the step, and not one that is computed after
    it.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return cross_entropy(predict_proba(x, w), y).detach()


def update_logistic__loses_requires_grad(x, y, w, lr):
    """After the step, w no longer requires grad.

    torch.no_grad() is all that the step needs. Leave requires_grad as it is,
    and change w in place.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    w.requires_grad = False
    w -= lr * w.grad
    w.grad.zero_()
    return loss.detach()


def update_logistic__lr_fixed__a_tenth(x, y, w, lr):
    """The learning rate is always the same, whatever lr is.

    Multiply the gradient by the lr that the function is given.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__lr_fixed__a_hundredth(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__lr_fixed__a_thousandth(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.001 * w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__lr_fixed__a_twentieth(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__lr_fixed__a_fifth(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.2 * w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__lr_fixed__a_third(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.3 * w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__lr_missing(x, y, w, lr):
    """The whole gradient is subtracted: lr is not used.

    Multiply the gradient by lr.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__returns_nothing(x, y, w, lr):
    """The loss is not returned.

    End with return and the loss before the step.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()


def update_logistic__returns_w(x, y, w, lr):
    """w is returned, not the loss.

    w changes in place, so the caller already has it. Return the loss before
    the step.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return w


def update_logistic__returns_the_gradient(x, y, w, lr):
    """The gradient is returned, not the loss.

    Return the loss before the step.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    grad = w.grad.clone()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return grad


def update_logistic__squared_error(x, y, w, lr):
    """The step follows the mean squared error of the probabilities.

    For classes, the loss is cross_entropy(), not mse().

    Section: 7. Going further: logistic regression
    """
    return _logistic_step(w, mse(predict_proba(x, w), y), lr)


def update_logistic__regression(x, y, w, lr):
    """This is the update() of the regression: a line, and the mse.

    Here the model is predict_proba(), and the loss is cross_entropy().

    Section: 7. Going further: logistic regression
    """
    return _logistic_step(w, mse(predict(x, w), y), lr)


def update_logistic__logits_as_probabilities(x, y, w, lr):
    """The line x @ w goes into the loss as if it were a probability.

    Put it through the sigmoid first: the model is predict_proba().

    Section: 7. Going further: logistic regression
    """
    return _logistic_step(w, cross_entropy(predict(x, w), y), lr)


def update_logistic__sigmoid_twice(x, y, w, lr):
    """The sigmoid is applied twice.

    predict_proba() already applies it, and binary_cross_entropy_with_logits
    expects x @ w, before the sigmoid.

    Section: 7. Going further: logistic regression
    """
    p = sigmoid(predict_proba(x, w))
    return _logistic_step(w, cross_entropy(p, y), lr)


def update_logistic__classes_swapped(x, y, w, lr):
    """The classes are swapped.

    Pass y as it is, with the probability of class 1, in the order
    cross_entropy(p, y).

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), 1 - y)
    return _logistic_step(w, loss, lr)


def update_logistic__rounded(x, y, w, lr):
    """The probabilities are rounded to classes before the loss.

    Rounding leaves no gradient, so w does not move. Use the probabilities as
    they are.

    Section: 7. Going further: logistic regression
    """
    p = predict_proba(x, w).round()
    return _logistic_step(w, cross_entropy(p, y), lr)


def update_logistic__sum_instead_of_mean(x, y, w, lr):
    """The step is n times too long, as if summed over the samples.

    Take the mean over the samples: the gradient of the mean is x.T @ (p - y) /
    n.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    (loss * len(y)).backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__loss_is_a_sum(x, y, w, lr):
    """The losses of all samples are summed, not averaged.

    Use the mean over the samples, as in cross_entropy().

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y) * len(y)
    return _logistic_step(w, loss, lr)


def update_logistic__step_divided_by_n(x, y, w, lr):
    """The step is divided by the number of samples once too often.

    Divide by n only once: a mean does that already.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad / len(y)
        w.grad.zero_()
    return loss.detach()


def update_logistic__two_steps(x, y, w, lr):
    """One call takes two steps.

    Call backward() once and change w once.

    Section: 7. Going further: logistic regression
    """
    _logistic_step(w, cross_entropy(predict_proba(x, w), y), lr)
    return _logistic_step(w, cross_entropy(predict_proba(x, w), y), lr)


def update_logistic__gradient_counted_twice(x, y, w, lr):
    """The step is twice as long as it should be.

    The gradient of the mean cross entropy has no factor 2: by hand, it is x.T
    @ (p - y) / n. And backward() is called once per step.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 2 * lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update_logistic__slope_only(x, y, w, lr):
    """Only the slope moves; the intercept stays.

    Change all of w by the whole gradient, not only w[0].

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w[0] -= lr * w.grad[0]
        w.grad.zero_()
    return loss.detach()


def update_logistic__unit_length(x, y, w, lr):
    """The gradient is scaled to length 1 before the step.

    Subtract lr times the gradient as it is: near the minimum, that alone makes
    the steps shorter.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad / w.grad.norm()
        w.grad.zero_()
    return loss.detach()


def update_logistic__loss_as_a_text(x, y, w, lr):
    """The step is right, but the loss is returned as a text.

    Return the number itself, and format it only where you print it.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    _logistic_step(w, loss, lr)
    return f"{loss:.4f}"


def update_logistic__arguments_swapped(x, y, w, lr):
    """The loss takes the logarithm of the classes, not of the probabilities.

    Are the arguments swapped? The probabilities come first:
    cross_entropy(predict_proba(x, w), y).

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(y, predict_proba(x, w))
    _logistic_step(w, loss, lr)
    return loss.detach()


def _arguments_swapped(x, y, w, lr, eps):
    p = predict_proba(x, w)
    loss = -(p * torch.log(y + eps) + (1 - p) * torch.log(1 - y + eps)).mean()
    return _logistic_step(w, loss, lr)


def update_logistic__arguments_swapped__with_eps_3(x, y, w, lr):
    return _arguments_swapped(x, y, w, lr, 1e-3)


def update_logistic__arguments_swapped__with_eps_4(x, y, w, lr):
    return _arguments_swapped(x, y, w, lr, 1e-4)


def update_logistic__arguments_swapped__with_eps_5(x, y, w, lr):
    return _arguments_swapped(x, y, w, lr, 1e-5)


def update_logistic__arguments_swapped__with_eps_6(x, y, w, lr):
    return _arguments_swapped(x, y, w, lr, 1e-6)


def update_logistic__arguments_swapped__with_eps_7(x, y, w, lr):
    return _arguments_swapped(x, y, w, lr, 1e-7)


def update_logistic__arguments_swapped__with_eps_8(x, y, w, lr):
    return _arguments_swapped(x, y, w, lr, 1e-8)


def update_logistic__arguments_swapped__with_eps_9(x, y, w, lr):
    return _arguments_swapped(x, y, w, lr, 1e-9)


def update_logistic__arguments_swapped__with_eps_10(x, y, w, lr):
    return _arguments_swapped(x, y, w, lr, 1e-10)


def update_logistic__arguments_swapped__with_eps_12(x, y, w, lr):
    return _arguments_swapped(x, y, w, lr, 1e-12)


def update_logistic__arguments_swapped__with_eps_15(x, y, w, lr):
    return _arguments_swapped(x, y, w, lr, 1e-15)


def update_logistic__arguments_swapped__by_torch(x, y, w, lr):
    p = predict_proba(x, w)
    loss = torch.nn.functional.binary_cross_entropy(y, p)
    return _logistic_step(w, loss, lr)


def update_logistic__returns_the_accuracy(x, y, w, lr):
    """The share of right classes is returned, not the loss.

    Return the cross entropy before the step.

    Section: 7. Going further: logistic regression
    """
    p = predict_proba(x, w).detach()
    _logistic_step(w, cross_entropy(predict_proba(x, w), y), lr)
    return ((p > 0.5) == y).float().mean()


def update_logistic__returns_the_accuracy__after_the_step(x, y, w, lr):
    _logistic_step(w, cross_entropy(predict_proba(x, w), y), lr)
    p = predict_proba(x, w).detach()
    return ((p > 0.5) == y).float().mean()


def update_logistic__slope_of_the_sigmoid_by_hand(x, y, w, lr):
    """The gradient has a factor p * (1 - p) too much.

    By hand, the gradient of the mean cross entropy is x.T @ (p - y) / n: the
    slope of the sigmoid, p * (1 - p), cancels.

    Section: 7. Going further: logistic regression
    """
    loss = cross_entropy(predict_proba(x, w), y)
    with torch.no_grad():
        p = predict_proba(x, w)
        w -= lr * x.T @ ((p - y) * p * (1 - p)) / len(y)
    return loss.detach()


def update_logistic__newton_step(x, y, w, lr):
    """The step is that of Newton's method: the gradient is divided by the curvature.

    Gradient descent does without second derivatives: move w by -lr times the
    gradient.

    Section: 7. Going further: logistic regression
    """
    with torch.no_grad():
        p = predict_proba(x, w)
        loss = cross_entropy(p, y)
        hessian = x.T @ (x * (p * (1 - p))[:, None]) / len(y)
        w -= lr * torch.linalg.solve(hessian, x.T @ (p - y) / len(y))
    return loss


def update_logistic__newton_step__by_the_inverse(x, y, w, lr):
    with torch.no_grad():
        p = predict_proba(x, w)
        loss = cross_entropy(p, y)
        hessian = x.T @ (x * (p * (1 - p))[:, None]) / len(y)
        w -= lr * torch.inverse(hessian) @ (x.T @ (p - y) / len(y))
    return loss
