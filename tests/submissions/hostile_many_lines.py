"""Draws hundreds of lines, to keep the grader busy with comparing each one."""
# expect: max_seconds=60
# expect: score=0
# expect: animate_fit=failed
# expect: plot_fit=failed
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation
from matplotlib.collections import LineCollection

FAN = [[(-1, -k / 50), (1, k / 50)] for k in range(480)]


def plot_fit(x, y, w):
    _, axes = plt.subplots()
    axes.add_collection(LineCollection(FAN))
    return axes


def animate_fit(x, y, w, lr, frames):
    figure, axes = plt.subplots()
    fan = axes.add_collection(LineCollection(FAN))
    (line,) = axes.plot([-1, 1], [0, 0])

    def draw(frame):
        line.set_ydata([-frame, frame])
        fan.set_segments(FAN[frame:])

    return FuncAnimation(figure, draw, frames=frames)
