"""Frames: what our own code sends arrives unchanged; any other bytes raise a FrameError."""

import math
import socket
import tracemalloc
from typing import Any, get_args

import msgspec
import pytest
from fakes import array
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.observations.frames import (
    MAX_FRAME_BYTES,
    PREFIX_BYTES,
    FrameBuffer,
    FrameError,
    append_frame,
    decode_payload,
    encode_frame,
    receive_message,
    send_message,
)
from grader.observations.locks import Lock
from grader.observations.messages import (
    Answer,
    CallRequest,
    ChildLimits,
    CodeBlock,
    EditRequest,
    FromChild,
    FromForkserver,
    Kill,
    Killed,
    Lent,
    Load,
    Loaded,
    Message,
    Note,
    Outcome,
    Raised,
    ReadRequest,
    Ready,
    Running,
    ScriptRequest,
    Spawn,
    Spawned,
    Starting,
    State,
    StatementStarted,
    Step,
    ToChild,
    ToForkserver,
    TorchCall,
    Warm,
    Warmed,
)
from grader.observations.scripts import (
    Call,
    Constant,
    Dots,
    Enter,
    Exit,
    Figures,
    Frames,
    GetAttribute,
    GetItem,
    InputOf,
    Library,
    Name,
    Operation,
    Operator,
    Raises,
    Sequence,
    SetAttribute,
    SetItem,
    SliceOf,
    Table,
    Take,
    Unpack,
    ValueOf,
)
from grader.observations.values import (
    Animation,
    AnyValue,
    Artist,
    Axes,
    InputItems,
    InputMapping,
    Items,
    Leaf,
    Mapping,
    Nothing,
    Number,
    Opaque,
    Text,
)

pytestmark = pytest.mark.slow

_ARTIST = Artist(points=array([[0, 1]], dtype="float64"), is_joined=True, has_markers=False)
VALUES: tuple[AnyValue, ...] = (
    Nothing(),
    Number(value=-0.5),
    Text(text="é\n"),
    array([[1, 2]], requires_grad=True),
    Items(kind="list", items=(Number(value=1.0, kind="int"), Items(kind="tuple", items=()))),
    Mapping(entries=((Text(text="a"), Nothing()),), is_cut=True),
    Axes(artists=(_ARTIST,)),
    Animation(frame_count=2, frames=((_ARTIST,), ())),
    Opaque(type_name="module", reason="not data"),
)
_RAISED = Raised(
    type_name="ValueError", text="no", block="cell 2", line=3, code="f()", function="f"
)
_STEPS = tuple(
    Step(
        returned=value,
        inputs={"w": State(value=value, is_same_leaf=False, is_global=True)},
        gradients={"w": value},
        torch_calls=(TorchCall(name="sub_", on="w", is_grad_enabled=False),),
    )
    for value in VALUES
)
_LENT = Lent(source="def f(): pass", parameters={"f": ("x", "w")})
MESSAGES: tuple[tuple[Message, Any], ...] = (
    (
        Load(
            name="a.py",
            blocks=(CodeBlock(label="cell 1", source="x = 1"),),
            is_notebook=True,
            parameters={"f": ("x",)},
            lent=_LENT,
            left_out=((0, 1),),
            slow=((0, 2), (0, 3)),
            needed_only_from=(0, 1),
            is_watched=False,
        ),
        ToChild,
    ),
    (
        EditRequest(
            token=b"\0\xff",
            function="f",
            edit=3,
            then=ReadRequest(token=b"\1", function="f"),
        ),
        ToChild,
    ),
    (
        CallRequest(
            token=b"\0\xff",
            function="f",
            inputs={"x": array([1, 2]), "lr": Number(value=0.1)},
            times=3,
            seed=2**31,
            differentiate=("x",),
            cotangent=array(1.0),
            draw=4,
            frames=5,
            log_torch_calls=True,
        ),
        ToChild,
    ),
    (ReadRequest(token=b"t", function="ANSWERS"), ToChild),
    (
        ScriptRequest(
            token=b"t",
            function="Value.__mul__",
            inputs={
                "x": Leaf(array=array(1.0), gradient=array(2.0)),
                "rest": InputItems(
                    is_tuple=True,
                    items=(Nothing(), InputMapping(entries=((Text(text="a"), Number(value=1.0)),))),
                ),
            },
            operations=(
                Name(name="Value"),
                Library(module="torch", path=("no_grad",)),
                Call(function=ValueOf(place=0), args=(InputOf(name="x"),), kwargs={"b": Dots()}),
                GetAttribute(of=ValueOf(place=2), name="data"),
                SetAttribute(of=ValueOf(place=2), name="data", value=Constant(value=Nothing())),
                GetItem(
                    of=ValueOf(place=2),
                    key=SliceOf(
                        start=Constant(value=Nothing()),
                        stop=ValueOf(place=1),
                        step=Constant(value=Nothing()),
                    ),
                ),
                SetItem(of=ValueOf(place=2), key=Dots(), value=ValueOf(place=3)),
                Operator(name="mul", operands=(ValueOf(place=2), ValueOf(place=2))),
                Enter(manager=ValueOf(place=1)),
                Exit(place=8),
                Take(of=ValueOf(place=2), count=3),
                Unpack(of=ValueOf(place=2), count=2),
                Frames(of=ValueOf(place=2), count=3),
                Figures(is_current=True),
                Raises(expected=("ValueError",), call=Call(function=ValueOf(place=0))),
            ),
            returned=Table(
                entries=(
                    (
                        Constant(value=Text(text="c")),
                        Sequence(is_tuple=False, items=(ValueOf(place=3),)),
                    ),
                )
            ),
            seed=3,
            log_torch_calls=True,
            replaced={"Value": "Wrong"},
            is_rerun=True,
            given={"x": array(1.0)},
        ),
        ToChild,
    ),
    (Ready(locks=(Lock.FILES,), missing={Lock.SYSCALLS: "no libseccomp"}), FromChild),
    (StatementStarted(block=1, statement=2, line=3, cpu_s=0.5), FromChild),
    (Running(token=b"t", block="cell 1", line=3, code="pass"), FromChild),
    (
        Loaded(defined=("f",), notes=(Note(block="cell 1", raised=_RAISED),), syntax_error=_RAISED),
        FromChild,
    ),
    (Answer(token=b"t", outcome=Outcome.RAISED, steps=_STEPS, raised=_RAISED), FromChild),
    (Warm(modules=("torch",)), ToForkserver),
    (
        Spawn(
            scratch="/tmp/s",  # noqa: S108 - never opened
            readable=("/usr",),
            limits=ChildLimits(memory_bytes=1, file_bytes=2, cpu_s=3),
            without=(Lock.FILES,),
        ),
        ToForkserver,
    ),
    (Kill(pid=7), ToForkserver),
    (Starting(path=("/usr/lib",)), FromForkserver),
    (Warmed(versions={"torch": "2"}), FromForkserver),
    (Spawned(pid=7), FromForkserver),
    (Killed(status=-9), FromForkserver),
)
KINDS = (ToChild, FromChild, ToForkserver, FromForkserver)


def _payload(message: Message) -> bytes:
    return encode_frame(message)[PREFIX_BYTES:]


# --- round trips --------------------------------------------------------------------------


@pytest.mark.parametrize(("message", "kinds"), MESSAGES, ids=lambda one: type(one).__name__)
def test_message_arrives_as_it_was_sent(message: Message, kinds: Any) -> None:  # noqa: ANN401 - a union
    """Every field of every message comes out of its frame unchanged."""
    frame = encode_frame(message)

    arrived = decode_payload(frame[PREFIX_BYTES:], kinds)

    assert arrived == message
    assert type(arrived) is type(message)
    assert int.from_bytes(frame[:PREFIX_BYTES], "big") == len(frame) - PREFIX_BYTES


def test_round_trips_cover_every_message_and_every_kind_of_value() -> None:
    """There is a sample above of every message and every kind of value."""
    sent = {type(message) for message, _ in MESSAGES}
    values = {type(value) for value in VALUES}

    known = {kind for kinds in KINDS for kind in get_args(kinds)}

    assert sent == known
    (script,) = (message for message, _ in MESSAGES if isinstance(message, ScriptRequest))
    assert {type(one) for one in script.operations} == set(get_args(Operation))
    assert values == set(get_args(AnyValue))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, -0.0, 5e-324, 2.0**63])
def test_unusual_number_arrives_bit_by_bit(number: float) -> None:
    """Unusual floats arrive unchanged, since NaN and infinity are for the checks to judge."""
    step = Step(returned=Number(value=number), inputs={})
    sent = Answer(token=b"", outcome=Outcome.RETURNED, steps=(step,))

    arrived = decode_payload(_payload(sent), FromChild).steps[0].returned.value

    assert math.copysign(1, arrived) == math.copysign(1, number)
    assert arrived == number or (math.isnan(arrived) and math.isnan(number))


def test_message_that_is_larger_than_a_frame_is_not_sent() -> None:
    """Encoding a message that is larger than a frame raises an error, so the sender knows."""
    message = ReadRequest(token=bytes(100), function="f")

    with pytest.raises(FrameError, match="doesn't fit in a frame"):
        encode_frame(message, limit_bytes=100)


def test_receiver_enforces_the_limit_of_a_frame_as_well() -> None:
    """The receiver refuses a frame above its own limit, whatever the sender's limit is."""
    frame = encode_frame(ReadRequest(token=bytes(100), function="f"))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(frame)

        with pytest.raises(FrameError, match="announces"):
            receive_message(ours, ReadRequest, limit_bytes=100)

    buffer = FrameBuffer(limit_bytes=100)
    buffer.feed(frame)
    with pytest.raises(FrameError, match="announces"):
        buffer.next_payload()


# --- hostile bytes ------------------------------------------------------------------------


@given(payload=st.binary(max_size=200), kinds=st.sampled_from(KINDS))
@settings(deadline=None)
def test_arbitrary_bytes_are_a_message_or_a_frame_error(payload: bytes, kinds: Any) -> None:  # noqa: ANN401
    """Decoding arbitrary bytes raises nothing but a FrameError."""
    try:
        message = decode_payload(payload, kinds)
    except FrameError:
        return

    assert isinstance(message, Message)


@given(data=st.data())
@settings(deadline=None, max_examples=200)
def test_damaged_message_is_a_message_or_a_frame_error(data: st.DataObject) -> None:
    """Decoding a real message with some bytes changed raises nothing but a FrameError."""
    message, kinds = data.draw(st.sampled_from(MESSAGES))
    payload = bytearray(_payload(message))
    place = data.draw(st.integers(0, len(payload) - 1))
    payload[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))

    try:
        arrived = decode_payload(bytes(payload), kinds)
    except FrameError:
        return

    assert isinstance(arrived, Message)


_WORDS = st.sampled_from(
    "answer type token outcome returned steps inputs value array dtype shape data float32".split()
)
_HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.binary(max_size=8)
    | _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=6),
    max_leaves=20,
)


@given(content=_HOSTILE)
@settings(deadline=None, max_examples=200)
def test_answer_of_any_content_is_an_answer_or_a_frame_error(content: object) -> None:
    """Decoding well-formed MessagePack of the wrong types raises nothing but a FrameError."""
    answer = {"type": "answer", "token": b"", "outcome": "returned", "steps": [content]}
    payload = msgspec.msgpack.encode(answer)

    try:
        arrived = decode_payload(payload, FromChild)
    except FrameError:
        return

    assert isinstance(arrived, Answer)


_ANSWER: dict[str, object] = {"type": "answer", "token": b"", "outcome": "returned"}


@pytest.mark.parametrize(
    "content",
    [
        {**_ANSWER, "extra": 1},
        {**_ANSWER, "type": "verdict"},
        {**_ANSWER, "outcome": "passed"},
        {**_ANSWER, "token": "text"},
        {**_ANSWER, "steps": [{"returned": {"type": "none"}}]},
        {**_ANSWER, "steps": [{"returned": {"type": "pickle"}, "inputs": {}}]},
        {"type": "answer", "outcome": "returned"},
        {"type": "load", "name": "", "blocks": [], "is_notebook": False, "parameters": {}},
        [_ANSWER],
        None,
        "answer",
    ],
    ids=[
        "unknown field",
        "unknown message",
        "unknown outcome",
        "text for bytes",
        "field left out",
        "unknown kind of value",
        "no token",
        "message of the other side",
        "list of messages",
        "nothing",
        "text",
    ],
)
def test_message_of_another_form_is_refused(content: object) -> None:
    """A message with an unknown type, or a field missing, unknown or wrong, is refused."""
    payload = msgspec.msgpack.encode(content)

    with pytest.raises(FrameError):
        decode_payload(payload, FromChild)


def test_two_messages_in_one_frame_are_refused() -> None:
    """A frame with two messages is refused, since the second was not asked for."""
    payload = _payload(StatementStarted(block=0, statement=0))

    with pytest.raises(FrameError):
        decode_payload(payload * 2, FromChild)


def test_text_that_is_not_utf_8_is_refused() -> None:
    """Text that is not UTF-8, such as a lone surrogate, is refused."""
    payload = _payload(ReadRequest(function="PLACE")).replace(b"PLACE", b"\xed\xa0\x80\xff\xfe")

    with pytest.raises(FrameError):
        decode_payload(payload, ToChild)


@pytest.mark.parametrize("depth", [2_000, 200_000])
def test_endless_nesting_is_refused(depth: int) -> None:
    """A deeply nested message is refused, and doesn't crash the interpreter."""
    one_list = (
        b"\x83" + b"".join(map(msgspec.msgpack.encode, ("type", "items", "kind", "", "items")))
    ) + b"\x91"
    inner = one_list * depth + msgspec.msgpack.encode({"type": "none"})
    payload = msgspec.msgpack.encode({**_ANSWER, "steps": "HERE"}).replace(
        b"\xa4HERE", b"\x91\x82\xa8returned" + inner + b"\xa6inputs\x80"
    )

    with pytest.raises(FrameError):
        decode_payload(payload, FromChild)


@pytest.mark.parametrize(
    "announcement",
    [b"\xdd", b"\xdf", b"\xc6", b"\xdb", msgspec.msgpack.encode(_ANSWER)[:-8] + b"steps\xdd"],
    ids=["array", "map", "bytes", "text", "array inside of an answer"],
)
def test_announced_length_costs_no_memory(announcement: bytes) -> None:
    """Five bytes that announce 4 GiB are refused before anything of that size is allocated."""
    payload = announcement + b"\xff\xff\xff\xff"
    refuse(payload)  # the first use makes the decoder
    tracemalloc.start()

    refuse(payload)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 100_000


def refuse(payload: bytes) -> None:
    """Decode a payload that must be refused."""
    with pytest.raises(FrameError):
        decode_payload(payload, FromChild)


# --- the stream ---------------------------------------------------------------------------


@given(data=st.data())
@settings(deadline=None)
def test_payloads_come_out_whole_however_the_stream_is_cut(data: st.DataObject) -> None:
    """Payloads come out whole and in order, whatever pieces the stream arrives in."""
    payloads = data.draw(st.lists(st.binary(max_size=20), max_size=4))
    stream = b"".join(len(one).to_bytes(PREFIX_BYTES, "big") + one for one in payloads)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    buffer = FrameBuffer()

    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        buffer.feed(stream[start:end])
        while (payload := buffer.next_payload()) is not None:
            found.append(payload)

    assert found == payloads
    assert buffer.is_empty


def test_incomplete_frame_stays_in_the_buffer() -> None:
    """Bytes of an incomplete frame stay in the buffer, which then isn't empty."""
    buffer = FrameBuffer()

    buffer.feed(b"\0\0\0")

    assert buffer.next_payload() is None
    assert not buffer.is_empty


@pytest.mark.parametrize("length", [MAX_FRAME_BYTES + 1, 2**32 - 1])
def test_frame_that_announces_too_much_is_refused_before_it_arrives(length: int) -> None:
    """A frame above the limit is refused as soon as its length has arrived."""
    buffer = FrameBuffer()
    buffer.feed(length.to_bytes(PREFIX_BYTES, "big"))

    with pytest.raises(FrameError, match=str(length)):
        buffer.next_payload()


def test_frame_of_the_largest_size_is_waited_for() -> None:
    """A frame exactly at the limit is accepted."""
    buffer = FrameBuffer()
    buffer.feed(MAX_FRAME_BYTES.to_bytes(PREFIX_BYTES, "big"))

    payload = buffer.next_payload()

    assert payload is None


def test_message_goes_through_a_socket() -> None:
    """Messages arrive in order through a blocking socket, such as a child has."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send_message(ours, Kill(pid=3))
        send_message(ours, Kill(pid=4))

        first = receive_message(theirs, ToForkserver)
        second = receive_message(theirs, ToForkserver)

    assert (first, second) == (Kill(pid=3), Kill(pid=4))


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"\0\0\0\x09abc"])
def test_socket_that_closes_early_is_the_end_of_the_conversation(sent: bytes) -> None:
    """A socket that closes before, within or after the length raises EOFError."""
    ours, theirs = socket.socketpair()
    with theirs:
        with ours:
            ours.sendall(sent)

        with pytest.raises(EOFError):
            receive_message(theirs, ToForkserver)


def test_socket_that_announces_too_much_is_not_read_on() -> None:
    """A frame that announces too much is refused without reading on."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(5)  # a failure must not be a hang
        ours.sendall(b"\xff\xff\xff\xff")

        with pytest.raises(FrameError, match="announces"):
            receive_message(theirs, ToForkserver)


def test_frame_is_appended_without_another_copy() -> None:
    """A submission of 64 MiB is in memory once more while it is sent, and not three times."""
    message = Load(
        name="a.py",
        blocks=(CodeBlock(label="", source="a" * 8_000_000),),
        is_notebook=False,
        parameters={},
    )
    buffer = bytearray(b"before")
    tracemalloc.start()
    append_frame(buffer, message)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert buffer == b"before" + encode_frame(message)
    assert peak_bytes < 15_000_000


def test_frame_that_is_too_large_is_not_appended() -> None:
    """A buffer is unchanged if a message is too large for a frame."""
    buffer = bytearray(b"before")

    with pytest.raises(FrameError, match="doesn't fit in a frame"):
        append_frame(
            buffer,
            Load(name="a" * 100, blocks=(), is_notebook=False, parameters={}),
            limit_bytes=50,
        )

    assert buffer == b"before"
