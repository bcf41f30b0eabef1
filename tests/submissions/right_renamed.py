"""Own parameter names everywhere (X, Y, θ, η, ...), so only the places tell what is what."""
import torch
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation

ANSWERS = {"ones_column": "b", "uniform_": "d", "trailing_underscore": "a", "gradient_of_w": "c",
           "zero_grad": "b", "learning_rate": "d", "epoch": "f", "minibatch": "a", "sgd": "g",
           "model": "b", "parameters": "e", "loss_function": "c"}


def make_data(num_points, true_weights):
    X = torch.ones(num_points, 2)
    X[:, 0] = 2 * torch.rand(num_points) - 1
    Y = predict(X, true_weights) + torch.rand_like(X[:, 0])
    return X, Y


def predict(X, θ):
    return X @ θ


def mse(guess, y):
    return ((guess - y) ** 2).sum() / len(y)


def gradient(inputs, targets, θ):
    θ.grad = None
    mse(predict(inputs, θ), targets).backward()
    return θ.grad


def update(X, Y, θ, η):
    """One step downhill, then tell how high we stood before it."""
    if θ.grad is not None:
        θ.grad.zero_()
    J = mse(predict(X, θ), Y)
    J.backward()
    with torch.no_grad():
        θ -= η * θ.grad
    return J


def train(X, Y, θ, η, steps, verbose=False):
    history = []
    for k in range(steps):
        J = update(X, Y, θ, η)
        if verbose:
            print(k, J.item())
        history.append(J)
    return history


def minibatches(features, labels, size):
    m = len(labels)
    shuffled = torch.randperm(m)
    for a in range(0, m, size):
        b = min(a + size, m)
        yield features[shuffled[a:b]], labels[shuffled[a:b]]


def train_minibatch(X, Y, weights, eta, num_epochs, size):
    history = []
    for k in range(num_epochs):
        Js = torch.tensor([float(update(A, B, weights, eta)) for A, B in minibatches(X, Y, size)])
        history.append(Js.mean())
    return history


def sigmoid(x):
    return 1 / (1 + (-x).exp())


def predict_proba(features, weights):
    return sigmoid(predict(features, weights))


def cross_entropy(prob, label):
    ε = 1e-7
    return -(label * (prob + ε).log() + (1 - label) * (1 - prob + ε).log()).mean()


def update_logistic(X, labels, β, step_size):
    if β.grad is not None:
        β.grad.zero_()
    J = cross_entropy(predict_proba(X, β), labels)
    J.backward()
    with torch.no_grad():
        β -= step_size * β.grad
    return J


def train_logistic(X, labels, β, step_size, steps):
    return [update_logistic(X, labels, β, step_size) for _ in range(steps)]


def plot_fit(X, Y, θ, title="fit"):
    θ = θ.detach()
    fig, axis = plt.subplots(1, 1)
    axis.scatter(X[:, 0], Y, c="navy")
    lo, hi = X[:, 0].min(), X[:, 0].max()
    axis.plot([lo, hi], [θ[0] * lo + θ[1], θ[0] * hi + θ[1]], c="gold")
    axis.set_title(title)
    return axis


def animate_fit(X, Y, θ, η, num_frames):
    fig, axis = plt.subplots()
    axis.scatter(X[:, 0], Y, c="navy")
    stroke, = axis.plot(X[:, 0], predict(X, θ).detach(), c="gold")

    def next_frame(j):
        update(X, Y, θ, η)
        stroke.set_ydata(predict(X, θ).detach())
        return stroke,

    return FuncAnimation(fig, next_frame, num_frames)
