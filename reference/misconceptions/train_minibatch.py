"""Misconceptions about train_minibatch(): wrong programs with their hints."""

import torch


def _sgd(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            batch_losses.append(float(update(xb, yb, w, lr)))
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__one_loss_for_each_batch(
    x, y, w, lr, epochs, batch_size
):
    """The list has one loss per batch, not one per epoch.

    Return one loss per epoch: the mean over its batches.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            losses.append(float(update(xb, yb, w, lr)))
    return losses


def train_minibatch__loss_of_the_last_batch(
    x, y, w, lr, epochs, batch_size
):
    """Each epoch's loss is that of a single batch, such as its last.

    Take the mean over all its batches, or the loss on all samples at the end
    of the epoch.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            loss = float(update(xb, yb, w, lr))
        losses.append(loss)
    return losses


def train_minibatch__loss_before_the_first_step(
    x, y, w, lr, epochs, batch_size
):
    """Each epoch's loss is the one before its first step.

    That is too early, whether it is the loss of the first batch or of all
    samples. Take the mean over all the batches, or the loss on all samples at
    the end of the epoch.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            batch_losses.append(float(update(xb, yb, w, lr)))
        losses.append(batch_losses[0])
    return losses


def train_minibatch__sum_of_the_batch_losses(
    x, y, w, lr, epochs, batch_size
):
    """The losses of an epoch's batches are summed, not averaged.

    Divide by the number of batches.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        total = 0.0
        for xb, yb in minibatches(x, y, batch_size):
            total += float(update(xb, yb, w, lr))
        losses.append(total)
    return losses


def train_minibatch__batch_losses_divided_by_n(
    x, y, w, lr, epochs, batch_size
):
    """The sum of the batch losses is divided by the number of samples.

    Each batch loss is already a mean: divide their sum by the number of
    batches, or weight each by the size of its batch first.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        total = 0.0
        for xb, yb in minibatches(x, y, batch_size):
            total += float(update(xb, yb, w, lr))
        losses.append(total / len(x))
    return losses


def train_minibatch__last_loss_only(
    x, y, w, lr, epochs, batch_size
):
    """Only the last epoch's loss is returned.

    Collect one loss per epoch in a list, and return the list.

    Section: 6. Minibatches
    """
    losses = _sgd(x, y, w, lr, epochs, batch_size)
    return losses[-1]


def train_minibatch__mean_of_the_losses(
    x, y, w, lr, epochs, batch_size
):
    """The mean over all epochs is returned.

    Return the list itself, with one loss per epoch.

    Section: 6. Minibatches
    """
    losses = _sgd(x, y, w, lr, epochs, batch_size)
    return sum(losses) / len(losses)


def train_minibatch__returns_nothing(
    x, y, w, lr, epochs, batch_size
):
    """Nothing is returned.

    End with return losses.

    Section: 6. Minibatches
    """
    _sgd(x, y, w, lr, epochs, batch_size)


def train_minibatch__returns_w(
    x, y, w, lr, epochs, batch_size
):
    """w is returned, not the losses.

    w changes in place, so the caller already has it. Return the list of
    losses.

    Section: 6. Minibatches
    """
    losses = _sgd(x, y, w, lr, epochs, batch_size)
    return w


def train_minibatch__full_batch(
    x, y, w, lr, epochs, batch_size
):
    """Each epoch takes a single step, with all the samples.

    Go through minibatches(x, y, batch_size), with one update for each batch.

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, lr, epochs, len(x))


def train_minibatch__one_batch_an_epoch(
    x, y, w, lr, epochs, batch_size
):
    """After each epoch, w is only one step on, with the gradient of one batch.

    Is the step inside the loop over minibatches(), and does that loop run to
    its end? Or is w set back before each batch? An epoch takes a step for each
    batch, each from where the last one ended.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            losses.append(float(update(xb, yb, w, lr)))
            break
    return losses


def train_minibatch__mean_step_of_the_batches(
    x, y, w, lr, epochs, batch_size
):
    """In each epoch, w moves once, by the mean of the steps of its batches.

    All of them start from the same place. Are the gradients averaged over the
    batches, or is w set back before each one? Take a step for each batch, from
    where the last one ended.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        start, ends, batch_losses = w.detach().clone(), [], []
        for xb, yb in minibatches(x, y, batch_size):
            w.data.copy_(start)
            batch_losses.append(float(update(xb, yb, w, lr)))
            ends.append(w.detach().clone())
        w.data.copy_(torch.stack(ends).mean(dim=0))
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__mean_step_of_the_batches__losses_at_the_end(
    x, y, w, lr, epochs, batch_size
):
    losses = []
    for _ in range(epochs):
        gradients = [gradient(xb, yb, w) for xb, yb in minibatches(x, y, batch_size)]
        w.data.sub_(lr * torch.stack(gradients).mean(dim=0))
        losses.append(float(mse(predict(x, w), y).detach()))
    return losses


def train_minibatch__last_batch_dropped(
    x, y, w, lr, epochs, batch_size
):
    """The last batch is left out if it is smaller.

    Its samples count too: take a step for every batch.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            if len(xb) == batch_size:
                batch_losses.append(float(update(xb, yb, w, lr)))
        losses.append(sum(batch_losses) / max(1, len(batch_losses)))
    return losses


def train_minibatch__same_batches_each_epoch(
    x, y, w, lr, epochs, batch_size
):
    """Every epoch goes through the same batches in the same order.

    Are the batches made only once, before the epochs, or with a fixed seed?
    Call minibatches() in each epoch, so that each one gets a new order.

    Section: 6. Minibatches
    """
    losses = []
    batches = list(minibatches(x, y, batch_size))
    for _ in range(epochs):
        batch_losses = [float(update(xb, yb, w, lr)) for xb, yb in batches]
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__not_shuffled(
    x, y, w, lr, epochs, batch_size
):
    """The samples are not shuffled: every epoch takes them in the order of x.

    Draw a new torch.randperm(n) in each epoch, as minibatches() does.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            batch_losses.append(float(update(x[rows], y[rows], w, lr)))
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__generator_used_up(
    x, y, w, lr, epochs, batch_size
):
    """From the second epoch on, there are no batches left.

    A generator can be gone through only once. Call minibatches() in each
    epoch.

    Section: 6. Minibatches
    """
    losses = []
    batches = iter(list(minibatches(x, y, batch_size)))
    for _ in range(epochs):
        batch_losses = [float(update(xb, yb, w, lr)) for xb, yb in batches]
        losses.append(sum(batch_losses) / max(1, len(batch_losses)))
    return losses


def train_minibatch__with_replacement(
    x, y, w, lr, epochs, batch_size
):
    """In an epoch, some samples come up twice, others never.

    Take the batches from minibatches(), where each sample comes up once per
    epoch.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for _ in range(0, len(x), batch_size):
            rows = torch.randint(len(x), (batch_size,))
            batch_losses.append(float(update(x[rows], y[rows], w, lr)))
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__epochs_ignored(
    x, y, w, lr, epochs, batch_size
):
    """Only one epoch is run.

    Repeat the loop over the batches, once for each epoch. Is return losses
    inside the loop? Indent it less.

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, lr, 1, batch_size)


def train_minibatch__one_epoch_short(
    x, y, w, lr, epochs, batch_size
):
    """There is one epoch too few.

    range(epochs) runs epochs times; range(1, epochs) runs one time fewer.

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, lr, epochs - 1, batch_size)


def train_minibatch__epochs_fixed__at_100(
    x, y, w, lr, epochs, batch_size
):
    """The number of epochs is always the same, whatever epochs is.

    Loop over range(epochs), with the epochs that the function is given.

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, lr, 100, batch_size)


def train_minibatch__epochs_fixed__at_10(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, lr, 10, batch_size)


def train_minibatch__epochs_fixed__at_20(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, lr, 20, batch_size)


def train_minibatch__epochs_fixed__at_50(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, lr, 50, batch_size)


def train_minibatch__one_sample_a_batch(
    x, y, w, lr, epochs, batch_size
):
    """Every batch holds one sample, whatever batch_size is.

    Pass batch_size on to minibatches().

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, lr, epochs, 1)


def train_minibatch__batch_size_fixed__at_10(
    x, y, w, lr, epochs, batch_size
):
    """The batches always have the same size, whatever batch_size is.

    Pass batch_size on to minibatches().

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, lr, epochs, 10)


def train_minibatch__batch_size_fixed__at_8(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, lr, epochs, 8)


def train_minibatch__batch_size_fixed__at_16(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, lr, epochs, 16)


def train_minibatch__batch_size_fixed__at_32(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, lr, epochs, 32)


def train_minibatch__batch_size_fixed__at_20(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, lr, epochs, 20)


def train_minibatch__batch_size_fixed__at_5(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, lr, epochs, 5)


def train_minibatch__lr_fixed__a_tenth(
    x, y, w, lr, epochs, batch_size
):
    """The learning rate is always the same, whatever lr is.

    Pass on the lr that the function is given.

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, 0.1, epochs, batch_size)


def train_minibatch__lr_fixed__a_hundredth(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, 0.01, epochs, batch_size)


def train_minibatch__lr_fixed__a_thousandth(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, 0.001, epochs, batch_size)


def train_minibatch__lr_fixed__a_twentieth(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, 0.05, epochs, batch_size)


def train_minibatch__lr_fixed__a_half(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, 0.5, epochs, batch_size)


def train_minibatch__lr_fixed__a_fifth(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, 0.2, epochs, batch_size)


def train_minibatch__lr_fixed__one(
    x, y, w, lr, epochs, batch_size
):
    return _sgd(x, y, w, 1.0, epochs, batch_size)


def train_minibatch__lr_divided_by_the_batches(
    x, y, w, lr, epochs, batch_size
):
    """The learning rate is divided by the number of batches.

    Each batch takes a full step of its own: use lr as it is.

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, lr / len(list(minibatches(x, y, batch_size))), epochs, batch_size)


def train_minibatch__lr_divided_by_the_batch_size(
    x, y, w, lr, epochs, batch_size
):
    """The learning rate is divided by the batch size.

    The mse of a batch is already a mean: use lr as it is.

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, lr / batch_size, epochs, batch_size)


def train_minibatch__step_after_all_batches(
    x, y, w, lr, epochs, batch_size
):
    """The gradients of all batches are added up for a single step.

    Take a step for each batch, with its own gradient.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            loss = mse(predict(xb, w), yb)
            loss.backward()
            batch_losses.append(loss.item())
        with torch.no_grad():
            w -= lr * w.grad
            w.grad.zero_()
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__gradient_piles_up(
    x, y, w, lr, epochs, batch_size
):
    """The gradients of earlier batches are added to each step.

    backward() adds to w.grad. Clear it in every step, or call update(), which
    does so.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            loss = mse(predict(xb, w), yb)
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
            batch_losses.append(loss.item())
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__gradient_cleared_once_an_epoch(
    x, y, w, lr, epochs, batch_size
):
    """Within an epoch, the gradients of the batches add up.

    backward() adds to w.grad. Clear it in every step, not once an epoch.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            loss = mse(predict(xb, w), yb)
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
            batch_losses.append(loss.item())
        w.grad.zero_()
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__trains_a_copy(
    x, y, w, lr, epochs, batch_size
):
    """A copy of w is trained, and the caller's w stays where it is.

    Change the w that was passed in, without a clone or a new tensor.

    Section: 6. Minibatches
    """
    w = w.detach().clone().requires_grad_()
    return _sgd(x, y, w, lr, epochs, batch_size)


def train_minibatch__starts_from_zero(
    x, y, w, lr, epochs, batch_size
):
    """Training starts from w = 0, whatever w is.

    Start from the w that was passed in, and change it in place.

    Section: 6. Minibatches
    """
    with torch.no_grad():
        w.zero_()
    return _sgd(x, y, w, lr, epochs, batch_size)


def train_minibatch__each_epoch_starts_anew(
    x, y, w, lr, epochs, batch_size
):
    """Each epoch starts from the first w again.

    w goes on from epoch to epoch: don't set it back.

    Section: 6. Minibatches
    """
    losses = []
    start = w.detach().clone()
    for _ in range(epochs):
        with torch.no_grad():
            w.copy_(start)
        losses.extend(_sgd(x, y, w, lr, 1, batch_size))
    return losses


def train_minibatch__update_with_all_the_data(
    x, y, w, lr, epochs, batch_size
):
    """The step for each batch uses all the samples.

    Pass xb and yb to update(), not x and y.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for _ in minibatches(x, y, batch_size):
            batch_losses.append(float(update(x, y, w, lr)))
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__never_steps(
    x, y, w, lr, epochs, batch_size
):
    """The losses are computed, but w does not move.

    Call update() for each batch. In a loop of your own, backward() comes
    first, on the loss itself and not on a tensor made anew of it; then the
    step, then zero_().

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            batch_losses.append(mse(predict(xb, w), yb).item())
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__ascent(
    x, y, w, lr, epochs, batch_size
):
    """Each step goes up the slope: the loss rises.

    Subtract lr times the gradient instead of adding it.

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, -lr, epochs, batch_size)


def train_minibatch__outside_no_grad(
    x, y, w, lr, epochs, batch_size
):
    """w is changed in place while autograd is recording.

    Put the step in a block with torch.no_grad(), or call update().

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            loss = mse(predict(xb, w), yb)
            loss.backward()
            w -= lr * w.grad
            w.grad.zero_()
        losses.append(loss.item())
    return losses


def train_minibatch__starts_with_a_new_w__zeros(
    x, y, w, lr, epochs, batch_size
):
    """A new w is trained, and the caller's w is left as it was.

    Start from the w that was passed in, and change it in place.

    Section: 6. Minibatches
    """
    w = torch.zeros(2, requires_grad=True)
    return _sgd(x, y, w, lr, epochs, batch_size)


def train_minibatch__starts_with_a_new_w__ones(
    x, y, w, lr, epochs, batch_size
):
    w = torch.ones(2, requires_grad=True)
    return _sgd(x, y, w, lr, epochs, batch_size)


def train_minibatch__starts_with_a_new_w__the_first_guess(
    x, y, w, lr, epochs, batch_size
):
    w = torch.tensor([-1.0, 1.0], requires_grad=True)
    return _sgd(x, y, w, lr, epochs, batch_size)


def train_minibatch__momentum__of_0_9(
    x, y, w, lr, epochs, batch_size
):
    """The steps have momentum: each goes on in the direction of the last ones.

    Here each step is lr times the gradient where w is, and nothing else. Leave
    momentum out: call update(), or use SGD without it.

    Section: 6. Minibatches
    """
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.9)
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            optimizer.zero_grad()
            loss = mse(predict(xb, w), yb)
            loss.backward()
            optimizer.step()
            batch_losses.append(loss.item())
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__momentum__of_0_5(
    x, y, w, lr, epochs, batch_size
):
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.5)
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            optimizer.zero_grad()
            loss = mse(predict(xb, w), yb)
            loss.backward()
            optimizer.step()
            batch_losses.append(loss.item())
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__adam(
    x, y, w, lr, epochs, batch_size
):
    """The steps are those of Adam, not of gradient descent.

    Adam divides each entry of the gradient by its usual size. Here the step is
    lr times the gradient: call update(), or use torch.optim.SGD.

    Section: 6. Minibatches
    """
    optimizer = torch.optim.Adam([w], lr=lr)
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            optimizer.zero_grad()
            loss = mse(predict(xb, w), yb)
            loss.backward()
            optimizer.step()
            batch_losses.append(loss.item())
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__losses_as_texts(
    x, y, w, lr, epochs, batch_size
):
    """The losses are texts, not numbers.

    Append the number itself, and format it only where you print it.

    Section: 6. Minibatches
    """
    return [f"{loss:.4f}" for loss in _sgd(x, y, w, lr, epochs, batch_size)]


def train_minibatch__x_and_y_swapped(
    x, y, w, lr, epochs, batch_size
):
    """x and y of each batch are swapped.

    minibatches() gives pairs (xb, yb): x comes first. Write
    for xb, yb in minibatches(...), and pass them on in this order.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            batch_losses.append(float(update(yb, xb, w, lr)))
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__batch_losses_divided_by_the_batch_size(
    x, y, w, lr, epochs, batch_size
):
    """The sum of the batch losses is divided by batch_size.

    Each batch loss is already a mean: divide their sum by the number of
    batches.

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        total = 0.0
        for xb, yb in minibatches(x, y, batch_size):
            total += float(update(xb, yb, w, lr))
        losses.append(total / batch_size)
    return losses


def train_minibatch__sum_never_reset__mean_over_all_batches(
    x, y, w, lr, epochs, batch_size
):
    """The losses of earlier epochs are part of each epoch's loss.

    Set the sum of the batch losses back to 0 at the start of each epoch, and
    their number too.

    Section: 6. Minibatches
    """
    losses, all_losses = [], []
    for _ in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            all_losses.append(float(update(xb, yb, w, lr)))
        losses.append(sum(all_losses) / len(all_losses))
    return losses


def train_minibatch__sum_never_reset__mean_over_the_batches_of_an_epoch(
    x, y, w, lr, epochs, batch_size
):
    losses = []
    total = 0.0
    for _ in range(epochs):
        batches = 0
        for xb, yb in minibatches(x, y, batch_size):
            total += float(update(xb, yb, w, lr))
            batches += 1
        losses.append(total / batches)
    return losses


def train_minibatch__all_epochs_on_each_batch(
    x, y, w, lr, epochs, batch_size
):
    """All epochs are run on one batch before the next one is taken.

    An epoch goes through all the batches, with one step for each: the loop
    over the epochs is the outer one.

    Section: 6. Minibatches
    """
    losses = []
    for xb, yb in minibatches(x, y, batch_size):
        losses.extend(float(loss) for loss in train(xb, yb, w, lr, epochs))
    return losses


def train_minibatch__epochs_steps_on_each_batch(
    x, y, w, lr, epochs, batch_size
):
    """Each batch is trained on for several steps.

    Take one step for each batch: call update(), not train().

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in minibatches(x, y, batch_size):
            batch_losses.append(float(train(xb, yb, w, lr, epochs)[-1]))
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__generator_used_up__divided_by_zero(
    x, y, w, lr, epochs, batch_size
):
    losses = []
    batches = iter(list(minibatches(x, y, batch_size)))
    for _ in range(epochs):
        batch_losses = [float(update(xb, yb, w, lr)) for xb, yb in batches]
        losses.append(sum(batch_losses) / len(batch_losses))
    return losses


def train_minibatch__generator_used_up__mean_of_nothing(
    x, y, w, lr, epochs, batch_size
):
    losses = []
    batches = iter(list(minibatches(x, y, batch_size)))
    for _ in range(epochs):
        batch_losses = [float(update(xb, yb, w, lr)) for xb, yb in batches]
        losses.append(torch.tensor(batch_losses).mean().item())
    return losses


def train_minibatch__one_epoch_copied(
    x, y, w, lr, epochs, batch_size
):
    """Only one epoch is run, and one loss is in the list once for each epoch.

    [loss] * epochs copies one loss. Run the loop over the batches in each
    epoch, and append a loss each time.

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, lr, 1, batch_size) * epochs


def train_minibatch__last_loss_copied(
    x, y, w, lr, epochs, batch_size
):
    """All entries of the list are the same: the loss of the last epoch.

    Is it [loss] * epochs? Or is the same tensor appended each time, and
    changed in place afterwards? Then the list has that one tensor again and
    again. Append a number in each epoch, such as loss.item().

    Section: 6. Minibatches
    """
    return _sgd(x, y, w, lr, epochs, batch_size)[-1:] * epochs


def train_minibatch__last_batch_dropped_even_if_full(
    x, y, w, lr, epochs, batch_size
):
    """The last batch is left out, even where it is full.

    range() ends before its second number, so range(0, n - batch_size,
    batch_size) ends too early, and [:-1] leaves out the last one of a list.
    Take a step for every batch of minibatches().

    Section: 6. Minibatches
    """
    losses = []
    for _ in range(epochs):
        batch_losses = []
        for xb, yb in list(minibatches(x, y, batch_size))[:-1]:
            batch_losses.append(float(update(xb, yb, w, lr)))
        losses.append(sum(batch_losses) / max(1, len(batch_losses)))
    return losses
