"""An edit: one small change of a submission's own code, in one place of its syntax tree."""

import ast
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Edit:
    """One small change of a syntax tree.

    Attributes:
        line: The line that changes, from 1.
        changes: What is set: a node, the name of its field, and the new value of the field.
        is_move: Whether a statement is moved, and stays as it is.
    """

    line: int
    changes: tuple[tuple[ast.AST, str, object], ...]
    is_move: bool = False

    def make(self) -> None:
        """Change the tree, for good."""
        for node, name, value in self.changes:
            for new in value if isinstance(value, list) else [value]:
                if isinstance(new, ast.AST):
                    ast.copy_location(new, new if hasattr(new, "lineno") else node)
                    ast.fix_missing_locations(new)
            setattr(node, name, value)

    @contextlib.contextmanager
    def made(self) -> Iterator[None]:
        """Change the tree, and change it back on exit."""
        before = [(node, name, getattr(node, name)) for node, name, _ in self.changes]
        try:
            self.make()
            yield
        finally:
            for node, name, value in before:
                setattr(node, name, value)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a syntax tree that holds an expression.

    Attributes:
        parent: The node that has it.
        name: The field of that node.
        index: Where the expression is in that field, if the field is a list; else -1.
    """

    parent: ast.AST
    name: str
    index: int = -1

    def put(self, line: int, *new: ast.expr) -> Edit:
        """Return the edit that puts an expression there; in a list, any number of them."""
        if self.index < 0:
            return Edit(line, ((self.parent, self.name, new[0] if new else None),))
        items = list(getattr(self.parent, self.name))
        items[self.index : self.index + 1] = new
        return Edit(line, ((self.parent, self.name, items),))


@dataclass(frozen=True, slots=True)
class EditScope:
    """What is known in the function that an edit is in.

    Attributes:
        parameters: The names of its parameters.
        unused: Those of them that it never reads.
        names: All its local names, each with the line from which on it is there.
        attributes: The attributes of ``self`` that its class uses.
        numeric: The names of torch and numpy in the submission.
    """

    parameters: Sequence[str] = ()
    unused: Sequence[str] = ()
    names: dict[str, int] = field(default_factory=dict)
    attributes: Sequence[str] = ()
    numeric: Sequence[str] = ()


def slots_of(node: ast.AST) -> Iterator[tuple[Slot, ast.expr]]:
    """Yield the expressions that a node has, with their places; those of annotations left out."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "ctx"):
            continue
        if isinstance(value, ast.expr):
            yield Slot(node, name), value
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if isinstance(one, ast.expr):
                    yield Slot(node, name, index), one
