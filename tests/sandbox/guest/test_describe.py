"""Describing what a function returned: any object becomes plain data."""

import itertools
import tracemalloc
from collections import OrderedDict, namedtuple
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.observations.bounds import MAX_ARRAY_ELEMENTS, MAX_DIMENSIONS, MAX_ITEMS, MAX_TEXT
from grader.observations.frames import (
    MAX_ANSWER_BYTES,
    PREFIX_BYTES,
    decode_payload,
    encode_frame,
)
from grader.observations.messages import Answer, FromChild, Outcome, Step
from grader.observations.values import (
    TOO_LARGE,
    AnyValue,
    Array,
    Items,
    Mapping,
    Nothing,
    Number,
    Opaque,
    Text,
)
from grader.sandbox.guest.budget import AnswerBudget, TooLargeError
from grader.sandbox.guest.describe import MAX_DEPTH, describe


def describe_array(value: object) -> Array:
    """Return the description of a value, which must be an array."""
    described = describe(value)
    assert isinstance(described, Array)
    return described


def describe_items(value: object, *, draw: int = 0) -> Items:
    """Return the description of a value, which must be items."""
    described = describe(value, draw=draw)
    assert isinstance(described, Items)
    return described


# --- plain values -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "described"),
    [
        (None, Nothing()),
        (True, Number(value=1.0, kind="bool")),
        (-3, Number(value=-3.0, kind="int")),
        (0.25, Number(value=0.25, kind="float")),
        (float("inf"), Number(value=float("inf"), kind="float")),
        ("a", Text(text="a")),
        ({"a": 1}, Mapping(entries=((Text(text="a"), Number(value=1, kind="int")),))),
        ([], Items(kind="list", items=())),
        ((None, "b"), Items(kind="tuple", items=(Nothing(), Text(text="b")))),
        ({3}, Items(kind="set", items=(Number(value=3, kind="int"),))),
        (frozenset(), Items(kind="set", items=())),
    ],
    ids=repr,
)
def test_plain_value_is_described_as_it_is(value: object, described: AnyValue) -> None:
    """Python's numbers, strings and containers keep their values."""
    assert describe(value) == described


@pytest.mark.parametrize(
    "value",
    [object(), print, torch, type, Ellipsis, 1j, b"bytes", range(3), iter([1]), torch.float32],
    ids=lambda value: type(value).__name__,
)
def test_anything_else_is_only_named(value: object) -> None:
    """Any other object is described by the name of its type only."""
    described = describe(value)

    assert described == Opaque(type_name=type(value).__name__)


def test_number_that_no_float_can_hold_is_opaque() -> None:
    """An int too large for a float is described as opaque instead of raising."""
    described = describe(10**400)

    assert isinstance(described, Opaque)
    assert described.type_name == "int"


def test_subclasses_of_containers_are_containers() -> None:
    """A named tuple is described like a tuple, and an OrderedDict like a dict."""
    pair = namedtuple("pair", "x y")  # noqa: PYI024 - as a student writes it

    described = describe_items(pair(1, 2))

    assert described.kind == "pair"
    assert len(described.items) == 2
    assert isinstance(describe(OrderedDict(a=1)), Mapping)


def test_text_is_cut_and_can_be_encoded() -> None:
    """Text is cut at the maximum length, and a lone surrogate becomes an escape."""

    class Shout(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "something else"

    assert describe("a" * (MAX_TEXT + 1)) == Text(text="a" * MAX_TEXT)
    assert describe("\ud800") == Text(text="\\ud800")
    assert describe(Shout("a")) == Text(text="a")


# --- tensors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dtype",
    [
        torch.float16,
        torch.float32,
        torch.float64,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.uint8,
        torch.bool,
        torch.complex64,
        torch.complex128,
    ],
    ids=str,
)
@pytest.mark.parametrize("shape", [(), (0,), (0, 2), (1,), (3, 2), (2, 1, 2)], ids=str)
def test_tensor_arrives_with_dtype_shape_and_numbers(
    dtype: torch.dtype, shape: tuple[int, ...]
) -> None:
    """Tensors of every supported dtype keep dtype, shape and elements, even empty ones."""
    tensor = torch.arange(torch.Size(shape).numel()).reshape(shape).to(dtype)

    described = describe_array(tensor)

    assert described.dtype == str(dtype).removeprefix("torch.")
    assert described.shape == shape
    assert described.kind == "tensor"
    assert described.to_numpy().tolist() == tensor.tolist()


def test_bfloat16_is_widened_without_loss() -> None:
    """A bfloat16 tensor keeps its numbers exactly, and the name of its dtype."""
    tensor = torch.tensor([1.5, -(2.0**120)], dtype=torch.bfloat16)

    described = describe_array(tensor)

    assert described.dtype == "bfloat16"
    assert described.to_numpy().tolist() == tensor.tolist()


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0).reshape(2, 3).T,
        torch.arange(6.0)[::2],
        torch.ones(1).expand(4),
        torch.tensor([1 + 2j]).conj(),
        torch.tensor([1 + 2j]).conj().imag,
        torch.zeros(2).to(torch.float32).unsqueeze(0),
    ],
    ids=["transposed", "strided", "expanded", "conjugate view", "negative view", "unsqueezed"],
)
def test_view_is_described_by_its_numbers(tensor: torch.Tensor) -> None:
    """A view is described by its numbers, whatever its memory layout."""
    described = describe_array(tensor)

    assert described.to_numpy().tolist() == tensor.tolist()


def test_flags_of_a_leaf_and_of_a_result_are_told_apart() -> None:
    """Describing keeps the flags of a tensor, and leaves the graph intact."""
    w = torch.ones(2, requires_grad=True)
    loss = (w * 3).sum()

    leaf, result, data = describe_array(w), describe_array(loss), describe_array(loss.detach())

    assert (leaf.requires_grad, leaf.is_leaf, leaf.has_grad_fn) == (True, True, False)
    assert (result.requires_grad, result.is_leaf, result.has_grad_fn) == (True, False, True)
    assert (data.requires_grad, data.is_leaf, data.has_grad_fn) == (False, True, False)
    assert torch.autograd.grad(loss, w)[0].tolist() == [3.0, 3.0]


def test_parameter_is_a_tensor() -> None:
    """An ``nn.Parameter`` is described as a tensor that requires grad."""
    described = describe_array(torch.nn.Parameter(torch.ones(2)))

    assert (described.kind, described.requires_grad) == ("tensor", True)


class Liar(torch.Tensor):
    """A tensor that lies about everything."""

    shape = property(lambda _: torch.Size([7]))
    dtype = property(lambda _: torch.int64)
    requires_grad = property(lambda _: True)
    is_leaf = property(lambda _: False)
    grad_fn = property(lambda _: print)
    layout = property(lambda _: torch.sparse_coo)
    __class__ = property(lambda _: float)

    @classmethod
    def __torch_function__(cls, *_: object, **__: object) -> torch.Tensor:
        """Return the same numbers from every torch function."""
        return torch.tensor([42.0, 42.0])

    def detach(self) -> torch.Tensor:
        """Return another tensor."""
        return torch.tensor([42.0, 42.0])

    def numpy(self, **_: object) -> np.ndarray:
        """Return other numbers."""
        return np.array([42.0, 42.0])

    def __array__(self, *_: object) -> np.ndarray:
        """Return other numbers."""
        return self.numpy()

    def tolist(self) -> list[float]:
        """Return other numbers."""
        return [42.0, 42.0]


def test_tensor_that_lies_about_itself_is_not_believed() -> None:
    """A subclass that overrides everything is described as the plain tensor that it holds."""
    liar = torch.tensor([1.0, 2.0, 3.0]).as_subclass(Liar)

    described = describe_array(liar)

    assert described == describe_array(torch.tensor([1.0, 2.0, 3.0]))


def test_grad_mode_does_not_matter() -> None:
    """Describing under no_grad gives the same flags, and leaves grad mode off."""
    w = torch.ones(2, requires_grad=True)

    with torch.no_grad():
        described = describe_array(w)
        is_on = torch.is_grad_enabled()

    assert described.requires_grad
    assert not is_on


@pytest.mark.parametrize(
    "tensor",
    [
        torch.zeros(1).expand(MAX_ARRAY_ELEMENTS + 1),
        torch.zeros(2).to(torch.float8_e4m3fn),
        torch.zeros(MAX_ARRAY_ELEMENTS + 1, dtype=torch.uint8),
    ],
    ids=["huge view", "eight bits", "huge"],
)
def test_tensor_that_cannot_be_sent_is_opaque(tensor: torch.Tensor) -> None:
    """A tensor that is too large or of an unsupported dtype is described by its size only."""
    described = describe(tensor)

    assert isinstance(described, Opaque)
    assert described.type_name == "Tensor"
    assert str(tensor.numel()) in described.reason


@pytest.mark.filterwarnings("ignore:Sparse")
@pytest.mark.parametrize("layout", [torch.sparse_coo, torch.sparse_csr], ids=str)
def test_sparse_tensor_is_described_by_its_numbers(layout: torch.layout) -> None:
    """A sparse tensor is described like the dense one with the same numbers."""
    tensor = torch.eye(2).to_sparse(layout=layout)

    described = describe_array(tensor)

    assert described.to_numpy().tolist() == [[1.0, 0.0], [0.0, 1.0]]


def _huge_sparse() -> torch.Tensor:
    place = torch.zeros(2, 1, dtype=torch.int64)
    return torch.sparse_coo_tensor(place, torch.ones(1), (10**6, 10**6), check_invariants=True)


@pytest.mark.parametrize(
    "value",
    [
        torch.empty(2, device="meta"),
        _huge_sparse(),
        torch.zeros((1,) * (MAX_DIMENSIONS + 1)),
        np.zeros((1,) * (MAX_DIMENSIONS + 1)),
    ],
    ids=["no data", "huge and sparse", "tensor of many dimensions", "array of many dimensions"],
)
def test_tensor_that_cannot_be_described_is_opaque(value: object) -> None:
    """A tensor without data, or too large to make dense, is opaque instead of raising."""
    described = describe(value)

    assert isinstance(described, Opaque)


# --- numpy --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        np.float32(0.5),
        np.float64(0.5),
        np.int64(3),
        np.bool_(True),  # noqa: FBT003 - a numpy value
        np.array(2.0),
        np.arange(4).reshape(2, 2).T,
        np.array([1, 2], dtype=">i4"),
        np.zeros((0, 3)),
        np.ma.masked_array([1.0, 2.0], mask=[False, False]),
    ],
    ids=lambda value: f"{type(value).__name__} {value.dtype} {value.shape}",
)
def test_numpy_value_is_an_array(value: Any) -> None:  # noqa: ANN401 - numpy's
    """A numpy array or scalar is described as an array; a scalar has no dimensions."""
    described = describe_array(value)

    assert described.kind == "ndarray"
    assert described.shape == np.shape(value)
    assert described.to_numpy().tolist() == value.tolist()
    assert not described.requires_grad


@pytest.mark.parametrize(
    "value",
    [
        np.array(["a"]),
        np.array([None]),
        np.zeros(1, dtype=[("a", int)]),
        np.array("2026-01-01", dtype="datetime64[D]"),
        np.broadcast_to(np.zeros(1), (MAX_ARRAY_ELEMENTS + 1,)),
    ],
    ids=["texts", "objects", "records", "date", "huge"],
)
def test_array_that_holds_no_numbers_is_opaque(value: object) -> None:
    """A numpy array of objects, strings, records or dates is opaque, and so is a huge one."""
    described = describe(value)

    assert isinstance(described, Opaque)
    assert described.type_name == "ndarray"


# --- containers and iterables -------------------------------------------------------------


def test_generator_is_drawn_up_to_the_cap() -> None:
    """Of an endless generator only ``draw`` items are taken, and it is marked as cut."""
    described = describe_items((number for number in itertools.count()), draw=3)

    assert described.kind == "generator"
    assert [item.value for item in described.items if isinstance(item, Number)] == [0, 1, 2]
    assert described.is_cut


@pytest.mark.parametrize(("length", "is_cut"), [(2, False), (3, False), (4, True)])
def test_cut_means_that_there_was_more(length: int, is_cut: bool) -> None:  # noqa: FBT001 - a column
    """Items are marked as cut only if there were more than ``draw``."""
    described = describe_items(iter(range(length)), draw=3)

    assert described.is_cut is is_cut


@pytest.mark.parametrize("kind", [list, tuple, iter, lambda pairs: zip(*zip(*pairs))])  # noqa: B905
def test_batches_of_any_iterable_are_drawn(kind: Any) -> None:  # noqa: ANN401 - a column
    """Each item of a list, tuple, iterator or zip is described."""
    batches = kind([(torch.zeros(2), torch.ones(2)), (torch.ones(1), torch.zeros(1))])

    described = describe_items(batches, draw=10)

    assert [item.kind for item in described.items if isinstance(item, Items)] == ["tuple"] * 2
    assert not described.is_cut


def test_data_loader_is_drawn() -> None:
    """The batches of a DataLoader are described."""
    data = torch.utils.data.TensorDataset(torch.arange(5.0), torch.arange(5.0))
    loader = torch.utils.data.DataLoader(data, batch_size=2)

    described = describe_items(loader, draw=10)

    assert len(described.items) == 3


def test_iterable_inside_of_a_container_is_not_drawn() -> None:
    """An iterator inside a returned list is not consumed."""
    described = describe_items([iter([1])], draw=5)

    assert described.items == (Opaque(type_name="list_iterator"),)


def test_exception_of_a_generator_is_raised() -> None:
    """An exception of the student's generator is passed on, as one of the call."""

    def batches() -> Iterator[int]:
        yield 1
        message = "no more"
        raise LookupError(message)

    with pytest.raises(LookupError, match="no more"):
        describe(batches(), draw=5)


@pytest.mark.parametrize("value", [object(), print])
def test_drawing_from_an_object_that_is_not_iterable_raises(value: object) -> None:
    """Drawing from an object that is not iterable raises Python's own TypeError."""
    with pytest.raises(TypeError, match="is not iterable"):
        describe(value, draw=5)


@pytest.mark.parametrize("value", [None, 3, "text", {"a": 1}, torch.ones(2)], ids=repr)
def test_value_that_is_not_an_iterable_of_batches_is_described_as_usual(value: object) -> None:
    """None, numbers, strings, dicts and tensors are described as usual even with ``draw``."""
    assert describe(value, draw=5) == describe(value)


def test_long_list_is_cut() -> None:
    """A list with one item above the maximum is cut."""
    described = describe_items([0] * (MAX_ITEMS + 1))

    assert len(described.items) == MAX_ITEMS
    assert described.is_cut


def test_long_dict_is_cut() -> None:
    """A dict with one entry above the maximum is cut."""
    described = describe(dict.fromkeys(range(MAX_ITEMS + 1)))

    assert isinstance(described, Mapping)
    assert len(described.entries) == MAX_ITEMS
    assert described.is_cut


def test_dict_of_the_largest_size_is_not_cut() -> None:
    """A dict with exactly the maximum of entries is not cut."""
    described = describe(dict.fromkeys(range(MAX_ITEMS)))

    assert isinstance(described, Mapping)
    assert not described.is_cut


def test_nesting_is_bounded() -> None:
    """A list that contains itself is described down to the maximum depth."""
    endless: list[object] = []
    endless.append(endless)

    depth, inner = 0, describe(endless)
    while isinstance(inner, Items):
        depth, inner = depth + 1, inner.items[0]

    assert depth == MAX_DEPTH
    assert inner == Opaque(type_name="list", reason="nested too deeply")


def test_tensors_in_containers_are_described() -> None:
    """Tensors in a tuple or a dict are described as arrays."""
    described = describe_items((torch.ones(2), {"loss": torch.tensor(0.5)}))

    first, second = described.items
    assert isinstance(first, Array)
    assert isinstance(second, Mapping)
    assert isinstance(second.entries[0][1], Array)


def test_dict_that_lies_about_its_items_is_not_believed() -> None:
    """A dict that overrides ``items`` is described by what it really contains."""

    class Lying(dict[str, int]):
        def items(self) -> Any:  # noqa: ANN401 - a lie
            return [("a", 2)]

    described = describe(Lying(a=1))

    assert described == describe({"a": 1})


class _Refused(BaseException):
    """Raised by code of the student's that must not run while a value is described."""


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset])
def test_container_that_lies_about_its_items_is_not_believed(kind: Any) -> None:  # noqa: ANN401 - a column
    """A container that overrides its iteration is described by what it really contains."""

    class Lying(kind):  # type: ignore[misc]  # a column
        def __iter__(self) -> Iterator[int]:
            raise _Refused

    described = describe_items(Lying([3]))

    assert described.items == (Number(value=3, kind="int"),)
    assert not described.is_cut


# --- names of classes ---------------------------------------------------------------------


class _LyingText(str):
    """A text whose own methods all refuse."""

    __slots__ = ()

    def __getitem__(self, _place: object) -> str:
        raise _Refused

    def __str__(self) -> str:
        raise _Refused

    def encode(self, *_: object) -> bytes:
        raise _Refused


class _LyingClass(type):
    """A class of classes without a name, a hash or equality."""

    @property
    def __name__(cls) -> str:  # type: ignore[override] # refuses
        raise _Refused

    def __hash__(cls) -> int:
        raise _Refused

    def __eq__(cls, other: object) -> bool:
        raise _Refused

    def __instancecheck__(cls, _value: object) -> bool:
        raise _Refused


def _make_class(bases: tuple[type, ...], name: str) -> Any:  # noqa: ANN401 - a class
    return _LyingClass(name, bases, {"__class__": property(lambda _: int)})


@pytest.mark.parametrize("name", ["a" * 1_000_000, _LyingText("a" * 1_000_000), "é" * 1_000, ""])
@pytest.mark.parametrize("base", [object, list, tuple, set, dict, int, str, np.ndarray])
def test_class_with_any_name_is_described(name: str, base: Any) -> None:  # noqa: ANN401 - a column
    """The name of a class is cut, and neither the name nor its metaclass can refuse."""
    made = _make_class((base,), "short")
    type.__dict__["__name__"].__set__(made, name)
    value = made((2,)) if base is np.ndarray else made()

    described = describe(value)

    decode_payload(_send(described)[PREFIX_BYTES:], FromChild)


# --- how much -----------------------------------------------------------------------------


def test_numbers_of_an_answer_are_bounded() -> None:
    """Describing many large tensors stops once an answer is full, before they are copied."""
    value = [torch.zeros(MAX_ARRAY_ELEMENTS)] * 10_000
    tracemalloc.start()

    with pytest.raises(TooLargeError, match="too large to examine"):
        describe(value)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 2 * MAX_ANSWER_BYTES


def test_number_of_values_of_an_answer_is_bounded() -> None:
    """A list that contains itself ten thousand times is not followed to the maximum depth."""
    endless: list[object] = []
    endless.extend([endless] * MAX_ITEMS)

    with pytest.raises(TooLargeError):
        describe(endless)


def test_budget_is_that_of_the_whole_answer() -> None:
    """Values of the same answer share its budget."""
    budget = AnswerBudget()
    value = torch.zeros(MAX_ARRAY_ELEMENTS)
    describe(value, budget=budget)
    describe(value, budget=budget)

    with pytest.raises(TooLargeError):
        describe(value, budget=budget)


def test_texts_of_an_answer_are_bounded() -> None:
    """Many long texts are too much for an answer."""
    with pytest.raises(TooLargeError):
        describe(["a" * MAX_TEXT] * MAX_ITEMS)


def test_huge_sparse_tensor_is_not_made_dense() -> None:
    """A sparse tensor whose zeros would fill the memory is opaque, by its number of elements."""
    described = describe(_huge_sparse())

    reason = f"of float32 and shape (1000000, 1000000): {TOO_LARGE}"
    assert described == Opaque(type_name="Tensor", reason=reason)


# --- any description can be sent ----------------------------------------------------------

_OBJECTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters(), max_size=5)
    | st.binary(max_size=5)
    | st.just(torch.ones(2))
    | st.just(np.float32(1)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(st.characters(), max_size=3), inner, max_size=3)
        | st.lists(inner, max_size=3).map(iter)
    ),
    max_leaves=8,
)


def _send(value: AnyValue) -> bytes:
    step = Step(returned=value, inputs={})
    return encode_frame(Answer(token=b"", outcome=Outcome.RETURNED, steps=(step,)))


@given(value=_OBJECTS)
@settings(deadline=None)
def test_any_object_becomes_something_that_can_be_sent(value: object) -> None:
    """The description of any object fits a frame, even with lone surrogates or huge integers."""
    described = describe(value)

    assert _send(described)
