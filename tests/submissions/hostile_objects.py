"""Returns objects and raises exceptions that misbehave when looked at."""
# expect: score=0

class Trap:
    def __getattr__(self, name):
        raise RuntimeError("trap")

    def __iter__(self):
        while True:
            yield self

    def __len__(self):
        return 1 << 60

    def __float__(self):
        raise MemoryError

    def __del__(self):
        raise SystemExit

    def __repr__(self):
        return "\x1b[31m" * 1000000

    __class__ = property(lambda self: int)


class Bomb(Exception):
    def __str__(self):
        return "\x1b]0;owned\x07\u202e\ud800" * 100000


class Loop(Exception):
    def __str__(self):
        raise Loop


def make_data(n, w):
    return Trap(), Trap()


def predict(x, w):
    return Trap()


def mse(y_hat, y):
    raise Bomb


def gradient(x, y, w):
    raise Loop


def update(x, y, w, lr):
    nested = []
    for _ in range(100000):
        nested = [nested]
    return nested


def train(x, y, w, lr, epochs):
    return {Trap(): Trap()}


def minibatches(x, y, batch_size):
    return Trap()


def sigmoid(z):
    return float("nan")


def cross_entropy(p, y):
    return 10**400


def plot_fit(x, y, w):
    return type("Axes", (), {})()


ANSWERS = Trap()
