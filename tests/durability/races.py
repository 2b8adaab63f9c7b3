"""Many at once on one order, and a search for a legal order of what they were told.

``python -m tests.durability.races --database sqlite|postgresql --by threads|processes`` with
``--rounds`` and ``--seed``.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from amends.bootstrap import Settings, build_service
from amends.dispute.case import CaseEvent
from amends.dispute.judge import CaseCommand, tag_of
from amends.dispute.state import Case
from amends.engine.access import ApiKey
from amends.engine.check import check
from amends.entrypoints.domain import OrderDomain
from amends.entrypoints.service import CaseRequest, Service
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant
from amends.kernel.people import CLOCK, Actor
from tests.durability import databases
from tests.durability.linear import (
    Model,
    Seen,
    Standing,
    Told,
    dispute_of,
    legal_order,
    said_no,
    shown,
)
from tests.durability.shared_clock import SharedClock
from tests.durability.situations import SITUATIONS, Situation
from tests.given import BUYER, SELLER, SHOP

CLIENTS = 8
_START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
_SPREAD_SECONDS = 0.004
_KINDS = {403: "forbidden", 404: "unknown", 409: "conflict", 412: "conflict", 422: "invalid",
          503: "conflict"}  # fmt: skip
_WHO_WON = ("last_step", "last_by", "last_at")

# Asks, and says what was answered, and at which instant it was judged where that is told.
Way = Callable[[str, Actor, CaseCommand, int | None], tuple[Seen, Instant | None]]


class Round(Struct, frozen=True):
    """What is to be done in a round: by each client at its time, in seconds from the start, and
    when the clock, which stands at ``since``, is moved to which instant and what is due let go."""

    order: str
    situation: Situation
    scripts: tuple[tuple[tuple[float, Actor, CaseCommand, int | None], ...], ...]
    expires: float
    since: Instant
    moved_to: Instant


class NoLegalOrder(AssertionError):
    """What was told in a round cannot have been told by one that served everybody in turn."""


class Races:
    """Rounds on one database. ``ways`` are those the clients go, in turn; ``service`` makes the
    orders and lets deadlines go."""

    def __init__(self, service: Service, clock: SharedClock, ways: Sequence[Way]) -> None:
        self._service = service
        self._clock = clock
        self._ways = ways
        self._model = Model(OrderDomain(service.library), service.calendar_for)
        self._pool = ThreadPoolExecutor(CLIENTS)
        self.counts: Counter[str] = Counter()

    def close(self) -> None:
        """Let the clients go."""
        self._pool.shutdown()

    def run(self, name: str, rng: random.Random) -> None:
        """One round. Raises NoLegalOrder."""
        situation = rng.choice(SITUATIONS)
        start = self._led(name, situation)
        planned = self._planned(name, situation, start, rng)
        history = self._raced(planned)
        recorded = self._service.engine.events(name, start.version)
        if not self.legal(start, history, [r.event for r in recorded]):
            told = (f"{t.client}: {t.command} -> {t.seen}" for t in history)
            events = ", ".join(type(r.event).__name__ for r in recorded)
            raise NoLegalOrder("\n".join((f"{name}, {situation.name}:", *told, events)))
        self.counts["rounds in which time ran out"] += any(r.by == CLOCK for r in recorded)
        self._count(start, planned, history)

    def legal(self, start: Case, history: Sequence[Told], recorded: Sequence[CaseEvent]) -> bool:
        """Whether there is a legal order."""
        return legal_order(self._model, start, history, recorded) is not None

    def play(self, rounds: int, seed: int, done: Callable[[int], object] = lambda _: None) -> None:
        """Rounds one after the other; ``done`` is told how many there were. Raises NoLegalOrder."""
        rng = random.Random(seed)
        for number in range(rounds):
            self.run(f"R{number}", rng)
            done(number + 1)

    def differences(self) -> list[str]:
        """Where what is derived differs from the record."""
        found = check(self._service.store, self._service.engine.domain)
        return [f"{difference.order}: {difference.what}" for difference in found]

    def _led(self, name: str, situation: Situation) -> Case:
        asked = situation.lead(name, self._clock.now())
        requests = [CaseRequest(name, command, by) for by, command in asked]
        for answer in self._service.engine.handle(requests):
            assert not isinstance(answer, Exception), answer
            assert not isinstance(answer.outcome, Refused), answer.outcome
            state = answer.state
        assert state is not None
        return state

    def _planned(self, name: str, situation: Situation, start: Case, rng: random.Random) -> Round:
        dispute = next(iter(start.disputes.values()), None)
        # Half of the rounds everybody names the version they saw: then only one can have their way.
        seen = None
        if rng.random() < 0.5:
            seen = dispute.version if dispute else start.version
        scripts = []
        for _ in range(CLIENTS - 1):
            steps = sorted(rng.random() * _SPREAD_SECONDS for _ in range(rng.randint(1, 2)))
            moves = [rng.choice(situation.moves(name, rng)) for _ in steps]
            scripts.append(tuple((at, *move, seen) for at, move in zip(steps, moves, strict=True)))
        due = dispute.deadline(situation.clock or "") if dispute else None
        since = moved_to = self._clock.now()
        if due and rng.random() < 0.6:
            moved_to = due.at - rng.choice((timedelta(0), timedelta(0), timedelta(seconds=1)))
        expires = rng.random() * _SPREAD_SECONDS
        return Round(name, situation, tuple(scripts), expires, since, moved_to)

    def _raced(self, planned: Round) -> list[Told]:
        barrier = threading.Barrier(CLIENTS)
        moves: list[tuple[int, int]] = []

        def expire() -> list[Told]:
            barrier.wait()
            time.sleep(planned.expires)
            begun = time.perf_counter_ns()
            self._clock.move_to(planned.moved_to)
            moves.append((begun, time.perf_counter_ns()))
            called = time.perf_counter_ns()
            (answer,) = self._service.engine.expire([planned.order])
            assert not isinstance(answer, Exception), answer
            end = time.perf_counter_ns()
            return [Told(0, None, CLOCK, None, called, end, (planned.moved_to,), {})]

        def client(number: int) -> list[tuple[Told, Instant | None]]:
            way = self._ways[number % len(self._ways)]
            told = []
            barrier.wait()
            begun = time.perf_counter()
            for after, by, command, if_match in planned.scripts[number - 1]:
                time.sleep(max(0.0, begun + after - time.perf_counter()))
                called = time.perf_counter_ns()
                seen, at = way(planned.order, by, command, if_match)
                end = time.perf_counter_ns()
                told.append((Told(number, command, by, if_match, called, end, (), seen), at))
            return told

        clients = [self._pool.submit(client, number) for number in range(1, CLIENTS)]
        history = self._pool.submit(expire).result()
        ((moving, moved),) = moves
        for done in clients:
            for told, at in done.result():
                possible = [planned.since] if told.called < moved else []
                possible += [planned.moved_to] if told.returned > moving else []
                if at is not None:
                    assert at in possible, f"judged at {at}, not at one of {possible}"
                    possible = [at]
                history.append(replace(told, instants=tuple(dict.fromkeys(possible))))
        return history

    def _count(self, start: Case, planned: Round, history: Sequence[Told]) -> None:
        """Who won, and whether there were more winners than there can be."""
        asked = [told for told in history if told.command]
        won = [told for told in asked if "rule" not in told.seen]
        tags = Counter(tag_of(type(told.command.command)) for told in won if told.command)
        most = sum(tags[tag] for tag in planned.situation.only_one_of)
        assert most <= 1, f"{planned.order}: {tags}"
        if asked[0].if_match is not None:
            # When time passes too, a reminder may be what the version is lost to.
            possible = planned.moved_to == planned.since and any(
                "rule" not in self._model.answered(Standing(start), told, planned.since)[0]
                for told in asked
            )
            assert possible <= len(won) <= 1, f"{planned.order}: {len(won)} won"
            self.counts["rounds for one version"] += 1
        self.counts["rounds"] += 1
        self.counts["calls"] += len(history)
        self.counts["begun while others waited"] += sum(
            any(other.called < told.called < other.returned for other in history)
            for told in history
        )
        self.counts["accepted"] += len(won)
        self.counts["conflicts"] += sum(t.seen.get("kind") == "conflict" for t in asked)
        self.counts["told who won"] += sum(bool(t.seen.get("last")) for t in asked)
        self.counts["turned away"] += sum(t.seen.get("rule") == "too_busy" for t in asked)


def through_groups(service: Service) -> Way:
    """Straight into the line that requests of one process share."""

    def ask(
        order: str, by: Actor, command: CaseCommand, if_match: int | None
    ) -> tuple[Seen, Instant | None]:
        request: CaseRequest = CaseRequest(order, command, by, if_match=if_match)
        answer = service.groups.handle_one(service.engine.handle, request)
        if isinstance(answer.outcome, Refused):
            return said_no(answer.outcome), answer.at
        assert answer.state is not None
        return shown(answer.state, dispute_of(command)), answer.at

    return ask


def over_http(http: httpx.Client, keys: dict[Actor, str]) -> Way:
    """As a marketplace's server and its people's pages ask."""

    def ask(
        order: str, by: Actor, command: CaseCommand, if_match: int | None
    ) -> tuple[Seen, Instant | None]:
        dispute = dispute_of(command)
        path = f"/disputes/{dispute}/commands" if dispute else f"/orders/{order}/commands"
        headers = {"Authorization": f"Bearer {keys[by]}", "Idempotency-Key": uuid4().hex}
        if if_match is not None:
            headers["If-Match"] = f'"{if_match}"'
        body = msgspec.to_builtins(command.command)
        answer = http.post(path, json=body, headers=headers)
        return _seen(answer, dispute), None

    return ask


def _seen(answer: httpx.Response, dispute: str | None) -> Seen:
    body = answer.json()
    if answer.status_code != 200:
        facts = dict(body["facts"])
        last = {name: facts.pop(name) for name in _WHO_WON if name in facts}
        kind = _KINDS[answer.status_code]
        return {"rule": body["rule"], "kind": kind, "facts": facts, "last": last}
    if dispute is None:
        shipments = len(body["shipments"])
        return {
            "version": body["version"], "shipments": shipments,
            "cancelled_at": body["cancelled_at"], "disputes": body["disputes"],
        }  # fmt: skip
    offers = [[o["id"], o["by"], o["status"], o["amount"]["amount"]] for o in body["offers"]]
    return {**{name: body[name] for name in ("version", "phase", "turn", "outcome")},
            "offers": offers}  # fmt: skip


@contextmanager
def racing(
    database: str, folder: Path, by: str, wrapped: Callable[[Service], Service] = lambda s: s
) -> Iterator[Races]:
    """Races on an empty, migrated database: of ``threads`` on two engines in this process, or of
    clients of two server ``processes``. ``wrapped`` puts something around each of the engines."""
    clock = SharedClock.made(folder / "clock", _START)
    settings = Settings(database, clock=clock, home=folder)
    with ExitStack() as stack:

        def opened() -> Service:
            service = build_service(settings)
            stack.callback(service.close)
            return service

        service = opened()
        if by == "threads":
            ways = [through_groups(wrapped(opened())) for _ in range(2)]
        else:
            keys = {actor: f"key-of-{actor.role.value}" for actor in (BUYER, SELLER, SHOP)}
            for actor, secret in keys.items():
                key = ApiKey(actor.role.value, actor, (), _START)
                service.store.access.add_key(key, secret)
            ways = []
            for _ in range(2):
                url = f"{stack.enter_context(_server(database, folder))}/api/v1"
                for _ in range(CLIENTS // 2):
                    http = stack.enter_context(httpx.Client(base_url=url, timeout=60))
                    ways.append(over_http(http, keys))
        races = Races(service, clock, ways)
        stack.callback(races.close)
        yield races


@contextmanager
def _server(database: str, folder: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.durability.race_server", database, str(folder / "clock")],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--by", choices=("threads", "processes"), default="threads")
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()

    def told(done: int) -> None:
        if done % 50 == 0:
            print(f"{done} of {asked.rounds}", file=sys.stderr)

    with (
        tempfile.TemporaryDirectory() as made,
        databases.made(asked.database, made) as database,
        racing(database, Path(made), asked.by) as races,
    ):
        races.play(asked.rounds, asked.seed, told)
        differences = races.differences()
        print(dict(races.counts), f"differences: {differences or 'none'}")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
