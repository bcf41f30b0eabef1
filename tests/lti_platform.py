"""An LTI 1.3 platform on the loopback: lti1p3platform behind a small HTTP server.

The library checks signatures and tokens, and picks the status of a response. This module adds what
the library leaves out: the gradebook, Moodle's rule for timestamps, the audience and expiry of a
request for a token, and faults on demand.
"""

import functools
import json
import threading
import urllib.parse
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any, TypeVar

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from lti1p3platform.exceptions import LtiException, LtiServiceException  # type: ignore[import-untyped]  # no types
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract  # type: ignore[import-untyped]  # no types
from lti1p3platform.registration import Registration  # type: ignore[import-untyped]  # no types
from lti1p3platform.request import Request  # type: ignore[import-untyped]  # no types
from lti1p3platform.response import Response  # type: ignore[import-untyped]  # no types
from lti1p3platform.score import UpdateScoreStatus  # type: ignore[import-untyped]  # no types
from lti1p3platform.service_connector import AssignmentsGradesService  # type: ignore[import-untyped]  # no types

CLIENT_ID = "10000000000042"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
_ITEM_PATH = "/mod/lti/services.php/2/lineitems/7/lineitem"


@functools.cache
def make_key(_name: str) -> tuple[str, str]:
    """Return the private and public key of a name in PEM; a name always gets the same pair."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A response in place of the regular one.

    ``is_stored`` says whether the request is carried out first. Without a status, the connection is
    dropped in the middle of the response.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_stored: bool = False


class _Conf(LTI1P3PlatformConfAbstract):  # type: ignore[misc] # the library has no types
    def init_platform_config(self, **options: Any) -> None:  # noqa: ANN401
        self._registration = options["registration"]

    def get_registration_by_params(self, **_options: Any) -> Registration:  # noqa: ANN401
        return self._registration


class _Request(Request):  # type: ignore[misc]
    def build_metadata(self, request: dict[str, object]) -> dict[str, object]:
        return request


class _Service(AssignmentsGradesService):  # type: ignore[misc]
    def __init__(self, request: _Request, platform: "LoopbackPlatform") -> None:
        super().__init__(request, platform.conf, platform.line_item, platform.line_item)
        self.platform = platform

    def update_score(self, line_item_id: str, score: dict[str, Any]) -> UpdateScoreStatus:
        return self.platform.store(line_item_id, score)

    def _unused(self, *_arguments: object, **_options: object) -> Any:  # noqa: ANN401
        raise NotImplementedError

    find_lineitems = find_lineitem = create_lineitem = update_lineitem = _unused
    delete_lineitem = get_results = _unused


class LoopbackPlatform:
    """The platform: its gradebook, a record of all requests, and the faults to come.

    Attributes:
        scores: The score that the gradebook has of each user.
        posts: Every score that was sent, in order, including refused ones.
        assertions: The claims of each valid request for a token, in order.
        paths: The path of every request, in order.
        score_faults: The responses to the next scores; None stands for the regular one.
        token_faults: The responses to the next requests for tokens, likewise.
        ungradable: Users whose role can't be graded.
        expired_tokens: How many of the next tokens have expired when they are issued.
        on_store: Called after a score is stored and before the response is sent.
        tool_key: The public key that the tool signs with.
    """

    def __init__(self, base: str) -> None:
        self.base = base
        self.token_url = f"{base}/token"
        self.line_item = f"{base}{_ITEM_PATH}?type_id=3"
        private, public = make_key("platform")
        self.private_key = private
        self.tool_key = make_key("tool")[1]
        tool_key = {**Registration.get_jwk(self.tool_key), "kid": "tool-key"}
        registration = (
            Registration()
            .set_iss(base)
            .set_client_id(CLIENT_ID)
            .set_platform_private_key(private)
            .set_platform_public_key(public)
            .set_tool_key_set({"keys": [tool_key]})
        )
        self.conf = _Conf(registration=registration)
        self.scores: dict[str, dict[str, Any]] = {}
        self.posts: list[dict[str, Any]] = []
        self.assertions: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.score_faults: deque[Fault | None] = deque()
        self.token_faults: deque[Fault | None] = deque()
        self.ungradable: set[str] = set()
        self.expired_tokens = 0
        self.on_store: Callable[[], object] = lambda: None
        self.lock = threading.Lock()  # the library's objects are not safe for threads

    def give_token(self, form: dict[str, str]) -> Response:
        """Answer a request for a token."""
        try:
            token = dict(self.conf.get_access_token(form))
            # The library checks the signature and the expiry, but not the audience.
            claims = jwt.decode(
                form["client_assertion"],
                self.tool_key,
                algorithms=["RS256"],
                audience=self.token_url,
                options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"]},
            )
        except (LtiException, jwt.PyJWTError) as error:
            return _json({"error": "invalid_client", "error_description": str(error)}, 400)
        self.assertions.append(claims)
        if (claims["iss"], claims["sub"]) != (CLIENT_ID, CLIENT_ID):
            return _json({"error": "invalid_client"}, 401)
        if self.expired_tokens:
            self.expired_tokens -= 1
            claims = {"iss": self.base, "sub": CLIENT_ID, "scopes": token["scope"]}
            token["access_token"] = Registration.encode_and_sign(
                claims, self.private_key, expiration=-10
            )
        return _json(token, 200)

    def take_score(self, request: dict[str, Any]) -> Response:
        """Answer a request with a score."""
        service = _Service(_Request(request), self)
        try:
            return service.handle_resp(service.handle_update_score, line_item_id="7")
        except (LtiException, jwt.PyJWTError) as error:
            return Response(result=None, code=401, message=str(error))

    def store(self, _line_item_id: str, score: dict[str, Any]) -> UpdateScoreStatus:
        """Store a score, unless there is one of the same second or a later one, as in Moodle."""
        user_id = score["userId"]
        self.posts.append(score)
        if user_id in self.ungradable:
            raise LtiServiceException("user can't be graded in this course", 422)
        known = self.scores.get(user_id)
        if known and _second(known["timestamp"]) >= _second(score["timestamp"]):
            return UpdateScoreStatus.OLD_TIMESTAMP
        self.scores[user_id] = score
        self.on_store()
        return UpdateScoreStatus.SUCCESS

    def write_settings(self, folder: Path, *, key_name: str = "tool", **changes: str) -> Path:
        """Write the settings that a tool needs for this platform, and its key."""
        key_file = folder / "tool.pem"
        key_file.write_text(make_key(key_name)[0])
        key_file.chmod(0o600)
        values = {
            "client_id": CLIENT_ID,
            "token_url": self.token_url,
            "line_item": self.line_item,
            "key_file": key_file.name,
            "key_id": "tool-key",
            **changes,
        }
        path = folder / "lti.toml"
        path.write_text("".join(f"{name} = {json.dumps(one)}\n" for name, one in values.items()))
        return path


_Platform = TypeVar("_Platform", bound=LoopbackPlatform)


class PlatformHandler(BaseHTTPRequestHandler):
    """Answers requests to a platform."""

    protocol_version = "HTTP/1.1"
    timeout = 5
    platform: LoopbackPlatform

    def do_POST(self) -> None:
        """Answer a request for a token, or one with a score."""
        platform = self.platform
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with platform.lock:
            platform.paths.append(self.path)
            is_token = self.path == "/token"
            faults = platform.token_faults if is_token else platform.score_faults
            fault = faults.popleft() if faults else None
            answer: tuple[int, bytes, dict[str, str]] = (0, b"", {})
            if fault is None or fault.is_stored:
                response = self._token(body) if is_token else self._score(body)
                answer = (response.code, *_body_of(response))
            if fault is not None:
                answer = (fault.status, fault.body, fault.headers)
        if answer[0]:
            self.answer(*answer)
        else:
            self._cut()

    def do_GET(self) -> None:
        """Answer a request that a followed redirect would make of a score, and record it."""
        self.platform.paths.append(f"GET {self.path}")
        self.answer(200, b"<html>log in</html>", {"Content-Type": "text/html"})

    def _token(self, body: bytes) -> Response:
        return self.platform.give_token(dict(urllib.parse.parse_qsl(body.decode())))

    def _score(self, body: bytes) -> Response:
        path = urllib.parse.urlsplit(self.path)
        if (path.path, path.query) != (f"{_ITEM_PATH}/scores", "type_id=3"):
            return Response(result=None, code=404, message="unknown line item")
        if self.headers["Content-Type"] != SCORE_TYPE:
            return Response(result=None, code=415, message="not a score")
        return self.platform.take_score(
            {"method": "POST", "headers": self.headers, "json": json.loads(body)}
        )

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Send a response."""
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):  # the client may have been killed
            self.end_headers()
            self.wfile.write(body)

    def _cut(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        self.wfile.flush()
        self.connection.shutdown(SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def run_platform(
    kind: type[_Platform] = LoopbackPlatform,  # type: ignore[assignment] # as if there were two
    handler: type[PlatformHandler] = PlatformHandler,
) -> Iterator[_Platform]:
    """Run a platform until the context ends."""

    class Handler(handler):  # type: ignore[misc, valid-type] # a class of its own for each server
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        platform = kind(f"http://127.0.0.1:{server.server_port}")
        Handler.platform = platform
        thread = threading.Thread(target=functools.partial(server.serve_forever, 0.02))
        thread.start()
        try:
            yield platform
        finally:
            server.shutdown()
            thread.join()


def _second(timestamp: str) -> int:
    return int(datetime.fromisoformat(timestamp).timestamp())


def _json(content: dict[str, Any], status: int) -> Response:
    return Response(result=content, code=status, message="")


def _body_of(response: Response) -> tuple[bytes, dict[str, str]]:
    """Return the body and headers of a response: JSON, an error message, or nothing."""
    if response.result is not None:
        return json.dumps(response.result).encode(), {"Content-Type": "application/json"}
    return ("" if response.code < 400 else response.message).encode(), {}
