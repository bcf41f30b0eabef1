"""What is left out when a file is loaded again."""

from grader.observations.messages import Loaded, StatementStarted
from grader.sandbox.host.load_plan import LoadPlan, Stage


def ended(place: int, took_s: float, *, has_changed: bool = False) -> LoadPlan:
    """Return a plan after a statement has run."""
    plan = LoadPlan()
    started = StatementStarted(block=0, statement=place, cpu_s=1.0)
    plan.note_end(started, Loaded(cpu_s=1.0 + took_s, has_changed=has_changed))
    return plan


def test_statement_counts_as_slow_from_a_tenth_of_a_second() -> None:
    """What takes less is not worth leaving out."""
    assert ended(2, 0.05).slow == set()
    assert ended(2, 0.2).slow == {(0, 2)}
    assert ended(2, float("nan")).slow == set()


def test_statement_that_has_changed_what_functions_need_is_not_slow() -> None:
    """It runs each time, however long it takes."""
    assert ended(2, 0.2, has_changed=True).slow == set()


def test_what_a_child_says_of_its_statements_can_not_fill_the_memory() -> None:
    """A child can say anything."""
    plan = LoadPlan()
    for place in range(20_000):
        plan.note_end(StatementStarted(block=1, statement=place), Loaded(cpu_s=1.0))
    assert len(plan.slow) == 10_000


def test_changes_of_a_copy_stay_in_the_copy() -> None:
    """Code that reads what is secret can't tell other children by the statements that it ends."""
    plan = LoadPlan(left_out={(0, 1)}, is_complete=True)

    other = plan.copy()
    other.left_out.add((0, 2))
    other.slow.add((0, 3))
    other.needed_only_from = (0, 4)

    assert plan == LoadPlan(left_out={(0, 1)}, is_complete=True)
    assert (0, 1) in other.left_out


def test_each_load_has_the_time_of_its_stage() -> None:
    """After the first one come tries without what took too long, and then later loads."""
    assert LoadPlan().stage is Stage.FIRST
    assert LoadPlan(has_overrun=True).stage is Stage.SECOND_TRY
    assert LoadPlan(has_overrun=True, needed_only_from=(0, 1)).stage is Stage.LATER
    assert LoadPlan(is_complete=True).stage is Stage.LATER
