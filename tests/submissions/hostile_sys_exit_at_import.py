"""Leaves with status 0 at import."""
# expect: score=6

import sys


def mse(y_hat, y):
    return ((y_hat - y) ** 2).mean()


sys.exit(0)
