"""Marks the slow tests of exports: those of the largest and of generated reports."""

import pytest

_LARGE = ("huge", "many functions")
_GENERATED = "_of_any_report_"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what the quick tests leave out; there are smaller reports of every kind."""
    for item in items:
        case = getattr(getattr(item, "callspec", None), "id", "")
        if "/exports/" in str(item.path) and (case.startswith(_LARGE) or _GENERATED in item.name):
            item.add_marker(pytest.mark.slow)
