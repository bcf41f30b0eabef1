"""What is kept beside a report, and never in it: what the submission answered about wrong units.

It is for the instructor alone: it holds answers to hidden checks, and code.
"""

import zlib
from collections.abc import Sequence

import msgspec
import numpy as np

from grader.diagnosis.evidence import Evidence
from grader.diagnosis.remarks import Remark
from grader.discovery.split import Split, join, split
from grader.oracle.packing import fits_float32
from grader.report.model import CheckResult

# Another format gets another number; a file of another format is as good as none.
FORMAT = 1
MAX_BYTES = 1024 * 1024


class KeptGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Checks that one misconception must explain together; see `Evidence`.

    Attributes:
        checks: The results of the checks, before anything was named.
        is_hidden: Whether hidden checks are among those that were diagnosed.
        asked: For each question the id of its check, and its place among those about the unit.
        structure: The structure of all answers, compressed; equal for equal structures.
        numbers: Their numbers, as float32, or as float64 if `is_double`.
        within: How near the numbers have to be that are roughly equal.
        wrong: The places in ``asked`` of the answers that are wrong.
        wrong_steps: The same for what is done to the inputs.
        has_returned: Whether every answer was returned.
        ratio: What to remark on a common factor or shift.
        remark: What else to remark; None if nobody looked.
        named: The id of the misconception that was named; empty if none was.
    """

    checks: tuple[CheckResult, ...]
    is_hidden: bool
    asked: tuple[tuple[str, int], ...]
    structure: bytes
    numbers: bytes
    is_double: bool
    within: tuple[float, ...]
    wrong: tuple[int, ...]
    wrong_steps: tuple[int, ...]
    has_returned: bool
    ratio: Remark
    remark: Remark | None
    named: str = ""

    @property
    def array(self) -> "np.ndarray":
        """The numbers of all answers."""
        return np.frombuffer(self.numbers, dtype=np.float64 if self.is_double else np.float32)

    @property
    def split(self) -> Split:
        """All answers as one list, split."""
        numbers = self.array.astype(np.float64)
        return Split(zlib.decompress(self.structure), numbers, self.within)

    def evidence(self, function: str) -> Evidence:
        """Return what it was made of."""
        given = join(self.split)
        assert isinstance(given, list)  # noqa: S101 - `keep_group` has split a list
        return Evidence(
            function=function,
            checks=self.checks,
            asked=self.asked,
            given=given,
            wrong=frozenset(self.wrong),
            wrong_steps=frozenset(self.wrong_steps),
            has_returned=self.has_returned,
            ratio=self.ratio,
            remark=self.remark,
        )


class KeptUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that lost points.

    Attributes:
        name: The unit.
        groups: What was answered.
        is_whole: Whether `groups` suffice to name its misconceptions again.
        code: Its source, as the submission has it; empty if it isn't known.
        needed: What its source needs of the rest of the submission: imports, helpers, constants.
        pin: The check in whose message the wrong line is named, and what is said; empty for
            nothing. None if nobody looked, since a misconception was named.
    """

    name: str
    groups: tuple[KeptGroup, ...] = ()
    is_whole: bool = True
    code: str = ""
    needed: str = ""
    pin: tuple[str, str | None] = ("", "")

    @property
    def length(self) -> int:
        """How many characters its source has, with what that needs."""
        return len(self.code) + len(self.needed)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of one submission.

    Attributes:
        seed: The seed of what it was asked.
        units: The units that lost points and were diagnosed.
    """

    seed: int
    units: tuple[KeptUnit, ...] = ()


class KeptFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file beside a report.

    Attributes:
        format: The number of its format.
        key: The key of the report.
        asked: A digest of all that the questions depend on but the seed. Only answers to the same
            questions are compared.
        names: For each unit, a digest of the misconceptions that could be named.
        kept: What is kept.
    """

    format: int = FORMAT
    key: str
    asked: str
    names: dict[str, str]
    kept: Kept


_FILES = msgspec.msgpack.Decoder(KeptFile)
_KEPT = msgspec.msgpack.Decoder(Kept)


def keep_group(evidence: Evidence, named: str, *, is_hidden: bool) -> KeptGroup:
    """Keep what a diagnosis has gone by.

    Args:
        evidence: What it has gone by.
        named: The id of the misconception that was named; empty if none was.
        is_hidden: Whether hidden checks were diagnosed.

    Raises:
        TypeError: An answer contains something that can't be packed.
        OverflowError: An answer contains an integer that can't be packed.
    """
    parts = split(list(evidence.given))
    is_double = not fits_float32(parts.numbers)
    return KeptGroup(
        checks=evidence.checks,
        is_hidden=is_hidden,
        asked=evidence.asked,
        structure=zlib.compress(parts.structure),
        numbers=parts.numbers.astype(np.float64 if is_double else np.float32).tobytes(),
        is_double=is_double,
        within=parts.within,
        wrong=tuple(sorted(evidence.wrong)),
        wrong_steps=tuple(sorted(evidence.wrong_steps)),
        has_returned=evidence.has_returned,
        ratio=evidence.ratio,
        remark=evidence.remark,
        named=named,
    )


def write_kept(seed: int, units: Sequence[KeptUnit]) -> bytes:
    """Write what is kept of a submission; what is too large is left out, the largest unit first."""
    kept = list(units)
    sizes = [len(msgspec.msgpack.encode(one)) for one in kept]
    while sum(sizes) > MAX_BYTES // 2:  # the rest is for the names, which are given again
        largest = sizes.index(max(sizes))
        kept[largest] = KeptUnit(name=kept[largest].name, is_whole=False)
        sizes[largest] = 0
    return msgspec.msgpack.encode(Kept(seed=seed, units=tuple(kept)))


def read_kept(data: bytes) -> Kept:
    """Read what `write_kept` has written.

    Raises:
        ValueError: It is something else.
    """
    return _KEPT.decode(data)


def write_file(file: KeptFile) -> bytes:
    """Return the content of a file."""
    return msgspec.msgpack.encode(file)


def read_file(data: bytes) -> KeptFile | None:
    """Return what a file contains; None if it was damaged, or has another format."""
    try:
        found = _FILES.decode(data)
    except ValueError:
        return None
    return found if found.format == FORMAT else None
