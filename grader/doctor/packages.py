"""What is installed: Python, zerograd itself, and the packages that it needs."""

import importlib.metadata
import os
import platform
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import grader
from grader.doctor.finding import Finding, State

_NAME = "zerograd"
_SHOWN = ("torch", "numpy", "matplotlib")
PIP = f"{sys.executable} -m pip"


def examine_python() -> Iterator[Finding]:
    """Compare the version of Python with what zerograd needs."""
    version = platform.python_version()
    where = f"{version}, {sys.executable}"
    try:
        from packaging.specifiers import SpecifierSet

        needed = importlib.metadata.metadata(_NAME)["Requires-Python"] or ""
        is_right = SpecifierSet(needed).contains(version, prereleases=True)
    except (ImportError, LookupError, ValueError):
        is_right, needed = True, ""
    if is_right:
        yield Finding(name="Python", state=State.WELL, text=where)
    else:
        yield Finding(
            name="Python",
            state=State.MISSING,
            text=f"{where}: zerograd needs {needed}",
            remedy="make an environment with another Python, and install zerograd there",
        )


def examine_zerograd() -> Iterator[Finding]:
    """Look for a second zerograd, and for one that is not the one that was installed."""
    place = Path(grader.__file__).parent
    text = f"{grader.__version__} in {place}"
    found = [_place(one) for one in importlib.metadata.distributions(name=_NAME)]
    folders = list(dict.fromkeys(found))
    if len(folders) > 1:
        yield Finding(
            name=_NAME,
            state=State.MISSING,
            text=f"{text}: it is installed more than once, in {' and in '.join(folders)}",
            remedy=f"run: {PIP} uninstall zerograd, until it says that it is not installed; then "
            "install it once",
        )
        return
    if not folders:
        yield Finding(
            name=_NAME,
            state=State.MISSING,
            text=f"{text}: it is used, but not installed, so `grader export` knows no formats",
            remedy=f"run: {PIP} install {place.parent}",
        )
        return
    installed = importlib.metadata.version(_NAME)
    if installed != grader.__version__:
        yield Finding(
            name=_NAME,
            state=State.MISSING,
            text=f"{text}, but {installed} is installed: another copy is in front of it",
            remedy="leave the folder with that copy, or take it out of PYTHONPATH",
        )
        return
    yield Finding(name=_NAME, state=State.WELL, text=text)


def _place(distribution: importlib.metadata.Distribution) -> str:
    return str(Path(str(distribution.locate_file(""))).resolve())


def examine_commands() -> Iterator[Finding]:
    """Look whether the commands on the path are those of this installation."""
    own = [
        Path(sysconfig.get_path("scripts", scheme)).resolve()
        for scheme in (sysconfig.get_default_scheme(), f"{os.name}_user")
        if scheme in sysconfig.get_scheme_names()
    ]
    folders = [Path(one) for one in os.environ.get("PATH", "").split(os.pathsep) if one]
    found = [
        folder.resolve()
        for folder in folders
        if any((folder / name).is_file() for name in ("grade", "grade.exe"))
    ]
    if not found:
        yield Finding(
            name="commands",
            state=State.NOTE,
            text="`grade` and `grader` are not on the path",
            remedy=f"write `{sys.executable} -m grader FILE` instead of `grade FILE`, or add "
            f"{_first(own)} to PATH",
        )
    elif found[0] not in own:
        yield Finding(
            name="commands",
            state=State.MISSING,
            text=f"the `grade` on the path is that of another installation: {found[0]}",
            remedy=f"activate the environment that you mean, or put {_first(own)} first in PATH",
        )
    else:
        others = [str(one) for one in dict.fromkeys(found) if one not in own]
        more = f"; there is another one in {' and in '.join(others)}" if others else ""
        yield Finding(
            name="commands",
            state=State.NOTE if others else State.WELL,
            text=f"`grade` and `grader` are in {found[0]}{more}",
        )


def _first(folders: list[Path]) -> Path:
    return next((one for one in folders if (one / "grade").exists()), folders[0])


def examine_requirements() -> Iterator[Finding]:
    """Compare the versions of packages with what zerograd needs, without importing any."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        yield _not_installed("packaging", "packaging", State.MISSING)
        return
    try:
        needed = [
            Requirement(one) for one in dict.fromkeys(importlib.metadata.requires(_NAME) or ())
        ]
    except importlib.metadata.PackageNotFoundError:  # said of zerograd already
        return
    fitting = 0
    needed.sort(key=lambda one: _SHOWN.index(one.name) if one.name in _SHOWN else len(_SHOWN))
    for one in needed:
        if one.marker is not None and not one.marker.evaluate({"extra": ""}):
            continue
        try:
            version = importlib.metadata.version(one.name)
        except importlib.metadata.PackageNotFoundError:
            # Without the packages of the locks, grading works.
            is_for_locks = one.marker is not None
            state = State.MISSING if is_for_locks else State.BROKEN
            yield _not_installed(one.name, f"{one.name}{one.specifier}", state)
            continue
        if not one.specifier.contains(version, prereleases=True):
            yield Finding(
                name=one.name,
                state=State.MISSING,
                text=f"{version} is installed, and zerograd needs {_in_words(str(one.specifier))}",
                remedy=f'run: {PIP} install "{one.name}{one.specifier}"',
            )
        elif one.name in _SHOWN:
            yield Finding(name=one.name, state=State.WELL, text=f"{version} is installed")
        else:
            fitting += 1
    if fitting:
        yield Finding(
            name="packages",
            state=State.WELL,
            text=f"{fitting} others are installed, in versions that zerograd can use",
        )


def _not_installed(name: str, requirement: str, state: State) -> Finding:
    return Finding(
        name=name,
        state=state,
        text="is not installed",
        remedy=f'run: {PIP} install "{requirement}"',
    )


def _in_words(specifier: str) -> str:
    """Write ``<2.14,>=2.6`` as ``2.6 or newer, older than 2.14``."""
    words = {">=": "{} or newer", "<": "older than {}", "==": "exactly {}", "!=": "not {}"}
    parts = []
    for one in sorted(specifier.split(","), reverse=True):
        sign = next(
            (sign for sign in sorted(words, key=len, reverse=True) if one.startswith(sign)), ""
        )
        parts.append(words[sign].format(one[len(sign) :]) if sign else one)
    return ", ".join(parts)


def examine_exports() -> Iterator[Finding]:
    """Look whether each format of `grader export` can be loaded."""
    from grader.exports.registry import list_formats, load_format

    formats = list_formats()
    problems = []
    for name in formats:
        try:
            load_format(name)
        except Exception as error:  # noqa: BLE001 - another package's code
            problems.append(f"{name} ({error})")
    if problems or not formats:
        yield Finding(
            name="export formats",
            state=State.MISSING,
            text=f"can't be used: {', '.join(problems)}" if problems else "none is known",
            remedy="install zerograd again, and the packages that added these formats",
        )
    else:
        yield Finding(name="export formats", state=State.WELL, text=f"{len(formats)} can be used")
