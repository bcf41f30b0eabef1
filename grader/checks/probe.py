"""The probe: what a check is given to ask student and reference the same thing."""

import contextlib
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from grader.checks.compare import to_array, to_parts
from grader.checks.examples import make_example
from grader.checks.failed_step import FailedStep, find_failed_step
from grader.checks.inputs import Leaf, as_single, encode_input
from grader.checks.script_examples import (
    ScriptRun,
    make_raising_example,
    make_script_example,
)
from grader.checks.torch_calls import describe_torch_calls
from grader.checks.tracing import Lab, Script, trace
from grader.checks.units import Unit
from grader.checks.untouched import expect_untouched
from grader.checks.verdict import NoAnswerError, WrongError
from grader.observations.asking import Ask, Observe, is_complete
from grader.observations.messages import (
    CallRequest,
    Observation,
    Outcome,
    ReadRequest,
    ScriptRequest,
    State,
    Step,
)
from grader.observations.values import AnyValue, Array, Items, Nothing, Text
from grader.observations.values import Mapping as Mapping_
from grader.report.model import Example

# Replaces an answer that lacks steps, inputs or gradients.
INCOMPLETE = Observation(outcome=Outcome.CRASHED, detail="its answer was incomplete")


@dataclass(frozen=True, slots=True)
class Result:
    """An answer to one request.

    Attributes:
        function: The function that was called, or the global that was read.
        steps: What was observed of each call, in order; at least one.
    """

    function: str
    steps: tuple[Step, ...]

    def returned(self, step: int = -1) -> AnyValue:
        """Return the value that a call returned, by default the last one."""
        return self.steps[step].returned

    def returns_nothing(self) -> bool:
        """Return whether every call returned None."""
        return all(isinstance(step.returned, Nothing) for step in self.steps)

    def __getitem__(self, key: str | int) -> AnyValue:
        """Return a part of what a script returned: an entry of its dict, or an item by place.

        Raises:
            KeyError: The script returns no such part.
        """
        value = self.returned()
        if isinstance(value, Mapping_):
            for name, part in value.entries:
                if isinstance(name, Text) and name.text == key:
                    return part
        if isinstance(value, Items) and isinstance(key, int):
            with contextlib.suppress(IndexError):
                return value.items[key]
        raise KeyError(key)

    def array(self, step: int = -1) -> "np.ndarray":
        """Return the returned tensor or number as a float64 array of the same shape.

        Raises:
            WrongError: The value is not a tensor or a number.
        """
        return to_array(self.returned(step), f"what {self.function}() returns")

    def parts(self, *names: str, step: int = -1) -> dict[str, "np.ndarray"]:
        """Return the parts of a returned tuple or list, by name, as float64 arrays.

        Raises:
            WrongError: The value is something else, or has more or fewer parts.
        """
        return to_parts(self.returned(step), names, f"what {self.function}() returns")

    def state(self, name: str, step: int = -1) -> State:
        """Return the state of an input after a call."""
        return self.steps[step].inputs[name]

    def after(self, name: str, step: int = -1) -> "np.ndarray":
        """Return the values of an input after a call, as a float64 array.

        Raises:
            WrongError: The input is no longer a tensor or a number.
        """
        return to_array(self.state(name, step).value, f"{name} after {self.function}()")

    def gradient(self, name: str, step: int = -1) -> "np.ndarray":
        """Return the gradient of the returned value with respect to an input, as a float64 array.

        Raises:
            WrongError: Autograd finds no gradient.
        """
        value = self.steps[step].gradients.get(name)
        if not isinstance(value, Array):
            raise WrongError(
                f"autograd can't differentiate what {self.function}() returns "
                f"with respect to {name}",
                got="no gradient",
                expected="a gradient",
                gradient_of=name,
                hint=f"Is the result computed from {name}, and is there .item(), .detach(), "
                ".numpy(), float(), torch.tensor(...) or no_grad() on the way?",
            )
        return to_array(value, f"the gradient with respect to {name}")


class Probe:
    """Asks the function under test and the reference the same thing.

    Each attempt at a check gets a new one, as the fixture ``probe``. After a failure, the probe can
    show the last input as an example.

    Args:
        function: The function under test.
        observe: Asks the student's session.
        expect: Asks the reference's session.
        seed: The seed of this check's random numbers, 32 bytes.
        units: All units of the assignment.

    Attributes:
        used: The names of the submission that scripts have used.
    """

    def __init__(
        self,
        function: Unit,
        observe: Observe,
        expect: Ask,
        seed: bytes,
        *,
        units: Sequence[Unit] = (),
    ) -> None:
        self._function = function
        self._units = {unit.name: unit for unit in (function, *units)}
        self._observe = observe
        self._expect = expect
        self._seed = seed
        self._calls = 0
        self._last_request: CallRequest | None = None
        self._last: tuple[Mapping[str, object], Result | None] | None = None
        self._last_script: ScriptRun | None = None
        self.used: set[str] = set()
        self._last_expected: Result | None = None  # None if the reference was not asked

    @property
    def name(self) -> str:
        """The name of the function under test."""
        return self._function.name

    def rng(self) -> np.random.Generator:
        """Return a new generator that draws the same numbers whenever the seed is the same."""
        return np.random.default_rng(np.frombuffer(self._seed, dtype=np.uint32))

    def student(
        self,
        *,
        times: int = 1,
        differentiate: Sequence[str] = (),
        cotangent: "np.ndarray | None" = None,
        draw: int = 0,
        frame_limit: int = 0,
        **inputs: object,
    ) -> Result:
        """Call only the student's function.

        Args:
            times: How many times to call it, with the same leaves each time.
            differentiate: The inputs with respect to which to differentiate the result.
            cotangent: What to multiply the result by before it is summed and differentiated.
            draw: How many items to take from a returned iterable.
            frame_limit: How many frames of a returned animation to play.
            **inputs: The parameters of the contract: arrays, leaves and numbers. Numbers of
                float64 are sent as float32.

        Raises:
            NoAnswerError: The function raised, is missing, or hit a limit.
            WrongError: The function changed an input that is not a leaf.
        """
        inputs = {name: as_single(value) for name, value in inputs.items()}
        request = self._request(inputs, times, differentiate, cotangent, draw, frame_limit)
        self._last, self._last_expected = (inputs, None), None
        return self._answer(request, inputs)

    def both(
        self,
        *,
        times: int = 1,
        differentiate: Sequence[str] = (),
        cotangent: "np.ndarray | None" = None,
        draw: int = 0,
        frame_limit: int = 0,
        **inputs: object,
    ) -> tuple[Result, Result]:
        """Call the student's function and the reference; the arguments are those of `student`.

        Returns:
            The student's answer and the reference's.

        Raises:
            NoAnswerError: The student's function raised, is missing, or hit a limit.
            WrongError: The student's function changed an input that is not a leaf.
        """
        inputs = {name: as_single(value) for name, value in inputs.items()}
        request = self._request(inputs, times, differentiate, cotangent, draw, frame_limit)
        self._last, self._last_expected = (inputs, None), None
        answer = self._expect(request)
        try:
            got = self._answer(request, inputs)
        finally:
            expected = answer()
        self._last_expected = self._result(expected, is_student=False)
        return got, self._last_expected

    def student_run(
        self, script: Script, *, mutable: Collection[str] = (), **inputs: object
    ) -> Result:
        """Carry out a script on the submission only; the arguments are those of `both_run`.

        Raises:
            NoAnswerError: The submission raised, lacks the unit, or hit a limit.
            WrongError: It changed an input that may not change.
        """
        return self._answer_script(self._script_request(script, inputs), mutable)

    def reference_run(self, script: Script, **inputs: object) -> Result:
        """Carry out a script on the reference only; the arguments are those of `both_run`.

        So what a library computes is never asked of a submission, which may have changed it.
        """
        request = self._script_request(script, inputs)
        return self._result(self._expect(request)(), is_student=False)

    def both_run(
        self, script: Script, *, mutable: Collection[str] = (), **inputs: object
    ) -> tuple[Result, Result]:
        """Carry out a script on the submission and on the reference.

        Args:
            script: A function that says what is to be done. It is called once, with something that
                has the names of the submission, and with the inputs by name; see
                `grader.checks.tracing`.
            mutable: The inputs that may change in place; every other is checked to be untouched.
            **inputs: Tensors, leaves, arrays, numbers, text, None, and lists, tuples and dicts of
                these. Numbers of float64 are sent as float32, unless float64 was asked for.

        Returns:
            The student's answer and the reference's; ``got["name"]`` is a part of what the script
            returned.

        Raises:
            NoAnswerError: The submission raised, lacks the unit, or hit a limit.
            WrongError: It changed an input that may not change.
            TraceError: The script does what can't be recorded.
        """
        return self._both(self._script_request(script, inputs), mutable)

    def rerun(
        self,
        script: Script | None = None,
        *,
        given: Mapping[str, object] | None = None,
        read: Sequence[str] = (),
    ) -> tuple[Result, Result]:
        """Load the submission and the reference anew, with some globals fixed.

        After each top-level statement that binds one of these globals, a fresh copy of the given
        value is put back. So a result that was typed in shows.

        Args:
            script: What is to be done then; by default nothing.
            given: The values of the globals that are fixed, by name.
            read: The globals to read.

        Returns:
            The student's answer and the reference's, with the parts ``read``, and what the script
            returned as ``script``, or its parts if that is a dict.

        Raises:
            NoAnswerError: The submission lacks the unit, raised, or hit a limit.
        """

        def run(lab: Lab) -> dict[str, object]:
            returned = {} if script is None else script(lab)
            parts = returned if isinstance(returned, dict) else {"script": returned}
            return {**{name: getattr(lab, name) for name in read}, **parts}

        return self._both(self._script_request(run, {}, named=script or run, given=given or {}), ())

    def _both(self, request: ScriptRequest, mutable: Collection[str]) -> tuple[Result, Result]:
        answer = self._expect(request)
        try:
            got = self._answer_script(request, mutable)
        finally:
            expected = answer()
        return got, self._result(expected, is_student=False)

    def _script_request(
        self,
        script: Script,
        inputs: Mapping[str, object],
        *,
        named: Script | None = None,
        given: Mapping[str, object] | None = None,
    ) -> ScriptRequest:
        """Trace a script, and make its request: of a rerun if globals are fixed, even if none."""
        traced = trace(script, self._units, tuple(inputs), named=named)
        self.used |= traced.units
        encoded = {name: encode_input(value) for name, value in inputs.items()}
        request = ScriptRequest(
            function=self.name,
            inputs=encoded,
            operations=traced.operations,
            returned=traced.returned,
            seed=self._next_seed(),
            is_rerun=given is not None,
            given={name: encode_input(value) for name, value in (given or {}).items()},
        )
        self._last_script = ScriptRun(request, inputs, traced, given=given or {})
        self._last_request = None
        return request

    def _answer_script(self, request: ScriptRequest, mutable: Collection[str]) -> Result:
        observation = self._observe(request)
        if observation.outcome is Outcome.RETURNED and not is_complete(observation, request):
            observation = INCOMPLETE
        result = self._result(observation, is_student=True)
        if self._last_script is not None:
            self._last_script = replace(self._last_script, step=result.steps[0])
        expect_untouched(
            self._function.called, request.inputs, result.steps[0].inputs, except_for=mutable
        )
        return result

    def read(self) -> tuple[Result, Result]:
        """Read the global under test from the submission and from the reference.

        Returns:
            The student's answer and the reference's.

        Raises:
            NoAnswerError: The submission has no such global.
        """
        request = ReadRequest(function=self.name)
        observation = self._observe(request)
        if observation.outcome is Outcome.RETURNED and not is_complete(observation, request):
            observation = INCOMPLETE
        got = self._result(observation, is_student=True)
        return got, self._result(self._expect(request)(), is_student=False)

    def torch_call_facts(self, wrong: WrongError) -> str:
        """Repeat the last call with torch's calls recorded, and return what is noteworthy.

        This works only for a function that takes a single leaf. The result is empty if there is
        nothing to say.

        Args:
            wrong: What is wrong, and after how many calls.
        """
        request = self._last_request
        if self._last is None or request is None:
            return ""
        leaves = {
            name: value.array for name, value in self._last[0].items() if isinstance(value, Leaf)
        }
        if len(leaves) != 1 or request.differentiate:
            return ""
        times = wrong.calls or request.times
        recorded = self._observe(
            msgspec.structs.replace(request, times=times, log_torch_calls=True)
        )
        ((leaf, start),) = leaves.items()
        has_moved = any(_has_moved(step, leaf, start) for step in recorded.steps)
        expected = self._last_expected
        should_move = expected is None or any(
            _has_moved(step, leaf, start) for step in expected.steps
        )
        # Of a leaf that stays where it should, there is nothing to say.
        return describe_torch_calls(recorded.steps, leaf, has_moved=has_moved or not should_move)

    def example(self, wrong: WrongError) -> Example | None:
        """Return the last call as an example, or None if its inputs are too many to show."""
        if self._last_script is not None and self._last_request is None:
            return make_script_example(self._last_script, wrong)
        if self._last is None or self._last_request is None:
            return None
        inputs, result = self._last
        steps = () if result is None else result.steps
        return make_example(self._last_request, inputs, steps, wrong)

    def failed_step(self, observation: Observation) -> FailedStep | None:
        """Return the step of the last script that raised; None if a line of the submission did."""
        return (
            None if self._last_script is None else find_failed_step(self._last_script, observation)
        )

    def raising_example(self, observation: Observation) -> Example | None:
        """Return the last script as an example that raises; None if it was not a script."""
        if self._last_script is None or observation.raised is None:
            return None
        return make_raising_example(self._last_script, observation.raised, observation.place)

    def _answer(self, request: CallRequest, inputs: Mapping[str, object]) -> Result:
        self._last_request, self._last_script = request, None
        observation = self._observe(request)
        if observation.outcome is Outcome.RETURNED and not is_complete(observation, request):
            # Our own child sends this only if the answer is too large; otherwise it is forged.
            observation = INCOMPLETE
        result = self._result(observation, is_student=True)
        self._last = (inputs, result)
        leaves = [name for name, value in inputs.items() if isinstance(value, Leaf)]
        for step in result.steps:
            expect_untouched(self._function.called, request.inputs, step.inputs, except_for=leaves)
        return result

    def _request(
        self,
        inputs: Mapping[str, object],
        times: int,
        differentiate: Sequence[str],
        cotangent: "np.ndarray | None",
        draw: int,
        frame_limit: int,
    ) -> CallRequest:
        ordered = self._in_order(inputs)
        return CallRequest(
            function=self.name,
            inputs={name: encode_input(value) for name, value in ordered.items()},
            times=times,
            seed=self._next_seed(),
            differentiate=tuple(differentiate),
            cotangent=None if cotangent is None else Array.from_numpy(cotangent),
            draw=draw,
            frames=frame_limit,
        )

    def _in_order(self, inputs: Mapping[str, object]) -> dict[str, object]:
        """Return the inputs in the contract's order, which must be exactly its parameters."""
        parameters = self._function.parameters
        missing = [name for name in parameters if name not in inputs]
        unknown = [name for name in inputs if name not in parameters]
        if missing or unknown:
            what = f"gets no {missing[0]}" if missing else f"has no parameter {unknown[0]}"
            message = f"{self.name} {what}; its parameters are {', '.join(parameters)}"
            raise TypeError(message)
        return {name: inputs[name] for name in parameters}

    def _next_seed(self) -> int:
        self._calls += 1
        digest = hashlib.sha256(self._seed + self._calls.to_bytes(4, "big")).digest()
        return int.from_bytes(digest[:4], "big") >> 1

    def _result(self, observation: Observation, *, is_student: bool) -> Result:
        if observation.outcome is not Outcome.RETURNED:
            if is_student:
                raise NoAnswerError(self.name, observation, called=self._function.called)
            message = f"the reference gave no answer: {observation}"
            raise RuntimeError(message)
        return Result(self.name, observation.steps)


def _has_moved(step: Step, leaf: str, start: "np.ndarray") -> bool:
    state = step.inputs.get(leaf)
    value = None if state is None else state.value
    return not isinstance(value, Array) or not np.array_equal(value.to_numpy(), start)


def derive_seed(seed: int, check_id: str) -> bytes:
    """Return a check's own seed, 32 bytes, so that its draws never depend on other checks."""
    return hashlib.sha256(f"{seed}/{check_id}".encode()).digest()
