import numpy as np
import pytest
from solution import Affine


@pytest.mark.parametrize(("n", "d", "m"), [(2, 3, 1), (7, 3, 4)])
def test_affine_goes_there_and_back(n, d, m):
    rng = np.random.default_rng()
    x, w, b, dout = (rng.normal(1, 1, size) for size in ((n, d), (d, m), m, (n, m)))
    layer = Affine(w, b)
    out = layer.forward(x)
    dx = layer.backward(dout)
    np.testing.assert_allclose(out, x @ w + b)
    np.testing.assert_allclose(dx, dout @ w.T)
    np.testing.assert_allclose(layer.dw, x.T @ dout)
    np.testing.assert_allclose(layer.db, dout.sum(axis=0))
