"""What is left out when a file is loaded again."""

from grader.observations.messages import StatementStarted
from grader.sandbox.host.load_plan import LoadPlan


def test_statement_counts_as_slow_from_a_tenth_of_a_second() -> None:
    """Claims of the child about its statements can't fill the memory either."""
    plan = LoadPlan()
    plan.note_duration(StatementStarted(block=0, statement=1), 0.05)
    plan.note_duration(StatementStarted(block=0, statement=2), 0.2)
    plan.note_duration(StatementStarted(block=0, statement=3), float("nan"))
    assert plan.slow == {(0, 2)}

    for place in range(20_000):
        plan.note_duration(StatementStarted(block=1, statement=place), 1.0)
    assert len(plan.slow) == 10_000


def test_changes_of_a_copy_stay_in_the_copy() -> None:
    """Code that reads what is secret can't tell other children by the statements that it ends."""
    plan = LoadPlan(left_out={(0, 1)}, is_complete=True)

    other = plan.copy()
    other.left_out.add((0, 2))
    other.note_duration(StatementStarted(block=0, statement=3), 1.0)
    other.is_needed_only = True

    assert plan == LoadPlan(left_out={(0, 1)}, is_complete=True)
    assert (0, 1) in other.left_out


def test_only_the_first_load_is_of_everything() -> None:
    """A load after the first one, or after its time was used up, leaves out what took long."""
    assert LoadPlan().is_first
    assert not LoadPlan(is_complete=True).is_first
    assert not LoadPlan(is_needed_only=True).is_first
