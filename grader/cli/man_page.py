"""Writes manual pages from the commands themselves: man(7) macros, which every reader knows.

A page says what ``--help`` says, as it is made of the same texts, and what the environment does.
"""

import inspect
import re
from collections.abc import Iterator, Mapping

import click

import grader
from grader.cli.command import Command, subcommands

_ENVIRONMENT = {
    "NO_COLOR": "Print without colours.",
    "ZEROGRAD_CACHE": "Folder of recordings: what is right, and what known mistakes answer.",
    "ZEROGRAD_KITS": "Folder of installed kits.",
}
_VERBATIM = "\b"  # how click marks a paragraph that is not wrapped


def man_pages(programs: Mapping[str, click.Command]) -> dict[str, str]:
    """Return the pages of some programs and of all their subcommands, by the names of the files.

    Args:
        programs: The programs by name.
    """
    pages = {}
    for name, program in programs.items():
        context = click.Context(program, info_name=name, **program.context_settings)
        pages[f"{name}.1"] = _page(context, others=[one for one in programs if one != name])
        if isinstance(program, click.Group):
            for sub, command in subcommands(program):
                below = click.Context(command, info_name=sub, parent=context)
                pages[f"{name}-{sub.replace(' ', '-')}.1"] = _page(below, others=[name])
    return pages


def _page(context: click.Context, *, others: list[str]) -> str:
    command = context.command
    title = context.command_path.replace(" ", "-")
    lines = [
        r".\" Made by: grader man. Do not edit.",
        f'.TH "{_escape(title.upper())}" "1" "" "zerograd {grader.__version__}" "zerograd"',
        ".SH NAME",
        rf"{_escape(title)} \- {_escape(_summary(command))}",
        ".SH SYNOPSIS",
        rf"\fB{_escape(context.command_path)}\fR",
        _escape(" ".join(command.collect_usage_pieces(context))),
        ".SH DESCRIPTION",
        *_paragraphs(command.help or ""),
        *_arguments(context),
        *_commands(context),
        *_paragraphs(command.epilog or "", head=".SH NOTES"),
        *_exits(command),
        *_environment(command),
        ".SH SEE ALSO",
        ", ".join(rf"\fB{_escape(name)}\fR(1)" for name in others),
    ]
    return "\n".join(lines) + "\n"


def _summary(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").split("\n\n")[0].replace("\n", " ").rstrip(".")


def _paragraphs(text: str, head: str = "") -> Iterator[str]:
    """Yield the paragraphs of a help text; those that click does not wrap are not filled."""
    if not text:
        return
    if head:
        yield head
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        lines = paragraph.split("\n")
        yield ".PP"
        if lines[0].strip() == _VERBATIM:
            yield from (".nf", *map(_escape, lines[1:]), ".fi")
        else:
            yield _escape(" ".join(lines))


def _arguments(context: click.Context) -> Iterator[str]:
    records = [one.get_help_record(context) for one in context.command.get_params(context)]
    options = [one for one in records if one is not None and one[1]]  # not what has no text
    if options:
        yield ".SH OPTIONS"
    for names, text in options:
        yield from (".TP", _bold_names(names), _escape(text))


def _bold_names(names: str) -> str:
    """Return the names of an option in bold, and what it takes in italics."""
    return re.sub(
        r"(?<![\w-])(--?[\w-]+)|([^\s,][^,]*)",
        lambda found: rf"\fB{_escape(found[1])}\fR" if found[1] else rf"\fI{_escape(found[2])}\fR",
        names,
    )


def _commands(context: click.Context) -> Iterator[str]:
    if not isinstance(context.command, click.Group):
        return
    yield ".SH COMMANDS"
    for name, command in subcommands(context.command):
        page = f"{context.command_path} {name}".replace(" ", "-")
        yield from (".TP", rf"\fB{_escape(page)}\fR(1)", _escape(f"{_summary(command)}."))


def _exits(command: click.Command) -> Iterator[str]:
    if isinstance(command, Command):
        yield ".SH EXIT STATUS"
        for code, text in command.statuses.items():
            yield from (".TP", rf"\fB{int(code)}\fR", _escape(text))


def _environment(command: click.Command) -> Iterator[str]:
    found = dict(_ENVIRONMENT)
    for option in command.params:
        if isinstance(option, click.Option) and isinstance(option.envvar, str):
            found[option.envvar] = f"Sets {option.opts[0]}."
    yield ".SH ENVIRONMENT"
    for name, text in sorted(found.items()):
        yield from (".TP", rf"\fB{_escape(name)}\fR", _escape(text))


def _escape(text: str) -> str:
    """Escape a text of one line, and make code in it bold."""
    shown = text.replace("\\", r"\e").replace("-", r"\-")
    if shown.startswith((".", "'")):
        shown = rf"\&{shown}"
    return re.sub(r"`([^`]+)`", r"\\fB\1\\fR", shown)
