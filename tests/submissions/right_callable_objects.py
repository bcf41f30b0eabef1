"""Coming from Java: every 'function' is an object with __call__, a bound method, or the apply of an own autograd Function."""
import torch
import matplotlib.pyplot as plt
import matplotlib.animation


class DataFactory:
    LOW, HIGH = -1.0, 1.0

    def __call__(self, n, w):
        x = self.design(n)
        return x, x.matmul(w) + self.noise(n)

    def design(self, n):
        return torch.stack([self.LOW + (self.HIGH - self.LOW) * torch.rand(n), torch.ones(n)], dim=-1)

    def noise(self, n):
        return torch.rand(n)


class LogisticFunction(torch.autograd.Function):
    """1 / (1 + e^-z) with its own backward pass."""

    @staticmethod
    def forward(ctx, z):
        out = 1 / (1 + torch.exp(-z))
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, upstream):
        out, = ctx.saved_tensors
        return upstream * out * (1 - out)


class Model:
    def __init__(self, activation=None):
        self._activation = activation

    def evaluate(self, x, w):
        z = x.matmul(w)
        return self._activation(z) if self._activation else z


class Cost:
    def __call__(self, *arguments):
        raise NotImplementedError


class MeanSquaredError(Cost):
    def __call__(self, y_hat, y):
        return (y_hat - y).square().mean()


class CrossEntropy(Cost):
    EPSILON = 1e-7

    def __call__(self, p, y):
        safe = p.clamp(self.EPSILON, 1.0 - self.EPSILON)
        return -(y * safe.log() + (1.0 - y) * (1.0 - safe).log()).mean()


class GradientDescent:
    def __init__(self, model, cost):
        self._model = model
        self._cost = cost

    def cost(self, x, y, w):
        return self._cost(self._model.evaluate(x, w), y)

    def gradient(self, x, y, w):
        return torch.autograd.functional.jacobian(lambda v: self.cost(x, y, v), w)

    def step(self, x, y, w, lr):
        before = self.cost(x, y, w)
        slope = self.gradient(x, y, w)
        w.data.copy_(w.data - lr * slope)
        return before.item()

    def run(self, x, y, w, lr, epochs):
        losses = []
        for _ in range(epochs):
            losses.append(self.step(x, y, w, lr))
        return losses


class Deck:
    """A shuffled deck of batches: no __iter__, only the old len/getitem pair."""

    def __init__(self, x, y, batch_size):
        shuffled = torch.randperm(len(y))
        self._x, self._y = x[shuffled], y[shuffled]
        self._size = batch_size

    def __len__(self):
        return (len(self._y) + self._size - 1) // self._size

    def __getitem__(self, k):
        if k >= len(self):
            raise IndexError(k)
        here = slice(k * self._size, (k + 1) * self._size)
        return self._x[here], self._y[here]


class StochasticGradientDescent:
    def __init__(self, descent, dealer):
        self.descent, self.dealer = descent, dealer

    def __call__(self, x, y, w, lr, epochs, batch_size):
        return [self.one_epoch(self.dealer(x, y, batch_size), w, lr) for _ in range(epochs)]

    def one_epoch(self, deck, w, lr):
        losses = [self.descent.step(xb, yb, w, lr) for xb, yb in deck]
        return sum(losses) / len(losses)


class Painter:
    def __init__(self, descent):
        self.descent = descent

    def __call__(self, x, y, w):
        axes = plt.figure().add_subplot()
        axes.scatter(x[:, 0], y)
        self.line = axes.plot([-1.0, 1.0], self.ends(w))[0]
        return axes

    @staticmethod
    def ends(w):
        slope, intercept = w.detach().tolist()
        return [intercept - slope, intercept + slope]


class Film(Painter):
    def __call__(self, x, y, w, lr, frames):
        axes = super().__call__(x, y, w)
        line = self.line

        class Frame:
            def __call__(frame, number):
                self.descent.step(x, y, w, lr)
                line.set_ydata(self.ends(w))
                return (line,)

        return matplotlib.animation.FuncAnimation(axes.figure, Frame(), frames=frames)


make_data = DataFactory()
sigmoid = LogisticFunction.apply
predict = Model().evaluate
predict_proba = Model(sigmoid).evaluate
mse = MeanSquaredError()
cross_entropy = CrossEntropy()
_linear = GradientDescent(Model(), mse)
_logistic = GradientDescent(Model(sigmoid), cross_entropy)
gradient = _linear.gradient
update = _linear.step
train = _linear.run
minibatches = Deck
train_minibatch = StochasticGradientDescent(_linear, Deck)
update_logistic = _logistic.step
train_logistic = _logistic.run
plot_fit = Painter(_linear)
animate_fit = Film(_linear)


class Answers(dict):
    def choose(self, letter, *questions):
        self.update(dict.fromkeys(questions, letter))
        return self


ANSWERS = (Answers()
           .choose("a", "trailing_underscore", "minibatch")
           .choose("b", "ones_column", "zero_grad", "model")
           .choose("c", "gradient_of_w", "loss_function")
           .choose("d", "uniform_", "learning_rate")
           .choose("e", "parameters")
           .choose("f", "epoch")
           .choose("g", "sgd"))
