"""Sends single scores to a platform: the token, the request, and whose fault an answer is.

Signing, requests and the form of a score are pylti1p3's.
"""

import functools
import time
from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import requests
from msgspec import UNSET
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.exception import LtiServiceException
from pylti1p3.grade import Grade

from grader.errors import PlatformUnreachableError, UsageError
from grader.exports.lti_score import Score
from grader.lti.connector import Connector, LtiHttpSession
from grader.lti.key import Key
from grader.lti.log import PostOutcome
from grader.lti.platform import LtiPlatform
from grader.lti.responses import (
    PostResult,
    describe,
    describe_failure,
    is_untrusted,
    raise_if_transient,
)
from grader.lti.retry import RetryPolicy, TransientError

_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
# A token that ends on the way would cost a request.
_TOKEN_MARGIN_S = 60.0


class _TokenRefusedError(Exception):
    """The platform doesn't take the token: it has expired, or was never good."""


class PlatformClient:
    """A platform, as long as scores are sent to it.

    Args:
        platform: Where they go.
        key: Who says so.
        patience: How long to go on when it can't answer.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        platform: LtiPlatform,
        key: Key,
        *,
        patience: RetryPolicy,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._platform = platform
        self._patience = patience
        self._clock = clock
        self._session = LtiHttpSession()
        self._connector = Connector(platform, key, self._session)
        self._service = AssignmentsGradesService(
            self._connector, {"scope": [_SCOPE], "lineitem": platform.line_item}
        )
        self._token_until_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def send(self, score: Score) -> PostResult:
        """Send a score, as often as it takes; each time with the same timestamp.

        So it makes no difference that one arrived whose answer was lost: the platform refuses the
        next as too late, or puts an equal one in its place.

        Raises:
            UsageError: the platform takes no scores from this tool, whosever they are.
            PlatformUnreachableError: it gives no token, because it doesn't answer.
        """
        grade = _make_grade(score)
        for _ in range(2):
            self._ensure_token()
            try:
                return self._patience.run(functools.partial(self._post_once, grade))
            except _TokenRefusedError:
                self._connector.token = ""
            except TransientError as error:
                return PostResult(
                    outcome=PostOutcome.UNANSWERED,
                    http_status=error.http_status,
                    reason=error.reason,
                )
        raise UsageError(
            "the platform gives a token and then doesn't take it for the line item: may client "
            f"{self._platform.client_id} post scores there, and is line_item of this platform?"
        )

    def _post_once(self, grade: Grade, tried: int) -> PostResult:
        try:
            self._service.put_grade(grade)
        except requests.JSONDecodeError:
            pass  # taken; the library reads the body of a success as JSON, and some have other
        except LtiServiceException as error:
            return self._judge(error.response, tried)
        except requests.RequestException as error:
            raise self._passing(error) from error
        return PostResult(outcome=PostOutcome.ACCEPTED, http_status=self._session.last_status)

    def _judge(self, response: requests.Response, tried: int) -> PostResult:
        raise_if_transient(response)
        status, told = response.status_code, describe(response)
        if status < HTTPStatus.BAD_REQUEST:
            raise UsageError(f"line_item leads elsewhere: the platform answers {told}")
        if status == HTTPStatus.UNAUTHORIZED:
            raise _TokenRefusedError
        if status == HTTPStatus.CONFLICT:
            # Not at the first try: then somebody else's is later, or this one from another log.
            outcome = PostOutcome.THERE if tried else PostOutcome.LATER
            return PostResult(outcome=outcome, http_status=status, reason=told)
        return PostResult(outcome=PostOutcome.REFUSED, http_status=status, reason=told)

    def _ensure_token(self) -> None:
        if self._connector.token and self._clock() < self._token_until_s:
            return
        self._connector.token = ""
        try:
            self._patience.run(lambda _tried: self._fetch_token_once())
        except TransientError as error:
            raise PlatformUnreachableError(f"no token, because {error.reason}") from error
        lifetime_s = self._connector.token_lifetime_s
        # Where it doesn't say how long, a 401 will tell.
        usable_s = max(lifetime_s - _TOKEN_MARGIN_S, lifetime_s / 2) or float("inf")
        self._token_until_s = self._clock() + usable_s

    def _fetch_token_once(self) -> None:
        try:
            self._connector.get_access_token([_SCOPE])
        except LtiServiceException as error:
            raise_if_transient(error.response)
            raise UsageError(self._why_no_token(error.response)) from error
        except requests.RequestException as error:
            raise self._passing(error) from error
        except (KeyError, TypeError) as error:
            raise UsageError(f"there is no token in the answer of {self._token_url}") from error

    def _why_no_token(self, response: requests.Response) -> str:
        if response.status_code < HTTPStatus.BAD_REQUEST:
            return (
                f"{self._token_url} is no token end point: it answers HTTP {response.status_code}"
            )
        return (
            f"the platform gives no token to client {self._platform.client_id}: "
            f"{describe(response)}; does it have the public half of {self._platform.key_path}, "
            "and are client_id, token_url and audience its own?"
        )

    def _passing(self, error: requests.RequestException) -> TransientError:
        if is_untrusted(error):
            raise UsageError(
                "the platform's certificate is not trusted on this machine; where it is signed by "
                "an authority of your own, name its file in REQUESTS_CA_BUNDLE"
            ) from error
        return TransientError(describe_failure(error))

    @property
    def _token_url(self) -> str:
        return self._platform.token_url.partition("?")[0]


def _make_grade(score: Score) -> Grade:
    grade = (
        Grade()
        .set_user_id(score.user_id)
        .set_timestamp(score.timestamp)
        .set_activity_progress(score.activity_progress.value)
        .set_grading_progress(score.grading_progress.value)
    )
    if score.score_given is not UNSET:
        grade.set_score_given(score.score_given)
    if score.score_maximum is not UNSET:
        grade.set_score_maximum(score.score_maximum)
    if score.comment:
        grade.set_comment(score.comment)
    return grade
