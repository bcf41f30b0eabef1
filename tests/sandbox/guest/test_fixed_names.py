"""Values that are fixed while a submission is loaded are of the kind that it binds."""

import numpy as np
import pytest
import torch

from grader.observations.values import Array, Number
from grader.sandbox.guest.fixed_names import FixedNames, make_like

X = np.array([1.5, 2.5])


@pytest.mark.parametrize(
    ("own", "dtype"),
    [
        (torch.zeros(9), torch.float32),
        (torch.zeros(9, dtype=torch.float64), torch.float64),
        (torch.zeros(9, dtype=torch.int64), torch.float64),  # 1.5 is not an integer
        (np.zeros(9, np.float32), np.float32),
        (np.zeros(9, np.int64), np.float64),
        (None, np.float64),
        ("text", np.float64),
    ],
)
def test_array_is_made_like_what_was_bound(own: object, dtype: object) -> None:
    """A tensor takes the place of a tensor; only floats have the dtype of the submission."""
    made = make_like(X.copy(), own)

    assert isinstance(made, torch.Tensor) == isinstance(own, torch.Tensor)
    assert made.dtype == dtype  # type: ignore[attr-defined]
    assert made.tolist() == [1.5, 2.5]  # type: ignore[attr-defined]


def test_lists_tuples_and_numbers_are_kept_as_such() -> None:
    """Where a submission has a list, ``+`` appends, so it gets a list."""
    assert make_like(X.copy(), [0]) == [1.5, 2.5]
    assert make_like(torch.tensor([1.5]), (0,)) == (1.5,)
    assert make_like([1.5], [0]) == [1.5]
    assert make_like([[1], [2, 3]], np.zeros(2)) == [[1], [2, 3]]
    assert make_like(np.array(2.5), 0.5) == 2.5
    assert type(make_like(2.5, np.float32(0))) is np.float32
    assert torch.equal(make_like(2.5, torch.tensor(0.0)), torch.tensor(2.5))  # type: ignore[arg-type]
    assert make_like(X.tolist(), "text") == X.tolist()
    assert make_like("text", torch.tensor(0.0)) == "text"


def test_value_is_put_back_in_the_kind_of_the_last_binding() -> None:
    """Before anything is bound it is as the check has given it."""
    namespace: dict[str, object] = {}
    fixed = FixedNames(namespace, {"x": Array.from_numpy(X, kind="ndarray"), "n": Number(value=3)})

    fixed.put_back(())
    assert isinstance(namespace["x"], np.ndarray)
    namespace["x"] = torch.zeros(5)
    fixed.put_back({"x"})
    assert torch.equal(namespace["x"], torch.tensor(X, dtype=torch.float32))  # type: ignore[arg-type]
    namespace["x"].zero_()  # type: ignore[attr-defined]
    fixed.put_back({"x"})
    assert namespace["x"].tolist() == [1.5, 2.5]
