"""Misconceptions about train(): wrong programs with their hints."""

import torch


def train__one_epoch_short(x, y, w, lr, epochs):
    """There is one epoch too few.

    range(1, epochs) and range(epochs - 1) have only epochs - 1 entries. Loop
    over range(epochs).

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(1, epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__one_epoch_too_many(x, y, w, lr, epochs):
    """There is one epoch too many.

    range(epochs + 1) has epochs + 1 entries. range(epochs) starts at 0 and has
    exactly as many as you need.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs + 1):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__two_steps_an_epoch(x, y, w, lr, epochs):
    """Every epoch takes two steps.

    update() both moves w and returns the loss. Call it once per epoch, and
    keep what that call returns.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        update(x, y, w, lr)
        losses.append(update(x, y, w, lr).item())
    return losses


def train__epochs_fixed__at_100(x, y, w, lr, epochs):
    """The number of epochs is always the same, whatever epochs is.

    Loop over range(epochs), with the epochs that the function is given.

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

    Pass the lr that the function is given on to update().

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

    Here it stays the same throughout: near the best w the gradient gets
    smaller, and that alone makes the steps shorter. Pass lr to update() as it
    is.

    Section: 4. Gradient descent
    """
    losses = []
    for epoch in range(epochs):
        losses.append(update(x, y, w, lr / (epoch + 1)).item())
    return losses


def train__stops_early(x, y, w, lr, epochs):
    """Training ends before all the epochs are run.

    The caller decides how many epochs there are. Run all of them, also where
    the loss falls only a little.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
        if len(losses) > 1 and losses[-2] - losses[-1] < 0.01:
            break
    return losses


def train__return_inside_the_loop(x, y, w, lr, epochs):
    """Training ends after the first epoch.

    Is return inside the loop? It ends the function at once. Indent it less, so
    that it comes after the loop.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
        return losses


def train__losses_after_the_step(x, y, w, lr, epochs):
    """Each loss is the one after its step.

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

    There is one loss per epoch, from before its step. Leave out the last one.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    losses.append(mse(predict(x, w), y).item())
    return losses


def train__last_loss_only(x, y, w, lr, epochs):
    """Only the last loss is returned.

    Start with losses = [], append the loss in each epoch, and return the list.

    Section: 4. Gradient descent
    """
    for _ in range(epochs):
        loss = update(x, y, w, lr)
    return loss.item()


def train__list_begun_anew(x, y, w, lr, epochs):
    """The list holds only the last loss.

    If losses = [] is inside the loop, every epoch starts a new list. Put it
    before the loop.

    Section: 4. Gradient descent
    """
    for _ in range(epochs):
        losses = []
        losses.append(update(x, y, w, lr).item())
    return losses


def train__every_tenth_loss(x, y, w, lr, epochs):
    """Only every tenth loss is kept.

    Printing every tenth loss is fine, but the list holds one loss per epoch.
    Append outside the if.

    Section: 4. Gradient descent
    """
    losses = []
    for epoch in range(epochs):
        loss = update(x, y, w, lr)
        if epoch % 10 == 0:
            losses.append(loss.item())
    return losses


def train__mean_of_the_losses(x, y, w, lr, epochs):
    """A single number is returned, the mean over the epochs.

    The losses are needed one by one, to see how they fall. Return the list
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
    without adding what came before.

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

    Each entry should be the loss of its own epoch. Append what update()
    returns, and don't average it.

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

    Each entry should be the loss itself: the mse has already taken the mean
    over the samples. Append what update() returns.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item() / epochs)
    return losses


def train__starts_with_a_new_w__zeros(x, y, w, lr, epochs):
    """A new w is trained, and the caller's w is left as it was.

    Training starts from w, and its result goes into w. Use the w that the
    function is given, and don't make a new one.

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
    """w is set to other values before training begins.

    Training goes on from where w is, so that a second call continues the
    first. Leave w as it is; only its gradient has to be cleared.

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
    """The caller's w does not move.

    Is a copy trained, such as clone() or torch.tensor(...) makes? Change the w
    that was passed in, in place.

    Section: 4. Gradient descent
    """
    w = w.detach().clone().requires_grad_()
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__trains_a_copy_that_is_no_leaf(x, y, w, lr, epochs):
    """w.grad is None when the step needs it.

    backward() puts gradients only into leaves. Is loss.backward() missing
    before the step, or is w a copy, such as clone() makes? You don't need a
    copy: train the w that was passed in.

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
    """In the second epoch w.grad is None, and the caller's w never moves.

    w = w - ... makes a new tensor, which is not a leaf. Change w in place, w
    -= lr * w.grad, inside torch.no_grad().

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
    """In the second epoch, the loss has no history to differentiate.

    w = w - ... inside torch.no_grad() makes a tensor that doesn't require
    grad, and leaves the caller's w where it is. Change w in place: w -= lr *
    w.grad.

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
    """Another tensor is trained, and the caller's w does not move.

    w = ... gives the name to another tensor; the caller's tensor stays as it
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
    """The loss is the same in each epoch, and w does not move.

    Call update() once per epoch. In a loop of your own, backward() comes
    first, on the loss itself and not on a tensor made anew of it; then the
    step, then zero_().

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(mse(predict(x, w), y).item())
    return losses


def train__gradient_piles_up(x, y, w, lr, epochs):
    """The gradients of all epochs add up.

    backward() adds to w.grad. Clear it once per epoch, with w.grad.zero_()
    after the step, or call update() for each step.

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

    backward() adds to w.grad in each epoch. Move the line that clears it into
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
    """zero_() is called on a gradient that is None.

    A new w has no gradient before its first backward(), and neither does the
    new tensor that w = w - ... makes. Change w in place, and clear its
    gradient after the step.

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
    """w is changed in place while autograd is recording.

    A leaf that requires grad can't be changed in place while autograd records.
    Put the step in a block with torch.no_grad(), or call update().

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
    or call update() for each step.

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
    """Each epoch takes one step per sample, not one step for all of them.

    In this section each step uses all samples, so one step is one epoch. Give
    update() all of x and y.

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

    w has been changed in place, so the caller already has it. Return the list
    of losses.

    Section: 4. Gradient descent
    """
    for _ in range(epochs):
        update(x, y, w, lr)
    return w


def train__returns_w_too(x, y, w, lr, epochs):
    """A pair of w and the losses is returned.

    w has been changed in place, so the caller already has it. Return only the
    list of losses.

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


def train__momentum__of_0_9(x, y, w, lr, epochs):
    """The steps have momentum: each goes on in the direction of the last ones.

    Here each step is lr times the gradient where w is, and nothing else. Leave
    momentum out: call update(), or use SGD without it.

    Section: 4. Gradient descent
    """
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.9)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = mse(predict(x, w), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train__momentum__of_0_5(x, y, w, lr, epochs):
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.5)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = mse(predict(x, w), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train__adam(x, y, w, lr, epochs):
    """The steps are those of Adam, not of gradient descent.

    Adam divides each entry of the gradient by its usual size. Here the step is
    lr times the gradient: call update(), or use torch.optim.SGD.

    Section: 4. Gradient descent
    """
    optimizer = torch.optim.Adam([w], lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = mse(predict(x, w), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train__momentum__by_hand(x, y, w, lr, epochs):
    losses = []
    speed = torch.zeros(2)
    for _ in range(epochs):
        speed = 0.9 * speed + gradient(x, y, w).detach()
        losses.append(mse(predict(x, w), y).item())
        with torch.no_grad():
            w -= lr * speed
    return losses


def train__momentum__of_averages(x, y, w, lr, epochs):
    losses = []
    mean = torch.zeros(2)
    for _ in range(epochs):
        mean = 0.9 * mean + 0.1 * gradient(x, y, w).detach()
        losses.append(mse(predict(x, w), y).item())
        with torch.no_grad():
            w -= lr * mean
    return losses


def train__gradient_clipped__to_length_1(x, y, w, lr, epochs):
    """The gradient is clipped: a long one is made shorter before the step.

    Here the step is lr times the gradient, however long it is. Leave the
    gradient as it is.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        loss = mse(predict(x, w), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([w], 1.0)
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
        losses.append(loss.item())
    return losses


def train__gradient_clipped__each_entry_to_1(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        loss = mse(predict(x, w), y)
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad.clamp(-1, 1)
            w.grad.zero_()
        losses.append(loss.item())
    return losses


def train__lr_decays__by_a_tenth(x, y, w, lr, epochs):
    """The learning rate is made smaller from epoch to epoch.

    Here it stays the same throughout: near the best w the gradient gets
    smaller, and that alone makes the steps shorter. Pass lr to update() as it
    is.

    Section: 4. Gradient descent
    """
    losses = []
    for epoch in range(epochs):
        losses.append(update(x, y, w, lr * 0.9**epoch).item())
    return losses


def train__losses_as_texts(x, y, w, lr, epochs):
    """The losses are texts, not numbers.

    Append the number itself, and format it only where you print it.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(epochs):
        losses.append(f"{update(x, y, w, lr):.4f}")
    return losses


def train__best_line_at_once(x, y, w, lr, epochs):
    """w jumps to the best line at once, and not step by step.

    Gradient descent gets there little by little: call update() once per epoch.

    Section: 4. Gradient descent
    """
    losses = [mse(predict(x, w), y).item()]
    with torch.no_grad():
        w.copy_(torch.linalg.lstsq(x, y[:, None]).solution[:, 0])
    losses += [mse(predict(x, w), y).item()] * (epochs - 1)
    return losses


def train__pairs_of_epoch_and_loss(x, y, w, lr, epochs):
    """Each entry is a pair of the epoch's number and its loss.

    Append the loss alone: the place in the list says which epoch it is of.

    Section: 4. Gradient descent
    """
    losses = []
    for epoch in range(epochs):
        losses.append((epoch, update(x, y, w, lr).item()))
    return losses


def train__first_loss_twice(x, y, w, lr, epochs):
    """The list begins with the first loss twice.

    update() already returns the loss before its step. Start with an empty
    list, losses = [].

    Section: 4. Gradient descent
    """
    losses = [mse(predict(x, w), y).item()]
    for _ in range(epochs):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__every_second_epoch(x, y, w, lr, epochs):
    """Only half of the epochs are run.

    range(0, epochs, 2) leaves out every second number. Loop over
    range(epochs), and call update() in each epoch, without an if.

    Section: 4. Gradient descent
    """
    losses = []
    for _ in range(0, epochs, 2):
        losses.append(update(x, y, w, lr).item())
    return losses


def train__one_loss_copied(x, y, w, lr, epochs):
    """Only one step is taken, and its loss is in the list once for each epoch.

    [update(x, y, w, lr)] * epochs calls update() once and copies its loss.
    Call it in each epoch: [update(x, y, w, lr) for _ in range(epochs)].

    Section: 4. Gradient descent
    """
    return [update(x, y, w, lr)] * epochs


def train__last_loss_copied(x, y, w, lr, epochs):
    """All entries of the list are the same: the loss of the last epoch.

    Is it [loss] * epochs? Or is the same tensor appended each time, and
    changed in place afterwards? Then the list has that one tensor again and
    again. Append a number in each epoch, such as loss.item().

    Section: 4. Gradient descent
    """
    for _ in range(epochs):
        loss = update(x, y, w, lr)
    return [loss] * epochs


def train__part_of_the_samples(x, y, w, lr, epochs):
    """Only the first part of the samples is used.

    Each step takes all the samples that are passed in. Whether some are kept
    for a test is up to the caller.

    Section: 4. Gradient descent
    """
    k = int(0.8 * len(x))
    return [float(update(x[:k], y[:k], w, lr)) for _ in range(epochs)]


def train__part_of_the_samples__seven_tenths(x, y, w, lr, epochs):
    k = int(0.7 * len(x))
    return [float(update(x[:k], y[:k], w, lr)) for _ in range(epochs)]


def train__part_of_the_samples__three_quarters(x, y, w, lr, epochs):
    k = int(0.75 * len(x))
    return [float(update(x[:k], y[:k], w, lr)) for _ in range(epochs)]


def train__part_of_the_samples__nine_tenths(x, y, w, lr, epochs):
    k = int(0.9 * len(x))
    return [float(update(x[:k], y[:k], w, lr)) for _ in range(epochs)]


def train__part_of_the_samples__half(x, y, w, lr, epochs):
    k = len(x) // 2
    return [float(update(x[:k], y[:k], w, lr)) for _ in range(epochs)]


def train__part_of_the_samples__all_but_the_last(x, y, w, lr, epochs):
    k = len(x) - 1
    return [float(update(x[:k], y[:k], w, lr)) for _ in range(epochs)]
