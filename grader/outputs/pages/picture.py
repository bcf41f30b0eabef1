"""A picture of a report as inline SVG that takes its colours from the page.

matplotlib draws the picture in placeholder colours, one for each role. Its SVG is then copied
element by element, without its style sheet, metadata and fonts, and with CSS variables of the page
in place of the placeholders. So one picture fits dark and light pages of every width.
"""

import io
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

# Only for what matplotlib has drawn, in which all texts are escaped.
from xml.etree import ElementTree as ET

import numpy as np
from markupsafe import Markup

from grader.report.model import DrawnAs, Picture, Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INCHES = (4.4, 2.7)  # small, so that the texts are readable on a phone
_POINTS_PER_INCH = 72
_FONT_POINTS = 10
_DIGIT_WIDTH = 0.64  # of the height of the font
_MARKED = range(1, 41)  # lines with this many points have markers, or a single point would not show
_STRAIGHT = 2
_MAX_FACTS = 12  # series that are described
_REACH = 1.5  # how far the student's series may extend an axis, in spans of the other series


@dataclass(frozen=True, slots=True)
class _Role:
    """How the series of a role are drawn.

    ``placeholder`` is the colour for matplotlib, ``color`` the one on the page. A series with a
    greater ``height`` is drawn on top.
    """

    placeholder: str
    color: str
    dashes: str
    width: float
    marker: str
    height: int


_ROLES = {
    "student": _Role("#010101", "var(--student)", "none", 2.2, "o", 4),
    "right": _Role("#020202", "var(--right)", "5 3", 1.8, "x", 5),
    "data": _Role("#030303", "var(--data)", "none", 1.2, "o", 3),
    "level": _Role("#040404", "var(--level)", "none", 0.9, "", 2),
}
_INK = "#050505"
_COLORS = {role.placeholder: role.color for role in _ROLES.values()} | {_INK: "currentColor"}

_KEPT = ("g", "path", "use", "text", "defs", "clipPath", "rect", "circle", "line")
_ATTRIBUTES = ("d", "x", "y", "width", "height", "transform", "r", "cx", "cy")
_PROPERTIES = (
    "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
    "stroke-linejoin", "stroke-opacity", "fill-opacity", "opacity", "text-anchor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """An entry of a legend: a sample of how a series is drawn, and its label."""

    sample: Markup
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture for a page: SVG, a legend, and where its lines end, in words."""

    title: str
    drawing: Markup
    legend: tuple[LegendEntry, ...]
    words: str

    @property
    def size(self) -> int:
        """How many bytes of HTML it needs, about."""
        legend = sum(len(one.sample) + 5 * len(one.label) for one in self.legend)
        return len(self.drawing.encode()) + legend + 5 * len(self.title + self.words)


def draw_picture(picture: Picture, *, key: str) -> Drawing:
    """Draw a picture.

    Args:
        picture: The picture.
        key: The prefix of its element ids, unique on the page.
    """
    words = _describe(picture)
    legend = {(one.label, one.role, one.drawn_as): one for one in picture.series}
    return Drawing(
        title=picture.title,
        drawing=Markup(_to_page(_plot(picture), picture, key)),  # noqa: S704 - built below
        legend=tuple(LegendEntry(sample=_sample(one), label=one.label) for one in legend.values()),
        words=words,
    )


def _describe(picture: Picture) -> str:
    """Say where each line ends, if lines are compared."""
    compared = [
        one
        for one in picture.series
        if one.role in ("student", "right") and one.drawn_as is DrawnAs.LINE and len(one.x) > 1
    ]
    ends = (
        f"“{one.label}” ends at {picture.x_label} = {one.x[-1]:.4g}, "
        f"{picture.y_label} = {one.y[-1]:.4g}"
        for one in compared
    )
    is_comparison = any(one.role == "student" for one in compared)
    return "; ".join(ends) + "." if is_comparison else ""


def _describe_in_full(picture: Picture) -> str:
    """Say what a picture shows, for readers who can't see it: each series, and how far it goes."""
    facts = list(dict.fromkeys(_describe_series(one, picture) for one in picture.series))
    if len(facts) > _MAX_FACTS:
        facts[_MAX_FACTS:] = [f"and {len(facts) - _MAX_FACTS} more"]
    return f"{picture.y_label} against {picture.x_label}. {'; '.join(facts)}."


def _describe_series(series: Series, picture: Picture) -> str:
    def at(place: int) -> str:
        x, y = series.x[place], series.y[place]
        return f"{picture.x_label} = {x:.4g}, {picture.y_label} = {y:.4g}"

    name = f"“{series.label}”"
    if series.role == "level":
        return f"lines of {name}"
    if not series.x:
        return f"{name} is empty"
    if len(series.x) == 1:
        return f"{name} is at {at(0)}"
    reach = f"{picture.y_label} from {min(series.y):.4g} to {max(series.y):.4g}"
    if series.drawn_as is DrawnAs.POINTS:
        across = f"{picture.x_label} from {min(series.x):.4g} to {max(series.x):.4g}"
        return f"{name} is {len(series.x)} points with {across} and {reach}"
    return f"{name} starts at {at(0)} and ends at {at(-1)}, with {reach}"


def _role(series: Series) -> _Role:
    return _ROLES.get(series.role, _ROLES["data"])


def _sample(series: Series) -> Markup:
    """Draw a short piece of a series for the legend."""
    role = _role(series)
    if series.drawn_as is DrawnAs.POINTS and role.marker == "x":
        inside = Markup('<path d="M11 2l8 8M11 10l8-8" stroke="{}" stroke-width="2"/>')
    elif series.drawn_as is DrawnAs.POINTS:
        inside = Markup('<circle cx="15" cy="6" r="4" fill="{}"/>')
    else:
        inside = Markup('<path d="M0 6H30" stroke="{}" stroke-width="{}" stroke-dasharray="{}"/>')
    drawn = inside.format(role.color, role.width * 1.3, role.dashes)
    return Markup('<svg viewBox="0 0 30 12" aria-hidden="true">{}</svg>').format(drawn)


def _plot(picture: Picture) -> str:
    """Return the SVG that matplotlib draws, in placeholder colours."""
    # Imported late: few pages have a picture.
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with warnings.catch_warnings(), mpl.rc_context():
        warnings.simplefilter("ignore")  # about missing fonts; the browser uses its own
        mpl.rcdefaults()  # the same picture on every machine, whatever its matplotlibrc says
        mpl.rcParams.update(
            {"svg.fonttype": "none", "svg.hashsalt": "zerograd", "font.size": _FONT_POINTS}
        )
        figure = Figure(figsize=_INCHES)
        figure.patch.set_visible(False)
        axes = figure.add_subplot(facecolor="none")
        axes.set_xlabel(picture.x_label, parse_math=False, color=_INK)
        axes.set_ylabel(picture.y_label, parse_math=False, color=_INK)
        # A logarithmic axis needs at least one positive value.
        is_log = picture.is_log_y and any(value > 0 for one in picture.series for value in one.y)
        axes.set_yscale("log" if is_log else "linear")
        for series in picture.series:
            _plot_series(axes, series)
        axes.set_xlim(*_limits([(one, one.x) for one in picture.series], is_log=False))
        axes.set_ylim(*_limits([(one, one.y) for one in picture.series], is_log=is_log))
        _style_axes(axes)
        _leave_room(figure, axes)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _plot_series(axes: "Axes", series: Series) -> None:
    role = _role(series)
    if series.drawn_as is DrawnAs.POINTS:
        style, marker = "none", role.marker
    else:
        # Two points make a straight line, whose ends need no markers.
        is_marked = role.marker == "o" and len(series.x) in _MARKED and len(series.x) != _STRAIGHT
        style, marker = "solid" if role.dashes == "none" else "dashed", "o" if is_marked else ""
    axes.plot(
        series.x,
        series.y,
        color=role.placeholder,
        linestyle=style,
        linewidth=role.width,
        marker=marker,
        markersize=4,
        zorder=role.height,
    )


def _style_axes(axes: "Axes") -> None:
    """Draw only the left and the bottom axis, with plain numbers instead of formulas."""
    from matplotlib.ticker import FuncFormatter, NullFormatter  # noqa: PLC0415

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: _format_tick(value)))
        axis.set_minor_formatter(NullFormatter())
    axes.tick_params(which="both", colors=_INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side in {"left", "bottom"})
        spine.set_color(_INK)


def _leave_room(figure: "Figure", axes: "Axes") -> None:
    """Set the margins to what the texts at the axes need.

    matplotlib's own layouts draw everything twice for that, and a page has several pictures.
    """
    width, height = (inches * _POINTS_PER_INCH for inches in _INCHES)
    low, high = sorted(axes.get_ylim())
    numbers = [_format_tick(value) for value in axes.get_yticks() if low <= value <= high]
    widest = max(map(len, numbers), default=1) * _FONT_POINTS * _DIGIT_WIDTH
    figure.subplots_adjust(
        left=(widest + 3 * _FONT_POINTS) / width,
        right=1 - 2 * _FONT_POINTS / width,
        bottom=4 * _FONT_POINTS / height,
        top=1 - _FONT_POINTS / height,
    )


def _format_tick(value: float) -> str:
    return f"{value:.6g}"


def _limits(
    series: Iterable[tuple[Series, Sequence[float]]], *, is_log: bool
) -> tuple[float, float]:
    """Return the limits of an axis.

    It covers all other series, and the student's as far as `_REACH` allows: a diverging line
    leaves the picture instead of shrinking everything else to a dot.
    """
    student: list[float] = []
    rest: list[float] = []
    for one, values in series:
        (student if one.role == "student" else rest).extend(values)
    rest = rest or student or [0.0, 1.0]
    fixed, reaching = (np.asarray(one, dtype=np.float64) for one in (rest, student))
    if is_log:
        fixed, reaching = (np.log10(one[one > 0]) for one in (fixed, reaching))
        fixed = fixed if fixed.size else np.zeros(1)
    low, high = float(np.min(fixed)), float(np.max(fixed))
    span = (high - low) or 0.1 * abs(high) or 1.0
    if reaching.size:
        low = max(min(low, float(np.min(reaching))), low - _REACH * span)
        high = min(max(high, float(np.max(reaching))), high + _REACH * span)
    margin = 0.06 * ((high - low) or span)
    low, high = low - margin, high + margin
    return (10.0**low, 10.0**high) if is_log else (low, high)


def _to_page(svg: str, picture: Picture, key: str) -> str:
    """Copy the SVG that matplotlib has drawn, as part of an HTML page."""
    source = ET.fromstring(svg)  # noqa: S314 - our own, see the import
    drawn = ET.Element(
        "svg",
        {
            "class": "picture",
            "viewBox": source.get("viewBox", ""),
            "role": "img",
            "aria-labelledby": f"{key}-title {key}-words",
            "fill": "currentColor",
            "stroke-linejoin": "round",
        },
    )
    ET.SubElement(drawn, "title", {"id": f"{key}-title"}).text = picture.title
    ET.SubElement(drawn, "desc", {"id": f"{key}-words"}).text = _describe_in_full(picture)
    referenced = {name: f"{key}-{place}" for place, name in enumerate(_referenced(svg), start=1)}
    _copy_children(source, drawn, referenced)
    return ET.tostring(drawn, encoding="unicode")


def _referenced(svg: str) -> list[str]:
    found = re.findall(r'(?:url\(#|href="#)([\w.-]+)', svg)
    return list(dict.fromkeys(found))


def _copy_children(source: ET.Element, target: ET.Element, names: dict[str, str]) -> None:
    for child in source:
        tag = child.tag.rpartition("}")[2]
        if tag not in _KEPT:
            continue
        copied = ET.SubElement(target, tag, _copy_attributes(child, names))
        if tag == "text":
            copied.text = child.text
        _copy_children(child, copied, names)


def _copy_attributes(element: ET.Element, names: dict[str, str]) -> dict[str, str]:
    copied = {}
    for name, value in element.items():
        plain = name.rpartition("}")[2]
        if plain in _ATTRIBUTES:
            copied[plain] = value
        elif plain == "id" and value in names:
            copied["id"] = names[value]
        elif plain == "href":
            copied["href"] = f"#{names[value.removeprefix('#')]}"
        elif plain == "clip-path":
            inner = value.removeprefix("url(#").removesuffix(")")
            copied["clip-path"] = f"url(#{names[inner]})"
        elif plain == "style":
            copied |= _presentation(value)
    return copied


def _presentation(style: str) -> dict[str, str]:
    """Turn CSS declarations into attributes, since the page's policy forbids inline styles."""
    pairs = (one.partition(":") for one in style.split(";"))
    plain = {name.strip(): value.strip() for name, _, value in pairs}
    return {name: _COLORS.get(plain[name], plain[name]) for name in _PROPERTIES if name in plain}
