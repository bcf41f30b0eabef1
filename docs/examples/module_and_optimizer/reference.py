# %% [markdown]
# # Lab 7: a module and an optimizer
#
# The three parts of nearly every training script are a *module*, which
# holds the parameters and computes predictions, an *optimizer*, which moves
# the parameters, and a *loop* that brings them together. You have used
# torch's; now you write your own.
#
# Work from top to bottom, and replace each `raise NotImplementedError(...)`
# with your code. `grade module_and_optimizer.ipynb` says what is right.

# %%
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# %% [markdown]
# ## 1. A module
#
# The network classifies: for each sample it computes a number for each
# class, and the largest one wins. These numbers are called *logits*; they
# need not be probabilities, since `F.cross_entropy` takes care of that.
#
# $$
# \text{logits} = W_2\, \text{relu}(W_1 x + b_1) + b_2
# $$
#
# A relu sets about half of its inputs to 0. So that the numbers don't shrink
# from layer to layer, weights start with the standard deviation
# $\sqrt{2 / n}$, where $n$ is the number of inputs of the layer (He et al.,
# 2015).


# %%
class TwoLayerNet(nn.Module):
    """A network with one hidden layer.

    Its attributes are the two layers, `hidden` and `output`, both
    `nn.Linear`.
    """

    def __init__(self, n_in: int, n_hidden: int, n_out: int) -> None:
        """Make both layers, and draw their weights.

        Weights are drawn from the normal distribution with mean 0 and
        standard deviation sqrt(2 / number of inputs of the layer); biases
        are 0.

        Args:
            n_in: The number of features of a sample.
            n_hidden: The number of hidden units.
            n_out: The number of classes.
        """
        super().__init__()
        self.hidden = nn.Linear(n_in, n_hidden)
        self.output = nn.Linear(n_hidden, n_out)
        for layer in (self.hidden, self.output):
            nn.init.normal_(layer.weight, std=(2 / layer.in_features) ** 0.5)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Compute the logits; there is a relu after the hidden layer only.

        Args:
            x: Samples, (n, n_in).

        Returns:
            Logits, (n, n_out). Autograd can differentiate them.
        """
        return self.output(torch.relu(self.hidden(x)))


# %% [markdown]
# ## 2. An optimizer
#
# Plain gradient descent forgets at once where it was going. With *momentum*
# $\mu$, each parameter has a velocity $v$, which starts at 0:
#
# $$
# v \leftarrow \mu v + g, \qquad w \leftarrow w - \eta v
# $$
#
# With $\mu = 0$ this is the plain step. It is what `torch.optim.SGD` does,
# and yours should do exactly the same.


# %%
class SGD:
    """Gradient descent with momentum.

    Its attributes are `params`, the list of parameters, `lr`, `momentum`,
    and `velocities`, a list with a tensor of zeros for each parameter.
    """

    def __init__(
        self, params: Iterable[Tensor], lr: float, momentum: float = 0.0
    ) -> None:
        """Remember what to move, and how.

        Args:
            params: The parameters: leaves that require grad. It may be a
                list, or what `net.parameters()` returns, which can be
                iterated over only once.
            lr: Learning rate, greater than 0.
            momentum: The share of its velocity that a parameter keeps.
        """
        self.params = list(params)
        self.lr = lr
        self.momentum = momentum
        self.velocities = [torch.zeros_like(one) for one in self.params]

    def step(self) -> None:
        """Move every parameter in place, by its own velocity.

        Gradients are only read. A parameter whose `grad` is None has not
        been used since the last zero_grad(), and is left alone.
        """
        with torch.no_grad():
            for param, velocity in zip(self.params, self.velocities):
                if param.grad is not None:
                    velocity *= self.momentum
                    velocity += param.grad
                    param -= self.lr * velocity

    def zero_grad(self) -> None:
        """Clear the gradients of all parameters: None or zeros, as you like."""
        for param in self.params:
            param.grad = None


# %% [markdown]
# ## 3. Training
#
# One epoch is one step on all samples: compute the loss, clear the old
# gradients, compute the new ones, move.


# %%
def train(
    net: nn.Module, optimizer: SGD, x: Tensor, y: Tensor, epochs: int
) -> list[float]:
    """Train a network on all samples at once, on the mean cross entropy.

    Args:
        net: Any module that returns logits. It is put into training mode
            first, since some layers behave differently there.
        optimizer: An optimizer of its parameters, yours or torch's.
        x: Samples, (n, n_in).
        y: Their classes, (n,), int64.
        epochs: How many steps to take.

    Returns:
        The loss of each epoch, before its step.
    """
    net.train()
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %%
def accuracy(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """Compute the share of samples for which the largest logit is right.

    Args:
        net: Any module that returns logits. It is asked in evaluation mode,
            and is in its old mode again afterwards.
        x: Samples, (n, n_in).
        y: Their classes, (n,), int64.

    Returns:
        A number from 0 to 1.
    """
    was_training = net.training
    net.eval()
    with torch.no_grad():
        predicted = net(x).argmax(dim=1)
    net.train(was_training)
    return (predicted == y).float().mean().item()


# %% [markdown] tags=["demo"]
# Two interleaved rings, which no straight line separates.

# %% tags=["demo"]
torch.manual_seed(0)
angle = torch.rand(200) * 6.28
y = torch.arange(200) % 2
radius = 1.0 + y + 0.2 * torch.randn(200)
x = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
net = TwoLayerNet(2, 16, 2)
losses = train(net, SGD(net.parameters(), 0.1, 0.9), x, y, 200)
print(losses[0], losses[-1], accuracy(net, x, y))
