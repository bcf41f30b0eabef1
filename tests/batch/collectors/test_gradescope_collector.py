"""What Gradescope's metadata says, what may be missing from it, and what harm it could do."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import lms_samples as samples
import pytest

from grader.batch.collection import Collection, Entry
from grader.batch.collectors import gradescope_metadata
from grader.batch.collectors.choose import collect
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.class_model import Student

JANE = Student(id="0012", name="Jane Doe", email="jane@x.edu")
PLAIN = """\
submission_1:
  :submitters:
  - :name: Jane Doe
    :sid: '0012'
    :email: jane@x.edu
  :created_at: 2024-11-05 18:25:53 Z
"""


@pytest.fixture
def gather(tmp_path: Path) -> Callable[..., list[Entry]]:
    """Return a function that collects an export with the given metadata and files."""

    def run(metadata: str | bytes, *names: str) -> list[Entry]:
        content = metadata if isinstance(metadata, bytes) else metadata.encode()
        files = {name: name.encode() for name in names}
        samples.write(tmp_path / "x.zip", {**files, "submission_metadata.yml": content})
        found: Collection = collect([tmp_path / "x.zip"], stem="lab4", out=tmp_path / "out")
        return list(found.entries)

    return run


def test_metadata_says_who_and_when(gather: Callable[..., list[Entry]]) -> None:
    """The metadata gives student and time, and keeps the leading zeros of an id."""
    (entry,) = gather(PLAIN, "submission_1/lab4.py")

    assert (entry.student, entry.members) == (JANE, ())
    assert entry.origin.submitted_at == "2024-11-05 18:25:53 Z"
    assert entry.owners == ("0012", "jane@x.edu", "Jane Doe")


@pytest.mark.parametrize(
    "metadata",
    [
        (
            "{submission_1: {':submitters': [{':name': Jane Doe, ':sid': '0012', ':email':"
            " jane@x.edu}], ':history': [{a: [1, {b: c}]}], ':results': {}}}"
        ),
        PLAIN.replace("  :created", "  :results: !ruby/object:X {a: &1 [b], c: *1}\n  :created"),
        PLAIN + "  :results:\n  - a\n\n  - b: |\n      :submitters:\n\n  :history:\n  :score: 1\n",
        PLAIN.replace("\n", "\r\n"),
        "\ufeff---\n" + PLAIN,
        PLAIN.replace("'0012'", "&1 '0012'") + "submission_2:\n  :submitters:\n  - :sid: *1\n",
    ],
)
def test_metadata_is_read_however_it_is_written(
    gather: Callable[..., list[Entry]], metadata: str
) -> None:
    """Flow style, tags, anchors, line ends and results of any content make no difference."""
    first, *more = gather(metadata, "submission_1/lab4.py")

    assert first.student == JANE
    assert [one.student.id for one in more] in ([], ["0012"])


@pytest.mark.parametrize("value", ["", "null", "~", "[]", "[1, 2]", "{a: b}", "text"])
def test_submission_without_a_student_is_collected(
    gather: Callable[..., list[Entry]], value: str
) -> None:
    """A submission without valid submitters is collected, with a note."""
    (entry,) = gather(f"submission_1:\n  :submitters: {value}\n", "submission_1/lab4.py")

    assert entry.student == Student()
    assert entry.notes == ("the export does not say who handed it in",)
    assert entry.read() == b"submission_1/lab4.py"


def test_submission_without_a_folder_or_without_metadata_is_collected(
    gather: Callable[..., list[Entry]],
) -> None:
    """A submission that has only metadata or only a folder is collected."""
    missing, unknown = gather(PLAIN, "submission_2/lab4.py")

    assert (missing.student, unknown.origin.key) == (JANE, "2")
    assert unknown.read() == b"submission_2/lab4.py"
    with pytest.raises(UnreadableSubmissionError, match="not in the export"):
        missing.read()


def test_scanned_paper_gets_a_report(gather: Callable[..., list[Entry]]) -> None:
    """A scanned paper at the top has an entry whose reason names the PDF."""
    (entry,) = gather(PLAIN.replace("submission_1", "77.pdf"), "77.pdf")

    assert (entry.origin.key, entry.student) == ("77", JANE)
    with pytest.raises(UnreadableSubmissionError, match=r"only 77\.pdf"):
        entry.read()


def test_time_that_is_a_ruby_object_is_read(gather: Callable[..., list[Entry]]) -> None:
    """A time that is tagged as a Ruby object is read without constructing the object."""
    time_of = (
        "!ruby/object:ActiveSupport::TimeWithZone\n    utc: 2024-11-05 18:25:53 Z\n    zone: {}"
    )
    (entry,) = gather(PLAIN.replace("2024-11-05 18:25:53 Z", time_of), "submission_1/lab4.py")

    assert entry.origin.submitted_at == "2024-11-05 18:25:53 Z"


@pytest.mark.parametrize(
    "metadata", ["{", "a: [", "- a\n- b\n", "text", b"\xff\xfe\xff", "a: *nowhere\n  b", "\x01"]
)
def test_metadata_that_is_not_a_mapping_is_refused(
    gather: Callable[..., list[Entry]], metadata: str | bytes
) -> None:
    """Broken metadata is refused with a message that names the file."""
    with pytest.raises(UsageError, match=r"submission_metadata\.yml can't be read"):
        gather(metadata, "submission_1/lab4.py")


def test_metadata_with_nested_aliases_is_not_expanded(
    gather: Callable[..., list[Entry]],
) -> None:
    """Nested aliases are not expanded, which would take for ever, and nesting does no harm."""
    laughs = ["a0: &a0 [lol, lol]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    deep = "deep: " + "[" * 800 + "]" * 800

    entries = gather("\n".join([*laughs, deep, PLAIN]), "submission_1/lab4.py")

    assert JANE in [entry.student for entry in entries]


def test_metadata_that_is_too_large_is_refused(
    gather: Callable[..., list[Entry]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Metadata above the size limit is refused, even if most of it would be left out."""
    monkeypatch.setattr(gradescope_metadata, "_MAX_BYTES", 1000)
    metadata = PLAIN + "  :results:\n" + "    x: y\n" * 1000

    with pytest.raises(UsageError, match="MiB"):
        gather(metadata, "submission_1/lab4.py")


@pytest.mark.parametrize(
    "metadata",
    [
        "s: &s\n  :submitters: &p\n  - :name: Jane Doe\nsubmission_1: &x\n  :submitters: *p\n",
        "s: &s\n  :submitters:\n  - :name: Jane Doe\nsubmission_1: *s\n",
        "s: &s\n  :submitters:\n  - :name: Jane Doe\nsubmission_1:\n  :score: 1\n  <<: *s\n",
        "s: &s\n  :submitters:\n  - :name: Jane Doe\nsubmission_1:\n  <<: [*s]\n",
        "s:\n  :submitters:\n  - &p\n    :name: Jane Doe\nsubmission_1:\n  :submitters: [*p]\n",
        "submission_1:\n  submitters:\n  - name: Jane Doe\n    sid: null\n  results:\n    x: 1\n",
        "submission_1:\n  :submitters:\n  - :name: Jane Doe\n    :sid: ~\n    :email: null\n",
    ],
)
def test_submitters_are_found_in_every_form(
    gather: Callable[..., list[Entry]], metadata: str
) -> None:
    """Submitters are found through aliases and merge keys, without colons and without an id."""
    entry = next(one for one in gather(metadata, "submission_1/lab4.py") if one.origin.key == "1")

    assert entry.student == Student(name="Jane Doe")


def test_own_submitters_win_over_merged_ones(gather: Callable[..., list[Entry]]) -> None:
    """The submitters of a submission itself win over those from a merge key."""
    metadata = (
        "submission_1: &s\n  :submitters:\n  - :name: Jane Doe\n    :sid: 'null'\n"
        "submission_2:\n  :submitters:\n  - :name: Ben Moe\n  <<: *s\n"
    )
    first, second = gather(metadata, "submission_1/lab4.py", "submission_2/lab4.py")

    assert first.student == Student(name="Jane Doe", id="null")
    assert second.student == Student(name="Ben Moe")


def test_metadata_is_no_longer_than_its_submissions_need(
    gather: Callable[..., list[Entry]],
) -> None:
    """What YAML costs grows with the submissions that are there, not with what a file says."""
    metadata = PLAIN + "extra: {" + "?," * 500_000 + "}\n"

    with pytest.raises(UsageError, match="much longer than its submissions need"):
        gather(metadata, "submission_1/lab4.py")


@pytest.mark.parametrize(
    ("method", "size", "is_damaged"),
    [(zipfile.ZIP_BZIP2, 120_000_000, False), (zipfile.ZIP_LZMA, 10_000, True)],
    ids=["bomb", "damaged"],
)
def test_a_students_zip_that_looks_like_an_export_harms_nobody(
    tmp_path: Path, *, method: int, size: int, is_damaged: bool
) -> None:
    """A member by another method is never unpacked, and the others are collected."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("submission_1/lab4.py", "x = 1")
        archive.writestr("submission_metadata.yml", b" " * size, compress_type=method)
        place = archive.getinfo("submission_metadata.yml").header_offset
    data = bytearray(packed.getvalue())
    if is_damaged:
        data[place + 60 : place + 80] = bytes(one ^ 0x5A for one in data[place + 60 : place + 80])
    samples.write(tmp_path / "class", {"anna.zip": bytes(data), "ben.py": b"x = 1"})

    tracemalloc.start()
    found = collect([tmp_path / "class"], stem="lab4", out=tmp_path / "out")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [entry.place for entry in found.entries] == ["anna.zip", "ben.py"]
    assert most < 80_000_000  # a file is read into a buffer of 64 MiB


def test_an_item_that_nobody_thought_of_is_one_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever one item raises while exports are searched for, the others are collected."""

    def fail(*_: object, **__: object) -> Collection:
        raise ZeroDivisionError

    files = {"anna/lab4.py": b"", "anna/submission_metadata.yml": b"", "ben/lab4.py": b""}
    samples.write(tmp_path / "class", files)
    monkeypatch.setattr("grader.batch.collectors.gradescope.read_metadata", fail)

    found = collect([tmp_path / "class"], stem="lab4", out=tmp_path / "out")

    assert [entry.place for entry in found.entries] == ["anna", "ben"]
