"""The profile with which macOS confines a child, on request: for ``sandbox-exec -p PROFILE``.

It was written from Apple's own profiles in ``/System/Library/Sandbox/Profiles``, and was never run:
there was no Mac to try it on. So it is used only if somebody asks for it, and what it allows says
nothing of what holds. Of several rules that fit, the last one counts.
"""

from collections.abc import Iterable
from pathlib import Path

_DEVICES = ("/dev/null", "/dev/random", "/dev/urandom", "/dev/dtracehelper")


def profile(
    scratch: Path, *, home: Path, readable: Iterable[Path], hidden: Iterable[Path] = ()
) -> str:
    """Return a profile that denies the network, new processes, and the user's own files.

    Args:
        scratch: The only folder that stays writable.
        home: The folder that can't be read; so can't be those of other users and other disks.
        readable: Files and folders that can be read wherever they are: those of Python and its
            packages, and the guest's own, which is imported behind the profile.
        hidden: Files and folders that can't be read although they are below such a folder: checks,
            the reference, recordings.
    """
    # macOS knows files by the paths that no link is in: /var is a link to /private/var.
    own = _under(scratch)
    private = [home, Path("/Users"), Path("/Volumes")]
    return "\n".join(
        (
            "(version 1)",
            "(allow default)",
            "(deny network*)",
            "(deny process-fork)",
            "(deny signal (target others))",
            *(f"(deny file-read-data {_under(place)})" for place in private),
            *(f"(allow file-read-data {_under(place)})" for place in readable),
            *(f"(deny file-read-data {_under(place)})" for place in hidden),
            "(deny file-write*)",
            *(f"(allow file-write-data (literal {_quote(name)}))" for name in _DEVICES),
            f"(allow file-read* file-write* {own})",
            "",
        )
    )


def _under(place: Path) -> str:
    return f"(subpath {_quote(str(place.resolve()))})"


def _quote(text: str) -> str:
    """Quote a text as a string of the profile's language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
