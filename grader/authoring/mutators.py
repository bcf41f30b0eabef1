"""The small changes of a program: what somebody may have typed instead.

Each function yields the changes of one kind for one node. A change is a piece of text in the place
of another one, so that the rest of the author's lines stays as it is.
"""

import ast
from collections.abc import Callable, Iterator

from grader.authoring.expression_mutators import (
    change_calls,
    change_conditions,
    change_constants,
    change_operators,
    change_slices,
    exchange_names,
    swap_elements,
)
from grader.authoring.mutation_scope import Scope
from grader.authoring.spans import Edit
from grader.authoring.statement_mutators import (
    add_detach,
    change_assignments,
    change_branches,
    drop_statements,
)

Mutator = Callable[[ast.AST, Scope], Iterator[Edit]]
MUTATORS: tuple[Mutator, ...] = (
    change_operators,
    change_conditions,
    change_constants,
    drop_statements,
    change_branches,
    change_calls,
    change_slices,
    swap_elements,
    change_assignments,
    add_detach,
    exchange_names,
)
