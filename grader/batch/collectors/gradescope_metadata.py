"""The reader of Gradescope's ``submission_metadata.yml``, which lists who handed in what, and when.

Most of that file is the results of all attempts, which are not needed here, and it can be very
large. So it is read as a stream of YAML events, never as a whole, and no object is constructed from
it. Aliases, with which a small file can expand to a huge one, are never expanded: an alias stands
for a text, for submitters or for a submission that was read before, or for nothing.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, TypeVar

import yaml  # type: ignore[import-untyped]

from grader.batch.tree import READ_ERRORS, TreeFile
from grader.errors import UsageError
from grader.report.class_model import Student

_MAX_BYTES = 512 * 2**20
# Of what is left after the results were left out.
_MAX_NEEDED_BYTES = 64 * 2**20
# A student can hand in such a file too, and YAML takes a second for each million of events. So what
# is read grows with the number of submissions that are there.
_MORE_BYTES, _BYTES_OF_SUBMISSION = 8 * 2**20, 2**20
_MORE_EVENTS, _EVENTS_OF_SUBMISSION = 20_000, 500
_MAX_SUBMISSIONS = 100_000
_MAX_SUBMITTERS = 1000
_MAX_TEXT = 1000
_MAX_ANCHORS = 100_000
_LINE_BYTES = 65_536
_CHUNK_BYTES = 262_144
# Keys whose value is left out: it is on separate lines, which are indented deeper or begin with a
# dash.
_LEFT_OUT = re.compile(rb"  :?(results|history):\s*")
_NULLS = ("", "~", "null", "Null", "NULL")


_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionInfo:
    """What the metadata says about one submission.

    Attributes:
        submitters: Everybody who handed it in.
        created_at: When it was handed in, in Gradescope's words.
    """

    submitters: tuple[Student, ...]
    created_at: str


_NOTHING = SubmissionInfo(submitters=(), created_at="")


def read_metadata(file: TreeFile, *, submissions: int) -> dict[str, SubmissionInfo]:
    """Read the metadata of an export.

    Args:
        file: The file of metadata.
        submissions: The number of submissions in the export.

    Returns:
        The information about each submission, by the name of its folder or its PDF file.

    Raises:
        UsageError: the file can't be read, or is not a mapping of submissions.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        with file.stream() as stream:
            slimmed = _Slimmed(stream, _MORE_BYTES + submissions * _BYTES_OF_SUBMISSION)
            events = yaml.parse(slimmed, Loader=loader)
            most = _MORE_EVENTS + submissions * _EVENTS_OF_SUBMISSION
            return _Reader(_at_most(most, events)).submissions()
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise UsageError(f"{file.path} can't be read as YAML: {problem}") from error
    except READ_ERRORS as error:
        raise UsageError(f"{file.path} can't be read: {error}") from error


class _Slimmed:
    """A stream of the file without most of what isn't needed, because parsing YAML is slow."""

    def __init__(self, stream: IO[bytes], max_bytes: int) -> None:
        self._lines = _needed(stream, min(max_bytes, _MAX_BYTES))

    def read(self, size: int = _CHUNK_BYTES) -> bytes:
        """Return at least ``size`` more bytes if there are as many; no bytes at the end."""
        found: list[bytes] = []
        length = 0
        while length < size and (line := next(self._lines, None)) is not None:
            found.append(line)
            length += len(line)
        return b"".join(found)


def _at_most(count: int, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    yield from itertools.islice(events, count)
    if next(events, None) is not None:
        raise yaml.YAMLError("it is much longer than its submissions need")


def _needed(stream: IO[bytes], max_bytes: int) -> Iterator[bytes]:
    """Yield the lines of a stream that are not below a key that is left out.

    Raises:
        ValueError: the stream is too large, or what is left of it.
    """
    read_bytes, needed_bytes, is_left_out, is_start = 0, 0, False, True
    while line := stream.readline(_LINE_BYTES):
        read_bytes += len(line)
        if read_bytes > max_bytes:
            raise ValueError(f"it is larger than {max_bytes // 2**20} MiB, which is the limit")
        if is_start:
            if is_left_out:
                is_left_out = line.startswith((b"   ", b"  -")) or not line.strip()
            if not is_left_out and _LEFT_OUT.fullmatch(line):
                is_left_out = True
                yield line
        if not is_left_out:
            needed_bytes += len(line)
            if needed_bytes > _MAX_NEEDED_BYTES:
                raise ValueError(
                    f"it has more than {_MAX_NEEDED_BYTES // 2**20} MiB without its results, which"
                    " is the limit"
                )
            yield line
        is_start = line.endswith(b"\n")


class _Reader:
    """A reader of the events of one YAML document, which takes them in order.

    A method with the parameter ``event`` reads the value that begins with this event, and leaves
    the stream behind its last event.
    """

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        # What later aliases may stand for, by their anchors.
        self._texts: dict[str, str] = {}
        self._people: dict[str, tuple[Student, ...]] = {}
        self._infos: dict[str, SubmissionInfo] = {}

    def submissions(self) -> dict[str, SubmissionInfo]:
        """Read the document.

        Raises:
            YAMLError: it is not YAML, not a mapping, or has too many submissions.
        """
        found: dict[str, SubmissionInfo] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingStartEvent):
                break
            if isinstance(event, (yaml.ScalarEvent, yaml.SequenceStartEvent)):
                raise yaml.YAMLError("it is not a mapping of submissions")
        else:
            return found
        for key, event in self._pairs():
            found.setdefault(key, self._submission(event))
            if len(found) > _MAX_SUBMISSIONS:
                raise yaml.YAMLError(f"it has more than {_MAX_SUBMISSIONS} submissions")
        return found

    def _submission(self, event: yaml.Event) -> SubmissionInfo:
        if isinstance(event, yaml.AliasEvent):
            return self._infos.get(event.anchor, _NOTHING)
        if not isinstance(event, yaml.MappingStartEvent):
            self._skip(event)
            return _NOTHING
        people: tuple[Student, ...] | None = None
        time: str | None = None
        merged: list[SubmissionInfo] = []
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
        # By YAML's rule for merging, the mapping's own keys win, then the earlier merged mapping.
        if people is None:
            people = next((one.submitters for one in merged if one.submitters), ())
        if time is None:
            time = next((one.created_at for one in merged if one.created_at), "")
        return _keep(self._infos, event, SubmissionInfo(submitters=people, created_at=time))

    def _merged(self, event: yaml.Event) -> list[SubmissionInfo]:
        """Read the value of a merge key: one mapping or several."""
        if not isinstance(event, yaml.SequenceStartEvent):
            return [self._submission(event)]
        found: list[SubmissionInfo] = []
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

        def take(one: yaml.Event) -> None:
            submitter = self._submitter(one)
            if len(found) < _MAX_SUBMITTERS:
                found.extend(submitter)

        self._each(take)
        return _keep(self._people, event, tuple(found))

    def _submitter(self, event: yaml.Event) -> tuple[Student, ...]:
        """Read one submitter, as a tuple that is empty if nothing is known of them."""
        if isinstance(event, yaml.AliasEvent):
            return self._people.get(event.anchor, ())[:1]
        if not isinstance(event, yaml.MappingStartEvent):
            self._skip(event)
            return ()
        fields: dict[str, str] = {}
        merged: list[Student] = []
        for key, value in self._pairs():
            if key == "<<" and not isinstance(value, yaml.SequenceStartEvent):
                merged += self._submitter(value)
            else:
                fields[key.removeprefix(":")] = self._text(value)
        base = merged[0] if merged else Student()
        student = Student(
            id=fields.get("sid", base.id),
            name=fields.get("name", base.name),
            email=fields.get("email", base.email),
        )
        return _keep(self._people, event, (student,) if student != Student() else ())

    def _time(self, event: yaml.Event) -> str:
        """Read a time, which Ruby may write as an object with a field for the time."""
        if not isinstance(event, yaml.MappingStartEvent):
            return self._text(event)
        fields = {key: self._text(value) for key, value in self._pairs()}
        return fields.get("utc") or fields.get("time") or ""

    def _pairs(self) -> Iterator[tuple[str, yaml.Event]]:
        """Yield the keys of a mapping that has begun, each with the first event of its value.

        The caller must read a value to its end before it asks for the next pair.
        """
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self._text(event)
            yield key, next(self._events)

    def _each(self, take: Callable[[yaml.Event], None]) -> None:
        """Call ``take`` with the first event of each item of a sequence that has begun."""
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            take(event)

    def _text(self, event: yaml.Event) -> str:
        """Read a value as text: empty for null, and for anything that is not a scalar."""
        if isinstance(event, yaml.AliasEvent):
            return self._texts.get(event.anchor, "")
        if not isinstance(event, yaml.ScalarEvent):
            self._skip(event)
            return ""
        # Whether it is unquoted. Unlike ``style``, this is the same with both of PyYAML's parsers.
        is_bare = event.implicit[0]
        text = "" if is_bare and event.value in _NULLS else str(event.value)
        return _keep(self._texts, event, text[:_MAX_TEXT])

    def _skip(self, event: yaml.Event) -> None:
        """Skip a value, however deeply nested it is."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            event = next(self._events)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1


def _keep(kept: dict[str, _Kept], event: yaml.Event, value: _Kept) -> _Kept:
    """Remember a value for later aliases if it has an anchor, and return it."""
    if event.anchor and len(kept) < _MAX_ANCHORS:
        kept[event.anchor] = value
    return value
