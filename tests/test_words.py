"""Plain words: what readers stumbled on before stays out of code, documents and tests.

``python tests/test_words.py`` prints every message in the package, for somebody to read.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

_STUMBLING_BLOCKS = {
    # "There is no ..." is fine, and so is "no longer".
    r"(?<![Tt]here )\b(is|are|was|were) no (?!longer\b|more\b)\w+": 'write "is not a ..."',
    r"\b[Tt]ells? whether\b": 'write "Return whether ..."',
    r"\bof who\b(?! sees)": "name the person",
    # "Told apart" is fine.
    r"\b(is|are|was|were|be|been) told\b(?! apart| from)": "reported, listed, explained, shown",
    r"\bby the way\b|\bleans? on\b|\btakes? down\b": "say the thing, not a figure of speech",
}
# The tail of a sentence whose head is the name of the test.
_TAILS = ("And", "But", "Or", "So", "Though")

_DOCUMENTS = [
    path
    for pattern in ("*.md", "docs/**/*.md", "grader/**/*.md")
    for path in sorted(ROOT.glob(pattern))
]
_MODULES = sorted((ROOT / "grader").rglob("*.py"))
_TESTS = [
    path for path in sorted((ROOT / "tests").rglob("*.py")) if "submissions" not in path.parts
]


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """List the texts of a module that have several words, with their lines; no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if id(node) in docstrings or id(node) in parts:
            continue
        match node:
            case ast.Constant(value=str(text), lineno=line) if " " in text.strip():
                yield line, text
            case ast.JoinedStr(lineno=line):
                text = ast.unparse(node)[2:-1]
                if " " in re.sub(r"\{[^}]*\}", "", text).strip():
                    yield line, text


def _complaints(path: Path, text: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {match.group()!r}: {advice}"
        for pattern, advice in _STUMBLING_BLOCKS.items()
        for match in re.finditer(pattern, re.sub(r"\s*\n[ #]*", " ", text))
    ]


@pytest.mark.parametrize(
    "path", [*_DOCUMENTS, *_MODULES], ids=lambda path: str(path.relative_to(ROOT))
)
def test_nobody_stumbles_over_the_same_words_again(path: Path) -> None:
    """Documents, docstrings, comments and messages use the common words."""
    assert _complaints(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", _TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_docstrings_of_tests_are_sentences_of_their_own(path: Path) -> None:
    """The docstring of a test can be read without its name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))

    tails = [
        f"{node.name}: {docstring}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        for docstring in [ast.get_docstring(node) or ""]
        if docstring.partition(" ")[0] in _TAILS
    ]

    assert tails == []


def main() -> None:
    """Print every message of the package."""
    for path in _MODULES:
        for line, text in messages(path):
            sys.stdout.write(f"{path.relative_to(ROOT)}:{line}: {text}\n")


if __name__ == "__main__":
    main()
