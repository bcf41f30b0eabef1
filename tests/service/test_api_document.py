"""The description of the API holds: Schemathesis asks what it allows, and what it doesn't."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_live import listening
from service_site import ANN, FIRST, INA, Site, open_site, wrong_report

from grader.service.api_tokens import make_token
from grader.service.web.throttle import Throttle

pytestmark = pytest.mark.slow

_PROGRAM = str(Path(sys.executable).with_name("schemathesis"))
# A file that nobody can grade is allowed by any schema, and refused with 422.
_SETTINGS = """
[[operations]]
include-name = "POST /api/v1/assignments/{assignment_id}/hand-ins"
checks.positive_data_acceptance.enabled = false
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a service with hand-ins, in which nobody has to wait."""
    for limit in ("expect_few_hand_ins", "expect_few_wrong_secrets"):
        monkeypatch.setattr(Throttle, limit, lambda *_: None)
    with open_site(tmp_path / "service") as made:
        for number in range(3):
            made.grade(made.hand_in(data=b"x = %d" % number), wrong_report())
        yield made


@pytest.mark.parametrize("person_id", [ANN, INA])
def test_api_is_as_it_is_described(site: Site, person_id: int, tmp_path: Path) -> None:
    """Each status, header and body is one of those described, for right and wrong requests.

    Also without a token, by other methods, and in sequences: what was handed in is there.
    """
    (tmp_path / "schemathesis.toml").write_text(_SETTINGS, encoding="utf-8")
    with site.database.write() as session:
        token = make_token(session, person_id, FIRST, name="x", by_id=None)

    with listening(site) as address:
        done = subprocess.run(
            [
                _PROGRAM, "run", f"{address}/api/v1/openapi.json",
                "--header", f"Authorization: Bearer {token}",
                "--seed", "1", "--max-examples", "10", "--no-color",
                "--generation-database", "none",
            ],
            capture_output=True, text=True, check=False, timeout=1200, cwd=tmp_path,
        )  # fmt: skip

    assert done.returncode == 0, done.stdout
    assert "9 selected / 9 total" in done.stdout
