"""The messages of the two conversations that cross the wall.

Host and child: a new child sends ``Ready``. It answers ``Load`` with any number of
``StatementStarted`` and one ``Loaded``, and each request with one ``Answer``; before that it sends
a ``Running`` when it is asked to.
Host and forkserver: the forkserver first sends ``Starting``, and ``Warmed`` once torch is
imported. It answers ``Warm``, ``Spawn`` and ``Kill`` with ``Warmed``, ``Spawned`` and ``Killed``.

Every field that comes from a child is a claim, and is treated as one. Its length is bounded by its
type, so that no field can be forgotten: a test walks through all types.
"""

import enum
from typing import Annotated

import msgspec

from grader.observations.bounds import (
    MAX_NAMES,
    MAX_NOTES,
    MAX_STEPS,
    MAX_TORCH_CALLS,
    LongText,
    Name,
    Token,
)
from grader.observations.locks import Lock
from grader.observations.scripts import Operand, Operation
from grader.observations.values import AnyValue, Array, InputValue

# Ignored by default, so that it harms nothing if a submission restores the default.
# By its name, as it doesn't exist on Windows.
ASKS_FOR_LINE = "SIGURG"

# A global that is set before each call besides the inputs: the lab's own update()
# reads it.
LOOP_VARIABLE = "epoch"

Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=MAX_NAMES)]


class Outcome(enum.Enum):
    """How a request ended. This is always the student's doing, and never a fault of zerograd."""

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
    """The base class of everything sent over a socket."""


class During(enum.Enum):
    """When an exception was raised: in the call, in our backward pass after it, or in a frame."""

    CALL = "call"
    BACKWARD = "backward"
    FRAME = "frame"


class Raised(Message, frozen=True, kw_only=True):
    """An exception in the student's code, described by the student's own lines.

    ``line`` is 1-based within the code block ``block``, and 0 if unknown. ``code`` is the text of
    that line, and ``function`` the function it belongs to, empty at top level.

    ``missing_module`` is the module that is not installed here, if the exception is about it or
    about a name that its import would have bound. ``missing_import`` is the import statement, such
    as ``import torch``, that would have bound the name and is nowhere in the submission.
    ``syntax_hint`` says what code is that this Python can't read, if that is known. ``during`` is
    about functions only.
    """

    type_name: Name
    text: LongText
    block: Name = ""
    line: int = 0
    code: LongText = ""
    function: Name = ""
    missing_module: Name = ""
    missing_import: Name = ""
    syntax_hint: LongText = ""
    during: During = During.CALL


# --- host -> child ------------------------------------------------------------------------


class CodeBlock(Message, frozen=True, kw_only=True):
    """A ``.py`` file, or one code cell of a notebook.

    ``label`` is ``cell N``; or the name of one of several files, and empty for a single one. If
    Jupyter shows another number beside a cell, it comes after that, as in ``cell 3 [7]``.
    """

    label: str
    source: str


class Lent(Message, frozen=True, kw_only=True):
    """Right versions of helpers of the function being graded, to replace the student's.

    ``source`` defines them; ``parameters`` maps each function to its parameters in the contract's
    order. ``classes`` replace the student's as a whole, and ``methods``, such as
    ``Value.backward``, replace single ones.
    """

    source: str
    parameters: dict[str, tuple[str, ...]] = {}
    classes: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


class Load(Message, frozen=True, kw_only=True, tag="load"):
    """Run a submission's code blocks in order in one fresh module.

    ``name`` is the name of the file. ``parameters`` maps the functions of the contract to their
    parameters in order; classes and values have none. ``classes`` are those of the contract, and
    ``methods`` theirs, such as ``Value.backward``.

    A top-level statement is named by its code block and its place there, both 0-based. Those in
    ``left_out`` don't run: they have ended an earlier child. Those in ``slow`` run only if a
    function needs what they bind; so do all statements from ``needed_only_from`` on.
    ``is_watched`` asks for ``has_changed`` in the answers. ``text_cells`` are cells of a notebook
    without code that contain a function; they are never run. ``given`` are globals that stay fixed:
    a fresh copy replaces whatever a statement binds to one of these names. ``is_rerun`` says that
    a check is about what the statements do, so that figures are kept.

    With ``modules``, each code block is a module of its own, of that name; the last ``extra`` of
    them run only if they are imported.

    ``edits_of`` names units whose edits can be asked for with an ``EditRequest``.
    """

    name: str
    blocks: tuple[CodeBlock, ...]
    is_notebook: bool
    parameters: dict[str, tuple[str, ...]]
    lent: Lent | None = None
    left_out: tuple[tuple[int, int], ...] = ()
    slow: tuple[tuple[int, int], ...] = ()
    needed_only_from: tuple[int, int] | None = None
    is_watched: bool = True
    text_cells: tuple[CodeBlock, ...] = ()
    classes: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    is_rerun: bool = False
    given: dict[str, InputValue] = {}
    modules: tuple[str, ...] = ()
    extra: int = 0
    edits_of: tuple[str, ...] = ()


class CallRequest(Message, frozen=True, kw_only=True, tag="call"):
    """Call one function of the submission, ``times`` times on the same leaves.

    Tensors that require grad are made once and kept through all calls, unless ``differentiate``
    is set; the other inputs are made afresh for each call. ``differentiate`` names the inputs
    with respect to which the returned tensor, multiplied by ``cotangent`` and summed, is
    differentiated. ``draw`` is how many items to take from a returned iterable, and ``frames``
    how many frames of a returned animation to play. ``token`` is a random value that the answer
    has to repeat; ``seed`` seeds Python's, numpy's and torch's generators before the first call.
    """

    token: bytes = b""
    function: str
    inputs: dict[str, InputValue]
    times: int = 1
    seed: int = 0
    differentiate: tuple[str, ...] = ()
    cotangent: Array | None = None
    draw: int = 0
    frames: int = 0
    log_torch_calls: bool = False


class ReadRequest(Message, frozen=True, kw_only=True, tag="read"):
    """Read the global ``function`` of the submission."""

    token: bytes = b""
    function: str


class ScriptRequest(Message, frozen=True, kw_only=True, tag="script"):
    """Carry out a script, and describe ``returned``.

    ``function`` is the unit that it is about. ``inputs`` are made once. ``seed`` seeds Python's,
    numpy's and torch's generators before the first operation.

    ``replaced`` binds names of the submission to others of its names while the script runs: so a
    known mistake takes the place of a class. With ``is_rerun`` the host asks a fresh child that has
    loaded the submission with ``given`` fixed.
    """

    token: bytes = b""
    function: str
    inputs: dict[str, InputValue] = {}
    operations: tuple[Operation, ...]
    returned: Operand
    seed: int = 0
    log_torch_calls: bool = False
    replaced: dict[str, str] = {}
    is_rerun: bool = False
    given: dict[str, InputValue] = {}


class EditRequest(Message, frozen=True, kw_only=True, tag="edit"):
    """Make an edit of the unit ``function``, and undo the one that was made before.

    ``edit`` is its number; -1 asks for a list of all edits of the unit instead. Each item of that
    list has the code block, from 0, the line in it, from 1, and whether a statement is moved.

    ``then`` is answered in place of this, if the edit could be made. Of what it raises, only the
    type is described.
    """

    token: bytes = b""
    function: str
    edit: int = -1
    then: CallRequest | ReadRequest | ScriptRequest | None = None


Request = CallRequest | ReadRequest | ScriptRequest | EditRequest
ToChild = Load | CallRequest | ReadRequest | ScriptRequest | EditRequest


# --- child -> host ------------------------------------------------------------------------


class Ready(Message, frozen=True, kw_only=True, tag="ready"):
    """The child is locked and waits. Says which locks hold, and why the others don't."""

    locks: Annotated[tuple[Lock, ...], msgspec.Meta(max_length=len(Lock))]
    missing: Annotated[dict[Lock, LongText], msgspec.Meta(max_length=len(Lock))]


class StatementStarted(Message, frozen=True, kw_only=True, tag="statement_started"):
    """The child is about to run this top-level statement of this code block, both 0-based.

    ``line`` is its first line within the block, 1-based. ``cpu_s`` is the CPU time in seconds that
    the child has used so far. ``has_changed`` says of the statement before that it took long, and
    changed something that the functions need.
    """

    block: int
    statement: int
    line: int = 0
    cpu_s: float = 0.0
    has_changed: bool = False


class Note(Message, frozen=True, kw_only=True):
    """Something about a code block that the student should know.

    ``raised`` is what the block raised, if it did; then ``text`` says what did not run because of
    that, if it is more than the statement. ``follows`` says that it raised only because
    an earlier block had stopped before it defined a name that this block needs; or that what it
    lacks has been noted before.
    """

    block: Name
    text: LongText = ""
    raised: Raised | None = None
    follows: bool = False


class AbsenceKind(enum.Enum):
    """What there is in place of a function of the contract, or of a part of it.

    The function has another name, which is close or has the same parameters; or is inside of
    something, such as a class or a text; or its statement did not run, or raised, or was undone; or
    something else has its name. UNWRITTEN has no code; REWRITTEN has none in its last definition,
    but in an earlier one. RAISES_STILL has code, and the ``raise NotImplementedError`` of a stub.
    NO_RETURN has code, and no ``return`` with a value.
    """

    OTHER_NAME = "other_name"
    SAME_PARAMETERS = "same_parameters"
    IN_CLASS = "in_class"
    OUTSIDE_CLASS = "outside_class"
    IN_FUNCTION = "in_function"
    IN_MAIN_GUARD = "in_main_guard"
    IN_BRANCH = "in_branch"
    IN_TEXT_CELL = "in_text_cell"
    IN_COMMENT = "in_comment"
    IN_STRING = "in_string"
    IN_MAGIC_CELL = "in_magic_cell"
    IN_COMMENTED_MAGIC = "in_commented_magic"
    IN_BROKEN_CELL = "in_broken_cell"
    STATEMENT_RAISED = "statement_raised"
    STATEMENT_STOPPED = "statement_stopped"
    AFTER_EXIT = "after_exit"
    AFTER_RAISE = "after_raise"
    DELETED = "deleted"
    STAR_IMPORT = "star_import"
    NOT_CALLABLE = "not_callable"
    OVERWRITTEN = "overwritten"
    DECORATED = "decorated"
    UNWRITTEN = "unwritten"
    REWRITTEN = "rewritten"
    RAISES_STILL = "raises_still"
    NO_RETURN = "no_return"


class Place(Message, frozen=True, kw_only=True):
    """A line, 1-based within a code block; 0 if it is not known."""

    line: int = 0
    block: Name = ""


class Absence(Message, frozen=True, kw_only=True):
    """What there is in place of a function of the contract, or of a part of it.

    ``subject`` is a name: that of the other function, class, module, decorator, magic, exception or
    type. ``place`` is where that is, and ``other`` a second place, by kind: an earlier definition,
    or the line that ended the code before it.
    """

    function: Name
    kind: AbsenceKind
    subject: Name = ""
    place: Place = Place()
    other: Place = Place()


class DroppedKind(enum.Enum):
    """What a statement does whose result is thrown away."""

    CALL = "call"
    VALUE = "value"
    COMPARISON = "comparison"
    NOT_CALLED = "not called"


class Dropped(Message, frozen=True, kw_only=True):
    """A statement that computes something and throws it away.

    ``target`` is the name of the variable that a call leaves as it is; empty for other kinds.
    """

    kind: DroppedKind
    code: Name
    target: Name = ""
    place: Place = Place()


class CodePlace(Message, frozen=True, kw_only=True):
    """A piece of code, and where it is."""

    code: Name
    place: Place = Place()


class FunctionFacts(Message, frozen=True, kw_only=True):
    """What the code of a function of the contract shows, without calling it.

    ``parameters`` are its own parameters in order, of which ``required`` have no default. It may
    call the functions ``uses`` of the contract, directly or through others. ``ignores`` has the
    inputs that it neither takes nor reads as globals. ``reads`` has the globals that it reads
    besides those that are set for it, and that are not functions, classes or modules; those that
    don't exist are in ``undefined`` instead. ``places`` has the first and the last definition, if
    there are several, ``dropped`` what it computes and throws away, ``detached`` where its values
    leave autograd's graph, and ``endless`` its loops that can't end. Of its own parameters, its
    code never mentions those in ``unused``. ``assigned`` has the globals that it assigns, itself
    or through functions of its file.
    """

    name: Name
    parameters: Names = ()
    required: int = 0
    uses: Names = ()
    ignores: Names = ()
    reads: Names = ()
    undefined: Names = ()
    assigned: Names = ()
    places: Annotated[tuple[Place, ...], msgspec.Meta(max_length=2)] = ()
    dropped: Annotated[tuple[Dropped, ...], msgspec.Meta(max_length=3)] = ()
    detached: Annotated[tuple[CodePlace, ...], msgspec.Meta(max_length=3)] = ()
    endless: Annotated[tuple[CodePlace, ...], msgspec.Meta(max_length=3)] = ()
    unused: Names = ()


class Loaded(Message, frozen=True, kw_only=True, tag="loaded"):
    """The submission has run. ``defined`` lists the names of the contract that it defines.

    ``absences`` says of the others, and of those without code, what there is in their place.

    ``functions`` describes those that can be called, except in a child with lent functions.
    ``syntax_error`` is set if a ``.py`` file isn't valid Python; then nothing ran. ``cpu_s`` is the
    CPU time in seconds that the child has used so far, and ``has_changed`` is about its last
    statement.
    """

    defined: Names = ()
    functions: Annotated[tuple[FunctionFacts, ...], msgspec.Meta(max_length=MAX_NAMES)] = ()
    notes: Annotated[tuple[Note, ...], msgspec.Meta(max_length=MAX_NOTES)] = ()
    absences: Annotated[tuple[Absence, ...], msgspec.Meta(max_length=MAX_NAMES)] = ()
    syntax_error: Raised | None = None
    cpu_s: float = 0.0
    has_changed: bool = False


class State(Message, frozen=True, kw_only=True):
    """An input after the call.

    ``is_same_leaf`` says that it is still the same object that was passed, and ``is_global`` that
    it was passed as a global.
    """

    value: AnyValue
    is_same_leaf: bool = True
    is_global: bool = False


class TorchCall(Message, frozen=True, kw_only=True):
    """A torch function that ran: its name, what it was called on, and the grad mode.

    ``on`` is the name of an input, ``NAME.grad`` for its gradient, or empty for anything else.
    ``adds_to`` has the inputs that had a gradient other than zero when a backward() began.
    ``is_cut`` says that this backward() began at a tensor that nothing was recorded of, a leaf.
    """

    name: Name
    on: Name
    is_grad_enabled: bool
    adds_to: Names = ()
    is_cut: bool = False


class Step(Message, frozen=True, kw_only=True):
    """The result of one call: the returned value, the inputs after it, and the gradients."""

    returned: AnyValue
    inputs: Annotated[dict[Name, State], msgspec.Meta(max_length=MAX_NAMES)]
    gradients: Annotated[dict[Name, AnyValue], msgspec.Meta(max_length=MAX_NAMES)] = {}
    torch_calls: Annotated[tuple[TorchCall, ...], msgspec.Meta(max_length=MAX_TORCH_CALLS)] = ()


class Answer(Message, frozen=True, kw_only=True, tag="answer"):
    """What a child answers to a request.

    ``steps`` has the calls that returned; ``raised`` is what ended the next one, if anything did.
    A script has one step; ``place`` is that of the operation that raised, -1 if none did.
    """

    token: Token
    outcome: Outcome
    place: int = -1
    steps: Annotated[tuple[Step, ...], msgspec.Meta(max_length=MAX_STEPS)] = ()
    raised: Raised | None = None


class Running(Message, frozen=True, kw_only=True, tag="running"):
    """The line of the submission that runs while the host waits for the answer to ``token``.

    A child sends it once each time that the host asks by the signal `ASKS_FOR_LINE`. ``line`` is
    1-based within the code block ``block``, and ``code`` is its text.
    """

    token: Token
    block: Name = ""
    line: int = 0
    code: LongText = ""


FromChild = Ready | StatementStarted | Running | Loaded | Answer


# --- host <-> forkserver ------------------------------------------------------------------


class Warm(Message, frozen=True, kw_only=True, tag="warm"):
    """Import these modules now, so that every later child has them."""

    modules: tuple[str, ...]


class ChildLimits(Message, frozen=True, kw_only=True):
    """The limits that the kernel enforces in a child.

    ``memory_bytes`` is address space beyond what the child had when it was forked.
    """

    memory_bytes: int
    file_bytes: int
    cpu_s: int


class Spawn(Message, frozen=True, kw_only=True, tag="spawn"):
    """Fork a child, or become one. A forkserver gets the child's socket and output pipe along.

    ``without`` names locks to leave out: those that confine under ``--isolation none``, and
    single ones in the tests that show what each is for. In those, ``landlock_abi_cap`` makes the
    lock on files behave as on an older kernel.
    """

    scratch: str
    readable: tuple[str, ...]
    limits: ChildLimits
    without: tuple[Lock, ...] = ()
    landlock_abi_cap: int | None = None


class Kill(Message, frozen=True, kw_only=True, tag="kill"):
    """Kill this child if it is still alive, wait for its end, and report how it ended."""

    pid: int


ToForkserver = Warm | Spawn | Kill


class Starting(Message, frozen=True, kw_only=True, tag="starting"):
    """The forkserver is running and about to import torch.

    ``path`` is its ``sys.path``, which unlike the host's contains no folder of the caller's.
    """

    path: tuple[str, ...]


class Warmed(Message, frozen=True, kw_only=True, tag="warmed"):
    """The forkserver is ready. ``versions`` has torch's and numpy's."""

    versions: dict[str, str]


class Spawned(Message, frozen=True, kw_only=True, tag="spawned"):
    """A child with this process id was forked."""

    pid: int


class Killed(Message, frozen=True, kw_only=True, tag="killed"):
    """The child is gone. ``status`` is minus the signal that ended it, or its exit code."""

    status: int


FromForkserver = Starting | Warmed | Spawned | Killed

# A spawned process speaks for itself: it has no forkserver, and becomes the child.
ToSpawned = Warm | Spawn
FromSpawned = Starting | Warmed


# --- what the host makes of an answer -----------------------------------------------------


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What the host makes of an answer.

    Unlike an ``Answer``, it exists for every request, also if the child died, and its arrays have
    been checked. ``detail`` says how the child ended, if it did, and ``running`` what it was doing
    when half of its time was over, if it ran out of time. ``place`` is that of the operation of a
    script that raised. ``size_bytes`` is how long the answer was on the wire.
    """

    outcome: Outcome
    steps: tuple[Step, ...] = ()
    raised: Raised | None = None
    place: int = -1
    detail: str = ""
    size_bytes: int = 0
    running: Running | None = None
