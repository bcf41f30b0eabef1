"""The trusted side of the sandbox: starts the forkserver, opens sessions, enforces limits.

Raises:
    InternalError: This system can't fork and confine processes, as Windows can't.
"""

from grader.bootstrap import why_unsupported
from grader.errors import InternalError

# Here, because the modules of this package can't even be imported on such a system.
if _why := why_unsupported():
    raise InternalError(_why)
