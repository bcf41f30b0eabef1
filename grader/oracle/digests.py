"""Digests of what a report or a recording depends on."""

import ast
import functools
import hashlib
import platform
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from grader.bootstrap import PACKAGE
from grader.checks.assignment import Assignment
from grader.checks.definitions import bound_names
from grader.checks.misconceptions import Misconception
from grader.checks.parse import parse
from grader.errors import UsageError

_ASSIGNMENTS = "assignments"
_COMPILED = "__pycache__"
_NAMES_LENGTH = 32

# The libraries that run or read the submissions: another version may give another result.
_LIBRARIES = ("torch", "numpy", "matplotlib", "IPython", "nbformat", "pytest")


def digest_parts(parts: Iterable[bytes]) -> bytes:
    """Return the SHA-256 of some parts; their lengths keep ("ab", "c") apart from ("a", "bc")."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def digest_machine() -> bytes:
    """Digest what runs here: Python, the system, the processor and the libraries."""
    return digest_parts(f"{name}={what}".encode() for name, what in describe_machine().items())


def describe_machine() -> dict[str, str]:
    """Return the system and the processor here, and the versions of Python and the libraries."""
    return {
        "Python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
        **{name: _version(name) for name in _LIBRARIES},
    }


def digest_engine() -> bytes:
    """Digest the grader's own files: a change of any of them may change a report or a page.

    Raises:
        UsageError: One of them can't be read.
    """
    return digest_parts(_contents(PACKAGE, without=(PACKAGE / _ASSIGNMENTS,)))


def digest_assignment(assignment: Assignment, *, without: Iterable[Path] = ()) -> bytes:
    """Digest all parts of an assignment but its misconceptions.

    Two that differ anywhere never share a digest. The place of the folder does not count.

    Args:
        assignment: The assignment.
        without: Folders and files that are not part of it, even inside its folder.

    Raises:
        UsageError: A file of it can't be read.
    """
    info = assignment.info
    names = {one.path for one in assignment.misconceptions}
    return digest_parts(
        (
            digest_parts(map(str.encode, (info.id, info.title, info.version))),
            digest_parts(_contents(assignment.folder, without=(*without, *names))),
            assignment.reference.encode(),
        )
    )


def digest_misconception(one: Misconception) -> bytes:
    """Digest the program of a misconception: what it answers, and not how it is described."""
    return digest_parts(map(str.encode, (one.name, one.function, _program(one.source, one.name))))


@functools.cache
def _program(source: str, name: str) -> str:
    """Return what a file has for one of its misconceptions, without its docstring.

    What begins with an underscore, and imports, may be used by all of them.
    """
    kept = []
    for statement in parse(source).body:
        names = bound_names(statement)
        is_own = name in names
        if is_own and isinstance(statement, ast.FunctionDef | ast.ClassDef):
            has_docstring = ast.get_docstring(statement) is not None
            statement.body = statement.body[1 if has_docstring else 0 :]
        is_import = isinstance(statement, ast.Import | ast.ImportFrom)
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if is_own or is_import or (not is_text and all(part.startswith("_") for part in names)):
            kept.append(ast.dump(statement))
    return "\n".join(kept)


def digest_names(assignment: Assignment) -> dict[str, str]:
    """Digest, for each unit, which misconceptions can be named.

    It is not in the key of a report: names can be given again without grading anew.
    """
    return {
        unit.name: digest_parts(map(_digest_name, assignment.misconceptions_of(unit.name))).hex()[
            :_NAMES_LENGTH
        ]
        for unit in assignment.units
    }


def _digest_name(one: Misconception) -> bytes:
    described = (one.id, one.title, one.hint, one.section)
    return digest_parts((digest_misconception(one), *map(str.encode, described)))


def list_files(folder: Path, *, without: Iterable[Path] = ()) -> Iterator[Path]:
    """Yield the files below a folder, in an order that is the same on every system.

    Hidden files and what Python compiled are left out: neither changes what checks do.

    Args:
        folder: The folder.
        without: Folders and files that are left out.
    """
    skipped = [path.resolve() for path in without]
    skipped = [path for path in skipped if path.is_relative_to(folder) and path != folder]
    # By names as they are written: Windows takes no notice of case when it compares paths.
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).parts):
        relative = path.relative_to(folder)
        if any(part == _COMPILED or part.startswith(".") for part in relative.parts):
            continue
        if path.is_file() and not any(path.is_relative_to(one) for one in skipped):
            yield path


def _contents(folder: Path, *, without: Iterable[Path]) -> Iterator[bytes]:
    """Yield the names and contents of the files below a folder, as `list_files` lists them."""
    for path in list_files(folder, without=without):
        yield path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape")
        try:
            yield path.read_bytes()
        except OSError as error:
            raise UsageError(f"can't read {path}: {error.strerror}") from error


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"
