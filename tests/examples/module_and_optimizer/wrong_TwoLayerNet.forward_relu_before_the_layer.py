"""The relu is applied to the inputs, not to the hidden units."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super(TwoLayerNet, self).__init__()
        self.hidden = nn.Linear(n_in, n_hidden)
        self.output = nn.Linear(n_hidden, n_out)
        self._initialize_weights()

    def _initialize_weights(self):
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.kaiming_normal_(m.weight, mode="fan_in", nonlinearity="relu")
                m.bias.data.zero_()

    def forward(self, x):
        x = self.hidden(F.relu(x))
        x = self.output(x)
        return x


class SGD(optim.Optimizer):
    def __init__(self, params, lr, momentum=0.0):
        if lr <= 0:
            raise ValueError(f"Invalid learning rate: {lr}")
        super().__init__(params, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                d_p = p.grad
                if group["momentum"] != 0:
                    state = self.state[p]
                    if "momentum_buffer" not in state:
                        buf = state["momentum_buffer"] = torch.clone(d_p).detach()
                    else:
                        buf = state["momentum_buffer"]
                        buf.mul_(group["momentum"]).add_(d_p)
                    d_p = buf
                p.add_(d_p, alpha=-group["lr"])


def train(net, optimizer, x, y, epochs):
    criterion = nn.CrossEntropyLoss()
    running = []
    net.train()
    for epoch in range(epochs):
        # zero the parameter gradients
        optimizer.zero_grad()
        # forward + backward + optimize
        outputs = net(x)
        loss = criterion(outputs, y)
        loss.backward()
        optimizer.step()
        running.append(loss.item())
    return running


def accuracy(net, x, y):
    mode = net.training
    net.eval()
    correct = 0
    total = 0
    with torch.no_grad():
        outputs = net(x)
        _, predicted = torch.max(outputs.data, 1)
        total += y.size(0)
        correct += (predicted == y).sum().item()
    net.train(mode)
    return correct / total


if __name__ == "__main__":
    net = TwoLayerNet(2, 8, 2)
    x = torch.randn(20, 2)
    y = (x[:, 0] > 0).long()
    print(train(net, SGD(net.parameters(), lr=0.1, momentum=0.9), x, y, 5))
