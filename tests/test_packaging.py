"""What is pinned is pinned exactly, and what is shipped says that it has types."""

import re
import runpy
import tomllib
from importlib.resources import files
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_TOOLS = runpy.run_path(str(_ROOT / ".ci" / "update_tools.py"))

_PYPROJECT = """
[dependency-groups]
dev = [
    "mypy==1.0",
    "ruff==0.1.2",               # a comment that stays
]
"""


def test_every_development_tool_is_pinned_exactly() -> None:
    """A new release of a tool changes nothing until somebody moves the pin."""
    content = (_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    requirements = tomllib.loads(content)["dependency-groups"]["dev"]

    assert [one for one in requirements if not re.fullmatch(r"[\w-]+(\[\w+\])?==[\w.]+", one)] == []
    assert _TOOLS["pinned"](content) == [one.partition("==")[0] for one in requirements]


def test_updating_moves_the_pins_and_nothing_else() -> None:
    """Comments and layout survive, and a tool without a new version keeps its pin."""
    updated = _TOOLS["pin"](_PYPROJECT, {"ruff": "0.2.0"})

    assert updated == _PYPROJECT.replace("0.1.2", "0.2.0")


def test_package_says_that_it_has_types() -> None:
    """Type checkers read the annotations of an installed zerograd (PEP 561)."""
    assert (files("grader") / "py.typed").is_file()
