"""What the pages for authors show is real: code from examples, keys, and output of verify."""

import io
import re
from dataclasses import fields
from pathlib import Path

import pytest
from doc_pages import DOCS, Block, read_blocks
from doc_sources import is_copied
from rich.console import Console

from grader.authoring.mutants import find_mutants
from grader.authoring.new import SHAPES
from grader.authoring.release import find_exercises, release_assignment
from grader.authoring.verify import Verification
from grader.checks import api, assignment, manual, units
from grader.checks.assignment import load_assignment
from grader.cli.grade import command as grade
from grader.outputs.verification import show_matrix, show_outcome
from grader.report.model import Visibility
from grader.sandbox.host.limits import Limits

PAGES = sorted((DOCS / "authors").glob("*.md"))
DOC = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
EXAMPLES = DOCS / "examples"
EXAMPLE = EXAMPLES / "two_layers"

BLOCKS = [block for page in PAGES for block in read_blocks(page)]
COPIED = [block for block in BLOCKS if block.language in {"python", "toml"}]
VERIFY = "grader verify --assignment docs/examples/two_layers"
CONSOLE = [block.text for block in BLOCKS if block.language == "console"]


@pytest.mark.parametrize("block", COPIED, ids=str)
def test_code_is_copied_from_an_example(block: Block) -> None:
    """Every block of code is copied verbatim from an example or a template, which are tested."""
    assert is_copied(block.text)


def test_every_recipe_has_code() -> None:
    """A recipe of the cookbook shows how it is done."""
    cookbook = (DOCS / "authors" / "cookbook.md").read_text(encoding="utf-8")
    recipes = re.split(r"^## ", cookbook, flags=re.MULTILINE)[1:]

    assert len(recipes) >= 12
    assert [one.partition("\n")[0] for one in recipes if "```python\n" not in one] == []


def test_environment_variable_is_the_one_that_is_read() -> None:
    """The environment variable on the page is the one that `--assignment` reads."""
    (exported,) = re.findall(r"export (\w+)=", DOC)
    (option,) = [one for one in grade.params if one.name == "assignment"]

    assert option.envvar == exported


@pytest.mark.slow
def test_output_of_verify_is_what_it_prints(two_layers: Verification) -> None:
    """`grader verify` prints what the page shows, apart from the lines left out as `...`."""
    (block,) = (one for one in CONSOLE if f"$ {VERIFY}" in one and "--mutants" not in one)
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
    shown = {key for block in COPIED for key in re.findall(r"^(\w+) = ", block.text, re.MULTILINE)}
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


def test_files_that_the_pages_name_exist() -> None:
    """The files in the table of files exist."""
    names = re.findall(r"^\| `([\w./]+)` \|", DOC, re.MULTILINE)

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
