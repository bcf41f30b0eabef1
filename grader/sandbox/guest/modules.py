"""The modules of a submission that consists of several files: their globals, and their imports."""

import contextlib
import sys
import types
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from typing import Any

_MISSING = object()


class ModuleNamespaces(MutableMapping[str, object]):
    """The globals of several modules, as if they were those of one.

    A name stands for what the module has that defines it; only if no module does, for what one of
    them has imported. Whoever binds a name binds it in each module that had the same object, and in
    each that had none.

    Args:
        spaces: The globals of each module.
        defined: The names that the statements of each module bind other than by imports.
    """

    def __init__(
        self, spaces: Sequence[dict[str, object]], defined: Sequence[Collection[str]]
    ) -> None:
        self.spaces = tuple(spaces)
        self._defined = tuple(defined)

    def space_of(self, name: str) -> dict[str, object] | None:
        """Return the globals of the module that a name stands for; None if there is no such name.

        Of several modules that define it, that is the first.
        """
        for space, defined in zip(self.spaces, self._defined, strict=True):
            if name in defined and name in space:
                return space
        return next((space for space in self.spaces if name in space), None)

    def __getitem__(self, name: str) -> object:
        space = self.space_of(name)
        if space is None:
            raise KeyError(name)
        return space[name]

    def __setitem__(self, name: str, value: object) -> None:
        own = self.get(name, _MISSING)
        for space in self.spaces:
            if space.get(name, own) is own:
                space[name] = value

    def __delitem__(self, name: str) -> None:
        own = self[name]
        for space in self.spaces:
            if space.get(name, _MISSING) is own:
                del space[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for space in self.spaces for name in space))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class AllValues(Mapping[str, object]):
    """What all modules together have under each name, so that a change in any of them is seen."""

    def __init__(self, spaces: Sequence[dict[str, object]]) -> None:
        self._spaces = spaces
        self._found: dict[str, tuple[object, ...]] = {}

    def __getitem__(self, name: str) -> object:
        found = tuple(space.get(name) for space in self._spaces)
        before = self._found.get(name, ())
        if len(before) != len(found) or any(
            one is not other for one, other in zip(before, found, strict=True)
        ):
            self._found[name] = found
        return self._found[name]  # the same object as long as it has the same ones

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for space in self._spaces for name in space))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def spaces_of(namespace: MutableMapping[str, object]) -> tuple[MutableMapping[str, object], ...]:
    """Return the globals of each module of a submission, whether it is one or several."""
    return namespace.spaces if isinstance(namespace, ModuleNamespaces) else (namespace,)


def space_of(namespace: MutableMapping[str, object], name: str) -> MutableMapping[str, object]:
    """Return the globals of the module that defines a name, or all if none does."""
    found = namespace.space_of(name) if isinstance(namespace, ModuleNamespaces) else None
    return namespace if found is None else found


class OwnModules(Loader):
    """Lets the modules of a submission import each other.

    They come last, so that none of them takes the place of a module that is installed or given.
    They are also those of a package, so that ``from .model import Net`` works.

    Args:
        modules: The modules by name.
        package: The name of the package.
        run: Runs the statements of a module.
    """

    def __init__(
        self,
        modules: Mapping[str, types.ModuleType],
        *,
        package: str,
        run: Callable[[str], None],
    ) -> None:
        self._modules = {**modules, **{f"{package}.{name}": one for name, one in modules.items()}}
        self._run = run
        for module in modules.values():
            module.__package__ = package
        outer = types.ModuleType(package)
        outer.__path__ = []
        sys.modules[package] = outer
        sys.meta_path.append(self)

    @contextlib.contextmanager
    def loading(self, name: str) -> Iterator[None]:
        """Have Python say that a module, which runs without being imported, is not complete."""
        module = self._modules[name]
        sys.modules.setdefault(name, module)
        spec: Any = ModuleSpec(name, self, origin=module.__file__)
        spec._initializing = True  # noqa: SLF001 - as the import system does
        module.__spec__ = spec
        try:
            yield
        finally:
            spec._initializing = False  # noqa: SLF001

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Find a module by its name, as Python's import system asks."""
        del path, target
        if name not in self._modules:
            return None
        return ModuleSpec(name, self, origin=getattr(self._modules[name], "__file__", None))

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """Return the module, which was made before anything ran."""
        return self._modules[spec.name]

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the statements of a module, unless that has begun already."""
        self._run(next(name for name, one in self._modules.items() if one is module))
