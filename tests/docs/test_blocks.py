"""Every block of code on a page is run as it stands, or the page says in its source why not."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from doc_pages import (
    CONSOLE,
    DATA,
    ELSEWHERE,
    PYTHON,
    ROOT,
    Before,
    Block,
    all_pages,
    name_of,
    read_blocks,
    read_items,
)
from doc_running import Step, is_printed, run_steps, steps_of
from doc_sources import is_copied

from grader.cli.grade import command as grade
from grader.cli.grader import command as grader

BLOCKS = [block for page in all_pages() for block in read_blocks(page)]
RUN = {name_of(page): steps_of(read_items(page)) for page in all_pages()}
_COMMAND = re.compile(r"^(?:\$ |PS> |!|%%?)?((?:grade|grader) .*?(?:\\\n.*?)*)$", re.MULTILINE)


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_block_is_run_or_says_why_not(block: Block) -> None:
    """Commands and programs are run, copied from what is run, or marked with a reason."""
    assert block.language in {*CONSOLE, *PYTHON, *ELSEWHERE, *DATA}
    is_marked = bool(block.reason or block.run_by)
    if block.language in ELSEWHERE:
        assert is_marked
    elif block.language in {*CONSOLE, *PYTHON} and not is_copied(block.text):
        is_run = any(step.where == str(block) for step in RUN[block.page])
        assert is_run != is_marked
    else:
        assert not is_marked or block.run_by
    assert not block.reason or len(block.reason.split()) >= 3
    assert not block.run_by or (ROOT / block.run_by).is_file()


def _given() -> Iterator[tuple[str, str]]:
    """Yield the commands of zerograd in all blocks, with their places."""
    for block in BLOCKS:
        if block.language in {*CONSOLE, "powershell", "yaml", "dockerfile", "ini"}:
            for match in _COMMAND.finditer(block.text):
                yield str(block), match[1].replace("\\\n", " ")


@pytest.mark.parametrize(("where", "command"), list(_given()))
def test_commands_can_be_given(where: str, command: str) -> None:
    """Every command of zerograd on a page exists and has these options, also where it isn't run."""
    name, *words = shlex.split(command, comments=True)
    words = [one for one in words if one not in {">", "|", ";", "&&", "||"}]
    chosen: click.Command = grader if name == "grader" and words[0][0] != "-" else grade
    while isinstance(chosen, click.Group):
        chosen = chosen.commands[words.pop(0)]
    if name == "grader" and words and words[0] in {"--version", "--help"}:
        return
    for option in (one.partition("=")[0] for one in words if one.startswith("--")):
        known = {known for one in chosen.params for known in (*one.opts, *one.secondary_opts)}
        assert option in {*known, "--help", "--version"}, where


def test_a_command_of_each_kind_is_found() -> None:
    """The pages have commands of both programs, and many of them."""
    found = [command.split()[:2] for _, command in _given()]

    assert {"batch", "export", "kit", "verify", "release"} <= {two[1] for two in found}
    assert len(found) > 60


@pytest.fixture
def write_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a page that a test writes."""
    monkeypatch.setattr("doc_pages.ROOT", tmp_path)
    return tmp_path / "page.md"


def test_marks_belong_to_the_block_right_after_them(write_page: Path) -> None:
    """A mark is that of the next block, in a list too, and text in between is an error."""
    write_page.write_text(
        "<!-- before: touch a -->\n\n"
        "<!-- not run here: it needs Slurm -->\n\n```bash\nsrun grade\n```\n\n"
        "1. item\n\n   <!-- exits: 2 -->\n\n   ```console\n   $ false\n     x\n   ```\n"
    )

    before, marked, last = read_items(write_page)

    assert before == Before("touch a")
    assert marked == Block("page.md", 5, "bash", "srun grade\n", reason="it needs Slurm")
    assert last == Block("page.md", 13, "console", "$ false\n  x\n", exits=2)
    write_page.write_text("<!-- not run here: no reason -->\n\ntext\n\n```bash\n```\n")
    with pytest.raises(ValueError, match="not right before a block"):
        read_items(write_page)
    write_page.write_text("<!-- not run here: no reason -->\n")
    with pytest.raises(ValueError, match="has no block"):
        read_items(write_page)


def test_steps_have_their_commands_and_outputs() -> None:
    """Each command has what stands below it, and one with a backslash has its next line too."""
    block = Block("p.md", 1, "console", "$ a \\\n    --b\nout\n$ grade x\n$ c\n", exits=3)

    assert steps_of([block]) == [
        Step("p.md:1", "a \\\n    --b", "out"),
        Step("p.md:1", "grade x", None, (0, 1)),
        Step("p.md:1", "c", None, (3,)),
    ]


def test_steps_run_in_one_shell(tmp_path: Path) -> None:
    """A later step has the folder, the variables and the files of the earlier ones."""
    program = Block("p.md", 1, "python", "print(open('f').read())\n")
    steps = [
        *(Step("", one) for one in ("export A=7", "mkdir d; cd d; pwd", "echo $A > f; false")),
        *steps_of([program]),
    ]
    folder = tmp_path / "fresh"
    folder.mkdir()

    ran = run_steps(steps, folder)

    assert [(status, printed.strip()) for _, status, printed in ran] == [
        (0, ""),
        (0, f"{folder}/d".replace(f"{folder}/", "")),
        (1, ""),
        (0, "7"),
    ]


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a\nb", "x\na  \nb\nc"),
        ("...\nb", "a\nb"),
        ("a\n...\nd", "a\nb\nc\nd"),
        ("took 3.2 s for 1.8 MB", "took 14 s for 0.1 MB"),
        ("torch 2.13.0", "torch 2.6.1+cpu"),
        ("mean 85.12345", "mean 85.12999"),
    ],
)
def test_output_that_fits(shown: str, printed: str) -> None:
    """Lines may be left out where the page says so; times, sizes and last digits may differ."""
    assert is_printed(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a\nc", "a\nb\nc"),
        ("b\na", "a\nb"),
        ("97 of 100 points", "96 of 100 points"),
        ("mean 85.1", "mean 85.2"),
        ("right", "right?"),
    ],
)
def test_output_that_does_not_fit(shown: str, printed: str) -> None:
    """All else has to be as shown."""
    assert not is_printed(shown, printed)
