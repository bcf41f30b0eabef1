"""Pages in a real browser: opened offline, with everything noted that a page should not do.

The browser is the machine's own Chromium. A test asks for the fixture ``open_page``; where there
is no browser, it is skipped.
"""

import shutil
import time
from collections.abc import Callable, Iterator
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

PHONE = (360, 800)
DESKTOP = (1280, 900)

Scheme = Literal["light", "dark"]
OpenPage = Callable[..., "Page"]


def wait_until(page: "Page", condition: str) -> None:
    """Wait for what the browser does in its own time, ten seconds at the most.

    Asked from here again and again: Playwright's own way polls in the page, whose policy forbids
    it to evaluate a string.
    """
    deadline = time.monotonic() + 10
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"it never came to be: {condition}"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """Start the browser, for the tests of one module.

    Not for the whole session: while Playwright runs, nothing else can start an event loop.
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
    """Give a function that opens a page, and hold every page to making no trouble.

    Trouble is a request for anything but ``file:`` and ``data:``, an error in the console (a
    breach of the page's own policy is one), or a dialog.
    """
    troubles: list[str] = []
    contexts: list[BrowserContext] = []

    def open_page(
        page: str | Path,
        *,
        size: tuple[int, int] = DESKTOP,
        scheme: Scheme = "light",
        has_scripts: bool = True,
    ) -> "Page":
        """Open a page, given as HTML or as a file.

        Args:
            page: The page.
            size: Width and height of the window.
            scheme: Which colours the reader prefers.
            has_scripts: Whether scripts of the page may run.
        """
        path = page if isinstance(page, Path) else tmp_path / f"page_{len(contexts)}.html"
        if isinstance(page, str):
            path.write_text(page, encoding="utf-8")
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            java_script_enabled=has_scripts,
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
    def note_said(said: "ConsoleMessage") -> None:
        if said.type == "error":
            troubles.append(said.text)

    def note_dialog(dialog: "Dialog") -> None:
        troubles.append(dialog.message)
        dialog.dismiss()

    def note_request(request: "Request") -> None:
        if not request.url.startswith(("file:", "data:")):
            troubles.append(f"asked for {request.url[:200]}")

    page.on("console", note_said)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", note_dialog)
    page.on("request", note_request)


def find_overflow(page: "Page") -> list[str]:
    """Name what makes a page wider than its window; nothing where it fits."""
    found: list[str] = page.evaluate(_OVERFLOW)
    return found


def find_low_contrast(page: "Page", *, least: float = 4.5) -> list[str]:
    """Name the texts that are too close to what is behind them, by WCAG's measure.

    Text that can't be seen is left out, and what is behind it must be of one colour.

    Args:
        page: The page.
        least: The ratio that is wanted.
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
    // Drawn on top of each other, whatever notation they are in.
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
