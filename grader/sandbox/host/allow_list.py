"""The files that a child may read: Python and its packages, without anything of zerograd's.

Of the folders where Python looks for packages, only the standard library and folders for installed
packages are readable. Any other one got there by a ``.pth`` file, as editable installs make them.
It is somebody's project: the folder of a course, say, with its solutions. What submissions should
import from there has to be installed, not linked.
"""

import site
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

SYSTEM_PATHS = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/fonts",
)

_PACKAGE_FOLDERS = frozenset({"site-packages", "dist-packages"})

# What an installation of zerograd puts beside other packages. The files of an editable install
# reveal where the checks are.
_TRACES = (
    "grader",
    "zerograd*",
    "_zerograd*",
    "_editable_impl_zerograd*",
    "__editable__*zerograd*",
)


def allow_list(path: Iterable[str], *, hidden: Iterable[Path]) -> tuple[str, ...]:
    """Return the files and folders that a child may read.

    Args:
        path: Where the forkserver's Python looks for packages, in folders and zip files.
        hidden: Files and folders to leave out, even inside a readable folder.

    Returns:
        Existing paths, resolved, none of them above a hidden one.
    """
    python = [Path(entry) for entry in path if entry]
    traces = _traces(python)
    own = {path.resolve() for path in (*hidden, *traces)}
    # If the parent is the root of a checkout, of this zerograd or another, it also holds the
    # reference and the tests. The parent of an installed package is site-packages.
    own |= {path.parent for path in own if (path.parent / "pyproject.toml").exists()}
    installation = _installation()
    roots = [
        entry
        for entry in python
        if _is_installed(entry, installation) and entry.resolve() not in own
    ]
    return rules(roots=(*roots, *map(Path, SYSTEM_PATHS)), hidden=(*own, *traces))


def rules(*, roots: Iterable[Path], hidden: Iterable[Path]) -> tuple[str, ...]:
    """Return the paths to allow so that everything in the roots is readable except what is hidden.

    Landlock can only allow, so a folder with something hidden in it is replaced by its entries,
    at every level down to the hidden file or folder.

    Args:
        roots: Folders and files to allow.
        hidden: Folders and files to leave out.

    Returns:
        Existing paths, resolved, none of them above a hidden one.
    """
    secrets = {path.resolve() for path in hidden}
    found: dict[str, None] = {}

    def allow(path: Path) -> None:
        if path in secrets:
            return
        if not any(secret.is_relative_to(path) for secret in secrets):
            found[str(path)] = None
        elif path.is_dir():
            for entry in sorted(path.iterdir()):
                # A rule for a link would allow its target, which may be hidden.
                if not entry.is_symlink():
                    allow(entry)

    for root in roots:
        try:
            resolved = root.resolve(strict=True)
            allow(resolved)
        except OSError:  # doesn't exist, or may not be listed
            continue
    return tuple(found)


def _is_installed(entry: Path, installation: Iterable[Path]) -> bool:
    """Return whether an entry of sys.path is of the standard library or of installed packages.

    Links are followed first, so that a link in site-packages does not make its target readable.
    """
    target = entry.resolve()
    return not _PACKAGE_FOLDERS.isdisjoint(target.parts) or any(
        target.is_relative_to(folder) for folder in installation
    )


def _installation() -> list[Path]:
    """Return the places of this Python: its library, as files and as zip, and its packages."""
    paths = sysconfig.get_paths()
    library = Path(paths["stdlib"])
    version = f"{sys.version_info.major}{sys.version_info.minor}"
    # In an environment, sysconfig gives only the first of the two folders of the base Python.
    binary = Path(sysconfig.get_path("platstdlib", vars={"platbase": sys.base_exec_prefix}))
    found = [library, binary, library.parent / f"python{version}.zip"]
    # Folders for packages by any name, such as a link to where they really are.
    found += map(Path, (paths["purelib"], paths["platlib"], *site.getsitepackages()))
    return [folder.resolve() for folder in found]


def _traces(folders: Iterable[Path]) -> list[Path]:
    """Find what any installation of zerograd has put into these folders or the usual ones."""
    places = [*folders, *_site_folders()]
    return [
        trace
        for folder in places
        if folder.is_dir()
        for name in _TRACES
        for trace in folder.glob(name)
    ]


def _site_folders() -> list[Path]:
    # This Python may not use them, but they are inside readable folders.
    bases = [Path(sys.base_prefix) / "lib", Path("/usr/lib"), Path("/usr/local/lib")]
    return [
        folder
        for base in bases
        for pattern in ("python3*/site-packages", "python3*/dist-packages")
        for folder in base.glob(pattern)
    ]
