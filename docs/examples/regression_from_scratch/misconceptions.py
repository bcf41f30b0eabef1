"""Known wrong ways to write a function: the name says which, the docstring is title and hint."""

import random

import torch

# --- synthetic_data -----------------------------------------------------------------------


def synthetic_data__no_noise(w, b, num_examples):
    """The labels lie exactly on the line: there is no noise.

    Add torch.normal(0, 0.01, y.shape) to the labels.

    Section: 1. Data
    """
    X = torch.normal(0, 1, (num_examples, len(w)))
    return X, (X @ w + b).reshape(-1, 1)


def synthetic_data__one_noise_for_all(w, b, num_examples):
    """A single random number is added to all labels.

    Draw as many as there are examples: the size is y.shape, not (1,).

    Section: 1. Data
    """
    X = torch.normal(0, 1, (num_examples, len(w)))
    y = X @ w + b + torch.normal(0, 0.01, (1,))
    return X, y.reshape(-1, 1)


def synthetic_data__noise_too_large(w, b, num_examples):
    """The noise has standard deviation 1.

    torch.randn draws with standard deviation 1: multiply by 0.01, or use torch.normal(0, 0.01, ...).

    Section: 1. Data
    """
    X = torch.normal(0, 1, (num_examples, len(w)))
    y = X @ w + b + torch.randn(num_examples)
    return X, y.reshape(-1, 1)


def synthetic_data__uniform_features(w, b, num_examples):
    """The features are drawn evenly from [0, 1).

    torch.rand draws from the uniform distribution, torch.randn from the normal one.

    Section: 1. Data
    """
    X = torch.rand(num_examples, len(w))
    y = X @ w + b + torch.normal(0, 0.01, (num_examples,))
    return X, y.reshape(-1, 1)


def synthetic_data__no_bias(w, b, num_examples):
    """The bias is missing in the labels.

    The labels are X @ w + b, plus noise.

    Section: 1. Data
    """
    X = torch.normal(0, 1, (num_examples, len(w)))
    y = X @ w + torch.normal(0, 0.01, (num_examples,))
    return X, y.reshape(-1, 1)


def synthetic_data__labels_in_a_row(w, b, num_examples):
    """The labels have shape (num_examples,), not (num_examples, 1).

    Return y.reshape(-1, 1), a column. linreg() returns a column too, and a column minus a row is a
    table.

    Section: 1. Data
    """
    X = torch.normal(0, 1, (num_examples, len(w)))
    return X, X @ w + b + torch.normal(0, 0.01, (num_examples,))


def synthetic_data__same_each_time(w, b, num_examples):
    """A seed inside the function makes all calls return the same examples.

    Set a seed once, at the top of the notebook, if you want the same numbers in every run.

    Section: 1. Data
    """
    torch.manual_seed(0)
    X = torch.normal(0, 1, (num_examples, len(w)))
    y = X @ w + b + torch.normal(0, 0.01, (num_examples,))
    return X, y.reshape(-1, 1)


# --- data_iter ----------------------------------------------------------------------------


def data_iter__drops_the_last(batch_size, features, labels):
    """The last minibatch is left out if it is smaller than the others.

    Let the range go up to the number of examples: a slice that goes beyond the end is cut off.

    Section: 2. Minibatches
    """
    indices = torch.randperm(len(features))
    for number in range(len(features) // batch_size):
        batch = indices[number * batch_size : (number + 1) * batch_size]
        yield features[batch], labels[batch]


def data_iter__not_shuffled(batch_size, features, labels):
    """The examples come in their original order.

    Shuffle the indices, and take the rows of these indices: features[batch].

    Section: 2. Minibatches
    """
    for start in range(0, len(features), batch_size):
        yield features[start : start + batch_size], labels[start : start + batch_size]


def data_iter__shuffled_apart(batch_size, features, labels):
    """Features and labels are shuffled each in an order of their own.

    Draw one order of indices, and use it for both.

    Section: 2. Minibatches
    """
    features = features[torch.randperm(len(features))]
    labels = labels[torch.randperm(len(labels))]
    for start in range(0, len(features), batch_size):
        yield features[start : start + batch_size], labels[start : start + batch_size]


def data_iter__only_batches_shuffled(batch_size, features, labels):
    """The minibatches come in a random order, but each has the same examples as always.

    Shuffle the indices of the examples, not those of the minibatches.

    Section: 2. Minibatches
    """
    starts = list(range(0, len(features), batch_size))
    random.shuffle(starts)
    for start in starts:
        yield features[start : start + batch_size], labels[start : start + batch_size]


def data_iter__same_order_each_time(batch_size, features, labels):
    """Every call goes through the examples in the same order.

    Don't set a seed inside the function: each epoch needs a new order.

    Section: 2. Minibatches
    """
    generator = torch.Generator().manual_seed(0)
    indices = torch.randperm(len(features), generator=generator)
    for start in range(0, len(features), batch_size):
        batch = indices[start : start + batch_size]
        yield features[batch], labels[batch]


def data_iter__with_replacement(batch_size, features, labels):
    """Each minibatch is drawn from all examples, so that some come twice and others never.

    Draw a permutation of all the indices once, and cut it into pieces.

    Section: 2. Minibatches
    """
    for start in range(0, len(features), batch_size):
        size = min(batch_size, len(features) - start)
        batch = torch.randint(len(features), (size,))
        yield features[batch], labels[batch]


def data_iter__only_the_first(batch_size, features, labels):
    """Only one minibatch is made.

    return ends a function for good. Use yield, inside the loop.

    Section: 2. Minibatches
    """
    batch = torch.randperm(len(features))[:batch_size]
    return [(features[batch], labels[batch])]


# --- linreg -------------------------------------------------------------------------------


def linreg__no_bias(X, w, b):
    """The bias is missing.

    Add b to the product.

    Section: 3. Model
    """
    return X @ w


def linreg__flat(X, w, b):
    """The predictions have shape (n,), not (n, 1).

    Keep the column: X @ w + b has the right shape.

    Section: 3. Model
    """
    return (X @ w + b).reshape(-1)


def linreg__cuts_the_graph(X, w, b):
    """The predictions no longer know how they were computed.

    .detach(), .data, .numpy() and torch.tensor(...) drop the history. Use w and b themselves.

    Section: 3. Model
    """
    return X @ w.detach() + b.detach()


# --- squared_loss -------------------------------------------------------------------------


def squared_loss__no_half(y_hat, y):
    """The factor 1/2 is missing.

    Divide by 2. The gradients would be twice as large, and so would the steps.

    Section: 4. Loss
    """
    return (y_hat - y.reshape(y_hat.shape)) ** 2


def squared_loss__mean(y_hat, y):
    """The mean of the losses is returned, not the loss of each example.

    Leave out .mean(). The training loop calls .sum() on what you return.

    Section: 4. Loss
    """
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).mean()


def squared_loss__sum(y_hat, y):
    """The sum of the losses is returned, not the loss of each example.

    Leave out .sum(). The training loop calls it on what you return.

    Section: 4. Loss
    """
    return ((y_hat - y.reshape(y_hat.shape)) ** 2 / 2).sum()


def squared_loss__broadcasts(y_hat, y):
    """Labels of shape (n,) are subtracted from a column, which makes a table of shape (n, n).

    Reshape them first: y.reshape(y_hat.shape).

    Section: 4. Loss
    """
    return (y_hat - y) ** 2 / 2


def squared_loss__absolute(y_hat, y):
    """The error is not squared.

    Square the difference: ** 2. The absolute value is another loss.

    Section: 4. Loss
    """
    return (y_hat - y.reshape(y_hat.shape)).abs() / 2


def squared_loss__cuts_the_graph(y_hat, y):
    """The losses no longer know how they were computed.

    .detach(), .item(), .numpy() and torch.tensor(...) drop the history. Use y_hat itself.

    Section: 4. Loss
    """
    return (y_hat.detach() - y.reshape(y_hat.shape)) ** 2 / 2


# --- sgd ----------------------------------------------------------------------------------


def sgd__not_divided(params, lr, batch_size):
    """The step is not divided by batch_size.

    The gradient is that of a sum over the minibatch. Divide it by batch_size.

    Section: 5. Optimizer
    """
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad
            param.grad.zero_()


def sgd__climbs(params, lr, batch_size):
    """The step goes up: along the gradients, not against them.

    The gradient points to where the loss grows. Subtract it.

    Section: 5. Optimizer
    """
    with torch.no_grad():
        for param in params:
            param += lr * param.grad / batch_size
            param.grad.zero_()


def sgd__never_clears(params, lr, batch_size):
    """The gradients stay, and the next backward() adds to them.

    Call param.grad.zero_() after the step.

    Section: 5. Optimizer
    """
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size


def sgd__clears_too_early(params, lr, batch_size):
    """The gradients are cleared before they are used, so nothing moves.

    First take the step, then call param.grad.zero_().

    Section: 5. Optimizer
    """
    with torch.no_grad():
        for param in params:
            param.grad.zero_()
            param -= lr * param.grad / batch_size


def sgd__new_tensors(params, lr, batch_size):
    """A new tensor is made, which has no gradient, and the parameter itself stays where it is.

    `param = param - ...` gives the name param to another tensor. Change it in place: param -= ...

    Section: 5. Optimizer
    """
    with torch.no_grad():
        for param in params:
            param = param - lr * param.grad / batch_size
            param.grad.zero_()


def sgd__recorded(params, lr, batch_size):
    """Leaves that require grad are changed while autograd is recording.

    Put the loop inside `with torch.no_grad():`.

    Section: 5. Optimizer
    """
    for param in params:
        param -= lr * param.grad / batch_size
        param.grad.zero_()


def sgd__only_the_first(params, lr, batch_size):
    """Only the first parameter moves.

    Go through all of them. A return inside the loop ends it after the first one.

    Section: 5. Optimizer
    """
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()
            return


def sgd__stops_requiring_grad(params, lr, batch_size):
    """After the step, the parameters no longer require grad.

    requires_grad_(False) and detach_() last. Use `with torch.no_grad():`, which ends with its block.

    Section: 5. Optimizer
    """
    for param in params:
        gradient = param.grad
        param.requires_grad_(False)
        param -= lr * gradient / batch_size
        param.grad.zero_()


# --- train --------------------------------------------------------------------------------


def _mean_loss(w, b, features, labels):
    with torch.no_grad():
        return float(squared_loss(linreg(features, w, b), labels).mean())


def train__mean_instead_of_sum(w, b, features, labels, lr, num_epochs, batch_size):
    """The steps are too small: the mean of the losses is differentiated, and sgd() divides again.

    Call backward() on the sum of the losses: sgd() divides by batch_size.

    Section: 6. Training
    """
    losses = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            squared_loss(linreg(X, w, b), y).mean().backward()
            sgd([w, b], lr, batch_size)
        losses.append(_mean_loss(w, b, features, labels))
    return losses


def train__whole_data_in_each_step(w, b, features, labels, lr, num_epochs, batch_size):
    """Each step uses all examples, not those of its minibatch.

    Inside the inner loop, predict for X and compare with y, which data_iter() has made.

    Section: 6. Training
    """
    losses = []
    for _ in range(num_epochs):
        for _X, _y in data_iter(batch_size, features, labels):
            squared_loss(linreg(features, w, b), labels).sum().backward()
            sgd([w, b], lr, batch_size)
        losses.append(_mean_loss(w, b, features, labels))
    return losses


def train__no_minibatches(w, b, features, labels, lr, num_epochs, batch_size):
    """One step is taken in each epoch, with all examples.

    Go through the minibatches of data_iter(batch_size, features, labels), and take a step for each.

    Section: 6. Training
    """
    losses = []
    for _ in range(num_epochs):
        squared_loss(linreg(features, w, b), labels).sum().backward()
        sgd([w, b], lr, len(features))
        losses.append(_mean_loss(w, b, features, labels))
    return losses


def train__one_minibatch_an_epoch(w, b, features, labels, lr, num_epochs, batch_size):
    """Each epoch takes a step on one minibatch only.

    The step belongs inside the inner loop: next(iter(...)) and break leave all others out.

    Section: 6. Training
    """
    losses = []
    for _ in range(num_epochs):
        X, y = next(iter(data_iter(batch_size, features, labels)))
        squared_loss(linreg(X, w, b), y).sum().backward()
        sgd([w, b], lr, batch_size)
        losses.append(_mean_loss(w, b, features, labels))
    return losses


def train__same_minibatches_each_epoch(w, b, features, labels, lr, num_epochs, batch_size):
    """All epochs use the same minibatches in the same order.

    Call data_iter(...) again in each epoch: every call draws a new order.

    Section: 6. Training
    """
    losses = []
    batches = list(data_iter(batch_size, features, labels))
    for _ in range(num_epochs):
        for X, y in batches:
            squared_loss(linreg(X, w, b), y).sum().backward()
            sgd([w, b], lr, batch_size)
        losses.append(_mean_loss(w, b, features, labels))
    return losses


def train__generator_used_up(w, b, features, labels, lr, num_epochs, batch_size):
    """After the first epoch there is nothing left to go through, and nothing moves any more.

    A generator can be used once. Call data_iter(...) again in each epoch.

    Section: 6. Training
    """
    losses = []
    batches = iter(list(data_iter(batch_size, features, labels)))
    for _ in range(num_epochs):
        for X, y in batches:
            squared_loss(linreg(X, w, b), y).sum().backward()
            sgd([w, b], lr, batch_size)
        losses.append(_mean_loss(w, b, features, labels))
    return losses


def train__mean_of_the_minibatches(w, b, features, labels, lr, num_epochs, batch_size):
    """An epoch's loss is the mean of those that its minibatches had before their steps.

    When the epoch has ended, compute the loss once more, of all examples.

    Section: 6. Training
    """
    losses = []
    for _ in range(num_epochs):
        found = []
        for X, y in data_iter(batch_size, features, labels):
            loss = squared_loss(linreg(X, w, b), y)
            loss.sum().backward()
            sgd([w, b], lr, batch_size)
            found.append(float(loss.mean()))
        losses.append(sum(found) / len(found))
    return losses


def train__loss_of_the_last_minibatch(w, b, features, labels, lr, num_epochs, batch_size):
    """An epoch's loss is that of its last minibatch, before the last step.

    When the epoch has ended, compute the loss once more, of all examples.

    Section: 6. Training
    """
    losses = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            loss = squared_loss(linreg(X, w, b), y)
            loss.sum().backward()
            sgd([w, b], lr, batch_size)
        losses.append(float(loss.mean()))
    return losses


def train__sum_of_the_losses(w, b, features, labels, lr, num_epochs, batch_size):
    """The sum of the losses of all examples is returned, not their mean.

    Take .mean(): it doesn't grow with the number of examples.

    Section: 6. Training
    """
    losses = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            squared_loss(linreg(X, w, b), y).sum().backward()
            sgd([w, b], lr, batch_size)
        losses.append(_mean_loss(w, b, features, labels) * len(features))
    return losses


def train__ends_after_an_epoch(w, b, features, labels, lr, num_epochs, batch_size):
    """Training ends after the first epoch.

    The return belongs behind the loop over the epochs, not inside of it.

    Section: 6. Training
    """
    losses = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            squared_loss(linreg(X, w, b), y).sum().backward()
            sgd([w, b], lr, batch_size)
        losses.append(_mean_loss(w, b, features, labels))
        return losses


def train__own_parameters(w, b, features, labels, lr, num_epochs, batch_size):
    """New parameters are made and trained, and the caller's stay where they are.

    Train w and b themselves, from where they are.

    Section: 6. Training
    """
    w = torch.zeros(features.shape[1], 1, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            squared_loss(linreg(X, w, b), y).sum().backward()
            sgd([w, b], lr, batch_size)
        losses.append(_mean_loss(w, b, features, labels))
    return losses


def train__never_steps(w, b, features, labels, lr, num_epochs, batch_size):
    """Gradients are computed, but no step is taken.

    Call sgd([w, b], lr, batch_size) after backward().

    Section: 6. Training
    """
    losses = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            squared_loss(linreg(X, w, b), y).sum().backward()
        losses.append(_mean_loss(w, b, features, labels))
    return losses


def train__forgets_the_bias(w, b, features, labels, lr, num_epochs, batch_size):
    """Only w is trained.

    Give sgd() both parameters: [w, b].

    Section: 6. Training
    """
    losses = []
    for _ in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            squared_loss(linreg(X, w, b), y).sum().backward()
            sgd([w], lr, batch_size)
        losses.append(_mean_loss(w, b, features, labels))
    return losses
