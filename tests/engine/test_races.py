from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg

from amends.engine.chain import breaks
from amends.engine.check import check
from amends.engine.engine import Engine
from amends.engine.requests import Answer, Request
from amends.engine.store import Store
from amends.kernel.decision import Accepted, Refused
from amends.store import migrate, open_store
from amends.store.urls import is_postgres
from tests.engine.conftest import Toy
from tests.engine.toy import (
    ANN,
    Clock,
    Command,
    Counter,
    Deposit,
    Ids,
    Open,
    Withdraw,
    no_holidays,
)
from tests.postgres_server import Cluster

KILLED = Path(__file__).parent / "writer.py"


def ask(order: str, command: Command, key: str | None = None) -> Request[Command]:
    return Request(order, command, ANN, key, "d")


def all_at_once(*work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_clash_is_judged_again_on_what_the_other_left(
    engine: Toy, domain: Counter, database: str, clock: Clock
) -> None:
    engine.handle([ask("A", Open("a")), ask("A", Deposit(10)), ask("B", Open("b"))])
    other_store = open_store(database)
    other = Engine(Counter(), other_store, clock, Ids("o"), no_holidays)

    def once() -> None:
        domain.before_decision = None
        other.handle_one(ask("A", Withdraw(8)))

    domain.before_decision = once
    late, neighbour = engine.handle([ask("A", Withdraw(8)), ask("B", Deposit(1))])
    other_store.close()
    assert isinstance(late, Answer)
    assert isinstance(late.outcome, Refused)
    assert late.outcome.facts["there"] == 2
    assert isinstance(neighbour, Answer)
    assert neighbour.version == 2
    assert [e.number for e in engine.events("B")] == [1, 2]


def test_who_always_comes_too_late_is_told_so_and_leaves_nothing(
    engine: Toy, domain: Counter, database: str, clock: Clock
) -> None:
    engine.handle_one(ask("A", Open("a")))
    other_store = open_store(database)
    other = Engine(Counter(), other_store, clock, Ids("o"), no_holidays)
    rounds: list[int] = []

    def always() -> None:
        rounds.append(1)
        other.handle_one(ask("A", Deposit(1)))

    domain.before_decision = always
    answer = engine.handle_one(ask("A", Deposit(100), key="k"))
    domain.before_decision = None
    other_store.close()
    assert isinstance(answer.outcome, Refused)
    assert (answer.outcome.rule, len(rounds)) == ("too_busy", 5)
    assert len(engine.events("A")) == 6
    again = engine.handle_one(ask("A", Deposit(100), key="k"))
    assert (again.replayed, again.version) == (False, 7)


def test_one_key_sent_to_two_engines_at_once_is_judged_once(
    engine: Toy, domain: Counter, database: str, clock: Clock
) -> None:
    engine.handle_one(ask("A", Open("a")))
    other_store = open_store(database)
    other = Engine(Counter(), other_store, clock, Ids("o"), no_holidays)

    def once() -> None:
        domain.before_decision = None
        other.handle_one(ask("A", Withdraw(8), key="k"))

    domain.before_decision = once
    answer = engine.handle_one(ask("A", Withdraw(8), key="k"))
    other_store.close()
    assert answer.replayed
    assert isinstance(answer.outcome, Refused)


def test_many_threads_on_two_engines_lose_and_double_nothing(
    engine: Toy, database: str, clock: Clock, store: Store, domain: Counter
) -> None:
    orders = [f"O{i}" for i in range(4)]
    engine.handle([ask(order, Open("o")) for order in orders])
    other_store = open_store(database)
    other = Engine(Counter(), other_store, clock, Ids("o"), no_holidays)
    answers: list[Answer[object, object]] = []

    def work(me: int) -> None:
        mine = (engine, other)[me % 2]
        for i in range(10):
            batch = [ask(order, Deposit(1), key=f"{me}.{i}") for order in orders]
            for request in batch:
                while True:
                    (answer,) = mine.handle([request])
                    assert isinstance(answer, Answer)
                    if isinstance(answer.outcome, Accepted):
                        answers.append(answer)  # type: ignore[arg-type]
                        break
                    assert answer.outcome.rule == "too_busy"

    all_at_once(*(lambda me=me: work(me) for me in range(4)))
    other_store.close()
    assert len(answers) == 160
    for order in orders:
        view = engine.view(order)
        assert view is not None
        assert (view.state.balance, view.version) == (40, 41)
    assert list(check(store, domain)) == []


def test_kill_9_loses_no_acknowledged_command(database: str, store: Store, engine: Toy) -> None:
    engine.handle([ask(f"O{i}", Open("o")) for i in range(3)])
    acknowledged = 0
    for round_ in range(5):
        with writing(database, round_) as (writer, answers):
            acknowledged += killed(writer.kill, answers, 10 + 7 * round_)
        settled(database)
        acknowledged = all_there(store, acknowledged)
    assert list(check(store, engine.domain)) == []


def test_kill_9_of_the_server_loses_no_acknowledged_command(
    own_cluster: Cluster, domain: Counter, clock: Clock
) -> None:
    migrate(own_cluster.url)
    store = open_store(own_cluster.url)
    engine = Engine(domain, store, clock, Ids(), no_holidays)
    engine.handle([ask(f"O{i}", Open("o")) for i in range(3)])
    acknowledged = 0
    for round_ in range(3):
        store.close()
        with writing(own_cluster.url, round_) as (writer, answers):

            def crash(writer: subprocess.Popen[bytes] = writer) -> None:
                own_cluster.crash()
                # It would look for the server for a while.
                writer.kill()

            acknowledged += killed(crash, answers, 5 + 9 * round_)
        own_cluster.start()
        store = open_store(own_cluster.url)
        acknowledged = all_there(store, acknowledged)
    assert list(check(store, domain)) == []
    store.close()


@contextmanager
def writing(database: str, round_: int) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Somebody who writes to three orders at once, and says so, until there is an end to it."""
    writer = subprocess.Popen(
        [sys.executable, str(KILLED), database, str(round_)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert writer.stdout is not None
    with writer.stdout as answers:
        yield writer, answers
    writer.kill()
    writer.wait()


def killed(kill: Callable[[], None], answers: IO[bytes], after: int) -> int:
    """How many commands were acknowledged, in threes, when somebody is killed after a while."""
    for _ in range(after):
        assert answers.readline()
    kill()
    return 3 * (after + answers.read().count(b"\n"))


def settled(database: str) -> None:
    """A server goes on with what it has heard from a client that is no more."""
    if is_postgres(database):
        active = """SELECT 1 FROM pg_stat_activity WHERE state <> 'idle'
            AND pid <> pg_backend_pid() AND datname = current_database()"""
        with psycopg.connect(database, autocommit=True) as db:
            while db.execute(active).fetchone():
                time.sleep(0.01)


def all_there(store: Store, acknowledged: int) -> int:
    """How many commands are on record: all that were acknowledged, and one batch more at most."""
    recorded = 0
    for i in range(3):
        stored = store.records.events(f"O{i}")
        assert breaks(f"O{i}", stored, store.upkeep.snapshot(f"O{i}").sealed) == []
        recorded += len(stored) - 1
    assert recorded - acknowledged in (0, 3)
    return recorded
