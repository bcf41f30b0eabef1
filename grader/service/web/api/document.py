"""Describes the API by OpenAPI 3.1, from its operations and the types of their messages.

Source: https://spec.openapis.org/oas/v3.1.0
"""

import functools
import inspect
import json
import re
from collections.abc import Mapping, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import grader
from grader.service.web.api.answers import JSON
from grader.service.web.api.handing_in import KEY_HEADER, LONGEST_KEY
from grader.service.web.api.operations import OPERATIONS, Operation
from grader.service.web.bearer import API
from grader.service.web.pages import render
from grader.service.web.problems import PROBLEM, Problem

_Json = dict[str, object]
_REFERENCE = "#/components/schemas/{name}"
_LARGEST_ID = 2**63 - 1
_PATH_PARAMETERS: Mapping[str, _Json] = {
    "assignment_id": {
        "schema": {"type": "integer", "minimum": 1, "maximum": _LARGEST_ID},
        "description": "the id of an assignment",
    },
    "number": {
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 64,
            "pattern": "^[A-Za-z0-9_-]+$",
        },
        "description": "the number of a hand-in, from its receipt",
    },
}
# Headers by which a program learns when to try again.
_RETRY: _Json = {
    "Retry-After": {"schema": {"type": "integer"}, "description": "seconds until it is worth it"}
}
_WORDS = {
    400: "The form can't be read",
    401: "There is no token, or it is worth nothing",
    404: "There is no such thing, or it is not yours to see",
    408: "It took too long to arrive",
    409: "It is too early or too late, or there is no attempt left",
    413: "It is too large",
    422: "A value is not allowed, or there is nothing that can be graded",
    429: "These are too many requests",
    503: "The service is starting anew",
}


@functools.cache
def make_document() -> Mapping[str, object]:
    """Return the description of the API."""
    paths: dict[str, _Json] = {}
    for one in OPERATIONS:
        paths.setdefault(API + _plain(one.path), {})[one.method.lower()] = _describe(one)
    types = [one.answer for one in OPERATIONS if one.answer is not None]
    _, schemas = msgspec.json.schema_components([*types, Problem], ref_template=_REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "zerograd",
            "version": grader.__version__,
            "description": "Hand in, see how it stands, read the report.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {name: _tidy(schema) for name, schema in schemas.items()},
        },
    }


def _describe(operation: Operation) -> _Json:
    described: _Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": [*_parameters(operation)],
        "responses": _responses(operation),
    }
    if operation.takes_files:
        described["requestBody"] = {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["files"],
                        "properties": {
                            "files": {
                                "type": "array",
                                "minItems": 1,
                                "items": {"type": "string", "format": "binary"},
                            }
                        },
                    }
                }
            },
        }
    return described


def _parameters(operation: Operation) -> Sequence[_Json]:
    found: list[_Json] = [
        {"name": name, "in": "path", "required": True, **_PATH_PARAMETERS[name]}
        for name in re.findall(r"\{(\w+)", operation.path)
    ]
    if operation.query is not None:
        (_,), schemas = msgspec.json.schema_components([operation.query], ref_template=_REFERENCE)
        properties = schemas[operation.query.__name__]["properties"]
        found += [
            {
                "name": name,
                "in": "query",
                "description": schema.pop("description"),
                "schema": schema,
            }
            for name, schema in properties.items()
        ]
    if operation.takes_files:
        found.append(
            {
                "name": KEY_HEADER,
                "in": "header",
                "description": "names this request: if you get no answer, send it again with the"
                " same key, and it is taken once",
                "schema": {"type": "string", "maxLength": LONGEST_KEY},
            }
        )
    return found


def _responses(operation: Operation) -> _Json:
    success: _Json = {"description": "Done"}
    if operation.answer is None:
        success["content"] = {"application/octet-stream": {"schema": {}}}
    else:
        reference = {"$ref": _REFERENCE.format(name=operation.answer.__name__)}
        success["content"] = {JSON: {"schema": reference}}
    if operation.id == "showHandIn":
        success["headers"] = _RETRY
    responses: _Json = {str(operation.status): success}
    if operation.is_tagged:
        responses["304"] = {"description": "The answer is the one that you have (If-None-Match)"}
    problem = {PROBLEM: {"schema": {"$ref": _REFERENCE.format(name=Problem.__name__)}}}
    for status in sorted({401, 429, *operation.problems}):
        described: _Json = {"description": _WORDS[status], "content": problem}
        if status in (404, 429, 503):
            described["headers"] = _RETRY
        responses[str(status)] = described
    return responses


def _tidy(schema: object) -> object:
    """Take the indent out of docstrings, which differs between versions of Python."""
    if isinstance(schema, dict) and "description" in schema:
        return {**schema, "description": inspect.cleandoc(schema["description"])}
    return schema


def _plain(path: str) -> str:
    """Return a path without Starlette's converters."""
    return re.sub(r":\w+\}", "}", path)


async def show_document(_request: Request) -> Response:
    """Answer with the description; it says nothing of anybody."""
    return Response(json.dumps(make_document(), indent=2) + "\n", media_type=JSON)


async def show_page(request: Request) -> Response:
    """Show the description as a page."""
    operations = [
        {
            "method": one.method,
            "path": API + _plain(one.path),
            "summary": one.summary,
            "answer": "bytes" if one.answer is None else one.answer.__name__,
            "parameters": [*_parameters(one)],
            "problems": [(status, _WORDS[status]) for status in sorted({401, 429, *one.problems})],
        }
        for one in OPERATIONS
    ]
    return render(request, "api.html.j2", api=API, operations=operations)


ROUTES = [Route(f"{API}/openapi.json", show_document), Route(f"{API}/", show_page)]
