"""Known wrong ways to write the classifier and its training."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy


def Classifier__init__sizes_swapped(self, n_in, n_hidden, n_classes):
    """The layers have their numbers of inputs and outputs the other way round.

    nn.Linear(n_in, n_hidden) takes n_in features, and returns n_hidden.
    """
    super().__init__()
    self.hidden = nn.Linear(n_hidden, n_in)
    self.out = nn.Linear(n_classes, n_hidden)


class Classifier__init__layers_in_a_list(nn.Module):
    """The module doesn't find its layers, since they are in a list.

    Make each layer an attribute of its own, or use nn.ModuleList. Otherwise the optimizer gets no
    parameters.
    """

    def __init__(self, n_in, n_hidden, n_classes):
        super().__init__()
        self.layers = [nn.Linear(n_in, n_hidden), nn.Linear(n_hidden, n_classes)]

    @property
    def hidden(self):
        return self.layers[0]

    @property
    def out(self):
        return self.layers[1]

    def forward(self, x):
        return self.out(torch.tanh(self.hidden(x)))


def Classifier__init__seeded(self, n_in, n_hidden, n_classes):
    """A seed in the class gives each model the same weights.

    Set a seed in the program that uses the class, if at all.
    """
    super().__init__()
    torch.manual_seed(0)
    self.hidden = nn.Linear(n_in, n_hidden)
    self.out = nn.Linear(n_hidden, n_classes)


def Classifier__init__zeros(self, n_in, n_hidden, n_classes):
    """All weights start from 0.

    Then all hidden units stay equal. Leave the weights that nn.Linear has drawn.
    """
    super().__init__()
    self.hidden = nn.Linear(n_in, n_hidden)
    self.out = nn.Linear(n_hidden, n_classes)
    nn.init.zeros_(self.hidden.weight)
    nn.init.zeros_(self.out.weight)


def Classifier__forward__without_tanh(self, x):
    """There is no activation between the layers.

    Two linear layers in a row are a single one. Apply torch.tanh to what the first one returns.
    """
    return self.out(self.hidden(x))


def Classifier__forward__relu(self, x):
    """The activation is relu in place of tanh.

    The task says tanh: torch.tanh(self.hidden(x)).
    """
    return self.out(torch.relu(self.hidden(x)))


def Classifier__forward__softmax_at_the_end(self, x):
    """The model returns probabilities.

    cross_entropy takes logits, and applies the softmax itself. Return what the second layer returns.
    """
    return torch.softmax(self.out(torch.tanh(self.hidden(x))), dim=1)


def Classifier__forward__tanh_at_the_end(self, x):
    """There is a tanh after the second layer too.

    Logits may be any numbers. Return what the second layer returns.
    """
    return torch.tanh(self.out(torch.tanh(self.hidden(x))))


def Classifier__forward__detached(self, x):
    """The hidden layer is cut off from autograd.

    Leave out .detach(): without its gradient the first layer never learns.
    """
    return self.out(torch.tanh(self.hidden(x)).detach())


def accuracy__a_count(logits, y):
    """The rightly classified samples are counted, not averaged.

    Divide by the number of samples: take the mean in place of the sum.
    """
    return (logits.argmax(dim=1) == y).sum().item()


def accuracy__wrong_axis(logits, y):
    """The largest logit is looked for in each column.

    A sample is a row: argmax(dim=1) looks along the classes.
    """
    best = logits.argmax(dim=0)
    return (best[: len(y)] == y[: len(best)]).float().mean().item()


def accuracy__error_rate(logits, y):
    """The part of the samples that are classified wrongly is returned.

    Compare by ==, or subtract from 1.
    """
    return (logits.argmax(dim=1) != y).float().mean().item()


def accuracy__in_percent(logits, y):
    """The accuracy is in percent.

    Return a number from 0 to 1.
    """
    return 100 * (logits.argmax(dim=1) == y).float().mean().item()


def train_step__never_zeroed(model, optimizer, x, y):
    """The gradient of the step before is still there.

    backward() adds to it. Call optimizer.zero_grad() before backward().
    """
    loss = cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def train_step__zeroed_before_the_step(model, optimizer, x, y):
    """The gradient is cleared before the optimizer has used it.

    Call zero_grad() before backward(), and step() after it.
    """
    loss = cross_entropy(model(x), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def train_step__loss_after_the_step(model, optimizer, x, y):
    """The loss is computed again after the step.

    Return the loss that you have differentiated: it is the one before the step.
    """
    optimizer.zero_grad()
    cross_entropy(model(x), y).backward()
    optimizer.step()
    return cross_entropy(model(x), y).item()


def train_step__softmax_twice(model, optimizer, x, y):
    """The softmax is applied before the cross entropy, which applies it too.

    Give the logits to cross_entropy as they are.
    """
    optimizer.zero_grad()
    loss = cross_entropy(torch.softmax(model(x), dim=1), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def train_step__summed(model, optimizer, x, y):
    """The losses of the samples are summed, not averaged.

    Leave reduction at its default, the mean.
    """
    optimizer.zero_grad()
    loss = cross_entropy(model(x), y, reduction="sum")
    loss.backward()
    optimizer.step()
    return loss.item()


def fit__momentum(model, x, y, lr, epochs):
    """The optimizer has a momentum.

    The task is plain gradient descent: torch.optim.SGD(model.parameters(), lr=lr).
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    return [train_step(model, optimizer, x, y) for _ in range(epochs)]


def fit__lr_fixed(model, x, y, lr, epochs):
    """The learning rate is a fixed 0.01.

    Use the lr that the function is given.
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    return [train_step(model, optimizer, x, y) for _ in range(epochs)]


def fit__one_epoch_more(model, x, y, lr, epochs):
    """There is one epoch too many.

    range(epochs) has `epochs` numbers.
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    return [train_step(model, optimizer, x, y) for _ in range(epochs + 1)]


def fit__last_loss_only(model, x, y, lr, epochs):
    """Only the last loss is returned.

    Collect the losses in a list, and return the list.
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        loss = train_step(model, optimizer, x, y)
    return loss


def fit__trains_a_copy(model, x, y, lr, epochs):
    """A copy of the model is trained.

    Train the model that the function is given: its parameters change in place.
    """
    import copy

    copied = copy.deepcopy(model)
    optimizer = torch.optim.SGD(copied.parameters(), lr=lr)
    return [train_step(copied, optimizer, x, y) for _ in range(epochs)]
