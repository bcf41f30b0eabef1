"""Makes the pictures of the site from real runs: ``python tests/make_screenshots.py``.

It grades samples of the lab, opens what comes out in the machine's Chromium, and writes compressed
PNG files to ``docs/assets``. Run it after a change to what reports look like, and look at them.
"""

import html
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from browser import ARGUMENTS, NAMES
from nbclient import NotebookClient
from PIL import Image
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "docs" / "assets"
SAMPLES = ROOT / "tests" / "submissions"

WRONG_RELU = "import torch\n\n\ndef relu(z):\n    return z.abs()\n"
WRONG_MSE = "def mse(y_hat, y):\n    return ((y_hat - y) ** 2).sum()"
# More pixels than the page is wide, so that text is sharp on any screen.
_SCALE = 1.5
_COMMANDS = Path(sys.executable).parent
_COLOURS = 128


def run(folder: Path, *words: str, **more: str) -> str:
    """Run a command of zerograd in a folder, and return what it prints."""
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PATH": f"{_COMMANDS}{os.pathsep}{os.environ['PATH']}", **more},
    )
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


def save(page: "Page", name: str, *, width: int, height: int) -> None:
    """Write the upper part of a page as a PNG with few colours, which is small."""
    shot = page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height}, full_page=True)
    path = ASSETS / f"{name}.png"
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} KB\n")


def _terminal_page(text: str, folder: Path) -> Path:
    """Return a page that shows what was printed to a terminal, with its colours."""
    console = Console(record=True, width=80, file=io.StringIO())
    console.print(Text.from_ansi(text))
    shown = console.export_html(
        inline_styles=True,
        code_format="<body style='background:#fff;margin:14px'><pre style='font:14px/1.35 "
        "DejaVu Sans Mono,monospace;margin:0'>{code}</pre></body>",
    )
    path = folder / "terminal.html"
    path.write_text(f"<meta charset=utf-8>{shown}", encoding="utf-8")
    return path


def _magic(folder: Path) -> Path:
    """Return a page that shows a cell with ``%grade``, and its real output."""
    sources = ("%load_ext grader", WRONG_MSE, "%grade mse")
    cells = [
        nbformat.v4.new_code_cell(one)  # type: ignore[no-untyped-call]
        for one in sources
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=300).execute()
    (shown,) = (
        one["data"]["text/html"] for one in notebook.cells[-1].outputs if "text/html" in one["data"]
    )
    style = "background:#f5f5f5;border:1px solid #ddd;padding:10px;margin:0 0 12px;font-size:14px"
    blocks = "".join(f"<pre style='{style}'>{html.escape(one)}</pre>" for one in sources[1:])
    path = folder / "magic.html"
    path.write_text(
        f"<meta charset=utf-8><body style='margin:14px;font:15px sans-serif'>{blocks}{shown}",
        encoding="utf-8",
    )
    return path


def _student(folder: Path) -> Path:
    shutil.copy(SAMPLES / "wrong_train_restarts_from_fresh_w.py", folder / "lab4.py")
    run(folder, "grade", "lab4.py", "--html", "student.html", "--only", "train")
    return folder / "student.html"


def _report(folder: Path) -> Path:
    run(folder, "grader", "new", "lab5")
    (folder / "my_solution.py").write_text(WRONG_RELU, encoding="utf-8")
    run(folder, "grade", "my_solution.py", "--assignment", "lab5", "--html", "report.html")
    return folder / "report.html"


def _terminal(folder: Path) -> Path:
    shutil.copy(SAMPLES / "wrong_update_piles_up.py", folder / "lab4.py")
    as_terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "80"}
    shown = run(folder, "grade", "lab4.py", **as_terminal)
    return _terminal_page(shown, folder)


def _class(folder: Path) -> Path:
    run(folder, "grader", "mock-class", "class", "--count", "16")
    submissions = ("class/submissions", "--roster", "class/roster.csv")
    run(folder, "grader", "batch", *submissions, "--out", "results", "--salt", "pictures")
    return folder / "results" / "index.html"


# What makes the page of each picture, and how much of it is shown.
PICTURES: dict[str, tuple[Callable[[Path], Path], int, int]] = {
    "student-page": (_student, 680, 1930),
    "report-page": (_report, 680, 780),
    "terminal": (_terminal, 720, 690),
    "grade-magic": (_magic, 680, 590),
    "class-page": (_class, 1000, 1400),
}


def make_all(browser: "Browser", folder: Path) -> None:
    """Grade, open and save."""
    for name, (make, width, height) in PICTURES.items():
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            device_scale_factor=_SCALE,
            color_scheme="light",
            offline=True,
        )
        page = context.new_page()
        page.goto(make(folder).as_uri())
        save(page, name, width=width, height=height)
        context.close()


def main() -> None:
    """Make all pictures."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        make_all(browser, Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
