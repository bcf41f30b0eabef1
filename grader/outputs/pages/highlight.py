"""Python code as HTML with coloured words, in time that grows with its length and not faster.

Pygments takes seconds for some texts of a few kilobytes, such as blank lines or a long number. Here
one regular expression reads each character once: it never gives back what it has read.
"""

import keyword
import re

from markupsafe import Markup, escape

_PREFIX = "(?i:[rbuft]{0,2}+)"
_TOKEN = re.compile(
    rf"""
    (?P<c> \#[^\n]*+ )
  | (?P<s> {_PREFIX} (?: \"\"\" (?: [^"\\]++ | \\. | "(?!"") )*+ (?:\"\"\")?+
                       | ''' (?: [^'\\]++ | \\. | '(?!'') )*+ (?:''')?+
                       | " (?: [^"\\\n]++ | \\. )*+ "?+
                       | ' (?: [^'\\\n]++ | \\. )*+ '?+ ) )
  | (?P<m> \d (?: [eE][+-]\d | [\w.] )*+ )
  | (?P<name> \w++ )
  | (?P<rest> [^\w"'\#]++ )
    """,
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS = frozenset(keyword.kwlist)
_DEFINING = frozenset(("def", "class"))


def highlight(code: str, *, max_spans: int) -> tuple[Markup, int]:
    """Return code as HTML, and how many words of it are coloured.

    Args:
        code: Python code, or anything else.
        max_spans: How many words, strings, numbers and comments may be coloured; the rest is plain.

    Returns:
        A ``pre`` element in which each span has a class of the style sheet.
    """
    parts: list[Markup] = []
    spans = 0
    plain = 0  # where the text begins that is not in `parts` yet
    before = ""
    for found in _TOKEN.finditer(code):
        if spans >= max_spans:
            break
        kind, word = found.lastgroup, found[0]
        if kind == "name":
            kind = "k" if word in _KEYWORDS else "nf" if before in _DEFINING else "name"
        if not word.isspace():
            before = word
        if kind in ("name", "rest"):
            continue
        parts.append(escape(code[plain : found.start()]))
        parts.append(Markup('<span class="{}">{}</span>').format(kind, word))
        plain = found.end()
        spans += 1
    parts.append(escape(code[plain:]))
    return Markup('<div class="highlight"><pre>{}</pre></div>').format(
        Markup("").join(parts)
    ), spans
