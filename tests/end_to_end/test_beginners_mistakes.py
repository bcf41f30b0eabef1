"""What the report says of mistakes as beginners write them: the cause, and nothing false."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.checks.assignment import load_assignment
from grader.pipeline import Grader
from grader.report.model import FunctionResult, Status

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Mistake:
    """A wrong way to write a function.

    Attributes:
        code: The function, which takes the place of the right one.
        named: The misconception that is named; empty for none.
        says: What the messages or hints say.
        never: What they don't say.
    """

    code: str
    named: str = ""
    says: str = ""
    never: str = "\0"


_UPDATE_LOGISTIC = """
def update_logistic(x, y, w, lr):
    loss = cross_entropy(predict_proba(x, w), y)
    loss = {}
    loss.backward()
    if w.grad is not None:
        w.data -= lr * w.grad
        w.grad.zero_()
    return loss.detach()
"""
_NEW_LOSS = "on a tensor without a grad_fn, which knows nothing of w"
_ONE_STEP = "train_minibatch/mean-step-of-the-batches"

MISTAKES = {
    # one step an epoch, from several batches
    "set back, then averaged": Mistake(
        """
def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        start, ends, here = w.detach().clone(), [], []
        for xb, yb in minibatches(x, y, batch_size):
            with torch.no_grad():
                w.copy_(start)
            here.append(float(update(xb, yb, w, lr)))
            ends.append(w.detach().clone())
        with torch.no_grad():
            w.copy_(torch.stack(ends).mean(dim=0))
        losses.append(sum(here) / len(here))
    return losses
""",
        _ONE_STEP,
        never="gradient of one batch",
    ),
    "mean gradient of the batches": Mistake(
        """
def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        total, here = torch.zeros(2), []
        for xb, yb in minibatches(x, y, batch_size):
            loss = mse(predict(xb, w), yb)
            total += torch.autograd.grad(loss, w)[0]
            here.append(loss.item())
        with torch.no_grad():
            w -= lr * total / len(here)
        losses.append(sum(here) / len(here))
    return losses
""",
        _ONE_STEP,
        never="gradient of one batch",
    ),
    "step after the loop over the batches": Mistake(
        """
def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        for xb, yb in minibatches(x, y, batch_size):
            pass
        losses.append(float(update(xb, yb, w, lr)))
    return losses
""",
        "train_minibatch/one-batch-an-epoch",
    ),
    "set back before each batch": Mistake(
        """
def train_minibatch(x, y, w, lr, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        start, here = w.detach().clone(), []
        for xb, yb in minibatches(x, y, batch_size):
            w.data = start.clone()
            here.append(float(update(xb, yb, w, lr)))
        losses.append(sum(here) / len(here))
    return losses
""",
        "train_minibatch/one-batch-an-epoch",
        says="set back before each batch",
    ),
    # a list of one and the same loss
    "one tensor appended again and again": Mistake(
        """
def train(x, y, w, lr, epochs):
    losses, loss = [], torch.zeros(())
    for _ in range(epochs):
        loss.copy_(torch.as_tensor(update(x, y, w, lr)))
        losses.append(loss)
    return losses
""",
        "train/last-loss-copied",
        says="is the same tensor appended each time",
        never="Append the loss in each epoch instead",
    ),
    # weights that share their memory
    "weights stored without a copy": Mistake(
        """
def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    ax.plot(x[:, 0], y, "o")
    (line,) = ax.plot(x[:, 0], predict(x, w).detach(), "r-")
    history = []
    for _ in range(frames):
        update(x, y, w, lr)
        history.append(w.detach())

    def draw(i):
        line.set_ydata(predict(x, history[i]))
        return (line,)

    return FuncAnimation(fig, draw, frames=frames, interval=20)
""",
        "animate_fit/trained-before",
        says="shares the memory of w",
        never="don't show as motion",
    ),
    # what depends on the calls before
    "counter of calls": Mistake(
        """
calls = 0

def update(x, y, w, lr):
    global calls
    step = lr / (1.0 + 0.1 * calls)
    calls += 1
    with torch.no_grad():
        errors = x @ w - y
        w -= step * 2 / len(y) * (x.T @ errors)
    return (errors ** 2).mean()
""",
        says="It assigns the global calls",
        never="A single call is already wrong",
    ),
    # a loss that is wrapped anew
    **{
        f"loss as {code}": Mistake(
            _UPDATE_LOGISTIC.format(code), "update_logistic/w-stands-still", says=_NEW_LOSS
        )
        for code in (
            "torch.autograd.Variable(loss.data, requires_grad=True)",
            "torch.tensor(loss.item(), requires_grad=True)",
            "loss.detach().requires_grad_()",
            "loss.clone().detach().requires_grad_()",
        )
    },
    # a list that is rotated
    "losses at e - 1": Mistake(
        """
def train_logistic(x, y, w, lr, epochs):
    losses = np.zeros(epochs)
    for e in range(epochs):
        losses[e - 1] = update_logistic(x, y, w, lr)
    return list(losses)
""",
        says="with its first entry at the end",
        never="one step late",
    ),
    # an error that is no step
    "clamp in place": Mistake(
        """
def cross_entropy(p, y):
    p.clamp_(1e-6, 1 - 1e-6)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
""",
        says="Anything else should make a new tensor",
    ),
    "HTML of the player": Mistake(
        """
def animate_fit(x, y, w, lr, frames):
    fig, ax = plt.subplots()
    (line,) = ax.plot(x[:, 0], predict(x, w).detach(), "r-")

    def draw(i):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())
        return (line,)

    return FuncAnimation(fig, draw, frames=frames).to_jshtml()
""",
        says="Return what FuncAnimation(...) makes",
        never="call update() once",
    ),
    # pairs that are torn
    "x sorted after y": Mistake(
        """
def make_data(n, w):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    x[:, 0] = torch.sort(x[:, 0])[0]
    return x, y
""",
        "make_data/pairs-torn",
        never="randn",
    ),
    "x drawn again after y": Mistake(
        """
def make_data(n, w):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    x[:, 0].uniform_(-1.0, 1.0)
    return x, y
""",
        "make_data/pairs-torn",
    ),
    "y shuffled": Mistake(
        """
def make_data(n, w):
    x = torch.ones(n, 2)
    x[:, 0].uniform_(-1.0, 1.0)
    y = x @ w + torch.rand(n)
    return x, y[torch.randperm(n)]
""",
        "make_data/pairs-torn",
    ),
    "noise on the weights": Mistake(
        """
def make_data(n, w):
    t = 2 * torch.rand(n) - 1
    x = torch.stack([t, torch.ones(n)], dim=1)
    return x, (x * (w + torch.rand(n, 2))).sum(dim=1)
""",
        "make_data/noise-on-the-weights",
        never="randn",
    ),
    # other formulas
    "variance": Mistake(
        "def mse(y_hat, y):\n    return (y_hat - y).var()\n",
        "mse/variance-of-the-differences",
        never="knows how it was computed",
    ),
    "variance over n": Mistake(
        "def mse(y_hat, y):\n    d = y_hat - y\n    return ((d - d.mean()) ** 2).mean()\n",
        "mse/variance-of-the-differences",
    ),
    "standard deviation": Mistake(
        "def mse(y_hat, y):\n    return torch.std(y_hat - y)\n",
        "mse/standard-deviation-of-the-differences",
    ),
    "norm over n": Mistake(
        "def mse(y_hat, y):\n    return torch.linalg.norm(y_hat - y) / len(y)\n",
        "mse/norm-divided-by-n",
    ),
    "base ten": Mistake("def sigmoid(z):\n    return 1 / (1 + 10 ** (-z))\n", "sigmoid/base-ten"),
    "base two": Mistake(
        "def sigmoid(z):\n    return 1 / (1 + torch.pow(2.0, -z))\n", "sigmoid/base-two"
    ),
    "drawn outcome": Mistake(
        "def predict_proba(x, w):\n    return torch.bernoulli(sigmoid(x @ w))\n",
        says="every number that predict_proba() returns is 0 or 1",
    ),
    "outcome drawn by comparison": Mistake(
        """
def predict_proba(x, w):
    p = sigmoid(x @ w)
    return (torch.rand(len(p)) < p) * 1.0
""",
        says="every number that predict_proba() returns is 0 or 1",
    ),
    "intercept outside": Mistake(
        "def predict_proba(x, w):\n    return sigmoid(w[0] * x[:, 0]) + w[1] * x[:, 1]\n",
        "predict_proba/intercept-outside",
    ),
    "mean of each class": Mistake(
        """
def cross_entropy(p, y):
    p = p.clamp(1e-6, 1 - 1e-6)
    loss = 0
    if len(p[y == 1]) > 0:
        loss = loss - torch.log(p[y == 1]).mean()
    if len(p[y == 0]) > 0:
        loss = loss - torch.log(1 - p[y == 0]).mean()
    return loss
""",
        "cross_entropy/mean-of-each-class",
    ),
    "Newton's step": Mistake(
        """
def update_logistic(x, y, w, lr):
    with torch.no_grad():
        p = predict_proba(x, w)
        loss = cross_entropy(p, y)
        g = x.T @ (p - y) / len(y)
        h = x.T @ (x * (p * (1 - p))[:, None]) / len(y)
        w -= lr * torch.linalg.solve(h, g)
    return loss
""",
        "update_logistic/newton-step",
    ),
    "Newton's step on a line": Mistake(
        """
def update(x, y, w, lr):
    with torch.no_grad():
        loss = mse(predict(x, w), y)
        g = 2 / len(y) * x.T @ (predict(x, w) - y)
        h = 2 / len(y) * x.T @ x
        w -= lr * torch.linalg.inv(h) @ g
    return loss
""",
        "update/newton-step",
    ),
    "rows left for a test": Mistake(
        """
def train(x, y, w, lr, epochs):
    n = int(0.8 * len(x))
    return [float(update(x[:n], y[:n], w, lr)) for _ in range(epochs)]
""",
        "train/part-of-the-samples",
    ),
    "rows left for a test, of classes": Mistake(
        """
def train_logistic(x, y, w, lr, epochs):
    n = int(0.8 * len(x))
    return [float(update_logistic(x[:n], y[:n], w, lr)) for _ in range(epochs)]
""",
        "train_logistic/part-of-the-samples",
    ),
    "rows from 1": Mistake(
        """
def predict(x, w):
    y_hat = torch.zeros(len(x))
    for i in range(1, len(x)):
        y_hat[i] = x[i, 0] * w[0] + x[i, 1] * w[1]
    return y_hat
""",
        "predict/first-sample-left-out",
    ),
    "rows to n - 1": Mistake(
        """
def predict(x, w):
    y_hat = torch.zeros(len(x))
    for i in range(len(x) - 1):
        y_hat[i] = x[i, 0] * w[0] + x[i, 1] * w[1]
    return y_hat
""",
        "predict/last-sample-left-out",
    ),
    "torch.gradient": Mistake(
        """
def gradient(x, y, w):
    return torch.gradient((predict(x, w).detach() - y) ** 2)[0]
""",
        "gradient/differences-of-neighbours",
    ),
    "numpy.gradient": Mistake(
        """
def gradient(x, y, w):
    return np.gradient(((predict(x, w).detach() - y) ** 2).numpy())
""",
        "gradient/differences-of-neighbours",
    ),
    "end of a slice": Mistake(
        """
def minibatches(x, y, batch_size):
    n = len(y)
    order = np.random.permutation(n)
    batches = []
    for start in range(0, n, batch_size):
        rows = order[start : min(start + batch_size, n) - 1]
        batches.append((x[rows], y[rows]))
    return batches
""",
        "minibatches/slice-end-taken-as-included",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_cause_is_said(
    name: str, warm_grader: Grader, write_submission: Callable[..., Path]
) -> None:
    """The misconception is named or the cause is said, and nothing that does not hold."""
    mistake = MISTAKES[name]
    function = mistake.code.partition("def ")[2].partition("(")[0]
    assignment = load_assignment()
    source = f"{assignment.reference}\nimport numpy as np\n\n\n{mistake.code}"
    # With its helpers, which are right: where right ones are lent, less is said.
    only = (function, *assignment.unit(function).collaborators)

    report = warm_grader.grade(write_submission(source), only=only)

    (graded,) = [one for one in report.functions if one.name == function]
    assert graded.status is not Status.PASSED
    text = _text(graded)
    failed = [one for one in graded.checks if one.status in (Status.FAILED, Status.ERROR)]
    assert (failed[0].misconception or "") == mistake.named, text
    assert mistake.says in text
    assert mistake.never not in text


def _text(function: FunctionResult) -> str:
    """Return all messages and hints about a function."""
    return "\n".join(f"{one.message}\n{one.hint}" for one in function.checks)
