"""Fixtures for the tests of posting: a platform on the loopback."""

from collections.abc import Iterator

import pytest
from lti_platform import LoopbackPlatform, run_platform


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackPlatform]:
    """A platform on the loopback, reached without a proxy."""
    monkeypatch.setenv("NO_PROXY", "*")
    with run_platform(LoopbackPlatform) as running:
        yield running
