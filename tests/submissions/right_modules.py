"""nn.Module classes do the work and the functions only delegate; make_data hands back nn.Parameter objects that need no grad."""
import torch
from torch import nn
import matplotlib.pyplot as plt
import matplotlib.animation as animation


class Line(nn.Module):
    """A linear model around somebody else's weight tensor."""

    def __init__(self, w):
        super().__init__()
        self.w = w

    def forward(self, x):
        return x @ self.w

    def criterion(self, out, target):
        return (out - target).pow(2).mean()

    def objective(self, x, y):
        return self.criterion(self(x), y)

    def grad(self, x, y):
        return torch.autograd.grad(self.objective(x, y), self.w)[0]


class Logit(Line):
    """The same thing, squashed."""

    def forward(self, x):
        return self.squash(super().forward(x))

    @staticmethod
    def squash(z):
        return 0.5 * (1.0 + torch.tanh(0.5 * z))

    def criterion(self, out, target):
        out = out.clamp(1e-7, 1 - 1e-7)
        right = torch.where(target > 0.5, out, 1 - out)
        return -right.log().mean()


class Trainer:
    def __init__(self, model, lr):
        self.model = model
        # a Parameter made from w lives in the memory of w, so stepping it moves w
        self.shared = nn.Parameter(model.w)
        self.optimizer = torch.optim.SGD([self.shared], lr=lr)

    def step(self, x, y):
        loss = self.model.objective(x, y)
        self.shared.grad = torch.autograd.grad(loss, self.model.w)[0]
        self.optimizer.step()
        return loss.detach()

    def fit(self, x, y, epochs):
        return [self.step(x, y) for _ in range(epochs)]

    def fit_batches(self, x, y, epochs, batch_size):
        losses = []
        for _ in range(epochs):
            seen = [self.step(xb, yb) for xb, yb in Shuffled(x, y, batch_size)]
            losses.append(torch.stack(seen).mean())
        return losses


class Shuffled:
    """Every `for` over it is another order."""

    def __init__(self, x, y, batch_size):
        self.x, self.y, self.batch_size = x, y, batch_size

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def __iter__(self):
        order = torch.randperm(len(self.x))
        for part in order.split(self.batch_size):
            yield self.x[part], self.y[part]


class Picture:
    def __init__(self, x, y, w):
        self.fig, self.ax = plt.subplots()
        self.ax.scatter(x[:, 0].tolist(), y.tolist(), label="data")
        self.ends = torch.tensor([[-1.0, 1.0], [1.0, 1.0]])
        (self.line,) = self.ax.plot([-1, 1], self.heights(w), "r", label="model")
        self.ax.legend()

    def heights(self, w):
        return Line(w.detach())(self.ends).tolist()


def make_data(n, w):
    x = nn.Parameter(torch.ones(n, 2), requires_grad=False)
    nn.init.uniform_(x[:, 0], -1.0, 1.0)
    y = nn.Parameter(Line(w)(x) + torch.rand(n), requires_grad=False)
    return x, y


def predict(x, w):
    return Line(w)(x)


def mse(y_hat, y):
    return Line(None).criterion(y_hat, y)


def gradient(x, y, w):
    return Line(w).grad(x, y)


def update(x, y, w, lr):
    return Trainer(Line(w), lr).step(x, y)


def train(x, y, w, lr, epochs):
    return Trainer(Line(w), lr).fit(x, y, epochs)


def minibatches(x, y, batch_size):
    return Shuffled(x, y, batch_size)


def train_minibatch(x, y, w, lr, epochs, batch_size):
    return Trainer(Line(w), lr).fit_batches(x, y, epochs, batch_size)


def sigmoid(z):
    return Logit.squash(z)


def predict_proba(x, w):
    return Logit(w)(x)


def cross_entropy(p, y):
    return Logit(None).criterion(p, y)


def update_logistic(x, y, w, lr):
    return Trainer(Logit(w), lr).step(x, y)


def train_logistic(x, y, w, lr, epochs):
    return Trainer(Logit(w), lr).fit(x, y, epochs)


def plot_fit(x, y, w):
    return Picture(x, y, w).ax


def animate_fit(x, y, w, lr, frames):
    picture, trainer = Picture(x, y, w), Trainer(Line(w), lr)

    def advance(_):
        trainer.step(x, y)
        picture.line.set_ydata(picture.heights(w))
        return [picture.line]

    return animation.FuncAnimation(picture.fig, advance, frames=frames, blit=False)


class Quiz:
    ones_column = "b"
    uniform_ = "d"
    trailing_underscore = "a"
    gradient_of_w = "c"
    zero_grad = "b"
    learning_rate = "d"
    epoch = "f"
    minibatch = "a"
    sgd = "g"
    model = "b"
    parameters = "e"
    loss_function = "c"


ANSWERS = {k: v for k, v in vars(Quiz).items() if not k.startswith("__")}
