"""Wrong ways to write animate_fit(), each a program, with its hint."""

from matplotlib.animation import FuncAnimation


def _start(x, y, w):
    w = w.detach().clone().requires_grad_()
    axes = plot_fit(x, y, w)
    return w, axes, axes.lines[0]


def animate_fit__frame_count_fixed(x, y, w, lr, frames):
    """The animation has 50 frames, whatever frames is.

    Pass frames on to FuncAnimation.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=50)


def animate_fit__frame_count_missing(x, y, w, lr, frames):
    """FuncAnimation is not told how many frames there are.

    Pass frames=frames to FuncAnimation.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, cache_frame_data=False)


def animate_fit__one_frame_too_many(x, y, w, lr, frames):
    """There is one frame more than asked for.

    Pass frames=frames to FuncAnimation: frame 0 shows the first update.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames + 1)


def animate_fit__one_frame_short(x, y, w, lr, frames):
    """There is one frame less than asked for.

    Pass frames=frames to FuncAnimation; range(1, frames) has one less.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=range(1, frames))


def animate_fit__stands_still(x, y, w, lr, frames):
    """The line stays where it was at the start.

    The frame function has to do both: take one update, and then give the line
    its new heights with set_ydata.

    Section: 5. Watch it learn
    """
    _, axes, line = _start(x, y, w)

    def draw(_frame):
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__two_updates_a_frame(x, y, w, lr, frames):
    """Each frame takes two updates.

    Call update() once in the frame function; a second call, only to get the
    loss, steps again.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__ten_updates_a_frame(x, y, w, lr, frames):
    """Each frame takes many updates.

    Call update() once in the frame function, and not train().

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        for _ in range(10):
            update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__trained_before(x, y, w, lr, frames):
    """All updates are taken before the first frame is drawn.

    Take one update in each call of the frame function.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)
    for _ in range(frames):
        update(x, y, w, lr)

    def draw(_frame):
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__starts_anew_in_each_frame(x, y, w, lr, frames):
    """Each frame begins at the first w again: the line moves only once.

    Make w before the frame function, not inside it.

    Section: 5. Watch it learn
    """
    _, axes, line = _start(x, y, w)

    def draw(_frame):
        fresh = w.detach().clone().requires_grad_()
        update(x, y, fresh, lr)
        line.set_ydata(predict(x, fresh).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__intercept_left_out(x, y, w, lr, frames):
    """The line that moves has the slope only.

    Draw predict(x, w): w[0] times the feature, plus w[1].

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata((x[:, 0] * w[0]).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__slope_left_out(x, y, w, lr, frames):
    """The line that moves lies flat: the slope is missing.

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

    Each frame has to go down the slope: update(x, y, w, lr), with lr as it
    is.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, -lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__figure_returned(x, y, w, lr, frames):
    """The figure is returned, not the animation.

    Return what FuncAnimation(...) gives.

    Section: 5. Watch it learn
    """
    _, axes, _ = _start(x, y, w)
    return axes.figure


def animate_fit__axes_returned(x, y, w, lr, frames):
    """The Axes are returned, not the animation.

    Return what FuncAnimation(...) gives.

    Section: 5. Watch it learn
    """
    _, axes, _ = _start(x, y, w)
    return axes


def animate_fit__returns_nothing(x, y, w, lr, frames):
    """Nothing is returned.

    End with return and the FuncAnimation: without it, it would be thrown away
    before it runs.

    Section: 5. Watch it learn
    """
    _start(x, y, w)


def animate_fit__returns_the_losses(x, y, w, lr, frames):
    """A list is returned, not the animation.

    Return what FuncAnimation(...) gives. It calls your frame function by
    itself, so no loop is needed.

    Section: 5. Watch it learn
    """
    w, _, _ = _start(x, y, w)
    return [update(x, y, w, lr) for _ in range(frames)]


def animate_fit__frame_function_without_frame(x, y, w, lr, frames):
    """The frame function takes no argument, but is given the frame's number.

    Write def draw(frame), also if you don't need the number.

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw():
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).detach())

    return FuncAnimation(axes.figure, draw, frames=frames)


def animate_fit__model_not_detached(x, y, w, lr, frames):
    """matplotlib or numpy is given what autograd is tracking.

    Use .detach() first: predict(x, w).detach().

    Section: 5. Watch it learn
    """
    w, axes, line = _start(x, y, w)

    def draw(_frame):
        update(x, y, w, lr)
        line.set_ydata(predict(x, w).numpy())

    return FuncAnimation(axes.figure, draw, frames=frames)
