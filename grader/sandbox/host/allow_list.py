"""Which files a child may read: Python and its packages, less everything of ours."""

import sys
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

# What an installation of zerograd leaves beside other packages; the links of an editable one
# tell where the checks are.
_TRACES = (
    "grader",
    "zerograd*",
    "_zerograd*",
    "_editable_impl_zerograd*",
    "__editable__*zerograd*",
)


def allow_list(path: Iterable[str], *, hidden: Iterable[Path]) -> tuple[str, ...]:
    """List what a child may read.

    Args:
        path: Where the forkserver's Python looks for packages.
        hidden: Files and folders to leave out, wherever they lie.

    Returns:
        Existing paths, resolved, none of them above a hidden one.
    """
    python = [Path(entry) for entry in path if entry]
    traces = _traces(python)
    own = {path.resolve() for path in (*hidden, *traces)}
    # A checkout's root, of this or of another zerograd, holds the reference and the tests as
    # well; an installed package's parent is site-packages.
    own |= {path.parent for path in own if (path.parent / "pyproject.toml").exists()}
    roots = [folder for folder in python if folder.resolve() not in own]
    return rules(roots=(*roots, *map(Path, SYSTEM_PATHS)), hidden=(*own, *traces))


def rules(*, roots: Iterable[Path], hidden: Iterable[Path]) -> tuple[str, ...]:
    """Turn readable roots into Landlock rules that leave out everything hidden.

    Landlock can only allow, so a folder with something hidden in it is replaced by
    its entries, down to the folder that holds the hidden one.

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
                # A link gives no right to where it points, so nothing is lost without it.
                if not entry.is_symlink():
                    allow(entry)

    for root in roots:
        try:
            resolved = root.resolve(strict=True)
            allow(resolved)
        except OSError:  # not there, or not ours to list
            continue
    return tuple(found)


def _traces(folders: Iterable[Path]) -> list[Path]:
    """Find what installations of zerograd, this or another, left in these and the usual folders."""
    places = [*folders, *_site_folders()]
    return [
        trace
        for folder in places
        if folder.is_dir()
        for name in _TRACES
        for trace in folder.glob(name)
    ]


def _site_folders() -> list[Path]:
    # Also those that this Python doesn't use but that lie inside a readable folder.
    bases = [Path(sys.base_prefix) / "lib", Path("/usr/lib"), Path("/usr/local/lib")]
    return [
        folder
        for base in bases
        for pattern in ("python3*/site-packages", "python3*/dist-packages")
        for folder in base.glob(pattern)
    ]
