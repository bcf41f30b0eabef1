"""File names of Canvas exports, and names that only resemble them."""

from collections.abc import Callable
from pathlib import Path

import lms_samples as samples
import pytest

from grader.batch.collection import Collection, Entry
from grader.batch.collectors.choose import collect
from grader.batch.roster import make_roster
from grader.errors import UnreadableSubmissionError
from grader.report.class_model import Student


@pytest.fixture
def gather(tmp_path: Path) -> Callable[..., Collection]:
    """Return a function that collects a zip of files with these names, which contain their name."""

    def run(*names: str, source: str | None = None) -> Collection:
        samples.write(tmp_path / "export.zip", {name: name.encode() for name in names})
        return collect([tmp_path / "export.zip"], stem="lab4", out=tmp_path / "out", source=source)

    return run


def of_doe(collection: Collection) -> Entry:
    """Find the entry with the user id 4100."""
    return next(entry for entry in collection.entries if entry.origin.key == "4100")


OTHERS = ("leekim_4001_880001_lab4.py", "nganh_4002_880002_lab4.py")


@pytest.mark.parametrize(
    ("name", "key", "lms_name", "file"),
    [
        ("doejane_4100_880100_2024_12_lab.py", "4100", "doejane", "2024_12_lab.py"),
        ("doe_jane_4100_880100_lab4.py", "4100", "doe_jane", "lab4.py"),
        ("doe_12_4100_880100_lab4.py", "4100", "doe_12", "lab4.py"),
        ("doe_12_LATE_4100_880100_lab4.py", "4100", "doe_12", "lab4.py"),
        ("12345_4100_880100_lab4.py", "4100", "12345", "lab4.py"),
        ("doejane_LATE_4100_880100_late_1.py", "4100", "doejane", "late_1.py"),
        ("late_4100_880100_lab4.py", "4100", "late", "lab4.py"),
        ("doejane_late_4100_880100_lab4.py", "4100", "doejane", "lab4.py"),
        ("_4100_880100_lab4.py", "4100", "", "lab4.py"),
        ("doejane_99_880100_1234_lab.py", "99", "doejane", "1234_lab.py"),
        ("Team_4100_880100_lab4.ipynb", "4100", "Team", "lab4.ipynb"),
    ],
)
def test_name_is_split_into_its_parts(
    gather: Callable[..., Collection], name: str, key: str, lms_name: str, file: str
) -> None:
    """Numbers and underscores in a student's name or a file's name do not confuse the ids."""
    entries = {entry.origin.key: entry for entry in gather(*OTHERS, name).entries}

    assert sorted(entries) == sorted(["4001", "4002", key])
    entry = entries[key]
    assert (entry.origin.name, entry.file, entry.student.id) == (lms_name, file, key)
    assert entry.origin.is_late == ("LATE" in name or "_late_4" in name)
    assert entry.read() == name.encode()


def test_last_upload_with_the_same_name_counts(gather: Callable[..., Collection]) -> None:
    """The last upload is found by the number after the name, then by the attachment id."""
    entries = gather(
        *OTHERS,
        "a_4100_880109_lab4.py",
        "a_4100_880108_lab4-1.py",
        "a_4100_880107_lab4-10.py",
        "a_4100_880106_lab4-9.py",
        "b_4101_880206_lab4.py",
        "b_4101_880207_lab4.py",
    ).entries
    found = {entry.origin.key: entry for entry in entries}

    assert found["4100"].file == "lab4-10.py"
    assert found["4100"].notes == ("lab4-10.py is the newest of 4 uploads with the same name",)
    assert found["4101"].read() == b"b_4101_880207_lab4.py"


def test_number_in_the_expected_name_does_not_count_uploads(tmp_path: Path) -> None:
    """The number in the expected name lab-4 is part of the name, not a count of uploads."""
    names = (*OTHERS, "a_4100_880109_lab-4.py", "a_4100_880108_lab-3.py")
    samples.write(tmp_path / "x.zip", dict.fromkeys(names, b""))

    entries = collect([tmp_path / "x.zip"], stem="lab-4", out=tmp_path / "out").entries

    assert {entry.origin.key: entry.file for entry in entries}["4100"] == "lab-4.py"


def test_expected_name_is_preferred_when_it_was_uploaded_again(
    gather: Callable[..., Collection],
) -> None:
    """A second upload with the expected name is preferred to a newer file with another name."""
    entry = of_doe(
        gather(
            *OTHERS, "a_4100_880101_lab4-1.py", "a_4100_880199_helper.py", "a_4100_880200_plot.png"
        )
    )

    assert entry.file == "lab4-1.py"
    assert entry.notes == ("lab4-1.py was graded, chosen from 2 files that can be graded",)


def test_last_upload_counts_among_files_with_other_names(gather: Callable[..., Collection]) -> None:
    """The number after one file's name does not make it newer than a file with another name."""
    entry = of_doe(gather(*OTHERS, "a_4100_880101_work-9.py", "a_4100_880199_final.py"))

    assert entry.file == "final.py"


def test_web_address_gets_a_report(gather: Callable[..., Collection]) -> None:
    """A web address has an entry whose reason says that it is not a file."""
    entry = of_doe(gather(*OTHERS, "doejane_4100_link.html"))

    with pytest.raises(UnreadableSubmissionError, match="as a web address, not as a file"):
        entry.read()


def test_file_with_another_name_is_skipped_and_listed(gather: Callable[..., Collection]) -> None:
    """A file whose name is not in Canvas's form is listed as skipped if most names are."""
    collection = gather(*OTHERS, "notes.txt", "feedback/x.py")

    assert len(collection.entries) == 2
    assert [one.path for one in collection.skipped] == ["feedback/x.py", "notes.txt"]


@pytest.mark.parametrize(
    "names",
    [
        ("hw_2024_05_anna.py", "hw_2024_05_ben.py"),
        ("hw_2024_05_anna.py", "hw_2024_06_ben.py"),
        ("anna_1_05_x.py", "ben_2_05_x.py"),
        ("hw_1_10_anna.py", "hw_2_11_ben.py", "hw_3_12_cy.py"),
        ("anna_4_1_x.py", "ben_4_2_x.py", "cy_4_3_x.py"),
        ("anna.py", "ben.py", "doejane_4100_880100_lab4.py"),
    ],
)
def test_files_that_only_resemble_an_export_are_one_submission_each(
    gather: Callable[..., Collection], names: tuple[str, ...]
) -> None:
    """If names resemble those of Canvas by chance, every file stays a submission."""
    collection = gather(*names)

    assert sorted(entry.place for entry in collection.entries) == sorted(names)
    assert {entry.origin.system for entry in collection.entries} == {""}


def test_class_of_one_is_collected_if_canvas_is_named(gather: Callable[..., Collection]) -> None:
    """Two files of one student are collected as a Canvas export with --from canvas."""
    names = ("doe_4100_880100_lab4.py", "doe_4100_880101_plot.png")

    assert [one.file for one in gather(*names, source="canvas").entries] == ["lab4.py"]


def test_user_id_is_not_matched_with_another_students_id(
    gather: Callable[..., Collection],
) -> None:
    """Canvas's user id never finds a student with the same id from another system."""
    jane = Student(id="7", name="Jane Doe")
    other = Student(id="4100", name="Somebody Else")
    entry = of_doe(gather(*OTHERS, "doejane_4100_880100_lab4.py"))

    assert make_roster([jane]).find(*entry.owners) == jane
    assert make_roster([other]).find(*entry.owners) is None
    assert make_roster([jane, other]).find(*entry.owners) is None


def keys(collection: Collection) -> dict[str, str]:
    """Map each place to its key."""
    return {entry.place: entry.origin.key for entry in collection.entries}


def numbered(pattern: str, count: int = 4) -> list[str]:
    """Make the file names of a class: ``{n}`` in the pattern is 1, 2, and so on."""
    return [
        pattern.format(
            n=number, user=4400 + number, attachment=90_000 + 7 * number, six=611_304 * number
        )
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize("source", [None, "canvas"])
def test_numbers_of_teams_are_not_taken_for_ids(
    gather: Callable[..., Collection], source: str | None
) -> None:
    """The numbers of teams are distinguished from user ids, though every name has two readings."""
    for name in ("team", "red"):
        found = gather(*numbered(name + "_{n}_{user}_{attachment}_lab4.py"), source=source)

        assert keys(found) == {f"{name}_{n}_{4400 + n}": str(4400 + n) for n in range(1, 5)}


def test_numbers_of_teams_and_dates_are_not_taken_for_ids(
    gather: Callable[..., Collection],
) -> None:
    """Names with a team's number, two ids and a date are read correctly, late ones too."""
    names = numbered("team_{n}_{user}_{attachment}_2024_12_lab4.py", 6)
    names += ["team_7_LATE_4407_90052_2024_12_lab4.py", "team_8_LATE_4408_90053_2024_12_lab4.py"]

    found = keys(gather(*names))

    assert found == {f"team_{n}_{4400 + n}": str(4400 + n) for n in range(1, 9)}


def test_numbers_that_all_files_begin_with_are_not_taken_for_ids(
    gather: Callable[..., Collection],
) -> None:
    """Numbers at the start of every original file name are not taken for ids."""
    for original in ("2024_12_lab4.py", "{six}_lab4.py", "{n}_lab4.py"):
        people = [f"doe{letter}" for letter in "abcd"]
        names = numbered("{{}}_{user}_{attachment}_" + original)
        found = gather(*(name.format(one) for name, one in zip(names, people, strict=True)))

        assert sorted(keys(found).values()) == ["4401", "4402", "4403", "4404"]


OF_MALLORY = "mallory_346_345_67890_lab4.py"
OTHER_PEOPLE = ("roe_346_67891_lab4.py", "poe_350_68000_lab4.py", "moe_351_68001_lab4.py")


@pytest.mark.parametrize("source", [None, "canvas"])
def test_name_that_ends_in_the_id_of_another_takes_nothing_from_them(
    gather: Callable[..., Collection], source: str | None
) -> None:
    """If a name ends in the user id of another student, both keep their own entry and id."""
    found = gather(OF_MALLORY, *OTHER_PEOPLE, source=source)

    assert keys(found) == {
        "mallory_346_345": "345", "roe_346": "346", "poe_350": "350", "moe_351": "351",
    }  # fmt: skip


def test_name_that_ends_in_a_number_is_read_correctly_for_a_text_entry(
    gather: Callable[..., Collection],
) -> None:
    """The page of a text entry is not read as an upload called text.html."""
    found = gather("mallory_346_345_text.html", *OTHER_PEOPLE)

    assert keys(found)["mallory_346_345"] == "345"


@pytest.mark.parametrize("others", [(), ("roe_4000_4100_lab4.py", "poe_4003_4107_lab4.py")])
def test_ambiguous_name_has_an_entry_without_a_student(
    gather: Callable[..., Collection], others: tuple[str, ...]
) -> None:
    """An ambiguous name has its own entry with a note, but no key, student or owners."""
    found = gather("mallory_4000_4004_4105_lab4.py", *others, source="canvas")

    entry = next(one for one in found.entries if "mallory" in one.place)
    assert len(found.entries) == len(others) + 1
    assert (entry.origin.key, entry.student, entry.owners) == ("", Student(), ())
    assert "by hand" in entry.notes[0]
    assert entry.read() == b"mallory_4000_4004_4105_lab4.py"
    assert all(one.origin.key for one in found.entries if one is not entry)


def test_two_people_with_the_same_user_id_stay_two(gather: Callable[..., Collection]) -> None:
    """Two names with the same user id are two entries, and neither has the id as its key."""
    found = gather("a_4100_880100_x.py", "b_4100_880101_x.py", *OTHERS, source="canvas")

    assert keys(found) == {"a_4100": "", "b_4100": "", "leekim_4001": "4001", "nganh_4002": "4002"}


@pytest.mark.parametrize(
    "names",
    [
        ("doejane_4100_880100_lab4.py", "doejane_4100_880101_plot.png"),
        ("leeanna_4100_880100_lab4.py", "leeanna_4101_880101_lab4.py"),
        ("doejane_4100_text.html", "roe_LATE_4101_link.html"),
        ("a_11_901_lab4.py", "b_12_902_lab4.py", "c_13_903_lab4.py"),
    ],
)
def test_very_small_class_is_recognised(
    gather: Callable[..., Collection], names: tuple[str, ...]
) -> None:
    """One student with a picture, two namesakes, pages only, or short ids are recognised."""
    assert {one.origin.system for one in gather(*names).entries} == {"canvas"}


@pytest.mark.parametrize(
    "names",
    [
        ("anna_12_05_lab.py", "ben_13_06_lab.py"),
        ("anna_1_20241105_lab.py", "ben_2_20241106_lab.py"),
        ("anna_1_1105_lab.py", "ben_2_1106_lab.py"),
        ("lab_4_1234567_solution.py", "lab_4_1234568_solution.py"),
    ],
)
def test_dates_and_student_numbers_are_not_taken_for_ids(
    gather: Callable[..., Collection], names: tuple[str, ...]
) -> None:
    """Names with dates or student numbers make no export, so every file is a submission."""
    assert sorted(one.place for one in gather(*names).entries) == sorted(names)


def test_possible_export_gets_a_hint(gather: Callable[..., Collection]) -> None:
    """A zip that may be a Canvas export is listed with a hint at --from canvas."""
    names = ("doejane_12_4567_lab4.py", "doejane_12_4568_helper.py")

    (hint,) = gather(*names).skipped
    (entry,) = gather(*names, source="canvas").entries

    assert (hint.path, "--from canvas" in hint.reason) == ("export.zip", True)
    assert entry.origin.key == "12"


@pytest.mark.parametrize("name", ["Doe, Jon", "Jonathan M. Doe", "Doe, Jonathan"])
def test_user_id_finds_a_student_whose_name_fits(
    gather: Callable[..., Collection], name: str
) -> None:
    """A user id finds the student with this id whose name fits, not their namesake."""
    student = Student(id="4100", name=name)
    entry = of_doe(gather(*OTHERS, "doejonathan_4100_880100_lab4.py"))

    twin = Student(id="4101", name=name)
    assert make_roster([twin, student]).find(*entry.owners) == student


def test_user_id_does_not_find_a_student_with_another_name(
    gather: Callable[..., Collection],
) -> None:
    """A user id that is the school's id of somebody with another name finds nobody."""
    ben, jon = Student(id="4100", name="Moe, Ben"), Student(id="55", name="Doe, Jon")
    entry = of_doe(gather(*OTHERS, "doejonathan_4100_880100_lab4.py"))

    assert make_roster([ben, jon]).find(*entry.owners) is None


def test_number_in_a_name_is_not_an_id(gather: Callable[..., Collection]) -> None:
    """A number in a student's name is not looked up as an id, as students choose names."""
    entry = of_doe(gather(*OTHERS, "doe_55_4100_880100_lab4.py"))

    assert entry.origin.key == "4100"
    assert make_roster([Student(id="55", name="Ben Moe")]).find(*entry.owners) is None


def test_roster_of_ids_alone_is_used_if_it_has_all_user_ids(
    gather: Callable[..., Collection],
) -> None:
    """A roster of ids without names is used only if it has the user ids of the whole class."""
    entry = of_doe(gather(*OTHERS, "doe_4100_880100_lab4.py"))
    students = [Student(id=one) for one in ("4001", "4002", "4100")]

    assert make_roster(students).find(*entry.owners) == students[2]
    assert make_roster(students[1:]).find(*entry.owners) is None
