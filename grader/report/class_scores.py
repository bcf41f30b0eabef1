"""Computes the figures of a class's scores, exactly."""

import statistics
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from grader.report.class_model import ScoreFigures

_BINS = 10
_QUARTERS = 4


def describe_scores(scores: Sequence[float], max_score: float) -> ScoreFigures:
    """Summarize scores exactly; without scores, all figures are 0.

    Quartiles are interpolated between neighbouring scores, with the lowest score at 0 % and the
    highest at 100 % (the method ``inclusive`` of `statistics.quantiles`).

    Args:
        scores: The scores, in any order.
        max_score: The most that can be scored.
    """
    points = [exact(score) for score in sorted(scores)]
    if not points:
        return ScoreFigures(
            count=0,
            mean=0.0,
            median=0.0,
            lower_quartile=0.0,
            upper_quartile=0.0,
            full_marks=0,
            histogram=(0,) * _BINS,
        )
    # statistics.quantiles() needs two values: a single score is doubled, and is every quartile.
    several = points if len(points) > 1 else points * 2
    lower, median, upper = statistics.quantiles(several, n=_QUARTERS, method="inclusive")
    bins = Counter(_bin(score, exact(max_score)) for score in points)
    return ScoreFigures(
        count=len(points),
        mean=float(sum(points) / len(points)),
        median=float(median),
        lower_quartile=float(lower),
        upper_quartile=float(upper),
        full_marks=sum(score >= max_score for score in points),
        histogram=tuple(bins[place] for place in range(_BINS)),
    )


def _bin(score: Fraction, max_score: Fraction) -> int:
    """Return which tenth of the maximum a score is in, from 0; the last includes the maximum."""
    if max_score <= 0:
        return _BINS - 1
    return max(0, min(_BINS - 1, int(score * _BINS // max_score)))


def exact(score: float) -> Fraction:
    """Return a score as an exact fraction: 0.1 is one tenth, as the author wrote it."""
    return Fraction(str(score))
