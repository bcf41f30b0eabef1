"""Reads who handed in what from Gradescope's ``submission_metadata.yml``, however large it is.

The file holds the results of all attempts too, which are most of it and of no use here: it is read
as a stream of events, never as a whole, and nothing in it is built or executed. An alias, which can
make of a small file a huge one, stands for what was read before of a text, of submitters or of a
submission, which is not copied; or for nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, TypeVar

import yaml  # type: ignore[import-untyped]

from grader.batch.tree import READ_ERRORS, TreeFile
from grader.errors import UsageError
from grader.report.class_model import Student

_MAX_BYTES = 512 * 2**20
_MAX_SUBMISSIONS = 100_000
_MAX_SUBMITTERS = 1000
_MAX_TEXT = 1000
_MAX_ANCHORS = 100_000
_LINE_BYTES = 65_536
_CHUNK_BYTES = 262_144
# Their value stands alone in lines that are indented deeper, or begin with a dash.
_LEFT_OUT = re.compile(rb"  :?(results|history):\s*")
_NULLS = ("", "~", "null", "Null", "NULL")


_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What is said of one submission: who handed it in, and when."""

    submitters: tuple[Student, ...]
    created_at: str


_NOTHING = Handed(submitters=(), created_at="")


def read_metadata(file: TreeFile) -> dict[str, Handed]:
    """Read the file.

    Returns:
        What is said of each submission, by the name of its folder or its PDF file.

    Raises:
        UsageError: it can't be read, or is no such file.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        with file.open_stream() as stream:
            events = yaml.parse(_Slimmed(stream), Loader=loader)
            return _Reader(events).submissions()
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise UsageError(f"{file.path} can't be read as YAML: {told}") from error
    except READ_ERRORS as error:
        raise UsageError(f"{file.path} can't be read: {error}") from error


class _Slimmed:
    """The file without most of what isn't needed: YAML takes its time for every line."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._lines = _needed(stream)

    def read(self, size: int = _CHUNK_BYTES) -> bytes:
        """Give some more, at least so much if there is; empty at the end."""
        found: list[bytes] = []
        length = 0
        while length < size and (line := next(self._lines, None)) is not None:
            found.append(line)
            length += len(line)
        return b"".join(found)


def _needed(stream: IO[bytes]) -> Iterator[bytes]:
    read_bytes, is_left_out, is_start = 0, False, True
    while line := stream.readline(_LINE_BYTES):
        read_bytes += len(line)
        if read_bytes > _MAX_BYTES:
            raise ValueError(f"it has more than {_MAX_BYTES // 2**20} MiB")
        if is_start:
            if is_left_out:
                is_left_out = line.startswith((b"   ", b"  -")) or not line.strip()
            if not is_left_out and _LEFT_OUT.fullmatch(line):
                is_left_out = True
                yield line
        if not is_left_out:
            yield line
        is_start = line.endswith(b"\n")


class _Reader:
    """Takes the events of one document in order."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        # What later aliases may stand for, by the names that it has in the file.
        self._texts: dict[str, str] = {}
        self._people: dict[str, tuple[Student, ...]] = {}
        self._handed: dict[str, Handed] = {}

    def submissions(self) -> dict[str, Handed]:
        found: dict[str, Handed] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingStartEvent):
                break
            if isinstance(event, (yaml.ScalarEvent, yaml.SequenceStartEvent)):
                raise yaml.YAMLError("it is no mapping of submissions")
        else:
            return found
        for key, event in self._pairs():
            found.setdefault(key, self._submission(event))
            if len(found) > _MAX_SUBMISSIONS:
                raise yaml.YAMLError(f"it has more than {_MAX_SUBMISSIONS} submissions")
        return found

    def _submission(self, event: yaml.Event) -> Handed:
        if isinstance(event, yaml.AliasEvent):
            return self._handed.get(event.anchor, _NOTHING)
        if not isinstance(event, yaml.MappingStartEvent):
            self._skip(event)
            return _NOTHING
        people: tuple[Student, ...] | None = None
        time: str | None = None
        merged: list[Handed] = []
        for key, value in self._pairs():
            match key.removeprefix(":"):
                case "submitters":
                    people = self._submitters(value)
                case "created_at":
                    time = self._time(value)
                case "<<":
                    merged += self._merged(value)
                case _:
                    self._skip(value)
        # What stands there itself goes first, then what was merged, in its order.
        if people is None:
            people = next((one.submitters for one in merged if one.submitters), ())
        if time is None:
            time = next((one.created_at for one in merged if one.created_at), "")
        return _keep(self._handed, event, Handed(submitters=people, created_at=time))

    def _merged(self, event: yaml.Event) -> list[Handed]:
        """Read what one mapping takes over: another, or several."""
        if not isinstance(event, yaml.SequenceStartEvent):
            return [self._submission(event)]
        found: list[Handed] = []
        self._each(lambda one: found.append(self._submission(one)))
        return found

    def _submitters(self, event: yaml.Event) -> tuple[Student, ...]:
        if isinstance(event, yaml.AliasEvent):
            return self._people.get(event.anchor, ())
        if isinstance(event, yaml.MappingStartEvent):
            return self._submitter(event)
        if not isinstance(event, yaml.SequenceStartEvent):
            self._skip(event)
            return ()
        found: list[Student] = []
        self._each(lambda one: found.extend(self._submitter(one)))
        return _keep(self._people, event, tuple(found[:_MAX_SUBMITTERS]))

    def _submitter(self, event: yaml.Event) -> tuple[Student, ...]:
        """Read one of them; an alias for one is a tuple of one too."""
        if isinstance(event, yaml.AliasEvent):
            return self._people.get(event.anchor, ())[:1]
        if not isinstance(event, yaml.MappingStartEvent):
            self._skip(event)
            return ()
        said: dict[str, str] = {}
        merged: list[Student] = []
        for key, value in self._pairs():
            if key == "<<" and not isinstance(value, yaml.SequenceStartEvent):
                merged += self._submitter(value)
            else:
                said[key.removeprefix(":")] = self._text(value)
        base = merged[0] if merged else Student()
        student = Student(
            id=said.get("sid", base.id),
            name=said.get("name", base.name),
            email=said.get("email", base.email),
        )
        return _keep(self._people, event, (student,) if student != Student() else ())

    def _time(self, event: yaml.Event) -> str:
        """Read a time, which Ruby may write as an object with the time in it."""
        if not isinstance(event, yaml.MappingStartEvent):
            return self._text(event)
        said = {key: self._text(value) for key, value in self._pairs()}
        return said.get("utc") or said.get("time") or ""

    def _pairs(self) -> Iterator[tuple[str, yaml.Event]]:
        """Give the keys of a mapping that has begun, and the first event of each value."""
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self._text(event)
            yield key, next(self._events)

    def _each(self, take: Callable[[yaml.Event], None]) -> None:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            take(event)

    def _text(self, event: yaml.Event) -> str:
        """Take a value for text: empty for null, and for everything that is none."""
        if isinstance(event, yaml.AliasEvent):
            return self._texts.get(event.anchor, "")
        if not isinstance(event, yaml.ScalarEvent):
            self._skip(event)
            return ""
        # Without quotes; the style says so in one way or another, by who has parsed it.
        is_bare = event.implicit[0]
        text = "" if is_bare and event.value in _NULLS else str(event.value)
        return _keep(self._texts, event, text[:_MAX_TEXT])

    def _skip(self, event: yaml.Event) -> None:
        """Leave out a value, however deep it is."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            event = next(self._events)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1


def _keep(kept: dict[str, _Kept], event: yaml.Event, value: _Kept) -> _Kept:
    """Note what an alias may stand for."""
    if event.anchor and len(kept) < _MAX_ANCHORS:
        kept[event.anchor] = value
    return value
