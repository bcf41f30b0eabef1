"""Every function is a lambda on one line (with walruses where a statement would have been nicer)."""
import torch, functools as ft, matplotlib.pyplot as plt, matplotlib.animation as ma

make_data = lambda n, w: (x := torch.cat([torch.rand(n, 1) * 2 - 1, torch.ones(n, 1)], 1), x @ w + torch.rand(n))
predict = lambda x, w: w[0] * x[:, 0] + w[1] * x[:, 1]
mse = lambda y_hat, y: (y_hat - y).square().mean()
gradient = lambda x, y, w: torch.autograd.grad(mse(predict(x, w), y), w)[0]
update = lambda x, y, w, lr: (l := mse(predict(x, w), y), g := torch.autograd.grad(l, w)[0], w.data.sub_(lr * g))[0].item()
train = lambda x, y, w, lr, epochs: [update(x, y, w, lr) for _ in range(epochs)]
minibatches = lambda x, y, batch_size: ((x[i], y[i]) for i in torch.randperm(len(y)).split(batch_size))
train_minibatch = lambda x, y, w, lr, epochs, batch_size: [(lambda s: sum(s) / len(s))([update(xb, yb, w, lr) for xb, yb in minibatches(x, y, batch_size)]) for _ in range(epochs)]
sigmoid = lambda z: z.div(2).tanh().add(1).div(2)
predict_proba = lambda x, w: sigmoid(predict(x, w))
cross_entropy = lambda p, y: -((y * p + (1 - y) * (1 - p)).clamp(min=1e-8)).log().mean()
update_logistic = lambda x, y, w, lr: (l := cross_entropy(predict_proba(x, w), y), g := torch.autograd.grad(l, w)[0], torch.no_grad()(lambda: w.sub_(lr * g))())[0].item()
train_logistic = lambda x, y, w, lr, epochs: list(map(lambda _: update_logistic(x, y, w, lr), range(epochs)))
plot_fit = lambda x, y, w: (ax := plt.subplots()[1], ax.scatter(x[:, 0], y), ax.plot(x[:, 0], predict(x, w.detach()), c="r"))[0]
animate_fit = lambda x, y, w, lr, frames: (f := plt.figure(), plt.scatter(x[:, 0], y), l := plt.plot(x[:, 0], predict(x, w.detach()))[0], ma.FuncAnimation(f, lambda i: (update(x, y, w, lr), l.set_ydata(predict(x, w.detach())), l)[2:], frames))[3]
ANSWERS = dict(ones_column="b", uniform_="d", trailing_underscore="a", gradient_of_w="c", zero_grad="b", learning_rate="d", epoch="f", minibatch="a", sgd="g", model="b", parameters="e", loss_function="c")
