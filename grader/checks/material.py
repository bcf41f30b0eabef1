"""What lies beside a submission: data files, modules to import, and the names of its own files.

``files``, ``support`` and ``submission`` in ``assignment.toml`` list names, and the table
``[grading_files]`` says which of the files are others at grading than in the exercise. All names
are judged here, when the assignment is loaded: none leads out of the assignment's folder, none is
of the solution or a check, and every module has a name that no installed one has.
"""

import keyword
import os
import re
import site
import stat
import sys
import sysconfig
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path

from grader.system.names import is_portable

KEYS = ("files", "grading_files", "support", "submission")
MAX_FILES = 1000
MAX_BYTES = 256 * 1024 * 1024
_MAX_OWN_FILES = 50
_MAX_NAME = 200
# Of the assignment itself, at any level of a path.
_RESERVED = re.compile(
    r"assignment\.toml|conftest(\.py)?|checks?|check_.*\.py|reference(\.py)?|misconceptions(\.py)?"
    r"|exercises|__pycache__|\..*",
    re.IGNORECASE | re.DOTALL,
)
# The names under which a submission runs, of modules of ours, and of what runs it.
_TAKEN = frozenset({"submission", "lent", "grader", "zerograd", "tests", "__main__"})
_OWN_ENDINGS = (".py", ".ipynb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What lies beside a submission while it is graded.

    Attributes:
        files: The names of the data files in the working folder, with ``/`` between folders.
        support: The names of modules and packages that can be imported, as in the assignment's
            folder: ``utils.py`` or ``helpers``.
        submission: The names of the files of which a hand-in consists, in the assignment's order;
            empty if it is a single file of any name.
        grading_files: The files that are others at grading than in the exercise, by their names;
            relative to the assignment's folder.
        paths: Where each file of ``files`` is at grading.
        modules: Where each file of ``support`` is, by its path below the place of all modules.
    """

    files: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    submission: tuple[str, ...] = ()
    grading_files: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)
    modules: Mapping[str, Path] = field(default_factory=dict)

    @property
    def given(self) -> tuple[str, ...]:
        """The names of all files in the working folder, except the student's own."""
        return tuple(dict.fromkeys((*self.paths, *self.modules)))


def read_material(
    content: Mapping[str, object], folder: Path, *, secret: Iterable[Path]
) -> Material:
    """Read what an assignment puts beside a submission, and judge all names.

    Args:
        content: The content of ``assignment.toml``.
        folder: The folder of the assignment.
        secret: Files and folders that students must not get, such as the reference.

    Raises:
        FileNotFoundError: A file is not there.
        TypeError: A setting is not a list of names, or not a table of them.
        ValueError: A name can't be used; or there are too many files, or they are too large.
    """
    source = _Source(folder, [path.resolve() for path in secret])
    submission = _own_names(_list(content, "submission"))
    files = _list(content, "files")
    _expect_distinct("files", files)
    paths = dict(source.files("files", files))
    support = tuple(name.rstrip("/") for name in _list(content, "support"))
    modules = dict(source.modules(support))
    grading = _table(content, "grading_files")
    for name, other in grading.items():
        if name not in paths:
            raise ValueError(f"grading_files has {name}, which is not one of the files")
        paths[name] = source.one("grading_files", other)
    _expect_distinct("files", [*paths, *submission])
    _expect_distinct("support", [*modules, *submission])
    both = {Path(name).stem for name in support} & {Path(name).stem for name in submission}
    if both:
        raise ValueError(f"support and submission both have {min(both)}")
    _expect_bounded([*paths.values(), *modules.values()])
    return Material(
        files=tuple(paths),
        support=support,
        submission=submission,
        grading_files=grading,
        paths=paths,
        modules=modules,
    )


def _list(content: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = content.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        message = f"{key} is not a list of names: {value!r}"
        raise TypeError(message)
    return tuple(value)


def _table(content: Mapping[str, object], key: str) -> dict[str, str]:
    value = content.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        message = f'{key} is not a table of names, such as "data.csv" = "other.csv": {value!r}'
        raise TypeError(message)
    return dict(value)


class _Source:
    """The folder of an assignment, from which files are taken by name.

    Args:
        folder: The folder.
        secret: What must not be taken, resolved.
    """

    def __init__(self, folder: Path, secret: Sequence[Path]) -> None:
        self._folder = folder.resolve()
        self._secret = secret

    def files(self, key: str, names: Iterable[str]) -> Iterator[tuple[str, Path]]:
        """Yield the files of these names; a folder stands for all that is in it."""
        for name in names:
            cut = name.rstrip("/")
            path = self._place(key, cut)
            if path.is_dir():
                yield from self._below(key, cut, path)
            else:
                yield cut, self._judged(key, cut, path)

    def one(self, key: str, name: str) -> Path:
        """Return the file of a name."""
        return self._judged(key, name, self._place(key, name))

    def modules(self, names: Iterable[str]) -> Iterator[tuple[str, Path]]:
        """Yield the files of the modules and packages of these names."""
        for name in names:
            path = self._place("support", name)
            stem = name.removesuffix(".py")
            if "/" in name or not stem.isidentifier() or keyword.iskeyword(stem):
                raise ValueError(f"{name} in support can't be imported: it has to be NAME.py, or "
                                 "the folder of a package")  # fmt: skip
            if path.is_dir() == name.endswith(".py"):
                what = "a folder" if path.is_dir() else "neither NAME.py nor a folder"
                raise ValueError(f"{name} in support is {what}")
            _expect_free("support", name)
            yield from self.files("support", [name])

    def _place(self, key: str, name: str) -> Path:
        _expect_usable(key, name)
        return self._folder / name

    def _below(self, key: str, name: str, folder: Path) -> Iterator[tuple[str, Path]]:
        """Yield the files in a folder, without hidden ones and what Python has compiled."""
        for entry in sorted(folder.iterdir()):
            if entry.name == "__pycache__" or entry.name.startswith("."):
                continue
            inner = f"{name}/{entry.name}"
            _expect_usable(key, inner)
            if entry.is_dir() and not entry.is_symlink():
                yield from self._below(key, inner, entry)
            else:
                yield inner, self._judged(key, inner, entry)

    def _judged(self, key: str, name: str, path: Path) -> Path:
        """Return where a file really is, if students may get it."""
        try:
            real = path.resolve(strict=True)
        except RuntimeError as error:
            raise ValueError(f"{name} in {key} is a link to itself") from error
        if not real.is_relative_to(self._folder):
            raise ValueError(f"{name} in {key} is a link that leads out of the assignment's folder")
        inside = real.relative_to(self._folder).as_posix()
        is_secret = any(real == one or real.is_relative_to(one) for one in self._secret)
        if is_secret or _is_reserved(inside):
            raise ValueError(f"{name} in {key} is a part of the assignment that students don't get")
        if not stat.S_ISREG(real.stat().st_mode):
            raise ValueError(f"{name} in {key} is not a regular file")
        if key != "support" and name.endswith(".py"):
            _expect_free(key, name.partition("/")[0])
        return real


def _own_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the files of a hand-in, if they can be used."""
    for name in names:
        _expect_usable("submission", name)
        if "/" in name or not name.endswith(_OWN_ENDINGS):
            raise ValueError(f"{name} in submission is not the name of a .py file or a notebook")
        stem = name.removesuffix(".py")
        if name.endswith(".py") and (not stem.isidentifier() or keyword.iskeyword(stem)):
            raise ValueError(f"{name} in submission can't be imported: it is not a name in Python")
        _expect_free("submission", name)
    _expect_distinct("submission", names)
    if len(names) > _MAX_OWN_FILES:
        raise ValueError(f"submission has more than {_MAX_OWN_FILES} files")
    if len(names) > 1 and any(name.endswith(".ipynb") for name in names):
        raise ValueError("submission has a notebook, which has to be the only file")
    return names


def _expect_usable(key: str, name: str) -> None:
    """Require a path below the folder that every system can have, and not that of a secret."""
    shown = name if name.isprintable() else ascii(name)
    if (
        len(name) > _MAX_NAME
        or not all(map(is_portable, name.split("/")))
        or any(unicodedata.category(one)[0] == "C" for one in name)
    ):
        raise ValueError(f"{shown!r} in {key} is not a name of a file in the assignment's folder")
    if _is_reserved(name):
        raise ValueError(f"{name} in {key} is a part of the assignment that students don't get")


def _is_reserved(name: str) -> bool:
    return any(_RESERVED.fullmatch(part) for part in name.split("/"))


def _expect_free(key: str, name: str) -> None:
    """Require that a module has not the name of one that is there already."""
    stem = name.removesuffix(".py").removesuffix(".ipynb")
    if stem in _TAKEN or is_installed(stem):
        raise ValueError(f"{name} in {key} has the name of another module, {stem}; rename it")


def is_installed(module: str) -> bool:
    """Return whether a name is that of a module of Python or of an installed package."""
    if module in sys.stdlib_module_names or module in sys.builtin_module_names:
        return True
    paths = sysconfig.get_paths()
    places = dict.fromkeys((paths["purelib"], paths["platlib"], *site.getsitepackages()))
    found = PathFinder.find_spec(module, list(places))
    # Without a loader it is a folder of any files, and a module comes before it.
    return found is not None and found.loader is not None and found.origin is not None


def _expect_distinct(key: str, names: Iterable[str]) -> None:
    """Require names that differ in more than case and Unicode form."""
    seen: dict[str, str] = {}
    for name in names:
        normal = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        if normal in seen:
            other = seen[normal]
            raise ValueError(
                f"{name} is there twice in {key}"
                if other == name
                else f"{name} and {other} in {key} are the same file where case doesn't matter"
            )
        seen[normal] = name


def _expect_bounded(paths: Sequence[Path]) -> None:
    if len(paths) > MAX_FILES:
        raise ValueError(f"files and support are {len(paths)} files; the limit is {MAX_FILES}")
    size_bytes = sum(os.stat(path).st_size for path in paths)  # noqa: PTH116 - of many
    if size_bytes > MAX_BYTES:
        raise ValueError(
            f"files and support are {size_bytes // 2**20} MiB; the limit is {MAX_BYTES // 2**20}"
        )
