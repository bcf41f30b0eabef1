"""Reads who handed in what from Gradescope's ``submission_metadata.yml``, however large it is.

The file holds the results of all attempts too, which are most of it and of no use here: it is read
as a stream of events, never as a whole, and nothing in it is built or executed. An alias, which can
make of a small file a huge one, stands for a piece of text that was there before, or for nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

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
_LEFT_OUT = re.compile(rb"  :(results|history):\s*")
_NULLS = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What is said of one submission: who handed it in, and when."""

    submitters: tuple[Student, ...]
    created_at: str


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
        self._anchors: dict[str, str] = {}

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
            submitters: list[Student] = []
            times: list[str] = []
            if isinstance(event, yaml.MappingStartEvent):
                self._submission(submitters, times)
            else:
                self._skip(event)
            found.setdefault(
                key, Handed(submitters=tuple(submitters), created_at="".join(times[:1]))
            )
            if len(found) > _MAX_SUBMISSIONS:
                raise yaml.YAMLError(f"it has more than {_MAX_SUBMISSIONS} submissions")
        return found

    def _submission(self, submitters: list[Student], times: list[str]) -> None:
        for key, event in self._pairs():
            if key == ":submitters" and isinstance(event, yaml.SequenceStartEvent):
                self._each(lambda one: self._submitter(one, submitters))
            elif key == ":created_at":
                times.append(self._time(event))
            else:
                self._skip(event)

    def _submitter(self, event: yaml.Event, submitters: list[Student]) -> None:
        if not isinstance(event, yaml.MappingStartEvent):
            self._skip(event)
            return
        said = {key: self._text(value) for key, value in self._pairs()}
        student = Student(
            id=said.get(":sid", ""), name=said.get(":name", ""), email=said.get(":email", "")
        )
        if len(submitters) < _MAX_SUBMITTERS:
            submitters.append(student)

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
            return self._anchors.get(event.anchor, "")
        if not isinstance(event, yaml.ScalarEvent):
            self._skip(event)
            return ""
        text = "" if event.style is None and event.value in _NULLS else str(event.value)
        text = text[:_MAX_TEXT]
        if event.anchor and len(self._anchors) < _MAX_ANCHORS:
            self._anchors[event.anchor] = text
        return text

    def _skip(self, event: yaml.Event) -> None:
        """Leave out a value, however deep it is."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            event = next(self._events)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
