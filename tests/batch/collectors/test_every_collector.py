"""Nobody is lost in any export: each student has an entry with the right key and bytes."""

import functools
import random
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import IO

import lms_samples as samples
import pytest
from lms_samples import Expected

from grader.batch.collection import Collection, Entry
from grader.batch.collectors import choose
from grader.batch.collectors.choose import collect
from grader.batch.collectors.registry import COLLECTORS
from grader.batch.roster import make_roster
from grader.errors import UnreadableSubmissionError, UsageError
from grader.report.collector_name import CollectorName

SHAPES: dict[str, tuple[str, Callable[[Path], list[Expected]]]] = {
    "canvas": ("canvas", samples.make_canvas),
    "canvas in a folder": ("canvas", functools.partial(samples.make_canvas, top="submissions/")),
    "canvas anonymous": ("canvas", functools.partial(samples.make_canvas, is_anonymous=True)),
    "moodle": ("moodle", samples.make_moodle),
    "moodle before 3.1": ("moodle", functools.partial(samples.make_moodle, ending="_")),
    "moodle flat": ("moodle", functools.partial(samples.make_moodle, is_flat=True)),
    "moodle blind": ("moodle", functools.partial(samples.make_moodle, is_blind=True)),
    "moodle teams": ("moodle", functools.partial(samples.make_moodle, are_teams=True)),
    "moodle user names": ("moodle", functools.partial(samples.make_moodle, has_usernames=True)),
    "gradescope": ("gradescope", samples.make_gradescope),
    "gradescope bare": ("gradescope", functools.partial(samples.make_gradescope, top="")),
    "github": ("github-classroom", samples.make_github),
}


def gather(path: Path, **options: str) -> Collection:
    """Collect one path, as `grader batch` does."""
    return collect([path], stem="lab4", out=path.parent / "out", **options)


def content_of(entry: Entry) -> bytes | None:
    """Return the bytes of an entry, or None if it can't be graded."""
    try:
        return entry.read()
    except UnreadableSubmissionError:
        return None


def check(collection: Collection, truth: list[Expected]) -> None:
    """Assert that exactly the expected submissions were collected, each with all its facts."""
    found = {entry.origin.key: entry for entry in collection.entries}
    assert sorted(found) == sorted(one.key for one in truth)
    assert len(collection.entries) == len(truth)
    assert len({entry.place for entry in collection.entries}) == len(truth)
    for one in truth:
        entry = found[one.key]
        assert (entry.file, entry.origin.name) == (one.file, one.name)
        assert entry.origin.is_late == one.is_late
        assert content_of(entry) == one.content
        if one.content is None:
            with pytest.raises(UnreadableSubmissionError) as caught:
                entry.read()
            assert one.reason in caught.value.reason


@pytest.mark.parametrize("kind", [".zip", ""])
@pytest.mark.parametrize("shape", SHAPES)
def test_export_is_recognised_and_nobody_is_lost(tmp_path: Path, shape: str, kind: str) -> None:
    """An export is recognised as a zip and as a folder; naming its collector changes nothing."""
    system, make = SHAPES[shape]
    path = tmp_path / f"export{kind}"
    truth = make(path)

    collection = gather(path)

    assert {entry.origin.system for entry in collection.entries} == {system}
    check(collection, truth)
    assert not collection.skipped or "git" in system
    named = gather(path, source=system)
    assert [one.place for one in named.entries] == [one.place for one in collection.entries]


@pytest.mark.parametrize("shape", ["canvas", "moodle", "moodle user names", "gradescope", "github"])
def test_everybody_is_found_on_the_roster_and_nobody_for_another(
    tmp_path: Path, shape: str
) -> None:
    """Every student is found on the roster, except namesakes without an id of the school."""
    path = tmp_path / "export.zip"
    truth = {one.key: one for one in SHAPES[shape][1](path)}
    roster = make_roster(samples.students())
    twins = {
        name for name, count in Counter(one.name for one in roster.students).items() if count > 1
    }

    for entry in gather(path).entries:
        people = entry.members or (entry.student,)
        if entry.members:
            found = tuple(roster.find(one.id, one.email, one.name) for one in people)
        else:
            found = (roster.find(*entry.owners),)

        expected = truth[entry.origin.key].people
        if shape in ("canvas", "moodle") and expected[0].name in twins:
            assert found == (None,)
        else:
            assert found == expected


def test_no_export_is_accepted_as_that_of_another_system(tmp_path: Path) -> None:
    """An export is refused if the collector of another system is named."""
    for shape, (system, make) in SHAPES.items():
        path = tmp_path / f"{shape}.zip"
        make(path)
        for other in samples.MAKERS:
            if other != system:
                with pytest.raises(UsageError, match=f"found no {other} export in .*{shape}"):
                    gather(path, source=other)


@pytest.mark.parametrize("top", ["", "submissions/"])
def test_plain_archive_is_collected_with_and_without_a_folder(tmp_path: Path, top: str) -> None:
    """A plain zip is collected in the same way if it has a single folder around everything."""
    truth = samples.make_plain(tmp_path / "class.zip", top=top)

    collection = gather(tmp_path / "class.zip")

    found = {entry.owners[0]: entry for entry in collection.entries}
    assert sorted(found) == sorted(one.key for one in truth)
    for one in truth:
        assert found[one.key].file == one.file
        assert content_of(found[one.key]) == one.content
    assert {entry.origin.system for entry in collection.entries} == {""}


def test_folder_and_archive_of_a_class_give_equal_entries(tmp_path: Path) -> None:
    """A folder and a zip of it give equal places, files, owners, notes and bytes."""
    samples.make_plain(tmp_path / "class.zip")
    samples.make_plain(tmp_path / "class")

    def facts(path: Path) -> list[tuple[object, ...]]:
        entries = sorted(gather(path).entries, key=lambda entry: entry.place)
        return [(one.place, one.file, one.owners, one.notes, content_of(one)) for one in entries]

    assert facts(tmp_path / "class.zip") == facts(tmp_path / "class")


def test_pattern_collects_the_newest_attempts(tmp_path: Path) -> None:
    """A pattern with a timestamp, as for nbgrader, collects everybody's newest attempt."""
    truth = samples.make_pattern(tmp_path / "export.zip")

    collection = gather(tmp_path / "export.zip", pattern=samples.PATTERN)

    check(collection, truth)
    assert {entry.origin.system for entry in collection.entries} == {"pattern"}


def test_collecting_reads_no_submission_except_zips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Collecting reads only zips inside an export, and leaves all other files unread."""
    samples.make_canvas(tmp_path / "export.zip")
    read: list[str] = []
    really_open = zipfile.ZipFile.open

    def record(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
        read.append(info.filename.rpartition("_")[2])
        return really_open(archive, info)

    monkeypatch.setattr("zipfile.ZipFile.open", record)

    gather(tmp_path / "export.zip")

    assert sorted(read) == ["lab4.zip", "work.zip"]


def test_paths_of_several_kinds_are_one_class(tmp_path: Path) -> None:
    """Exports of several systems and a single file are one class with unique places."""
    paths = [tmp_path / "canvas.zip", tmp_path / "b" / "canvas.zip", tmp_path / "moodle"]
    count = len(samples.make_canvas(paths[0])) + len(samples.make_canvas(paths[1]))
    count += len(samples.make_moodle(paths[2]))
    (tmp_path / "lab4.py").write_bytes(samples.source_of(1))

    collection = collect([*paths, tmp_path / "lab4.py"], stem="lab4", out=tmp_path / "out")

    assert len({entry.place for entry in collection.entries}) == count + 1
    assert Counter(entry.origin.system for entry in collection.entries) == {
        "canvas": 72, "moodle": 36, "": 1,
    }  # fmt: skip


def test_equal_places_are_made_unique(tmp_path: Path) -> None:
    """Entries with equal places get different ones, whatever ids a pattern finds."""
    for path in (tmp_path / "a_b.py", tmp_path / "a" / "_b.py", tmp_path / "a" / "c_b.py"):
        samples.write(path.parent, {path.name: path.name.encode()})

    collection = collect(
        [tmp_path / "a_b.py", tmp_path / "a"],
        stem="lab4",
        out=tmp_path / "out",
        pattern=r"(?:c_)?(?P<student_id>[a_]*b)",
    )
    places = [entry.place for entry in collection.entries]
    double = list(choose._unique(iter([*collection.entries, *collection.entries])))

    assert places == ["a_b", "a/_b", "a/b"]
    assert len({entry.place for entry in double}) == 6


def test_files_that_a_shell_named_one_by_one_are_collected_together(tmp_path: Path) -> None:
    """With a named collector, files given one by one are collected together."""
    truth = samples.make_canvas(tmp_path / "export")
    paths = sorted((tmp_path / "export").iterdir())
    random.Random(1).shuffle(paths)  # noqa: S311 - no secret

    collection = collect(paths, stem="lab4", out=tmp_path / "out", source="canvas")

    check(collection, truth)


def test_archive_that_was_given_among_files_is_one_students(tmp_path: Path) -> None:
    """A zip given next to single files is one student's, identified by its name."""
    solution = {"work/lab4.py": samples.source_of(2)}
    samples.write(tmp_path, {"anna.py": b"1", "ben.zip": samples.zipped(solution)})

    collection = collect(sorted(tmp_path.iterdir()), stem="lab4", out=tmp_path / "out")

    assert [(one.place, one.owners) for one in collection.entries] == [
        ("anna.py", ("anna",)),
        ("ben.zip", ("ben",)),
    ]
    assert collection.entries[1].read() == samples.source_of(2)


def test_results_in_the_folder_are_not_submissions(tmp_path: Path) -> None:
    """A folder for results inside the folder of an export is left out."""
    truth = samples.make_moodle(tmp_path / "class")
    samples.write(tmp_path / "class" / "out", {"reports/x_1_assignsubmission_file/x.py": b""})

    collection = collect([tmp_path / "class"], stem="lab4", out=tmp_path / "class" / "out")

    check(collection, truth)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"source": "blackboard"},
            'unknown collector "blackboard"; known collectors: canvas, folder, ',
        ),
        (
            {"source": "canvas", "pattern": "(?P<student_id>.)"},
            "can't be combined with --from canvas",
        ),
        ({"source": "pattern"}, "--pattern"),
        ({"pattern": "("}, "not a regular expression"),
        ({"pattern": "(?P<student>.)"}, "student_id"),
        ({"pattern": "(?P<student_id>nobody)"}, "has a path that matches the pattern"),
    ],
)
def test_unusable_options_are_refused(
    tmp_path: Path, options: dict[str, str], message: str
) -> None:
    """Unusable collectors and patterns are refused with a message that names the problem."""
    samples.make_plain(tmp_path / "class.zip")

    with pytest.raises(UsageError, match=message):
        gather(tmp_path / "class.zip", **options)


def test_thousand_students_are_collected_in_constant_memory(tmp_path: Path) -> None:
    """Reading 100 MB of submissions one by one takes no more memory than collecting them."""
    path = tmp_path / "export.zip"
    notebook = bytes(random.Random(1).randbytes(1000)) * 100  # noqa: S311 - no secret
    files = {
        f"name{number}_{10_000 + number}_{500_000 + number}_lab4.ipynb": notebook
        for number in range(1000)
    }
    samples.write(path, files)

    tracemalloc.start()
    collection = gather(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    for entry in collection.entries:
        assert len(entry.read()) == len(notebook)
    _, whole_peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(collection.entries) == 1000
    assert whole_peak_bytes < peak_bytes + 2 * 2**20
    assert peak_bytes < 16 * 2**20


def test_every_collector_has_a_name() -> None:
    """Each collector has a name, which the command's help lists without importing it."""
    layouts = {CollectorName.FOLDER, CollectorName.PATTERN}
    assert set(CollectorName) == COLLECTORS.keys() | layouts
