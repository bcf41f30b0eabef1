"""Misconceptions about predict_proba(): wrong programs with their hints."""

import torch


def predict_proba__logits(x, w):
    """x @ w is returned as it is, which is not a probability.

    Put it through sigmoid(), so that it lies between 0 and 1.

    Section: 7. Going further: logistic regression
    """
    return x @ w


def predict_proba__sigmoid_twice(x, w):
    """The sigmoid is applied twice.

    Once is enough: where x @ w is 0, the probability is 0.5.

    Section: 7. Going further: logistic regression
    """
    return sigmoid(sigmoid(x @ w))


def predict_proba__rounded(x, w):
    """Classes are returned, not probabilities.

    Return sigmoid(x @ w) itself: rounding it leaves no gradient to learn from.

    Section: 7. Going further: logistic regression
    """
    return (sigmoid(x @ w) > 0.5).float()


def predict_proba__cuts_the_graph(x, w):
    """Autograd can't find its way from the probabilities back to w.

    .detach(), .numpy(), torch.tensor(...) and torch.no_grad() cut the graph.
    Use torch operations only.

    Section: 7. Going further: logistic regression
    """
    return sigmoid(x @ w).detach()


def predict_proba__of_the_other_class(x, w):
    """This is the probability of class 0.

    sigmoid(x @ w) is the probability of class 1. Don't subtract it from 1, and
    put only one minus in the exponent.

    Section: 7. Going further: logistic regression
    """
    return 1 - sigmoid(x @ w)


def predict_proba__column(x, w):
    """The result is a column of shape (n, 1).

    x @ w with w of shape (2,) already has shape (n,): use no view and no
    unsqueeze.

    Section: 7. Going further: logistic regression
    """
    return sigmoid(x @ w).unsqueeze(1)


def predict_proba__softmax(x, w):
    """The probabilities of all samples sum to 1: that is softmax.

    Each sample has its own probability: use sigmoid().

    Section: 7. Going further: logistic regression
    """
    return torch.softmax(x @ w, dim=0)


def predict_proba__slope_only(x, w):
    """The intercept is left out.

    Use the whole product x @ w: the column of ones brings in w[1].

    Section: 7. Going further: logistic regression
    """
    return sigmoid(x[:, 0] * w[0])


def predict_proba__weights_swapped(x, w):
    """Slope and intercept are swapped.

    w[0] belongs to the feature in column 0, and w[1] to the ones. x @ w takes
    care of both.

    Section: 7. Going further: logistic regression
    """
    return sigmoid(x @ w.flip(0))


def predict_proba__sigmoid_before_the_product(x, w):
    """The sigmoid is applied to x, before the product.

    Compute the line first, x @ w, then take the sigmoid of it.

    Section: 7. Going further: logistic regression
    """
    return sigmoid(x) @ w


def predict_proba__tanh(x, w):
    """This is tanh: it runs from -1 to 1, so it is not a probability.

    Use sigmoid().

    Section: 7. Going further: logistic regression
    """
    return torch.tanh(x @ w)


def predict_proba__not_summed(x, w):
    """The products of x and w are not summed: each sample gets two numbers.

    x * w multiplies entry by entry. The matrix product x @ w also sums over
    the columns.

    Section: 7. Going further: logistic regression
    """
    return sigmoid(x * w)


def predict_proba__averaged(x, w):
    """The probabilities are averaged into a single number.

    Each sample has its own probability: don't take the mean.

    Section: 7. Going further: logistic regression
    """
    return sigmoid(x @ w).mean()


def predict_proba__log_probability(x, w):
    """The logarithm of the probability is returned.

    The logarithm belongs in the loss. Return sigmoid(x @ w).

    Section: 7. Going further: logistic regression
    """
    return torch.log(sigmoid(x @ w))


def predict_proba__returns_nothing(x, w):
    """Nothing is returned.

    Return the probabilities at the end.

    Section: 7. Going further: logistic regression
    """
    sigmoid(x @ w)


def predict_proba__pair(x, w):
    """Two probabilities are returned per sample, one for each class.

    Only the probability of class 1 is needed: the shape is (n,).

    Section: 7. Going further: logistic regression
    """
    p = sigmoid(x @ w)
    return torch.stack([1 - p, p], dim=1)


def predict_proba__sigmoid_of_the_weights(x, w):
    """The sigmoid is applied to w, before the product.

    Compute the line first, x @ w, and apply the sigmoid to the result.

    Section: 7. Going further: logistic regression
    """
    return x @ torch.sigmoid(w)


def predict_proba__rounded__by_torch(x, w):
    return torch.round(sigmoid(x @ w))


def predict_proba__rounded__from_a_half(x, w):
    return (sigmoid(x @ w) >= 0.5).float()


def predict_proba__intercept_outside(x, w):
    """The intercept is added after the sigmoid, not before.

    The sigmoid is of the whole line, x @ w. Otherwise the result need not lie
    between 0 and 1.

    Section: 7. Going further: logistic regression
    """
    return sigmoid(x[:, 0] * w[0]) + x[:, 1] * w[1]


def predict_proba__slope_outside(x, w):
    """The sigmoid is taken of the feature, and the slope comes after that.

    The sigmoid is of the whole line, x @ w. Otherwise the result need not lie
    between 0 and 1.

    Section: 7. Going further: logistic regression
    """
    return w[0] * sigmoid(x[:, 0]) + w[1]
