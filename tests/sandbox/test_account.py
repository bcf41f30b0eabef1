"""One account for all children of a submission: CPU time by function, memory and disk together."""

import dataclasses
import time

import pytest

from grader.sandbox.host.account import Account, TrustedAccount
from grader.sandbox.host.limits import Limits
from grader.sandbox.host.load_plan import Stage

LIMITS = Limits(load_cpu_s=10, function_cpu_s=5)


@dataclasses.dataclass
class Child:
    """A child that uses what the test says."""

    account: Account
    memory_share: float = 0.0
    disk_share: float = 0.0
    is_closed: bool = False
    is_paused: bool = False

    def pause(self) -> None:
        """Note that it was stopped."""
        self.is_paused = True

    def resume(self) -> None:
        """Note that it goes on."""
        self.is_paused = False

    def close(self) -> int:
        """Note that it was closed; its account then forgets it, as that of a real one does."""
        self.is_closed = True
        self.account.dismiss(self)
        return 0


def admitted(account: Account, *, memory_share: float = 0, disk_share: float = 0) -> Child:
    """Make a child that the account counts."""
    child = Child(account, memory_share, disk_share)
    account.admit(child)
    return child


def using(account: Account, what: str, share: float) -> Child:
    """Make a child that uses a part of the memory or the disk."""
    child = admitted(account)
    setattr(child, what, share)
    return child


def test_each_function_has_its_own_time_and_ends_alone() -> None:
    """What one function uses up is not missing to another."""
    account = Account(LIMITS, functions=2)

    account.charge_function("f", 5.5)

    assert account.function_left_s("f") == 0
    assert account.function_left_s("g") == 5
    assert account.why_over == ""


def test_reserved_time_is_left_for_the_next_attempt() -> None:
    """An attempt with wrong helpers can't use up what an attempt with right ones needs."""
    account = Account(LIMITS, functions=1)
    account.reserve("f", 0.5)
    account.charge_function("f", 2.5)
    assert account.function_left_s("f") == 0

    account.reserve("f", 0)

    assert account.function_left_s("f") == 2.5


def test_all_that_is_used_counts_towards_the_sum() -> None:
    """Loading, functions and new children together end the submission when nothing is left."""
    account = Account(LIMITS, functions=2)  # 20 s
    account.charge_loading(9.0)
    account.charge_function("f", 5.0)
    account.charge_function("g", 5.0)
    assert account.why_over == ""

    for _ in range(200):
        admitted(account).close()

    assert account.why_over == "over 20 s of computing time in all"


def test_wall_time_is_a_back_stop_of_ten_times_the_cpu_time() -> None:
    """Without a limit of its own, wall time ends a submission very late."""
    assert Limits().wall_s(16) == 10 * Limits().cpu_s(16) == 900
    account = Account(Limits(total_wall_s=0.01), functions=1)
    time.sleep(0.02)
    assert account.why_over == "over 0.01 s in all"


def test_first_load_has_one_limit_over_all_its_children_and_later_ones_each() -> None:
    """A file that is loaded anew after a statement that hung has only what is left."""
    account = Account(LIMITS, functions=1)
    account.charge_loading(4.0)

    assert account.loading_left_s(Stage.FIRST) == 6
    assert account.loading_left_s(Stage.SECOND_TRY) == 2.5
    assert account.loading_left_s(Stage.LATER) == 10

    account.charge_loading(15.0)

    assert account.loading_left_s(Stage.FIRST) == 0
    assert account.loading_left_s(Stage.SECOND_TRY) == 1


def test_work_of_this_thread_is_measured_from_one_time_to_the_next() -> None:
    """The host's own work for a submission is counted, and only once."""
    account = Account(LIMITS, functions=1)
    account.host_cpu_s()
    ends = time.thread_time() + 0.05
    while time.thread_time() < ends:
        pass

    assert account.host_cpu_s() >= 0.05
    assert account.host_cpu_s() < 0.04


@pytest.mark.parametrize("what", ["memory_share", "disk_share"])
def test_limit_is_for_all_children_together(what: str) -> None:
    """Children that wait are closed first; then the one that is asked has to keep the limit."""
    account = Account(LIMITS, functions=1)
    waiting = using(account, what, 0.6)
    asked = using(account, what, 0.6)
    is_over = account.is_over_memory if what == "memory_share" else account.is_over_disk

    assert not is_over(asked)
    assert waiting.is_closed
    assert not asked.is_closed

    setattr(asked, what, 1.1)
    assert is_over(asked)


@pytest.mark.parametrize("what", ["memory_share", "disk_share"])
def test_room_is_made_before_a_new_child_could_go_beyond_a_limit(what: str) -> None:
    """A new child loads the same file, so it may use as much as those that wait."""
    account = Account(LIMITS, functions=1)
    children = [using(account, what, 0.2) for _ in range(2)]
    account.make_room()
    assert not any(child.is_closed for child in children)

    setattr(children[0], what, 0.4)
    account.make_room()

    assert all(child.is_closed for child in children)


def test_no_more_than_three_children_live_and_the_one_used_last_stays() -> None:
    """Ten sets of lent helpers don't mean ten processes."""
    account = Account(LIMITS, functions=1)
    first, second, third = (admitted(account) for _ in range(3))
    account.use(first)

    account.make_room()

    assert (first.is_closed, second.is_closed, third.is_closed) == (False, True, False)


def test_only_the_child_that_is_asked_runs() -> None:
    """Threads of a child that waits can't compute, allocate or write meanwhile."""
    account = Account(LIMITS, functions=1)
    first = admitted(account)
    second = admitted(account)
    assert (first.is_paused, second.is_paused) == (True, False)

    account.use(first)

    assert (first.is_paused, second.is_paused) == (False, True)


def test_child_goes_on_when_the_one_after_it_has_ended() -> None:
    """A child that was stopped for another one is not forgotten when that one is gone."""
    account = Account(LIMITS, functions=1)
    first = admitted(account)
    admitted(account).close()

    account.use(first)

    assert not first.is_paused


def test_nothing_writes_to_what_is_being_removed() -> None:
    """The child that runs is stopped meanwhile, and then goes on."""
    account = Account(LIMITS, functions=1)
    child = admitted(account)

    with account.standstill():
        was_paused = child.is_paused

    assert (was_paused, child.is_paused) == (True, False)


def test_child_that_ends_meanwhile_does_not_go_on() -> None:
    """Its process id may belong to another process by then."""
    account = Account(LIMITS, functions=1)
    child = admitted(account)

    with account.standstill():
        child.close()

    assert child.is_paused


def test_work_after_an_answer_is_booked_on_the_function_that_gave_it() -> None:
    """Another function that is asked next doesn't pay for it."""
    account = Account(LIMITS, functions=2)
    account.turn_to("f")
    ends = time.thread_time() + 0.05
    while time.thread_time() < ends:
        pass

    account.turn_to("g")

    assert account.function_left_s("f") <= 4.95
    assert account.function_left_s("g") == 5


def test_calls_of_a_function_that_mostly_wait_have_a_limit_together() -> None:
    """A function can't keep a worker for many calls of some seconds each."""
    account = Account(LIMITS, functions=1)
    account.charge_function("f", 0.1, wall_s=45)
    assert account.function_wall_left_s("f") == 5
    assert account.function_wall_left_s("g") == 50


def test_kept_answers_have_a_limit() -> None:
    """Answers are kept to be compared again, but not gigabytes of them."""
    account = Account(LIMITS, functions=1)
    kept = sum(account.may_keep(8 * 1024 * 1024) for _ in range(100))
    assert kept == 4


def test_full_folder_of_the_authors_code_is_nobodys_fault() -> None:
    """Where there are no locks, a submission can fill it, and others would have no score."""
    account = TrustedAccount()

    assert not account.is_over_disk(using(account, "disk_share", 2.0))


def test_authors_code_is_never_used_up() -> None:
    """The reference answers for all submissions; only one call of it can take too long."""
    account = TrustedAccount()
    account.charge_function("f", 10.0**9)
    account.charge_loading(10.0**9)

    assert account.why_over == ""
    assert account.function_left_s("f") == 10
    assert account.loading_left_s(Stage.FIRST) == 60
