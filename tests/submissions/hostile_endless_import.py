"""Loops for ever at import; what stands above it counts."""
# expect: score=6

def mse(y_hat, y):
    return ((y_hat - y) ** 2).mean()


while True:
    pass


def sigmoid(z):
    return 1 / (1 + (-z).exp())
