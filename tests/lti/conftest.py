"""What the tests of posting share: a platform on the loopback."""

from collections.abc import Iterator

import pytest
from lti_platform import LoopbackPlatform, run_platform


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackPlatform]:
    """A platform, and no proxy on the way to it."""
    monkeypatch.setenv("NO_PROXY", "*")
    with run_platform() as running:
        yield running
