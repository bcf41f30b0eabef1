"""What is said of answers that no known program gives, and when nothing is."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from program_answers import answering, ask

from grader.checks.inputs import leaf, tensor
from grader.diagnosis.again import hint_to_depend_on_inputs
from grader.diagnosis.limited import describe_rounding
from grader.diagnosis.ratios import describe_ratio, describe_shift
from grader.diagnosis.remarks import Asked, Remark, find_ratio, find_remark
from grader.observations.values import Opaque

Program = Callable[..., Any]

RNG = np.random.default_rng(7)
ONES = np.ones(11, np.float32)
CASES: Sequence[dict[str, object]] = tuple(
    {
        "x": np.stack([tensor(RNG.uniform(-1, 1, 11)), ONES], axis=1),
        "y": tensor(RNG.normal(0, 2, 11)),
        "w": leaf(RNG.normal(0, 2, 2)),
        "lr": lr,
        "epochs": epochs,
    }
    for lr, epochs in ((0.1, 1), (0.2, 1), (0.3, 3))
)


def descend(
    x: Any,  # noqa: ANN401 - arrays
    y: Any,  # noqa: ANN401 - arrays
    w: Any,  # noqa: ANN401 - arrays
    lr: float,
    epochs: float,
    *,
    decay: Program = lambda w: 0 * w,
) -> list[float]:
    """Run gradient descent on a line, and return the losses."""
    losses = []
    for _ in range(int(epochs)):
        errors = x @ w - y
        losses.append(float(np.mean(errors**2)))
        w -= np.float32(lr) * (2 / len(y) * x.T @ errors + decay(w)).astype(np.float32)
    return losses


def remark(
    program: Program,
    *,
    right: Program = descend,
    cases: Sequence[dict[str, object]] = CASES,
    is_lent: bool = False,
) -> Remark:
    """Return what is remarked about a program."""
    observe = answering(program)
    questions, answers = ask(right, observe, cases)
    asked = Asked(
        function="f",
        parameters=tuple(cases[0]),
        questions=questions,
        answers=answers,
        observe=observe,
        has_time=lambda: True,
        is_lent=is_lent,
    )
    found = find_remark(asked)
    return found if found.text else find_ratio(asked)


def test_right_program_gets_no_remark() -> None:
    """There is nothing to say about right answers."""
    assert remark(descend) == Remark()


# --- inputs that are taken for one another ------------------------------------------------------


def test_inputs_in_exchanged_places_are_named() -> None:
    """A function that is right with two inputs exchanged mixes them up."""

    def step(x: Any, y: Any, w: Any, lr: float, epochs: float) -> list[float]:  # noqa: ANN401
        return descend(x, y, w, lr=epochs, epochs=10 * lr)

    def right(x: Any, y: Any, w: Any, lr: float, epochs: float) -> list[float]:  # noqa: ANN401
        return descend(x, y, w, lr=lr, epochs=10 * epochs)

    found = remark(step, right=right, cases=[{**one, "epochs": 0.4} for one in CASES])

    assert found.text == "tried with lr and epochs in exchanged places: f() answers rightly"
    assert "f(x, y, w, lr, epochs)" in found.hint


def test_exchanged_inputs_explain_exceptions() -> None:
    """If the inputs are of different kinds, the wrong order raises."""

    def mixed(n: Any, w: Any) -> Any:  # noqa: ANN401 - numbers and arrays
        return n.sum() * w  # the function takes n for w

    cases: list[dict[str, object]] = [
        {"n": 3.0, "w": tensor([1, 2])},
        {"n": 2.0, "w": tensor([4, 5])},
    ]

    found = remark(mixed, right=lambda n, w: n * w.sum(), cases=cases)

    assert "n and w in exchanged places" in found.text
    assert found.is_about_errors
    assert found.explains_all


def test_three_inputs_in_a_circle_are_named() -> None:
    """Weights first, then x and y: all three are somewhere else."""

    def first_weights(x: Any, y: Any, w: Any) -> Any:  # noqa: ANN401 - arrays
        return 2 * x + 3 * y - w

    cases: list[dict[str, object]] = [
        {"x": tensor([i, 1]), "y": tensor([2, i]), "w": tensor([i, -5])} for i in (3, 7)
    ]

    found = remark(first_weights, right=lambda x, y, w: first_weights(w, x, y), cases=cases)

    assert found.text.startswith("tried with x, y and w in exchanged places")


def test_inputs_that_make_nothing_right_are_not_named() -> None:
    """Of a program that is wrong in another way, nothing is said."""
    assert "exchanged" not in remark(lambda **inputs: [float(inputs["y"][0])]).text


# --- lists that are kept ------------------------------------------------------------------------


def test_list_that_is_kept_from_call_to_call_is_named() -> None:
    """A second call returns the first one's list, with more at its end."""
    kept: list[float] = []

    def program(**inputs: Any) -> list[float]:  # noqa: ANN401 - numbers and arrays
        kept.extend(descend(**inputs))
        return list(kept)

    found = remark(program)

    assert (
        found.text
        == "called twice, the second list that f() returns begins with all of the first one"
    )
    assert "Begin a new list" in found.hint


def counting() -> Program:
    """Return a program whose step is shorter in each call."""
    calls = [0]

    def shrink(**inputs: Any) -> list[float]:  # noqa: ANN401 - arrays
        calls[0] += 1
        return descend(**{**inputs, "lr": inputs["lr"] / calls[0]})

    return shrink


def test_answer_that_depends_on_earlier_calls_is_named() -> None:
    """If the very same gives another answer when it is asked again, the calls before matter."""
    found = remark(counting())

    assert found.text.startswith("called again with the very same, f() does something else")
    assert "counter" in found.hint


def test_globals_that_are_assigned_are_named() -> None:
    """The hint has the names of the globals that the code assigns, if it assigns any."""
    assert "It assigns the global calls, which keeps" in hint_to_depend_on_inputs(["calls"])
    assert "the globals a and b, which keep the" in hint_to_depend_on_inputs(["a", "b"])


def test_answers_that_are_the_same_again_depend_on_nothing() -> None:
    """A program that is wrong in the same way each time is not said to depend on its calls."""
    assert "again" not in remark(lambda **inputs: descend(**inputs)[:1]).text


def test_answer_in_a_lent_child_is_not_asked_again() -> None:
    """A child with lent helpers could tell by its second answers what it has read."""
    assert "again" not in remark(counting(), is_lent=True).text


def test_list_that_is_longer_but_new_is_not_kept() -> None:
    """The losses of one call too many are those of this call."""
    found = remark(lambda **inputs: [*descend(**inputs), 0.5])

    assert "called twice" not in found.text


# --- parts of what is returned ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack", "expected"),
    [
        (lambda losses, w: (losses, w), "the first part is right"),
        (lambda losses, w: (w, losses), "the second part is right"),
        (lambda losses, w: {"w": w, "losses": losses}, "part 'losses' is right"),
        (lambda losses, _w: ("losses", losses), "the second part is right"),
    ],
    ids=["first", "second", "dict", "text"],
)
def test_right_part_is_named(pack: Callable[..., object], expected: str) -> None:
    """Of several things that are returned, the right one is told."""
    found = remark(lambda **inputs: pack(descend(**inputs), inputs["w"].copy()))

    assert found.text.startswith("of what f() returns, ")
    assert expected in found.text


def test_part_is_not_named_in_a_lent_child() -> None:
    """Code could tell something by where it puts the right answer."""
    found = remark(lambda **inputs: (descend(**inputs), inputs["w"].copy()), is_lent=True)

    assert found == Remark()


def test_value_with_a_comma_after_it_is_named() -> None:
    """A comma makes a tuple with the right answer in it."""
    found = remark(lambda a: (float(a.sum()),), right=lambda a: float(a.sum()), cases=NUMBERS)

    assert found.text == "of what f() returns, what is inside is right on all inputs tried"


def test_no_part_is_right() -> None:
    """Of wrong parts, none is named."""
    found = remark(lambda **inputs: ([one + 1 for one in descend(**inputs)], inputs["w"].copy()))

    assert "part" not in found.text


NUMBERS: Sequence[dict[str, object]] = tuple({"a": tensor(RNG.normal(0, 3, 12))} for _ in range(3))


# --- rounding and limits ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decimals", "words"), [(0, "to a whole number"), (1, "to 1 decimal"), (3, "to 3 decimals")]
)
def test_rounded_numbers_are_named(decimals: int, words: str) -> None:
    """Numbers that differ from the right ones by rounding only are told."""
    found = remark(lambda a: np.round(a, decimals), right=lambda a: a * 1, cases=NUMBERS)

    assert found.text == f"on all inputs tried, what f() returns is right but rounded {words}"


def test_wrong_numbers_that_are_round_are_not_rounded() -> None:
    """Whole numbers that are not the nearest ones have another cause."""
    found = remark(lambda a: np.round(2 * a), right=lambda a: a * 1, cases=NUMBERS)

    assert "rounded" not in found.text


def test_outcomes_are_named() -> None:
    """Zeros and ones in the place of numbers are told, whether they are drawn or rounded."""
    numbers: list[dict[str, object]] = [
        {"a": RNG.uniform(0, 1, 15).astype(np.float32)} for _ in range(3)
    ]
    drawn = RNG.uniform(0, 1, 15)

    found = remark(lambda a: (drawn < a) * 1.0, right=lambda a: a * 1, cases=numbers)

    assert found.text == "on all inputs tried, every number that f() returns is 0 or 1"
    assert "bernoulli" in found.hint


@pytest.mark.parametrize(
    "program",
    [lambda a: 0 * a, lambda a: (a > 0.5) * 2.0, lambda a: a * 0.7],
    ids="zeros twos numbers".split(),
)
def test_other_numbers_are_not_called_outcomes(program: Program) -> None:
    """Nothing but zeros, and other numbers than 0 and 1, have another cause."""
    numbers: list[dict[str, object]] = [
        {"a": RNG.uniform(0, 1, 15).astype(np.float32)} for _ in range(3)
    ]

    assert "is 0 or 1" not in remark(program, right=lambda a: a * 1, cases=numbers).text


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-1, 1, "never below -1 or above 1"),
        (-100, 1.5, "never above 1.5"),
        (-0.5, 100, "never below -0.5"),
    ],
)
def test_limit_is_named(low: float, high: float, words: str) -> None:
    """Numbers that are right up to a limit, and never beyond it, are told."""
    found = remark(lambda a: np.clip(a, low, high), right=lambda a: a * 1, cases=NUMBERS)

    assert found.text == f"on all inputs tried, what f() returns is right, but {words}"


def test_numbers_that_are_wrong_in_between_have_no_limit() -> None:
    """A squashed number is not a limited one."""
    found = remark(np.tanh, right=lambda a: a * 1, cases=NUMBERS)

    assert "never" not in found.text


def test_decimals_of_random_numbers_are_named() -> None:
    """Where right answers are random, many numbers without more decimals show rounding."""
    questions, answers = ask(
        lambda a: a * 1,
        answering(lambda a: np.round(a * 1.7, 2)),
        NUMBERS,
        facts=lambda _request, _result: {},
    )
    assert describe_rounding("f", questions, answers).endswith("has more than 2 decimals")


# --- numbers without their decimals -------------------------------------------------------------


def test_numbers_without_their_decimals_are_named() -> None:
    """What an int() leaves of the right numbers is told, and is the cause of all failures."""
    found = remark(lambda a: np.trunc(a * 5), right=lambda a: a * 5, cases=NUMBERS)

    assert found.text == "on all inputs tried, what f() returns is right but without its decimals"
    assert found.explains_all


@pytest.mark.parametrize(
    "program",
    [
        lambda a: np.trunc(a * 5) - np.sign(a),
        lambda a: np.floor(a * 5),
        lambda a: -np.trunc(a * 5),
        lambda a: a * 4,
    ],
    ids=["one less", "floor", "sign", "factor"],
)
def test_other_whole_numbers_are_not_cut_off(program: Program) -> None:
    """Numbers that are wrong in another way as well are not called right."""
    assert "decimals" not in remark(program, right=lambda a: a * 5, cases=NUMBERS).text


def test_numbers_without_decimals_explain_no_wrong_steps() -> None:
    """If w is wrong too, another check has failed for another reason."""

    def program(**inputs: Any) -> list[float]:  # noqa: ANN401 - numbers and arrays
        losses = descend(**inputs)
        inputs["w"] += 1
        return [float(int(one)) for one in losses]

    found = remark(program)

    assert "without its decimals" in found.text
    assert not found.explains_all


# --- leaves that should stay --------------------------------------------------------------------

LEAVES: Sequence[dict[str, object]] = tuple({"w": one["w"]} for one in CASES)


def twice(w: Any, *, moved: float = 0.0) -> Any:  # noqa: ANN401 - arrays
    """Compute 2 w, and move w."""
    found = 2 * w
    w += np.float32(moved)
    return found + moved


def test_leaf_that_moves_is_named_with_its_values() -> None:
    """Who takes a difference quotient, and doesn't put w back, is told that w has moved."""
    cases: list[dict[str, object]] = [{"w": leaf([1, 0.5])}, {"w": leaf([2, -1])}]

    found = remark(lambda w: twice(w, moved=0.25), right=twice, cases=cases)

    assert found.text == (
        "every call tried changes w, which should stay as it is: before the first one it is "
        "[1., 0.5], and after it [1.25, 0.75]"
    )
    assert found.hint.startswith("Put w back")


def test_leaf_that_moves_in_a_lent_child_has_no_values() -> None:
    """Code could tell something by where it moves w."""
    found = remark(lambda w: twice(w, moved=0.25), right=twice, cases=LEAVES, is_lent=True)

    assert found.text == "every call tried changes w, which should stay as it is"


def test_leaf_that_a_right_call_moves_may_move() -> None:
    """A step moves w, right or wrong."""
    assert "changes w" not in remark(lambda **inputs: descend(**{**inputs, "lr": 0.7})).text


def test_leaf_that_stays_is_not_said_to_move() -> None:
    """The wrong numbers have another reason then."""
    assert "changes w" not in remark(lambda w: twice(w) ** 2, right=twice, cases=LEAVES).text


# --- penalties ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decay", "words"),
    [
        (lambda w: 0.02 * w, "plus 0.02 times w"),
        (lambda w: 0.3 * np.sign(w), "plus 0.3 times the signs of w"),
    ],
    ids=["l2", "l1"],
)
def test_penalty_is_named(decay: Program, words: str) -> None:
    """Steps that also pull w towards 0 are told, with how much."""
    found = remark(lambda **inputs: descend(**inputs, decay=decay))

    assert (
        found.text == f"on all inputs tried, the gradient in the step of w is the right one {words}"
    )


def test_penalty_in_a_lent_child_has_no_number() -> None:
    """Code could tell something by the size of a penalty."""
    found = remark(lambda **inputs: descend(**inputs, decay=lambda w: 0.02 * w), is_lent=True)

    assert found.text.endswith("plus some number times w")


def test_gradient_with_a_penalty_is_named() -> None:
    """A gradient that is returned may have a penalty in it as well."""
    cases: list[dict[str, object]] = [{"w": one["w"]} for one in CASES]
    found = remark(lambda w: w**2 + 0.5 * w, right=lambda w: w**2, cases=cases)

    assert found.text == "on all inputs tried, what f() returns is the right one plus 0.5 times w"


def test_other_wrong_steps_have_no_penalty() -> None:
    """What is added is not the same multiple on all inputs."""
    found = remark(lambda **inputs: descend(**inputs, decay=lambda w: inputs["lr"] * w))

    assert "plus" not in found.text


# --- scaling ------------------------------------------------------------------------------------


def standardise(a: Any) -> Any:  # noqa: ANN401 - arrays
    """Bring numbers to mean 0 and deviation 1."""
    return ((a - a.mean()) / a.std()).astype(np.float32)


def feature(x: Any, change: Program) -> Any:  # noqa: ANN401 - arrays
    """Change the feature, and leave the ones."""
    return np.stack([change(x[:, 0]), x[:, 1]], axis=1).astype(np.float32)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (lambda x, **rest: descend(feature(x, standardise), **rest), "column 0 of x"),
        (lambda x, **rest: descend(x / np.abs(x).max(), **rest), "all of x multiplied by 2:"),
        (lambda x, **rest: descend(standardise(x), **rest), "all of x"),
        (lambda y, **rest: descend(y=standardise(y), **rest), "all of y"),
    ],
    ids=["column", "maximum", "all", "y"],
)
def test_data_that_is_scaled_is_named(program: Program, words: str) -> None:
    """If the units of the data make no difference, the data is scaled first."""
    found = remark(program)

    assert found.text.startswith("tried with ")
    assert words in found.text.replace("all of x", words, 1)
    assert "as it is" in found.hint


def test_column_that_is_not_used_is_not_scaled() -> None:
    """What makes no difference at all says nothing about units."""
    found = remark(lambda x, **rest: descend(feature(x, lambda one: 0 * one), **rest))

    assert "multiplied by 2" not in found.text


def test_signs_are_not_scaled_data() -> None:
    """The units of the weights make no difference to a sign either."""
    cases: list[dict[str, object]] = [{"x": one["x"], "w": one["w"]} for one in CASES]
    found = remark(lambda x, w: np.sign(x @ w), right=lambda x, w: x @ w, cases=cases)

    assert "multiplied by 2" not in found.text


# --- nan and early ends -------------------------------------------------------------------------


def test_nothing_but_nan_is_named() -> None:
    """If every number is nan, where it comes from is told, and no input is called unused."""

    def program(**inputs: Any) -> list[float]:  # noqa: ANN401 - numbers and arrays
        inputs["w"] *= np.float32(np.nan)
        return [np.nan] * int(inputs["epochs"])

    assert remark(program).text == "on all inputs tried, every number in the result is nan"


def test_list_that_ends_early_is_named() -> None:
    """Losses that are right as far as they go, and complete on other inputs."""
    found = remark(lambda **inputs: descend(**inputs)[:2])

    assert found.text == "on some of the inputs tried, the list ends early; up to there it is right"


# --- ratios -------------------------------------------------------------------------------------


def test_ratio_of_steps_is_found_among_longer_runs() -> None:
    """Runs of one epoch show a factor that longer runs do not."""
    found = remark(lambda lr, **rest: descend(lr=2 * lr, **rest))

    assert found.text == "on all inputs tried, the step of w is 2 times the right one"
    assert "factor 2" in found.hint


def test_hints_fit_the_ratio() -> None:
    """A mean that is divided twice is not a sum."""
    cases: list[dict[str, object]] = [{"a": tensor(RNG.normal(0, 1, n))} for n in (3, 5, 8)]

    too_small = remark(lambda a: np.mean(a) / len(a), right=np.mean, cases=cases)
    too_large = remark(np.sum, right=np.mean, cases=cases)

    assert "one too many" in too_small.hint
    assert "not the sum" in too_large.hint


ONE_BATCH: Sequence[dict[str, object]] = tuple({**case, "batch_size": 11} for case in CASES)


def test_one_batch_of_all_samples_is_not_random() -> None:
    """Where no order makes a difference, steps are compared; but several losses may be right."""

    def right(batch_size: float, **inputs: Any) -> list[float]:  # noqa: ANN401, ARG001
        return descend(**inputs)

    def doubled(lr: float, batch_size: float, **inputs: Any) -> list[float]:  # noqa: ANN401, ARG001
        return descend(lr=2 * lr, **inputs)

    def late(batch_size: float, epochs: float, **inputs: Any) -> list[float]:  # noqa: ANN401, ARG001
        return descend(epochs=epochs + 1, **inputs)[1:]

    def facts(_request: object, _result: object) -> dict[str, object]:
        return {}

    steps = ask(right, answering(doubled), ONE_BATCH, facts=facts)
    longer = [{**case, "epochs": 3} for case in ONE_BATCH]
    losses = ask(right, answering(late), longer, facts=facts)

    assert describe_ratio(*steps).endswith("the step of w is 2 times the right one")
    assert describe_shift(*losses) == ""
    assert "late" in describe_shift(*ask(right, answering(late), longer))


# --- the numbers are right, but not their shape, order or number ----------------------------------

TABLES: Sequence[dict[str, object]] = tuple(
    {"z": tensor(RNG.normal(0, 1, shape))} for shape in ((2,), (3,), (6, 4))
)


def doubled(z: Any) -> Any:  # noqa: ANN401 - arrays
    """Return twice the numbers, in their shape."""
    return 2 * z


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (lambda z: 2 * z.ravel(), "in another shape"),
        (lambda z: (2 * z)[None], "in another shape"),
        (lambda z: 2 * z.T, "transposed"),
        (lambda z: 2 * z[::-1], "in reverse order"),
        (lambda z: [np.asarray(2 * row) for row in z], "in a list"),
    ],
    ids=["flat", "one axis more", "transposed", "reversed", "list"],
)
def test_right_numbers_in_another_shape_are_named(program: Program, words: str) -> None:
    """The largest error says nothing about it."""
    found = remark(program, right=doubled, cases=TABLES)

    assert found.text == f"on all inputs tried, the numbers that f() returns are right, but {words}"
    assert found.explains_all


def test_shape_of_an_input_is_the_hint_where_the_result_has_it() -> None:
    """It varies with the input."""
    assert "the shape of z" in remark(lambda z: z.ravel(), right=lambda z: z, cases=TABLES).hint
    vectors: list[dict[str, object]] = [{"z": tensor(RNG.normal(0, 1, (n, 2)))} for n in (3, 5)]
    found = remark(lambda z: z.sum(1, keepdims=True), right=lambda z: z.sum(1), cases=vectors)
    assert found.text.endswith("in another shape")
    assert "too many" in found.hint


@pytest.mark.parametrize("name", ["mean", "sum"])
def test_number_in_place_of_several_is_named(name: str) -> None:
    """A mean without dim goes over all axes."""
    found = remark(lambda z: float(getattr(2 * z, name)()), right=doubled, cases=TABLES)

    assert found.text == (
        f"on all inputs tried, f() returns a single number: the {name} of the numbers that it "
        "should return"
    )
    assert "With dim=0" in found.hint


@pytest.mark.parametrize(
    "program",
    [lambda z: 2 * z, lambda z: 3 * z.ravel(), lambda z: float(z.max()), lambda z: z.ravel()[:1]],
    ids=["right", "wrong too", "largest", "first"],
)
def test_nothing_is_said_of_other_shapes_and_numbers(program: Program) -> None:
    """Each number has to be the right one."""
    found = remark(program, right=doubled, cases=TABLES)

    assert "are right, but" not in found.text
    assert "single number" not in found.text


def test_shape_is_not_named_where_a_leaf_is_wrong() -> None:
    """A step that is wrong is another matter than the shape of the loss."""

    def program(w: Any) -> Any:  # noqa: ANN401 - arrays
        w *= 3
        return w.sum()[None]

    def right(w: Any) -> float:  # noqa: ANN401 - arrays
        w *= 2
        return float(1.5 * w.sum())

    cases: list[dict[str, object]] = [{"w": leaf([n, 1])} for n in (1, 2, 3)]

    assert "in another shape" not in remark(program, right=right, cases=cases).text


def test_shape_is_not_named_in_a_lent_child() -> None:
    """Code could tell something by it."""
    assert remark(lambda z: 2 * z.ravel(), right=doubled, cases=TABLES, is_lent=True) == Remark()


# --- what runs only when somebody loops over it ---------------------------------------------------


@pytest.mark.parametrize("kind", ["generator", "map", "filter"])
def test_lazy_result_is_the_reason_of_all(kind: str) -> None:
    """Nothing has run, so w has not moved either."""
    found = remark(lambda **_: Opaque(type_name=kind))

    assert found.text == f"on all inputs tried, f() returns a {kind}"
    assert "when somebody loops over it" in found.hint
    assert found.explains_all


def test_lazy_result_does_not_explain_a_wrong_step() -> None:
    """If w has moved, something has run."""

    def program(**inputs: Any) -> Opaque:  # noqa: ANN401 - numbers and arrays
        inputs["w"] += 1
        return Opaque(type_name="generator")

    found = remark(program)

    assert found.text == "on all inputs tried, f() returns a generator"
    assert not found.explains_all


def test_other_objects_are_not_lazy() -> None:
    """Nothing is known of them."""
    assert "returns a" not in remark(lambda **_: Opaque(type_name="Loss")).text


def test_inputs_of_different_dimensions_cost_no_remark() -> None:
    """Not both of the largest inputs are tables, so there is no column to change."""
    found = remark(lambda z: z + 5, right=lambda z: z, cases=TABLES)

    assert found == Remark()
