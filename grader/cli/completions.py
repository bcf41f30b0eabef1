"""What the shell offers while an argument is typed, besides names of files and fixed choices.

It has to be there before the next key, so nothing here imports torch or pytest, or runs code of an
assignment: its contract is a TOML file, or JSON in a kit. What can't be read offers nothing, as an
error would land in the line that is being typed.
"""

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

_BUILT_IN = Path(__file__).resolve().parents[1] / "assignments"
_SETTINGS_FILE = "assignment.toml"
_KIT = ".zip"
_MANIFEST = "kit.json"
_MAX_BYTES = 1 << 22


def complete_assignments(
    _context: "click.Context", _option: "click.Parameter", incomplete: str
) -> list["CompletionItem[str]"]:
    """Offer the built-in assignments and the installed kits, or else folders and files."""
    from click.shell_completion import CompletionItem

    found = [name for name in _assignments() if name.startswith(incomplete)]
    if found and os.sep not in incomplete:
        return [CompletionItem(name) for name in found]
    return [CompletionItem(incomplete, type="file")]


def complete_units(
    context: "click.Context", _option: "click.Parameter", incomplete: str
) -> list["CompletionItem[str]"]:
    """Offer the units of the assignment that the line so far names."""
    from click.shell_completion import CompletionItem

    return [
        CompletionItem(name)
        for name in _units(str(context.params.get("assignment") or "lab4"))
        if name.startswith(incomplete)
    ]


def complete_formats(
    _context: "click.Context", _option: "click.Parameter", incomplete: str
) -> list["CompletionItem[str]"]:
    """Offer the formats of `grader export`."""
    from importlib.metadata import entry_points

    from click.shell_completion import CompletionItem

    names = sorted({one.name for one in entry_points(group="zerograd.exports")})
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _assignments() -> list[str]:
    """Return the names that need no path: of built-in assignments and of installed kits."""
    from grader.checks.kits import kits_folder

    found: set[str] = set()
    for folder in (_BUILT_IN, kits_folder()):
        with contextlib.suppress(OSError):  # no kit was ever installed
            found.update(
                path.stem
                for path in folder.iterdir()
                if path.suffix == _KIT or (path / _SETTINGS_FILE).is_file()
            )
    return sorted(found)


def _units(where: str) -> list[str]:
    """Return the names of an assignment's units, none if it can't be read."""
    from zipfile import BadZipFile

    from grader.checks.units import read_units

    try:
        return [unit.name for unit in read_units(_contract(where))]
    except (OSError, ValueError, TypeError, AttributeError, LookupError, BadZipFile):
        return []


def _contract(where: str) -> dict[str, Any]:
    """Return the settings of an assignment, or what a kit says of them."""
    import json
    import tomllib
    from zipfile import ZipFile

    from grader.checks.kits import kits_folder

    for folder in (_BUILT_IN / where, Path(where)):
        if (folder / _SETTINGS_FILE).is_file():
            with (folder / _SETTINGS_FILE).open("rb") as file:
                return tomllib.loads(file.read(_MAX_BYTES).decode())
    kit = next(
        path
        for path in (
            Path(where),
            _BUILT_IN / f"{where}{_KIT}",
            kits_folder() / f"{where}{_KIT}",
            Path(os.devnull),  # which is not a zip
        )
        if path.exists()
    )
    with ZipFile(kit) as members, members.open(_MANIFEST) as file:
        contract: dict[str, Any] = json.loads(file.read(_MAX_BYTES))["contract"]
        return contract
