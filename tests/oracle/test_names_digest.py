"""The digest of names changes with everything that a name depends on, and for its unit only."""

import dataclasses
from typing import Any

import pytest

from grader.checks.assignment import load_assignment
from grader.oracle.digests import digest_names


@pytest.mark.parametrize("field", ["id", "name", "title", "hint", "section"])
def test_digest_changes_with_what_is_said(field: str) -> None:
    """Another id, program, title, hint or section needs other names, of that unit alone."""
    assignment = load_assignment()
    first, *others = assignment.misconceptions
    changes: dict[str, Any] = {field: "another"}
    changed = dataclasses.replace(first, **changes)

    before = digest_names(assignment)
    after = digest_names(dataclasses.replace(assignment, misconceptions=(changed, *others)))

    assert {name for name in before if before[name] != after[name]} == {first.function}
