"""The options of a cluster, and the pool that they choose."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from grader.cli.values import PathValue

if TYPE_CHECKING:
    from grader.pool.cluster_address import Certificates
    from grader.pool.jobs import LivePool
    from grader.pool.messages import PoolSettings

_Command = TypeVar("_Command", bound=Callable[..., object])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster that grades instead of this machine.

    Attributes:
        address: The address of the scheduler.
        certificates: What encrypts the connection, if anything does.
    """

    address: str
    certificates: "Certificates | None"

    @staticmethod
    def expect_library() -> None:
        """Require the library for it.

        Raises:
            click.UsageError: It is not installed.
        """
        try:
            import grader.pool.dask_pool  # noqa: F401
        except ImportError as error:
            raise click.UsageError(
                "a cluster needs a library that is not installed; run: "
                'pip install "zerograd[cluster]"'
            ) from error

    def make_pool(self, settings: "PoolSettings", *, without: tuple[Path, ...] = ()) -> "LivePool":
        """Return a pool on the cluster.

        Args:
            settings: How submissions are graded.
            without: Folders and files that are not part of the assignment.

        Raises:
            click.UsageError: The library for it is not installed.
        """
        self.expect_library()
        from grader.pool.dask_pool import DaskPool

        return DaskPool(
            settings=settings,
            address=self.address,
            certificates=self.certificates,
            without=without,
        )


def cluster_options(command: _Command) -> _Command:
    """Add the options that choose a cluster; the command gets a `Cluster`, or None."""

    @functools.wraps(command)
    def with_cluster(
        *,
        cluster: str | None,
        tls_ca: Path | None,
        tls_cert: Path | None,
        tls_key: Path | None,
        **options: object,
    ) -> object:
        files = (tls_ca, tls_cert, tls_key)
        chosen = _choose(cluster, files) if cluster is not None or any(files) else None
        return command(cluster=chosen, **options)

    decorated: Callable[..., object] = with_cluster
    for option, text in reversed(
        (
            ("--tls-ca", "Certificate of the authority that signed the cluster's certificates."),
            ("--tls-cert", "Our own certificate, signed by the same authority."),
            ("--tls-key", "Private key that belongs to our certificate."),
        )
    ):
        kind = PathValue(exists=True, dir_okay=False)
        decorated = click.option(option, metavar="PEM", type=kind, help=text)(decorated)
    with_address: Callable[..., object] = click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Grade on the cluster of this Dask scheduler: tls://HOST:PORT with certificates, or "
        "tcp://127.0.0.1:PORT on this machine. Its workers decide how many submissions are graded "
        "at the same time.",
    )(decorated)
    return with_address  # type: ignore[return-value] # the same command with more options


def _choose(address: str | None, files: tuple[Path | None, Path | None, Path | None]) -> Cluster:
    from grader.cli.options import usage_errors
    from grader.pool.cluster_address import Certificates, expect_secure

    if address is None:
        raise click.UsageError("certificates are for a cluster; name it with --cluster")
    certificates = None
    authority, certificate, key = files
    if authority and certificate and key:
        certificates = Certificates(authority=authority, certificate=certificate, key=key)
    elif any(files):
        raise click.UsageError("--tls-ca, --tls-cert and --tls-key belong together")
    with usage_errors():
        expect_secure(address, certificates)
    return Cluster(address=address, certificates=certificates)
