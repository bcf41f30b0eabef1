"""Rosters as schools and platforms export them: columns, encodings, and who is not expected."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch.collection import Account, LmsName, LmsNumber
from grader.batch.roster import Roster, read_roster
from grader.batch.roster_file import RosterFile, list_titles, read_roster_file
from grader.errors import UsageError
from grader.report.class_model import Student

EVA = Student(id="s1001", name="Eva Diaz", email="e@x.de")
GUS = Student(id="s1002", name="Gus Ford", email="g@x.de")
_WITHOUT_MAIL = (Student(id="s1001", name="Eva Diaz"), Student(id="s1002", name="Gus Ford"))

_BANNER = (
    "Record Number,Student Name,CRN ID,Student E-mail,PID\n"
    '1,"Diaz, Eva",s1001,e@x.de,evad\n2,"Ford, Gus",s1002,g@x.de,gusf\n'
)
_CANVAS_GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Lab 4 (771),Current Score\n"
    ",,,,,Manual Posting,\n"
    "    Points Possible,,,,,10,(read only)\n"
    '"Adams, Ann",5101,s1,aadams,L1,,\n'
    '"Chen, Li",5103,s3,lchen,L1 and L2,,\n'
    '"Student, Test",5113,,abc123,L1,,\n'
)
_CANVAS_PEOPLE = (
    "Name,Login ID,SIS ID,Section,Role\n"
    "Eva Diaz,evad,s1001,A,Student\nGus Ford,gusf,s1002,A,Student\nProf X,profx,p1,A,Teacher\n"
)
_CLASSROOM = (
    '"identifier","github_username","github_id","name"\n'
    '"s1001","evad","11","Eva Diaz"\n"s1003","jmuel","13",""\n"s1004","","",""\n'
)
_GERMAN = (
    "Matrikelnummer;Vorname;Nachname;E-Mail-Adresse\r\n"
    "s1001;Eva;Diaz;e@x.de\r\ns1002;Gus;Ford;g@x.de\r\n"
)
_TUMONLINE = (
    "REGISTRATION_NUMBER;FAMILY_NAME_OF_STUDENT;FIRST_NAME_OF_STUDENT;EMAIL_ADDRESS\n"
    "s1001;Diaz;Eva;e@x.de\ns1002;Ford;Gus;g@x.de\n"
)
_BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\n'
    '"Diaz"\t"Eva"\t"evad"\t"s1001"\t"2026"\t"Yes"\n"Ford"\t"Gus"\t"gusf"\t"s1002"\t""\t"Yes"\n'
    '"User"\t"Preview"\t"profx_previewuser"\t""\t""\t"Yes"\n'
)
_BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n"
    "#s1001,#evad,Diaz,Eva,e@x.de,#\n#s1002,#gusf,Ford,Gus,g@x.de,#\n"
)
_GRADESCOPE = (
    "First Name,Last Name,SID,Email,Role\n"
    "Eva,Diaz,s1001,e@x.de,Student\nGus,Ford,s1002,g@x.de,Student\nPat,X,,p@x.de,Instructor\n"
    "Tim,Y,,t@x.de,TA\n"
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Return a function that writes a roster."""

    def run(content: str | bytes) -> Path:
        path = tmp_path / "roster.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return run


@pytest.fixture
def read(write: Callable[[str | bytes], Path]) -> Callable[[str | bytes], RosterFile]:
    """Return a function that writes a roster and reads its lines."""
    return lambda content: read_roster_file(write(content))


@pytest.fixture
def roster(write: Callable[[str | bytes], Path]) -> Callable[[str | bytes], Roster]:
    """Return a function that writes a roster and reads it for looking students up."""
    return lambda content: read_roster(write(content))


def expected(file: RosterFile) -> tuple[Student, ...]:
    """List the students who should hand in."""
    return tuple(one.student for one in file.people if one.is_expected)


@pytest.mark.parametrize(
    ("content", "students", "unused"),
    [
        pytest.param(_GERMAN, (EVA, GUS), (), id="german"),
        pytest.param(_TUMONLINE, (EVA, GUS), (), id="tumonline"),
        pytest.param(_GRADESCOPE, (EVA, GUS), (), id="gradescope"),
        pytest.param(_BRIGHTSPACE, (EVA, GUS), ("End-of-Line Indicator",), id="brightspace"),
        pytest.param(_CANVAS_PEOPLE, _WITHOUT_MAIL, ("Section",), id="canvas people"),
        pytest.param(_BLACKBOARD, _WITHOUT_MAIL, ("Last Access", "Availability"), id="blackboard"),
        pytest.param(
            _BANNER,
            tuple(
                Student(id=one.id, name=name, email=one.email)
                for one, name in ((EVA, "Diaz, Eva"), (GUS, "Ford, Gus"))
            ),
            ("Record Number",),
            id="banner",
        ),
        pytest.param(
            _CANVAS_GRADEBOOK,
            (Student(id="5101", name="Adams, Ann"), Student(id="5103", name="Chen, Li")),
            ("Section", "Lab 4 (771)", "Current Score"),
            id="canvas gradebook",
        ),
        pytest.param(
            _CLASSROOM,
            (_WITHOUT_MAIL[0], Student(id="s1003"), Student(id="s1004")),
            ("github_id",),
            id="github classroom",
        ),
    ],
)
def test_roster_of_a_platform(
    read: Callable[[str], RosterFile],
    content: str,
    students: tuple[Student, ...],
    unused: tuple[str, ...],
) -> None:
    """Ids, names and addresses are found; the other columns are named; nobody else is expected."""
    file = read(content)

    assert expected(file) == students
    assert file.unused == unused


@pytest.mark.parametrize(
    ("ids", "name", "address", "extra"),
    [
        ("ID", "Vollständiger Name", "E-Mail-Adresse", "Bewertung kann geändert werden"),
        ("Identifiant", "Nom complet", "Adresse de courriel", "La note peut être modifiée"),
        ("Identifier", "Full name", "Email address", "Grade can be changed"),
        ("Идентификатор", "Полное имя", "Адрес электронной почты", "Оценка может быть изменена"),
        ("标识符", "全名", "电子邮件地址", "允许更改成绩"),
    ],
)
def test_worksheet_of_moodle_has_no_ids(
    read: Callable[[str], RosterFile], ids: str, name: str, address: str, extra: str
) -> None:
    """The number in Moodle's worksheet is that of a participant, whatever language it is in."""
    content = f'\ufeff"{ids}","{name}","{address}","{extra}"\n"P 700101","Eva Diaz",e@x.de,"Ja"\n'

    assert expected(read(content)) == (Student(name="Eva Diaz", email="e@x.de"),)


def test_every_id_of_a_line_identifies_its_student(
    roster: Callable[[str], Roster],
) -> None:
    """A login, an account at GitHub or another system's id finds the student like the first id."""
    banner, classroom, canvas = map(roster, (_BANNER, _CLASSROOM, _CANVAS_GRADEBOOK))

    for owner in ("s1001", "evad", "lab4_evad", "Diaz, Eva"):
        found = banner.find(owner)
        assert found is not None
        assert found.id == "s1001"
    assert classroom.find(Account("jmuel")) == Student(id="s1003")
    ann = canvas.students[0]
    assert canvas.find("s1") == canvas.find("aadams") == ann
    assert canvas.find(LmsNumber("5101"), LmsName("adamsann")) == ann
    assert canvas.find(LmsNumber("5101"), LmsName("chenli")) is None


def test_number_of_a_platform_need_not_be_the_first_id(roster: Callable[[str], Roster]) -> None:
    """Namesakes are told apart by the platform's number, in whichever column it is."""
    made = roster("Student ID,User ID,Name\ns1,77,Ann Adams\ns2,78,Ann Adams\n")

    assert made.find(LmsNumber("78"), LmsName("adamsann")) == Student(id="s2", name="Ann Adams")
    assert made.find(LmsNumber("78"), LmsName("bakerbob")) is None


def test_id_that_two_lines_share_identifies_nobody(roster: Callable[[str], Roster]) -> None:
    """If a login of one student is the id of another one, it finds neither."""
    made = roster("Student ID,Username,Name\n1,2,Eva Diaz\n2,gusf,Gus Ford\n")

    assert made.find("2") is None
    assert made.find("gusf") == Student(id="2", name="Gus Ford")


def test_teachers_and_test_students_are_found_but_not_expected(
    roster: Callable[[str], Roster],
) -> None:
    """A teacher who tries it out is named, and is not missing otherwise."""
    people, gradebook = roster(_CANVAS_PEOPLE), roster(_CANVAS_GRADEBOOK)

    assert people.find("p1") == Student(id="p1", name="Prof X")
    assert "Prof X" not in {one.name for one in people.students}
    assert gradebook.find("abc123") == Student(id="5113", name="Student, Test")
    assert gradebook.find("Points Possible") is None


@pytest.mark.parametrize(
    ("role", "is_expected"),
    [
        ("Student", True), ("student", True), ("Étudiant", True), ("", True), ("Auditor", True),
        ("Student, Teacher", True), ("Teacher", False), ("TA", False), ("Grader", False),
        ("Trainer/in", False), ("Non-editing teacher", False), ("Observer", False),
        ("StudentViewEnrollment", False), ("profesor", False),
    ],
)  # fmt: skip
def test_unknown_role_is_that_of_a_student(
    read: Callable[[str], RosterFile], role: str, *, is_expected: bool
) -> None:
    """Only known roles of staff are left out, so that no student is lost."""
    file = read(f'id,role\n1,"{role}"\n2,Student\n')

    assert ("1" in {one.id for one in expected(file)}) is is_expected


@pytest.mark.parametrize(
    "data",
    [
        _GERMAN.encode("utf-8-sig"),
        _GERMAN.encode("utf-16"),
        _GERMAN.encode("utf-16-le"),
        _GERMAN.encode("utf-16-be"),
        _GERMAN.encode("cp1252"),
        _GERMAN.replace(";", "\t").encode("utf-16"),
        _GERMAN.replace(";", "|").encode(),
        _GERMAN.replace("\r\n", "\r").encode(),
        b"sep=;\r\n" + _GERMAN.encode(),
        b"\r\n\r\n" + _GERMAN.encode(),
        b"Teilnehmerliste, Stand: heute\r\n;;;\r\n" + _GERMAN.encode(),
        _GERMAN.replace("Vorname;Nachname", '"Vorname" ; Nachname').encode(),
    ],
)
def test_encodings_delimiters_and_titles(read: Callable[[bytes], RosterFile], data: bytes) -> None:
    """What spreadsheets do to a file makes no difference."""
    assert expected(read(data)) == (EVA, GUS)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Name;Vorname\nDiaz;Eva\n", "Eva Diaz"),
        ("Name;Vorname\nDiaz, Eva;Eva\n", "Diaz, Eva"),
        ("Nom,Prénom\nDiaz,Eva\n", "Eva Diaz"),
        ("学号,姓名,邮箱\n1,张伟,z@x.cn\n", "张伟"),
        ("Nome,Cognome\nEva,Diaz\n", "Eva Diaz"),
        ("Full name,First name,Last name\nEva M. Diaz,Eva,Diaz\n", "Eva M. Diaz"),
        ('Name,id\n"Diaz, Eva ""Evi""",1\n', 'Diaz, Eva "Evi"'),
        ('Name,id\n"Eva\u2028Diaz",1\n', "Eva\u2028Diaz"),
    ],
)
def test_name_is_put_together(read: Callable[[str], RosterFile], content: str, name: str) -> None:
    """A name may be in one column or two, which some languages call like the whole name."""
    assert [one.student.name for one in read(content).people] == [name]


def test_note_for_excel_is_not_the_header(read: Callable[[str], RosterFile]) -> None:
    """A first line like "sep=;" is left out, also before a single column."""
    assert expected(read("sep=;\r\nid\r\ns1001\r\n")) == (Student(id="s1001"),)


def test_login_that_is_an_address_is_the_address(read: Callable[[str], RosterFile]) -> None:
    """Without a column for it, the address is taken from the ids."""
    (student,) = expected(read("SIS Login ID,Student\ne@x.de,Eva Diaz\n"))

    assert student.email == "e@x.de"


def test_student_in_two_sections_is_one(roster: Callable[[str], Roster]) -> None:
    """Lines about the same student are combined, with all ids."""
    made = roster("id,name,login\n1,Eva Diaz,evad\n1,Eva Diaz,eva2\n2,Gus Ford,gusf\n")

    assert len(made.students) == 2
    assert made.find("eva2") == made.find("evad") == made.students[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        ("id,name\n", "lists no students$"),
        ("id,name\n,\n", "lists no students$"),
        ("Name,Role\nProf X,Teacher\n", "only teachers and test students"),
        ("Student,ID\n    Points Possible,\n", "lists no students$"),
        ("Student,ID\n    Mögliche Punkte,\n", "lists no students$"),
        ("学号,姓名\n1,张伟\n".encode("gb18030"), 'it is not in UTF-8: save it as "CSV UTF-8"$'),
        ("s1001;Eva;Diaz\n", "none of these: it has s1001, Eva, Diaz$"),
        (",".join(f"Col {n}" for n in range(12)), "Col 6, Col 7, and 4 more$"),
        ("Name,Login ID\nDiaz, Eva,evad\n", 'line 2 has more cells .* "Last, First" has to be in'),
        (b"\xff\xfe\x00", "can't be used"),
        (b"PK\x03\x04 and so on", "is a workbook; save it as CSV"),
        ("id\n" + "x" * 200_000, "field larger"),
    ],
)
def test_what_is_not_a_roster_is_refused(
    read: Callable[[str | bytes], RosterFile], content: str | bytes, said: str
) -> None:
    """The message says what is wrong with the file, and which columns it has."""
    with pytest.raises(UsageError, match=said):
        read(content)


def test_titles_are_listed_up_to_a_few() -> None:
    """A gradebook with hundreds of columns gives a short message."""
    titles = [f"Lab {number} {'x' * 100}" for number in range(300)]

    assert len(list_titles(titles)) < 600
    assert list_titles(titles).endswith("and 292 more")
