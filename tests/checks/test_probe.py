"""The probe: what a check asks student and reference, and what it can read from the answers."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from fakes import RecordedSession, answered, array, computing, ended, raised, returned, step

from grader.checks.inputs import Leaf, leaf, tensor
from grader.checks.probe import Probe, Result
from grader.checks.units import Unit, UnitKind
from grader.checks.verdict import NoAnswerError, WrongError
from grader.observations.messages import (
    CallRequest,
    Observation,
    Outcome,
    ReadRequest,
    Request,
    ScriptRequest,
    State,
    Step,
    TorchCall,
)
from grader.observations.scripts import Constant, Table
from grader.observations.values import Array, Nothing, Number, Text

UPDATE = Unit(name="update", parameters=("x", "w", "lr"))
X, W = tensor([[1, 1]]), leaf([1, 2])
WRONG = WrongError("no", got="1.", expected="2.")


def make_probe(
    student: Observation | Callable[[Request], Observation],
    reference: Observation | None = None,
    *,
    function: Unit = UPDATE,
) -> tuple[Probe, RecordedSession, RecordedSession]:
    """Make a probe between two sessions."""
    own = RecordedSession(**{function.name: student})
    peer = RecordedSession(**{function.name: reference or returned(1.0)})
    return Probe(function, own.observe, peer.ask, bytes(32)), own, peer


def moved(value: object = 0.5, w: object = (0.0, 0.0)) -> Observation:
    """Answer as an update that left x alone and moved w."""
    return returned(value, x=X, w=array(w, requires_grad=True), lr=0.1)


def differentiated(observation: Observation, *names: str) -> Step:
    """Add a gradient for each of these inputs to the only step."""
    (step,) = observation.steps
    return msgspec.structs.replace(step, gradients={name: Nothing() for name in names})


# --- requests -----------------------------------------------------------------------------


def test_inputs_are_sent_in_the_order_of_the_contract() -> None:
    """Inputs are sent in the order of the contract, however the check orders them."""
    probe, own, _ = make_probe(moved())

    probe.student(lr=0.1, w=W, x=X)

    (request,) = own.requests
    assert isinstance(request, CallRequest)
    assert list(request.inputs) == ["x", "w", "lr"]
    assert request.inputs["lr"] == Number(value=0.1)
    assert isinstance(request.inputs["w"], Array)
    assert request.inputs["w"].requires_grad


def test_float64_of_numpy_reaches_both_sides_as_float32() -> None:
    """What a random generator draws is sent as float32, and other types stay as they are."""
    drawn = np.random.default_rng(0).normal(size=(1, 2))
    sent = drawn.astype(np.float32)
    answer = returned(0.5, x=sent, w=array((0.0, 0.0), requires_grad=True), lr=np.array([3]))
    probe, own, peer = make_probe(answer, answer)

    got, _ = probe.both(x=drawn, w=Leaf(drawn[0]), lr=np.array([3]))
    probe.student(x=drawn, w=Leaf(drawn[0]), lr=np.array([3]))

    for request in (*own.requests, *peer.requests):
        assert isinstance(request, CallRequest)
        arrays = [one for one in request.inputs.values() if isinstance(one, Array)]
        assert [one.dtype for one in arrays] == ["float32", "float32", "int64"]
        assert [one.requires_grad for one in arrays] == [False, True, False]
    assert got.returned() == Number(value=0.5)  # x was not taken for changed


def test_everything_that_is_asked_for_is_in_the_request() -> None:
    """A request contains the repetitions, gradients, drawn items and frames that were asked for."""
    step = differentiated(moved(), "w")
    twice = answered(step, step)
    probe, own, _ = make_probe(twice)

    probe.student(
        x=X,
        w=W,
        lr=0.1,
        times=2,
        differentiate=["w"],
        cotangent=tensor([1, 2]),
        draw=3,
        frame_limit=4,
    )

    (request,) = own.requests
    assert isinstance(request, CallRequest)
    assert (request.times, request.differentiate, request.draw, request.frames) == (2, ("w",), 3, 4)
    assert request.cotangent is not None
    assert request.cotangent.to_numpy().tolist() == [1, 2]


def test_both_sides_get_the_same_request() -> None:
    """Both sides get the same request with the same seed, and each request has another seed."""
    probe, own, peer = make_probe(moved(), moved())

    probe.both(x=X, w=W, lr=0.1)
    probe.both(x=X, w=W, lr=0.1)

    seeds = [request.seed for request in own.requests if isinstance(request, CallRequest)]
    assert own.requests == peer.requests
    assert len(set(seeds)) == 2
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_reference_is_asked_before_the_student_and_read_after() -> None:
    """The reference is asked first and read last, so that both sides work at the same time."""
    events: list[str] = []
    own = RecordedSession(update=moved())

    def observe(request: Request) -> Observation:
        events.append("student answers")
        return own.observe(request)

    def ask(_: Request) -> Callable[[], Observation]:
        events.append("reference is asked")

        def answer() -> Observation:
            events.append("reference answers")
            return moved()

        return answer

    Probe(UPDATE, observe, ask, bytes(32)).both(x=X, w=W, lr=0.1)

    assert events == ["reference is asked", "student answers", "reference answers"]


def test_reference_is_read_also_when_the_student_has_no_answer() -> None:
    """The reference's answer is read even if the student gave none, so that it is not left over."""
    answers: list[str] = []

    def ask(_: Request) -> Callable[[], Observation]:
        def answer() -> Observation:
            answers.append("read")
            return moved()

        return answer

    own = RecordedSession(update=raised("ValueError"))
    probe = Probe(UPDATE, own.observe, ask, bytes(32))

    with pytest.raises(NoAnswerError):
        probe.both(x=X, w=W, lr=0.1)

    assert answers == ["read"]


def test_global_is_read_from_both() -> None:
    """A global is read from the submission and from the reference."""
    function = Unit(name="ANSWERS", parameters=(), kind=UnitKind.VALUE)
    probe, own, peer = make_probe(returned({"a": "b"}), returned({"a": "c"}), function=function)

    got, want = probe.read()

    assert got.returned() != want.returned()
    assert own.requests == peer.requests == [ReadRequest(function="ANSWERS")]


def test_random_numbers_are_those_of_the_seed() -> None:
    """Each generator of a probe starts again from the same seed."""
    first, second = (
        Probe(UPDATE, RecordedSession().observe, RecordedSession().ask, bytes([seed]) * 32)
        for seed in (1, 2)
    )

    drawn = first.rng().random(3).tolist()

    assert drawn == first.rng().random(3).tolist()
    assert drawn != second.rng().random(3).tolist()


# --- answers ------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.RETURNED])
def test_every_other_outcome_raises_no_answer_error(outcome: Outcome) -> None:
    """Every outcome but RETURNED ends the check with NoAnswerError."""
    probe, _, _ = make_probe(ended(outcome, "detail"))

    with pytest.raises(NoAnswerError) as caught:
        probe.student(x=X, w=W, lr=0.1)

    assert caught.value.function == "update"
    assert caught.value.observation == ended(outcome, "detail")


def test_reference_without_an_answer_is_a_fault_of_ours() -> None:
    """A reference that gives no answer is never blamed on the student."""
    probe, _, _ = make_probe(moved(), raised("ValueError", "oh"))

    with pytest.raises(RuntimeError, match="the reference gave no answer"):
        probe.both(x=X, w=W, lr=0.1)


@pytest.mark.parametrize(
    "after",
    [
        tensor([[2, 1]]),
        tensor([[1, 1], [1, 1]]),
        Nothing(),
        tensor([[np.nan, 1]]),
    ],
    ids=["other numbers", "other shape", "gone", "nan"],
)
def test_input_that_was_changed_is_wrong(after: object) -> None:
    """A function that changes an input other than a leaf is wrong."""
    probe, _, _ = make_probe(returned(0.5, x=after, w=array([1, 2]), lr=0.1))

    with pytest.raises(WrongError, match=r"update\(\) changes x") as caught:
        probe.student(x=X, w=W, lr=0.1)

    assert "in-place" in caught.value.hint


def test_input_that_was_changed_in_an_earlier_call_is_wrong() -> None:
    """The inputs are compared after each call, not only after the last."""
    good, bad = (step(0.5, x=x, w=array([1, 2]), lr=0.1) for x in (X, X + 1))
    probe, _, _ = make_probe(answered(good, bad, good))

    with pytest.raises(WrongError, match="changes x"):
        probe.student(x=X, w=W, lr=0.1, times=3)


def test_leaf_may_move() -> None:
    """A function may change a leaf."""
    probe, _, _ = make_probe(moved(w=[5.0, 5.0]))

    result = probe.student(x=X, w=W, lr=0.1)

    assert result.after("w").tolist() == [5.0, 5.0]


def test_rule_of_a_fake_sees_the_numbers() -> None:
    """The fake session calls its rule with plain numbers, and keeps what the rule changed."""

    def compute(x: np.ndarray, w: np.ndarray, lr: float) -> np.ndarray:
        w -= lr
        product: np.ndarray = x @ w
        return product

    probe, _, _ = make_probe(computing(compute))

    result = probe.student(x=X, w=W, lr=0.5, times=2)

    assert [result.array(place).tolist() for place in (0, 1)] == [[2.0], [1.0]]
    assert [result.after("w", place).tolist() for place in (0, 1)] == [[0.5, 1.5], [0.0, 1.0]]


# --- results ------------------------------------------------------------------------------


def test_last_call_is_the_one_by_default() -> None:
    """A result reads the last call by default, and earlier ones by number."""
    result = Result("f", (step(1.0), step(2.0)))

    assert (result.array().item(), result.array(0).item()) == (2.0, 1.0)


def test_returning_nothing_means_every_call() -> None:
    """A result returns nothing only if every call returned None."""
    assert Result("f", (step(None), step(None))).returns_nothing()
    assert not Result("f", (step(None), step(1.0))).returns_nothing()


def test_gradient_is_read_as_numbers() -> None:
    """A gradient is read by the name of its input."""
    result = Result("f", (step(1.0, gradients={"w": tensor([1, 2])}),))

    assert result.gradient("w").tolist() == [1.0, 2.0]


@pytest.mark.parametrize("gradients", [{}, {"w": None}], ids=["none asked for", "none found"])
def test_gradient_that_autograd_does_not_find_is_wrong(gradients: dict[str, object]) -> None:
    """A missing gradient is wrong, and the hint names what cuts the graph."""
    result = Result("predict", (step(1.0, gradients=gradients),))

    with pytest.raises(WrongError, match=r"can't differentiate what predict\(\)") as caught:
        result.gradient("w")

    assert ".detach()" in caught.value.hint


# --- what torch did -----------------------------------------------------------------------


def piled_up(request: Request) -> Observation:
    """Answer as an update that never clears the gradient; torch's calls are recorded on request."""
    assert isinstance(request, CallRequest)
    calls = (
        TorchCall(name="torch.Tensor.backward", on="", is_grad_enabled=True, adds_to=("w",)),
        TorchCall(name="torch.Tensor.sub_", on="w", is_grad_enabled=False),
    )
    one = differentiated(moved(), *request.differentiate)
    recorded = msgspec.structs.replace(one, torch_calls=calls if request.log_torch_calls else ())
    return answered(*[recorded] * request.times)


def test_torch_calls_are_recorded_by_repeating_the_last_call() -> None:
    """The last call is repeated with torch's calls recorded, and the reference is not asked."""
    probe, own, peer = make_probe(piled_up)
    probe.student(x=X, w=W, lr=0.5)
    probe.student(x=X, w=W, lr=0.1, times=2)

    facts = probe.torch_call_facts(WRONG)

    *_, last, again = own.requests
    assert facts == (
        "backward() ran twice, and twice it added to a gradient that was still in w.grad"
    )
    assert isinstance(again, CallRequest)
    assert again == msgspec.structs.replace(last, log_torch_calls=True)
    assert peer.requests == []


def test_torch_calls_are_recorded_as_often_as_the_example_calls() -> None:
    """The facts are of the calls that the example shows, not of later ones."""
    probe, own, _ = make_probe(piled_up)
    probe.student(x=X, w=W, lr=0.1, times=3)

    facts = probe.torch_call_facts(WrongError("no", got="1.", calls=2))

    assert facts.startswith("backward() ran twice")
    assert [one.times for one in own.requests if isinstance(one, CallRequest)] == [3, 2]


def test_there_is_no_record_without_a_leaf_or_before_a_call() -> None:
    """Without a leaf, or before the first call, there are no facts about torch's calls."""
    probe, own, _ = make_probe(piled_up)
    before = probe.torch_call_facts(WRONG)
    probe.student(x=X, w=tensor([0, 0]), lr=0.1, times=2)

    after = probe.torch_call_facts(WRONG)

    assert (before, after) == ("", "")
    assert len(own.requests) == 1


def test_there_is_no_record_of_a_call_that_is_differentiated() -> None:
    """A differentiated call is not repeated, since the check's backward pass would be recorded."""
    probe, own, _ = make_probe(piled_up)
    probe.student(x=X, w=W, lr=0.1, differentiate=["w"])

    facts = probe.torch_call_facts(WRONG)

    assert facts == ""
    assert len(own.requests) == 1


def test_parts_are_those_of_the_call_that_is_asked_for() -> None:
    """Parts are read from the last call by default, and from others by number."""
    result = Result("f", (step((1.0, array([2]))), step((3.0, array([4])))))

    assert result.parts("a", "b")["b"].tolist() == [4.0]
    assert result.parts("a", "b", step=0)["a"].tolist() == 1.0
    with pytest.raises(
        WrongError, match=r"what f\(\) returns is a tuple of 2 items, not a tuple of a$"
    ):
        result.parts("a")


# --- examples -----------------------------------------------------------------------------


def test_example_is_the_last_call() -> None:
    """An example shows the last call, with its inputs."""
    probe, _, _ = make_probe(moved())
    probe.student(x=X + 0, w=W, lr=0.1)
    probe.student(x=X, w=W, lr=0.25, times=1)

    example = probe.example(WRONG)

    assert example is not None
    assert example.code.splitlines()[-1] == "print(update(x, w, 0.25))"
    assert (example.got, example.expected) == ("1.", "2.")


def test_example_repeats_the_call_until_it_shows() -> None:
    """An example repeats the call only as often as needed to show the failure."""
    probe, _, _ = make_probe(answered(*moved().steps * 3))
    probe.student(x=X, w=W, lr=0.1, times=3)

    after_all = probe.example(WRONG)
    after_two = probe.example(WrongError("no", got="1.", calls=2))

    assert after_all is not None
    assert "range(3)" in after_all.code
    assert after_two is not None
    assert "range(2)" in after_two.code


def test_verdict_that_shows_nothing_has_no_example() -> None:
    """A verdict that shows no value has no example."""
    probe, _, _ = make_probe(moved())
    probe.student(x=X, w=W, lr=0.1)

    example = probe.example(WrongError("no"))

    assert example is None


def test_example_shows_what_was_handed_over_as_a_global() -> None:
    """An example assigns the inputs that were handed over as globals."""
    handed = {"x": State(value=array(X), is_global=True), "w": array([1, 2]), "lr": 0.1}
    probe, _, _ = make_probe(returned(None, **handed))
    probe.student(x=X, w=W, lr=0.1)

    example = probe.example(WRONG)

    assert example is not None
    assert "print(update(w, 0.1))" in example.code
    assert "x = torch.tensor([[1., 1.]])" in example.code


def test_there_is_no_example_before_a_call_or_of_large_inputs() -> None:
    """There is no example before the first call, or for large inputs."""
    large = tensor(np.zeros((20, 2)))
    probe, _, _ = make_probe(returned(0.5, x=large, w=array([1, 2]), lr=0.1))

    assert probe.example(WRONG) is None
    probe.student(x=large, w=W, lr=0.1)
    assert probe.example(WRONG) is None


def test_example_is_there_when_there_was_no_answer() -> None:
    """There is an example even if the call gave no answer."""
    probe, _, _ = make_probe(raised("ValueError"))

    with pytest.raises(NoAnswerError):
        probe.student(x=X, w=W, lr=0.1)

    example = probe.example(WRONG)
    assert example is not None
    assert "update(x, w, 0.1)" in example.code


# --- scripts --------------------------------------------------------------------------------

TOTAL = Unit(name="total", kind=UnitKind.VALUE)
UNITS = (Unit(name="f", parameters=("x",)), Unit(name="y", kind=UnitKind.VALUE))


def script_probe(
    student: Observation, reference: Observation | None = None
) -> tuple[Probe, RecordedSession, RecordedSession]:
    """Make a probe of a value between two sessions."""
    own, peer = RecordedSession(total=student), RecordedSession(total=reference or student)
    return Probe(TOTAL, own.observe, peer.ask, bytes(32), units=UNITS), own, peer


def test_parts_of_what_a_script_returns_are_found_by_name_or_place() -> None:
    """A part that is not there is a mistake of the check."""
    table = Result("f", returned({"a": 1, "b": (2, 3)}).steps)
    items = Result("f", returned([4, 5]).steps)
    single = Result("f", returned(6).steps)

    assert table["a"] == Number(value=1, kind="int")
    assert items[1] == Number(value=5, kind="int")
    assert items[-1] == items[1]
    for result, key in (
        (table, "c"),
        (table, 0),
        (items, 2),
        (items, -3),
        (items, "a"),
        (single, 0),
    ):
        with pytest.raises(KeyError):
            result[key]


def test_both_sides_carry_out_the_same_script() -> None:
    """The names that it uses are noted."""
    probe, own, peer = script_probe(returned({"y": 1}, x=2), returned({"y": 3}, x=2))

    got, want = probe.both_run(lambda lab, x: {"y": lab.f(x) + lab.y}, x=2)

    (request,) = own.requests
    assert isinstance(request, ScriptRequest)
    assert peer.requests == [request]
    assert (request.function, request.is_rerun) == ("total", False)
    assert request.inputs == {"x": Number(value=2, kind="int")}
    assert (got["y"], want["y"]) == (Number(value=1, kind="int"), Number(value=3, kind="int"))
    assert probe.used == {"f", "y"}


def test_script_can_be_carried_out_by_the_student_alone() -> None:
    """Then the check knows what is right."""
    probe, own, peer = script_probe(returned(7))

    assert probe.student_run(lambda lab: lab.y).returned() == Number(value=7, kind="int")
    assert len(own.requests) == 1
    assert peer.requests == []


def test_input_of_a_script_may_change_only_if_that_is_said() -> None:
    """Each other input is compared with what was sent."""
    probe, _, _ = script_probe(returned(1, x=array([5, 6])))

    with pytest.raises(WrongError, match="total changes x"):
        probe.both_run(lambda lab, x: lab.f(x), x=tensor([1, 2]))
    probe.both_run(lambda lab, x: lab.f(x), x=tensor([1, 2]), mutable=["x"])


@pytest.mark.parametrize("answer", [returned(1), returned({"y": 1}, x=1), returned({})])
def test_incomplete_answer_to_a_script_is_no_answer(answer: Observation) -> None:
    """The student's child has to answer everything that was asked."""
    probe, _, _ = script_probe(answer, returned({"y": 1}))

    with pytest.raises(NoAnswerError) as caught:
        probe.both_run(lambda lab: {"y": lab.y})

    assert "incomplete" in caught.value.observation.detail


def test_rerun_fixes_globals_and_reads_others() -> None:
    """The parts are what was read, and what a script returns."""
    answer = returned({"y": 1, "total": 2, "twice": 3})
    probe, own, peer = script_probe(answer)

    got, _ = probe.rerun(
        lambda lab: {"twice": lab.f(lab.y)},
        given={"x": tensor([1, 2]), "n": 3},
        read=["y", "total"],
    )

    (request,) = own.requests
    assert isinstance(request, ScriptRequest)
    assert peer.requests == [request]
    assert request.is_rerun
    assert request.inputs == {}
    assert request.given == {"x": array([1, 2]), "n": Number(value=3, kind="int")}
    assert isinstance(request.returned, Table)
    keys = [key.value for key, _ in request.returned.entries if isinstance(key, Constant)]
    assert keys == [Text(text="y"), Text(text="total"), Text(text="twice")]
    assert got["twice"] == Number(value=3, kind="int")


def test_what_a_script_of_a_rerun_returns_has_a_name() -> None:
    """Unless it is a dict, whose parts have theirs."""
    probe, _, _ = script_probe(returned({"script": 5}))

    got, _ = probe.rerun(lambda lab: lab.f(1), given={"x": 1})

    assert got["script"] == Number(value=5, kind="int")


def test_rerun_without_anything_fixed_is_a_new_load() -> None:
    """Only the value is read."""
    probe, own, _ = script_probe(returned({"total": 5}))

    probe.rerun(read=["total"])

    (request,) = own.requests
    assert isinstance(request, ScriptRequest)
    assert request.is_rerun
    assert request.given == {}


def test_example_of_a_rerun_sets_what_is_fixed() -> None:
    """These lines stand in the place of the student's own, and the wrong value is printed."""
    probe, _, _ = script_probe(returned({"total": 5.0}))
    got, _ = probe.rerun(given={"x": tensor([1, 2])}, read=["total"])

    example = probe.example(WrongError("no", got="5.", expected="6.", source=got["total"]))

    assert example is not None
    assert example.code.splitlines() == [
        "x = torch.tensor([1., 2.])  # in place of your own",
        "# run all cells that come after it again, and then",
        "print(total)",
    ]


def test_example_is_that_of_the_last_request_of_either_kind() -> None:
    """A call after a script has its own example, and the other way round."""
    own = RecordedSession(f=[returned(1, x=2), returned(1), returned(1, x=2)])
    probe = Probe(UNITS[0], own.observe, own.ask, bytes(32), units=UNITS)
    asks: list[Callable[[], Result]] = [
        lambda: probe.student(x=2),
        lambda: probe.student_run(lambda lab: lab.y),
        lambda: probe.student(x=2),
    ]
    codes = []

    for ask in asks:
        ask()
        example = probe.example(WRONG)
        assert example is not None
        codes.append(example.code)

    assert codes == ["print(f(2))", "print(y)", "print(f(2))"]
