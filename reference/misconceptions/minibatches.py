"""Misconceptions about minibatches(): wrong programs with their hints."""

import torch


def minibatches__last_batch_dropped(x, y, batch_size):
    """The last, smaller batch is left out.

    len(x) // batch_size counts only whole batches, and drop_last leaves out
    the rest. Loop over range(0, len(x), batch_size), where the last slice is
    simply shorter.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for batch in range(len(x) // batch_size):
        rows = order[batch * batch_size : (batch + 1) * batch_size]
        yield x[rows], y[rows]


def minibatches__last_batch_merged(x, y, batch_size):
    """The leftover samples are added to the last batch, which gets too large.

    No batch has more than batch_size rows. Make the leftover samples a smaller
    batch of their own.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    batches = max(len(x) // batch_size, 1)
    for batch in range(batches):
        start = batch * batch_size
        is_last = batch == batches - 1
        rows = order[start:] if is_last else order[start : start + batch_size]
        yield x[rows], y[rows]


def minibatches__last_batch_filled_up(x, y, batch_size):
    """The last batch is filled up with samples that come up twice.

    Every sample is in exactly one batch. Let the last batch be smaller.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = torch.arange(start, start + batch_size) % len(x)
        yield x[order[rows]], y[order[rows]]


def minibatches__first_batch_skipped(x, y, batch_size):
    """A whole batch is left out, such as the first one.

    Positions start at 0, and so does the first batch. Loop over range(0,
    len(x), batch_size).

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(batch_size, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


def minibatches__only_one_batch(x, y, batch_size):
    """There is only one batch; the other samples are left out.

    Cut the whole permutation into batches, one after another. A yield inside
    the loop carries on after each batch, whereas a return would end the loop.

    Section: 6. Minibatches
    """
    rows = torch.randperm(len(x))[:batch_size]
    return [(x[rows], y[rows])]


def minibatches__not_shuffled(x, y, batch_size):
    """The samples come in their original order.

    Draw a random order, torch.randperm(len(x)), and cut that into batches.

    Section: 6. Minibatches
    """
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[start : start + batch_size]


def minibatches__same_order_each_call(x, y, batch_size):
    """Every call goes through the samples in the same order.

    A seed inside the function makes randperm start over, and a stored
    permutation never changes. Draw a new torch.randperm(len(x)) in each call,
    without a seed.

    Section: 6. Minibatches
    """
    torch.manual_seed(0)
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


def minibatches__only_the_batches_shuffled(x, y, batch_size):
    """The batches come in random order, but each holds neighbouring samples.

    Shuffle the samples before you cut: draw torch.randperm(len(x)) and take
    batch_size of its entries for each batch.

    Section: 6. Minibatches
    """
    starts = torch.arange(0, len(x), batch_size)
    for start in starts[torch.randperm(len(starts))]:
        yield x[start : start + batch_size], y[start : start + batch_size]


def minibatches__shuffled_within_batches_only(x, y, batch_size):
    """The samples are cut into batches first, and shuffled only within each.

    Each batch then holds the same samples in every epoch. Shuffle all samples
    first, then cut.

    Section: 6. Minibatches
    """
    for start in range(0, len(x), batch_size):
        xb, yb = x[start : start + batch_size], y[start : start + batch_size]
        order = torch.randperm(len(xb))
        yield xb[order], yb[order]


def minibatches__shuffled_apart(x, y, batch_size):
    """x and y are shuffled separately, each into a different order.

    Each row of x has to stay with its entry of y. Draw one permutation and use
    it for both: x[rows], y[rows].

    Section: 6. Minibatches
    """
    x = x[torch.randperm(len(x))]
    y = y[torch.randperm(len(y))]
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[start : start + batch_size]


def minibatches__y_not_shuffled(x, y, batch_size):
    """Only x is shuffled; y stays in its original order.

    Each row of x has to stay with its entry of y. Use the same indices for
    both: x[rows], y[rows].

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], y[start : start + batch_size]


def minibatches__with_replacement(x, y, batch_size):
    """Some samples come up twice, others never.

    randint may draw the same index again, and random.shuffle on a tensor
    copies rows over one another. torch.randperm(len(x)) contains each index
    exactly once: use it as the order, x[rows].

    Section: 6. Minibatches
    """
    order = torch.randint(0, len(x), (len(x),))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


def minibatches__new_order_for_each_batch(x, y, batch_size):
    """Each batch is drawn from all samples: some come up twice, others never.

    Draw the permutation once, before the loop, and let each batch go on where
    the last one ended.

    Section: 6. Minibatches
    """
    for start in range(0, len(x), batch_size):
        order = torch.randperm(len(x))
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


def minibatches__permutes_batch_size_rows(x, y, batch_size):
    """The same few samples come up again and again, others never.

    randperm(batch_size) contains only the numbers below batch_size. Draw one
    permutation of all samples, torch.randperm(len(x)), and cut it into
    batches.

    Section: 6. Minibatches
    """
    for _ in range(len(x) // batch_size):
        rows = torch.randperm(batch_size)
        yield x[rows], y[rows]


def minibatches__batch_size_as_number_of_batches(x, y, batch_size):
    """batch_size is used as the number of batches.

    chunk(k) makes k pieces, split(k) makes pieces of length k. Each batch
    should have batch_size rows.

    Section: 6. Minibatches
    """
    for rows in torch.randperm(len(x)).chunk(batch_size):
        yield x[rows], y[rows]


def minibatches__overlapping(x, y, batch_size):
    """The batches overlap: each begins one sample after the one before.

    Every sample is in exactly one batch. Move on by batch_size each time:
    range(0, len(x), batch_size).

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(len(x)):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


def minibatches__sliding_window(x, y, batch_size):
    """The batches overlap, like a window that moves on by one sample at a time.

    Every sample is in exactly one batch. Let each batch begin where the last
    one ended: range(0, len(x), batch_size).

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(len(x) - batch_size + 1):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


def minibatches__batch_number_as_start(x, y, batch_size):
    """The batches overlap, and some samples are left out.

    Batch i begins at i * batch_size, not at i. Loop over range(0, len(x),
    batch_size), which gives these positions.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    batches = (len(x) + batch_size - 1) // batch_size
    for batch in range(batches):
        rows = order[batch : batch + batch_size]
        yield x[rows], y[rows]


def minibatches__slice_end_taken_as_included(x, y, batch_size):
    """Each batch is one row short.

    A slice does not include its end: order[a:b] has b - a entries, without
    entry b. Write order[start : start + batch_size].

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size - 1]
        yield x[rows], y[rows]


def minibatches__one_sample_in_each(x, y, batch_size):
    """Each batch holds only one sample, whatever batch_size is.

    Take batch_size entries of the permutation at a time: order[start : start +
    batch_size].

    Section: 6. Minibatches
    """
    for row in torch.randperm(len(x)):
        yield x[row : row + 1], y[row : row + 1]


def minibatches__samples_instead_of_batches(x, y, batch_size):
    """Each item is a single sample, not a batch.

    x[i] has shape (2,), and y[i] has no dimensions. A batch has shapes
    (batch_size, 2) and (batch_size,): index with several rows at once,
    x[rows], y[rows].

    Section: 6. Minibatches
    """
    for row in torch.randperm(len(x)):
        yield x[row], y[row]


def minibatches__never_ends(x, y, batch_size):
    """The batches go on after all samples have come up.

    One call goes through the samples once; the loop over the epochs is in the
    caller. If there is a while True, leave it out.

    Section: 6. Minibatches
    """
    while True:
        order = torch.randperm(len(x))
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            yield x[rows], y[rows]


def minibatches__samples_come_twice(x, y, batch_size):
    """One call goes through the samples twice.

    One call is one epoch, in which each sample comes up once. Leave out the
    outer loop.

    Section: 6. Minibatches
    """
    for _ in range(2):
        order = torch.randperm(len(x))
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            yield x[rows], y[rows]


def minibatches__indices_only(x, y, batch_size):
    """Each batch is a tensor of one number per row, not a pair (xb, yb).

    Are these the indices of the rows? Use them on both tensors: yield x[rows],
    y[rows].

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        yield order[start : start + batch_size]


def minibatches__no_pairs(x, y, batch_size):
    """The batches are not pairs (xb, yb).

    Make each batch a pair: yield x[rows], y[rows], or append (x[rows],
    y[rows]) to a list. A return inside the loop would return only the first
    pair.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows]


def minibatches__two_lists(x, y, batch_size):
    """All the xb are in one list, and all the yb in another.

    The caller needs pairs, batch by batch. Combine each xb with its yb, for
    example with zip().

    Section: 6. Minibatches
    """
    rows = torch.randperm(len(x)).split(batch_size)
    return [x[one] for one in rows], [y[one] for one in rows]


def minibatches__feature_only(x, y, batch_size):
    """xb has one dimension, but should have shape (batch_size, 2).

    Is it only the feature? The model needs the column of ones too. Take whole
    rows: x[rows], without a second index.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows, 0], y[rows]


def minibatches__y_as_a_column(x, y, batch_size):
    """yb is a column of shape (batch_size, 1).

    y has shape (n,), so its batches have shape (batch_size,). Index it as it
    is: y[rows], without unsqueeze or view.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows].unsqueeze(1)


def minibatches__changes_x_and_y(x, y, batch_size):
    """x or y itself is changed, and so the caller's data.

    Assigning to x[:], and shuffling in place, write into the caller's tensor.
    x[rows] makes a new one and leaves x as it is.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    x[:], y[:] = x[order], y[order]
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[start : start + batch_size]


def minibatches__returns_nothing(x, y, batch_size):
    """Nothing is returned.

    Pass on each batch with yield x[rows], y[rows], or append it to a list and
    return the list after the loop.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        print(x[rows], y[rows])


def minibatches__pairs_of_samples(x, y, batch_size):
    """A batch is a list of single samples, not a pair of tensors.

    Each batch should be (xb, yb), where xb has the rows of x and yb the
    entries of y. Index both with the batch's indices: x[rows], y[rows].

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    samples = [(x[row], y[row]) for row in order]
    return [samples[k : k + batch_size] for k in range(0, len(x), batch_size)]


def minibatches__x_and_y_swapped(x, y, batch_size):
    """Each pair has y first and x second.

    The order is (xb, yb), as in x, y.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield y[rows], x[rows]


def minibatches__x_and_y_in_one_tensor(x, y, batch_size):
    """x and y of a batch are in one tensor.

    Each batch should be a pair of two tensors, (x[rows], y[rows]).

    Section: 6. Minibatches
    """
    both = torch.cat([x, y[:, None]], dim=1)[torch.randperm(len(x))]
    return list(both.split(batch_size))


def minibatches__an_empty_batch_at_the_end(x, y, batch_size):
    """There is an empty batch at the end.

    If batch_size divides the number of samples, len(x) // batch_size + 1 is
    one batch too many. range(0, len(x), batch_size) has the right number of
    starts.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for i in range(len(x) // batch_size + 1):
        rows = order[i * batch_size : (i + 1) * batch_size]
        yield x[rows], y[rows]


def minibatches__last_batch_dropped_even_if_full(x, y, batch_size):
    """The last batch is left out, even where it is full.

    range() ends before its second number, so range(0, n - batch_size,
    batch_size) ends too early, and [:-1] leaves out the last one of a list.
    Loop over range(0, len(x), batch_size): at the end, a slice is simply
    shorter.

    Section: 6. Minibatches
    """
    order = torch.randperm(len(x))
    for start in range(0, len(x) - batch_size, batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


def minibatches__last_batch_dropped_even_if_full__and_what_is_left(x, y, batch_size):
    order = torch.randperm(len(x))
    for batch in range(len(x) // batch_size - 1):
        rows = order[batch * batch_size : (batch + 1) * batch_size]
        yield x[rows], y[rows]


def minibatches__slice_end_taken_as_included__also_of_the_last(x, y, batch_size):
    n = len(x)
    order = torch.randperm(n)
    for start in range(0, n, batch_size):
        rows = order[start : min(start + batch_size, n) - 1]
        yield x[rows], y[rows]
