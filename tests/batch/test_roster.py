"""Rosters as people export them, and the lookup of students in them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch.roster import Roster, fits, make_roster, read_roster
from grader.errors import UsageError
from grader.report.class_model import Student

ANNA = Student(id="1001", name="Anna O'Brien", email="anna@example.edu")
BEN = Student(id="1002", name="Ben Müller", email="ben@example.edu")


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Roster]:
    """Return a function that writes a file and reads it as a roster."""

    def write_and_read(content: str | bytes, encoding: str = "utf-8") -> Roster:
        path = tmp_path / "roster.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return read_roster(path)

    return write_and_read


CONTENT = "id,name,email\n1001,Anna O'Brien,anna@example.edu\n1002,Ben Müller,ben@example.edu\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (CONTENT, "utf-8"),
        (CONTENT, "utf-8-sig"),
        (CONTENT, "utf-16"),
        (CONTENT, "cp1252"),
        (CONTENT.replace(",", ";"), "utf-8"),
        (CONTENT.replace(",", "\t"), "utf-8"),
        (CONTENT.replace("\n", "\r\n"), "utf-8"),
        (CONTENT.replace("id,name,email", "Student ID,Full name,E-mail address"), "utf-8"),
        (CONTENT + "\n,,\n" + CONTENT.splitlines()[1] + "\n", "utf-8"),
    ],
)
def test_roster_is_read_however_it_was_exported(
    read: Callable[..., Roster], content: str, encoding: str
) -> None:
    """Delimiters, encodings, line ends, titles, empty and repeated lines make no difference."""
    assert read(content, encoding).students == (ANNA, BEN)


def test_name_may_be_in_two_columns(read: Callable[..., Roster]) -> None:
    """First and last name may be in separate columns."""
    roster = read("Last Name,First Name,Username\nO'Brien,Anna,1001\n")

    assert roster.students == (Student(id="1001", name="Anna O'Brien"),)


@pytest.mark.parametrize("content", ["", "\n", "a,b\n1,2\n", b"\xff\xfe\x00", b"\x00" * 50])
def test_file_that_is_not_a_roster_is_refused(
    read: Callable[..., Roster], content: str | bytes
) -> None:
    """A file without a column that identifies students is refused."""
    with pytest.raises(UsageError, match="roster"):
        read(content)


def test_roster_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    """A missing file and a folder are refused as rosters."""
    with pytest.raises(UsageError, match="can't read the roster"):
        read_roster(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="can't read the roster"):
        read_roster(tmp_path)


@pytest.mark.parametrize(
    "owner",
    [
        "1001",
        "anna",
        "anna@example.edu",
        "Anna O'Brien",
        "o'brien_anna",
        "OBrien, 1001",
        "lab4_1001",
        "1001-lab4-final (2)",
        "ANNA_O_BRIEN",
    ],
)
def test_owner_is_found_by_id_name_or_address(owner: str) -> None:
    """A student is found by the ways in which students and LMSs name files."""
    assert make_roster([ANNA, BEN]).find(owner) == ANNA


@pytest.mark.parametrize("owner", ["", "lab4", "10011", "Annabel O'Brien", "1001_1002", "2024"])
def test_nobody_is_guessed(owner: str) -> None:
    """No student is found for an unknown name, or one that may mean two students."""
    assert make_roster([ANNA, BEN]).find(owner) is None


def test_students_with_the_same_name_are_distinguished_by_id() -> None:
    """A name that two students share finds neither, but their ids do."""
    twin = Student(id="1003", name=ANNA.name, email="anna2@example.edu")
    roster = make_roster([ANNA, twin])

    assert roster.find("Anna O'Brien") is None
    assert roster.find("1003") == twin


@pytest.mark.parametrize(
    "name", ["Zoë O'Brien", "O'Brien, Zoë", "ZOE\N{COMBINING DIAERESIS} O'Brien"]
)
def test_name_without_separators_is_found(name: str) -> None:
    """A name squashed as Canvas does is found, in whichever order the roster writes it."""
    zoe = Student(id="1", name=name)

    assert make_roster([zoe, BEN]).find("obrienzoë") == zoe


def test_words_of_a_squashed_name_are_rotated_and_not_shuffled() -> None:
    """A squashed name may begin with the last names, but its words can't be mixed."""
    jose = Student(id="1", name="José Luis Núñez García")
    roster = make_roster([jose])

    assert roster.find("núñezgarcíajoséluis") == jose
    assert roster.find("garcíajosénúñezluis") is None


def test_squashed_name_that_fits_two_students_finds_neither() -> None:
    """A squashed name that is another student's name or id too finds nobody."""
    anna_bell = Student(id="1", name="Anna Bell")

    assert make_roster([anna_bell, Student(id="2", name="Bell, Anna")]).find("bellanna") is None
    assert make_roster([anna_bell, Student(id="bellanna", name="X Y")]).find("bellanna") is None
    assert make_roster([anna_bell, BEN]).find("bellanna") == anna_bell


def test_part_of_a_word_is_not_an_id() -> None:
    """Letters before an accented one are not a separate word, so they are not an id."""
    assert make_roster([Student(id="zo", name="X Y")]).find("zoë") is None


def test_owners_that_contradict_each_other_find_nobody() -> None:
    """The id of one student together with the name of another finds nobody."""
    roster = make_roster([ANNA, BEN])

    assert roster.find("1001", "Ben Müller") is None
    assert roster.find("1001", "somebody") == ANNA


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("doejonathan", "Doe, Jon"),
        ("doejon", "Jonathan M. Doe"),
        ("doejon", "Doe, Jon"),
        ("smithjrrobert", "Robert Smith"),
        ("vanderbergludwig", "Ludwig van der Berg"),
        ("nunezgarciajose", "José Núñez García"),
        ("delacruzyortizmaríadelcarmen", "María del Carmen de la Cruz y Ortiz"),
        ("王伟", "王, 伟"),
    ],
)
def test_squashed_name_fits_the_name_it_was_made_from(written: str, name: str) -> None:
    """A squashed name fits a full name if either of them is shortened."""
    assert fits(written, name)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("doejonathan", "Moe, Ben"),
        ("doejonathan", "Doe, Ben"),
        ("poeann", "Absent, Al"),
        ("liuandreas", "An Li"),
        ("williamsandrea", "Li, An"),
        ("", "Doe, Jon"),
        ("doe", ""),
    ],
)
def test_squashed_name_does_not_fit_another_name(written: str, name: str) -> None:
    """A squashed name does not fit a name with similar letters or the same last name."""
    assert not fits(written, name)


def test_name_of_many_equal_words_is_compared_quickly() -> None:
    """Comparing a name of many equal words does not take exponential time."""
    assert not fits("a" * 200 + "b", "aaa " * 40)
