"""Wrong ways to write train(), each a program, with its hint."""

import torch


def train__one_epoch_short(x, y, w, lr, epochs):
    """There is one epoch too few.

    range(1, epochs) and range(epochs - 1) have epochs - 1 entries. Loop over
    range(epochs).

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(1, epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__one_epoch_too_many(x, y, w, lr, epochs):
    """There is one epoch too many.

    range(epochs + 1) has epochs + 1 entries. range(epochs) begins at 0 and has
    as many as are wanted.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs + 1):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__two_steps_an_epoch(x, y, w, lr, epochs):
    """Every epoch takes two steps.

    update() both moves w and returns the loss. Call it once an epoch, and keep
    what that call returns.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        update(x, y, w, lr)
        losses.append(update(x, y, w, lr).item())
    return losses


def train__epochs_fixed__at_100(x, y, w, lr, epochs):
    """The number of epochs is always the same, whatever epochs is.

    Loop over range(epochs), with the number that the function is given.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(100):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__epochs_fixed__at_10(x, y, w, lr, epochs):
    losses = []
    for _ in range(10):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__epochs_fixed__at_20(x, y, w, lr, epochs):
    losses = []
    for _ in range(20):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__epochs_fixed__at_50(x, y, w, lr, epochs):
    losses = []
    for _ in range(50):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__lr_fixed__a_tenth(x, y, w, lr, epochs):
    """The learning rate is always the same, whatever lr is.

    Hand the lr that the function is given on to update().

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, 0.1).item())
    return losses


def train__lr_fixed__a_hundredth(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, 0.01).item())
    return losses


def train__lr_fixed__a_thousandth(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, 0.001).item())
    return losses


def train__lr_fixed__a_twentieth(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, 0.05).item())
    return losses


def train__lr_fixed__a_half(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, 0.5).item())
    return losses


def train__lr_fixed__a_fifth(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, 0.2).item())
    return losses


def train__lr_fixed__one(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, 1.0).item())
    return losses


def train__lr_shrinks(x, y, w, lr, epochs):
    """The learning rate shrinks from epoch to epoch.

    Here it stays the same throughout: the gradient alone makes the steps
    shorter near the best w. Hand lr to update() as it is.

    Section: 4. Gradient descent
    """
    losses = []
    for epoch in range(epochs):
        losses.append(update(x, y, w, lr / (epoch + 1)).item())
    return losses


def train__stops_early(x, y, w, lr, epochs):
    """Training ends as soon as the loss falls only a little.

    The caller says how many epochs there are. Go through all of them, without
    a break.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
        if len(losses) > 1 and losses[-2] - losses[-1] < 0.01:
            break
    return losses


def train__return_inside_the_loop(x, y, w, lr, epochs):
    """Training ends after the first epoch: return stands inside the loop.

    A return ends the function at once. Move it to the left, so that it comes
    after the loop.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
        return losses


def train__losses_after_the_step(x, y, w, lr, epochs):
    """Each loss is from after its step.

    The first entry is the loss before anything has moved. Keep what update()
    returns, or compute the loss before the step.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        update(x, y, w, lr)
        losses.append(mse(predict(x, w), y).item())
    return losses


def train__final_loss_added(x, y, w, lr, epochs):
    """The list has one loss too many: the one after the last step.

    There is one loss for each epoch, from before its step. Leave out the one
    that is added after the loop.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    losses.append(mse(predict(x, w), y).item())
    return losses


def train__last_loss_only(x, y, w, lr, epochs):
    """Only the last loss is returned.

    Begin with losses = [], append the loss in each epoch, and return the list.

    Section: 4. Gradient descent
    """
    for _ in range(epochs):
        loss = update(x, y, w, lr)
    return loss.item()


def train__list_begun_anew(x, y, w, lr, epochs):
    """The list holds the last loss only: it begins anew in each epoch.

    Put losses = [] before the loop, so that it is made once.

    Section: 4. Gradient descent
    """
    for _ in range(epochs):
        losses = []
        losses.append(update(x, y, w, lr).item())
    return losses


def train__every_tenth_loss(x, y, w, lr, epochs):
    """Only every tenth loss is kept.

    Printing every tenth is fine, but the list holds one loss for each epoch.
    Append outside of the if.

    Section: 4. Gradient descent
    """
    losses = []
    for epoch in range(epochs):
        loss = update(x, y, w, lr)
        if epoch % 10 == 0:
            losses.append(loss.item())
    return losses


def train__mean_of_the_losses(x, y, w, lr, epochs):
    """One number is returned, the mean over the epochs.

    The losses are wanted one by one, to see how they fall. Return the list
    itself.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return sum(losses) / len(losses)


def train__running_sum(x, y, w, lr, epochs):
    """The losses are added up from epoch to epoch.

    Each entry is the loss of its own epoch. Append what update() returns,
    without what came before.

    Section: 4. Gradient descent
    """
    total = 0.0
    losses = []
    for _ in range(epochs):
        total += update(x, y, w, lr).item()
        losses.append(total)
    return losses


def train__running_mean(x, y, w, lr, epochs):
    """Each entry is the mean of all losses so far.

    Each entry is the loss of its own epoch. Append what update() returns, and
    don't average it.

    Section: 4. Gradient descent
    """
    total = 0.0
    losses = []
    for epoch in range(epochs):
        total += update(x, y, w, lr).item()
        losses.append(total / (epoch + 1))
    return losses


def train__divided_by_the_epochs(x, y, w, lr, epochs):
    """Each loss is divided by the number of epochs.

    Each entry is the loss itself: the mse has taken the mean over the samples
    already. Append what update() returns.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item() / epochs)
    return losses


def train__starts_with_a_new_w__zeros(x, y, w, lr, epochs):
    """A new w is trained; the caller's w stays behind.

    w is where training begins and where the result goes. Use the w that the
    function is given, and don't make one inside.

    Section: 4. Gradient descent
    """
    w = torch.zeros(2, requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__starts_with_a_new_w__ones(x, y, w, lr, epochs):
    w = torch.ones(2, requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__starts_with_a_new_w__the_first_guess(x, y, w, lr, epochs):
    w = torch.tensor([-1.0, 1.0], requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__starts_with_a_new_w__normal(x, y, w, lr, epochs):
    w = torch.randn(2, requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__starts_with_a_new_w__uniform(x, y, w, lr, epochs):
    w = torch.rand(2, requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__starts_with_a_new_w__the_true_weights(x, y, w, lr, epochs):
    w = torch.tensor([3.0, 2.0], requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__resets_w__zeros(x, y, w, lr, epochs):
    """w is set to other numbers before training begins.

    Training goes on from where w is, so that a second call continues the
    first. Leave w as it comes; only its gradient has to be cleared.

    Section: 4. Gradient descent
    """
    with torch.no_grad():
        w.zero_()
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__resets_w__ones(x, y, w, lr, epochs):
    with torch.no_grad():
        w.fill_(1.0)
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__resets_w__the_first_guess(x, y, w, lr, epochs):
    with torch.no_grad():
        w.copy_(torch.tensor([-1.0, 1.0]))
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__resets_w__normal(x, y, w, lr, epochs):
    with torch.no_grad():
        w.normal_()
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__trains_a_copy(x, y, w, lr, epochs):
    """The losses are right, but the caller's w does not move.

    clone() and torch.tensor(...) make a copy, and that is what gets trained.
    Change the w that was passed in, in place.

    Section: 4. Gradient descent
    """
    w = w.detach().clone().requires_grad_()
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__trains_a_copy_that_is_no_leaf(x, y, w, lr, epochs):
    """w is replaced by a copy that is no leaf, and so gets no gradient.

    backward() stores gradients in leaves only, and what clone() returns was
    computed. No copy is needed: train the w that was passed in.

    Section: 4. Gradient descent
    """
    w = w.clone()
    losses = []
    for _ in range(epochs):
        loss = mse(predict(x, w), y)
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
        losses.append(loss.item())
    return losses


def train__rebinds_w(x, y, w, lr, epochs):
    """w = w - ... makes a new tensor, which is no leaf and has no gradient.

    The caller's w never moves, and the second epoch finds None in w.grad.
    Change w in place, w -= lr * w.grad, inside torch.no_grad().

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        loss = mse(predict(x, w), y)
        loss.backward()
        w = w - lr * w.grad
        losses.append(loss.item())
    return losses


def train__rebinds_w_inside_no_grad(x, y, w, lr, epochs):
    """w = w - ... makes a new tensor, and inside no_grad one without grad.

    The caller's w never moves, and the second epoch has nothing to
    differentiate. Change w in place: w -= lr * w.grad.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        loss = mse(predict(x, w), y)
        loss.backward()
        with torch.no_grad():
            w = w - lr * w.grad
        losses.append(loss.item())
    return losses


def train__new_leaf_each_epoch(x, y, w, lr, epochs):
    """Every epoch makes a new leaf, and the caller's w does not move.

    w = ... gives the name to another tensor; what the caller holds stays as it
    was. Change w in place, w -= lr * w.grad, inside torch.no_grad(), and clear
    its gradient.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        loss = mse(predict(x, w), y)
        loss.backward()
        w = (w - lr * w.grad).detach().requires_grad_()
        losses.append(loss.item())
    return losses


def train__never_steps(x, y, w, lr, epochs):
    """The loss is the same in each epoch: w never moves.

    Call update() once an epoch. In a loop of your own, backward() comes first,
    then the step, and zero_() after that.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(mse(predict(x, w), y).item())
    return losses


def train__gradient_piles_up(x, y, w, lr, epochs):
    """The gradients of all epochs add up.

    backward() adds to w.grad. Clear it once in each epoch, with w.grad.zero_()
    after the step, or call update(), which does.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        loss = mse(predict(x, w), y)
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        losses.append(loss.item())
    return losses


def train__gradient_cleared_once_only(x, y, w, lr, epochs):
    """The gradient is cleared once for all epochs, not in each of them.

    backward() adds to w.grad at each epoch. Move the line that clears it into
    the loop, after the step.

    Section: 4. Gradient descent
    """
    w.grad = None
    losses = []
    for _ in range(epochs):
        loss = mse(predict(x, w), y)
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        losses.append(loss.item())
    return losses


def train__clears_a_gradient_that_is_none(x, y, w, lr, epochs):
    """zero_() is called where w.grad is None.

    A fresh w has no gradient before its first backward(), and neither has the
    new tensor that w = w - ... makes. Change w in place, and clear after the
    step.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        w.grad.zero_()
        loss = mse(predict(x, w), y)
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        losses.append(loss.item())
    return losses


def train__outside_no_grad(x, y, w, lr, epochs):
    """w is changed in place while autograd is watching.

    A leaf that requires grad can't be changed in place where it is recorded.
    Put the step into a block with torch.no_grad(), or call update().

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        loss = mse(predict(x, w), y)
        loss.backward()
        w -= lr * w.grad
        w.grad.zero_()
        losses.append(loss.item())
    return losses


def train__ascent(x, y, w, lr, epochs):
    """The steps go up the slope: the loss rises from epoch to epoch.

    The gradient points to where the loss rises. Subtract lr * w.grad from w,
    or call update(), which does.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        loss = mse(predict(x, w), y)
        loss.backward()
        with torch.no_grad():
            w += lr * w.grad
            w.grad.zero_()
        losses.append(loss.item())
    return losses


def train__one_step_for_each_sample(x, y, w, lr, epochs):
    """An epoch takes a step for each sample, not one for all.

    In this section each step uses all samples, so one step is one epoch. Give
    update() the whole of x and y.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(mse(predict(x, w), y).item())
        for row in range(len(x)):
            update(x[row : row + 1], y[row : row + 1], w, lr)
    return losses


def train__returns_w(x, y, w, lr, epochs):
    """w is returned, not the losses.

    w has been changed in place, so the caller has it already. Return the list
    of the losses.

    Section: 4. Gradient descent
    """
    for _ in range(epochs):
        update(x, y, w, lr)
    return w


def train__returns_w_too(x, y, w, lr, epochs):
    """A pair is returned, of w and the losses.

    w has been changed in place, so the caller has it already. Return the list
    of the losses alone.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return w, losses


def train__returns_nothing(x, y, w, lr, epochs):
    """Training is right, but nothing is returned.

    Keep the losses in a list instead of only printing them: append the loss in
    each epoch, and end with return losses.

    Section: 4. Gradient descent
    """
    for epoch in range(epochs):
        loss = update(x, y, w, lr)
        print(epoch, loss.item())
