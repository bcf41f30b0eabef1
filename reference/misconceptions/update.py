"""Misconceptions about update(): wrong programs with their hints."""

import torch


def update__never_zeroed(x, y, w, lr):
    """The gradient of earlier calls is not cleared in each call.

    backward() adds to w.grad. Clear it in every step, and not only in some:
    call w.grad.zero_(), with its brackets, or set w.grad = None.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.detach()


def update__w_stands_still(x, y, w, lr):
    """The caller's w does not move.

    These leave it where it is: w = w - ..., which makes a new tensor; a step
    on a clone or in a model that has a copy; clearing w.grad between backward()
    and the step; and backward() of a tensor made anew of the loss, such as
    torch.tensor(loss.item()), which knows nothing of w. Change w in place, and
    clear w.grad after that.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    w.grad.zero_()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.detach()


def update__clears_a_gradient_that_is_none(x, y, w, lr):
    """zero_() is called on a gradient that is None.

    A new w has no gradient before its first backward(), and neither does the
    new tensor that w = w - ... makes. Change w in place, and clear its
    gradient after the step.

    Section: 4. Gradient descent
    """
    w.grad.zero_()
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    return loss.detach()


def update__no_gradient_at_the_step(x, y, w, lr):
    """w.grad is None when the step needs it.

    backward() puts it there, if w is a leaf. Call loss.backward() before the
    step, and clear the gradient only after it.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    with torch.no_grad():
        w -= lr * w.grad
    return loss.detach()


def update__steps_with_the_old_gradient(x, y, w, lr):
    """Each step uses the gradient of the call before.

    The first call moves nothing. Call backward() first, then take the step,
    then clear the gradient.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    if w.grad is not None:
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
    loss.backward()
    return loss.detach()


def update__ascent(x, y, w, lr):
    """The step goes up the slope: the loss rises.

    The gradient points to where the loss rises. Go the other way: subtract lr
    * w.grad from w. If you do, is the sign wrong in a gradient of your own?

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w += lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update__outside_no_grad(x, y, w, lr):
    """w is changed in place while autograd is recording.

    A leaf that requires grad can't be changed in place while autograd records.
    Put the step in a block with torch.no_grad().

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    w -= lr * w.grad
    w.grad.zero_()
    return loss.detach()


def update__loses_requires_grad(x, y, w, lr):
    """After the step, w no longer requires grad.

    You don't have to switch anything off for the step: torch.no_grad() is
    enough. Inside it, change w in place; w = w - ... would make a new tensor
    that doesn't require grad.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    w.requires_grad = False
    w -= lr * w.grad
    w.grad.zero_()
    return loss.detach()


def update__all_inside_no_grad(x, y, w, lr):
    """The loss has no history, so autograd has nowhere to go.

    torch.no_grad(), .detach() and torch.tensor(...) all cut the graph. Compute
    the loss from w before the block with torch.no_grad(), and only take the
    step inside it.

    Section: 4. Gradient descent
    """
    with torch.no_grad():
        loss = mse(predict(x, w), y)
        loss.backward()
        w -= lr * w.grad
        w.grad.zero_()
    return loss


def update__item_before_backward(x, y, w, lr):
    """backward() is called on a Python number.

    .item() and float() return a number without a history. Call backward() on
    the tensor that mse() returns, and convert it afterwards, if at all.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y).item()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss


def update__backward_on_many_numbers(x, y, w, lr):
    """Several numbers are differentiated at once.

    Autograd starts from a single number, the loss. Take the mean of the
    squares first, as mse() does.

    Section: 4. Gradient descent
    """
    loss = (predict(x, w) - y) ** 2
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach().mean()


def update__backward_twice(x, y, w, lr):
    """Autograd goes through the same graph a second time.

    The first time frees the graph. Each step computes a new loss, from w
    itself, and calls backward() on it once.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update__gradient_counted_twice(x, y, w, lr):
    """The step is twice as long as it should be.

    With retain_graph=True, a second backward() adds the same gradient again.
    By hand, the derivative of the square brings in the 2 only once.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward(retain_graph=True)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update__zero_grad_of_a_tensor(x, y, w, lr):
    """A tensor has no zero_grad(); only optimizers and modules do.

    Clear the gradient itself: w.grad.zero_() or w.grad = None.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    w.zero_grad()
    return loss.detach()


def update__zeroes_w(x, y, w, lr):
    """After the call, w itself is zero.

    It is the gradient that has to be cleared, so that the next one is not
    added to it: call w.grad.zero_(), and leave w where the step has put it.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.zero_()
    return loss.detach()


def update__lr_fixed__a_tenth(x, y, w, lr):
    """The learning rate is always the same, whatever lr is.

    Multiply the gradient by the lr that the function is given.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
    return loss.detach()


def update__lr_fixed__a_hundredth(x, y, w, lr):
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
        w.grad.zero_()
    return loss.detach()


def update__lr_fixed__a_thousandth(x, y, w, lr):
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.001 * w.grad
        w.grad.zero_()
    return loss.detach()


def update__lr_fixed__a_twentieth(x, y, w, lr):
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
        w.grad.zero_()
    return loss.detach()


def update__lr_fixed__a_half(x, y, w, lr):
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.5 * w.grad
        w.grad.zero_()
    return loss.detach()


def update__lr_fixed__a_fifth(x, y, w, lr):
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= 0.2 * w.grad
        w.grad.zero_()
    return loss.detach()


def update__lr_missing(x, y, w, lr):
    """The whole gradient is subtracted, without the learning rate.

    The learning rate sets the length of the step: subtract lr * w.grad.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= w.grad
        w.grad.zero_()
    return loss.detach()


def update__step_divided_by_n(x, y, w, lr):
    """The step is divided by the number of samples once too often.

    The mse is already a mean, and so is its gradient: divide by n only once.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr / len(y) * w.grad
        w.grad.zero_()
    return loss.detach()


def update__gradient_not_divided_by_n(x, y, w, lr):
    """The step is n times too long, but the loss is right.

    The gradient of the mean is 2/n times x.T @ (x @ w - y). Divide by the
    number of samples, or let backward() work it out from the mean.

    Section: 4. Gradient descent
    """
    with torch.no_grad():
        error = predict(x, w) - y
        w -= lr * 2 * x.T @ error
    return (error**2).mean()


def update__factor_two_missing(x, y, w, lr):
    """The step is half as long as it should be, but the loss is right.

    The gradient is 2/n times x.T @ (x @ w - y). Is the 2 missing, or is it
    divided by 2 n? x.numel() counts both columns of x. Or let backward() work
    it out.

    Section: 4. Gradient descent
    """
    with torch.no_grad():
        error = predict(x, w) - y
        w -= lr / len(y) * x.T @ error
    return (error**2).mean()


def update__loss_is_a_sum(x, y, w, lr):
    """The loss is the sum of the squares: loss and step are n times too large.

    The mse is their mean. Compute the loss as mse(predict(x, w), y).

    Section: 4. Gradient descent
    """
    loss = ((predict(x, w) - y) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update__loss_is_halved(x, y, w, lr):
    """The loss is half the mse, so loss and step are half as large.

    In this lab the loss is the plain mean of the squares. Compute it as
    mse(predict(x, w), y), without 1/2.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y) / 2
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update__steps_by_the_loss(x, y, w, lr):
    """The loss itself is subtracted from w, not its gradient.

    The loss says how bad the line is; its gradient says which way to go.
    Subtract lr * w.grad, after backward().

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    with torch.no_grad():
        w -= lr * loss
    return loss.detach()


def update__replaces_w(x, y, w, lr):
    """w is replaced by the step instead of being moved by it.

    The step starts from where w is: the new w is the old one minus lr *
    w.grad. Write w -= lr * w.grad.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w.copy_(-lr * w.grad)
        w.grad.zero_()
    return loss.detach()


def update__slope_only(x, y, w, lr):
    """Only the slope moves; the intercept stays.

    Both entries of w are parameters. Change all of w at once: w -= lr *
    w.grad.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w[0] -= lr * w.grad[0]
        w.grad.zero_()
    return loss.detach()


def update__slope_before_intercept(x, y, w, lr):
    """The slope moves first, and the intercept's gradient is taken after that.

    A step uses one gradient, taken at the old w. Compute both entries first,
    then move both: w -= lr * w.grad.

    Section: 4. Gradient descent
    """
    with torch.no_grad():
        error = predict(x, w) - y
        loss = (error**2).mean()
        w[0] -= lr * 2 * (error * x[:, 0]).mean()
        error = predict(x, w) - y
        w[1] -= lr * 2 * error.mean()
    return loss


def update__unit_length(x, y, w, lr):
    """The gradient is scaled to length 1, or clipped to it, before the step.

    A steep loss should make a long step, and a flat one a short step. Subtract
    lr * w.grad, with w.grad as it is.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad / w.grad.norm()
        w.grad.zero_()
    return loss.detach()


def update__sign_only(x, y, w, lr):
    """Both entries of w move by lr: only the signs of the gradient count.

    The first step of torch.optim.Adam does the same. Plain gradient descent
    subtracts lr * w.grad; among the optimizers, that is torch.optim.SGD.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad.sign()
        w.grad.zero_()
    return loss.detach()


def update__two_steps(x, y, w, lr):
    """One call takes two steps.

    update() is a single step, and repeating it is the job of train(). Leave
    out the loop or the second call.

    Section: 4. Gradient descent
    """
    for _ in range(2):
        loss = mse(predict(x, w), y)
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
    return loss.detach()


def update__trains_to_the_end(x, y, w, lr):
    """One call takes a hundred steps.

    update() is a single step, and repeating it is the job of train(). Take out
    the loop.

    Section: 4. Gradient descent
    """
    for _ in range(100):
        loss = mse(predict(x, w), y)
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
    return loss.detach()


def update__one_step_for_each_sample(x, y, w, lr):
    """One call takes a step for each sample.

    One step uses the gradient of the mean over all samples. Leave out the loop
    over the rows, and give predict() all of x.

    Section: 4. Gradient descent
    """
    before = mse(predict(x, w), y).detach()
    for row in range(len(x)):
        loss = mse(predict(x[row : row + 1], w), y[row : row + 1])
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
    return before


def update__loss_after_the_step(x, y, w, lr):
    """The loss after the step is returned.

    Return the loss from before the step, and not one that is computed after
    it.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return mse(predict(x, w), y).detach()


def update__returns_w(x, y, w, lr):
    """w is returned, not the loss.

    w has been changed in place, so the caller already has it. Return the loss
    before the step.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return w


def update__returns_loss_and_w(x, y, w, lr):
    """A pair of the loss and w is returned.

    w has been changed in place, so the caller already has it. Return only the
    loss.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach(), w


def update__returns_the_gradient(x, y, w, lr):
    """The gradient is returned, not the loss.

    Returning the gradient is the job of gradient(). Return the loss before the
    step.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    (grad,) = torch.autograd.grad(loss, w)
    with torch.no_grad():
        w -= lr * grad
    return grad


def update__returns_nothing(x, y, w, lr):
    """The step is right, but nothing is returned.

    End with return loss, the loss before the step, so that the caller can
    watch it fall.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()


# The classroom's style: whatever is not a parameter is a global.


def update__w_is_local():
    """Assigning to w inside the function makes it a local name there.

    Write global w in the first line of the function, or change w with a method
    such as w.sub_(...), which needs no assignment.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad


def update__step_is_recorded():
    """After the step, w is a computed tensor, not a leaf.

    Autograd records w = w - ... as a computation. Change w in place, inside a
    block with torch.no_grad().

    Section: 4. Gradient descent
    """
    global w
    loss = mse(predict(x, w), y)
    loss.backward()
    w = w - lr * w.grad


def update__loss_as_a_text(x, y, w, lr):
    """The step is right, but the loss is returned as a text.

    Return the number itself, and format it only where you print it.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return f"{loss:.4f}"


def update__unit_length__clipped(x, y, w, lr):
    loss = mse(predict(x, w), y)
    loss.backward()
    torch.nn.utils.clip_grad_norm_([w], 1.0)
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update__gradient_clipped__each_entry_to_1(x, y, w, lr):
    """The gradient is clipped: large entries are made smaller before the step.

    Here the step is lr times the gradient, however large it is. Leave the
    gradient as it is.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad.clamp(-1, 1)
        w.grad.zero_()
    return loss.detach()


def update__gradient_clipped__each_entry_to_a_half(x, y, w, lr):
    loss = mse(predict(x, w), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad.clamp(-0.5, 0.5)
        w.grad.zero_()
    return loss.detach()


def update__first_sample_only(x, y, w, lr):
    """The step uses only the first sample.

    The loss is the mean over all samples: use all rows of x and y.

    Section: 4. Gradient descent
    """
    loss = mse(predict(x[:1], w), y[:1])
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update__one_random_sample(x, y, w, lr):
    """The step uses one random sample.

    Here each step uses all samples: use all rows of x and y. Batches come in
    section 6.

    Section: 4. Gradient descent
    """
    row = torch.randint(0, len(x), (1,))
    loss = mse(predict(x[row], w), y[row])
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update__absolute_error(x, y, w, lr):
    """The step follows the mean absolute error.

    The loss is the mean squared error: call mse(predict(x, w), y).

    Section: 4. Gradient descent
    """
    loss = (predict(x, w) - y).abs().mean()
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        w.grad.zero_()
    return loss.detach()


def update__newton_step(x, y, w, lr):
    """The step is that of Newton's method: the gradient is divided by the curvature.

    Gradient descent does without second derivatives: move w by -lr times the
    gradient.

    Section: 4. Gradient descent
    """
    with torch.no_grad():
        loss = mse(predict(x, w), y)
        w -= lr * torch.linalg.solve(x.T @ x, x.T @ (predict(x, w) - y))
    return loss


def update__newton_step__by_the_inverse(x, y, w, lr):
    with torch.no_grad():
        loss = mse(predict(x, w), y)
        w -= lr * torch.inverse(x.T @ x) @ x.T @ (predict(x, w) - y)
    return loss
