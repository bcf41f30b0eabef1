"""Everything that can be read in a kit or a wheel, and what must not be there."""

import ast
import contextlib
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator

import msgspec

from grader.checks.assignment import Assignment

TRIVIAL = 13  # characters: "return losses", "for x in y:"
_HEADER = b"zerograd recording "
_DIGEST_BYTES = 32


def all_texts(data: bytes) -> Iterator[str]:
    """Yield every text in a file: in zips, zlib streams, MessagePack and JSON, however deep."""
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                yield entry.filename
                yield from all_texts(archive.read(entry))
        return
    if data.startswith(_HEADER):
        yield from all_texts(data[data.index(b"\n") + 1 + _DIGEST_BYTES :])
        return
    try:
        unpacked = zlib.decompress(data)
    except zlib.error:
        pass
    else:
        yield from all_texts(unpacked)
        return
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield data.decode("latin-1")
    else:
        yield text
        with contextlib.suppress(ValueError):
            yield from _texts_of(json.loads(text))
    try:
        yield from _texts_of(msgspec.msgpack.decode(data))
    except msgspec.DecodeError:
        return


def _texts_of(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bytes():
            yield from all_texts(value)
        case dict():
            for key, one in value.items():
                yield from _texts_of(key)
                yield from _texts_of(one)
        case list() | tuple():
            for one in value:
                yield from _texts_of(one)


def body_lines(source: str) -> set[str]:
    """Return the lines of the bodies of functions, without docstrings and what is trivial."""
    lines = source.split("\n")
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            has_text = ast.get_docstring(node) is not None
            first = (node.body[0].end_lineno or 0) if has_text else node.body[0].lineno - 1
            found |= {line.strip() for line in lines[first : node.end_lineno]}
    return {line for line in found if len(line) > TRIVIAL}


def secrets_of(assignment: Assignment, shown: Iterable[str]) -> set[str]:
    """Return the lines of solutions and misconceptions that are nowhere else.

    Args:
        assignment: The assignment.
        shown: What students get anyway, such as the exercise.
    """
    hints = (f"{one.title}\n{one.hint}" for one in assignment.misconceptions)
    signatures = (f"{name}({', '.join(p)})" for name, p in assignment.parameters.items())
    public = "\n".join((*shown, *hints, *signatures))
    secret = body_lines(assignment.reference)
    for source in {one.source for one in assignment.misconceptions}:
        secret |= body_lines(source)
    return {line for line in secret if line not in public}


def leaks(data: bytes, secret: set[str]) -> set[str]:
    """Return the secret lines that are in a file."""
    whole = "\n".join(all_texts(data)).replace("\\n", "\n")
    lines = {line.strip() for line in whole.split("\n")}
    # Long ones also within other lines, as in a text of another format.
    return {one for one in secret if one in lines or (len(one) > 2 * TRIVIAL and one in whole)}


def digests_of(names: Iterable[str]) -> set[bytes]:
    """Return digests of names by which somebody could find out whether a kit has them."""
    made = set()
    for name in names:
        for kind in ("md5", "sha1", "sha256"):
            digest = hashlib.new(kind, name.encode())
            made |= {digest.digest(), digest.hexdigest().encode()}
    return made
