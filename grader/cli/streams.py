"""Standard output and standard error, whatever encoding they have."""

import io
import sys


def show_any_character() -> None:
    """Let both streams show what their encoding lacks as an escape, instead of raising an error.

    Where output is redirected on Windows, that is all but 200 characters; and on any system the
    name of a file may hold what no encoding has.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
