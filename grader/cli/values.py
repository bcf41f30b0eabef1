"""The values that options take, and what is refused of them before anything slow is started."""

import math
import os
from pathlib import Path
from typing import Any

import click


class PathValue(click.Path):
    """A path, which is not empty: an empty one, as of a variable that is not set, means here."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(path_type=Path, **options)

    def convert(
        self,
        value: "str | os.PathLike[str]",
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401 - click's own
        """Return the path."""
        if os.fspath(value) == "":
            self.fail("it is empty; give a path", param, ctx)
        return super().convert(value, param, ctx)


class WholeNumber(click.IntRange):
    """A whole number in a range."""

    name = "whole number"

    def get_metavar(self, *_: Any, **__: Any) -> str:  # noqa: ANN401 - it takes more since 8.2
        """Return what stands for it in the help."""
        return "N"


class Number(click.FloatRange):
    """A number in a range, and none of those that no limit can be compared with."""

    name = "number"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401
        """Return the number."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number that can be a limit", param, ctx)
        return number


def expect_writable(target: Path, option: str) -> None:
    """Refuse a file that can't be written, before the work whose result it gets.

    Args:
        target: The file.
        option: The option that names it.

    Raises:
        click.BadParameter: It can't be written.
    """
    folder = target.parent
    # os.path, as the methods of a path raise if a name is too long.
    if os.path.isdir(target):  # noqa: PTH112
        problem = f"{target} is a folder; name a file"
    elif os.path.exists(target) and not os.path.isfile(target):  # noqa: PTH110, PTH113
        problem = f"{target} is a device or a pipe; name a file"
    elif not os.path.isdir(folder):  # noqa: PTH112
        problem = f"there is no folder {folder}; create it first"
    elif not os.access(folder, os.W_OK):
        problem = f"nothing can be written to the folder {folder}"
    else:
        return
    raise click.BadParameter(problem, param_hint=f"'{option}'")
