"""The lock on files holds however many packages there are, and however few descriptors."""

import json
import subprocess
import sys

import pytest

from grader.observations.locks import Lock

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="about Landlock"),
]

_PROGRAM = """
import json, resource
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (48, hard))
from grader.observations.messages import CodeBlock
from grader.sandbox.host.account import Account
from grader.sandbox.host.limits import Confinement, Limits
from grader.sandbox.host.session import Source, open_session
from grader.sandbox.host.starter import open_starter
from grader.sandbox.host.start_method import StartMethod
import sys

source = Source(
    name="a.py", blocks=(CodeBlock(label="", source="x = 1"),), is_notebook=False, parameters={}
)
with open_starter(method=StartMethod(sys.argv[1])) as starter:
    account = Account(Limits(), functions=1)
    with open_session(starter, source, account=account, confinement=Confinement()) as session:
        session.loaded
        print(json.dumps([list(session.locks.locks), session.locks.missing]))
"""


@pytest.mark.parametrize("method", ["forkserver", "spawn"])
def test_lock_holds_where_few_descriptors_are_allowed(method: str) -> None:
    """Each file or folder that may be read takes a descriptor, so the guest asks for more."""
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, method],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )

    locks, missing = json.loads(ran.stdout)
    assert set(locks) == set(Lock), missing
