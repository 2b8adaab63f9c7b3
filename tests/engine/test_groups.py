from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from amends.engine.check import check
from amends.engine.groups import Groups, TooBusy
from amends.engine.requests import Answer, Request
from amends.engine.store import Store
from amends.kernel.decision import Accepted, Refused
from tests.engine.conftest import Toy
from tests.engine.toy import (
    ANN,
    Account,
    Burst,
    Command,
    Counter,
    Deposit,
    Event,
    Open,
    Withdraw,
)

Answered = Answer[Account, Event]


def ask(order: str, command: Command, key: str | None = None) -> Request[Command]:
    return Request(order, command, ANN, key, "d")


def all_at_once(*work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def echo(asked: Sequence[str]) -> Sequence[str | Exception]:
    return asked


class Slow:
    """Answers each with itself, a group only when it is let go."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.began = threading.Event()
        self.go = threading.Event()

    def __call__(self, asked: Sequence[str]) -> list[str | Exception]:
        self.groups.append(list(asked))
        self.began.set()
        assert self.go.wait(20)
        return list(asked)


class Line:
    """A line before somebody slow, with the first already being served."""

    def __init__(self, **bounds: float) -> None:
        self.slow = Slow()
        self.groups = Groups(**bounds)  # type: ignore[arg-type]
        self.answers: dict[str, str | Exception] = {}
        self.all = threading.Semaphore(0)
        self.calls = 0
        self.ask("first")
        assert self.slow.began.wait(20)

    def ask(self, name: str, caller: str = "") -> object:
        return self.groups.ask(self.slow, name, self.told, caller)

    def told(self, answered: Sequence[tuple[str, str | Exception]]) -> None:
        self.calls += 1
        for name, answer in answered:
            assert name not in self.answers
            self.answers[name] = answer
            self.all.release()

    def let_go(self) -> None:
        waited = len(self.answers)
        self.slow.go.set()
        for _ in range(self.asked - waited):
            assert self.all.acquire(timeout=20)

    @property
    def asked(self) -> int:
        return 1 + self.groups.waiting


def test_it_is_busy_until_the_last_one_is_answered() -> None:
    line = Line()
    assert line.groups.waiting == 0
    assert line.groups.busy
    line.let_go()
    until = time.monotonic() + 20
    while line.groups.busy:
        assert time.monotonic() < until


def test_threads_share_transactions_and_a_broken_one_harms_nobody(engine: Toy) -> None:
    engine.handle([ask(f"O{i}", Open("o")) for i in range(8)])
    batches: list[int] = []

    def handle(requests: Sequence[Request[Command]]) -> list[Answered | Exception]:
        batches.append(len(requests))
        time.sleep(0.02)
        return engine.handle(requests)

    groups = Groups()
    got: list[Answered | Exception] = []

    def work(i: int) -> None:
        for _ in range(5):
            got.append(groups.handle_one(handle, ask(f"O{i}", Deposit(1))))
        try:
            groups.handle_one(handle, ask(f"O{i}", Burst()))
        except ZeroDivisionError as error:
            got.append(error)
        got.append(groups.handle_one(handle, ask(f"O{i}", Withdraw(100))))

    all_at_once(*(lambda i=i: work(i) for i in range(8)))
    assert len(got) == 56
    assert sum(isinstance(g, ZeroDivisionError) for g in got) == 8
    assert sum(isinstance(g, Answer) and isinstance(g.outcome, Refused) for g in got) == 8
    assert sum(batches) == 56
    assert len(batches) < 28
    for i in range(8):
        view = engine.view(f"O{i}")
        assert view is not None
        assert view.state.balance == 5


def test_two_for_one_order_are_decided_one_after_the_other(
    engine: Toy, store: Store, domain: Counter
) -> None:
    engine.handle([ask("A", Open("a")), ask("A", Deposit(10))])
    groups = Groups()
    got: list[Answered] = []

    def work(n: int) -> None:
        got.append(groups.handle_one(engine.handle, ask("A", Withdraw(8), key=f"k{n}")))

    all_at_once(*(lambda n=n: work(n) for n in range(8)))
    assert sorted(isinstance(g.outcome, Accepted) for g in got) == [False] * 7 + [True]
    assert [e.number for e in engine.events("A")] == [1, 2, 3]
    assert list(check(store, domain)) == []


def test_everybody_is_told_when_the_store_fails(engine: Toy) -> None:
    groups = Groups()
    engine.store.close()
    got: list[Exception] = []

    def work() -> None:
        try:
            groups.handle_one(engine.handle, ask("A", Open("a")))
        except Exception as error:
            got.append(error)

    all_at_once(work, work, work)
    assert len(got) == 3


def test_those_who_come_meanwhile_go_together_up_to_a_bound() -> None:
    line = Line(group=4)
    for n in range(6):
        line.ask(str(n))
    line.let_go()
    assert line.slow.groups == [["first"], ["0", "1", "2", "3"], ["4", "5"]]
    assert line.calls == 3, "who is told the same way is told in one call"


def test_after_a_group_of_several_those_who_come_with_little_delay_go_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = Line()
    line.ask("0")
    line.ask("1")
    monkeypatch.setattr("amends.engine.groups._ASKING_SECONDS", 0.25)
    line.let_go()
    begun = time.monotonic()
    line.ask("2")
    time.sleep(0.1)
    line.ask("3")
    assert line.all.acquire(timeout=20)
    assert line.all.acquire(timeout=20)
    assert line.slow.groups == [["first"], ["0", "1"], ["2", "3"]]
    assert 0.5 <= time.monotonic() - begun < 10, "a quarter of a second for each of the last two"


def test_after_one_alone_nobody_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.engine.groups._ASKING_SECONDS", 60.0)
    groups = Groups()
    assert [groups.handle_one(echo, each) for each in ("one", "two")] == ["one", "two"]


def test_callers_take_turns_each_in_their_own_order() -> None:
    line = Line(group=3)
    for n in range(4):
        line.ask(f"a{n}", "a")
    line.ask("b0", "b")
    line.ask("c0", "c")
    line.ask("c1", "c")
    line.let_go()
    assert line.slow.groups[1:] == [["a0", "b0", "c0"], ["a1", "c1", "a2"], ["a3"]]


def test_a_full_line_takes_nobody_and_one_caller_fills_no_more_than_half() -> None:
    line = Line(line=4)
    line.ask("a0", "a")
    line.ask("a1", "a")
    with pytest.raises(TooBusy):
        line.ask("a2", "a")
    line.ask("b0", "b")
    line.ask("c0", "c")
    with pytest.raises(TooBusy):
        line.ask("d0", "d")
    line.let_go()
    assert set(line.answers) == {"first", "a0", "a1", "b0", "c0"}
    line.ask("a2", "a")
    assert line.all.acquire(timeout=20)


def test_who_waits_too_long_is_told_that_nothing_was_done() -> None:
    slow = Slow()
    groups = Groups(patience=0.05)
    first: list[str] = []
    thread = threading.Thread(target=lambda: first.append(groups.handle_one(slow, "first")))
    thread.start()
    assert slow.began.wait(20)
    with pytest.raises(TooBusy):
        groups.handle_one(slow, "second")
    slow.go.set()
    thread.join()
    # What was begun is answered, however long it takes.
    assert first == ["first"]
    assert groups.handle_one(slow, "third") == "third"
    assert slow.groups == [["first"], ["third"]]


def test_whose_turn_comes_too_late_is_not_served() -> None:
    line = Line(patience=0.05)
    line.ask("late")
    time.sleep(0.1)
    line.let_go()
    assert isinstance(line.answers["late"], TooBusy)
    assert line.slow.groups == [["first"]]


def test_a_line_that_was_left_alone_is_served_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.engine.groups._IDLE_SECONDS", 0.01)
    others = set(threading.enumerate())
    groups = Groups()
    assert groups.handle_one(echo, "one") == "one"
    for thread in set(threading.enumerate()) - others:
        thread.join(20)
        assert not thread.is_alive()
    assert groups.handle_one(echo, "two") == "two"


def test_only_those_who_want_the_same_done_go_together() -> None:
    line = Line()
    seen: list[list[str]] = []

    def other(asked: Sequence[str]) -> Sequence[str | Exception]:
        seen.append(list(asked))
        raise ZeroDivisionError

    line.ask("a")
    answers: list[str | Exception] = []
    line.groups.ask(other, "x", lambda answered: answers.extend(a for _, a in answered))
    line.ask("b")
    line.slow.go.set()
    assert line.groups.handle_one(echo, "last") == "last"
    assert line.slow.groups == [["first"], ["a", "b"]]
    assert seen == [["x"]]
    assert [type(answer) for answer in answers] == [ZeroDivisionError]
    assert line.answers == {"first": "first", "a": "a", "b": "b"}
