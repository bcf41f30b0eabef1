"""Whatever encoding the output has, a command ends with what it found, and no error of ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_SOURCE = """
def predict(X, w):
    raise ValueError("λ 日本 ≠ \\u2028 😀")
"""
_RUN = "from grader.cli.{0} import main; main()"
_REPLACED = """
import io, sys
real, sys.stdout = sys.stdout, io.StringIO()
try:
    from grader.cli.grade import main
    main()
finally:
    real.buffer.write(sys.stdout.getvalue().encode())
"""
_ANYTHING = """
import click, sys
from grader.cli.run import run_command

@click.command()
def command():
    click.echo("ψ 日本 \\udcff")
    click.echo("ψ 日本 \\udcff", err=True)

run_command(command, name="test")
"""


def run(
    program: str, *arguments: str, encoding: str, cwd: Path | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """Run a program with an encoding for its standard streams, which allows no other character."""
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment,
        capture_output=True,
        check=False,
        cwd=cwd,
    )


@pytest.mark.parametrize("encoding", ["ascii:strict", "cp1252:strict", "utf-8:strict"])
def test_any_text_can_be_printed(encoding: str) -> None:
    """Any command may print the name of a file or a person."""
    ran = run(_ANYTHING, encoding=encoding)

    assert ran.returncode == 0, ran.stderr
    if encoding == "ascii:strict":  # click takes this for a mistake, and writes UTF-8
        return
    shown = "ψ 日本 " if encoding == "utf-8:strict" else "\\u03c8 \\u65e5\\u672c "
    assert ran.stdout.decode("utf-8").split(os.linesep) == [shown + "\\udcff", ""]
    assert b"\\udcff" in ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii:strict", "cp1252:strict", "utf-16:strict"])
@pytest.mark.parametrize("options", [[], ["--plain"]], ids=["usual", "plain"])
def test_report_is_printed_in_any_encoding(
    encoding: str, options: list[str], tmp_path: Path
) -> None:
    """A console in cp1252, or what PowerShell redirects into a file, gets all of the report."""
    path = tmp_path / "lösung_λ.py"
    path.write_text(_SOURCE, encoding="utf-8")

    ran = run(_RUN.format("grade"), "--only=predict", *options, str(path), encoding=encoding)

    assert ran.returncode == 1, ran.stderr
    assert "raised ValueError" in ran.stdout.decode(encoding.partition(":")[0])


@pytest.mark.slow
def test_report_is_printed_where_the_stream_was_replaced(tmp_path: Path) -> None:
    """Some tools put another object in the place of standard output."""
    path = tmp_path / "lab4.py"
    path.write_text(_SOURCE, encoding="utf-8")

    ran = run(_REPLACED, "--only=predict", str(path), encoding="utf-8")

    assert ran.returncode == 1, ran.stderr
    assert "raised ValueError: λ 日本" in ran.stdout.decode("utf-8")


@pytest.mark.slow
def test_class_is_listed_in_any_encoding(tmp_path: Path) -> None:
    """People have names in all languages, and so have their files."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "änne_λ.py").write_text(_SOURCE, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("id,name\nänne_λ,Änne 日本\n", encoding="utf-16")
    grader = _RUN.format("grader")
    batch = ["batch", "in", "--roster", "roster.csv", "--out", "out", "--jobs", "1"]
    for command in (batch, ["stats", "out"], ["diff", "out", "out"], ["export", "csv", "out"]):
        ran = run(grader, *command, encoding="ascii:strict", cwd=tmp_path)

        assert b"Unicode" not in ran.stderr
        assert b"the grader failed" not in ran.stderr
