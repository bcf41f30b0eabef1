"""Notices whether a statement has changed anything that the submission's functions need.

The globals that they need are reduced to a fingerprint before and after the statement. So it is
seen also where the code doesn't show it: a function that fills a table, an optimizer that trains a
model, a decorator that registers, a file that is written.
"""

import array
import collections
import functools
import os
import re
import stat
import time
import types
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import torch

# The name of the module that a submission is loaded as: a script, and a notebook.
MODULE_NAME = "submission"
NOTEBOOK_NAME = "__main__"
# The names of all modules that are the submission's own.
OWN_MODULES = {MODULE_NAME, NOTEBOOK_NAME}

# More than this is taken for a change: to compare it would take too long.
_MAX_PARTS = 20_000
_MAX_BYTES = 10_000_000
_MAX_CPU_S = 0.3
_MAX_FILES = 1000

# What has no attributes, and can't change.
_IMMUTABLE = {
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    property,
    type(Ellipsis),
    type(NotImplemented),
    range,
    slice,
    torch.dtype,
    torch.device,
    torch.Size,
    torch.layout,
    re.Pattern,
    np.ufunc,
}

_Cached = type(functools.lru_cache(lambda: None))

_detach = torch.Tensor.detach
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
            return found, _files()
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
        if id(value) in self._seen or _is_foreign(value):
            return id(value)
        self._seen.add(id(value))
        if issubclass(kind, types.ModuleType):
            return id(value), len(vars(value))  # an attribute may be added, as in torch.one = 1
        data = self._data(kind, value)
        if data is not None:
            return id(value), data
        if issubclass(kind, types.FunctionType):
            held = [cell.cell_contents for cell in value.__closure__ or () if _is_filled(cell)]
            parts = [*held, value.__defaults__, value.__kwdefaults__]
            return id(value.__code__), self._all(parts), self._attributes(value)
        if kind is _Cached and value.cache_info().currsize:
            raise TooMuchError  # what it keeps can't be looked at
        if issubclass(kind, functools.partial):
            return id(value), self._all([value.func, value.args, value.keywords])
        if issubclass(kind, types.MethodType):
            return id(value.__func__), self.describe(value.__self__)
        return id(value), self._attributes(value)

    def _data(self, kind: type, value: Any) -> object:
        """Return the content of a tensor, an array or a container; None for anything else."""
        if issubclass(kind, torch.Tensor | np.ndarray | array.array):
            if issubclass(kind, torch.Tensor):
                value = _detach(value).cpu().numpy()
            self._bytes_left -= value.nbytes if issubclass(kind, np.ndarray) else len(bytes(value))
            if self._bytes_left < 0:
                raise TooMuchError
            return hash(value.tobytes())
        if issubclass(kind, dict):
            return self._all(part for pair in dict.items(value) for part in pair)
        for container in (list, tuple, set, frozenset, collections.deque):
            if issubclass(kind, container):
                return self._all(container.__iter__(value))
        return None

    def _all(self, values: Iterable[object]) -> list[object]:
        return [self.describe(one) for one in values]

    def _attributes(self, value: object) -> list[object]:
        """Describe the attributes of an object.

        Raises:
            TooMuchError: It has none, and may yet hold anything.
        """
        kind = type(value)
        declared = [vars(one)["__slots__"] for one in kind.__mro__ if "__slots__" in vars(one)]
        has_dict = hasattr(value, "__dict__")
        if not has_dict and not declared and kind not in _IMMUTABLE:
            raise TooMuchError
        names = [name for slots in declared for name in _names_of_slots(slots)]
        slots = [name for name in names if hasattr(value, name)]
        found = list(vars(value).items()) if has_dict else []
        found += [(name, getattr(value, name)) for name in slots]
        return [(name, self.describe(one)) for name, one in found]


def _names_of_slots(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _files() -> list[tuple[str, int, int]]:
    """Return the files below the current folder, with their sizes and times."""
    found = []
    for folder, _, names in os.walk("."):
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - at each statement
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):  # such as the files that are given
                continue
            found.append((path, status.st_size, status.st_mtime_ns))
            if len(found) > _MAX_FILES:
                raise TooMuchError
    return sorted(found)


def _is_foreign(value: object) -> bool:
    """Return whether it is a function or class of a library, which a submission hardly changes."""
    if not issubclass(type(value), type | types.FunctionType):
        return False
    return getattr(value, "__module__", None) not in OWN_MODULES


def _is_filled(cell: types.CellType) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True
