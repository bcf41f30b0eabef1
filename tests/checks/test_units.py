"""The units of an assignment: what is read, in which order, and which mistakes are refused."""

import pytest

from grader.checks.units import Unit, UnitKind, find_unit, read_units, spell


def function(name: str, *collaborators: str, **more: object) -> dict[str, object]:
    """Make an entry of ``[[functions]]``."""
    return {"name": name, "parameters": ["x"], "collaborators": list(collaborators), **more}


def units_of(**content: object) -> dict[str, Unit]:
    """Read units, and return them by name, in their order."""
    return {unit.name: unit for unit in read_units(content)}


# --- what is read ---------------------------------------------------------------------------


def test_each_table_makes_units_of_its_kind() -> None:
    """Names in sentences have brackets only where they can be called."""
    units = units_of(
        functions=[function("mse"), {"name": "ANSWERS"}],
        classes=[{"name": "Value", "methods": ["backward"]}],
        values=[{"name": "w_hat"}],
    )

    assert {name: unit.kind for name, unit in units.items()} == {
        "mse": UnitKind.FUNCTION,
        "ANSWERS": UnitKind.VALUE,  # without parameters
        "Value": UnitKind.CLASS,
        "Value.backward": UnitKind.METHOD,
        "w_hat": UnitKind.VALUE,
    }
    assert [unit.called for unit in units.values()] == [
        "mse()",
        "ANSWERS",
        "Value",
        "Value.backward()",
        "w_hat",
    ]
    assert [unit.owner for unit in units.values()] == ["", "", "", "Value", ""]


def test_methods_of_a_class_whose_attributes_are_known_help_one_another() -> None:
    """Each can be lent singly, so all others are helpers; what the class may use, they may too."""
    units = units_of(
        functions=[function("relu")],
        classes=[
            {
                "name": "Value",
                "attributes": ["data"],
                "collaborators": ["relu"],
                "methods": ["__add__", "__mul__", "backward"],
            }
        ],
    )

    assert units["Value"].attributes == ("data",)
    assert units["Value.__mul__"].collaborators == ("relu", "Value.__add__", "Value.backward")


def test_methods_of_another_class_are_helped_by_those_above_them() -> None:
    """Of two that fail together the upper one is the cause; an entry may name further helpers."""
    units = units_of(
        functions=[function("relu")],
        classes=[
            {
                "name": "Net",
                "methods": ["forward", {"name": "fit", "collaborators": ["relu"]}, "predict"],
            }
        ],
    )

    assert units["Net.forward"].collaborators == ()
    assert units["Net.fit"].collaborators == ("relu", "Net.forward")
    assert units["Net.predict"].collaborators == ("Net.forward", "Net.fit")


def test_methods_ask_the_reference_as_their_class_does_unless_they_say_so() -> None:
    """A setting of the class holds for its methods."""
    methods = ["draw", {"name": "forward", "ask_reference": True}]
    units = units_of(classes=[{"name": "Net", "ask_reference": False, "methods": methods}])

    assert [unit.ask_reference for unit in units.values()] == [False, False, True]


def test_units_that_share_a_format_are_lent_together_in_both_directions() -> None:
    """It is enough that one of them says so."""
    units = units_of(
        functions=[function("forward"), function("backward", lent_with=["forward"]), function("f")]
    )

    assert units["forward"].lent_with == ("backward",)
    assert units["backward"].lent_with == ("forward",)
    assert units["f"].lent_with == ()


# --- order ----------------------------------------------------------------------------------


def test_units_stay_in_the_order_in_which_they_are_written() -> None:
    """Nothing moves where no helper is listed below the unit that uses it."""
    units = units_of(
        functions=[function("a"), function("b", "a")],
        classes=[{"name": "C", "methods": ["m", "k"]}],
        values=[{"name": "v", "collaborators": ["a"]}],
    )

    assert list(units) == ["a", "b", "C", "C.m", "C.k", "v"]


def test_function_comes_after_the_class_that_it_uses_and_its_methods() -> None:
    """Then it is known which methods are right when the function is graded."""
    units = units_of(
        functions=[function("train", "Net")],
        classes=[{"name": "Net", "methods": ["forward", "step"]}],
    )

    assert list(units) == ["Net", "Net.forward", "Net.step", "train"]


def test_function_comes_after_a_single_method_that_it_uses() -> None:
    """The class of the method comes first."""
    units = units_of(
        functions=[function("train", "Net.forward")],
        classes=[{"name": "Net", "methods": ["forward"]}],
    )

    assert list(units).index("train") > list(units).index("Net.forward")


def test_class_comes_after_the_class_that_it_uses_and_its_methods() -> None:
    """It may be written above it."""
    units = units_of(
        classes=[
            {"name": "Net", "collaborators": ["Layer"], "methods": ["forward"]},
            {"name": "Layer", "methods": ["forward"]},
        ]
    )

    assert list(units) == ["Layer", "Layer.forward", "Net", "Net.forward"]


def test_methods_that_help_one_another_stay_in_the_authors_order() -> None:
    """There is no other order in which each comes after its helpers."""
    methods = ["__add__", "__mul__", "backward"]
    units = units_of(classes=[{"name": "Value", "attributes": ["data"], "methods": methods}])

    assert list(units)[1:] == [f"Value.{name}" for name in methods]


def test_units_that_use_each_other_are_all_there() -> None:
    """A circle has no order, and ends."""
    units = units_of(
        classes=[
            {"name": "A", "collaborators": ["B"], "methods": ["f"]},
            {"name": "B", "collaborators": ["A"], "methods": ["g"]},
        ]
    )

    assert sorted(units) == ["A", "A.f", "B", "B.g"]


# --- mistakes -------------------------------------------------------------------------------


def test_assignment_without_units_lacks_functions() -> None:
    """The key is named that every assignment used to have."""
    with pytest.raises(KeyError, match="functions"):
        read_units({"points": 3})


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        ({"functions": {"name": "f"}}, TypeError, "functions has to be written as [[functions]]"),
        ({"values": ["w"]}, TypeError, "'w' in values is not a table"),
        ({"classes": [{"methods": []}]}, ValueError, "an entry of classes has no name"),
        (
            {"values": [{"name": "w", "parameters": []}]},
            ValueError,
            (
                "w in values has the unknown key parameters; known are name, collaborators, "
                "ask_reference"
            ),
        ),
        (
            {"classes": [{"name": "C", "methods": [{"name": "m", "methods": []}]}]},
            ValueError,
            (
                "m in methods has the unknown key methods; known are name, collaborators, "
                "ask_reference"
            ),
        ),
        (
            {"classes": [{"name": "C", "methods": "backward"}]},
            TypeError,
            "the methods of C are not a list",
        ),
        (
            {"functions": [{"name": "f", "parameters": "x"}]},
            TypeError,
            "parameters of f is not a list of names: 'x'",
        ),
        (
            {"classes": [{"name": "C", "attributes": [3]}]},
            TypeError,
            "attributes of C is not a list of names: [3]",
        ),
        (
            {"functions": [function("f")], "values": [{"name": "f"}]},
            ValueError,
            "there are two units named f",
        ),
        (
            {"classes": [{"name": "C", "methods": ["m", "m"]}]},
            ValueError,
            "there are two units named C.m",
        ),
        (
            {"functions": [function("f", "g"), function("g")]},
            ValueError,
            "f has the collaborator g, which is not listed above it",
        ),
        (
            {"functions": [function("f", "no")]},
            ValueError,
            "f has the collaborator no, which is not listed above it",
        ),
        (
            {"values": [{"name": "w", "collaborators": ["no"]}]},
            ValueError,
            "w has the collaborator no, which is not listed",
        ),
        (
            {"functions": [function("f", lent_with=["no"])]},
            ValueError,
            "f is lent with no, which is not listed",
        ),
    ],
)
def test_mistake_is_refused_with_a_line_that_names_it(
    content: dict[str, object], kind: type[Exception], message: str
) -> None:
    """The author reads the name of the unit, and what is wrong with it."""
    with pytest.raises(kind) as caught:
        read_units(content)

    assert str(caught.value) == message


def test_only_functions_have_to_come_after_functions_that_they_use() -> None:
    """A value may use a function, and a function a class, wherever they are written."""
    units = units_of(
        functions=[function("f", "C")],
        classes=[{"name": "C", "collaborators": ["w"]}],
        values=[{"name": "w"}],
    )

    assert list(units) == ["w", "C", "f"]


# --- names of misconceptions ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "spelled"),
    [("mse", "mse"), ("Value", "Value"), ("Value.__mul__", "Value__mul"), ("A.step", "A__step")],
)
def test_unit_is_spelled_as_an_identifier(name: str, spelled: str) -> None:
    """Underscores around a method's name are left out."""
    assert spell(name) == spelled


UNITS = (
    "step",
    "step__one",
    "Value",
    "Value.mul",
    "Value.__mul__",
    "Value.__add__",
    "Value.T",
    "Value._T",
)


@pytest.mark.parametrize(
    ("name", "unit", "rest"),
    [
        ("step__wrong_sign", "step", "wrong_sign"),
        ("step__one__wrong_sign", "step__one", "wrong_sign"),
        ("Value__no_slots", "Value", "no_slots"),
        ("Value__add__wrong_sign", "Value.__add__", "wrong_sign"),
        ("Value____add____wrong_sign", "Value.__add__", "wrong_sign"),
        ("Value__mul__swapped", "Value.mul", "swapped"),
        ("Value____mul____swapped", "Value.__mul__", "swapped"),
        ("Value__T__copies", "Value.T", "copies"),
        ("step__lr_fixed__at_a_tenth", "step", "lr_fixed__at_a_tenth"),
        ("step", "", ""),
        ("stepping__wrong", "", ""),
        ("other__wrong", "", ""),
    ],
)
def test_misconception_is_of_the_longest_unit_that_its_name_begins_with(
    name: str, unit: str, rest: str
) -> None:
    """A method that is written out counts before one whose underscores are left out."""
    assert find_unit(name, UNITS) == (unit, rest)
    assert find_unit(name, UNITS[::-1]) == (unit, rest)
