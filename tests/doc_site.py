"""Builds the site in a folder of its own, and reads the pages that come out."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from doc_pages import DOCS, ROOT

# What else the site is made of: its settings, and files of which pages include parts.
_FILES = ("mkdocs.yml", "ARCHITECTURE.md", "CHANGELOG.md")
_IGNORED = shutil.ignore_patterns("__pycache__", ".*")


@dataclass(frozen=True, slots=True)
class Built:
    """A site that was built.

    Args:
        folder: Where its files are.
        status: How the build exited.
        output: What it printed, without colours.
    """

    folder: Path
    status: int
    output: str


def build_site(folder: Path, *, extra_page: str = "") -> Built:
    """Build the site strictly, from a copy of its files.

    Args:
        folder: An empty folder.
        extra_page: A page in Markdown that is added to it.
    """
    for name in _FILES:
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(DOCS, folder / "docs", ignore=_IGNORED)
    if extra_page:
        (folder / "docs" / "extra.md").write_text(extra_page, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict", "--clean"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=600,
    )
    output = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)
    return Built(folder / "build" / "site", done.returncode, output)


@dataclass
class ReadPage(HTMLParser):
    """What a page links to, loads and can be linked to."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    images_without_text: list[str] = field(default_factory=list)
    empty_headers: int = 0
    _is_in_empty_header: bool = False

    def __post_init__(self) -> None:
        """Begin to parse."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids, links and what is loaded."""
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and given.get("rel") not in {"canonical", "prev", "next"}:
            self.loaded.append(given["href"])
        if "src" in given:
            self.loaded.append(given["src"])
        self._is_in_empty_header |= tag == "th"
        self.empty_headers += tag == "th"
        if tag == "img" and not given.get("alt"):
            self.images_without_text.append(given["src"])

    def handle_data(self, data: str) -> None:
        """Note that a header has a text."""
        if self._is_in_empty_header and data.strip():
            self.empty_headers -= 1
            self._is_in_empty_header = False


def read_page(path: Path) -> ReadPage:
    """Read a page of the site."""
    page = ReadPage()
    page.feed(path.read_text(encoding="utf-8"))
    return page
