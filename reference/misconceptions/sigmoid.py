"""Misconceptions about sigmoid(): wrong programs with their hints."""

import torch


def sigmoid__sign_of_the_exponent(z):
    """The curve falls where it should rise.

    The formula is 1 / (1 + exp(-z)), with one minus, in the exponent. For
    large z the result has to approach 1.

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(-z)


def sigmoid__overflow(z):
    """The result is nan where z is large.

    exp(z) is infinite there, and infinity divided by infinity is nan. Use 1 /
    (1 + exp(-z)), which stays finite, or torch.sigmoid.

    Section: 7. Going further: logistic regression
    """
    return torch.exp(z) / (1 + torch.exp(z))


def sigmoid__overflow_at_both_ends(z):
    """The result is nan far from zero, on both sides.

    exp(1000) is infinite in float32. Use 1 / (1 + exp(-z)), which stays
    finite, or torch.sigmoid.

    Section: 7. Going further: logistic regression
    """
    return torch.exp(z) / (torch.exp(z) + torch.exp(z) * torch.exp(-z))


def sigmoid__tanh(z):
    """This is tanh: it runs from -1 to 1.

    The sigmoid runs from 0 to 1 and is 0.5 at z = 0. Use 1 / (1 + exp(-z)).

    Section: 7. Going further: logistic regression
    """
    return torch.tanh(z)


def sigmoid__softmax(z):
    """The results sum to 1: that is softmax.

    The sigmoid looks at each entry on its own: 1 / (1 + exp(-z)).

    Section: 7. Going further: logistic regression
    """
    return torch.softmax(z, dim=0)


def sigmoid__one_missing(z):
    """This is exp(z), which grows without bound.

    The formula is 1 / (1 + exp(-z)). Is the 1 in the denominator missing?

    Section: 7. Going further: logistic regression
    """
    return 1 / torch.exp(-z)


def sigmoid__exponential_only(z):
    """Only exp(-z) is computed.

    Put it into the whole formula, 1 / (1 + exp(-z)).

    Section: 7. Going further: logistic regression
    """
    return torch.exp(-z)


def sigmoid__not_inverted(z):
    """1 + exp(-z) is returned, but 1 is not divided by it.

    The result has to lie between 0 and 1: it is 1 / (1 + exp(-z)). Without the
    parentheses, 1 / 1 is computed first.

    Section: 7. Going further: logistic regression
    """
    return 1 + torch.exp(-z)


def sigmoid__minus_in_the_denominator(z):
    """The denominator has a minus where there should be a plus.

    The formula is 1 / (1 + exp(-z)): it never divides by zero.

    Section: 7. Going further: logistic regression
    """
    return 1 / (1 - torch.exp(-z))


def sigmoid__base_two(z):
    """The base of the power is 2, not e.

    Use torch.exp for the exponential.

    Section: 7. Going further: logistic regression
    """
    return 1 / (1 + 2 ** (-z))


def sigmoid__relu(z):
    """This is the rectified linear unit, max(0, z).

    The sigmoid is 1 / (1 + exp(-z)): it squeezes every number into the range
    from 0 to 1.

    Section: 7. Going further: logistic regression
    """
    return torch.relu(z)


def sigmoid__logit(z):
    """This is the logit, the inverse of the sigmoid.

    It goes from probabilities back to numbers. The sigmoid is 1 / (1 +
    exp(-z)), which is defined for every z.

    Section: 7. Going further: logistic regression
    """
    return torch.log(z / (1 - z))


def sigmoid__log_sigmoid(z):
    """The logarithm of the sigmoid is returned.

    The logarithm comes later, in the loss. Return 1 / (1 + exp(-z)).

    Section: 7. Going further: logistic regression
    """
    return torch.nn.functional.logsigmoid(z)


def sigmoid__twice(z):
    """The sigmoid is applied twice.

    Once is enough: at z = 0 the result is 0.5.

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(torch.sigmoid(z))


def sigmoid__rounded(z):
    """The probabilities are rounded to 0 and 1.

    Keep the probability itself: a step from 0 to 1 has no gradient to learn
    from.

    Section: 7. Going further: logistic regression
    """
    return torch.round(torch.sigmoid(z))


def sigmoid__cuts_the_graph(z):
    """Autograd can't find its way from the result back to z.

    .detach(), .numpy(), torch.tensor(...) and torch.no_grad() cut the graph.
    Use torch operations only.

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(z).detach()


def sigmoid__clamped_early(z):
    """z is clamped long before it would overflow.

    Clamping z to a few units changes results that were right. If you clamp, do
    it far out, at 80 or so; torch.sigmoid doesn't need it.

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(z.clamp(-1, 1))


def sigmoid__summed(z):
    """The entries are added up into a single number.

    The sigmoid works entry by entry: the result has the shape of z.

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(z).sum()


def sigmoid__averaged(z):
    """The mean over the entries is returned.

    The sigmoid works entry by entry: the result has the shape of z.

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(z).mean()


def sigmoid__math_exp(z):
    """A single number is needed, but z holds several.

    math.exp and float() take only one number. torch.exp works on whole
    tensors, and autograd can differentiate it.

    Section: 7. Going further: logistic regression
    """
    import math

    return 1 / (1 + math.exp(-z))


def sigmoid__returns_nothing(z):
    """Nothing is returned.

    Return the result at the end.

    Section: 7. Going further: logistic regression
    """
    torch.sigmoid(z)


def sigmoid__changes_z(z):
    """z itself is changed.

    sigmoid_() and neg_() work in place. Use torch.sigmoid(z) and -z, which
    make new tensors.

    Section: 7. Going further: logistic regression
    """
    return z.sigmoid_()


def sigmoid__derivative(z):
    """This is the derivative of the sigmoid, s * (1 - s).

    Return s itself. autograd finds the derivative.

    Section: 7. Going further: logistic regression
    """
    s = torch.sigmoid(z)
    return s * (1 - s)


def sigmoid__rounded__from_a_half(z):
    """The result is rounded to 0 or 1.

    Return the number between 0 and 1 itself, without rounding it or comparing
    it with 0.5.

    Section: 7. Going further: logistic regression
    """
    return (torch.sigmoid(z) >= 0.5).float()


def sigmoid__rounded__above_a_half(z):
    return (torch.sigmoid(z) > 0.5).float()


def sigmoid__rounded__by_torch(z):
    return torch.round(torch.sigmoid(z))


def sigmoid__of_twice_z(z):
    """This is the sigmoid of 2 z: the curve is twice as steep.

    The formula is 1 / (1 + exp(-z)). By tanh, it is (tanh(z / 2) + 1) / 2.

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(2 * z)


def sigmoid__if_on_a_tensor(z):
    """A single True or False is needed, but the tensor has several entries.

    if, while, and, or, min() and max() decide once, for the whole tensor. The
    formula 1 / (1 + exp(-z)) needs no cases; if you want some, use
    torch.where, which chooses entry by entry.

    Section: 7. Going further: logistic regression
    """
    if z >= 0:
        return 1 / (1 + torch.exp(-z))
    return torch.exp(z) / (1 + torch.exp(z))


def sigmoid__of_the_absolute_value(z):
    """For negative z the result is that of -z, so it is never below 0.5.

    Is it computed from the absolute value of z? Plain 1 / (1 + exp(-z)) is
    finite everywhere. With |z|, negative z need a formula of their own: exp(z)
    / (1 + exp(z)).

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(z.abs())


def sigmoid__of_minus_the_absolute_value(z):
    """For positive z the result is that of -z, so it is never above 0.5.

    Is it computed from the absolute value of z? Plain 1 / (1 + exp(-z)) is
    finite everywhere. With |z|, positive z need a formula of their own: 1 / (1
    + exp(-z)).

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(-z.abs())


def sigmoid__of_the_square(z):
    """This is the sigmoid of z squared, so it is never below 0.5.

    The exponent is -z: 1 / (1 + exp(-z)).

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(z**2)


def sigmoid__of_the_positive_part(z):
    """For all negative z the result is 0.5.

    Is z replaced by 0 there, as relu or clamp(min=0) does? Use z as it is: 1 /
    (1 + exp(-z)).

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(torch.relu(z))


def sigmoid__of_the_negative_part(z):
    """For all positive z the result is 0.5.

    Is z replaced by 0 there, as clamp(max=0) does? Use z as it is: 1 / (1 +
    exp(-z)).

    Section: 7. Going further: logistic regression
    """
    return torch.sigmoid(z.clamp(max=0))


def sigmoid__exponential_over_one(z):
    """This is twice exp(z).

    Are the brackets around the denominator missing? exp(z) / 1 + exp(z)
    divides first. Write 1 / (1 + exp(-z)), which stays finite.

    Section: 7. Going further: logistic regression
    """
    return torch.exp(z) / 1 + torch.exp(z)


def sigmoid__base_ten(z):
    """The base of the power is 10, not e.

    Use torch.exp for the exponential.

    Section: 7. Going further: logistic regression
    """
    return 1 / (1 + 10 ** (-z))
