"""Fixtures for the tests of LTI: a platform on the loopback, and a service that knows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lti_lms import Lms, LmsHandler
from lti_platform import run_platform
from lti_site import open_lti_site
from service_site import Site


@pytest.fixture
def lms() -> Iterator[Lms]:
    """Return a platform."""
    with run_platform(Lms, LmsHandler) as running:
        yield running


@pytest.fixture
def lti_site(tmp_path: Path, lms: Lms) -> Iterator[Site]:
    """Return a service that knows the platform; its first course is connected."""
    with open_lti_site(tmp_path, lms) as made:
        yield made
