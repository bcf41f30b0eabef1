"""What is refused, and why."""

from grader.errors import UsageError


class LtiRefusedError(UsageError):
    """A launch, a registration or a platform is refused; the message is for whoever tried.

    It quotes nothing that came with the request, as anybody may have sent that.
    """
