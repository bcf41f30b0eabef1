"""Pictures of a report as ``data:`` URLs, for platforms that show images."""

import base64

from grader.outputs.pages.picture import draw_picture
from grader.report.model import DrawnAs, Picture, Series

# A picture is drawn for our own page, which defines its colours. On its own it needs those of
# page.css on white.
_ROOT = '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="10"'
_COLORS = {
    "var(--student)": "#c2410c",
    "var(--right)": "#0b62b8",
    "var(--data)": "#68707a",
    "var(--level)": "#9aa3ad",
}

# The words of the legend, which never relies on colour alone.
_LOOKS = {"student": "orange", "right": "blue, dashed", "data": "grey", "level": "light grey"}


def draw_image(picture: Picture) -> str:
    """Return a picture as a ``data:`` URL of SVG; empty if it can't be drawn."""
    try:
        drawing = str(draw_picture(picture, key="picture").drawing)
    except Exception:  # noqa: BLE001 - a report without a picture is better than no report
        return ""
    svg = drawing.replace("<svg", _ROOT, 1)
    for name, color in _COLORS.items():
        svg = svg.replace(name, color)
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def describe_image(picture: Picture) -> str:
    """Describe a picture, and what each of its lines is: the image itself has no legend."""
    legend = dict.fromkeys(f"{_look(one)}: {one.label}" for one in picture.series)
    return f"{picture.title} ({'; '.join(legend)})"


def _look(series: Series) -> str:
    look = _LOOKS.get(series.role, _LOOKS["data"])
    if series.drawn_as is DrawnAs.POINTS:
        return f"{look.partition(',')[0]} points"
    return look
