"""The command ``grader export``: one report or a class, one file or many."""

import csv
import io
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
from class_fakes import ASSIGNMENT, make_failure
from click.testing import CliRunner, Result
from fakes import check_result, make_report

from grader.cli.export import export
from grader.exports import registry
from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.registry import describe_format, list_formats, load_format
from grader.exports.student_view import student_view
from grader.report.class_figures import ClassFigures
from grader.report.class_model import Student
from grader.report.model import Report, ReportStatus, Status
from grader.report.outline import read_outline
from grader.report.schema import report_to_json
from grader.report.summary_file import summary_to_json

FAULT = make_report(
    status=ReportStatus.GRADER_ERROR, score=None, max_score=None, error="it broke", functions=()
)
REPORTS = {
    "anna": make_report(check_result(), check_result("mse/a", Status.FAILED)),
    "ben": make_report(check_result(), check_result("mse/a")),
    "eve": FAULT,
}


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """A folder as a batch leaves it: three reports, and a student who did not hand in."""
    folder = tmp_path / "results"
    (folder / "reports").mkdir(parents=True)
    figures = ClassFigures()
    for name, report in REPORTS.items():
        text = report_to_json(report)
        (folder / "reports" / f"{name}.json").write_text(text, encoding="utf-8")
        outline = read_outline(text.encode())
        figures.add(outline, id=name, student=Student(name=name.title()), file=f"{name}.py")
    figures.add_absent(Student(name="Zoe"))
    summary = figures.finish(assignment=ASSIGNMENT, max_score=2.0, function_names=("update", "mse"))
    (folder / "summary.json").write_text(summary_to_json(summary), encoding="utf-8")
    return folder


@pytest.fixture
def report(batch: Path) -> Path:
    """The file of one report."""
    return batch / "reports" / "anna.json"


_PYPROJECT = tomllib.loads(
    (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8")
)


def run(*arguments: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(export, list(map(str, arguments)))


def fraction(report: Report, work: Work) -> Iterator[ExportedFile]:
    """Write the fraction of the points."""
    shown = student_view(report, is_after_due=work.is_after_due)
    yield ExportedFile("fraction.txt", f"{shown.fraction} {work.setting('mark')}".encode())


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install a third-party package with one format."""

    def add(function: Callable[[Work], Iterator[ExportedFile | LeftOut]]) -> None:
        module = ModuleType("theirs")
        module.export = function  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "theirs", module)
        point = metadata.EntryPoint("theirs", "theirs:export", registry.GROUP)
        known = metadata.entry_points(group=registry.GROUP)
        found = metadata.EntryPoints((*known, point))
        monkeypatch.setattr(metadata, "entry_points", lambda group: found)  # noqa: ARG005

    return add


def theirs(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """The fraction of each. Second sentence."""
    yield from each_report(work, fraction)


def test_every_format_of_ours_can_be_imported_and_says_what_it_is() -> None:
    """All our entry points can be loaded and have docstrings."""
    names = [point.name for point in metadata.entry_points(group=registry.GROUP)]

    modules = {path.stem for path in Path(registry.__file__).parent.glob("*.py")}
    assert {name.replace("-", "_") for name in names} - {"csv"} <= modules
    assert sorted(names) == sorted(_PYPROJECT["project"]["entry-points"]["zerograd.exports"])
    assert all(load_format(name).__doc__ for name in names)


def test_list_has_every_format() -> None:
    """--list prints a line for every format, and needs no result."""
    done = run("--list")

    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list_formats()
    for line in done.stdout.splitlines():
        name, _, description = line.partition(" ")
        assert description.strip() == describe_format(name)
        assert len(line) <= 80


def test_class_goes_to_standard_output_or_a_file(batch: Path, tmp_path: Path) -> None:
    """A table is one file, on standard output or where --out says."""
    out = tmp_path / "grades.csv"

    shown, written = run(batch, "--to", "csv"), run(batch, "--to", "csv", "--out", out)

    assert (shown.exit_code, written.exit_code) == (0, 0)
    assert out.read_bytes() == shown.stdout_bytes
    rows = list(csv.DictReader(io.StringIO(shown.stdout.lstrip("\ufeff"), newline="")))
    assert [(row["name"], row["score"]) for row in rows] == [
        ("Anna", "1"),
        ("Ben", "2"),
        ("Eve", ""),
        ("Zoe", ""),
    ]


@pytest.mark.parametrize(
    "option", [("--csv-dialect", "excel-semicolon"), ("--set", "csv-dialect=excel-semicolon")]
)
def test_gradebook_has_the_form_that_a_spreadsheet_wants(
    batch: Path, option: tuple[str, str]
) -> None:
    """Where numbers have commas, columns are separated by semicolons."""
    done = run(batch, "--to", "csv", *option)

    assert done.stdout.lstrip("\ufeff").startswith("id;student_id;name;")


def test_dialect_is_for_gradebooks_only(batch: Path) -> None:
    """Another format refuses it, and so does a dialect that doesn't exist."""
    other = run(batch, "--to", "junit", "--csv-dialect", "excel-tab")
    unknown = run(batch, "--to", "csv", "--set", "csv-dialect=word")

    assert (other.exit_code, unknown.exit_code) == (2, 2)
    assert "no setting csv-dialect" in other.stderr
    assert "excel, excel-semicolon, excel-tab, not word" in unknown.stderr


def test_summary_stands_for_its_folder(batch: Path) -> None:
    """The summary.json of a batch can be given in place of its folder."""
    assert run(batch / "summary.json", "--to", "csv").stdout == run(batch, "--to", "csv").stdout


def test_one_report_is_a_class_of_one(report: Path) -> None:
    """A single report is exported as a class of one, named after its file."""
    done = run(report, "--to", "csv")

    (row,) = csv.DictReader(io.StringIO(done.stdout.lstrip("\ufeff"), newline=""))
    assert (row["file"], row["score"], row["update"]) == ("lab4.py", "1", "1")


def test_third_party_format_is_found(install: Callable[..., None], report: Path) -> None:
    """A format of another package is found by its entry point."""
    install(theirs)

    done = run(report, "--to", "theirs", "--set", "mark=of one")

    assert (done.exit_code, done.stdout) == (0, "0.5 of one")
    assert "theirs" in run("--list").stdout


def test_class_has_a_folder_for_each(
    install: Callable[..., None], batch: Path, tmp_path: Path
) -> None:
    """Each submission has a folder; those that can't be expressed are reported."""
    install(theirs)
    out = tmp_path / "out"

    done = run(batch, "--to", "theirs", "--out", out)

    assert done.exit_code == 1
    assert "left out: eve: the grader failed; this is not a zero: it broke" in done.stderr
    assert {
        str(path.relative_to(out)): path.read_text(encoding="utf-8")
        for path in out.rglob("*")
        if path.is_file()
    } == {"anna/fraction.txt": "0.5 ", "ben/fraction.txt": "1.0 "}


def two_files(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Write two files for each submission."""
    yield from each_report(
        work, lambda *_: [ExportedFile("main.json", b"{}"), ExportedFile("page.html", b"<p>")]
    )


@pytest.mark.parametrize(
    ("out", "written"),
    [
        ("there", {"there/main.json", "there/page.html"}),
        ("mine.json", {"mine.json", "page.html"}),
        ("", {"main.json", "page.html"}),
        ("page.html", {"main.json", "page.html"}),
    ],
)
def test_files_of_one_report_are_written_side_by_side(
    install: Callable[..., None], report: Path, tmp_path: Path, out: str, written: set[str]
) -> None:
    """The files of one report go to a folder, or beside the file that --out names."""
    install(two_files)
    (tmp_path / "out").mkdir()

    done = run(report, "--to", "theirs", "--out", tmp_path / "out" / out)

    assert done.exit_code == 0
    named = tmp_path / "out" / out
    if named.name == "page.html":
        assert named.read_bytes() == b"<p>"
    found = (tmp_path / "out").rglob("*")
    assert {str(one.relative_to(tmp_path / "out")) for one in found if one.is_file()} == written


def test_standard_output_has_the_main_file(install: Callable[..., None], report: Path) -> None:
    """Standard output gets the main file, and a message names the other."""
    install(two_files)

    done = run(report, "--to", "theirs")

    assert (done.exit_code, done.stdout) == (0, "{}")
    assert "page.html was not written; --out writes it" in done.stderr


def test_several_files_need_a_folder(install: Callable[..., None], batch: Path) -> None:
    """Several files need a folder and can't go to standard output."""
    install(theirs)

    done = run(batch, "--to", "theirs")

    assert done.exit_code == 2
    assert "--out DIR" in done.stderr


def test_nothing_is_written_with_an_unknown_setting(batch: Path, tmp_path: Path) -> None:
    """With an unknown setting an existing file stays as it was."""
    out = tmp_path / "grades.csv"
    out.write_text("mine", encoding="utf-8")

    done = run(batch, "--to", "csv", "--set", "colour=red", "--out", out)

    assert (done.exit_code, out.read_text(encoding="utf-8")) == (2, "mine")


def test_report_that_is_left_out_for_another_reason_is_not_a_fault(report: Path) -> None:
    """A single report that is left out without a fault exits with 1."""
    done = run(report, "--to", "lti")

    assert done.exit_code == 1
    assert "user id" in done.stderr


def test_format_that_can_not_be_imported_does_not_hide_the_others(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A format that can't be imported is listed with the reason."""
    install(theirs)
    monkeypatch.delattr("theirs.export")

    done = run("--list")

    assert done.exit_code == 0
    assert "can't be used" in done.stdout
    assert "canvas" in done.stdout


def test_class_in_which_nobody_handed_in_is_reported(
    install: Callable[..., None], tmp_path: Path
) -> None:
    """If nobody handed in, a message says so."""
    install(theirs)
    figures = ClassFigures()
    figures.add_absent(Student(name="Zoe"))
    summary = figures.finish(assignment=ASSIGNMENT, max_score=1.0, function_names=())
    (tmp_path / "summary.json").write_text(summary_to_json(summary), encoding="utf-8")

    done = run(tmp_path, "--to", "theirs", "--out", tmp_path / "out")

    assert "nobody handed in anything" in done.stderr


def test_fault_alone_is_a_fault(install: Callable[..., None], batch: Path) -> None:
    """A single report with a fault of the grader exits with 3 and writes nothing."""
    install(theirs)

    done = run(batch / "reports" / "eve.json", "--to", "theirs")

    assert (done.exit_code, done.stdout) == (3, "")


def test_no_name_leads_out_of_the_folder(
    install: Callable[..., None], batch: Path, tmp_path: Path
) -> None:
    """A file name that leads out of the folder is refused."""

    def outside(_: Work) -> Iterator[ExportedFile | LeftOut]:
        """Write elsewhere."""
        yield ExportedFile("a/x", b"")
        yield ExportedFile("../y", b"")

    install(outside)

    done = run(batch, "--to", "theirs", "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert not (tmp_path / "y").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--to", "nothing"), 'unknown format "nothing"; known formats: '),
        (("--to", "csv", "--set", "colour=red"), "the format csv has no setting colour"),
        (("--to", "csv", "--set", "colour"), "NAME=VALUE"),
        (("--to", "moodle"), "--worksheet"),
        (("--to", "canvas", "--worksheet", "missing.csv"), "can't read missing.csv"),
    ],
)
def test_what_can_not_be_carried_out_is_a_usage_error(
    batch: Path, arguments: tuple[str, ...], why: str
) -> None:
    """A command that can't be carried out is a usage error that says why."""
    done = run(batch, *arguments)

    assert done.exit_code == 2
    assert why in done.stderr


@pytest.mark.parametrize("name", ["missing.json", "empty.json", "gradebook.csv"])
def test_what_is_not_a_report_is_refused(batch: Path, name: str) -> None:
    """A file that is missing, not JSON or not a report is refused."""
    (batch / "empty.json").write_text("{", encoding="utf-8")
    (batch / "gradebook.csv").write_text("a,b\n", encoding="utf-8")

    done = run(batch / name, "--to", "csv")

    assert done.exit_code == 2


def test_members_of_a_team_have_a_row_each(tmp_path: Path) -> None:
    """The plain gradebook has a row for each member of a team."""
    figures = ClassFigures()
    team = (Student(id="1", name="Anna"), Student(id="2", name="Ben"))
    failure = make_failure(ReportStatus.UNREADABLE, "not Python")
    figures.add(failure, id="t", student=team[0], file="t.py", members=team)
    summary = figures.finish(assignment=ASSIGNMENT, max_score=1.0, function_names=())
    (tmp_path / "summary.json").write_text(summary_to_json(summary), encoding="utf-8")

    done = run(tmp_path, "--to", "csv")

    rows = list(csv.DictReader(io.StringIO(done.stdout.lstrip("\ufeff"), newline="")))
    assert [(row["id"], row["student_id"], row["score"]) for row in rows] == [
        ("t", "1", "0"),
        ("t", "2", "0"),
    ]
