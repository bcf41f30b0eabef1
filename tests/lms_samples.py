"""Samples of LMS exports, each with the submissions that must be collected from it.

Each ``make_...`` function writes a class of 36, with names and files as awkward as real ones, as a
zip if the path ends in ``.zip``, else as a folder. It returns the expected submissions. The samples
are the same on every run.
"""

import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.report.class_model import Student

FIRST_USER, FIRST_ATTACHMENT = 4100, 880_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One submission that must be collected.

    Attributes:
        key: What identifies it in the LMS's own files.
        name: The name of the student or team, as the export writes it.
        people: The students, as a roster would list them.
        file: The name of the file that is graded, as the student called it.
        content: The bytes that are graded; None if nothing can be graded.
        reason: A part of the reason why nothing can be graded.
        is_late: Whether the export marks it as late.
    """

    key: str
    name: str
    people: tuple[Student, ...]
    file: str = ""
    content: bytes | None = None
    reason: str = ""
    is_late: bool = False


# First and last names, with composed and decomposed accents, namesakes, other scripts and digits.
PEOPLE: tuple[tuple[str, str], ...] = (
    ("Anna", "Müller"),
    ("Zoë", "O'Brien"),
    ("José", unicodedata.normalize("NFD", "Núñez García")),
    ("Jean-Luc", "D\N{RIGHT SINGLE QUOTATION MARK}Arcy-Smith"),
    ("Kim", "Lee"),
    ("Kim", "Lee"),
    ("伟", "王"),
    ("يوسف", "الحسن"),
    ("שרה", "כהן"),
    ("Søren", "Ødegård"),
    ("Robert", "Smith, Jr."),
    ("X Æ A-12", "Musk3"),
    ("Nguyễn Thị", unicodedata.normalize("NFD", "Minh Khuê")),
    ("Ludwig", "van der Berg"),
    ("अनिल", "कुमार"),
    ("Ἀλέξανδρος", "Παπαδόπουλος"),
    ("Дмитрий", "Щербаков"),
    ("İpek", "Y\N{LATIN SMALL LETTER DOTLESS I}ld\N{LATIN SMALL LETTER DOTLESS I}z"),
    ("Ann", "Late"),
    ("Mary_Jane", "Watson_2"),
    ("Li", "Li"),
    ("Straße", "Weiß"),
    ("Teller", ""),
    ("김", "민준"),
    ("さくら", "田中"),
    ("O", "Ng"),
    ("Ben (he)", "Ali"),
    ("Eve & Co", "=1+1"),
    ("Anon", "Participant"),
    ("María del Carmen", "de la Cruz y Ortiz"),
    ("Björk", "Guðmundsdóttir"),
    ("Łukasz", "Żółć"),
    ("Ștefan", "Țurcanu"),
    ("T.J.", "Mc.Donald"),
    ("Maximilian-Alexander Friedrich Wilhelm", "Schulze-Hohenstein zu Westerburg"),
    ("Ann", "Other"),
)


def source_of(number: int) -> bytes:
    """Return the solution of one student, which no other student has."""
    return f"def mse(y_hat, y):\n    return {number}\n".encode()


def _notebook(number: int) -> bytes:
    cell: dict[str, object] = {
        "cell_type": "code",
        "source": source_of(number).decode(),
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}
    return json.dumps(content).encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files, as bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def write(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files as a zip or into a folder; a path that ends in "/" makes an empty folder."""
    if path.suffix == ".zip":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zipped(files))
        return
    for name, content in files.items():
        target = path / name
        if name.endswith("/"):
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


@dataclass(frozen=True, slots=True, kw_only=True)
class _HandIn:
    """What one student hands in: files by name, and which of them should be graded."""

    files: tuple[tuple[str, bytes], ...] = ()
    file: str = ""
    content: bytes | None = None
    reason: str = ""
    is_late: bool = False
    is_text: bool = False


def _one(name: str, content: bytes, *more: tuple[str, bytes], is_late: bool = False) -> _HandIn:
    files = ((name, content), *more)
    return _HandIn(files=files, file=name, content=content, is_late=is_late)


def hand_in(number: int) -> _HandIn:
    """Return what the student with this number hands in."""
    source, picture = source_of(number), b"\x89PNG" * 100
    kinds: dict[int, _HandIn] = {
        1: _one("lab4.ipynb", _notebook(number), ("plot.png", picture)),
        3: _one("lab4.py", source, is_late=True),
        4: _HandIn(is_text=True, reason="not as a file"),
        6: _HandIn(files=(("report.pdf", b"%PDF"),), file="report.pdf", reason="report.pdf"),
        7: _HandIn(
            files=(("work.zip", zipped({"work/lab4.py": source, "work/data.csv": b"1,2"})),),
            file="lab4.py",
            content=source,
        ),
        8: _one("lab4.py", source, ("helper.py", b"# helper"), ("data.csv", b"1,2")),
        9: _one("2024_12_my_solution.py", source),
        10: _one("Übung 4 (final).ipynb", _notebook(number)),
        11: _one(unicodedata.normalize("NFD", "Lösung.py"), source),
        13: _HandIn(
            files=(("lab4.docx", b"PK"), ("lab4.txt", source)), file="lab4.docx", reason="lab4.docx"
        ),
        14: _one("LAB4.PY", source),
        15: _HandIn(files=(("lab4.zip", b"not a zip"),), file="lab4.zip", reason="lab4.zip"),
        19: _one("my_lab4.py", source, ("other.py", b"# other"), is_late=True),
    }
    return kinds.get(number, _one("lab4.py", source))


def students() -> list[Student]:
    """List the class as a roster would."""
    return [
        Student(id=f"s{7000 + number}", name=f"{first} {last}".strip(), email=f"a{number}@x.edu")
        for number, (first, last) in enumerate(PEOPLE)
    ]


def _expected(
    handed: _HandIn,
    *,
    key: str,
    name: str,
    people: Sequence[Student],
    file: str = "",
    is_late: bool = False,
) -> Expected:
    return Expected(
        key=key,
        name=name,
        people=tuple(people),
        file=file or handed.file,
        content=handed.content,
        reason=handed.reason,
        is_late=is_late,
    )


def canvas_name(first: str, last: str) -> str:
    """Squash a name as Canvas does: the sortable form in lower case, word characters only.

    This follows Ruby's rule, which keeps combining marks as word characters; Python's does not.
    """
    sortable = f"{last}, {first}" if last else first
    kept = ("L", "M", "Nd", "Pc")
    return "".join(one for one in sortable.lower() if unicodedata.category(one).startswith(kept))


def make_canvas(path: Path, *, is_anonymous: bool = False, top: str = "") -> list[Expected]:
    """Write a Canvas export; student 5 has uploaded a file with the same name three times."""
    files: dict[str, bytes] = {}
    truth = []
    attachment = FIRST_ATTACHMENT
    for number, (student, person) in enumerate(zip(students(), PEOPLE, strict=True)):
        handed = hand_in(number)
        user, name = str(FIRST_USER + number), canvas_name(*person)
        late = ["LATE"] if handed.is_late else []
        if is_anonymous:
            user, name = f"aB{number:03}", ""
            prefix = "_".join([*late, "anon", user])
        else:
            prefix = "_".join([name, *late, user])
        if handed.is_text:
            files[f"{top}{prefix}_text.html"] = b"<p>mse = ...</p>"
        uploads = list(handed.files)
        graded = ""
        if number == 5:
            # Where files were copied, a later upload may have a lower attachment id.
            uploads = [
                ("lab4-2.py", handed.content or b""),
                ("lab4.py", b"#1"),
                ("lab4-1.py", b"#2"),
            ]
            graded = "lab4-2.py"
        for file, content in uploads:
            attachment += 7
            files[f"{top}{prefix}_{attachment}_{file}"] = content
        file = graded or handed.file or f"{prefix}_text.html"
        one = _expected(handed, key=user, name=name, people=[student], file=file,
                        is_late=handed.is_late)  # fmt: skip
        truth.append(one)
    write(path, files)
    return truth


def make_moodle(
    path: Path,
    *,
    is_flat: bool = False,
    is_blind: bool = False,
    are_teams: bool = False,
    ending: str = "",
    has_usernames: bool = False,
) -> list[Expected]:
    """Write a Moodle export; student 2 has handed in online text and a file."""
    files: dict[str, bytes] = {}
    truth = []
    for number, student in enumerate(students()):
        handed = hand_in(number)
        key = str(910_000 + number)
        name = f"Team {number % 7} + {number}" if are_teams else student.name.replace("_", " ")
        written = "" if is_blind else name
        who = f"{'Participant' if is_blind else name}_{key}_assignsubmission"
        if has_usernames:
            who = f"{student.id}_{who}"
        between = "_" if is_flat else f"{ending}/"
        if handed.is_text or number == 2:
            files[f"{who}_onlinetext{between}onlinetext.html"] = b"<p>mse</p>"
        deep = "deep/er/" if number % 3 == 0 and not is_flat else ""
        for file, content in handed.files:
            files[f"{who}_file{between}{deep}{file}"] = content
        people = [] if is_blind or are_teams else [student]
        file = handed.file or "onlinetext.html"
        truth.append(_expected(handed, key=key, name=written, people=people, file=file))
    write(path, files)
    return truth


def make_gradescope(path: Path, *, top: str = "assignment_123_export/") -> list[Expected]:
    """Write a Gradescope export; every fifth submission is that of a group of two or three.

    The folder of submission 4 is missing, as it has no files.
    """
    files: dict[str, bytes] = {}
    lines = ["---"]
    truth = []
    everybody = students()
    number = 0
    while number < len(everybody):
        size = min(2 + number % 2, len(everybody) - number) if number % 5 == 0 else 1
        people = everybody[number : number + size]
        handed, key = hand_in(number), str(55_000 + number)
        folder = f"submission_{key}"
        lines += [f"{folder}:", "  :submitters:"]
        for one in people:
            lines += [f"  - :name: {json.dumps(one.name, ensure_ascii=False)}"]
            lines += [f"    :sid: {one.id}", f"    :email: {one.email}"]
        lines += ["  :created_at: 2024-11-05 18:25:53.109082000 Z", "  :score: 3.0"]
        lines += [*_results("  "), "  :history:", "  - :created_at: 2024-11-04 18:25:53 Z"]
        lines += _results("    ")
        for file, content in handed.files:
            files[f"{top}{folder}/src/{file}"] = content
        name = ", ".join(one.name for one in people)
        file, reason = handed.file or folder, handed.reason
        if handed.is_text:
            reason = "not in the export"
        truth.append(
            Expected(key=key, name=name, people=tuple(people), file=file, content=handed.content,
                     reason=reason)
        )  # fmt: skip
        number += size
    files[f"{top}submission_metadata.yml"] = "\n".join([*lines, ""]).encode()
    write(path, files)
    return truth


def _results(indent: str) -> list[str]:
    text = """
:results:
  tests:
  - name: "a test:
      with a second line"
    score: 1.0
    output: |
      :submitters:
      - :name: nobody

      :history: none
  - &1 name: other
    score: 0.0
  - *1
"""
    return [f"{indent}{line}" for line in text.strip("\n").split("\n")]


def make_github(path: Path, *, assignment: str = "cs101-lab-4-") -> list[Expected]:
    """Write clones of GitHub Classroom, each with a ``.git`` folder that contains a decoy."""
    files: dict[str, bytes] = {}
    truth = []
    for number, student in enumerate(students()):
        handed = hand_in(number)
        username = f"{chr(97 + number % 26)}-{student.id}" if number % 2 else student.id
        folder = f"{assignment}{username}"
        files[f"{folder}/.git/HEAD"] = b"ref: refs/heads/main"
        files[f"{folder}/.git/lab4.py"] = b"decoy"
        files[f"{folder}/README.md"] = b"# Lab 4"
        for file, content in handed.files:
            files[f"{folder}/{file}"] = content
        # README.md is the first by name of the files that can't be graded.
        file = handed.file if handed.content or handed.file.endswith(".zip") else "README.md"
        reason = "README.md" if handed.is_text else handed.reason
        known = Student(id=student.id, name=student.name, email=student.email)
        truth.append(
            Expected(key=username, name=username, people=(known,), file=file,
                     content=handed.content, reason=reason)
        )  # fmt: skip
    write(path, files)
    return truth


PATTERN = (
    r"ps1_(?P<student_id>s\d+)_(?P<first_name>[^_]*)_(?P<last_name>[^_]*)"
    r"_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>.+)"
)


def make_pattern(path: Path) -> list[Expected]:
    """Write files for `PATTERN`; everybody has an earlier attempt, which does not count."""
    files: dict[str, bytes] = {}
    truth = []
    for number, (student, person) in enumerate(zip(students(), PEOPLE, strict=True)):
        handed = hand_in(number)
        first, last = (part.replace("_", "") for part in person)
        prefix = f"ps1_{student.id}_{first}_{last}_attempt"
        files[f"{prefix}_2024-01-09-15-00-00_lab4.py"] = b"# early"
        for file, content in handed.files:
            files[f"{prefix}_2024-01-10-09-00-00_{file}"] = content
        if handed.is_text:
            handed = _HandIn(file="lab4.py", content=b"# early")
        name = f"{first} {last}".strip()
        truth.append(_expected(handed, key=student.id, name=name, people=[student]))
    write(path, files)
    return truth


def make_plain(path: Path, *, top: str = "") -> list[Expected]:
    """Write a folder for each student, named by id, or only a file for every fourth one."""
    files: dict[str, bytes] = {}
    truth = []
    for number, student in enumerate(students()):
        handed = hand_in(number)
        is_alone = number % 4 == 0 and number % 5 != 4 and len(handed.files) == 1
        key = student.id
        for file, content in handed.files:
            ending = Path(file).suffix
            files[f"{top}{key}{ending}" if is_alone else f"{top}{key}/{file}"] = content
        if not handed.files:
            files[f"{top}{key}/"] = b""
        file = handed.file or key
        if is_alone:
            file = f"{key}{Path(handed.file).suffix}"
        reason = "no .py" if handed.is_text else handed.reason
        truth.append(
            Expected(key=key, name="", people=(student,), file=file, content=handed.content,
                     reason=reason)
        )  # fmt: skip
    write(path, files)
    return truth


MAKERS: Mapping[str, Callable[[Path], list[Expected]]] = {
    "canvas": make_canvas,
    "moodle": make_moodle,
    "gradescope": make_gradescope,
    "github-classroom": make_github,
}
