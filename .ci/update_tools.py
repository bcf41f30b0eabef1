"""Moves the pinned development tools in pyproject.toml to their newest releases.

Run it with the Python of the development environment: it upgrades the tools there, and writes
down what it got. What no longer passes then shows in `make lint` and `make test`.
"""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def pinned(content: str) -> list[str]:
    """List the names of the tools that a pyproject.toml pins."""
    return [
        requirement.partition("==")[0]
        for requirement in tomllib.loads(content)["dependency-groups"]["dev"]
    ]


def pin(content: str, versions: dict[str, str]) -> str:
    """Write other versions into the pins of a pyproject.toml; comments stay where they are."""
    for name, version in versions.items():
        content = re.sub(rf'(?m)^(    "{re.escape(name)}==)[^"]+"', rf'\g<1>{version}"', content)
    return content


def main() -> None:
    """Upgrade, and pin what was installed."""
    content = PYPROJECT.read_text(encoding="utf-8")
    names = pinned(content)
    subprocess.run([sys.executable, "-m", "pip", "install", "--upgrade", *names], check=True)
    updated = pin(content, {name: metadata.version(name.partition("[")[0]) for name in names})
    PYPROJECT.write_text(updated, encoding="utf-8")


if __name__ == "__main__":
    main()
