"""Send single scores to a platform: get a token, make the request, interpret the response.

pylti1p3 signs, makes the requests and formats the scores.
"""

import functools
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import msgspec
import requests
from msgspec import UNSET
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.exception import LtiServiceException
from pylti1p3.grade import Grade

from grader.errors import PlatformUnreachableError, UsageError
from grader.exports.lti_score import CANVAS_SUBMISSION, Score
from grader.lti.connector import Connector, LtiHttpSession
from grader.lti.key import Key
from grader.lti.log import PostOutcome, PostResult
from grader.lti.platform import LtiPlatform
from grader.lti.responses import (
    describe,
    describe_failure,
    is_later_there,
    is_untrusted,
    raise_if_transient,
)
from grader.lti.retry import RetryPolicy, TransientError
from grader.system.closing import Closing

_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
# A token that expires in transit would cost a request.
_TOKEN_MARGIN_S = 60.0


class _TokenRefusedError(Exception):
    """The platform rejected the token: it has expired, or was never valid."""


class PlatformClient(Closing):
    """A connection to a platform, open while scores are sent to it.

    Args:
        platform: Where the scores go.
        key: The key that the tool signs with.
        retry_policy: How long to retry while the platform can't answer.
        clock: A monotonic clock, in seconds.
        session: Makes the requests, and is closed with the client; by default one that goes
            anywhere.
    """

    def __init__(
        self,
        platform: LtiPlatform,
        key: Key,
        *,
        retry_policy: RetryPolicy,
        clock: Callable[[], float] = time.monotonic,
        session: LtiHttpSession | None = None,
    ) -> None:
        self._platform = platform
        self._retry_policy = retry_policy
        self._clock = clock
        self._session = session or LtiHttpSession()
        self._connector = Connector(platform, key, self._session)
        self._service = AssignmentsGradesService(
            self._connector, {"scope": [_SCOPE], "lineitem": platform.line_item}
        )
        self._token_until_s = 0.0

    def close(self) -> None:
        """Close the connections to the platform."""
        self._session.close()

    def send(self, score: Score) -> PostResult:
        """Send a score, and retry while the failure is temporary.

        Every attempt has the same timestamp. So if one arrived and only its response was lost, the
        next changes nothing: the platform refuses it as not newer, or replaces the score by an
        equal one.

        Raises:
            UsageError: The platform accepts no scores at all from this tool.
            PlatformUnreachableError: The platform doesn't answer a request for a token.
        """
        grade = _make_grade(score)
        for _ in range(2):
            self._ensure_token()
            try:
                return self._retry_policy.run(functools.partial(self._post_once, grade))
            except _TokenRefusedError:
                self._connector.token = ""
            except TransientError as error:
                return PostResult(
                    outcome=PostOutcome.UNANSWERED,
                    http_status=error.http_status,
                    reason=error.reason,
                    asked_wait_s=error.asked_wait_s,
                )
        raise UsageError(
            "the platform issues a token and then rejects it for the line item: check that client "
            f"{self._platform.client_id} may post scores there, and that line_item belongs to this "
            "platform"
        )

    def _post_once(self, grade: Grade, earlier_tries: int) -> PostResult:
        try:
            self._service.put_grade(grade)
        except requests.JSONDecodeError:
            pass  # accepted: the library expects JSON in a successful response, but some have none
        except LtiServiceException as error:
            return self._interpret(error.response, earlier_tries)
        except requests.RequestException as error:
            raise self._to_transient(error) from error
        return PostResult(outcome=PostOutcome.ACCEPTED, http_status=self._session.last_status)

    def _interpret(self, response: requests.Response, earlier_tries: int) -> PostResult:
        raise_if_transient(response)
        status, description = response.status_code, describe(response)
        if status < HTTPStatus.BAD_REQUEST:
            raise UsageError(f"line_item redirects elsewhere: the platform answers {description}")
        if status == HTTPStatus.UNAUTHORIZED:
            raise _TokenRefusedError
        if is_later_there(response):
            # After a retry, an earlier attempt has arrived. At the first attempt, the later score
            # is somebody else's, or was sent with another log.
            outcome = PostOutcome.THERE if earlier_tries else PostOutcome.LATER
            return PostResult(outcome=outcome, http_status=status, reason=description)
        return PostResult(outcome=PostOutcome.REFUSED, http_status=status, reason=description)

    def _ensure_token(self) -> None:
        if self._connector.token and self._clock() < self._token_until_s:
            return
        self._connector.token = ""
        try:
            self._retry_policy.run(lambda _tries: self._fetch_token_once())
        except TransientError as error:
            raise PlatformUnreachableError(
                f"it issued no access token, because {error.reason}"
            ) from error
        lifetime_s = self._connector.token_lifetime_s
        # If the platform doesn't say how long the token is valid, a 401 shows that it has expired.
        usable_s = max(lifetime_s - _TOKEN_MARGIN_S, lifetime_s / 2) or float("inf")
        self._token_until_s = self._clock() + usable_s

    def _fetch_token_once(self) -> None:
        try:
            self._connector.get_access_token([_SCOPE])
        except LtiServiceException as error:
            raise_if_transient(error.response)
            raise UsageError(self._explain_no_token(error.response)) from error
        except requests.RequestException as error:
            raise self._to_transient(error) from error
        except (KeyError, TypeError) as error:
            raise UsageError(f"the response of {self._token_url} contains no token") from error

    def _explain_no_token(self, response: requests.Response) -> str:
        if response.status_code < HTTPStatus.BAD_REQUEST:
            return (
                f"{self._token_url} is not a token endpoint: it answers HTTP {response.status_code}"
            )
        return (
            f"the platform issues no token to client {self._platform.client_id}: "
            f"{describe(response)}; check that it has the public key of {self._platform.key_path}, "
            "and that client_id, token_url and audience are right"
        )

    def _to_transient(self, error: requests.RequestException) -> TransientError:
        if is_untrusted(error):
            raise UsageError(
                "the platform's certificate is not trusted on this machine; if an authority of "
                "your own has signed it, set REQUESTS_CA_BUNDLE to the authority's certificate file"
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
    if score.canvas is not UNSET:
        grade.set_extra_claims({CANVAS_SUBMISSION: msgspec.to_builtins(score.canvas)})
    return grade
