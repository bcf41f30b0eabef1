"""Rosters as people export them, and the lookup of students in them."""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Literal

import pytest

from grader.batch import roster
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


def _made_of_in_any_way(whole: str, words: tuple[str, ...], *, has_whole: bool = False) -> bool:
    """Try every way to compose a text of beginnings of words: the same answer, but slowly."""
    if not whole:
        return has_whole
    return any(
        whole.startswith(word[:end])
        and _made_of_in_any_way(
            whole[end:],
            (*words[:place], *words[place + 1 :]),
            has_whole=has_whole or end == len(word) >= 2,
        )
        for place, word in enumerate(words)
        for end in range(1, len(word) + 1)
    )


def test_composing_a_name_gives_the_same_answer_as_trying_every_way() -> None:
    """The bounded search finds exactly what trying all beginnings of all words finds."""
    random = Random(7)  # noqa: S311 - not for secrets

    def draw(length: int) -> str:
        return "".join(random.choices("ab", k=random.randint(1, length)))

    found = set()
    for _ in range(2000):
        words = tuple(draw(4) for _ in range(random.randint(1, 4)))
        whole = draw(9)
        answer = roster._is_made_of(whole, words)
        assert answer == _made_of_in_any_way(whole, words), (whole, words)
        found.add(answer)
    assert found == {True, False}


def test_long_real_name_is_still_matched() -> None:
    """A name of twelve words and its short form fit each other."""
    name = "Pablo Diego José Francisco de Paula Juan Nepomuceno María de los Remedios"
    whole = "".join(name.split())

    assert fits(whole, name)
    assert fits("PabloDiegoJoséFrdePaulaJNepMaríadelosRemedios", name)
    assert not fits("PabloDiegoJoséFrdePaulaXNepMaríadelosRemedios", name)


def test_names_of_many_words_that_begin_alike_are_in_doubt() -> None:
    """Composing a name ends after a fixed number of steps, and then nobody is matched."""
    words = " ".join("a" * length for length in range(10, 17))

    assert fits("a" * 10 + "a" * 3, " ".join(["a" * 10, "a" * 4]))
    assert not fits("a" * 60, words)  # it could be composed, in more ways than can be tried
    assert not fits("a" * 60 + "b", words)


def test_lookup_does_not_look_at_everybody_who_shares_a_name() -> None:
    """An index keeps at most two students for each word: enough to know that it is ambiguous."""
    namesakes = [Student(id=str(number), name="Kim Lee") for number in range(500)]

    made = make_roster(namesakes)

    assert made.find("Kim Lee") is None
    assert made.find("17") == namesakes[17]
    assert max(map(len, made._by_word.values())) == 2
    assert max(map(len, made._by_letters.values())) == 2


def test_name_of_very_many_words_is_indexed_in_linear_space() -> None:
    """Rotations are made for a name that a person can have, and not for 10,000 words."""
    made = make_roster([Student(id="1", name="a b " * 500)])

    assert sum(map(len, made._by_letters)) <= 1000


def test_row_of_accents_is_not_normalized() -> None:
    """Text that is too long for a name is compared as it is, as normalizing it takes too long."""
    accents = "a" + "\u0301" * 2000 + "\u0316" * 2000

    with pytest.MonkeyPatch.context() as patch:
        lengths: list[int] = []
        real = unicodedata.normalize

        def measure(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
            lengths.append(len(text))
            return real(form, text)

        patch.setattr(unicodedata, "normalize", measure)
        made = make_roster([Student(id="1", name=accents)])

        assert made.find(accents) is not None
    assert max(lengths, default=0) <= 1000
