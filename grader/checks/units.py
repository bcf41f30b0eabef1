"""The units of an assignment: what has points and can be blamed."""

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace


class UnitKind(enum.Enum):
    """What a unit is."""

    FUNCTION = "function"
    CLASS = "class"
    METHOD = "method"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A part of the contract that has points and can be blamed.

    Attributes:
        name: Its name in a submission: ``mse``, ``Value``, ``Value.__mul__`` or ``w_hat``.
        kind: What it is.
        parameters: The names of a function's parameters, in order; empty for all others.
        collaborators: Its helpers: units that it may use, and of which right versions can be lent
            to it. Those of a function are listed before it.
        attributes: Of a class, the attributes that are part of the contract. With them, single
            right methods can be lent to it; without them, only the whole class.
        lent_with: The units that share a format of their own with it, such as a cache that one
            makes and the other reads: right versions are lent together.
        ask_reference: Whether its checks ask the reference. If not, they know what is right
            without it.
    """

    name: str
    kind: UnitKind = UnitKind.FUNCTION
    parameters: tuple[str, ...] = ()
    collaborators: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    lent_with: tuple[str, ...] = ()
    ask_reference: bool = True

    @property
    def is_value(self) -> bool:
        """Whether it is a global that is only read."""
        return self.kind is UnitKind.VALUE

    @property
    def called(self) -> str:
        """What to call it in a sentence: functions and methods have brackets."""
        is_callable = self.kind in (UnitKind.FUNCTION, UnitKind.METHOD)
        return f"{self.name}()" if is_callable else self.name

    @property
    def owner(self) -> str:
        """The name of the class that a method belongs to; empty for all others."""
        return self.name.partition(".")[0] if self.kind is UnitKind.METHOD else ""


_COMMON = ("name", "collaborators", "ask_reference")
_KEYS = {
    "functions": (*_COMMON, "parameters", "lent_with"),
    "classes": (*_COMMON, "methods", "attributes"),
    "values": _COMMON,
    "methods": _COMMON,
}


def read_units(content: Mapping[str, object]) -> tuple[Unit, ...]:
    """Read the tables ``[[functions]]``, ``[[classes]]`` and ``[[values]]`` of an assignment.

    Args:
        content: The content of ``assignment.toml``.

    Returns:
        The units, each after its helpers: functions, classes with their methods, and values, each
        kind in the order in which it is written.

    Raises:
        KeyError: There is no table at all, or an entry has no name.
        TypeError: An entry has a wrong kind of value.
        ValueError: A name is there twice, a key is not known, or a collaborator does not exist.
    """
    units = [
        *(_function(entry) for entry in _entries(content, "functions")),
        *(one for entry in _entries(content, "classes") for one in _class(entry)),
        *(_value(entry) for entry in _entries(content, "values")),
    ]
    if not units:
        raise KeyError("functions")
    _expect_names(units)
    return tuple(_helpers_first(_with_partners(units)))


def _entries(content: Mapping[str, object], kind: str) -> Iterable[Mapping[str, object]]:
    entries = content.get(kind, [])
    if not isinstance(entries, list):
        message = f"{kind} has to be written as [[{kind}]]"
        raise TypeError(message)
    for entry in entries:
        yield _checked(entry, kind)


def _checked(entry: object, kind: str) -> Mapping[str, object]:
    """Require an entry with a name and with known keys only."""
    if not isinstance(entry, dict):
        message = f"{entry!r} in {kind} is not a table"
        raise TypeError(message)
    if "name" not in entry:
        message = f"an entry of {kind} has no name"
        raise ValueError(message)
    for key in entry:
        if key not in _KEYS[kind]:
            message = (
                f"{entry['name']} in {kind} has the unknown key {key}; known are "
                + ", ".join(_KEYS[kind])
            )
            raise ValueError(message)
    return entry


def _function(entry: Mapping[str, object]) -> Unit:
    # Without parameters it is a value: there was no [[values]] once.
    kind = UnitKind.FUNCTION if "parameters" in entry else UnitKind.VALUE
    return Unit(
        name=str(entry["name"]),
        kind=kind,
        parameters=_names(entry, "parameters"),
        collaborators=_names(entry, "collaborators"),
        lent_with=_names(entry, "lent_with"),
        ask_reference=bool(entry.get("ask_reference", True)),
    )


def _value(entry: Mapping[str, object]) -> Unit:
    return Unit(
        name=str(entry["name"]),
        kind=UnitKind.VALUE,
        collaborators=_names(entry, "collaborators"),
        ask_reference=bool(entry.get("ask_reference", True)),
    )


def _class(entry: Mapping[str, object]) -> Iterable[Unit]:
    """Yield a class and its methods.

    What a method may use is said by the collaborators of its class and its own. If right methods
    can be lent to the class, these are also all its other methods; if not, those above it, so that
    of two that fail together one is the cause.
    """
    name = str(entry["name"])
    collaborators = _names(entry, "collaborators")
    attributes = _names(entry, "attributes")
    ask_reference = bool(entry.get("ask_reference", True))
    yield Unit(
        name=name,
        kind=UnitKind.CLASS,
        collaborators=collaborators,
        attributes=attributes,
        ask_reference=ask_reference,
    )
    listed = entry.get("methods", [])
    if not isinstance(listed, list):
        message = f"the methods of {name} are not a list"
        raise TypeError(message)
    methods = [
        _checked({"name": one} if isinstance(one, str) else one, "methods") for one in listed
    ]
    full_names = [f"{name}.{method['name']}" for method in methods]
    for place, method in enumerate(methods):
        others = full_names if attributes else full_names[:place]
        own = (*collaborators, *_names(method, "collaborators"), *others)
        yield Unit(
            name=full_names[place],
            kind=UnitKind.METHOD,
            collaborators=tuple(one for one in dict.fromkeys(own) if one != full_names[place]),
            ask_reference=bool(method.get("ask_reference", ask_reference)),
        )


def _names(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = entry.get(key, ())
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        message = f"{key} of {entry['name']} is not a list of names: {value!r}"
        raise TypeError(message)
    return tuple(value)


def _expect_names(units: Sequence[Unit]) -> None:
    """Require that each name is listed once, and that functions come after their collaborators."""
    above: set[str] = set()
    names = {unit.name for unit in units}
    functions = {unit.name for unit in units if unit.kind is UnitKind.FUNCTION}
    for unit in units:
        if unit.name in above:
            message = f"there are two units named {unit.name}"
            raise ValueError(message)
        for name in unit.collaborators:
            is_function = unit.kind is UnitKind.FUNCTION and name in functions
            if name not in above if is_function else name not in names:
                where = " above it" if unit.kind is UnitKind.FUNCTION else ""
                message = f"{unit.name} has the collaborator {name}, which is not listed{where}"
                raise ValueError(message)
        above.add(unit.name)


def _with_partners(units: Sequence[Unit]) -> list[Unit]:
    """Return the units with ``lent_with`` in both directions.

    Raises:
        ValueError: A partner is not a unit.
    """
    partners: dict[str, set[str]] = {unit.name: set() for unit in units}
    for unit in units:
        for name in unit.lent_with:
            if name not in partners:
                message = f"{unit.name} is lent with {name}, which is not listed"
                raise ValueError(message)
            partners[unit.name].add(name)
            partners[name].add(unit.name)
    return [replace(unit, lent_with=tuple(sorted(partners[unit.name]))) for unit in units]


def _helpers_first(units: Sequence[Unit]) -> list[Unit]:
    """Return the units in the same order as far as possible, each after its helpers."""
    found: list[Unit] = []
    by_name = {unit.name: unit for unit in units}
    entered: set[str] = set()

    def add(unit: Unit) -> None:
        if unit.name in entered:
            return
        entered.add(unit.name)
        for name in unit.collaborators:
            # Methods of one class stay in the author's order.
            if by_name[name].owner != unit.owner or not unit.owner:
                add(by_name[name])
            for method in units:
                if method.owner == name != unit.owner:
                    add(method)
        found.append(unit)

    for unit in units:
        add(unit)
    return found


def spell(name: str) -> str:
    """Return how names of misconceptions spell a unit: ``Value__mul`` for ``Value.__mul__``."""
    owner, dot, method = name.partition(".")
    return f"{owner}__{method.strip('_')}" if dot else owner


def find_unit(name: str, units: Collection[str]) -> tuple[str, str]:
    """Return the unit that the name of a misconception begins with, and what comes after it.

    Where a class has both ``add`` and ``__add__``, ``Value__add`` is the first of them, and the
    other one is written out, as ``Value____add__``.

    Returns:
        The unit, the longest that fits, and the rest of the name; both empty if there is none.
    """
    fitting = [
        (len(start), start == written, one)
        for one in units
        for written in [one.replace(".", "__")]
        for start in (written, spell(one))
        if name.startswith(f"{start}__")
    ]
    length, _, unit = max(fitting, default=(0, False, ""))
    return unit, name[length + 2 :] if unit else ""
