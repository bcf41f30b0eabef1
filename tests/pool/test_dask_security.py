"""Only who has the right certificates gets to a cluster, and only the same zerograd grades."""

from collections.abc import Callable
from pathlib import Path

import pytest
from dask_cluster import Cluster, open_cluster, wait_until
from fake_worker import PRELOAD
from tls_certificates import make_authority

from grader.errors import UsageError
from grader.pool.cluster_address import Certificates
from grader.pool.dask_pool import DaskPool
from grader.pool.jobs import Job
from grader.pool.messages import GradeRequest, PoolSettings

pytestmark = pytest.mark.slow

# Run first in a worker: its zerograd is another one, or none.
OTHER_ENGINE = f"""{PRELOAD}
from grader.pool import shipment
shipment.digest_engine = lambda: b"other"
"""
OTHER_TORCH = f"""{PRELOAD}
from grader.pool import shipment
machine = {{**shipment.describe_machine(), "torch": "1.0"}}
shipment.describe_machine = lambda: machine
"""
NO_ZEROGRAD = """
import sys
for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
    del sys.modules[name]
sys.modules["grader"] = None
"""


@pytest.fixture
def grade(tmp_path: Path) -> Callable[..., list[bool]]:
    """Return a function that grades on a cluster, and returns what are faults of the grader."""

    def run(
        cluster: Cluster, certificates: Certificates | None = None, *, count: int = 2
    ) -> list[bool]:
        pool = DaskPool(
            settings=PoolSettings(assignment="lab4", salt=str(tmp_path)),
            address=cluster.address,
            certificates=certificates,
            patience_s=10,
        )
        requests = (GradeRequest(name=f"slow {number}") for number in range(count))
        jobs = (Job(key=one.name, request=one) for one in requests)
        return [result.is_fault for _, result in pool.grade_all(jobs)]

    return run


def test_cluster_with_tls_grades_for_who_has_its_certificates_and_for_nobody_else(
    tmp_path: Path, grade: Callable[..., list[bool]]
) -> None:
    """A certificate of another authority is refused, and so is one without its key."""
    authority = make_authority(tmp_path / "ours")
    member, client = authority.sign("member"), authority.sign("client")
    stranger = make_authority(tmp_path / "theirs").sign("client")
    tls = (
        *("--tls-ca-file", str(member.authority)),
        *("--tls-cert", str(member.certificate)),
        *("--tls-key", str(member.key)),
    )
    # Who believes our authority, but is not of it.
    half = Certificates(
        authority=member.authority, certificate=stranger.certificate, key=stranger.key
    )
    torn = Certificates(
        authority=member.authority, certificate=client.certificate, key=stranger.key
    )
    missing = Certificates(
        authority=member.authority, certificate=client.certificate, key=tmp_path / "none"
    )

    with open_cluster(tmp_path / "cluster", workers=1, preload=PRELOAD, tls=tls) as cluster:
        assert cluster.address.startswith("tls://")

        assert grade(cluster, client) == [False, False]

        for wrong in (stranger, half):
            with pytest.raises(UsageError, match=f"no scheduler of Dask .* {cluster.address}"):
                grade(cluster, wrong)
        for unusable in (torn, missing):
            with pytest.raises(UsageError, match="the certificates can't be used"):
                grade(cluster, unusable)
        with pytest.raises(UsageError, match="--tls-ca"):
            grade(cluster)
        plain = Cluster(tmp_path, address=cluster.address.replace("tls://", "tcp://"))
        with pytest.raises(UsageError, match="no scheduler of Dask answers"):
            grade(plain)


@pytest.mark.parametrize(
    ("preload", "reason"),
    [
        (OTHER_ENGINE, r"the worker tcp://.* can't grade: another version of zerograd"),
        (OTHER_TORCH, r"the worker tcp://.* can't grade: there is torch 1.0 instead of"),
        (
            NO_ZEROGRAD,
            r"can't grade, perhaps since the same zerograd is not installed.*No module named",
        ),
    ],
    ids=["zerograd", "torch", "none"],
)
def test_worker_that_could_grade_otherwise_is_refused(
    tmp_path: Path, grade: Callable[..., list[bool]], preload: str, reason: str
) -> None:
    """It is said before anything is graded."""
    with open_cluster(tmp_path / "cluster", workers=1, preload=preload) as cluster:
        wait_until(lambda: "Registered to" in cluster.log())

        with pytest.raises(UsageError, match=reason):
            grade(cluster)


def test_worker_that_comes_later_is_refused_as_well(
    tmp_path: Path, grade: Callable[..., list[bool]]
) -> None:
    """As soon as it would grade something: the batch ends, and what is graded is kept."""
    with open_cluster(tmp_path / "cluster", preload=OTHER_ENGINE) as cluster:
        cluster.start_worker()

        with pytest.raises(UsageError, match="another version of zerograd"):
            grade(cluster)
