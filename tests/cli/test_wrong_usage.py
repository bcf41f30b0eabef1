"""Whatever is wrong with a command line, one or two sentences say so, and what to do."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli.grade import command as grade
from grader.cli.grader import command as grader

# Each command line, and words that its explanation has.
WRONG_GRADE = {
    "no file": ([], "Missing argument 'FILE...'"),
    "missing file": (["nosuch.py"], "there is no file nosuch.py"),
    "long name": ([f"{'a' * 5000}.py"], "there is no file aaa"),
    "empty name": ([""], "it is empty; give a path"),
    "folder": (["folder"], "folder is a folder; name the file in it to grade"),
    "two files": (["ok.py", "ok.py"], "these are 2 files; name the one to grade"),
    "unknown option": (["ok.py", "--nonsense"], "No such option"),
    "seed is a word": (["ok.py", "--seed", "x"], "'x' is not a valid whole number"),
    "seed below zero": (["ok.py", "--seed", "-1"], "-1 is not in the range"),
    "limit of nothing": (["ok.py", "--load-limit", "nan"], "is not a number that can be a limit"),
    "endless limit": (["ok.py", "--time-limit", "inf"], "is not a number that can be a limit"),
    "too little memory": (["ok.py", "--memory-limit", "5"], "5 is not in the range"),
    "unknown isolation": (["ok.py", "--isolation", "x"], "is not one of 'auto'"),
    "empty salt": (["ok.py", "--salt", ""], "it has to be printable text, and not empty"),
    "json to a folder": (["ok.py", "--json", "folder"], "folder is a folder; name a file"),
    "json to no folder": (["ok.py", "--json", "no/x"], "there is no folder no; create it first"),
    "json to nothing": (["ok.py", "--json", ""], "it is empty; give a path"),
    "json over the file": (["ok.py", "--json", "./ok.py"], "--json would replace ok.py itself"),
    "html over the file": (["ok.py", "--html", "ok.py"], "--html would replace ok.py itself"),
    "both to one file": (
        ["ok.py", "--json", "a", "--html", "./a"],
        "--json and --html name the same file",
    ),
    "html to a device": (["ok.py", "--html", "/dev/null"], "is a device or a pipe; name a file"),
    "html to standard output": (["ok.py", "--html", "-"], "a page can't go to standard output"),
    "watch to standard output": (
        ["ok.py", "--watch", "--json", "-"],
        "--watch writes many reports; give --json a file name",
    ),
    "watch of a folder": (["folder", "--watch"], "is a folder; name the file in it"),
    "unknown assignment": (
        ["ok.py", "--assignment", "nosuch"],
        "there is no folder or kit 'nosuch' here, and no assignment or installed kit of that name",
    ),
    "file as assignment": (
        ["folder", "--assignment", "text.txt"],
        "the kit text.txt can't be used: it is not a kit of zerograd",
    ),
    "folder as assignment": (
        ["folder", "--assignment", "folder"],
        "there is no folder/assignment.toml",
    ),
}

WRONG_GRADER = {
    "unknown command": (["nosuch"], "No such command 'nosuch'"),
    "file as command": (["ok.py"], "to grade a file, run: grade ok.py"),
    "batch of nothing": (["batch"], "Missing argument 'PATH...'"),
    "batch to nowhere": (["batch", "folder"], "Missing option '--out'"),
    "batch to nothing": (["batch", "ok.py", "--out", ""], "it is empty; give a path"),
    "batch to a file": (["batch", "ok.py", "--out", "text.txt"], "is a file"),
    "batch of a missing folder": (
        ["batch", "nosuch", "--out", "out"],
        "there is no file or folder nosuch",
    ),
    "batch of an empty folder": (
        ["batch", "folder", "--out", "out"],
        "found no submissions in folder",
    ),
    "batch without workers": (
        ["batch", "folder", "--out", "out", "--jobs", "0"],
        "0 is not in the range",
    ),
    "missing roster": (
        ["batch", "ok.py", "--out", "out", "--roster", "nosuch"],
        "can't read the roster nosuch",
    ),
    "broken pattern": (
        ["batch", "ok.py", "--out", "out", "--pattern", "("],
        "is not a regular expression",
    ),
    "pattern and system": (
        ["batch", "ok.py", "--out", "out", "--pattern", "(?P<student_id>.)", "--from", "canvas"],
        "--pattern can't be combined with --from canvas",
    ),
    "stats of nothing": (["stats", "nosuch"], "there is no folder or file nosuch"),
    "stats of another folder": (
        ["stats", "folder"],
        "give the one that `grader batch --out` wrote",
    ),
    "stats of another file": (["stats", "text.txt"], "is not the summary of a batch"),
    "diff of one": (["diff", "a"], "Missing argument 'NEW'"),
    "diff of nothing": (["diff", "nosuch", "nosuch"], "nosuch"),
    "export of nothing": (["export", "nosuch", "--to", "csv"], "can't read nosuch"),
    "unknown format": (["export", "folder", "--to", "x"], 'unknown format "x"; known formats'),
    "half a setting": (
        ["export", "folder", "--to", "csv", "--set", "x"],
        "--set needs NAME=VALUE",
    ),
    "post of nothing": (["post", "nosuch", "--to", "lti"], "does not exist"),
    "post to nothing": (["post", "folder", "--to", "x"], "is not 'lti'"),
    "marks and export": (
        ["mark", "folder", "x.csv", "--export", "y.csv"],
        "give a FILE with marks, or --export, not both",
    ),
    "waiting alone": (["mark", "folder", "--waiting"], "belong to --export"),
    "export of marks to no folder": (
        ["mark", "folder", "--export", "no/x.csv"],
        "there is no folder no; create it first",
    ),
    "cluster 0": (["learn", "folder", "--cluster", "0"], "0 is not in the range"),
    "missing kit": (["kit", "--install", "nosuch"], "the kit nosuch can't be used"),
    "not a kit": (["kit", "--install", "text.txt"], "it is not a kit of zerograd"),
    "install and more": (
        ["kit", "--install", "text.txt", "--seeds", "2"],
        "--install only installs a kit; leave out the other options",
    ),
    "kit to no folder": (["kit", "--out", "no/x.zip"], "there is no folder no; create it first"),
    "unit without mutants": (["verify", "--unit", "mse"], "need --mutants"),
    "seeds with mutants": (["verify", "--mutants", "--seeds", "3"], "--seeds has no effect"),
    "too many seeds": (["record", "--seeds", "99"], "99 is not in the range"),
    "assignment in a file": (["new", "lab5", "--in", "text.txt"], "is a file"),
    "assignment with a bad name": (["new", "5lab"], "with a letter first"),
    "assignment that is there": (["new", "folder"], "folder already exists"),
    "new below a file": (["new", "lab5", "--in", "text.txt/x"], "can't write to text.txt/x"),
    "class below a file": (["mock-class", "text.txt/x"], "can't write to text.txt/x"),
    "release below a file": (["release", "--out", "text.txt/x"], "can't write to text.txt/x"),
    "class of nobody": (["mock-class", "class", "--count", "0"], "0 is not in the range"),
    "unknown platform": (["autograder", "--for", "x", "--out", "y"], "is not one of 'coursera'"),
    "unknown shell": (["completion", "tcsh"], "is not one of 'bash'"),
    "manual below a file": (["man", "text.txt/x"], "can't write to text.txt/x"),
    "doctor of something": (["doctor", "x"], "Got unexpected extra argument"),
    "no data": (["serve"], "Missing option '--data'"),
    "no port": (["serve", "--data", "x", "--bind", "localhost"], "is not HOST:PORT"),
    "large port": (["serve", "--data", "x", "--bind", "localhost:99999"], "is not HOST:PORT"),
    "public address": (["serve", "--data", "x", "--bind", "0.0.0.0:80"], "by which https://"),
    "address without TLS": (
        ["serve", "--data", "x", "--base-url", "http://grader.example.org"],
        "is not encrypted",
    ),
    "address with a path": (
        ["serve", "--data", "x", "--base-url", "https://example.org/grader"],
        "without a path",
    ),
    "who grades": (
        ["serve", "--data", "x", "--no-grading", "--workers", "2"],
        "--no-grading leaves grading to others",
    ),
    "data in a file": (["work", "--data", "text.txt"], "is a file"),
    "another database": (
        ["work", "--data", "x", "--isolation", "auto", "--database", "mysql://x"],
        "sqlite:///PATH or postgresql://...",
    ),
    "no such course": (["course", "link", "1", "--code", "--data", "x"], "there is no course 1"),
    "no kind of link": (["course", "link", "1", "--data", "x"], "give one of --to"),
    "platform without encryption": (
        [
            "course",
            "platform",
            "--data",
            "x",
            "--issuer",
            "http://lms.example",
            "--client-id",
            "1",
            "--login",
            "https://lms.example/login",
            "--token",
            "https://lms.example/token",
            "--keys",
            "https://lms.example/keys",
        ],
        "addresses of a platform must begin with https://",
    ),
    "no moment": (
        ["course", "assignment", "1", "--data", "x", "--due", "soon"],
        "is not a moment such as 2026-12-01T23:59",
    ),
    "backup into the data": (["backup", "folder/x.tar", "--data", "folder"], "to be outside of"),
    "backup of nothing": (["backup", "x.tar", "--data", "folder"], "folder has no database"),
    "restore of a file": (["restore", "text.txt", "--data", "new"], "is not a backup"),
    "restore over something": (["restore", "text.txt", "--data", "."], ". is not empty"),
}


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change to a folder with a file to grade, another one, and an empty folder."""
    monkeypatch.chdir(tmp_path)
    Path("ok.py").write_text("x = 1\n", encoding="utf-8")
    Path("text.txt").write_text("hello\n", encoding="utf-8")
    Path("folder").mkdir()


def expect_explained(result: Result, words: str) -> None:
    """Require an explanation with these words, exit status 2, and nothing on standard output."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2, result.output
    assert words in " ".join(result.stderr.replace("\\", "/").split()).replace(f"{Path.cwd()}/", "")
    assert result.stdout == ""
    assert Path("ok.py").read_text(encoding="utf-8") == "x = 1\n"


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(("arguments", "words"), WRONG_GRADE.values(), ids=WRONG_GRADE.keys())
def test_grade_explains_what_is_wrong(arguments: Sequence[str], words: str) -> None:
    """Before anything is started, the explanation names the argument."""
    expect_explained(CliRunner().invoke(grade, arguments, prog_name="grade"), words)


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(("arguments", "words"), WRONG_GRADER.values(), ids=WRONG_GRADER.keys())
def test_grader_explains_what_is_wrong(arguments: Sequence[str], words: str) -> None:
    """Before anything is started, the explanation names the argument."""
    expect_explained(CliRunner().invoke(grader, arguments, prog_name="grader"), words)


@pytest.mark.usefixtures("_here")
def test_every_subcommand_is_tried() -> None:
    """A new subcommand gets a wrong command line of its own here; two take whatever they get."""
    tried = {arguments[0] for arguments, _ in WRONG_GRADER.values()}

    assert set(grader.commands) - tried == {"schema", "harness"}
