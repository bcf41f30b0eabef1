"""Names that Canvas gives, and those that only look so."""

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
    """Collect files of these names, which hold their own name."""

    def run(*names: str, source: str | None = None) -> Collection:
        samples.write(tmp_path / "export.zip", {name: name.encode() for name in names})
        return collect([tmp_path / "export.zip"], stem="lab4", out=tmp_path / "out", source=source)

    return run


def of_doe(collection: Collection) -> Entry:
    """Find the entry of the user that the tests are about."""
    return next(entry for entry in collection.entries if entry.origin.key == "4100")


OTHERS = ("leekim_4001_880001_lab4.py", "nganh_4002_880002_lab4.py")


@pytest.mark.parametrize(
    ("name", "key", "said", "file"),
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
def test_name_is_taken_apart(
    gather: Callable[..., Collection], name: str, key: str, said: str, file: str
) -> None:
    """Whatever numbers and underscores are in a person's or a file's own."""
    entries = {entry.origin.key: entry for entry in gather(*OTHERS, name).entries}

    assert sorted(entries) == sorted(["4001", "4002", key])
    entry = entries[key]
    assert (entry.origin.name, entry.file, entry.student.id) == (said, file, key)
    assert entry.origin.is_late == ("LATE" in name or "_late_4" in name)
    assert entry.read() == name.encode()


def test_last_upload_of_a_name_counts(gather: Callable[..., Collection]) -> None:
    """By the number behind the name, then by the attachment's; with a note."""
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
    assert found["4100"].notes == ("lab4-10.py is the newest of 4 uploads of one name",)
    assert found["4101"].read() == b"b_4101_880207_lab4.py"


def test_number_in_the_name_that_was_asked_for_is_no_count(tmp_path: Path) -> None:
    """The lab is called lab-4."""
    names = (*OTHERS, "a_4100_880109_lab-4.py", "a_4100_880108_lab-3.py")
    samples.write(tmp_path / "x.zip", dict.fromkeys(names, b""))

    entries = collect([tmp_path / "x.zip"], stem="lab-4", out=tmp_path / "out").entries

    assert {entry.origin.key: entry.file for entry in entries}["4100"] == "lab-4.py"


def test_name_that_was_asked_for_is_preferred_also_when_it_came_again(
    gather: Callable[..., Collection],
) -> None:
    """To a newer file that is called something else."""
    entry = of_doe(
        gather(
            *OTHERS, "a_4100_880101_lab4-1.py", "a_4100_880199_helper.py", "a_4100_880200_plot.png"
        )
    )

    assert entry.file == "lab4-1.py"
    assert entry.notes == ("lab4-1.py was graded, of 2 files that could be",)


def test_last_upload_counts_of_files_of_several_names(gather: Callable[..., Collection]) -> None:
    """What stands behind the name of one says nothing about another."""
    entry = of_doe(gather(*OTHERS, "a_4100_880101_work-9.py", "a_4100_880199_final.py"))

    assert entry.file == "final.py"


def test_web_address_is_answered(gather: Callable[..., Collection]) -> None:
    """As what it is."""
    entry = of_doe(gather(*OTHERS, "doejane_4100_link.html"))

    with pytest.raises(UnreadableSubmissionError, match="as a web address, not as a file"):
        entry.read()


def test_file_of_another_name_is_skipped_and_said(gather: Callable[..., Collection]) -> None:
    """If most are as they should be."""
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
def test_files_that_only_look_so_are_one_for_each(
    gather: Callable[..., Collection], names: tuple[str, ...]
) -> None:
    """Nobody's is taken for another's second file."""
    collection = gather(*names)

    assert sorted(entry.place for entry in collection.entries) == sorted(names)
    assert {entry.origin.system for entry in collection.entries} == {""}


def test_class_of_one_is_collected_where_it_is_named(gather: Callable[..., Collection]) -> None:
    """Its shape says too little by itself."""
    names = ("doe_4100_880100_lab4.py", "doe_4100_880101_plot.png")

    assert [one.file for one in gather(*names, source="canvas").entries] == ["lab4.py"]


def test_user_number_is_not_taken_for_another_students_id(
    gather: Callable[..., Collection],
) -> None:
    """The roster may have the numbers of another system."""
    jane = Student(id="7", name="Jane Doe")
    other = Student(id="4100", name="Somebody Else")
    entry = of_doe(gather(*OTHERS, "doejane_4100_880100_lab4.py"))

    assert make_roster([jane]).find(*entry.owners) == jane
    assert make_roster([other]).find(*entry.owners) is None
    assert make_roster([jane, other]).find(*entry.owners) is None


def keys(collection: Collection) -> dict[str, str]:
    """List the key of each place."""
    return {entry.place: entry.origin.key for entry in collection.entries}


def numbered(pattern: str, count: int = 4) -> list[str]:
    """Make names of a class: ``{n}`` in them is 1, 2, and so on."""
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
    """Though every name can be read in two ways."""
    for name in ("team", "red"):
        found = gather(*numbered(name + "_{n}_{user}_{attachment}_lab4.py"), source=source)

        assert keys(found) == {f"{name}_{n}_{4400 + n}": str(4400 + n) for n in range(1, 5)}


def test_teams_are_told_from_dates_in_the_names_of_their_files(
    gather: Callable[..., Collection],
) -> None:
    """Though there are three numbers too many, and some are late."""
    names = numbered("team_{n}_{user}_{attachment}_2024_12_lab4.py", 6)
    names += ["team_7_LATE_4407_90052_2024_12_lab4.py", "team_8_LATE_4408_90053_2024_12_lab4.py"]

    found = keys(gather(*names))

    assert found == {f"team_{n}_{4400 + n}": str(4400 + n) for n in range(1, 9)}


def test_numbers_that_all_files_begin_with_are_not_taken_for_ids(
    gather: Callable[..., Collection],
) -> None:
    """The same for all, as a date, or each student's own."""
    for original in ("2024_12_lab4.py", "{six}_lab4.py", "{n}_lab4.py"):
        people = [f"doe{letter}" for letter in "abcd"]
        names = numbered("{{}}_{user}_{attachment}_" + original)
        found = gather(*(name.format(one) for name, one in zip(names, people, strict=True)))

        assert sorted(keys(found).values()) == ["4401", "4402", "4403", "4404"]


OF_MALLORY = "mallory_346_345_67890_lab4.py"
OTHER_PEOPLE = ("roe_346_67891_lab4.py", "poe_350_68000_lab4.py", "moe_351_68001_lab4.py")


@pytest.mark.parametrize("source", [None, "canvas"])
def test_name_that_ends_in_somebody_elses_number_is_not_theirs(
    gather: Callable[..., Collection], source: str | None
) -> None:
    """All keep their work and their ids."""
    found = gather(OF_MALLORY, *OTHER_PEOPLE, source=source)

    assert keys(found) == {
        "mallory_346_345": "345", "roe_346": "346", "poe_350": "350", "moe_351": "351",
    }  # fmt: skip


def test_name_that_ends_in_a_number_is_read_alike_where_a_text_was_handed_in(
    gather: Callable[..., Collection],
) -> None:
    """What could be an upload that was called text.html is none."""
    found = gather("mallory_346_345_text.html", *OTHER_PEOPLE)

    assert keys(found)["mallory_346_345"] == "345"


@pytest.mark.parametrize("others", [(), ("roe_4000_4100_lab4.py", "poe_4003_4107_lab4.py")])
def test_name_that_can_not_be_read_for_certain_is_nobodys(
    gather: Callable[..., Collection], others: tuple[str, ...]
) -> None:
    """An entry of its own with a note, without a key that could be somebody else's."""
    found = gather("mallory_4000_4004_4105_lab4.py", *others, source="canvas")

    entry = next(one for one in found.entries if "mallory" in one.place)
    assert len(found.entries) == len(others) + 1
    assert (entry.origin.key, entry.student, entry.owners) == ("", Student(), ())
    assert "by hand" in entry.notes[0]
    assert entry.read() == b"mallory_4000_4004_4105_lab4.py"
    assert all(one.origin.key for one in found.entries if one is not entry)


def test_two_people_of_one_number_are_not_made_one(gather: Callable[..., Collection]) -> None:
    """Whichever of them has it."""
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
    """One student with a picture, two of one name, no files at all, a new server."""
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
def test_days_and_numbers_of_students_are_not_taken_for_ids(
    gather: Callable[..., Collection], names: tuple[str, ...]
) -> None:
    """Each file is an entry, as nobody must be lost."""
    assert sorted(one.place for one in gather(*names).entries) == sorted(names)


def test_what_may_be_an_export_is_said(gather: Callable[..., Collection]) -> None:
    """With what to do if it is one."""
    names = ("doejane_12_4567_lab4.py", "doejane_12_4568_helper.py")

    (hint,) = gather(*names).skipped
    (entry,) = gather(*names, source="canvas").entries

    assert (hint.path, "--from canvas" in hint.reason) == ("export.zip", True)
    assert entry.origin.key == "12"


@pytest.mark.parametrize("name", ["Doe, Jon", "Jonathan M. Doe", "Doe, Jonathan"])
def test_number_means_a_student_whose_name_fits(
    gather: Callable[..., Collection], name: str
) -> None:
    """As where the roster's ids are those of Canvas; also of two people of one name."""
    student = Student(id="4100", name=name)
    entry = of_doe(gather(*OTHERS, "doejonathan_4100_880100_lab4.py"))

    twin = Student(id="4101", name=name)
    assert make_roster([twin, student]).find(*entry.owners) == student


def test_number_is_not_taken_where_the_name_speaks_against_it(
    gather: Callable[..., Collection],
) -> None:
    """It is somebody else's id at school."""
    ben, jon = Student(id="4100", name="Moe, Ben"), Student(id="55", name="Doe, Jon")
    entry = of_doe(gather(*OTHERS, "doejonathan_4100_880100_lab4.py"))

    assert make_roster([ben, jon]).find(*entry.owners) is None


def test_number_in_a_name_is_no_id(gather: Callable[..., Collection]) -> None:
    """People may call themselves what they like."""
    entry = of_doe(gather(*OTHERS, "doe_55_4100_880100_lab4.py"))

    assert entry.origin.key == "4100"
    assert make_roster([Student(id="55", name="Ben Moe")]).find(*entry.owners) is None


def test_numbers_are_ids_without_names_if_all_are_there(
    gather: Callable[..., Collection],
) -> None:
    """A roster of ids alone has the ids of Canvas, or it hasn't."""
    entry = of_doe(gather(*OTHERS, "doe_4100_880100_lab4.py"))
    students = [Student(id=one) for one in ("4001", "4002", "4100")]

    assert make_roster(students).find(*entry.owners) == students[2]
    assert make_roster(students[1:]).find(*entry.owners) is None
