"""Reads the pages of docs/ and the README: their blocks of code, marks, links and headings.

A block is run by a test as it stands, in the order of its page, unless a comment in the source
right before it says why it can't be::

    <!-- not run here: it needs Windows -->
    <!-- run by: tests/docs/test_authors.py -->

The second names the test that covers what the block shows, where running it takes too long;
``page run by`` does so for all blocks of a page, once. Two more comments prepare what a page takes
for granted, such as a file that the reader has::

    <!-- before: cp $REPO/tests/submissions/right_plain.py my_solution.py -->
    <!-- exits: 2 -->

The first is a command that runs at this place of the page, with ``$REPO`` for the repository. The
second comes before a block whose last command exits like this.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
README = ROOT / "README.md"

# What a block can be in: commands and programs, which are run, what only other systems run, and
# data.
CONSOLE = ("console", "bash")
PYTHON = ("python",)
ELSEWHERE = ("powershell", "ini", "dockerfile")
DATA = ("toml", "yaml", "json", "text", "csv", "markdown")

_ITEM = re.compile(
    r"^(?P<indent> *)(?:"
    r"<!-- (?P<kind>not run here|run by|page run by|before|exits): (?P<value>(?:(?!-->).)*?) -->"
    r"|```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=indent)```)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_FENCE = re.compile(r"^ *```.*?^ *``` *$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code of a page.

    Args:
        page: The page, relative to the repository.
        line: The line of the page on which it begins.
        language: What it is written in.
        text: What is in it, without the page's indentation.
        reason: Why it is not run here; empty if it is.
        run_by: The file of the test that covers it instead; empty if it is run as it stands.
        exits: The exit status of its last command, if the page says it.
    """

    page: str
    line: int
    language: str
    text: str
    reason: str = ""
    run_by: str = ""
    exits: int | None = None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Before:
    """A command that prepares what a page takes for granted."""

    command: str


def all_pages() -> list[Path]:
    """List the README and all pages of the site."""
    return [README, *sorted(DOCS.rglob("*.md"))]


def name_of(page: Path) -> str:
    """Return the path of a page as tests show it."""
    return page.relative_to(ROOT).as_posix()


def read_items(page: Path) -> list[Block | Before]:
    """Return the blocks of a page and the commands before them, in their order.

    Raises:
        ValueError: A mark has no block right after it.
    """
    source = page.read_text(encoding="utf-8")
    items: list[Block | Before] = []
    marks: dict[str, str] = {}
    run_by_all = ""
    end = 0
    for match in _ITEM.finditer(source):
        if marks and source[end : match.start()].strip():
            raise ValueError(f"{name_of(page)}: a mark is not right before a block: {marks}")
        end = match.end()
        if match["kind"] == "page run by":
            run_by_all = " ".join(match["value"].split())
        elif match["kind"] == "before":
            items.append(Before(match["value"].strip()))
        elif match["kind"]:
            marks[match["kind"]] = " ".join(match["value"].split())
        else:
            items.append(
                Block(
                    page=name_of(page),
                    line=source.count("\n", 0, match.start()) + 1,
                    language=match["language"],
                    text=re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
                    reason=marks.pop("not run here", ""),
                    run_by=marks.pop("run by", run_by_all),
                    exits=int(marks.pop("exits")) if "exits" in marks else None,
                )
            )
    if marks:
        raise ValueError(f"{name_of(page)}: a mark has no block: {marks}")
    return items


def read_blocks(page: Path) -> list[Block]:
    """Return the blocks of a page."""
    return [item for item in read_items(page) if isinstance(item, Block)]


def prose(page: Path) -> str:
    """Return the text of a page without its blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))
