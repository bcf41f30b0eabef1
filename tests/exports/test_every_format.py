"""What holds in every format that students read: the words for a check, and where texts are cut."""

import pytest
from report_samples import NOT_JUDGED, run_export, work_of

from grader.exports.registry import list_formats, load_format
from grader.exports.text import cut, describe_function

# Formats with scores only, or with a file of the platform to fill in.
_WITHOUT_WORDS = {"canvas", "csv", "lti", "moodle"}


@pytest.mark.parametrize("name", sorted(set(list_formats()) - _WITHOUT_WORDS))
def test_check_that_was_not_judged_is_called_so(name: str) -> None:
    """It has no points, and it was not found wrong either."""
    files, left_out = run_export(load_format(name), work_of(NOT_JUDGED))

    assert not left_out
    text = b"".join(files.values()).decode()
    assert "not judged yet" in text
    # Submitty calls every file a success; the rest of it is checked with its own tests.
    words = ("pass", "passed", *(() if name == "submitty" else ("success",)))
    assert not [word for word in words if f'"{word}"' in text]
    assert '": true' not in text.replace('"gradable": true', "")


def test_check_that_was_not_judged_is_told_from_one_that_failed() -> None:
    """In a function that is wrong, each check says whether it was judged."""
    update = NOT_JUDGED.functions[0]

    *_, last = describe_function(update).splitlines()

    assert last == "0/1 w stays the same leaf  (not judged yet)"


@pytest.mark.parametrize("limit", range(12, 40))
def test_text_is_cut_after_a_word(limit: int) -> None:
    """A text is never longer than asked for, and never ends in a part of a word."""
    text = "the loss is right and w moves on"

    shown = cut(text, limit)

    assert len(shown) <= limit
    kept = shown.removesuffix("\n... (cut)").split()
    assert kept == text.split()[: len(kept)] or limit < len("the\n... (cut)")
