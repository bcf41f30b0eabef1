"""Misconceptions about animate_fit(): wrong programs with their hints."""

from matplotlib.animation import FuncAnimation


def _start(x, y, w):
    w = w.detach().clone().requires_grad_()
    axes = plot_fit(x, y, w)
    return w, axes, axes.lines[0]


def animate_fit__frame_count_fixed(x, y, w, lr, frames):
    """The animation doesn't have the number of frames that was asked for.

    Pass frames=frames to FuncAnimation, as it is.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=50)


def animate_fit__frame_count_missing(x, y, w, lr, frames):
    """The animation has far more frames than were asked for.

    Without a number of frames, FuncAnimation goes on forever. Pass
    frames=frames.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, cache_frame_data=False)


def animate_fit__one_frame_too_many(x, y, w, lr, frames):
    """There is one frame too many.

    Pass frames=frames to FuncAnimation: frame 0 already shows the first
    update.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames + 1)


def animate_fit__one_frame_short(x, y, w, lr, frames):
    """There is one frame too few.

    Pass frames=frames to FuncAnimation. range(1, frames) has one frame fewer.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=range(1, frames))


def animate_fit__stands_still(x, y, w, lr, frames):
    """The line stays where it was at the start.

    In the frame function, take one update, then compute predict(x, w) anew and
    give that to set_ydata. Heights from before the frame function don't change
    when w moves.

    Section: 5. Watch it learn
    """
    _, axes, line = _start(x, y, w)

    def draw(_frame):
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__two_updates_a_frame(x, y, w, lr, frames):
    """From frame to frame, the line moves by two steps.

    Call update() only once in the frame function. A second call, say to get
    the loss, takes another step.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__ten_updates_a_frame(x, y, w, lr, frames):
    """From frame to frame, the line moves by many steps.

    Call update() once in the frame function, and don't call train() there.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        for _ in range(10):
            update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__trained_before(x, y, w, lr, frames):
    """All steps are taken before the first frame, and every frame shows the last.

    Take one update in each call of the frame function. Weights that are stored
    first, to be played back, must be copies, w.detach().clone(): w.detach()
    shares the memory of w, so that all of those stored are the last one.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)
    for _ in range(frames):
        update(x, y, w, lr)

    def draw(_frame):
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__starts_anew_in_each_frame(x, y, w, lr, frames):
    """The line moves only once: each frame shows it one step from the start.

    Let each frame go on from the one before. If the frame function makes its
    own copy of w, make that copy before the function instead.

    Section: 5. Watch it learn
    """
    _, axes, line = _start(x, y, w)

    def draw(_frame):
        fresh = w.detach().clone().requires_grad_()
        update(x, y, fresh, lr)
        line.set_ydata(predict(x, fresh).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__intercept_left_out(x, y, w, lr, frames):
    """The moving line leaves out the intercept.

    Draw predict(x, w): w[0] times the feature, plus w[1].

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata((x[:, 0] * w[0]).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__slope_left_out(x, y, w, lr, frames):
    """The moving line is flat: it leaves out the slope.

    Draw predict(x, w): w[0] times the feature, plus w[1].

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata((x[:, 1] * w[1]).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__ascent(x, y, w, lr, frames):
    """The line moves away from the data.

    Each frame has to take a step down the slope: call update(x, y, w, lr),
    with lr as it is.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, -lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__figure_returned(x, y, w, lr, frames):
    """The figure is returned, not the animation.

    Return the FuncAnimation object.

    Section: 5. Watch it learn
    """
    _, axes, _ = _start(x, y, w)
    return axes.figure


def animate_fit__axes_returned(x, y, w, lr, frames):
    """The Axes object is returned, not the animation.

    Return the FuncAnimation object.

    Section: 5. Watch it learn
    """
    _, axes, _ = _start(x, y, w)
    return axes


def animate_fit__returns_nothing(x, y, w, lr, frames):
    """Nothing is returned.

    Return the FuncAnimation object at the end. Otherwise it is deleted before
    it can run.

    Section: 5. Watch it learn
    """
    _start(x, y, w)


def animate_fit__returns_the_losses(x, y, w, lr, frames):
    """A list is returned, not the animation.

    Return the FuncAnimation object. It calls your frame function itself, so
    you don't need a loop.

    Section: 5. Watch it learn
    """
    w, _, _ = _start(x, y, w)
    return [update(x, y, w, lr) for _ in range(frames)]


def animate_fit__frame_function_without_frame(x, y, w, lr, frames):
    """The frame function takes no argument, but it is given the frame number.

    Write def draw(frame), even if you don't use the number.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw():
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__model_not_detached__numpy(x, y, w, lr, frames):
    """matplotlib or numpy is given a tensor that autograd is tracking.

    Detach it first: predict(x, w).detach().

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).numpy())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__model_not_detached__drawn(x, y, w, lr, frames):
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w))

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__frame_function_called_at_once__returns_a_tuple(
    x, y, w, lr, frames
):
    """Something is called that is not a function.

    Does FuncAnimation get draw(0)? That calls draw once and passes on its
    result. Pass the function itself, without brackets: FuncAnimation(fig,
    draw, ...).

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())
        return (line,)

    return FuncAnimation(axes.figure, draw(0), frames=frames)


def animate_fit__frame_function_called_at_once__returns_a_list(
    x, y, w, lr, frames
):
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())
        return [line]

    return FuncAnimation(axes.figure, draw(0), frames=frames)


def animate_fit__frame_function_called_at_once__returns_nothing(
    x, y, w, lr, frames
):
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw(0), frames=frames)


def animate_fit__list_of_lines_as_a_line(x, y, w, lr, frames):
    """A list is used as if it were a line.

    axes.plot returns a list of lines. Take the line out of it, with a comma
    after its name: line, = axes.plot(...).

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)
    lines = [line]

    def draw(_frame):
        update(x, y, w, lr)
        lines.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__all_updates_in_each_frame(x, y, w, lr, frames):
    """In each frame, the line moves by as many steps as there are frames.

    FuncAnimation calls the frame function once for each frame: there is no
    loop in it, and one update.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        for _ in range(frames):
            update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def _animate_updates(x, y, w, lr, frames, count):
    w, axes, line = _start(x, y, w)

    def draw(frame):
        for _ in range(count(frame)):
            update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__more_updates_from_frame_to_frame(x, y, w, lr, frames):
    """The line moves by more and more steps: one more in each frame.

    Call update() once in the frame function. Its parameter is the number of
    the frame, so a loop over range(frame) grows with it.

    Section: 5. Watch it learn
    """
    return _animate_updates(x, y, w, lr, frames, lambda frame: frame)


def animate_fit__more_updates_from_frame_to_frame__from_one(
    x, y, w, lr, frames
):
    return _animate_updates(x, y, w, lr, frames, lambda frame: frame + 1)


def animate_fit__frame_number_as_lr(x, y, w, lr, frames):
    """The number of the frame is used as the learning rate.

    FuncAnimation calls the frame function with that number. If the parameter
    of the frame function is called lr, it hides the learning rate: call it
    frame.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(frame):
        update(x, y, w, frame)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)
