"""The summary as a file: strict JSON, valid by its schema, and read back without loss."""

import json
import unicodedata
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # has no type information
import pytest
from class_fakes import HOSTILE_NAMES, make_class

from grader.errors import UsageError
from grader.report.class_figures import read_summary, summary_to_json
from grader.report.summary_file import SUMMARY_SCHEMA_FILE, make_summary_schema

CLASS = make_class(40)


def test_shipped_schema_is_that_of_the_model() -> None:
    """The shipped schema is the one that the model gives."""
    assert SUMMARY_SCHEMA_FILE.read_text(encoding="utf-8") == make_summary_schema()


def test_summary_is_valid() -> None:
    """The summary of a class with everything in it is valid by the schema."""
    schema = json.loads(SUMMARY_SCHEMA_FILE.read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator(schema).validate(json.loads(summary_to_json(CLASS)))


def test_schema_refuses_a_row_without_a_status() -> None:
    """The schema refuses a row without a status."""
    content = json.loads(summary_to_json(CLASS))
    del content["rows"][0]["status"]
    schema = json.loads(SUMMARY_SCHEMA_FILE.read_text(encoding="utf-8"))

    assert not jsonschema.Draft202012Validator(schema).is_valid(content)


@pytest.mark.parametrize("in_folder", [True, False], ids=["folder", "file"])
def test_summary_is_read_back(tmp_path: Path, *, in_folder: bool) -> None:
    """A summary is read back equal, from its file or from its folder."""
    file = tmp_path / "summary.json"
    file.write_text(summary_to_json(CLASS), encoding="utf-8")

    assert read_summary(tmp_path if in_folder else file) == CLASS


def test_each_row_has_a_line() -> None:
    """Each row of the summary is on a line of its own."""
    lines = summary_to_json(CLASS).splitlines()

    assert sum('"id": "s00003"' in line and '"cells"' in line for line in lines) == 1


def test_hostile_names_are_valid_utf_8() -> None:
    """A lone surrogate in a name is written as a visible escape."""
    text = summary_to_json(make_class(20, names=HOSTILE_NAMES))

    names = [row["student"]["name"] for row in json.loads(text.encode())["rows"]]
    assert r"lone \udcf6 surrogate" in names
    assert "<script>window.pwned = 1</script>" in names
    assert not {unicodedata.category(one) for one in text if one != "\n"} & {"Cc", "Cf", "Zl"}


def test_figures_can_be_written_without_rows() -> None:
    """Without rows, the times of single submissions are left out too."""
    content = json.loads(summary_to_json(CLASS, with_rows=False))

    assert "rows" not in content
    assert content["timing"] == {"total_s": 100.0}
    assert content["scores"]["count"] == 39


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"rows": 3}', b"[" * 100])
def test_other_file_is_an_error_of_use(content: bytes, tmp_path: Path) -> None:
    """A file that is not a summary is a usage error that names the file."""
    file = tmp_path / "summary.json"
    file.write_bytes(content)

    with pytest.raises(UsageError, match=r"summary\.json is not the summary of a batch"):
        read_summary(tmp_path)


def test_missing_summary_is_an_error_of_use(tmp_path: Path) -> None:
    """A folder without a summary is a usage error that names the missing file."""
    with pytest.raises(UsageError, match=r"as there is no summary\.json in it"):
        read_summary(tmp_path)
