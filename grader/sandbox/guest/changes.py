"""Notices whether a statement has changed anything that the submission's functions need.

The globals that they need are reduced to a fingerprint before and after the statement. So it is
seen also where the code doesn't show it: a function that fills a table, an optimizer that trains a
model, a decorator that registers, a file that is written.
"""

import os
import time
import types
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import torch

# The name of the module that a submission is loaded as.
MODULE_NAME = "submission"

# More than this is taken for a change: to compare it would take too long.
_MAX_PARTS = 20_000
_MAX_BYTES = 10_000_000
_MAX_CPU_S = 0.3

_version = torch.Tensor._version.__get__  # type: ignore[attr-defined] # noqa: SLF001
_data_ptr = torch.Tensor.data_ptr
_process_time = time.process_time


class TooMuchError(Exception):
    """There is too much to compare."""


class ChangeDetector:
    """Compares what functions need before and after a statement.

    Args:
        namespace: The submission's globals.
        names: Those that functions need.
    """

    def __init__(self, namespace: Mapping[str, object], names: Collection[str]) -> None:
        self._namespace = namespace
        self._names = tuple(sorted(names))
        self._cpu_s = 0.0
        self._before: object = None

    def start(self) -> None:
        """Remember how everything is now."""
        self._before = self._fingerprint()

    def has_changed(self) -> bool:
        """Return whether anything has changed since `start`, or is too much to compare."""
        before, after = self._before, self._fingerprint()
        return before is None or after is None or before != after

    def _fingerprint(self) -> object:
        if self._cpu_s > _MAX_CPU_S:
            return None
        started = _process_time()
        try:
            parts = _Parts()
            found = [(name, parts.describe(self._namespace.get(name))) for name in self._names]
            return found, sorted(os.listdir())  # noqa: PTH208 - files that it has written
        except BaseException:  # an object that can't be looked at
            return None
        finally:
            self._cpu_s += _process_time() - started


class _Parts:
    """Reduces objects to what can be compared, and counts their parts."""

    def __init__(self) -> None:
        self._left = _MAX_PARTS
        self._bytes_left = _MAX_BYTES
        self._seen: set[int] = set()

    def describe(self, value: Any) -> object:
        """Return what changes if the object does.

        Raises:
            TooMuchError: It has too many parts.
        """
        self._left -= 1
        if self._left < 0:
            raise TooMuchError
        kind = type(value)
        if kind in (int, float, bool, str, bytes, complex, type(None)):
            return value if value == value else "nan"  # noqa: PLR0124 - only nan differs from itself
        if id(value) in self._seen or issubclass(kind, types.ModuleType) or _is_foreign(value):
            return id(value)
        self._seen.add(id(value))
        if issubclass(kind, torch.Tensor):
            return id(value), _data_ptr(value), _version(value)
        if issubclass(kind, np.ndarray):
            self._bytes_left -= value.nbytes
            if self._bytes_left < 0 or value.dtype.hasobject:
                raise TooMuchError
            return id(value), value.shape, hash(value.tobytes())
        if issubclass(kind, types.FunctionType):
            held = (cell.cell_contents for cell in value.__closure__ or () if _is_filled(cell))
            return id(value.__code__), [self.describe(one) for one in held], self._attributes(value)
        if issubclass(kind, dict):
            items = list(dict.items(value))
            return id(value), [(self.describe(key), self.describe(one)) for key, one in items]
        if issubclass(kind, list | tuple | set | frozenset):
            return id(value), [self.describe(one) for one in kind.__iter__(value)]
        return id(value), self._attributes(value)

    def _attributes(self, value: object) -> list[object]:
        return [(name, self.describe(one)) for name, one in _attributes(value)]


def _attributes(value: object) -> Iterator[tuple[str, object]]:
    try:
        found = vars(value)
    except TypeError:
        return
    yield from list(found.items())


def _is_foreign(value: object) -> bool:
    """Return whether it is a function or class of a library, which a submission hardly changes."""
    if not issubclass(type(value), type | types.FunctionType):
        return False
    return getattr(value, "__module__", None) != MODULE_NAME


def _is_filled(cell: types.CellType) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True
