"""Write a small assignment to start from."""

import re
from pathlib import Path

from grader.errors import UsageError
from grader.system.names import is_portable

_TEMPLATES = Path(__file__).with_name("template")
_PLACEHOLDER = "lab0"

SHAPES = {
    "function": "functions on tensors: values, and derivatives by autograd",
    "value": "a class whose methods have points of their own",
    "module": "a torch.nn.Module with random parameters",
    "numpy": "a layer on numpy arrays, there and back, with a cache",
    "cells": "a notebook without functions: variables, a figure, an answer in words",
}


def write_assignment(name: str, parent: Path, *, like: str = "function") -> Path:
    """Write a folder with an assignment that passes ``grader verify`` as it is.

    Args:
        name: The id of the assignment, which is also the name of its folder.
        parent: The folder to create it in, created if it is missing.
        like: What the assignment is about, one of `SHAPES`.

    Returns:
        The folder of the assignment.

    Raises:
        UsageError: The name can't be an id, the folder already exists, or there is no such shape.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise UsageError(
            f"{name!r} can't be an id: use letters, digits, - and _, with a letter first"
        )
    if not is_portable(name):
        raise UsageError(f"{name!r} can't be an id: Windows can't have a folder of that name")
    if like not in SHAPES:
        raise UsageError(f"there is no template {like!r}; there are {', '.join(SHAPES)}")
    folder = parent / name
    if folder.exists():
        raise UsageError(f"{folder} already exists")
    folder.mkdir(parents=True)
    title = " ".join(filter(None, re.split(r"[-_]|(?<=[A-Za-z])(?=\d)", name))).capitalize()
    for path in sorted((_TEMPLATES / like).iterdir()):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            text = text.replace(_PLACEHOLDER, name).replace("Lab 0", title)
            (folder / path.name).write_text(text, encoding="utf-8", newline="\n")
    return folder
