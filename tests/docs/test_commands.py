"""The commands and programs on the pages run, and print what the pages show."""

from pathlib import Path

import pytest
from doc_pages import all_pages, name_of, read_items
from doc_running import is_printed, run_steps, steps_of

pytestmark = pytest.mark.slow

PAGES = [page for page in all_pages() if steps_of(read_items(page))]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_a_page_says_to_do_works(page: Path, tmp_path: Path) -> None:
    """Done from top to bottom in a fresh folder, every step succeeds and prints what is shown."""
    folder = tmp_path / "work"
    folder.mkdir()

    ran = run_steps(steps_of(read_items(page)), folder)

    for step, status, printed in ran:
        told = f"{step.where}\n$ {step.command}\n{printed}\n(exit status {status})"
        assert status in step.exits, told
        assert "Traceback (most recent call last)" not in printed, told
        assert step.shown is None or is_printed(step.shown, printed), f"{told}\n{step.shown}"
