"""Pictures as SVG for a page: what they contain, what they don't, and how far their axes go."""

import re

import matplotlib as mpl
import pytest
from matplotlib.axis import Axis
from matplotlib.backend_bases import RendererBase

from grader.outputs.pages.picture import draw_picture
from grader.report.model import DrawnAs, Picture, Series

pytestmark = pytest.mark.slow


def series(role: str, *y: float, drawn_as: DrawnAs = DrawnAs.LINE, label: str = "") -> Series:
    """Return a series over 1, 2, 3, ..."""
    x = tuple(float(one) for one in range(1, len(y) + 1))
    return Series(label=label or role, role=role, drawn_as=drawn_as, x=x, y=y)


def draw(*drawn: Series, title: str = "A title", is_log_y: bool = False) -> str:
    """Return the drawing of some series."""
    picture = Picture(title=title, x_label="step", y_label="loss", series=drawn, is_log_y=is_log_y)
    return str(draw_picture(picture, key="picture-1").drawing)


def ticks(svg: str) -> list[float]:
    """Return the numbers at the axes."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    return [float(one.replace("\u2212", "-")) for one in texts if one not in {"step", "loss"}]


def test_colours_are_those_of_the_page() -> None:
    """All colours are variables of the page, so that one picture fits dark and light pages."""
    svg = draw(series("student", 3, 2, 1), series("right", 3, 1, 0.5), series("level", 1, 1, 1))

    for name in ("student", "right", "level"):
        assert f'"var(--{name})"' in svg
    assert not re.search(r"#[0-9a-fA-F]{6}\b", svg)


def test_nothing_of_matplotlib_but_the_drawing_is_kept() -> None:
    """The drawing has no style sheet, metadata, fonts, URLs or inline styles."""
    svg = draw(series("student", 3, 2, 1))

    tags = set(re.findall(r"<(\w+)", svg))
    assert tags <= set("svg title desc g path use text defs clipPath rect".split())
    assert not re.search(r"\bstyle=|xmlns|://|font", svg)


def test_ids_begin_with_the_key_and_references_resolve() -> None:
    """Ids begin with the key, so that a page can have several pictures."""
    svg = draw(series("student", 3, 2, 1), series("data", 1, 2, 3, drawn_as=DrawnAs.POINTS))

    ids = set(re.findall(r'\bid="([^"]+)"', svg))
    used = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', svg))
    assert all(one.startswith("picture-1-") for one in ids)
    assert {first or second for first, second in used} <= ids


def test_description_has_the_facts_of_the_picture() -> None:
    """Who can't see a picture is told where each series begins, ends, and how far it reaches."""
    svg = draw(
        series("student", 3, 5, 4, label="yours"),
        series("right", 2, label="start"),
        series("data", 1, 2, 3, drawn_as=DrawnAs.POINTS),
        *(series("level", 1, 1, label="equal loss") for _ in range(4)),
        Series(label="none", role="data", drawn_as=DrawnAs.LINE, x=(), y=()),
    )

    assert ">loss against step. " in svg
    assert (
        "“yours” starts at step = 1, loss = 3 and ends at step = 3, loss = 4, with loss from 3 to 5"
        in svg
    )
    assert "“start” is at step = 1, loss = 2;" in svg
    assert "“data” is 3 points with step from 1 to 3 and loss from 1 to 3;" in svg
    assert svg.count("lines of “equal loss”") == 1
    assert "“none” is empty.<" in svg


def test_description_of_many_series_is_cut() -> None:
    """Nobody wants to hear of a hundred lines."""
    svg = draw(*(series("data", 1, number, label=f"line {number}") for number in range(40)))

    assert svg.count("“line ") == 12
    assert "and 28 more." in svg


def test_same_picture_gives_the_same_bytes() -> None:
    """The settings of matplotlib on the machine make no difference, and are not changed."""
    before = draw(series("student", 3, 2, 1))

    with mpl.rc_context({"font.size": 30, "axes.grid": True, "text.usetex": False}):
        after = draw(series("student", 3, 2, 1))
        assert mpl.rcParams["font.size"] == 30

    assert before == after


@pytest.mark.parametrize("text", ["</svg><script>x</script>", "$\\frac{1$", "a_$b$", "&amp;<"])
def test_labels_are_text(text: str) -> None:
    """Labels are taken neither for HTML nor for formulas."""
    picture = Picture(
        title=text, x_label=text, y_label=text, series=(series("student", 1, 2, label=text),)
    )

    drawing = draw_picture(picture, key="picture-1")

    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f">{escaped}</title>" in drawing.drawing
    assert drawing.drawing.count(f">{escaped}</text>") == 2
    assert "<script" not in drawing.drawing


def test_diverging_line_leaves_the_picture() -> None:
    """A line of the student that diverges doesn't shrink the right one to nothing."""
    svg = draw(series("student", 3, 1e6, 1e20), series("right", 3, 2, 1))

    assert max(ticks(svg)) < 10


def test_line_that_is_slightly_off_fits_into_the_picture() -> None:
    """The axes cover a line of the student that is only slightly off."""
    svg = draw(series("student", 3, 4, 5), series("right", 3, 2, 1))

    assert max(ticks(svg)) >= 5


def test_logarithmic_axis_has_plain_numbers() -> None:
    """A logarithmic axis has plain numbers and no powers of ten."""
    svg = draw(series("student", 1000, 10, 0.1), series("right", 1000, 1, 0.01), is_log_y=True)

    assert {0.1, 1, 10} <= set(ticks(svg))


@pytest.mark.parametrize("values", [(), (2.0,), (2.0, 2.0), (0.0, 0.0, 0.0), (1e-30, 1e30)])
@pytest.mark.parametrize("is_log_y", [False, True])
def test_picture_with_few_or_extreme_values_is_drawn(
    values: tuple[float, ...],
    is_log_y: bool,  # noqa: FBT001 - a parameter
) -> None:
    """Series that are empty, constant, zero or extreme are drawn without an error."""
    assert "<svg" in draw(series("student", *values), is_log_y=is_log_y)


def test_unknown_role_is_drawn_as_data() -> None:
    """A role of a later version is drawn as data, so that the report stays readable."""
    assert "var(--data)" in draw(series("novel", 1, 2))


def test_picture_is_measured_without_drawing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each axis is drawn once: matplotlib's layouts would draw it again, to measure its texts."""
    drawn = []
    draw_axis = Axis.draw

    def counting(self: Axis, renderer: RendererBase) -> None:
        drawn.append(renderer)
        draw_axis(self, renderer)

    measured = []
    monkeypatch.setattr(Axis, "draw", counting)
    monkeypatch.setattr(Axis, "get_tightbbox", lambda *_, **__: measured.append(1))

    draw(series("student", 1, 2, 3))

    assert drawn
    assert measured == []


@pytest.mark.parametrize("end", [1.0, 1e300, -1.5e-300, 123456.0, 5e-324])
def test_numbers_at_the_axis_are_within_the_picture(end: float) -> None:
    """The margin is wide enough for the longest number."""
    svg = draw(series("right", 0, end))

    ends = re.findall(r'text-anchor="end" x="([-\d.]+)"[^>]*>([^<]*)</text>', svg)
    label = 14  # points, for the name of the axis beside the numbers
    assert ends
    assert all(float(x) > label + 5.5 * len(text) for x, text in ends)
