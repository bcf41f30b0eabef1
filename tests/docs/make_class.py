"""Makes what a page takes for granted: a small class, as a folder or as a platform exports it.

``python tests/docs/make_class.py canvas`` writes ``submissions.zip``, ``roster.csv`` and
``gradebook.csv`` to the current folder, as the page about Canvas has them.
"""

import csv
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[1] / "submissions"

# Who hands in which of the sample files: two share a mistake, and one file can't be read.
CLASS = (
    ("Ada", "Kowalska", "right_plain.py"),
    ("Ben", "Okafor", "wrong_update_piles_up.py"),
    ("Chiara", "Rossi", "wrong_mse_sum_for_mean.ipynb"),
    ("Emeka", "Singh", "wrong_train_one_epoch_short.py"),
    ("Hana", "Tanaka", "right_renamed.py"),
)
FIRST_ID = 4401
MOODLE_COLUMNS = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments"
)


def _read(sample: str) -> tuple[str, bytes]:
    """Return the name under which a sample is handed in, and its content."""
    path = SAMPLES / sample
    return f"lab4{path.suffix}", path.read_bytes()


def _write_zip(name: str, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(name, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)


def _write_roster(key: Callable[[int, str, str], str]) -> None:
    lines = ["id,name,email"]
    for number, (first, last, _) in enumerate(CLASS):
        lines.append(f"{key(number, first, last)},{first} {last},{first.lower()}@example.edu")
    Path("roster.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")


def make_folder() -> None:
    """Write ``submissions/``, with a file for each student, and ``roster.csv``."""
    Path("submissions").mkdir()
    for _, last, sample in CLASS:
        name, content = _read(sample)
        path = Path("submissions", f"{last.lower()}{Path(name).suffix}")
        path.write_bytes(content)
    _write_roster(lambda _number, _first, last: last.lower())
    with Path("roster.csv").open("a", encoding="utf-8") as roster:
        roster.write("zielinski,Noa Zielinski,noa@example.edu\n")


def make_canvas() -> None:
    """Write ``submissions.zip``, ``roster.csv`` and the gradebook ``gradebook.csv``."""
    files = {}
    rows = [
        "Student,ID,SIS Login ID,Section,Lab 4 (1234)",
        "    Points Possible,,,,100",
    ]
    for number, (first, last, sample) in enumerate(CLASS):
        name, content = _read(sample)
        user = FIRST_ID + number
        files[f"{last.lower()}{first.lower()}_{user}_{90001 + number}_{name}"] = content
        rows.append(f'"{last}, {first}",{user},{first.lower()},Section 1,')
    _write_zip("submissions.zip", files)
    Path("gradebook.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    _write_roster(lambda number, _first, _last: str(FIRST_ID + number))


def make_moodle() -> None:
    """Write ``Lab 4-1234.zip`` and the worksheet ``Grades-Lab 4-1234.csv``."""
    files = {}
    rows = [MOODLE_COLUMNS]
    for number, (first, last, sample) in enumerate(CLASS):
        name, content = _read(sample)
        key = 910001 + number
        files[f"{first} {last}_{key}_assignsubmission_file/{name}"] = content
        rows.append(
            f"Participant {key},{first} {last},{first.lower()}@example.edu,Submitted for grading,"
            ',,100.00,Yes,"Monday, 2 November 2026, 10:00 AM",-,'
        )
    _write_zip("Lab 4-1234.zip", files)
    Path("Grades-Lab 4-1234.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")


def make_gradescope() -> None:
    """Write ``assignment_1234_export.zip``."""
    top = "assignment_1234_export"
    files = {}
    lines = ["---"]
    for number, (first, last, sample) in enumerate(CLASS):
        name, content = _read(sample)
        files[f"{top}/submission_{55001 + number}/{name}"] = content
        lines += [f"submission_{55001 + number}:", "  :submitters:", f"  - :name: {first} {last}"]
        lines += [f"    :sid: s{number}", f"    :email: {first.lower()}@example.edu"]
        lines += ["  :created_at: 2026-11-02 10:00:00.000000000 Z", "  :score: 0.0"]
    files[f"{top}/submission_metadata.yml"] = "\n".join([*lines, ""]).encode()
    _write_zip(f"{top}.zip", files)


def make_github() -> None:
    """Write ``lab-4-submissions/``, with a clone for each student."""
    for first, last, sample in CLASS:
        name, content = _read(sample)
        clone = Path("lab-4-submissions", f"lab-4-{first}{last}".lower())
        (clone / ".git").mkdir(parents=True)
        (clone / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
        (clone / name).write_bytes(content)


def make_pattern() -> None:
    """Write ``hand-ins/``, with files as ``s1_2026-11-02_lab4.py``."""
    folder = Path("hand-ins")
    folder.mkdir()
    for number, (_, _, sample) in enumerate(CLASS):
        name, content = _read(sample)
        (folder / f"s{number}_2026-11-02_{name}").write_bytes(content)


def make_answers() -> None:
    """Write ``submissions/`` with three answers to the question of `grader new --like cells`."""
    Path("submissions").mkdir()
    for name, answer in (
        ("kowalska", "The steps jump over the minimum, and the loss rises."),
        ("okafor", "It is faster."),
        ("rossi", "The steps jump over the minimum, and the loss rises."),
    ):
        source = f"# %% [markdown]\n# ## 4. A question\n#\n# {answer}\n"
        Path("submissions", f"{name}.py").write_text(source, encoding="utf-8")


def fill_in_marks() -> None:
    """Fill in ``marks.csv``, as a person would."""
    path = Path("marks.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["points"] = "2" if "minimum" in row["text"] else "0"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


MAKERS = {
    "folder": make_folder,
    "canvas": make_canvas,
    "moodle": make_moodle,
    "gradescope": make_gradescope,
    "github": make_github,
    "pattern": make_pattern,
    "answers": make_answers,
    "marks": fill_in_marks,
}


if __name__ == "__main__":
    MAKERS[sys.argv[1]]()
