"""Draws lines whose slope is beyond the reach of floats: upright, endless, of denormal width."""
# expect: score=0
# expect: animate_fit=failed
# expect: plot_fit=failed
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation

LINES = (
    ([0.0, 3e-201], [-1.0, 4.0]),
    ([5e-324, 1e-323], [0.0, 7.0]),
    ([-1e308, 1e308], [-1e308, 1e308]),
    ([2.0, 2.0], [0.0, 1.0]),
    ([0.0, 1.0], [1e308, -1e308]),
)


def plot_fit(x, y, w):
    _, axes = plt.subplots()
    for across, up in LINES:
        axes.plot(across, up, "o-")
    return axes


def animate_fit(x, y, w, lr, frames):
    figure, axes = plt.subplots()
    (line,) = axes.plot([0, 1], [0, 1])
    return FuncAnimation(figure, lambda frame: line.set_data(*LINES[frame % 5]), frames=frames)
