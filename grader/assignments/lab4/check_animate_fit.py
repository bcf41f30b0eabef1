"""Checks of animate_fit(x, y, w, lr, frames): one step of gradient descent per frame.

What counts is the line that is drawn. matplotlib may draw the first frame more than once, so the
line may be some steps ahead, but from frame to frame it moves by one step.
"""

from collections.abc import Sequence
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

PLAYED = 6
# With fewer frames than this, a line that does not move could pass for one that takes steps.
FEWEST = 3
# Numbers of frames that nobody hard-codes.
UNUSUAL_COUNTS = (7, 9, 11, 13, 17, 18, 19, 21, 22, 23)
# How far ahead of its frame the line may be: the constructor, a first draw and a resize.
AHEAD = range(-1, 5)
# How far the facts look, to tell one misconception from another.
MOST_STEPS = 3
FURTHEST_AHEAD = 40
# Ten steps for each frame that is played, and as many before.
LONGEST_PATH = 120

Drawings = Sequence[Lines]  # the lines of each frame


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
        )
    return value


def _drawings(animation: Animation) -> Drawings:
    """Return the straight lines in each of the frames that were played."""
    return [lines_of(drawing) for drawing in animation.frames[:PLAYED]]


def _shown(drawings: Drawings, path: np.ndarray) -> np.ndarray:
    """Return which frames show the line of which weights of a path, (frames, len(path))."""
    if not drawings:
        return np.zeros((0, len(path)), dtype=bool)
    return np.array([np.any(lines.lie_on(*path.T), axis=0) for lines in drawings])


def _expect_steps(animation: Animation, case: dict[str, Any]) -> None:
    path = _path(case["x"], case["y"], case["w"].array, case["lr"], PLAYED + max(AHEAD))
    shown = _shown(_drawings(animation), path)
    frames = np.arange(len(shown))
    if len(frames) >= FEWEST:
        for ahead in AHEAD:
            if np.all(shown[frames, np.maximum(0, frames + 1 + ahead)]):
                return
    if len(frames) and np.all(shown[:, 0]):
        raise WrongError("the line stays where it was at the start")
    raise WrongError("from frame to frame, the line does not take one step of gradient descent")


@pytest.mark.points(3)
def check_animate_fit_takes_a_step_a_frame(probe: Probe) -> None:
    """Each frame takes one update and redraws the line

    In the frame function, call update() once, then give the line its new y values with set_ydata.
    """
    case = _draw_case(probe)
    animation = _animation(probe.student(**case, frames=20, frame_limit=PLAYED))
    _expect_steps(animation, case)


@pytest.mark.points(1)
def check_animate_fit_has_the_frames_asked_for(probe: Probe) -> None:
    """It has as many frames as were asked for

    Pass `frames` on to FuncAnimation.
    """
    case = _draw_case(probe)
    frames = int(probe.rng().choice(UNUSUAL_COUNTS))
    animation = _animation(probe.student(**case, frames=frames, frame_limit=FEWEST))
    if animation.frame_count != frames:
        raise WrongError(f"the animation has {animation.frame_count} frames instead of {frames}")
    _expect_descent(animation, case)


def _expect_descent(animation: Animation, case: dict[str, Any]) -> None:
    """Raise unless the line moves along gradient descent, by any number of steps a frame.

    An animation of anything else earns nothing for its length. A wrong step or a wrong line costs
    the points of the other check, and not these as well.
    """
    x, y, w, lr = case["x"], case["y"], case["w"].array, case["lr"]
    path = _path(x, y, w, lr, LONGEST_PATH)
    drawings = _drawings(animation)
    ways = [*(path * keep for keep in _PARTS.values()), _path(x, y, w, -lr, LONGEST_PATH)]
    if not any(_moves_along(_shown(drawings, way)) for way in ways):
        raise WrongError("the line does not move from frame to frame as gradient descent moves it")


# Which of slope and intercept is drawn.
_PARTS = {"model": (1, 1), "slope_only": (1, 0), "intercept_only": (0, 1)}


def _moves_along(shown: np.ndarray) -> bool:
    """Return whether the frames show ever later places of a path, and not all the same one.

    Args:
        shown: Which frames show which places, (frames, places).
    """
    places = [0]
    for places_shown in shown:
        later = np.flatnonzero(places_shown[places[-1] :])
        if not later.size:
            return False
        places.append(places[-1] + int(later[0]))
    return places[-1] > min(places[1:], default=places[-1])


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
    played = animation.frames[:PLAYED]
    drawings = _drawings(animation)
    rhythms = {name: _rhythm(_shown(drawings, path * keep)) for name, keep in _PARTS.items()}
    rhythms["upward"] = _rhythm(_shown(drawings, _path(x, y, w, -lr.value, LONGEST_PATH)))
    found: dict[str, object] = {
        "frames": _frames_asked(request, animation.frame_count),
        "moves": bool(played and played[0] != played[-1]),
        **rhythms,
    }
    if set(rhythms.values()) == {_ANOTHER}:
        found["lines"] = [lines.models() for lines in drawings]
    return found


_ANOTHER = "another line"


def _rhythm(shown: np.ndarray) -> str:
    """Describe by how many steps the frames move along a path.

    Args:
        shown: Which frames show which places of the path, (frames, places).
    """
    frames = np.arange(len(shown))
    for steps in range(MOST_STEPS + 1):
        for ahead in range(-2, FURTHEST_AHEAD):
            places = np.maximum(0, steps * (frames + 1) + ahead)
            if places.size and np.all(shown[frames, places]):
                where = {0: "at the start", 1: "after a step"}.get(int(places[0]), "further on")
                return f"{steps} steps a frame" if steps else f"stands {where}"
    return _ANOTHER
