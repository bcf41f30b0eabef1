"""Lending right classes and methods to a submission."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.observations.messages import Lent
from grader.sandbox.guest.lend import LentUnits

OWN = """
class Value:
    def __init__(self, data):
        self.data = data

    def __mul__(self, other):
        return Value(self.data + other.data)

    __rmul__ = __mul__

    def double(self):
        return self * Value(2)

class Loud(Value):
    def shout(self):
        return f"{self.double().data}!"

def square(v):
    return v * v
"""
RIGHT_METHOD = """
class Value:
    def __mul__(self, other):
        return Value(self._times(other))

    def _times(self, other):
        return self.data * other.data
"""
RIGHT_CLASS = """
class Value:
    def __init__(self, data):
        self.data = data

    def __mul__(self, other):
        return Value(self.data * other.data)

    def double(self):
        return Value(self.data * 2)
"""


def lend(lent: Lent, own: str = OWN, classes: tuple[str, ...] = ("Value",)) -> dict[str, Any]:
    """Define a submission, and lend to it."""
    namespace: dict[str, Any] = {"__name__": "submission"}
    exec(own, namespace)  # noqa: S102 - that is what is tested
    LentUnits.make(lent, classes).replace_in(namespace)
    return namespace


def test_single_method_is_set_on_the_submissions_own_class() -> None:
    """All else of the class stays its own, and so do its instances."""
    namespace = lend(Lent(source=RIGHT_METHOD, methods=("Value.__mul__",)))
    value = namespace["Value"](5)

    assert (value * namespace["Value"](3)).data == 15
    assert value.double().data == 10
    assert type(value * value) is namespace["Value"]
    assert namespace["Loud"](4).shout() == "8!"


def test_other_name_of_a_method_is_another_name_of_the_right_one() -> None:
    """``__rmul__ = __mul__`` is redirected too."""
    namespace = lend(Lent(source=RIGHT_METHOD, methods=("Value.__mul__",)))
    kind = namespace["Value"]

    assert kind.__rmul__ is kind.__mul__


def test_missing_method_is_added() -> None:
    """A class without the method gets it."""
    own = OWN.replace("def __mul__", "def times").replace("__rmul__ = __mul__", "")

    namespace = lend(Lent(source=RIGHT_METHOD, methods=("Value.__mul__",)), own)

    assert (namespace["Value"](5) * namespace["Value"](3)).data == 15


def test_private_method_of_the_submission_stays_its_own() -> None:
    """What the right method uses besides is only set where there is nothing of that name."""
    own = OWN + "\nValue._times = lambda self, other: -1\n"

    namespace = lend(Lent(source=RIGHT_METHOD, methods=("Value.__mul__",)), own)

    assert namespace["Value"]._times(1, 2) == -1


def test_whole_class_replaces_the_name_and_the_base() -> None:
    """What looks the class up, and what inherits from it, uses the right one."""
    namespace = lend(Lent(source=RIGHT_CLASS, classes=("Value",)))

    assert namespace["square"](namespace["Value"](3)).data == 9
    assert namespace["Loud"](4).shout() == "8!"
    assert issubclass(namespace["Loud"], namespace["Value"])


def test_method_with_super_finds_the_submissions_base() -> None:
    """``super()`` in a right method starts from the submission's class."""
    own = "class Base:\n    def f(self): return 'base'\nclass C(Base):\n    def f(self): return 0\n"
    right = "class Base: pass\n\nclass C(Base):\n    def f(self): return super().f() + '!'\n"

    namespace = lend(Lent(source=right, methods=("C.f",)), own, ("C",))

    assert namespace["C"]().f() == "base!"


@pytest.mark.parametrize("wrapper", ["staticmethod", "classmethod", "property"])
def test_wrapped_method_stays_wrapped(wrapper: str) -> None:
    """Static methods, class methods and properties are lent as such."""
    parameters = {"staticmethod": "", "classmethod": "cls", "property": "self"}[wrapper]
    source = f"class C:\n    @{wrapper}\n    def f({parameters}):\n        return {{}}\n"

    namespace = lend(
        Lent(source=source.format(1), methods=("C.f",)), source.format(2), classes=("C",)
    )

    found = namespace["C"]().f
    assert (found if wrapper == "property" else found()) == 1


def test_lent_function_makes_instances_of_the_class_that_is_graded() -> None:
    """A right function uses the submission's class, of which it gets instances."""
    right = "def make(n):\n    return Value(n)\n\nclass Value:\n    pass\n"
    own = OWN + "\ndef make(n):\n    return None\n"

    namespace = lend(Lent(source=right, parameters={"make": ("n",)}), own)

    assert type(namespace["make"](3)) is namespace["Value"]
    assert namespace["make"](3).data == 3


def test_what_is_bound_anew_is_replaced_again() -> None:
    """A later definition of a lent unit is replaced as well, and the first one stays replaced."""
    lent = LentUnits.make(
        Lent(source=RIGHT_CLASS + "\ndef f(n):\n    return n\n", parameters={"f": ("n",)}), ()
    )
    namespace: dict[str, Any] = {}
    lent.replace_bound(namespace)
    assert "f" not in namespace
    exec("def f(n): return -1\nold = f", namespace)  # noqa: S102 - as above
    lent.replace_bound(namespace)
    first = namespace["f"]
    lent.replace_bound(namespace)
    assert namespace["f"] is first
    exec("def f(n): return -2", namespace)  # noqa: S102 - as above
    lent.replace_bound(namespace)

    assert (namespace["f"](3), namespace["old"](3)) == (3, 3)


HOSTILE: Mapping[str, str] = {
    "a metaclass that hides its members": """
class Meta(type):
    def __getattribute__(cls, name): raise ValueError(name)
    def __setattr__(cls, name, value): raise ValueError(name)
class Value(metaclass=Meta):
    def __mul__(self, other): return 0
""",
    "slots": "class Value:\n    __slots__ = ('data',)\n    def __mul__(self, other): return 0\n",
    "a value that is no class": "Value = 3",
    "an instance that claims to be a class": """
class Liar:
    __class__ = type
Value = Liar()
""",
}


@pytest.mark.parametrize("own", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "lent",
    [
        Lent(source=RIGHT_METHOD, methods=("Value.__mul__",)),
        Lent(source=RIGHT_CLASS, classes=("Value",)),
    ],
    ids=["method", "class"],
)
def test_odd_class_of_a_submission_stops_nothing(own: str, lent: Lent) -> None:
    """Whatever the submission has there, lending raises nothing."""
    lend(lent, own)


WRONG_LATER = """
class Value:
    def __init__(self, data):
        self.data = data

def add_to_class(kind):
    return lambda method: setattr(kind, method.__name__, method)

first = Value

@add_to_class(Value)
def __mul__(self, other):
    return Value(self.data + other.data)

Value.double = lambda self: Value(self.data * 3)
"""


@pytest.mark.parametrize(
    "lent",
    [
        Lent(source=RIGHT_METHOD, methods=("Value.__mul__",)),
        Lent(source=RIGHT_CLASS, classes=("Value",)),
    ],
    ids=["method", "class"],
)
def test_method_that_is_set_after_the_class_is_replaced_too(lent: Lent) -> None:
    """In notebooks a class often gets its methods in later cells, by a decorator."""
    units = LentUnits.make(lent, ("Value",))
    namespace: dict[str, Any] = {"__name__": "submission"}
    for statement in WRONG_LATER.split("\n\n"):
        exec(statement, namespace)  # noqa: S102 - as above
        units.replace_bound(namespace)
    kind = namespace["Value"]

    assert (kind(5) * kind(3)).data == 15
    assert kind(5).double().data == (10 if lent.classes else 15)


def test_method_that_stays_is_set_only_once() -> None:
    """Nothing is done after a statement that changes nothing."""
    units = LentUnits.make(Lent(source=RIGHT_METHOD, methods=("Value.__mul__",)), ("Value",))
    namespace: dict[str, Any] = {"__name__": "submission"}
    exec(OWN, namespace)  # noqa: S102 - as above
    units.replace_bound(namespace)
    first = namespace["Value"].__mul__
    units.replace_bound(namespace)
    units.replace_in(namespace)

    assert namespace["Value"].__mul__ is first


def test_method_that_the_right_class_inherits_is_lent() -> None:
    """It is set on the submission's class like one that is written there."""
    right = "class Base:\n    def f(self):\n        return 1\nclass C(Base):\n    pass\n"
    own = "class C:\n    def f(self):\n        return 2\n"
    namespace = lend(Lent(source=right, methods=("C.f",)), own, ("C",))

    assert namespace["C"]().f() == 1
