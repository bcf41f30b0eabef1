"""Misconceptions about train_logistic(): wrong programs with their hints."""

import torch


def train_logistic__regression(x, y, w, lr, epochs):
    """This trains the regression: it takes the steps of update(), on the mse.

    Call update_logistic(), which goes down the cross entropy.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update(x, y, w, lr))
    return losses


def train_logistic__one_epoch_short(x, y, w, lr, epochs):
    """There is one epoch too few.

    range(epochs) runs epochs times; range(1, epochs) runs one time fewer.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs - 1):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__one_epoch_too_many(x, y, w, lr, epochs):
    """There is one epoch too many.

    range(epochs) runs exactly epochs times.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs + 1):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__epochs_fixed__at_100(x, y, w, lr, epochs):
    """The number of epochs is always the same, whatever epochs is.

    Loop over range(epochs), with the epochs that the function is given.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(100):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__epochs_fixed__at_10(x, y, w, lr, epochs):
    losses = []
    for _ in range(10):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__epochs_fixed__at_20(x, y, w, lr, epochs):
    losses = []
    for _ in range(20):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__epochs_fixed__at_50(x, y, w, lr, epochs):
    losses = []
    for _ in range(50):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__lr_fixed__a_tenth(x, y, w, lr, epochs):
    """The learning rate is always the same, whatever lr is.

    Pass on the lr that the function is given.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, 0.1))
    return losses


def train_logistic__lr_fixed__a_hundredth(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, 0.01))
    return losses


def train_logistic__lr_fixed__a_thousandth(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, 0.001))
    return losses


def train_logistic__lr_fixed__a_twentieth(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, 0.05))
    return losses


def train_logistic__lr_fixed__a_half(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, 0.5))
    return losses


def train_logistic__lr_fixed__a_fifth(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, 0.2))
    return losses


def train_logistic__lr_fixed__one(x, y, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, 1.0))
    return losses


def train_logistic__losses_after_the_step(x, y, w, lr, epochs):
    """Each loss is the one after its step.

    Collect what update_logistic() returns: the loss before the step.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        update_logistic(x, y, w, lr)
        losses.append(cross_entropy(predict_proba(x, w), y).item())
    return losses


def train_logistic__last_loss_only(x, y, w, lr, epochs):
    """Only the last loss is returned.

    Collect the loss of every epoch in a list, and return the list.

    Section: 7. Going further: logistic regression
    """
    for _ in range(epochs):
        loss = update_logistic(x, y, w, lr)
    return loss


def train_logistic__return_inside_the_loop(x, y, w, lr, epochs):
    """Training ends after the first epoch.

    Is return losses inside the loop? Indent it less, so that it comes after
    the loop.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
        return losses


def train_logistic__list_begun_anew(x, y, w, lr, epochs):
    """The list holds only the last loss.

    If losses = [] is inside the loop, every epoch starts a new list. Put it
    before the loop.

    Section: 7. Going further: logistic regression
    """
    for _ in range(epochs):
        losses = []
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__returns_nothing(x, y, w, lr, epochs):
    """Nothing is returned.

    End with return losses.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))


def train_logistic__returns_w(x, y, w, lr, epochs):
    """w is returned, not the losses.

    w changes in place, so the caller already has it. Return the list of
    losses.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return w


def train_logistic__mean_of_the_losses(x, y, w, lr, epochs):
    """The mean of the losses is returned.

    Return the list itself, with one loss for each epoch.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return sum(losses) / len(losses)


def train_logistic__trains_a_copy(x, y, w, lr, epochs):
    """A copy of w is trained, and the caller's w stays where it is.

    Change the w that was passed in, without a clone or a new tensor.

    Section: 7. Going further: logistic regression
    """
    w = w.detach().clone().requires_grad_()
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__starts_with_a_new_w__zeros(x, y, w, lr, epochs):
    """A new w is trained, and the caller's w is left as it was.

    Start from the w that was passed in, and change it in place.

    Section: 7. Going further: logistic regression
    """
    w = torch.zeros(2, requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__starts_with_a_new_w__ones(x, y, w, lr, epochs):
    w = torch.ones(2, requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__starts_with_a_new_w__the_first_guess(x, y, w, lr, epochs):
    w = torch.tensor([-1.0, 1.0], requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__starts_with_a_new_w__normal(x, y, w, lr, epochs):
    w = torch.randn(2, requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__starts_with_a_new_w__uniform(x, y, w, lr, epochs):
    w = torch.rand(2, requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__starts_with_a_new_w__the_true_weights(x, y, w, lr, epochs):
    w = torch.tensor([3.0, 2.0], requires_grad=True)
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__resets_w__zeros(x, y, w, lr, epochs):
    """w is set to other values before training begins.

    Start from where w is: a second call has to go on where the first one
    ended.

    Section: 7. Going further: logistic regression
    """
    with torch.no_grad():
        w.zero_()
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__resets_w__ones(x, y, w, lr, epochs):
    with torch.no_grad():
        w.fill_(1.0)
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__resets_w__the_first_guess(x, y, w, lr, epochs):
    with torch.no_grad():
        w.copy_(torch.tensor([-1.0, 1.0]))
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__resets_w__normal(x, y, w, lr, epochs):
    with torch.no_grad():
        w.normal_()
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__never_steps(x, y, w, lr, epochs):
    """The loss is the same in each epoch, and w does not move.

    Call update_logistic() once per epoch. In a loop of your own, backward()
    comes first, on the loss itself and not on a tensor made anew of it; then
    the step, then zero_().

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(cross_entropy(predict_proba(x, w), y).item())
    return losses


def train_logistic__gradient_piles_up(x, y, w, lr, epochs):
    """Within a call, the gradients of all epochs add up.

    backward() adds to w.grad. Clear it once per epoch, or call
    update_logistic() for each step.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        loss = cross_entropy(predict_proba(x, w), y)
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        losses.append(loss.item())
    w.grad = None
    return losses


def train_logistic__gradient_piles_up_over_calls(x, y, w, lr, epochs):
    """The gradients of all epochs add up, also over several calls.

    backward() adds to w.grad. Clear it once per epoch, or call
    update_logistic() for each step.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        loss = cross_entropy(predict_proba(x, w), y)
        loss.backward()
        with torch.no_grad():
            w -= lr * w.grad
        losses.append(loss.item())
    return losses


def train_logistic__ascent(x, y, w, lr, epochs):
    """Each step goes up the slope: the loss rises.

    Subtract lr times the gradient instead of adding it.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, -lr))
    return losses


def train_logistic__outside_no_grad(x, y, w, lr, epochs):
    """w is changed in place while autograd is recording.

    Put the step in a block with torch.no_grad(), or call update_logistic().

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        loss = cross_entropy(predict_proba(x, w), y)
        loss.backward()
        w -= lr * w.grad
        w.grad.zero_()
        losses.append(loss.item())
    return losses


def train_logistic__running_sum(x, y, w, lr, epochs):
    """The losses are added up from epoch to epoch.

    Append only the loss of the epoch itself.

    Section: 7. Going further: logistic regression
    """
    losses = []
    total = 0.0
    for _ in range(epochs):
        total += float(update_logistic(x, y, w, lr))
        losses.append(total)
    return losses


def train_logistic__two_steps_an_epoch(x, y, w, lr, epochs):
    """Every epoch takes two steps.

    One call of update_logistic() is one epoch. A second call, say to get the
    loss, takes another step.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        update_logistic(x, y, w, lr)
        losses.append(update_logistic(x, y, w, lr))
    return losses


def train_logistic__classes_swapped(x, y, w, lr, epochs):
    """The classes are swapped.

    Pass y as it is.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, 1 - y, w, lr))
    return losses


def train_logistic__stops_early(x, y, w, lr, epochs):
    """Training ends before all the epochs are run.

    Run all the epochs that the caller asked for, also where the loss hardly
    changes any more.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr))
        if len(losses) > 1 and abs(losses[-1] - losses[-2]) < 1e-2:
            break
    return losses


def train_logistic__momentum__of_0_9(x, y, w, lr, epochs):
    """The steps have momentum: each goes on in the direction of the last ones.

    Here each step is lr times the gradient where w is, and nothing else. Leave
    momentum out: call update_logistic(), or use SGD without it.

    Section: 7. Going further: logistic regression
    """
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.9)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = cross_entropy(predict_proba(x, w), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train_logistic__momentum__of_0_5(x, y, w, lr, epochs):
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.5)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = cross_entropy(predict_proba(x, w), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train_logistic__adam(x, y, w, lr, epochs):
    """The steps are those of Adam, not of gradient descent.

    Adam divides each entry of the gradient by its usual size. Here the step is
    lr times the gradient: call update_logistic(), or use torch.optim.SGD.

    Section: 7. Going further: logistic regression
    """
    optimizer = torch.optim.Adam([w], lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = cross_entropy(predict_proba(x, w), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train_logistic__losses_as_texts(x, y, w, lr, epochs):
    """The losses are texts, not numbers.

    Append the number itself, and format it only where you print it.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(f"{update_logistic(x, y, w, lr):.4f}")
    return losses


def train_logistic__accuracies(x, y, w, lr, epochs):
    """The list holds the share of right classes, not the losses.

    Append what update_logistic() returns, the cross entropy before the step.

    Section: 7. Going further: logistic regression
    """
    shares = []
    for _ in range(epochs):
        update_logistic(x, y, w, lr)
        classes = (predict_proba(x, w) > 0.5).float()
        shares.append((classes == y).float().mean().item())
    return shares


def train_logistic__accuracies__before_the_step(x, y, w, lr, epochs):
    shares = []
    for _ in range(epochs):
        classes = (predict_proba(x, w) > 0.5).float()
        shares.append((classes == y).float().mean().item())
        update_logistic(x, y, w, lr)
    return shares


def train_logistic__final_loss_added(x, y, w, lr, epochs):
    """The list has one loss too many: the one after the last step.

    There is one loss per epoch, from before its step. Leave out the last one.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr).item())
    losses.append(cross_entropy(predict_proba(x, w), y).item())
    return losses


def train_logistic__first_loss_twice(x, y, w, lr, epochs):
    """The list begins with the first loss twice.

    update_logistic() already returns the loss before its step. Start with an
    empty list, losses = [].

    Section: 7. Going further: logistic regression
    """
    losses = [cross_entropy(predict_proba(x, w), y).item()]
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr).item())
    return losses


def train_logistic__every_tenth_loss(x, y, w, lr, epochs):
    """Only every tenth loss is kept.

    Printing every tenth loss is fine, but the list holds one loss per epoch.
    Append outside the if.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for epoch in range(epochs):
        loss = update_logistic(x, y, w, lr)
        if epoch % 10 == 0:
            losses.append(loss.item())
    return losses


def train_logistic__running_mean(x, y, w, lr, epochs):
    """Each entry is the mean of all losses so far.

    Each entry should be the loss of its own epoch. Append what
    update_logistic() returns, and don't average it.

    Section: 7. Going further: logistic regression
    """
    total = 0.0
    losses = []
    for epoch in range(epochs):
        total += update_logistic(x, y, w, lr).item()
        losses.append(total / (epoch + 1))
    return losses


def train_logistic__divided_by_the_epochs(x, y, w, lr, epochs):
    """Each loss is divided by the number of epochs.

    Each entry should be the loss itself. Append what update_logistic()
    returns.

    Section: 7. Going further: logistic regression
    """
    losses = []
    for _ in range(epochs):
        losses.append(update_logistic(x, y, w, lr).item() / epochs)
    return losses


def train_logistic__one_loss_copied(x, y, w, lr, epochs):
    """Only one step is taken, and its loss is in the list once for each epoch.

    [update_logistic(x, y, w, lr)] * epochs calls update_logistic() once and
    copies its loss. Call it in each epoch: [update_logistic(x, y, w, lr) for _
    in range(epochs)].

    Section: 7. Going further: logistic regression
    """
    return [update_logistic(x, y, w, lr)] * epochs


def train_logistic__last_loss_copied(x, y, w, lr, epochs):
    """All entries of the list are the same: the loss of the last epoch.

    Is it [loss] * epochs? Or is the same tensor appended each time, and
    changed in place afterwards? Then the list has that one tensor again and
    again. Append a number in each epoch, such as loss.item().

    Section: 7. Going further: logistic regression
    """
    for _ in range(epochs):
        loss = update_logistic(x, y, w, lr)
    return [loss] * epochs


def train_logistic__part_of_the_samples(x, y, w, lr, epochs):
    """Only the first part of the samples is used.

    Each step takes all the samples that are passed in. Whether some are kept
    for a test is up to the caller.

    Section: 7. Going further: logistic regression
    """
    k = int(0.8 * len(x))
    return [float(update_logistic(x[:k], y[:k], w, lr)) for _ in range(epochs)]


def train_logistic__part_of_the_samples__seven_tenths(x, y, w, lr, epochs):
    k = int(0.7 * len(x))
    return [float(update_logistic(x[:k], y[:k], w, lr)) for _ in range(epochs)]


def train_logistic__part_of_the_samples__three_quarters(x, y, w, lr, epochs):
    k = int(0.75 * len(x))
    return [float(update_logistic(x[:k], y[:k], w, lr)) for _ in range(epochs)]


def train_logistic__part_of_the_samples__nine_tenths(x, y, w, lr, epochs):
    k = int(0.9 * len(x))
    return [float(update_logistic(x[:k], y[:k], w, lr)) for _ in range(epochs)]


def train_logistic__part_of_the_samples__half(x, y, w, lr, epochs):
    k = len(x) // 2
    return [float(update_logistic(x[:k], y[:k], w, lr)) for _ in range(epochs)]


def train_logistic__part_of_the_samples__all_but_the_last(x, y, w, lr, epochs):
    k = len(x) - 1
    return [float(update_logistic(x[:k], y[:k], w, lr)) for _ in range(epochs)]
