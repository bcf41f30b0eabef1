"""Finds the source of a unit in a submission, and what it needs of the rest.

A submission is anybody's text, so it is not parsed here, which can take a parser's whole stack. Its
tokens show where statements at top level begin, and which names they bind and use.
"""

import functools
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
    statements = [one for text in texts for one in _statements_of(text)]
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
    binding: dict[str, list[_Statement]] = {}
    for one in statements:
        for name in one.binds.difference(others):
            binding.setdefault(name, []).append(one)
    chosen = {id(start)}
    waiting = list(start.uses)
    while waiting:
        for one in binding.pop(waiting.pop(), ()):  # each name is looked up once
            if id(one) not in chosen:
                chosen.add(id(one))
                waiting.extend(one.uses)
    return [one for one in statements if id(one) in chosen and one is not start]


@functools.lru_cache(maxsize=64)  # a submission's blocks are looked through for each unit
def _statements_of(text: str) -> tuple[_Statement, ...]:
    return tuple(_statements(text))


def _statements(text: str) -> Iterator[_Statement]:
    """Yield the statements of a block at top level, as far as it is made of Python's tokens."""
    lines = text.splitlines(keepends=True)
    current = _Tokens()
    depth = 0
    try:
        for one in tokenize.generate_tokens(io.StringIO(text).readline):
            depth += (one.type == token.INDENT) - (one.type == token.DEDENT)
            is_new = current.is_at_start and one.type not in _SPACE and one.string not in _GOES_ON
            if depth == 0 and is_new and current.is_whole:
                yield _make(current.all, lines)
                current = _Tokens()
            if current.all or one.type not in _SPACE:
                current.add(one)
    except (tokenize.TokenError, SyntaxError):
        return  # what comes after that is nothing that runs
    if any(one.type not in (*_SPACE, token.ENDMARKER) for one in current.all):
        yield _make(current.all, lines)


@dataclass(slots=True)
class _Tokens:
    """The tokens of a statement so far.

    Attributes:
        all: The tokens.
        is_at_start: Whether the next token begins a line.
        has_ended: Whether one of its lines has ended.
        is_decorated: Whether all its lines so far are decorators, so that more has to come.
    """

    all: list[tokenize.TokenInfo] = field(default_factory=list)
    is_at_start: bool = False
    has_ended: bool = False
    is_decorated: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether the statement has ended: decorators alone have not."""
        return self.has_ended and not self.is_decorated

    def add(self, one: tokenize.TokenInfo) -> None:
        """Add a token."""
        is_space = one.type in _SPACE
        if not is_space and (self.is_at_start or not self.all):
            self.is_decorated = self.is_decorated and one.string == "@"
        self.has_ended = self.has_ended or one.type == token.NEWLINE
        self.is_at_start = is_space
        self.all.append(one)


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
    done = 0  # so many tokens of the line were looked at
    for before, one in zip([None, *words], words, strict=False):
        if before is not None and before.string in ("def", "class", "for"):
            found.add(one.string)
        if line and one.start[0] != line[-1].end[0] and depth == 0:
            line, done = [], 0
        depth += (one.string in ("(", "[", "{")) - (one.string in (")", "]", "}"))
        line.append(one)
        if depth == 0 and one.string.endswith("=") and one.string not in ("==", "<=", ">=", "!="):
            found.update(each.string for each in line[done:] if each.type == token.NAME)
            done = len(line)
    return found
