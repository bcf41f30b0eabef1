"""Every sentence that a report can hold is known by an observation, and listed with it."""

import pytest
from sentences import (
    ELSEWHERE,
    PACKAGES,
    PAGE,
    PLACES,
    ROOT,
    make_page,
    modules_of,
    promises,
    read_proofs,
    sentences_in,
    sentences_of,
)

MODULES = [module for place in PLACES for module in modules_of(place)]
PROOFS = read_proofs()
HOW_TO = "then run `python tests/sentences.py`, and commit the page"


def says(module: str) -> list[str]:
    """Return all texts of a module in tests/sentences.toml."""
    return [text for proof in PROOFS if proof.module == module for text in proof.says]


@pytest.mark.parametrize("module", MODULES)
def test_every_sentence_has_a_proof(module: str) -> None:
    """Whoever adds a sentence says by which observation it is known, or that no report has it."""
    unproved = set(sentences_of(module)) - set(says(module))

    assert not unproved, f"add to tests/sentences.toml, with what proves it, and {HOW_TO}"


@pytest.mark.parametrize("module", sorted({proof.module for proof in PROOFS}))
def test_every_proof_belongs_to_a_sentence(module: str) -> None:
    """What is not said any more, or said otherwise, is not listed; nothing is listed twice."""
    listed = says(module)

    assert set(listed) <= set(sentences_of(module)), f"mend tests/sentences.toml, and {HOW_TO}"
    assert len(set(listed)) == len(listed)
    assert module in MODULES


def test_each_entry_has_an_observation_or_says_why_it_needs_none() -> None:
    """No entry is empty."""
    bare = [one for one in PROOFS if bool(one.seen.strip()) == bool(one.why_not.strip())]

    assert not bare
    assert all(one.says for one in PROOFS)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_with_sentences_is_listed(package: str) -> None:
    """A new module is among those of a report, or named as one whose texts no report has."""
    root = ROOT / "grader"
    found = {path.relative_to(root).as_posix() for path in (root / package).rglob("*.py")}
    unknown = {module for module in found - ELSEWHERE - set(MODULES) if sentences_of(module)}

    assert not unknown
    assert not ELSEWHERE & set(MODULES)


def test_page_is_what_is_made_of_the_code_and_the_proofs() -> None:
    """The page is up to date: run `python tests/sentences.py`, and commit it."""
    assert PAGE.read_text("utf-8") == make_page()


def test_page_can_be_read() -> None:
    """It has each place and each check, and is not too long."""
    page = PAGE.read_text("utf-8")

    assert all(f"## {place}\n" in page for place in PLACES)
    assert all(title in page for title, _ in promises())
    assert len(page.splitlines()) < 900


def test_sentences_are_found_wherever_they_are_written() -> None:
    """Of constants and f-strings, joined ones too; not of docstrings, patterns and short names."""
    assert sentences_in(SAMPLE) == [
        "a constant in a table",
        "{name}() does {what} in two lines",
        "after it, w [has not moved/is elsewhere]",
        "the hint of a call",
    ]


SAMPLE = """
'A docstring of some words.'
PATTERN = re.compile('a pattern in words')
TABLE = {1: 'a constant in a table', 2: 'a name'}
REASON = Reason('A type name', 'some pattern in words')
def f(name: 'a type in words', what):
    'Another docstring of words.'
    text = (
        f'{name}() does '
        f'{shorten(what)} in two lines'
    )
    said = f"after it, w {'has not moved' if x else 'is elsewhere'}"
    raise Error(said, hint='the hint of a call')
"""
