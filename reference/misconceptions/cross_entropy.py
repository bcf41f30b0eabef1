"""Misconceptions about cross_entropy(): wrong programs with their hints."""

import torch


def _clamped(p):
    return p.clamp(1e-7, 1 - 1e-7)


def cross_entropy__minus_missing(p, y):
    """The loss has the wrong sign.

    Logarithms of probabilities are negative, so the loss is minus their mean,
    with one minus in front.

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return (y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def cross_entropy__only_class_one(p, y):
    """Only the samples of class 1 count.

    Samples of class 0 count too: add (1 - y) * log(1 - p).

    Section: 7. Going further: logistic regression
    """
    return -(y * torch.log(_clamped(p))).mean()


def cross_entropy__only_class_zero(p, y):
    """Only the samples of class 0 count.

    Samples of class 1 count too: add y * log(p).

    Section: 7. Going further: logistic regression
    """
    return -((1 - y) * torch.log(1 - _clamped(p))).mean()


def cross_entropy__classes_ignored(p, y):
    """Every sample counts -log p, whatever its class.

    y selects which logarithm counts: y * log(p) + (1 - y) * log(1 - p).

    Section: 7. Going further: logistic regression
    """
    return -torch.log(_clamped(p)).mean()


def cross_entropy__classes_swapped(p, y):
    """The classes are swapped: p counts as the probability of class 0.

    y goes with log(p), and 1 - y with log(1 - p).

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -((1 - y) * torch.log(p) + y * torch.log(1 - p)).mean()


def cross_entropy__log2(p, y):
    """The logarithm is to base 2.

    Use the natural logarithm, torch.log.

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log2(p) + (1 - y) * torch.log2(1 - p)).mean()


def cross_entropy__log10(p, y):
    """The logarithm is to base 10.

    Use the natural logarithm, torch.log.

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log10(p) + (1 - y) * torch.log10(1 - p)).mean()


def cross_entropy__sum_instead_of_mean(p, y):
    """The terms are summed, not averaged.

    Divide by the number of samples, or call .mean().

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).sum()


def cross_entropy__halved(p, y):
    """The loss is half of what it should be.

    Each sample contributes only one term, since the other is zero: divide by
    n, and by nothing else.

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean() / 2


def cross_entropy__divided_by_n_twice(p, y):
    """The loss is divided by the number of samples twice.

    .mean() already divides by it.

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    losses = y * torch.log(p) + (1 - y) * torch.log(1 - p)
    return -losses.mean() / len(y)


def cross_entropy__not_finite_at_zero_and_one(p, y):
    """Where p is exactly 0 or 1, the loss is nan or infinite.

    log(0) is minus infinity, and 0 times infinity is nan. Use torch.clamp to
    keep p slightly away from 0 and 1 before you take the logarithm.

    Section: 7. Going further: logistic regression
    """
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def cross_entropy__not_finite_at_one(p, y):
    """Where p is 1, the loss is nan or infinite; where p is 0, it is not.

    Is p kept away from 1 as well? In float32, 1 - 1e-8 is already 1, so clamp
    p at 1 - 1e-7: p.clamp(1e-7, 1 - 1e-7). Or add a small number inside both
    logarithms.

    Section: 7. Going further: logistic regression
    """
    p = p.clamp(min=1e-7)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def cross_entropy__not_finite_at_zero(p, y):
    """Where p is 0, the loss is nan or infinite; where p is 1, it is not.

    log(0) is infinite. Keep p away from 0 as well: clamp it on both sides, or
    add a small number inside both logarithms.

    Section: 7. Going further: logistic regression
    """
    eps = 1e-7
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p + eps)).mean()


def cross_entropy__clamp_too_strong(p, y):
    """The clamp also changes ordinary probabilities.

    Clamp much closer to 0 and 1, at 1e-7 or so.

    Section: 7. Going further: logistic regression
    """
    p = p.clamp(0.1, 0.9)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def cross_entropy__arguments_swapped(p, y):
    """p and y are swapped: the logarithm is taken of the classes.

    Take the logarithm of the probabilities: y * log(p) + (1 - y) * log(1 - p).

    Section: 7. Going further: logistic regression
    """
    y = _clamped(y)
    return -(p * torch.log(y) + (1 - p) * torch.log(1 - y)).mean()


def cross_entropy__arguments_swapped__without_clamp(p, y):
    return -(p * torch.log(y) + (1 - p) * torch.log(1 - y)).mean()


def cross_entropy__arguments_swapped__with_eps_7(p, y):
    eps = 1e-7
    logs = p * torch.log(y + eps) + (1 - p) * torch.log(1 - y + eps)
    return -logs.mean()


def cross_entropy__arguments_swapped__with_eps_8(p, y):
    eps = 1e-8
    logs = p * torch.log(y + eps) + (1 - p) * torch.log(1 - y + eps)
    return -logs.mean()


def cross_entropy__arguments_swapped__by_torch(p, y):
    return torch.nn.functional.binary_cross_entropy(y, p)


def cross_entropy__squared_error(p, y):
    """This is the mean squared error.

    For classes, the loss is the cross entropy, the mean of -(y log p + (1 - y)
    log(1 - p)).

    Section: 7. Going further: logistic regression
    """
    return ((p - y) ** 2).mean()


def cross_entropy__absolute_error(p, y):
    """This is the mean absolute error.

    For classes, the loss is the cross entropy, the mean of -(y log p + (1 - y)
    log(1 - p)).

    Section: 7. Going further: logistic regression
    """
    return (p - y).abs().mean()


def cross_entropy__cuts_the_graph(p, y):
    """Autograd can't find its way from the loss back to p.

    .item(), .detach(), .numpy(), float() and torch.tensor(...) cut the graph.
    Return the loss as the tensor that torch operations give.

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean().detach()


def cross_entropy__not_reduced(p, y):
    """One loss per sample is returned, not their mean.

    End with .mean().

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def cross_entropy__sigmoid_inside(p, y):
    """The sigmoid is applied again to values that are already probabilities.

    Use p as it is. binary_cross_entropy_with_logits expects x @ w, before the
    sigmoid.

    Section: 7. Going further: logistic regression
    """
    return torch.nn.functional.binary_cross_entropy_with_logits(p, y)


def cross_entropy__log_of_the_mean(p, y):
    """The mean is taken before the logarithm.

    Take the logarithm of each sample's probability first, then the mean.

    Section: 7. Going further: logistic regression
    """
    right = y * p + (1 - y) * (1 - p)
    return -torch.log(right.mean())


def cross_entropy__no_logarithm(p, y):
    """The logarithm is missing.

    Take torch.log of p, and of 1 - p.

    Section: 7. Going further: logistic regression
    """
    return -(y * p + (1 - y) * (1 - p)).mean()


def cross_entropy__log_of_one_plus(p, y):
    """The logarithm is taken of 1 + p, not of p.

    log1p(p) is log(1 + p). Use torch.log(p), and torch.log(1 - p) for the
    other class.

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log1p(p) + (1 - y) * torch.log1p(1 - p)).mean()


def cross_entropy__minus_on_one_half_only(p, y):
    """The minus sign applies to only one of the two terms.

    It belongs to both: -(y * log(p) + (1 - y) * log(1 - p)). Mind the
    parentheses.

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return (-y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def cross_entropy__halves_subtracted(p, y):
    """The second term is subtracted from the first instead of added.

    Add the two, and put one minus in front of both: -(y * log(p) + (1 - y) *
    log(1 - p)).

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return (y * torch.log(p) - (1 - y) * torch.log(1 - p)).mean()


def cross_entropy__nan_replaced_by_zero(p, y):
    """A confident but wrong prediction costs too little.

    Such a sample has to cost a lot. If nan_to_num hides the infinity that
    log(0) gives, it costs nothing: clamp p instead.

    Section: 7. Going further: logistic regression
    """
    losses = y * torch.log(p) + (1 - y) * torch.log(1 - p)
    return -torch.nan_to_num(losses, nan=0.0, neginf=0.0).mean()


def cross_entropy__returns_nothing(p, y):
    """Nothing is returned.

    Return the loss at the end.

    Section: 7. Going further: logistic regression
    """
    torch.log(_clamped(p))


def cross_entropy__softmax_over_the_samples(p, y):
    """The softmax is applied to p, as F.cross_entropy and CrossEntropyLoss do.

    Those expect scores of several classes for each sample. p is a probability
    for each sample already: use the formula, or F.binary_cross_entropy(p, y).

    Section: 7. Going further: logistic regression
    """
    return torch.nn.functional.cross_entropy(p, y)


def cross_entropy__softmax_over_the_classes(p, y):
    """The softmax is applied to the probabilities of the two classes.

    F.cross_entropy and CrossEntropyLoss expect scores, not probabilities. Use
    the formula, or F.binary_cross_entropy(p, y).

    Section: 7. Going further: logistic regression
    """
    both = torch.stack([1 - p, p], dim=1)
    return torch.nn.functional.cross_entropy(both, y.long())


def cross_entropy__targets_as_integers(p, y):
    """F.cross_entropy is given the classes as integers, and can't use them.

    It expects scores of several classes for each sample. p is a probability
    for each sample already: use the formula, or F.binary_cross_entropy(p, y).

    Section: 7. Going further: logistic regression
    """
    return torch.nn.functional.cross_entropy(p, y.long())


def cross_entropy__is_a_text(p, y):
    """The loss is returned as a text.

    Return the number itself, as a tensor, and format it only where you print
    it.

    Section: 7. Going further: logistic regression
    """
    return f"{torch.nn.functional.binary_cross_entropy(p, y):.4f}"


def cross_entropy__y_outside_of_the_mean(p, y):
    """The mean is taken of the logarithms alone, before they are multiplied.

    The loss should be a single number: put brackets around the whole sum, and
    take the mean of it.

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -y * torch.log(p).mean() - (1 - y) * torch.log(1 - p).mean()


def cross_entropy__y_outside_of_the_mean__and_plus(p, y):
    p = _clamped(p)
    return -y * torch.log(p).mean() + (1 - y) * torch.log(1 - p).mean()


def cross_entropy__y_outside_of_the_mean__in_brackets(p, y):
    p = _clamped(p)
    return -(y * torch.log(p).mean() + (1 - y) * torch.log(1 - p).mean())


def cross_entropy__probabilities_rounded(p, y):
    """p is rounded to 0 or 1 before the logarithm.

    The loss is about how sure p is: use p as it is, without rounding it or
    comparing it with 0.5.

    Section: 7. Going further: logistic regression
    """
    p = _clamped((p > 0.5).float())
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def cross_entropy__probabilities_rounded__to_a_millionth(p, y):
    p = (p > 0.5).float().clamp(1e-6, 1 - 1e-6)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def cross_entropy__eps_too_large(p, y):
    """The number added to avoid log(0) also changes ordinary probabilities.

    Add a much smaller one, 1e-7 or so.

    Section: 7. Going further: logistic regression
    """
    return -(y * torch.log(p + 0.01) + (1 - y) * torch.log(1 - p + 0.01)).mean()


def cross_entropy__eps_too_large__a_thousandth(p, y):
    return -(y * torch.log(p + 1e-3) + (1 - y) * torch.log(1 - p + 1e-3)).mean()


def cross_entropy__eps_too_large__a_tenth(p, y):
    return -(y * torch.log(p + 0.1) + (1 - y) * torch.log(1 - p + 0.1)).mean()


def cross_entropy__clamp_too_strong__of_the_logarithm(p, y):
    logs = y * torch.log(p).clamp(min=-1) + (1 - y) * torch.log(1 - p).clamp(min=-1)
    return -logs.mean()


def cross_entropy__data_given_to_the_loss_class(p, y):
    """The data is passed to the class BCELoss, not to the function it makes.

    BCELoss(), with nothing in the parentheses, makes a loss function; pass the
    data to that. Or use torch.nn.functional.binary_cross_entropy(p, y).

    Section: 7. Going further: logistic regression
    """
    return torch.nn.BCELoss(p, y)


def cross_entropy__mean_of_each_class(p, y):
    """The mean is taken over each class by itself.

    Each sample counts 1/n. Add up both classes first and divide by the number
    of all samples. The mean of a class without samples is nan.

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(torch.log(p[y == 1]).mean() + torch.log(1 - p[y == 0]).mean())


def cross_entropy__mean_of_each_class__halved(p, y):
    p = _clamped(p)
    return -(torch.log(p[y == 1]).mean() + torch.log(1 - p[y == 0]).mean()) / 2


def cross_entropy__log_of_one_plus_for_class_zero(p, y):
    """For class 0, the logarithm is taken of 1 + p, not of 1 - p.

    log1p(p) is log(1 + p). Write torch.log(1 - p), or torch.log1p(-p).

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log(p) + (1 - y) * torch.log1p(p)).mean()


def cross_entropy__log_of_one_plus_for_class_one(p, y):
    """For class 1, the logarithm is taken of 1 + p, not of p.

    log1p(p) is log(1 + p). Write torch.log(p).

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log1p(p) + (1 - y) * torch.log(1 - p)).mean()


def cross_entropy__class_zero_for_all(p, y):
    """Every sample counts -log(1 - p), whatever its class.

    y selects which logarithm counts: y * log(p) + (1 - y) * log(1 - p).

    Section: 7. Going further: logistic regression
    """
    return -torch.log(1 - _clamped(p)).mean()


def cross_entropy__one_minus_the_logarithm(p, y):
    """For class 0, 1 - log(p) counts instead of log(1 - p).

    Subtract first, inside of the brackets of the logarithm: log(1 - p).

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log(p) + (1 - y) * (1 - torch.log(p))).mean()


def cross_entropy__no_brackets_around_one_minus_y(p, y):
    """y selects both logarithms, and a 1 is added.

    Are the brackets around 1 - y missing? 1 - y * log(1 - p) multiplies first.
    Write (1 - y) * log(1 - p).

    Section: 7. Going further: logistic regression
    """
    p = _clamped(p)
    return -(y * torch.log(p) + 1 - y * torch.log(1 - p)).mean()


def cross_entropy__mean_of_each_class__by_sums(p, y):
    p = _clamped(p)
    losses = (y * torch.log(p)).sum() / y.sum()
    return -(losses + ((1 - y) * torch.log(1 - p)).sum() / (1 - y).sum())


def cross_entropy__mean_of_each_class__by_sums_and_halved(p, y):
    p = _clamped(p)
    losses = (y * torch.log(p)).sum() / y.sum()
    return -(losses + ((1 - y) * torch.log(1 - p)).sum() / (1 - y).sum()) / 2


def cross_entropy__mean_of_each_class__of_those_there_are(p, y):
    p = _clamped(p)
    loss = 0
    if len(p[y == 1]):
        loss = loss - torch.log(p[y == 1]).mean()
    if len(p[y == 0]):
        loss = loss - torch.log(1 - p[y == 0]).mean()
    return loss


def cross_entropy__mean_of_each_class__mean_of_those_there_are(p, y):
    p = _clamped(p)
    losses = []
    if len(p[y == 1]):
        losses.append(-torch.log(p[y == 1]).mean())
    if len(p[y == 0]):
        losses.append(-torch.log(1 - p[y == 0]).mean())
    return sum(losses) / len(losses)
