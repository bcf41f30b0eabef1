"""Length-prefixed MessagePack frames: the only bytes that cross the wall.

A frame is a length of four bytes, big-endian, and then that many bytes of MessagePack, decoded
into a closed set of types. Sizes, and how many parts there are, are checked before anything is
allocated. Nothing is ever unpickled.
"""

import functools
import socket
from typing import Any

import msgspec

from grader.observations.structure import check_structure

PREFIX_BYTES = 4
MAX_FRAME_BYTES = 32 * 1024 * 1024
# What a child sends is smaller than what it is sent: decoding it has to be quick.
MAX_ANSWER_BYTES = 8 * 1024 * 1024
_MAX_QUOTED = 200
# Whatever is in a payload as short as this, decoding it costs nothing.
_SMALL_BYTES = 16 * 1024


class FrameError(ValueError):
    """Bytes that our own code would not have sent, or a message too large for a frame.

    If a peer sent such bytes, nothing else from it can be trusted.
    """


@functools.cache
def _decoder(kinds: Any) -> msgspec.msgpack.Decoder[Any]:  # noqa: ANN401 - a union of types
    return msgspec.msgpack.Decoder(kinds)


def encode_frame(message: msgspec.Struct, *, limit_bytes: int = MAX_FRAME_BYTES) -> bytes:
    """Return the bytes of the frame for a message.

    Raises:
        FrameError: the message is larger than a frame may be.
    """
    payload = msgspec.msgpack.encode(message)
    if len(payload) > limit_bytes:
        error = f"a message of {len(payload)} bytes doesn't fit in a frame"
        raise FrameError(error)
    return len(payload).to_bytes(PREFIX_BYTES, "big") + payload


def append_frame(
    buffer: bytearray, message: msgspec.Struct, *, limit_bytes: int = MAX_FRAME_BYTES
) -> None:
    """Append the bytes of the frame for a message to a buffer, without another copy of them.

    Raises:
        FrameError: the message is larger than a frame may be; nothing is appended.
    """
    start = len(buffer)
    msgspec.msgpack.Encoder().encode_into(message, buffer, start + PREFIX_BYTES)
    length = len(buffer) - start - PREFIX_BYTES
    if length > limit_bytes:
        del buffer[start:]
        error = f"a message of {length} bytes doesn't fit in a frame"
        raise FrameError(error)
    buffer[start : start + PREFIX_BYTES] = length.to_bytes(PREFIX_BYTES, "big")


def decode_payload(
    payload: bytes,
    kinds: Any,  # noqa: ANN401 - a type, or a union of some
    *,
    is_small: bool = False,
) -> Any:  # noqa: ANN401 - one of ``kinds``
    """Decode the payload of a frame as one of the message types ``kinds``.

    Args:
        payload: The bytes.
        kinds: The types.
        is_small: Whether it is known to have few parts, so that they need not be counted first.

    Raises:
        FrameError: it is not one of them, or is hostile (nested too deeply, too long, cut off).
    """
    try:
        if not is_small and len(payload) > _SMALL_BYTES:
            check_structure(payload)
        return _decoder(kinds).decode(payload)
    except Exception as error:  # noqa: BLE001 - whatever hostile bytes may raise
        # Cut: the decoder may quote the bytes.
        text = f"not a message: {str(error)[:_MAX_QUOTED]}"
        raise FrameError(text) from None


class FrameBuffer:
    """A buffer that collects the bytes of a stream and returns whole payloads.

    Args:
        limit_bytes: The largest payload that is accepted.
    """

    def __init__(self, *, limit_bytes: int = MAX_FRAME_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        """Append bytes that arrived from the stream."""
        self._bytes += data

    def next_payload(self) -> bytes | None:
        """Remove and return the next payload, or return None while it is not complete.

        Raises:
            FrameError: the announced length is over the limit.
        """
        if len(self._bytes) < PREFIX_BYTES:
            return None
        length = int.from_bytes(self._bytes[:PREFIX_BYTES], "big")
        if length > self._limit_bytes:
            text = f"a frame announces {length} bytes"
            raise FrameError(text)
        end = PREFIX_BYTES + length
        if len(self._bytes) < end:
            return None
        payload = bytes(self._bytes[PREFIX_BYTES:end])
        del self._bytes[:end]
        return payload

    @property
    def is_empty(self) -> bool:
        """Whether no bytes are waiting."""
        return not self._bytes


def send_message(
    sock: socket.socket, message: msgspec.Struct, *, limit_bytes: int = MAX_FRAME_BYTES
) -> None:
    """Send one message, blocking until the socket has taken all of it.

    Raises:
        FrameError: the message is larger than a frame may be.
    """
    sock.sendall(encode_frame(message, limit_bytes=limit_bytes))


def receive_message(
    sock: socket.socket,
    kinds: Any,  # noqa: ANN401 - a type, or a union of some
    *,
    limit_bytes: int = MAX_FRAME_BYTES,
) -> Any:  # noqa: ANN401 - one of ``kinds``
    """Wait for one message, without a deadline unless the socket has one.

    Raises:
        FrameError: the bytes are not a message of ``kinds``.
        EOFError: the peer closed the socket.
    """
    length = int.from_bytes(receive_exactly(sock, PREFIX_BYTES), "big")
    if length > limit_bytes:
        text = f"a frame announces {length} bytes"
        raise FrameError(text)
    return decode_payload(receive_exactly(sock, length), kinds)


def receive_exactly(sock: socket.socket, count: int) -> bytes:
    """Wait for a number of bytes.

    Raises:
        EOFError: the peer closed the socket before.
    """
    chunks = bytearray()
    while len(chunks) < count:
        chunk = sock.recv(min(count - len(chunks), 1 << 20))
        if not chunk:
            raise EOFError
        chunks += chunk
    return bytes(chunks)
