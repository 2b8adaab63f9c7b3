from __future__ import annotations

from datetime import timedelta

from amends.engine.jobs import Again, Done, run_due_jobs, wait_after
from amends.engine.requests import Request
from amends.engine.slots import ALL_SLOTS, slot_of
from amends.engine.store import JobToRun, Store
from tests.engine.conftest import Toy
from tests.engine.toy import ANN, START, Clock, Deposit, Open, Withdraw

SECOND = timedelta(seconds=1)


def deposits(engine: Toy, count: int) -> None:
    engine.handle_one(Request("A", Open("a"), ANN))
    engine.handle([Request("A", Deposit(i + 1), ANN) for i in range(count)])


def test_jobs_run_once_and_their_answers_come_back_as_commands(
    engine: Toy, store: Store, clock: Clock
) -> None:
    deposits(engine, 2)

    def receipt(job: JobToRun) -> Done:
        amount = job.payload["amount"]
        assert isinstance(amount, int)
        if amount < 100:
            engine.handle_one(Request(job.order, Deposit(amount * 100), ANN, key=job.id))
        return Done()

    ran = run_due_jobs(store.jobs, {"receipt": receipt}, clock)
    assert (ran.done, ran.again, ran.failed, ran.any) == (2, 0, (), True)
    ran = run_due_jobs(store.jobs, {"receipt": receipt}, clock)
    assert ran.done == 2
    assert not run_due_jobs(store.jobs, {"receipt": receipt}, clock).any
    assert store.jobs.next_run() is None
    view = engine.view("A")
    assert view is not None
    assert view.state.balance == 303


def test_a_refused_command_asks_for_no_job(engine: Toy, store: Store) -> None:
    engine.handle([Request("A", Open("a"), ANN), Request("A", Withdraw(1), ANN)])
    assert store.jobs.next_run() is None


def test_a_failing_job_waits_longer_each_time_and_is_never_dropped(
    engine: Toy, store: Store, clock: Clock
) -> None:
    deposits(engine, 1)

    def down(job: JobToRun) -> Done:
        raise ConnectionError

    waits = []
    for attempt in range(1, 13):
        ran = run_due_jobs(store.jobs, {"receipt": down}, clock)
        ((job, error),) = ran.failed
        assert (job.attempts, type(error)) == (attempt, ConnectionError)
        run_at = store.jobs.next_run()
        assert run_at is not None
        waits.append((run_at - clock.now) / SECOND)
        assert not run_due_jobs(store.jobs, {"receipt": down}, clock).any
        clock.now = run_at
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]
    assert wait_after(10_000) == timedelta(hours=1)
    assert run_due_jobs(store.jobs, {"receipt": lambda job: Done()}, clock).done == 1


def test_a_kind_nobody_handles_is_kept_and_reported(
    engine: Toy, store: Store, clock: Clock
) -> None:
    deposits(engine, 1)
    ((_, error),) = run_due_jobs(store.jobs, {}, clock).failed
    assert isinstance(error, KeyError)
    assert store.jobs.next_run() == START + 10 * SECOND


def test_a_handler_may_ask_to_be_called_again(engine: Toy, store: Store, clock: Clock) -> None:
    deposits(engine, 1)
    later = START + timedelta(days=1)
    assert run_due_jobs(store.jobs, {"receipt": lambda job: Again(later)}, clock).again == 1
    assert store.jobs.next_run() == later


def test_what_outlasts_the_lease_is_left_to_the_next_worker(
    engine: Toy, store: Store, clock: Clock
) -> None:
    deposits(engine, 3)
    seen: list[str] = []

    def slow(job: JobToRun) -> Done:
        seen.append(job.id)
        clock.advance(timedelta(seconds=40))
        return Done()

    assert run_due_jobs(store.jobs, {"receipt": slow}, clock).done == 2
    assert run_due_jobs(store.jobs, {"receipt": slow}, clock).done == 1
    assert len(set(seen)) == 3


def test_jobs_of_other_slots_are_left_alone_and_those_of_lost_ones_put_back(
    engine: Toy, store: Store, clock: Clock
) -> None:
    deposits(engine, 2)
    assert not run_due_jobs(store.jobs, {}, clock, lambda: ALL_SLOTS - {slot_of("A")}).any
    # It is ours when we take its jobs, and another's when we come to the second.
    asked = iter([ALL_SLOTS, ALL_SLOTS, frozenset[int]()])
    ran = run_due_jobs(store.jobs, {"receipt": lambda job: Done()}, clock, lambda: next(asked))
    assert (ran.done, store.jobs.next_run()) == (1, START)
    assert run_due_jobs(store.jobs, {"receipt": lambda job: Done()}, clock).done == 1
