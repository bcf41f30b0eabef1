"""The limit for the source code of a submission, which both of its formats have in common."""

from grader.errors import UnreadableSubmissionError


def check_source_size(characters: int, *, limit: int) -> None:
    """Refuse a submission whose code blocks have more characters than the limit.

    Raises:
        UnreadableSubmissionError: they have.
    """
    if characters > limit:
        raise UnreadableSubmissionError(
            f"more than {limit // 2**20} MiB of source code, which is the limit"
        )
