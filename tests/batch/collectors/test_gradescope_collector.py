"""What Gradescope's metadata says, what it can't, and what it could do."""

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
    """Collect an export with this metadata."""

    def run(metadata: str | bytes, *names: str) -> list[Entry]:
        content = metadata if isinstance(metadata, bytes) else metadata.encode()
        files = {name: name.encode() for name in names}
        samples.write(tmp_path / "x.zip", {**files, "submission_metadata.yml": content})
        found: Collection = collect([tmp_path / "x.zip"], stem="lab4", out=tmp_path / "out")
        return list(found.entries)

    return run


def test_metadata_says_who_and_when(gather: Callable[..., list[Entry]]) -> None:
    """A number with zeros before it stays as it is."""
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
    """With results that hold anything."""
    first, *more = gather(metadata, "submission_1/lab4.py")

    assert first.student == JANE
    assert [one.student.id for one in more] in ([], ["0012"])


@pytest.mark.parametrize("said", ["", "null", "~", "[]", "[1, 2]", "{a: b}", "text"])
def test_submission_of_nobody_is_collected(gather: Callable[..., list[Entry]], said: str) -> None:
    """With a note."""
    (entry,) = gather(f"submission_1:\n  :submitters: {said}\n", "submission_1/lab4.py")

    assert entry.student == Student()
    assert entry.notes == ("the export does not say who handed it in",)
    assert entry.read() == b"submission_1/lab4.py"


def test_submission_that_only_one_of_the_two_has_is_collected(
    gather: Callable[..., list[Entry]],
) -> None:
    """A folder that the metadata doesn't tell of, and one that isn't there."""
    missing, unknown = gather(PLAIN, "submission_2/lab4.py")

    assert (missing.student, unknown.origin.key) == (JANE, "2")
    assert unknown.read() == b"submission_2/lab4.py"
    with pytest.raises(UnreadableSubmissionError, match="not in the export"):
        missing.read()


def test_paper_that_was_scanned_is_answered(gather: Callable[..., list[Entry]]) -> None:
    """Its file lies at the top."""
    (entry,) = gather(PLAIN.replace("submission_1", "77.pdf"), "77.pdf")

    assert (entry.origin.key, entry.student) == ("77", JANE)
    with pytest.raises(UnreadableSubmissionError, match=r"only 77\.pdf"):
        entry.read()


def test_time_that_is_an_object_of_rubys_is_read(gather: Callable[..., list[Entry]]) -> None:
    """Nothing is built of it."""
    time_of = (
        "!ruby/object:ActiveSupport::TimeWithZone\n    utc: 2024-11-05 18:25:53 Z\n    zone: {}"
    )
    (entry,) = gather(PLAIN.replace("2024-11-05 18:25:53 Z", time_of), "submission_1/lab4.py")

    assert entry.origin.submitted_at == "2024-11-05 18:25:53 Z"


@pytest.mark.parametrize(
    "metadata", ["{", "a: [", "- a\n- b\n", "text", b"\xff\xfe\xff", "a: *nowhere\n  b", "\x01"]
)
def test_metadata_that_is_none_is_refused(
    gather: Callable[..., list[Entry]], metadata: str | bytes
) -> None:
    """In a line that names the file."""
    with pytest.raises(UsageError, match=r"submission_metadata\.yml can't be read"):
        gather(metadata, "submission_1/lab4.py")


def test_metadata_that_would_grow_without_end_is_not_expanded(
    gather: Callable[..., list[Entry]],
) -> None:
    """Aliases of aliases, and folds within folds; expanded, this would never come to an end."""
    laughs = ["a0: &a0 [lol, lol]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    deep = "deep: " + "[" * 800 + "]" * 800

    entries = gather("\n".join([*laughs, deep, PLAIN]), "submission_1/lab4.py")

    assert JANE in [entry.student for entry in entries]


def test_metadata_that_is_too_large_is_refused(
    gather: Callable[..., list[Entry]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where most of it is left out."""
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
def test_submitters_are_found_wherever_they_stand(
    gather: Callable[..., list[Entry]], metadata: str
) -> None:
    """In what another submission has, without colons, and with nothing for an id."""
    entry = next(one for one in gather(metadata, "submission_1/lab4.py") if one.origin.key == "1")

    assert entry.student == Student(name="Jane Doe")


def test_submitters_of_its_own_are_not_merged_over(gather: Callable[..., list[Entry]]) -> None:
    """Whatever comes first."""
    metadata = (
        "submission_1: &s\n  :submitters:\n  - :name: Jane Doe\n    :sid: 'null'\n"
        "submission_2:\n  :submitters:\n  - :name: Ben Moe\n  <<: *s\n"
    )
    first, second = gather(metadata, "submission_1/lab4.py", "submission_2/lab4.py")

    assert first.student == Student(name="Jane Doe", id="null")
    assert second.student == Student(name="Ben Moe")
