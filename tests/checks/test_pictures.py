"""Pictures of a wrong function: when they are asked for, and what is drawn."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from fakes import RecordedSession, check_result, computing, ended, raised

from grader.checks.assignment import load_assignment
from grader.checks.check import Check
from grader.checks.pictures import MAX_POINTS, differ, draw_pictures, line, loss_curves, points
from grader.checks.probe import Probe
from grader.errors import StarterLostError
from grader.observations.messages import Outcome
from grader.report.model import Picture, Report, Status

pytestmark = pytest.mark.slow

Draw = Callable[[Probe], Sequence[Picture]]
LAB = load_assignment()


def draw_answer(probe: Probe) -> list[Picture]:
    """Draw what the function returns in two calls."""
    got, want = probe.both(y_hat=np.ones(2, np.float32), y=np.zeros(2, np.float32), times=2)
    return [
        loss_curves(
            "Title",
            got=np.array([got.array(0).item(), got.array(1).item()]),
            want=np.array([want.array(0).item(), want.array(1).item()]),
        )
    ]


def draw_nothing_right(_: Probe) -> list[Picture]:
    """Fail as an author's mistake would."""
    raise ZeroDivisionError


def drawn(
    draw: Draw, *statuses: Status, student: RecordedSession | None = None
) -> tuple[Picture, ...]:
    """Return the pictures of mse, whose checks have these statuses."""
    results = [check_result(f"mse/{n}", status) for n, status in enumerate(statuses)]
    check = Check(id="mse/0", function="mse", title="", hint="", points=1, key=0, pictures=draw)
    right = RecordedSession(mse=computing(lambda y_hat, y: float(np.mean((y_hat - y) ** 2))))
    wrong = student or RecordedSession(mse=computing(lambda y_hat, y: float(np.sum(y_hat - y))))
    pictures = draw_pictures(
        results,
        [check],
        assignment=LAB,
        seed=7,
        observe=lambda _: wrong.observe,
        expect=right.ask,
    )
    return pictures.get("mse", ())


def test_function_that_is_wrong_gets_its_pictures() -> None:
    """A wrong function gets the pictures that its file of checks draws."""
    (picture,) = drawn(draw_answer, Status.PASSED, Status.FAILED)

    assert [one.label for one in picture.series] == ["yours", "right"]
    assert picture.series[0].y == (2.0, 2.0)
    assert picture.series[1].y == (1.0, 1.0)


@pytest.mark.parametrize(
    "statuses",
    [
        (Status.PASSED,),
        (Status.MISSING,),
        (Status.ERROR,),
        (Status.LIMIT,),
        (Status.FAILED, Status.LIMIT),
    ],
)
def test_function_without_wrong_answers_is_not_asked(statuses: tuple[Status, ...]) -> None:
    """A function without wrong answers, or one that hit a limit, is not asked for a picture."""
    student = RecordedSession()

    pictures = drawn(draw_answer, *statuses, student=student)

    assert pictures == ()
    assert student.requests == []


@pytest.mark.parametrize(
    "student",
    [
        RecordedSession(mse=raised("ValueError")),
        RecordedSession(mse=ended(Outcome.CRASHED)),
        RecordedSession(mse=computing(lambda y_hat, y: "text")),  # noqa: ARG005 - called by name
        RecordedSession(mse=computing(lambda y_hat, y: y_hat)),  # noqa: ARG005
    ],
    ids=["raised", "crashed", "no number", "too many numbers"],
)
def test_answer_that_can_not_be_drawn_gives_no_picture(student: RecordedSession) -> None:
    """An answer that can't be drawn gives no picture and no error."""
    pictures = drawn(draw_answer, Status.FAILED, student=student)

    assert pictures == ()


def test_mistake_of_the_author_costs_no_grade() -> None:
    """An exception in the author's drawing code costs the picture, not the grade."""
    pictures = drawn(draw_nothing_right, Status.FAILED)

    assert pictures == ()


def test_fault_of_the_machine_stays_one() -> None:
    """A failure of the machine while drawing is not hidden."""

    def lose(_: Probe) -> list[Picture]:
        raise StarterLostError("died")

    with pytest.raises(StarterLostError):
        drawn(lose, Status.FAILED)


def test_picture_without_points_is_left_out() -> None:
    """A picture without any finite point is left out."""

    def draw(_: Probe) -> list[Picture]:
        nothing = line("yours", "student", [1, 2], [np.nan, np.inf])
        return [Picture(title="", x_label="", y_label="", series=(nothing,))]

    pictures = drawn(draw, Status.FAILED)

    assert pictures == ()


def test_numbers_are_rounded_and_those_that_can_not_be_drawn_left_out() -> None:
    """Numbers are rounded to four digits, and points that are not finite are left out."""
    made = points("a", "data", [1, 2, 3, 4], [1 / 3, np.nan, -np.inf, 123456])

    assert (made.x, made.y) == ((1.0, 4.0), (0.3333, 123500.0))


def test_many_points_are_thinned_out() -> None:
    """A long series is thinned out, and keeps its first and last point."""
    made = line("a", "data", range(1000), range(1000))

    assert len(made.x) == MAX_POINTS
    assert (made.x[0], made.x[-1]) == (0.0, 999.0)


def test_losses_over_many_sizes_are_drawn_on_a_logarithmic_axis() -> None:
    """Losses that differ widely get a logarithmic axis if all of them are positive."""
    wide, narrow = np.array([1000.0, 0.5]), np.array([2.0, 1.0])

    assert loss_curves("", got=wide, want=narrow).is_log_y
    assert not loss_curves("", got=narrow, want=narrow).is_log_y
    assert not loss_curves("", got=np.array([1000.0, 0.0]), want=narrow).is_log_y


def test_difference_is_what_can_be_seen() -> None:
    """Arrays differ if the difference is visible, the shapes differ, or a number is not finite."""
    want = np.array([0.0, 100.0])

    assert not differ(want + 1, want)
    assert differ(want + 3, want)
    assert differ(np.zeros(3), want)
    assert differ(np.array([0.0, np.nan]), want)


@pytest.mark.parametrize(
    ("sample", "function", "titles"),
    [
        ("wrong_update_never_zeroed.ipynb", "update", ["The loss that", "The path of w"]),
        ("wrong_update_fixed_lr.py", "update", ["The loss that", "The path of w"]),
        ("wrong_train_one_epoch_short.py", "train", ["The losses that"]),
        ("wrong_train_minibatch_one_batch_an_epoch.py", "train_minibatch", ["The los", "The line"]),
        ("wrong_update_logistic_squared_error.ipynb", "update_logistic", ["The loss", "The prob"]),
        ("wrong_make_data_gaussian_noise.py", "make_data", ["60 samples of make_data"]),
    ],
)
def test_lab_has_pictures_where_they_say_more_than_words(
    sample: str, function: str, titles: list[str], grade_sample: Callable[[str], Report]
) -> None:
    """Of each sample, only the wrong function has pictures."""
    report = grade_sample(sample)

    drawn = {one.name: one.pictures for one in report.functions if one.pictures}
    assert list(drawn) == [function]
    pairs = itertools.zip_longest(drawn[function], titles)
    assert all(picture.title.startswith(title) for picture, title in pairs)
