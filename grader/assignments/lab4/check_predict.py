"""Checks of predict(x, w): the linear model."""

from typing import Any

import pytest

from grader.checks.compare import VALUES_ARE_WRONG, expect_close
from grader.checks.probe import Probe


@pytest.mark.points(2)
def check_predict_is_x_times_w(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """predict(x, w) is x @ w, one number per sample

    The model is a line: slope w[0] times the feature, plus intercept w[1]. Multiply x, (n, 2), by
    w, (2,); the result has shape (n,).
    """
    for case in regressions:
        for w in (case["w"], case["w"].array):
            got, want = probe.both(x=case["x"], w=w)
            expect_close(got.array(), want.array(), "predict(x, w)")


@pytest.mark.points(2)
def check_predict_can_be_differentiated(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """Autograd finds the gradient of predict(x, w) with respect to w

    Use only torch operations from w to the result, so that autograd can follow.
    """
    for case in regressions:
        cotangent = probe.rng().normal(0, 1, len(case["x"])).astype("float32")
        got, want = probe.both(x=case["x"], w=case["w"], differentiate=["w"], cotangent=cotangent)
        expect_close(got.array(), want.array(), "predict(x, w)", hint=VALUES_ARE_WRONG)
        expect_close(got.gradient("w"), want.gradient("w"), "the gradient with respect to w")
