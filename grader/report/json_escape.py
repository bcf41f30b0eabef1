"""Writes what can't be seen in a JSON text as escapes, so that it can be shown in a terminal."""

import json
import re
import unicodedata

# Control characters, those that change the reading direction, and ends of lines.
_INVISIBLE = ("Cc", "Cf", "Zl", "Zp")
# JSON escapes other control characters anyway, and a line end in JSON stands between its parts.
_DOUBTFUL = re.compile(r"[^\n -~]+")


def escape_invisible(written: str) -> str:
    r"""Return JSON with the same value, in which no character can control a terminal.

    Args:
        written: JSON as `json.dumps` writes it, without lone surrogates.

    Returns:
        It with escapes such as ``\u202e``; other characters that are not ASCII stay readable.
    """
    return _DOUBTFUL.sub(_escape, written)


def _escape(found: re.Match[str]) -> str:
    run = found[0]
    if run.isprintable():
        return run
    return "".join(
        json.dumps(one)[1:-1] if unicodedata.category(one) in _INVISIBLE else one for one in run
    )
