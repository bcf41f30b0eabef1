"""What the pages about platforms say is true: formats, settings, options, commands and examples."""

import re
from pathlib import Path
from typing import Any

import pytest
from doc_pages import DOCS
from fakes import check_result, make_report

from grader.cli.grader import command as grader
from grader.exports.registry import list_formats, load_format
from grader.exports.source import work_of_report
from grader.lti.platform import read_platform

PAGES = [DOCS / "lms.md", DOCS / "instructors" / "marking.md", *sorted((DOCS / "lms").glob("*.md"))]
DOC = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_page_names_every_format_and_no_other() -> None:
    """The page names every registered format, and `--to` is never given an unknown one."""
    named = set(re.findall(r"--to ([a-z-]+)", DOC)) | set(re.findall(r"`([a-z-]+)`", DOC))

    assert set(list_formats()) <= named
    assert set(re.findall(r"--to ([a-z-]+)", DOC)) <= set(list_formats())


def test_options_and_commands_exist() -> None:
    """Every option and command that the page names exists."""
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", DOC))
    known = {name for one in grader.commands.values() for opt in one.params for name in opt.opts}

    assert named - known == set()
    assert set(re.findall(r"`grader ([a-z]+)", DOC)) <= set(grader.commands)


SETTINGS = [
    (format_, name)
    for format_, names in re.findall(r"^\| `([a-z-]+)` \| (`[a-z`, -]+`) \|", DOC, re.MULTILINE)
    for name in re.findall(r"`([a-z-]+)`", names)
]


@pytest.mark.parametrize(("name", "setting"), SETTINGS)
def test_every_setting_is_used_by_its_format(name: str, setting: str, tmp_path: Path) -> None:
    """Every setting in the page's table is one that its format uses."""
    sheet = tmp_path / "sheet.csv"
    header = "Student,ID,SIS Login ID,Section,yes" if name == "canvas" else "Identifier,yes,Grade"
    sheet.write_text(f"{header}\n", encoding="utf-8")
    value = {"names": "id", "maximum": "10", "feedback": "no"}.get(setting, "yes")
    work = work_of_report(make_report(check_result()), worksheet=sheet, settings={setting: value})

    list(load_format(name)(work))

    assert work.unused_settings() == []


def test_every_setting_of_the_formats_is_in_the_table() -> None:
    """The page's table has exactly the settings that the docstrings of the formats name."""
    documented = {
        (name, setting)
        for name in list_formats()
        for text in re.findall(r"Settings?:(.*)", load_format(name).__doc__ or "", re.DOTALL)
        for setting in re.findall(r"``([a-z-]+)(?:=[a-z]+)?``", text)
    }

    assert documented == set(SETTINGS)


def test_example_of_a_format_writes_a_file() -> None:
    """The page's example of a format writes a file for a report."""
    (example,) = re.findall(r"^```python\n(.*?)^```$", DOC, re.MULTILINE | re.DOTALL)
    found: dict[str, Any] = {}
    exec(compile(example, "docs/lms.md", "exec"), found)  # noqa: S102

    (file,) = found["export"](work_of_report(make_report(check_result("mse/a"))))

    assert file.name == "report.txt"
    assert "mse: 1 of 1 points, right" in file.content.decode()


def test_example_of_a_platform_can_be_read(tmp_path: Path) -> None:
    """`grader post` can read the page's example of a platform file."""
    (example,) = [
        block
        for block in re.findall(r"^```toml\n(.*?)^```$", DOC, re.MULTILINE | re.DOTALL)
        if "client_id" in block
    ]
    path = tmp_path / "lti.toml"
    path.write_text(example, encoding="utf-8")

    assert read_platform(path).line_item.endswith("/line_items/12")
