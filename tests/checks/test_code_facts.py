"""What is said of a wrong function because of its code."""

import msgspec
import pytest

from grader.checks.code_facts import explain_by_code, uses_other_names
from grader.observations.messages import CodePlace, Dropped, DroppedKind, FunctionFacts, Place
from grader.report.model import CheckResult, Status

INPUTS = ("x", "y", "w", "lr")


def hint_of(
    facts: FunctionFacts | None, status: Status = Status.FAILED, message: str = "", hint: str = ""
) -> str:
    """Return the hint of a result with what the code shows."""
    result = CheckResult(
        id="update/a", title="", status=status, points=0, max_points=1, message=message, hint=hint
    )
    return explain_by_code(result, facts, INPUTS).hint


def test_other_names_than_the_contracts_are_named() -> None:
    """Globals that stand in for an input are named, with the names that the grader sets."""
    facts = FunctionFacts(name="update", ignores=("w",), reads=("a",))

    assert uses_other_names(facts)
    assert hint_of(facts, hint="Something else.") == (
        "update() never uses w. It uses the global a instead. It is graded with other data each "
        "time, which it gets as x, y, w, lr and epoch: use these names."
    )


def test_global_of_the_name_of_an_input_is_not_the_input() -> None:
    """Who calls a parameter y_true and then uses y gets the demo's y, and is shown it."""
    facts = FunctionFacts(name="update", parameters=("x", "y_true"), required=2, reads=("y",))

    for status in (Status.FAILED, Status.ERROR):
        assert hint_of(facts, status, hint="Something else.") == (
            "update() uses the global y. What it is called with is in its parameters x and y_true: "
            "use these names."
        )


def test_too_many_parameters_are_counted() -> None:
    """A function that needs more arguments than it gets is shown beside the contract's call."""
    facts = FunctionFacts(name="update", parameters=("x", "y", "w", "lr", "b"), required=5)

    assert hint_of(facts, Status.ERROR) == (
        "update(x, y, w, lr, b) needs 5 arguments. It is called with 4: update(x, y, w, lr)."
    )
    assert hint_of(facts, Status.FAILED) == ""


def test_undefined_names_are_named_where_that_is_the_end() -> None:
    """A missing name is the reason of a NameError, and of nothing else."""
    facts = FunctionFacts(name="update", undefined=("wieght",))

    said = "update() uses wieght, which is not defined."
    assert hint_of(facts, Status.ERROR, "with right mse, update() raised NameError") == said
    assert hint_of(facts, Status.ERROR, "with right mse, update() raised TypeError") == ""


@pytest.mark.parametrize("status", [Status.PASSED, Status.MISSING, Status.LIMIT])
def test_nothing_is_said_of_other_ends(status: Status) -> None:
    """The code explains wrong answers and exceptions only."""
    facts = FunctionFacts(name="update", ignores=("w",), reads=("a",), undefined=("b",))

    assert hint_of(facts, status) == ""
    assert hint_of(None) == ""


def test_unused_input_is_said_only_where_nothing_better_is_known() -> None:
    """An input that is never used is no more than a hint where there is none."""
    facts = FunctionFacts(name="update", ignores=("lr",))

    assert hint_of(facts) == "update() never uses lr."
    assert hint_of(facts, hint="Better.") == "Better."
    assert not uses_other_names(facts)


def test_names_of_the_submission_are_cut() -> None:
    """Long and many names are cut."""
    facts = FunctionFacts(
        name="update", ignores=("w",), reads=tuple("a" * 150 + str(n) for n in range(900))
    )

    assert len(hint_of(facts)) < 700


def test_second_definition_is_named_once() -> None:
    """A function that is defined again is said to be, with the first failure."""
    places = (Place(line=3, block="cell 2"), Place(line=5, block="cell 6 [9]"))
    facts = FunctionFacts(name="update", places=places)
    result = CheckResult(
        id="update/a", title="", status=Status.FAILED, points=0, max_points=1, message="no"
    )

    assert explain_by_code(result, facts, INPUTS, is_first=True).message == (
        "no\n(update is defined on line 3 of cell 2 and again on line 5 of cell 6 [9]; "
        "the last one counts)"
    )
    assert explain_by_code(result, facts, INPUTS) == result
    assert explain_by_code(result, facts, INPUTS, is_first=True).hint == result.hint


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        (
            DroppedKind.CALL,
            "w.clamp(0, 1)",
            "leaves w as it is: what it returns is thrown away. Is w = w.clamp(0, 1) meant?",
        ),
        (
            DroppedKind.CALL,
            "w.sub(lr * w.grad)",
            "leaves w as it is: what it returns is thrown away. Is sub_() meant?",
        ),
        (DroppedKind.VALUE, "w - lr * g", "changes nothing: its result is thrown away"),
        (DroppedKind.COMPARISON, "w.grad == None", "only compares: an assignment has a single ="),
        (DroppedKind.NOT_CALLED, "w.grad.zero_", "is not called: it has no brackets after it"),
    ],
)
def test_what_is_thrown_away_is_said_with_the_first_failure(
    kind: DroppedKind, code: str, said: str
) -> None:
    """It is true whatever is wrong, so it is in the message, which a misconception leaves alone."""
    dropped = Dropped(kind=kind, code=code, target="w", place=Place(line=4))
    facts = FunctionFacts(name="update", dropped=(dropped,))
    result = CheckResult(
        id="update/a", title="", status=Status.FAILED, points=0, max_points=1, message="no"
    )

    explained = explain_by_code(result, facts, INPUTS, is_first=True)

    assert explained.message == f"no\n(`{code}` on line 4 {said})"
    assert explain_by_code(result, facts, INPUTS) == result


def test_parameters_that_the_code_never_mentions_are_named() -> None:
    """With the globals that it uses instead, and what to do about it."""
    facts = FunctionFacts(
        name="update",
        parameters=("x", "y", "w", "rate"),
        required=4,
        reads=("LEARNING_RATE",),
        unused=("y", "rate"),
    )
    result = CheckResult(
        id="update/a", title="", status=Status.ERROR, points=0, max_points=1, message="no"
    )

    explained = explain_by_code(result, facts, INPUTS, is_first=True)

    assert explained.message == (
        "no\n(update() never uses its parameters y and rate, but uses the global LEARNING_RATE)"
    )
    assert explained.hint.endswith("it gets as x, y, w and rate: use these names.")


def test_loop_that_never_ends_is_shown_where_a_limit_was_hit() -> None:
    """Elsewhere it has done no harm."""
    loop = CodePlace(code="while i < n", place=Place(line=7))
    facts = FunctionFacts(name="train", endless=(loop,))
    result = CheckResult(
        id="train/a", title="", status=Status.LIMIT, points=0, max_points=1, message="no"
    )

    said = "(nothing in the loop `while i < n` on line 7 changes what its condition is about)"
    assert explain_by_code(result, facts, INPUTS, is_first=True).message == f"no\n{said}"
    assert explain_by_code(result, facts, INPUTS) == result
    failed = msgspec.structs.replace(result, status=Status.FAILED)
    assert explain_by_code(failed, facts, INPUTS, is_first=True) == failed


def test_step_without_a_graph_is_no_suspect_of_the_functions_own_backward() -> None:
    """It has to be taken so."""
    step = CodePlace(code="torch.no_grad()", place=Place(line=4))
    facts = FunctionFacts(name="update", detached=(step,))
    result = CheckResult(
        id="update/a",
        title="",
        status=Status.ERROR,
        points=0,
        max_points=1,
        message="update() raised RuntimeError: element 0 of tensors does not require grad",
    )

    assert explain_by_code(result, facts, INPUTS) == result


@pytest.mark.parametrize(
    ("message", "is_said"),
    [
        ("autograd can't differentiate what mse() returns with respect to y_hat", True),
        ("mse() raised RuntimeError: element 0 of tensors does not require grad", True),
        ("mse(y_hat, y) is wrong", False),
    ],
)
def test_where_values_leave_the_graph_is_said_where_that_matters(
    message: str, *, is_said: bool
) -> None:
    """It is a fact of the code, which may be right elsewhere."""
    detached = (
        CodePlace(code="loss.item()", place=Place(line=4)),
        CodePlace(code="float(y)", place=Place(line=2, block="cell 3")),
    )
    facts = FunctionFacts(name="mse", detached=detached)
    result = CheckResult(
        id="mse/a", title="", status=Status.FAILED, points=0, max_points=1, message=message
    )

    said = "\n(mse() has `loss.item()` on line 4 and `float(y)` on line 2 of cell 3)"
    assert explain_by_code(result, facts, INPUTS).message == message + said * is_said
