import torch
import torch.nn as nn
import torch.optim as optim
from model import Classifier

criterion = nn.CrossEntropyLoss()


def train_step(model, optimizer, x, y):
    model.train()
    optimizer.zero_grad()
    outputs = model(x)
    loss = criterion(outputs, y)
    loss.backward()
    optimizer.step()
    return float(loss)


def fit(model, x, y, lr, epochs):
    history = []
    opt = optim.SGD(model.parameters(), lr)
    for epoch in range(epochs):
        history.append(train_step(model, opt, x, y))
    return history


if __name__ == "__main__":
    net = Classifier(2, 4, 2)
    print(fit(net, torch.randn(8, 2), torch.randint(0, 2, (8,)), 0.1, 3))
