"""Loops for ever at import; what stands above and below it counts."""
# expect: score=11

def mse(y_hat, y):
    return ((y_hat - y) ** 2).mean()


while True:
    pass


def sigmoid(z):
    return 1 / (1 + (-z).exp())
