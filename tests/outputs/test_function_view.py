"""What every report shows of a function: which failures, and each reason once."""

import pytest
from fakes import check_result, make_report

from grader.outputs.function_view import FunctionView, Said, view_function
from grader.report.model import CheckResult, Example, Status


def view_of(*checks: CheckResult) -> FunctionView:
    """Work out what to show of the function that these checks grade."""
    (function,) = make_report(*checks).functions
    return view_function(function)


def failed(check_id: str, **fields: object) -> CheckResult:
    """Make the result of a failed check."""
    return check_result(check_id, Status.FAILED, **fields)


def test_failure_has_its_points_reason_example_and_hint() -> None:
    """Everything that a report lays out is in the view."""
    example = Example(code="print(mse(y, y))", got="2.", expected="0.")

    view = view_of(
        check_result("mse/a", max_points=2.0),
        failed(
            "mse/b",
            title="It is a mean",
            max_points=3.0,
            message="too large",
            hint="Divide.",
            section="2. A loss",
            example=example,
            misconception="mse/sum",
        ),
    )

    assert (view.name, view.score, view.max_score) == ("mse", "2", "5")
    (failure,) = view.failures
    assert (failure.title, failure.points, failure.fraction) == (
        "It is a mean",
        "0 of 3 points",
        "0/3",
    )
    assert (failure.message, failure.hint) == ("too large", "Divide.")
    assert failure.read_on == "Read more in: 2. A loss"
    assert failure.misconception == "mse/sum"
    assert failure.example_rows == (
        ("try", "print(mse(y, y))"),
        ("got", "2."),
        ("should be", "0."),
    )


def test_result_is_shown_beside_the_right_one_only() -> None:
    """Without a known answer only the code is shown, since the message says what it returns."""
    view = view_of(failed("mse/a", example=Example(code="mse(y, y)", got="None", expected="")))

    assert view.failures[0].example_rows == (("try", "mse(y, y)"),)


def test_reason_of_a_repeated_failure_is_left_out() -> None:
    """A failure with the message and the result of an earlier one shows its title only."""
    fields = {"message": "w has not moved", "hint": "Step.", "section": "4. Descent"}

    first, again = view_of(failed("update/a", **fields), failed("update/b", **fields)).failures

    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert (again.message, again.hint, again.read_on, again.misconception) == ("", "", "", "")
    assert again.example_rows == ()


def test_failures_with_one_misconception_have_one_reason() -> None:
    """The second failure with the same misconception shows its title only, whatever it found."""
    fields = {"hint": "It climbs.", "section": "4. Descent", "misconception": "update/ascent"}

    first, second = view_of(
        failed("update/a", message="one", **fields), failed("update/b", message="two", **fields)
    ).failures

    assert (first.message, first.hint, first.misconception) == (
        "one",
        "It climbs.",
        "update/ascent",
    )
    assert (second.message, second.remark) == ("", "fails for the same reason")
    assert (second.hint, second.read_on, second.misconception) == ("", "", "")


def test_messages_that_differ_in_numbers_only_are_one_reason() -> None:
    """Other draws show the same fault by other numbers."""
    first, second = view_of(
        failed("make_data/a", message="the noise ranges from -3.45 to 3.84"),
        failed("make_data/b", message="the noise ranges from -2.1 to 4"),
    ).failures

    assert (first.is_repeat, second.is_repeat) == (False, True)


@pytest.mark.parametrize(
    ("remark", "is_repeat"),
    [
        ("tried with p and y in exchanged places: cross_entropy() answers rightly", True),
        ("on all inputs tried, what train() returns is right but without its decimals", True),
        ("while it ran, backward() ran twice", False),
        ("seen with your own mse; with right ones, the check fails too", False),
    ],
)
def test_failures_with_one_remark_on_all_answers_have_one_reason(
    remark: str, *, is_repeat: bool
) -> None:
    """A remark on a single run, or on helpers, is not a reason."""
    view = view_of(
        failed("mse/a", message=f"it is too large\n({remark})"),
        failed("mse/b", message=f"it is not finite\n({remark})"),
    )

    assert [one.is_repeat for one in view.failures] == [False, is_repeat]


def test_finding_is_one_reason_with_a_remark_and_without() -> None:
    """Only the first of the failures has the remark."""
    view = view_of(
        failed("mse/a", message="it is wrong\n(on all inputs tried, it is 2 times the right one)"),
        failed("mse/b", message="it is wrong"),
    )

    assert [one.is_repeat for one in view.failures] == [False, True]


def test_equal_messages_with_different_results_are_two_reasons() -> None:
    """Another input can show another fault."""
    view = view_of(
        failed("mse/a", message="mse is wrong", example=Example(code="a", got="1", expected="2")),
        failed("mse/b", message="mse is wrong", example=Example(code="b", got="3", expected="4")),
    )

    assert [one.is_repeat for one in view.failures] == [False, False]


@pytest.mark.parametrize(
    "large",
    ["print(make_data(4000, w))", f"x = torch.tensor([{'1.5, ' * 60}])"],
    ids=["a large size", "many numbers"],
)
def test_small_examples_come_before_large_ones(large: str) -> None:
    """What can be seen at a glance is shown first; otherwise the order of the checks stays."""
    view = view_of(
        failed("mse/a", title="A", message="a", example=Example(code=large, got="1", expected="2")),
        failed(
            "mse/b", title="B", message="b", example=Example(code="f(4)", got="1", expected="2")
        ),
        failed("mse/c", title="C", message="c", example=Example(code="f()", got="1", expected="2")),
        failed("mse/d", title="D", message="d"),
    )

    assert [one.title for one in view.failures] == ["B", "C", "D", "A"]


def test_hint_does_not_repeat_the_message() -> None:
    """A sentence of a hint that was said before is left out."""
    first, second = view_of(
        failed("a/a", message="the line stays", hint="The line stays. Move it (2 ways). Look."),
        failed("a/b", message="there is no line", hint="Look. Draw it."),
    ).failures

    assert (first.hint, second.hint) == ("Move it (2 ways). Look.", "Draw it.")


def test_check_that_was_not_judged_says_so() -> None:
    """What never got as far as its promise is not called wrong, and repeats no reason."""
    error = {"message": "update() raised TypeError"}

    first, second = view_of(
        check_result("update/a", Status.ERROR, **error),
        check_result("update/b", Status.NOT_JUDGED, **error),
    ).failures

    assert (first.remark, second.remark) == ("", "not judged yet")
    assert second.message == ""


def test_function_that_is_there_in_another_way_is_not_called_unwritten() -> None:
    """What is found instead of a function is said once, for all of its checks."""
    found = "predict is a tensor here, not a function: line 3 assigns it"

    view = view_of(*(check_result(f"predict/{n}", Status.MISSING, message=found) for n in "ab"))

    assert (view.mark.word, view.remark, view.failures) == ("not found", found, ())


def test_mark_is_that_of_the_reason_which_is_shown_first() -> None:
    """A function that is wrong, and raises elsewhere for the same reason, is called wrong."""
    same = {"misconception": "train/swapped"}

    view = view_of(
        failed("train/a", message="wrong", **same),
        check_result("train/b", Status.ERROR, message="raised", **same),
    )

    assert (view.status, view.mark.word) == (Status.ERROR, "wrong")


def test_hint_is_said_of_one_function_only() -> None:
    """Another function with the same hint refers to the first one."""
    said = Said()
    fields = {"hint": "Use detach().", "section": "2. A loss"}
    report = make_report(
        failed("plot_fit/a", message="one", **fields),
        failed("animate_fit/a", message="x", **fields),
    )

    (first,), (second,) = (view_function(one, said).failures for one in report.functions)

    assert (first.hint, first.read_on) == ("Use detach().", "Read more in: 2. A loss")
    assert (second.hint, second.read_on) == ("The hint for plot_fit applies here too.", "")


@pytest.mark.parametrize("status", [Status.PASSED, Status.MISSING])
@pytest.mark.parametrize(
    "message", ["mse() is not written yet", "the submission does not define mse", ""]
)
def test_function_that_is_right_or_not_written_yet_has_no_failures(
    status: Status, message: str
) -> None:
    """There is nothing to explain about a right function or one that is not written yet."""
    view = view_of(check_result("mse/a", status, message=message))

    assert (view.failures, view.remark) == ((), "")
    assert view.mark.word in ("right", "not written yet")


def test_long_texts_are_cut_and_long_code_is_left_out() -> None:
    """A text that became long by escaping is cut; code is whole or not there, to be pasted."""
    long = check_result(
        "mse/a",
        Status.FAILED,
        message="line\n" * 1000,
        hint="x" * 5000,
        example=Example(code="x = y\n" * 1000, got="1", expected="2"),
    )
    values = check_result(
        "mse/b",
        Status.FAILED,
        message="m",
        example=Example(code="mse(1, 2)", got="1 " * 5000, expected="2"),
    )

    first, second = view_function(make_report(long, values).functions[0]).failures

    assert first.message.count("\n") < 30
    assert first.message.endswith(" ...")
    assert len(first.hint) == 1000
    assert first.example is None
    assert first.example_rows == ()
    assert second.example is not None
    assert second.example.code == "mse(1, 2)"
    assert len(second.example.got) <= 1000
