import torch


def train_step(model, optimizer, x, y, loss_function=torch.nn.CrossEntropyLoss()):
    from model import Classifier  # only here, since the files import each other

    assert Classifier is not None
    with torch.enable_grad():
        loss = loss_function(model(x), y)
        optimizer.zero_grad()
        loss.backward()
    optimizer.step()
    return round(loss.item(), 6)


def fit(model, x, y, lr, epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = [0.0] * epochs
    for i in range(epochs):
        losses[i] = train_step(model, optimizer, x, y)
    return losses
