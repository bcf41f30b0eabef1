"""Fingerprints: which answers count as the same, by what a function is judged by."""

import math
import time

import numpy as np
import pytest
from fakes import answered, array, ended, raised, returned, step

from grader.checks.check import Check
from grader.checks.facts import Facts, Roughly
from grader.checks.probe import Result
from grader.checks.questions import Question
from grader.checks.verdict import WrongError
from grader.diagnosis.fingerprint import count_elements, fingerprint, is_same
from grader.observations.messages import (
    CallRequest,
    Observation,
    Outcome,
    Raised,
    ReadRequest,
    Request,
    State,
)
from grader.observations.values import Items, Mapping, Number

START = (1.0, -1.0)
LEAF = array(START, requires_grad=True)
DATA = array([1, 2])
CALL = CallRequest(function="update", inputs={"x": DATA, "w": LEAF, "lr": Number(value=0.1)})


def question(request: Request = CALL, facts: Facts | None = None) -> Question:
    """Make a question; the right answer doesn't matter here."""
    check = Check(id="update/a", function="update", title="", hint="", points=1, key=0, facts=facts)
    return Question(check=check, request=request, expected=returned())


def same(
    one: Observation, other: Observation, request: Request = CALL, facts: Facts | None = None
) -> bool:
    """Return whether two answers to a question are the same, in either order."""
    asked = question(request, facts)
    first, second = fingerprint(asked, one), fingerprint(asked, other)
    assert is_same(first, second) is is_same(second, first)
    assert is_same(first, first)
    return is_same(first, second)


def moved(
    place: object = START,
    value: object = 0.5,
    *,
    is_same_leaf: bool = True,
    is_global: bool = False,
    **flags: bool,
) -> Observation:
    """Answer as an update that moved w."""
    leaf = array(place, **{"requires_grad": True, **flags})  # type: ignore[arg-type]  # by name
    state = State(value=leaf, is_same_leaf=is_same_leaf, is_global=is_global)
    return returned(value, x=DATA, w=state, lr=0.1)


# --- what is returned ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.5, array(0.5)),
        (0.5, array(0.5, dtype="float64", kind="ndarray")),
        (array(0.5), array(0.5, requires_grad=True, has_grad_fn=True, is_leaf=False)),
        (1, 1.0),
        ([1.0, 2.0], (1.0, 2.0)),
        ([1.0, 2.0], array([1, 2])),
        ([array(1), 2.0], [1.0, array(2.0)]),
        (0.5, 0.5 + 1e-6),
        (array([1e6, 0]), array([1e6 + 1, 1e-3])),
        ((array([1, 2]), array([[3.0]])), [array([1, 2]), array([[3.0]])]),
        ({"a": 1.0, "b": array([2])}, {"b": array([2.0], dtype="float64"), "a": array(1)}),
        ({1: 1.0, (1, 2): 2.0}, {(1.0, 2.0): 2.0, 1.0: 1.0}),
        (math.nan, array(math.nan)),
        (array([math.inf, 1]), array([math.inf, 1 + 1e-5])),
        (None, None),
        ("a", "a"),
    ],
)
def test_answers_that_the_contract_does_not_tell_apart(one: object, other: object) -> None:
    """Number type, container type, rounding and the order of a dict make no difference."""
    assert same(moved(value=one), moved(value=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.5, 0.6),
        (0.0, 0.01),
        (0.5, None),
        (0.5, math.nan),
        (0.5, math.inf),
        (math.inf, -math.inf),
        (math.inf, math.nan),
        (0.5, "0.5"),
        (0.5, [0.5]),
        (array([1, 2]), array([[1, 2]])),
        (array([1, math.nan]), array([math.nan, 1])),
        ([1.0, 2.0], [1.0, 2.0, 3.0]),
        ((array([1, 2]), array([[3.0]])), (array([1, 2]), array([[4.0]]))),
        ((array([1, 2]), array([3.0])), (array([3.0]), array([1, 2]))),
        ({"a": 1.0}, {"b": 1.0}),
        ({"a": 1.0}, {"a": 2.0}),
        ({"a": 1.0}, [1.0]),
        ({1: 1.0}, {2: 1.0}),
        ({1: 1.0}, {"1": 1.0}),
        ({(1, 2): 1.0}, {(2, 1): 1.0}),
        (array(1 + 1j, dtype="complex64"), array(1 + 2j, dtype="complex64")),
        (None, "None of these"),
    ],
)
def test_answers_that_differ(one: object, other: object) -> None:
    """Numbers, shapes, places of nan, and kinds of value make a difference."""
    assert not same(moved(value=one), moved(value=other))


def test_number_of_calls_that_were_answered_counts() -> None:
    """Answers with different numbers of steps differ."""
    one = step(1.0, x=DATA, w=LEAF, lr=0.1)

    assert not same(answered(one), answered(one, one))


def test_gradients_count() -> None:
    """Answers with different gradients differ."""
    request = CallRequest(function="mse", inputs={"y": LEAF}, differentiate=("y",))

    def with_gradient(value: object) -> Observation:
        return answered(step(1.0, gradients={"y": value}, y=LEAF))

    assert same(with_gradient(array([1, 2])), with_gradient(array([1, 2 + 1e-6])), request)
    assert not same(with_gradient(array([1, 2])), with_gradient(array([1, 3])), request)
    assert not same(with_gradient(array([1, 2])), with_gradient(None), request)


# --- leaves -------------------------------------------------------------------------------


def test_small_steps_are_compared_as_steps() -> None:
    """Opposite small steps differ, though they end at nearly the same place."""
    assert not same(moved((0.999, -1.0)), moved((1.001, -1.0)))


def test_leaf_that_rounding_has_moved_stands_still() -> None:
    """A step that float32 can't represent counts as none."""
    assert same(moved(START), moved((1.0 + 2e-7, -1.0)))


@pytest.mark.parametrize(
    "other",
    [
        moved(requires_grad=False),
        moved(has_grad_fn=True),
        moved(is_leaf=False),
        moved(is_same_leaf=False),
        moved((1.0, -1.0, 0.0)),
    ],
    ids=["no grad", "history", "no leaf", "new tensor", "other shape"],
)
def test_what_became_of_the_leaf_counts(other: Observation) -> None:
    """Answers differ if only one leaves w the same leaf that requires grad."""
    assert not same(moved(), other)


def test_leaf_that_is_no_longer_a_tensor_differs() -> None:
    """A leaf that is no longer a tensor differs from one that is."""
    gone = returned(0.5, x=DATA, w=None, lr=0.1)

    assert not same(moved(), gone)
    assert same(gone, gone)


def test_leaf_that_is_a_global_may_be_a_new_tensor() -> None:
    """A global leaf that was replaced by a new tensor counts as the same leaf."""
    assert same(
        moved((0.5, 0.0), is_same_leaf=False, is_global=True),
        moved((0.5, 0.0), is_same_leaf=True, is_global=False),
    )


@pytest.mark.parametrize("value", [0.5, 7.0, None])
def test_classroom_update_may_return_nothing(value: object) -> None:
    """The returned value of a classroom update is ignored, its step is not."""
    classroom = moved((0.5, 0.0), value=None, is_global=True)

    assert same(classroom, moved((0.5, 0.0), value=value))
    assert not same(classroom, moved((0.7, 0.0), value=value))
    assert same(moved(value=None), moved(value=value)) is (value is None)


# --- exceptions and limits ----------------------------------------------------------------


def test_exceptions_are_compared_by_their_words() -> None:
    """Exceptions are the same if the words of the first line are, in any order and place."""
    one = raised("TypeError", "unsupported: 'float' and 'NoneType'\nmore", function="a", line=3)
    other = raised("TypeError", "unsupported: 'NoneType' and 'float'", function="b", line=9)

    assert same(one, other)
    assert not same(one, raised("TypeError", "unsupported: 'int' and 'NoneType'"))
    assert not same(one, raised("ValueError", "unsupported: 'float' and 'NoneType'"))


def test_different_outcomes_differ() -> None:
    """Answers with different outcomes differ."""
    assert same(ended(Outcome.MISSING), ended(Outcome.MISSING, "said otherwise"))
    assert not same(ended(Outcome.MISSING), ended(Outcome.CRASHED))
    assert not same(ended(Outcome.MISSING), moved())
    assert not same(raised("ValueError"), moved())


# --- facts --------------------------------------------------------------------------------


def mean_of(_request: Request, result: Result) -> dict[str, object]:
    """Summarize draws by their mean, and by whether they are sorted."""
    draws = result.array()
    if draws.size != 4:
        raise WrongError(f"{draws.size} numbers of 1e-3, not -4")
    return {
        "mean": Roughly(draws.mean(), within=0.5),
        "is_sorted": bool(np.all(np.diff(draws) > 0)),
    }


def draws(*values: float) -> Observation:
    """Answer with numbers."""
    return moved(value=array(values))


def test_facts_stand_for_the_answer() -> None:
    """Answers with equal facts are the same, whatever their numbers."""
    assert same(draws(1, 2, 3, 4), draws(1.2, 2.2, 3, 4), facts=mean_of)
    assert not same(draws(1, 2, 3, 4), draws(4, 3, 2, 1), facts=mean_of)
    assert not same(draws(1, 2, 3, 4), draws(2, 3, 4, 5), facts=mean_of)


def test_message_of_a_wrong_answer_is_its_fact() -> None:
    """If the facts raise WrongError, answers are compared by its message."""
    assert same(draws(1, 2), draws(3, 4), facts=mean_of)
    assert not same(draws(1, 2), draws(1, 2, 3), facts=mean_of)
    assert not same(draws(1, 2), moved(value="text"), facts=mean_of)


def test_answer_is_compared_as_it_is_where_there_are_no_facts() -> None:
    """If a check has no facts for an answer, the answer itself is compared."""

    def no_facts(_request: Request, _result: Result) -> None:
        return None

    assert same(draws(1, 2), draws(1, 2), facts=no_facts)
    assert not same(draws(1, 2), draws(1, 3), facts=no_facts)


@pytest.mark.parametrize(
    ("values", "within", "is_equal"),
    [(1.4, 0.5, True), (1.6, 0.5, False), (math.nan, 0.5, False), ([1.0, 1.0], 0.5, False)],
)
def test_roughly_is_a_distance(values: object, within: float, is_equal: bool) -> None:  # noqa: FBT001
    """Rough numbers are compared element by element, and nan equals nothing."""
    assert is_same(Roughly(1.0, within=0.01), Roughly(values, within=within)) is is_equal


# --- values that are read -----------------------------------------------------------------


def test_global_is_compared_as_it_is() -> None:
    """The value of a global is compared directly."""
    request = ReadRequest(function="ANSWERS")

    assert same(returned({"a": "b"}), returned({"a": "b"}), request)
    assert not same(returned({"a": "b"}), returned({"a": "c"}), request)


def test_exception_at_a_gradient_is_another_mistake_than_elsewhere() -> None:
    """An exception on a line with ``.grad`` differs from the same exception elsewhere."""

    def raised_at(code: str, type_name: str = "TypeError", text: str = "None") -> Observation:
        raised = Raised(type_name=type_name, text=text, code=code)
        return Observation(outcome=Outcome.RAISED, raised=raised)

    assert same(raised_at("w -= lr * w.grad"), raised_at("w.sub_(lr * w.grad)"))
    assert not same(raised_at("w -= lr * w.grad"), raised_at("w -= lr * g"))
    assert same(raised_at("nn.MSELoss(y_hat, y)"), raised_at("return torch.nn.BCELoss(p, y)"))
    assert not same(raised_at("nn.MSELoss(y_hat, y)"), raised_at("if y_hat > y:"))
    assert same(raised_at("nn.MSELoss()(a, b)"), raised_at("if y_hat > y:"))
    assert same(raised_at('nn.MSELoss(reduction="sum")(a, b)'), raised_at("if y_hat > y:"))
    assert same(raised_at("a", "IndexError", "index 7"), raised_at("b", "IndexError", "index 9"))
    assert not same(raised_at("a", "ValueError", "size 7"), raised_at("b", "ValueError", "size 9"))


def test_function_that_got_wrong_arguments_may_have_any_name() -> None:
    """What Python says of the arguments counts, not what a student has called the function."""
    text = "animate_fit.<locals>.{}() takes 0 positional arguments but 1 was given"
    one = raised("TypeError", text.format("step"))

    assert same(one, raised("TypeError", text.format("draw")))
    assert not same(one, raised("TypeError", text.format("draw").replace("0", "2")))


def test_texts_with_numbers_are_the_same_however_they_are_written() -> None:
    """A loss as a text is the same mistake with any number of digits; an answer's letter counts."""
    assert same(moved(value="0.5000"), moved(value="Epoch 1: loss 0.5"))
    assert not same(moved(value="a"), moved(value="b"))
    assert not same(moved(value="0.5"), moved(value=0.5))


def test_arrays_as_keys_are_compared_by_all_their_elements_at_once() -> None:
    """A key may be a large array: its elements are neither printed nor left out."""

    def keyed(last: float) -> Observation:
        keys = [array(np.arange(1_000) + number, dtype="float64") for number in range(500)]
        other = np.arange(2_000.0)
        other[1_000] = last  # in the middle, which numpy doesn't print
        entries = tuple((key, Number(value=1.0)) for key in [*keys, array(other, dtype="float64")])
        return moved(value=Mapping(entries=entries))

    started = time.process_time()
    assert same(keyed(0), keyed(0))
    assert not same(keyed(0), keyed(1))

    assert time.process_time() - started < 0.5


def test_elements_are_counted_in_every_part_of_an_answer() -> None:
    """Numbers count, and the elements of arrays, in results, inputs, gradients and keys."""
    mapping = Mapping(entries=((array([1, 2]), Items(kind="list", items=(DATA, LEAF))),))
    observation = answered(
        step(mapping, gradients={"w": LEAF}, x=array([[1, 2, 3]]), lr=0.1),
        step("text", x=DATA),
    )

    assert count_elements(observation) == 2 + 2 + 2 + 2 + 3 + 1 + 2
