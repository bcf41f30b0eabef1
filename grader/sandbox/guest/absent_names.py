"""Knows why a name of a submission is not there: a module that is missing, or code that stopped.

So what only follows from a cause can be folded into it, and a call that raises NameError can say
what the name would have come from.
"""

import ast
import importlib.util
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from grader.observations.bounds import MAX_NAME
from grader.observations.messages import Raised
from grader.sandbox.guest.needed import bound_names
from grader.sandbox.guest.plain_text import cut_text

if TYPE_CHECKING:
    from grader.sandbox.guest.parse import ParsedBlock

# Imports that files of the course begin with, by the names that they bind.
_USUAL_IMPORTS = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "optim": "from torch import optim",
    "F": "import torch.nn.functional as F",
    "Tensor": "from torch import Tensor",
    "DataLoader": "from torch.utils.data import DataLoader",
    "TensorDataset": "from torch.utils.data import TensorDataset",
    "np": "import numpy as np",
    "numpy": "import numpy",
    "plt": "import matplotlib.pyplot as plt",
    "matplotlib": "import matplotlib",
    "animation": "from matplotlib import animation",
    "FuncAnimation": "from matplotlib.animation import FuncAnimation",
    "pd": "import pandas as pd",
    "math": "import math",
    "random": "import random",
    "time": "import time",
    "itertools": "import itertools",
    "functools": "import functools",
    "partial": "from functools import partial",
    "os": "import os",
    "sys": "import sys",
}
_find_spec = importlib.util.find_spec
_name_of: Any = NameError.__dict__["name"]
_module_of: Any = ImportError.__dict__["name"]


class AbsentNames:
    """The names that a submission would have bound, had nothing stopped it, with the reasons.

    Attributes:
        blocks: The code blocks of the submission, parsed.
    """

    def __init__(self) -> None:
        self.blocks: list[ParsedBlock] = []
        self._unmade: dict[str, str] = {}
        self._noted: set[str] = set()
        self._stars: list[str] = []
        self._imports: dict[str, str] | None = None

    def add(self, names: Iterable[str], *, module: str = "") -> None:
        """Add names that are not bound, since their statement stopped or didn't run.

        Args:
            names: The names.
            module: The missing module that is the cause, if one is.
        """
        self._unmade.update(dict.fromkeys(names, module))

    def add_star(self, statement: ast.stmt, module: str) -> None:
        """Add whatever a star import in a statement would have bound, had its module been there."""
        if module and any(True for _ in star_imports(statement)):
            self._stars.append(module)

    def explain(self, error: BaseException, raised: Raised) -> Raised:
        """Say which module or import an exception lacks, if it is about one."""
        kind = type(error)  # not isinstance: it asks the error for its class, which may be a lie
        if issubclass(kind, ModuleNotFoundError):
            module = _text(_module_of.__get__(error))
            return msgspec.structs.replace(raised, missing_module=module)
        if not issubclass(kind, NameError):
            return raised
        name = _text(_name_of.__get__(error))
        module = self._missing_module(name)
        if module:
            return msgspec.structs.replace(raised, missing_module=module)
        return msgspec.structs.replace(raised, missing_import=self._missing_import(name, raised))

    def follows(self, error: BaseException, raised: Raised) -> bool:
        """Return whether an exception follows from a cause before it, and note what it is about."""
        cause = raised.missing_module or raised.missing_import
        is_known = bool(cause) and cause in self._noted
        self._noted.add(cause)
        if not issubclass(type(error), NameError):
            return is_known
        return is_known or _text(_name_of.__get__(error)) in self._unmade

    def _missing_module(self, name: str) -> str:
        """Return the module that is not installed and would have bound a name, or nothing."""
        if not name:
            return ""
        if name in self._unmade:
            return self._unmade[name]
        module = self._all_imports().get(name, "")
        if module:
            return module if not _is_installed(module) else ""
        if self._stars and name not in _USUAL_IMPORTS and not self._is_bound(name):
            return self._stars[0]
        return ""

    def _missing_import(self, name: str, raised: Raised) -> str:
        """Return the usual import that binds a name which nothing in the submission binds."""
        line = _USUAL_IMPORTS.get(name, "")
        if not line or name in self._unmade or name in self._all_imports():
            return ""
        # A short name may be a variable.
        is_used_as_such = (not name.islower() and name != "F") or f"{name}." in raised.code
        return line if is_used_as_such and not self._is_bound(name) else ""

    def _all_imports(self) -> dict[str, str]:
        """Return the module of each name that an import anywhere in the submission binds."""
        if self._imports is None:
            self._imports = {}
            for statement in self._statements():
                for node in ast.walk(statement):
                    if isinstance(node, ast.Import):
                        for alias in node.names:
                            name = alias.asname or alias.name.partition(".")[0]
                            self._imports[name] = alias.name.partition(".")[0]
                    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                        for alias in node.names:
                            name = alias.asname or alias.name
                            self._imports[name] = node.module.partition(".")[0]
        return self._imports

    def _is_bound(self, name: str) -> bool:
        return any(
            name in bound_names(code) for block in self.blocks for _, code in block.statements
        )

    def _statements(self) -> Iterator[ast.stmt]:
        for block in self.blocks:
            for statement, _ in block.statements:
                yield statement


def star_imports(statement: ast.stmt) -> Iterator[str]:
    """Yield the modules of the star imports that run when a statement runs."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            yield node.module or ""
        # They are allowed at top level only.
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            waiting.extend(ast.iter_child_nodes(node))


def _is_installed(module: str) -> bool:
    try:
        return _find_spec(module) is not None
    except BaseException:  # a module that a submission has replaced
        return True


def _text(value: object) -> str:
    return cut_text(value, MAX_NAME) if type(value) is str else ""
