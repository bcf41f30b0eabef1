"""What docs/authoring.md shows is real: code from examples, commands and their output."""

import io
import re
import shlex
from dataclasses import fields
from pathlib import Path

import click
import pytest
from rich.console import Console

from grader.authoring.mutants import find_mutants
from grader.authoring.new import SHAPES
from grader.authoring.release import find_exercises, release_assignment
from grader.authoring.verify import Verification
from grader.checks import api, assignment, manual, units
from grader.checks.assignment import load_assignment
from grader.cli.grade import command as grade
from grader.cli.grader import command as grader
from grader.outputs.verification import show_matrix, show_outcome
from grader.report.model import Visibility
from grader.sandbox.host.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "docs" / "examples"
EXAMPLE = EXAMPLES / "two_layers"
# Assignments that tests verify, from which the page copies its code.
SOURCES = (EXAMPLES, ROOT / "docs" / "pairs", ROOT / "grader" / "authoring" / "template")

BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", DOC, re.MULTILINE | re.DOTALL)
COPIED = [block for kind, block in BLOCKS if kind in {"python", "toml"}]
CONSOLE = [block for kind, block in BLOCKS if kind == "console"]


def last_line(block: str) -> str:
    """Return the last line of a block that is not blank, which tells it in the list of tests."""
    return next(line for line in reversed(block.splitlines()) if line.strip()).strip()


@pytest.mark.parametrize(
    "block", COPIED, ids=[f"{n}: {last_line(one)}" for n, one in enumerate(COPIED, 1)]
)
def test_code_is_copied_from_an_example(block: str) -> None:
    """Every block of code is copied verbatim from an example or a template, which are tested."""
    sources = (
        path.read_text(encoding="utf-8")
        for folder in SOURCES
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".toml"} and "exercises" not in path.parts
    )

    assert any(f"\n{block}" in f"\n{source}" for source in sources)


def test_every_recipe_has_code() -> None:
    """A recipe of the cookbook shows how it is done."""
    cookbook = DOC.partition("\n## Cookbook\n")[2].partition("\n## ")[0]
    recipes = re.split(r"^### ", cookbook, flags=re.MULTILINE)[1:]

    assert len(recipes) >= 10
    assert [one.partition("\n")[0] for one in recipes if "```python\n" not in one] == []


def test_blocks_are_of_the_kinds_that_are_tested() -> None:
    """Every block is of a kind that a test here looks at, and many are of code."""
    assert {kind for kind, _ in BLOCKS} == {"console", "python", "toml"}
    assert len(COPIED) > 30


def _commands() -> list[list[str]]:
    lines = [line for block in CONSOLE for line in block.splitlines() if line.startswith("$ ")]
    words = [shlex.split(line.removeprefix("$ ")) for line in lines]
    return [one for one in words if one[0] != "export"]


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_commands_can_be_given(words: list[str]) -> None:
    """Every command on the page parses with its options; other tests cover what they do."""
    name, *arguments = words
    if name == "grader":
        chosen = grader.commands[arguments.pop(0)]
    else:
        assert name == "grade"
        chosen = grade

    chosen.make_context(name, arguments)

    assert isinstance(chosen, click.Command)


def test_environment_variable_is_the_one_that_is_read() -> None:
    """The environment variable on the page is the one that `--assignment` reads."""
    (exported,) = re.findall(r"export (\w+)=", DOC)
    (option,) = [one for one in grade.params if one.name == "assignment"]

    assert option.envvar == exported


@pytest.mark.slow
def test_output_of_verify_is_what_it_prints(two_layers: Verification) -> None:
    """`grader verify` prints what the page shows, apart from the lines left out as `...`."""
    (block,) = (one for one in CONSOLE if "$ grader verify" in one and "--mutants" not in one)
    shown = [
        part.strip("\n") for part in re.split(r"^(?:\$ .*|\.\.\.)$", block, flags=re.MULTILINE)
    ]
    file = io.StringIO()
    console = Console(file=file, width=80, highlight=False)

    show_matrix(two_layers.checks, two_layers.caught, console)
    show_outcome(
        load_assignment(EXAMPLE).info.title,
        two_layers.problems,
        seeds=two_layers.seeds,
        misconceptions=len(two_layers.caught),
        console=console,
    )

    parts = [part for part in shown if part]
    assert len(parts) == 2
    assert [part for part in parts if part not in file.getvalue()] == []


def test_mutant_on_the_page_is_one_of_the_example() -> None:
    """The mutant that the page shows is made of the example as it is."""
    (block,) = (one for one in CONSOLE if "--mutants" in one)
    _, head, *diff, summary = [part for part in block.splitlines() if part != "..."]

    found = find_mutants(load_assignment(EXAMPLE), unit="init_params")

    (shown,) = [one for one in found if one.id == head]
    assert [f"  {line}" for line in shown.diff()] == diff
    assert f" {len(found)} mutants: " in summary


def test_every_key_of_the_settings_is_explained() -> None:
    """The page explains every key at any level of the settings, every limit and visibility."""
    keys = {
        *assignment._KEYS,
        *(key for kind in units._KEYS.values() for key in kind),
        *manual._KEYS,
        *manual._LEVEL_KEYS,
    }
    limits = {one.name for one in fields(Limits)}
    shown = {key for block in COPIED for key in re.findall(r"^(\w+) = ", block, re.MULTILINE)}
    named = set(re.findall(r"`[\[\"]*([\w/-]+)[\]\"]*(?: = [^`]*)?`", DOC))

    wanted = {*keys, *limits, *(one.value for one in Visibility)}
    assert wanted - named - shown == set()


def test_all_that_checks_are_written_with_is_shown() -> None:
    """Each function of the API and each shape of a new assignment is on the page."""
    functions = {name for name in api.__all__ if name.islower()}
    written = set(re.findall(r"[a-z_]\w*", DOC))

    # These are for checks that take answers apart; the reference has them.
    assert functions - written == {"is_close", "name_kind"}
    assert set(SHAPES) <= set(re.findall(r"`(\w+)`", DOC))


def test_files_that_the_page_names_exist() -> None:
    """The targets of all links exist, and so do the files in the table of files."""
    links = re.findall(r"\]\(([^)#]+)\)", DOC)
    names = re.findall(r"^\| `([\w./]+)` \|", DOC, re.MULTILINE)

    assert links
    assert [one for one in links if not (ROOT / "docs" / one).exists()] == []
    inside = {"assignment.toml", "reference.py", "conftest.py", "misconceptions.py", "exercises/"}
    assert inside <= set(names)
    assert [one for one in inside if not (EXAMPLE / one).exists()] == []


def test_committed_exercises_are_what_release_writes(tmp_path: Path) -> None:
    """The example's exercises are exactly the files that `grader release` writes."""
    example = load_assignment(EXAMPLE)

    made = release_assignment(example, tmp_path)

    committed = find_exercises(example)
    assert committed == EXAMPLE / "exercises"
    assert sorted(path.name for path in committed.iterdir()) == sorted(one.name for one in made)
    for path in made:
        assert (committed / path.name).read_bytes() == path.read_bytes()
