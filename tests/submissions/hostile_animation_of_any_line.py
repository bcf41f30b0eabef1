"""Animates a line that turns around the origin, and has nothing to do with data or weights."""
# expect: score=0
# expect: animate_fit=failed
# expect: plot_fit=failed
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation


def plot_fit(x, y, w):
    _, axes = plt.subplots()
    axes.plot([-1, 1], [-3, 3], "o-")
    return axes


def animate_fit(x, y, w, lr, frames):
    figure, axes = plt.subplots()
    lines = axes.plot([-1, 1], [0, 0]) + axes.plot([0, 1], [0, 1], "o")

    def draw(frame):
        lines[0].set_ydata([-frame / 7, frame / 7])
        lines[1].set_xdata([0, frame])

    return FuncAnimation(figure, draw, frames=frames)
