"""Checks of animate_fit(x, y, w, lr, frames): one step of gradient descent per frame.

What counts is the line that is drawn. matplotlib may draw the first frame more than once, so the
line may be some steps ahead, but from frame to frame it moves by one step.

A drawing may show more: the line of the start or of the best weights, all earlier lines, losses in
another panel. So in each frame it is the lines that the frame draws anew that are looked at, and
few may be drawn anew elsewhere: among hundreds, some line is always where the right one should be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grader.checks.compare import name_kind
from grader.checks.drawings import Lines, lines_of
from grader.checks.inputs import leaf, tensor
from grader.checks.probe import Probe, Result
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Request
from grader.observations.values import Animation, Array, Number

# How many frames to ask for. All of them are played: what raises in the last one is of no use.
LEAST_FRAMES, MOST_FRAMES = 11, 13
# With fewer frames than this, a line that does not move could pass for one that takes steps.
FEWEST = 3
# Numbers of frames that nobody hard-codes. Two of them are asked for: no number is right for both.
UNUSUAL_COUNTS = (7, 8, 12, 13, 17, 18, 22, 23)
# So many frames are counted, of an animation that may have no end.
MAX_FRAMES = 100_000
# How far ahead of its frame the line may be: the constructor, a first draw and a resize.
AHEAD = range(-1, 5)
# How far the facts look, to tell one misconception from another.
MOST_STEPS = 3
FURTHEST_AHEAD = 40
# Ten steps for each of the frames that are played, and more before.
LONGEST_PATH = 120
# What an animation does shows in its first frames.
SUMMED_UP = 6

# How many lines a frame may draw anew beside the model's: of losses and weights, say. An animation
# that shows more of them, all in motion, does not say which one is meant.
MOST_OTHERS = 4


def _draw_case(probe: Probe) -> dict[str, Any]:
    """Draw data, a start that is far from it, and a learning rate."""
    rng = probe.rng()
    feature = np.linspace(-1, 1, 9) + rng.uniform(-0.1, 0.1, 9)
    x = np.stack([feature, np.ones(9)], axis=1).astype(np.float32)
    truth = rng.choice([-1, 1], 2) * rng.uniform(3, 4.5, 2)
    start = rng.choice([-1, 1], 2) * rng.uniform(0.5, 1.5, 2)
    lr = round(float(rng.uniform(0.05, 0.08)), 3)
    return {"x": x, "y": tensor(x @ truth + rng.uniform(0, 1, 9)), "w": leaf(start), "lr": lr}


def _path(x: np.ndarray, y: np.ndarray, w: np.ndarray, lr: float, steps: int) -> np.ndarray:
    """Return the weights of gradient descent, the start first, (steps + 1, 2).

    Each step multiplies the way that is left to the best weights by I - 2 lr / n x.T @ x.
    """
    x, y, w = x.astype(np.float64), y.astype(np.float64), w.astype(np.float64)
    best = np.linalg.solve(x.T @ x, x.T @ y)
    values, axes = np.linalg.eigh(x.T @ x)
    shrinks = (1 - 2 * lr / len(y) * values) ** np.arange(steps + 1)[:, None]
    return np.asarray(best + shrinks * ((w - best) @ axes) @ axes.T)


def _animation(result: Result) -> Animation:
    value = result.returned()
    if not isinstance(value, Animation):
        raise WrongError(
            f"animate_fit() returns {name_kind(value)}, not a FuncAnimation",
            got=name_kind(value),
            expected="a FuncAnimation",
            hint="Return what FuncAnimation(...) makes: neither the figure, nor a list of drawings,"
            " nor what to_jshtml() or HTML(...) make of it. That can be done outside.",
        )
    return value


@dataclass(frozen=True, slots=True)
class _Frame:
    """The straight lines of a frame, and which of them the frame before did not have."""

    lines: Lines
    is_new: np.ndarray


def _play(animation: Animation, features: np.ndarray, most: int) -> list[_Frame]:
    """Return the first frames that were played."""
    drawings = [lines_of(drawing, features) for drawing in animation.frames[:most]]
    return [
        _Frame(lines, lines.added_to(before))
        for lines, before in zip(drawings, [lines_of([], features), *drawings], strict=False)
    ]


@dataclass(frozen=True, slots=True)
class _Shown:
    """Which frames show the line of which weights of a path.

    Attributes:
        at_all: Whether a frame has a line there, (frames, places).
        anew: Whether it has drawn one there anew, and few elsewhere, (frames, places). The first
            frame draws everything for the first time, and may draw more.
    """

    at_all: np.ndarray
    anew: np.ndarray

    @classmethod
    def on(cls, path: np.ndarray, frames: Sequence[_Frame]) -> "_Shown":
        """Compare the lines of frames with the weights of a path, (places, 2)."""
        at_all = np.zeros((len(frames), len(path)), dtype=bool)
        anew = at_all.copy()
        for index, frame in enumerate(frames):
            is_on = frame.lines.lie_on(*path.T)
            at_all[index] = np.any(is_on, axis=0)
            is_on = is_on[frame.is_new]
            there = np.sum(is_on, axis=0)
            anew[index] = (there > 0) & (len(is_on) - there <= MOST_OTHERS)
        anew[:1] = at_all[:1]
        return cls(at_all, anew)

    def follows(self, places: np.ndarray) -> bool:
        """Return whether each frame shows its place, (frames,), where this is another one: anew."""
        frames = np.arange(len(places))
        stays = np.diff(places, prepend=places[:1]) == 0
        found = np.where(stays, self.at_all[frames, places], self.anew[frames, places])
        return bool(found.size and np.all(found))


def _expect_steps(animation: Animation, case: dict[str, Any]) -> None:
    path = _path(case["x"], case["y"], case["w"].array, case["lr"], MOST_FRAMES + max(AHEAD))
    played = _play(animation, case["x"][:, 0], MOST_FRAMES)
    shown = _Shown.on(path, played)
    frames = np.arange(len(played))
    if len(frames) >= FEWEST and any(
        shown.follows(np.maximum(0, frames + 1 + ahead)) for ahead in AHEAD
    ):
        return
    moves = any(np.any(frame.is_new) for frame in played[1:])
    if not moves and shown.follows(np.zeros_like(frames)):
        raise WrongError("the line stays where it was at the start")
    raise WrongError("from frame to frame, the line does not take one step of gradient descent")


@pytest.mark.points(3)
def check_animate_fit_takes_a_step_a_frame(probe: Probe) -> None:
    """Each frame takes one update and redraws the line

    In the frame function, call update() once with lr as it is, then compute predict(x, w) anew and
    give that to the line with set_ydata.
    """
    case = _draw_case(probe)
    frames = int(probe.rng().integers(LEAST_FRAMES, MOST_FRAMES + 1))
    animation = _animation(probe.student(**case, frames=frames, frame_limit=frames))
    _expect_steps(animation, case)


@pytest.mark.points(1)
def check_animate_fit_has_the_frames_asked_for(probe: Probe) -> None:
    """The line moves, in as many frames as were asked for

    Take a step of gradient descent in each frame: other lines earn nothing for their number.
    """
    case = _draw_case(probe)
    for frames in probe.rng().choice(UNUSUAL_COUNTS, 2, replace=False).tolist():
        animation = _animation(probe.student(**case, frames=frames, frame_limit=FEWEST))
        count = animation.frame_count
        if count != frames:
            shown = f"{count} frames" if count < MAX_FRAMES else f"{count} frames or more"
            raise WrongError(
                f"the animation has {shown} instead of {frames}",
                hint="Pass `frames` on to FuncAnimation.",
            )
        _expect_descent(animation, case)


def _expect_descent(animation: Animation, case: dict[str, Any]) -> None:
    """Raise unless the line moves along gradient descent, by any number of steps a frame.

    An animation of anything else earns nothing for its length. A wrong step or a wrong line costs
    the points of the other check, and not these as well.
    """
    x, y, w, lr = case["x"], case["y"], case["w"].array, case["lr"]
    path = _path(x, y, w, lr, LONGEST_PATH)
    played = _play(animation, x[:, 0], FEWEST)
    ways = [*(path * keep for keep in _PARTS.values()), _path(x, y, w, -lr, LONGEST_PATH)]
    if not any(_moves_along(_Shown.on(way, played)) for way in ways):
        raise WrongError("the line does not move from frame to frame as gradient descent moves it")


# Which of slope and intercept is drawn.
_PARTS = {"model": (1, 1), "slope_only": (1, 0), "intercept_only": (0, 1)}


def _moves_along(shown: _Shown) -> bool:
    """Return whether each frame but the first shows a later place of a path than the one before."""
    if len(shown.anew) < FEWEST:
        return False
    place = -1
    for is_shown in shown.anew:
        later = np.flatnonzero(is_shown[place + 1 :])
        if not later.size:
            return False
        place += 1 + int(later[0])
    return True


_FAR_TOO_MANY = 1000


def _frames_asked(request: CallRequest, count: int) -> str:
    """Return how the number of frames differs from the one asked for: exactly only if by one."""
    asked = request.inputs["frames"]
    assert isinstance(asked, Number)
    off = count - int(asked.value)
    if abs(off) <= 1:
        return f"{off:+}"
    return "endless" if count > _FAR_TOO_MANY else "another number"


def facts(request: Request, result: Result) -> dict[str, object]:
    """Return how many frames there are, and by how many steps the line moves per frame."""
    assert isinstance(request, CallRequest)
    animation = _animation(result)
    lr = request.inputs["lr"]
    assert isinstance(lr, Number)
    inputs = [request.inputs[name] for name in ("x", "y", "w")]
    x, y, w = (one.to_numpy() for one in inputs if isinstance(one, Array))
    path = _path(x, y, w, lr.value, LONGEST_PATH)
    drawn = animation.frames[:SUMMED_UP]
    played = _play(animation, x[:, 0], SUMMED_UP)
    rhythms = {name: _rhythm(_Shown.on(path * keep, played)) for name, keep in _PARTS.items()}
    upward = _path(x, y, w, -lr.value, LONGEST_PATH)
    rhythms["upward"] = _rhythm(_Shown.on(upward, played))
    found: dict[str, object] = {
        "frames": _frames_asked(request, animation.frame_count),
        "moves": bool(drawn and drawn[0] != drawn[-1]),
        **rhythms,
    }
    if set(rhythms.values()) == {_ANOTHER}:
        found["lines"] = [frame.lines.models() for frame in played]
    return found


_ANOTHER = "another line"


def _rhythm(shown: _Shown) -> str:
    """Describe by how many steps the frames move along a path."""
    frames = np.arange(len(shown.at_all))
    for steps in range(MOST_STEPS + 1):
        for ahead in range(-2, FURTHEST_AHEAD):
            places = np.maximum(0, steps * (frames + 1) + ahead)
            if shown.follows(places):
                where = {0: "at the start", 1: "after a step"}.get(int(places[0]), "further on")
                return f"{steps} steps a frame" if steps else f"stands {where}"
    return _ANOTHER
