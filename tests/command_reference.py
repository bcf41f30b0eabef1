"""Writes docs/commands.md from the commands: ``python tests/command_reference.py``."""

import html
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from grader.cli.command import subcommands
from grader.cli.grade import command as grade
from grader.cli.grader import command as grader

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"

_HEAD = """\
# Commands

<!-- Made from the commands by `python tests/command_reference.py`: change them there. -->

Everything that `--help` says, on one page. `grader man DIR` writes the same as manual pages, and
[Exit statuses](exit-statuses.md) says what the commands exit with.
"""
_VERBATIM = "\b"  # how click marks a paragraph that is not wrapped


def make_page() -> str:
    """Return the page: each command with its text, its usage and its options."""
    parts = [_HEAD, *_describe(click.Context(grade, info_name="grade"))]
    top = click.Context(grader, info_name="grader")
    for name, command in subcommands(grader):
        parts += _describe(click.Context(command, info_name=name, parent=top))
    return "\n".join(parts).rstrip() + "\n"


def _describe(context: click.Context) -> Iterator[str]:
    command = context.command
    yield f"## {context.command_path}\n"
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"```text\n{context.command_path} {pieces}\n```\n"
    yield from _paragraphs(command.help or "")
    records = [one.get_help_record(context) for one in command.get_params(context)]
    shown = [one for one in records if one is not None and one[1] and "--help" not in one[0]]
    if shown:
        yield "| option | meaning |\n| --- | --- |"
        yield "".join(f"| {_code(names)} | {_prose(text)} |\n" for names, text in shown)
    yield from _paragraphs(command.epilog or "")


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; those that click does not wrap are blocks."""
    for paragraph in filter(None, inspect.cleandoc(text).split("\n\n")):
        lines = paragraph.split("\n")
        if lines[0].strip() == _VERBATIM:
            block = inspect.cleandoc("\n".join(lines[1:]))
            yield f"```text\n{block}\n```\n"
        else:
            yield _prose(" ".join(lines)) + "\n"


def _prose(text: str) -> str:
    """Escape what Markdown would take for markup, apart from code."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    escaped = (
        part
        if part.startswith("`")
        else re.sub(r"([*_>\[\]])", r"\\\1", part.replace("&", "&amp;").replace("<", "&lt;"))
        for part in parts
    )
    return "".join(escaped)


def _code(names: str) -> str:
    """Return the names of an option as code; a bar would end the cell of the table."""
    return f"<code>{html.escape(names).replace('|', '&#124;')}</code>"


def main() -> None:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
