"""The messages of the two conversations that cross the wall.

Trusted side and student's child: ``Load`` is answered by any number of
``StatementStarted`` and one ``Loaded``; each ``CallRequest`` or ``ReadRequest`` by one ``Answer``.
Trusted side and forkserver: ``Warm``, ``Spawn`` and ``Kill`` are answered by
``Warmed``, ``Spawned`` and ``Killed``; first of all it says ``Starting``.

Every field that comes from a child is a claim, and is treated as one.
"""

import enum

import msgspec

from grader.observations.locks import Lock
from grader.observations.values import AnyValue, Array, Number


class Outcome(enum.Enum):
    """How a call ended. All but RETURNED are the student's doing, and none is ours."""

    RETURNED = "returned"
    RAISED = "raised"
    MISSING = "missing"
    CRASHED = "crashed"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    DISK_LIMIT = "disk_limit"
    FORGED = "forged"
    STOPPED = "stopped"


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The common base of everything sent over a socket."""


class Raised(Message, frozen=True, kw_only=True):
    """An exception in the student's code, told from the student's own lines.

    ``line`` is 1-based in the unit ``unit`` (a file, or a cell), 0 where unknown.
    """

    type_name: str
    text: str
    block: str = ""
    line: int = 0
    code: str = ""
    function: str = ""


# --- trusted side -> student's child ------------------------------------------------------


class CodeBlock(Message, frozen=True, kw_only=True):
    """A piece of source that runs as a whole: a ``.py`` file, or a notebook's code cell.

    ``stop_before`` is the index of the first top-level statement to leave out, or
    -1: the statement that ended an earlier child is not run again.
    """

    label: str
    source: str
    stop_before: int = -1


class Lent(Message, frozen=True, kw_only=True):
    """Right versions of functions below the one under test, to put in their place.

    ``source`` defines them; ``parameters`` maps each name to its contract's order.
    """

    source: str
    parameters: dict[str, tuple[str, ...]]


class Load(Message, frozen=True, kw_only=True, tag="load"):
    """Run a submission's blocks in order, in one fresh module.

    ``parameters`` maps the functions of the contract to their parameters in
    order: how the submission's own functions may be called.
    """

    name: str
    blocks: tuple[CodeBlock, ...]
    is_notebook: bool
    parameters: dict[str, tuple[str, ...]]
    lent: Lent | None = None


class CallRequest(Message, frozen=True, kw_only=True, tag="call"):
    """Call one function of the submission, ``times`` times on the same leaves.

    Tensors that require grad are made once and live through all the calls;
    the others are fresh for each. ``differentiate`` names the inputs with respect
    to which the returned tensor, multiplied by ``cotangent`` and summed, is
    differentiated. ``draw`` is how many items to take from a returned iterable;
    ``frames`` how many frames of a returned animation to play.
    """

    token: bytes = b""
    function: str
    inputs: dict[str, Array | Number]
    times: int = 1
    seed: int = 0
    differentiate: tuple[str, ...] = ()
    cotangent: Array | None = None
    draw: int = 0
    frames: int = 0
    log_torch_calls: bool = False


class ReadRequest(Message, frozen=True, kw_only=True, tag="read"):
    """Read a global of the submission."""

    token: bytes = b""
    function: str


Request = CallRequest | ReadRequest
ToChild = Load | CallRequest | ReadRequest


# --- student's child -> trusted side ------------------------------------------------------


class Ready(Message, frozen=True, kw_only=True, tag="ready"):
    """The child is locked and waits: which locks hold, and which do not and why."""

    locks: tuple[Lock, ...]
    missing: dict[Lock, str]


class StatementStarted(Message, frozen=True, kw_only=True, tag="statement_started"):
    """The child is about to run this top-level statement of this block."""

    block: int
    statement: int


class Note(Message, frozen=True, kw_only=True):
    """Something about a unit that the student should know.

    ``raised`` where it raised; ``follows`` where it did so only because an earlier
    unit did not get to what this one needs.
    """

    block: str
    text: str = ""
    raised: Raised | None = None
    follows: bool = False


class Loaded(Message, frozen=True, kw_only=True, tag="loaded"):
    """The submission has run; ``defined`` names what of the contract is there now.

    ``syntax_error`` is set when a ``.py`` file isn't Python, and then nothing ran.
    """

    defined: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    syntax_error: Raised | None = None


class State(Message, frozen=True, kw_only=True):
    """An input after the call. ``is_global`` says that it was handed over as a global.

    ``is_same_leaf`` says that it is the very object that was handed over.
    """

    value: AnyValue
    is_same_leaf: bool = True
    is_global: bool = False


class TorchCall(Message, frozen=True, kw_only=True):
    """One torch function that ran: its name, what it was called on, and the grad mode.

    ``on`` is the name of an input, ``NAME.grad`` of its gradient, or empty.
    """

    name: str
    on: str
    is_grad_enabled: bool


class Step(Message, frozen=True, kw_only=True):
    """What came of one call: the value returned, the inputs after it, the gradients."""

    returned: AnyValue
    inputs: dict[str, State]
    gradients: dict[str, AnyValue] = {}
    torch_calls: tuple[TorchCall, ...] = ()


class Answer(Message, frozen=True, kw_only=True, tag="answer"):
    """What came of a request: the steps that ended well, then why it stopped if it did."""

    token: bytes
    outcome: Outcome
    steps: tuple[Step, ...] = ()
    raised: Raised | None = None


FromChild = Ready | StatementStarted | Loaded | Answer


# --- trusted side <-> forkserver ----------------------------------------------------------


class Warm(Message, frozen=True, kw_only=True, tag="warm"):
    """Import these modules now, so that every later fork has them."""

    modules: tuple[str, ...]


class ChildLimits(Message, frozen=True, kw_only=True):
    """What the kernel enforces in a child, in its own units."""

    memory_bytes: int
    file_bytes: int
    cpu_s: int


class Spawn(Message, frozen=True, kw_only=True, tag="spawn"):
    """Fork a child. Its socket and its output pipe come along as descriptors.

    ``without`` names locks to leave out: all of them under ``--isolation none``,
    single ones in the tests that show what each is for.
    """

    scratch: str
    readable: tuple[str, ...]
    limits: ChildLimits
    without: tuple[Lock, ...] = ()


class Kill(Message, frozen=True, kw_only=True, tag="kill"):
    """Kill this child if it still lives, wait for it, and say how it ended."""

    pid: int


ToForkserver = Warm | Spawn | Kill


class Starting(Message, frozen=True, kw_only=True, tag="starting"):
    """The forkserver runs, and imports torch now: where its Python looks for packages.

    Unlike the trusted side's, its path has no folder of whoever called.
    """

    path: tuple[str, ...]


class Warmed(Message, frozen=True, kw_only=True, tag="warmed"):
    """The forkserver is ready: the versions that every fork will have."""

    versions: dict[str, str]


class Spawned(Message, frozen=True, kw_only=True, tag="spawned"):
    """The child of this process id was forked."""

    pid: int


class Killed(Message, frozen=True, kw_only=True, tag="killed"):
    """The child is gone: minus the signal that ended it, or its exit code."""

    status: int


FromForkserver = Starting | Warmed | Spawned | Killed


# --- what the trusted side makes of an answer ---------------------------------------------


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a request, seen from the trusted side.

    Unlike an ``Answer`` it exists for every request, also when the child died,
    and its arrays have been checked.
    """

    outcome: Outcome
    steps: tuple[Step, ...] = ()
    raised: Raised | None = None
    detail: str = ""
