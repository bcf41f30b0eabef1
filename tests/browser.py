"""Pages in a real browser: opened offline, and failed if they do what no page should do.

The browser is the Chromium of the machine. A test uses the fixture ``open_page``; it is skipped if
there is no browser.
"""

import importlib.resources
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

NAMES = ("chromium", "chromium-browser", "google-chrome")

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

SMALL = (320, 640)  # also a window of 1280 px at 400 %
PHONE = (360, 800)
TABLET = (768, 1024)
DESKTOP = (1280, 900)
WIDE = (1400, 900)

Scheme = Literal["light", "dark"]
OpenPage = Callable[..., "Page"]


def wait_until(page: "Page", condition: str) -> None:
    """Wait until a JavaScript expression is true in a page, for at most ten seconds.

    It is evaluated from here repeatedly. Playwright's own function polls inside the page, whose
    policy forbids evaluating strings.
    """
    deadline = time.monotonic() + 10
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"it did not become true: {condition}"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """The browser, for the tests of one module.

    It does not run for the whole session, because no other event loop can start while Playwright
    runs.
    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"there is no browser: none of {', '.join(NAMES)}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: "Browser", tmp_path: Path) -> Iterator[OpenPage]:
    """Return a function that opens a page, and fail if a page makes any trouble.

    Trouble is a request for anything but ``file:`` and ``data:`` URLs, an error in the console
    (such as a breach of the page's own policy), or a dialog.
    """
    troubles: list[str] = []
    contexts: list[BrowserContext] = []

    def open_page(
        page: str | Path,
        *,
        size: tuple[int, int] = DESKTOP,
        scheme: Scheme = "light",
        has_scripts: bool = True,
        has_policy: bool = True,
    ) -> "Page":
        """Open a page, given as HTML or as a file.

        Args:
            page: The page.
            size: The width and height of the window.
            scheme: The colour scheme that the reader prefers.
            has_scripts: Whether the scripts of the page may run.
            has_policy: Whether the page's own policy holds, which would keep out axe too.
        """
        path = page if isinstance(page, Path) else tmp_path / f"page_{len(contexts)}.html"
        if isinstance(page, str):
            path.write_text(page, encoding="utf-8")
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            java_script_enabled=has_scripts,
            bypass_csp=not has_policy,
            offline=True,
        )
        contexts.append(context)
        opened = context.new_page()
        _watch(opened, troubles)
        opened.goto(path.as_uri())
        return opened

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def _watch(page: "Page", troubles: list[str]) -> None:
    def note_error(message: "ConsoleMessage") -> None:
        if message.type == "error":
            troubles.append(message.text)

    def note_dialog(dialog: "Dialog") -> None:
        troubles.append(dialog.message)
        dialog.dismiss()

    def note_request(request: "Request") -> None:
        if not request.url.startswith(("file:", "data:")):
            troubles.append(f"asked for {request.url[:200]}")

    page.on("console", note_error)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", note_dialog)
    page.on("request", note_request)


def find_barriers(page: "Page", *, only: Sequence[str] = (), is_ours: bool = True) -> list[str]:
    """List what axe finds against WCAG 2.2 AA and good practice; empty if nothing.

    Args:
        page: The page, opened with ``has_policy=False``.
        only: The names of the rules that are tried; by default all of them.
        is_ours: Whether the markup is ours; otherwise good practice isn't asked for.
    """
    if not page.evaluate("'axe' in window"):
        axe = importlib.resources.files("axe_playwright_python") / "axe.min.js"
        page.add_script_tag(content=axe.read_text(encoding="utf-8"))
    standards = (*_STANDARDS, "best-practice") if is_ours else _STANDARDS
    kind, values = ("rule", only) if only else ("tag", standards)
    found = page.evaluate(_BARRIERS, {"type": kind, "values": list(values)})
    assert only or found["passed"], "axe has tried nothing"
    barriers: list[str] = found["barriers"]
    return barriers


def unfold(page: "Page") -> None:
    """Unfold everything on a page."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


_STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_BARRIERS = """async (runOnly) => {
    const {violations, passes} = await axe.run(
        document, {runOnly, resultTypes: ['violations'], preload: false});
    const barriers = violations.flatMap((one) => one.nodes.map((node) =>
        `${one.id}: ${one.help}: ${node.html.slice(0, 200)}`));
    return {barriers, passed: passes.length};
}"""


def find_overflow(page: "Page") -> list[str]:
    """List the elements that make a page wider than its window; empty if it fits."""
    found: list[str] = page.evaluate(_OVERFLOW)
    return found


def find_low_contrast(page: "Page", *, least: float = 4.5) -> list[str]:
    """List the texts whose contrast with their background is too low, as WCAG defines it.

    Invisible text is ignored. Backgrounds must have a single colour.

    Args:
        page: The page.
        least: The lowest contrast ratio that is acceptable.
    """
    found: list[str] = page.evaluate(_CONTRAST, least)
    return found


_OVERFLOW = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrolls = (element) => {
        for (let one = element.parentElement; one && one !== document.body; one = one.parentElement)
            if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(one).overflowX)) return true;
        return false;
    };
    return [...document.querySelectorAll('body *')]
        .filter((one) => one.getBoundingClientRect().right > width + 0.5 && !scrolls(one))
        .map((one) => `${one.tagName} ${one.getAttribute('class')} ${one.textContent.slice(0, 40)}`)
        .concat([`the page is ${document.documentElement.scrollWidth} wide`]);
}"""

_CONTRAST = """(least) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const pen = canvas.getContext('2d', {willReadFrequently: true});
    // Draws colours in any notation on top of each other.
    const blend = (colours) => {
        pen.clearRect(0, 0, 1, 1);
        for (const colour of colours) { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); }
        return pen.getImageData(0, 0, 1, 1).data;
    };
    const luminance = ([red, green, blue]) => {
        const [r, g, b] = [red, green, blue].map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const behind = (element) => {
        const colours = [];
        for (let one = element; one; one = one.parentElement)
            colours.unshift(getComputedStyle(one).backgroundColor);
        return [dark ? '#121212' : '#ffffff', ...colours];
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, element = node.parentElement;
        if (!node.textContent.trim()) continue;
        if (['script', 'style', 'title', 'desc'].includes(element.tagName.toLowerCase())) continue;
        if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        const style = getComputedStyle(element), ground = behind(element);
        const ink = element instanceof SVGElement ? style.fill : style.color;
        const one = luminance(blend([...ground, ink])), other = luminance(blend(ground));
        const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (ratio < least)
            found.push(`${ratio.toFixed(2)} ${element.tagName} ${element.getAttribute('class')} `
                + node.textContent.trim().slice(0, 40));
    }
    return found;
}"""
