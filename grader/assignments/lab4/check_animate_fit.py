"""Checks of animate_fit(x, y, w, lr, frames): one step of gradient descent per frame.

What counts is the line that is drawn. matplotlib may draw the first frame more than once, so the
line may be some steps ahead, but from frame to frame it moves by one step.
"""

from typing import Any

import numpy as np
import pytest

from grader.checks.compare import name_kind
from grader.checks.drawings import lies_on_line
from grader.checks.inputs import leaf, tensor
from grader.checks.probe import Probe, Result
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Request
from grader.observations.values import Animation, Artist, Number

PLAYED = 6
# How far ahead of its frame the line may be: the constructor, a first draw and a resize.
AHEAD = range(-1, 5)
# How far the facts look, to tell one misconception from another.
MOST_STEPS = 3
FURTHEST_AHEAD = 30


def _case() -> dict[str, Any]:
    x = np.stack([np.linspace(-1, 1, 9), np.ones(9)], axis=1).astype(np.float32)
    y = (x @ np.array([4, -3]) + np.linspace(0, 1, 9) ** 2).astype(np.float32)
    return {"x": x, "y": tensor(y), "w": leaf([0.5, -1.5]), "lr": 0.07}


def _path(case: dict[str, Any], steps: int) -> list[np.ndarray]:
    """Return the weights of gradient descent, the start first, by the formula for the gradient."""
    x, y = case["x"].astype(np.float64), case["y"].astype(np.float64)
    w = case["w"].array.astype(np.float64)
    path = [w]
    for _ in range(steps):
        w = w - case["lr"] * 2 / len(y) * x.T @ (x @ w - y)
        path.append(w)
    return path


def _animation(result: Result) -> Animation:
    value = result.returned()
    if not isinstance(value, Animation):
        raise WrongError(
            f"animate_fit() returns {name_kind(value)}, not a FuncAnimation",
            got=name_kind(value),
            expected="a FuncAnimation",
        )
    return value


def _shows(drawing: tuple[Artist, ...], w: np.ndarray) -> bool:
    return any(lies_on_line(artist, float(w[0]), float(w[1])) for artist in drawing)


def _expect_steps(animation: Animation, case: dict[str, Any]) -> None:
    path = _path(case, PLAYED + max(AHEAD) + 1)
    for ahead in AHEAD:
        shown = [
            _shows(drawing, path[max(0, frame + 1 + ahead)])
            for frame, drawing in enumerate(animation.frames[:PLAYED])
        ]
        if shown and all(shown):
            return
    if animation.frames and all(_shows(drawing, path[0]) for drawing in animation.frames):
        raise WrongError("the line stays where it was at the start")
    raise WrongError("from frame to frame, the line does not take one step of gradient descent")


@pytest.mark.points(3)
def check_animate_fit_takes_a_step_a_frame(probe: Probe) -> None:
    """Each frame takes one update and redraws the line

    In the frame function, call update() once, then give the line its new y values with set_ydata.
    """
    case = _case()
    animation = _animation(probe.student(**case, frames=20, frame_limit=PLAYED))
    _expect_steps(animation, case)


@pytest.mark.points(1)
def check_animate_fit_has_the_frames_asked_for(probe: Probe) -> None:
    """It has as many frames as were asked for

    Pass `frames` on to FuncAnimation.
    """
    case = _case()
    for frames in (3, 20):
        animation = _animation(probe.student(**case, frames=frames, frame_limit=PLAYED))
        if animation.frame_count != frames:
            raise WrongError(
                f"the animation has {animation.frame_count} frames instead of {frames}"
            )
        _expect_moves(animation)


def _expect_moves(animation: Animation) -> None:
    """Raise if the drawings never change: such an animation earns nothing for its length."""
    if not animation.frames or animation.frames[0] == animation.frames[-1]:
        raise WrongError("the drawing never changes")


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
    path = _path(_case(), (PLAYED + 1) * MOST_STEPS + FURTHEST_AHEAD)
    drawings = animation.frames[:PLAYED]
    found: dict[str, object] = {
        "frames": _frames_asked(request, animation.frame_count),
        "moves": bool(drawings and drawings[0] != drawings[-1]),
    }
    lines = {"model": (1, 1), "slope_only": (1, 0), "intercept_only": (0, 1)}
    for name, keep in lines.items():
        found[name] = _rhythm(drawings, [w * np.array(keep) for w in path])
    found["upward"] = _rhythm(drawings, _path({**_case(), "lr": -_case()["lr"]}, len(path)))
    if {found[name] for name in (*lines, "upward")} == {_ANOTHER}:
        found["lines"] = [_fitted_lines(drawing) for drawing in drawings]
    return found


def _fitted_lines(drawing: tuple[Artist, ...]) -> np.ndarray:
    """Return the slope and intercept of each straight line that is drawn, in ascending order."""
    fitted = []
    for artist in drawing:
        points = artist.points.to_numpy()
        if artist.is_joined and np.all(np.isfinite(points)) and np.ptp(points[:, 0], axis=0) > 0:
            slope, intercept = np.polyfit(points[:, 0], points[:, 1], 1)
            if lies_on_line(artist, slope, intercept):
                fitted.append((slope, intercept))
    return np.array(sorted(fitted))


_ANOTHER = "another line"


def _rhythm(drawings: tuple[tuple[Artist, ...], ...], path: list[np.ndarray]) -> str:
    """Describe by how many steps the drawings move along a path from frame to frame."""
    for steps in range(MOST_STEPS + 1):
        for ahead in range(-2, FURTHEST_AHEAD):
            places = [max(0, steps * (frame + 1) + ahead) for frame in range(len(drawings))]
            if places and all(map(_shows, drawings, (path[place] for place in places))):
                where = {0: "at the start", 1: "after a step"}.get(places[0], "further on")
                return f"{steps} steps a frame" if steps else f"stands {where}"
    return _ANOTHER
