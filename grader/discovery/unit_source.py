"""Finds the source of a unit in a submission, and what it needs of the rest.

A submission is anybody's text, so it is not parsed here, which can take a parser's whole stack. Its
tokens show where statements at top level begin, and which names they bind and use.
"""

import io
import re
import textwrap
import token
import tokenize
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

MAX_SOURCE = 256 * 1024  # characters of a submission that is looked through
MAX_UNIT = 20_000  # characters of a unit with what it needs

_GOES_ON = ("else", "elif", "except", "finally")
_SPACE = (tokenize.COMMENT, token.NL, token.NEWLINE, token.INDENT, token.DEDENT)


@dataclass(frozen=True, slots=True)
class Found:
    """The source of a unit, and that of what it needs, in the order of the submission."""

    code: str = ""
    needed: str = ""


@dataclass(slots=True)
class _Statement:
    """A statement at top level: its text, and names that it binds and uses."""

    text: str = ""
    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    is_import: bool = False


def find_unit_source(blocks: Iterable[str], name: str, *, contract: Collection[str]) -> Found:
    """Find the source of a unit.

    Args:
        blocks: The sources of the code blocks, in order.
        name: The unit; of a method, its class is found.
        contract: The names of all units. Those that the unit uses are not part of what it needs:
            right ones can be lent to it.

    Returns:
        What was found; empty if there is no such unit, or if it is too long.
    """
    texts = list(blocks)
    if sum(map(len, texts)) > MAX_SOURCE:
        return Found()
    statements = [one for text in texts for one in _statements(text)]
    top = name.partition(".")[0]
    last = next((one for one in reversed(statements) if top in one.binds), None)
    if last is None:
        return Found()
    others = {one.partition(".")[0] for one in contract} | {top}
    needed = _needed(last, statements, others)
    found = Found(last.text, "".join(one.text for one in needed))
    return found if len(found.code) + len(found.needed) <= MAX_UNIT else Found()


def without_class(code: str, name: str) -> str:
    """Return the source of a method out of that of its class, and all of another unit.

    Args:
        code: The source of the unit, or of its class.
        name: The unit.
    """
    member = name.partition(".")[2]
    lines = code.splitlines(keepends=True)
    head = re.compile(rf"(\s+)(async\s+)?def\s+{re.escape(member)}\b")
    starts = [place for place, line in enumerate(lines) if member and head.match(line)]
    if not starts:
        return code
    first = starts[-1]
    indent = _indent(lines[first])
    end = first + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > indent):
        end += 1
    while first and lines[first - 1].strip().startswith("@"):
        first -= 1
    return textwrap.dedent("".join(lines[first:end])).rstrip() + "\n"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _needed(
    start: _Statement, statements: Sequence[_Statement], others: Collection[str]
) -> list[_Statement]:
    """Return the statements that bind what a statement uses, directly or through others."""
    known: set[str] = set()
    waiting = set(start.uses)
    chosen: dict[int, _Statement] = {}
    while waiting:
        known |= waiting
        fresh = {
            place: one
            for place, one in enumerate(statements)
            if one is not start and one.binds & waiting - set(others) and place not in chosen
        }
        chosen.update(fresh)
        waiting = {name for one in fresh.values() for name in one.uses} - known
    return [chosen[place] for place in sorted(chosen)]


def _statements(text: str) -> Iterator[_Statement]:
    """Yield the statements of a block at top level, as far as it is made of Python's tokens."""
    lines = text.splitlines(keepends=True)
    current: list[tokenize.TokenInfo] = []
    depth = 0
    try:
        for one in tokenize.generate_tokens(io.StringIO(text).readline):
            depth += (one.type == token.INDENT) - (one.type == token.DEDENT)
            is_first = bool(current) and current[-1].type in _SPACE
            is_new = is_first and one.type not in _SPACE and one.string not in _GOES_ON
            is_next = depth == 0 and is_new and _is_whole(current)
            if is_next:
                yield _make(current, lines)
                current = []
            if current or one.type not in _SPACE:
                current.append(one)
    except (tokenize.TokenError, SyntaxError):
        return  # what comes after that is nothing that runs
    if any(one.type not in (*_SPACE, token.ENDMARKER) for one in current):
        yield _make(current, lines)


def _is_whole(tokens: Sequence[tokenize.TokenInfo]) -> bool:
    """Return whether a statement has ended: a decorator and an open if have not."""
    ended = any(one.type == token.NEWLINE for one in tokens)
    return ended and not _only_decorators(tokens)


def _only_decorators(tokens: Sequence[tokenize.TokenInfo]) -> bool:
    starts = [
        one
        for before, one in zip([None, *tokens], tokens, strict=False)
        if (before is None or before.type in _SPACE) and one.type not in _SPACE
    ]
    return bool(starts) and all(one.string == "@" for one in starts)


def _make(tokens: Sequence[tokenize.TokenInfo], lines: Sequence[str]) -> _Statement:
    words = [one for one in tokens if one.type not in (*_SPACE, token.ENDMARKER)]
    first, last = words[0].start[0], words[-1].end[0]
    text = "".join(lines[first - 1 : last])
    statement = _Statement(text if text.endswith("\n") else f"{text}\n")
    names = [one.string for one in words if one.type == token.NAME]
    statement.uses = set(names)
    head = words[0].string
    if head in ("@", "def", "class", "async"):
        keywords = (place for place, one in enumerate(names) if one in ("def", "class"))
        place = next(keywords, None)
        statement.binds = set(names[place + 1 : place + 2]) if place is not None else set()
    elif head in ("import", "from"):
        statement.is_import = True
        statement.binds = set(names) - {"import", "from", "as"}
    else:
        statement.binds = _assigned(words)
    return statement


def _assigned(words: Sequence[tokenize.TokenInfo]) -> set[str]:
    """Return the names that a statement assigns to, or defines in its blocks."""
    found: set[str] = set()
    line: list[tokenize.TokenInfo] = []
    depth = 0
    for before, one in zip([None, *words], words, strict=False):
        if before is not None and before.string in ("def", "class", "for"):
            found.add(one.string)
        if line and one.start[0] != line[-1].end[0] and depth == 0:
            line = []
        depth += (one.string in ("(", "[", "{")) - (one.string in (")", "]", "}"))
        line.append(one)
        if depth == 0 and one.string.endswith("=") and one.string not in ("==", "<=", ">=", "!="):
            found.update(each.string for each in line if each.type == token.NAME)
    return found
