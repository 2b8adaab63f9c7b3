"""A day of mediators: cases come in, one person falls ill, one knows a big seller; everything is
decided in time or moves on by rule.

``python -m tests.judging.day --cases 300`` lives it on a sandbox's clock, through the real engine,
queue and store, and prints who had and decided how much.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from amends.bootstrap import Settings, build_service
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import CaseCommand, OnDispute, OnOrder
from amends.engine.staff import StaffAccount
from amends.entrypoints.api.bodies import struct_in
from amends.entrypoints.clock import drain, move_to
from amends.entrypoints.judging import queue
from amends.entrypoints.service import CaseRequest, Service
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Member, Role
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.ship_order import ShipOrder
from tests.dispute.cases import ruling
from tests.entrypoints.sandbox import claim, order

PEOPLE = tuple(f"m{n}" for n in range(1, 6))
ILL, TIED, BIG = "m4", "m5", "big"
HOURS = 8
SHOP = Actor("shop", Role.MARKETPLACE)
HOUR = timedelta(hours=1)


class Day(Struct, frozen=True):
    """What came of it. ``dealt`` and ``decided`` by person, ``returned`` from the one who fell ill;
    ``left`` were still open in the evening, ``ends`` how those ended by rule."""

    cases: int
    dealt: dict[str, int]
    decided: dict[str, int]
    returned: int
    big_to_tied: int
    left: int
    late: int
    ends: dict[str, int]

    @property
    def spread(self) -> float:
        """The standard deviation of what those were dealt who were there all day, in cases."""
        return statistics.pstdev(self.dealt[p] for p in PEOPLE if p not in (ILL, TIED))


def live(cases: int, seed: int) -> Day:
    """A day of so many cases, of which a third are the big seller's."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database=Path(folder) / "day.db", sandbox=True, synced=False, base_url="http://x"
        )
        service = build_service(settings)
        try:
            return _lived(service, cases, Random(seed))  # noqa: S311
        finally:
            service.close()


def _lived(service: Service, cases: int, random: Random) -> Day:
    _hire(service)
    morning = _brought_in(service, cases)
    day = _Worked(service)
    pace = -(-cases // (HOURS * (len(PEOPLE) - 1))) + 1
    for hour in range(HOURS):
        if hour == 2:
            account = service.store.staff.account(ILL)
            assert account is not None
            away = replace(account.member, away_until=morning + timedelta(days=30))
            service.store.staff.change(replace(account, member=away))
            drain(service)
            assert not day.has(ILL)
        for person in PEOPLE:
            if person != ILL or hour < 2:
                day.work(person, random.randint(max(1, pace - 2), pace + 2))
        move_to(service, _sandbox(service), morning + (hour + 1) * HOUR)
    left = day.open()
    # What is left has its clocks: nobody works any more, and it still comes to an end.
    move_to(service, _sandbox(service), morning + timedelta(days=60))
    return day.told(cases, left)


def _sandbox(service: Service) -> Any:
    assert service.sandbox is not None
    return service.sandbox


def _hire(service: Service) -> None:
    now = service.clock.now()
    for person in PEOPLE:
        interests = (BIG,) if person == TIED else ()
        member = Member(person, Role.MEDIATOR, interests=interests)
        service.store.staff.add(StaffAccount(member, person, f"{person}@x.example", now))


def _give(service: Service, by: Actor, given: Iterable[tuple[str, CaseCommand]]) -> None:
    for answer in service.engine.handle([CaseRequest(o, c, by) for o, c in given]):
        assert not isinstance(answer, Exception), answer
        assert not isinstance(answer.outcome, Refused), answer.outcome


def _brought_in(service: Service, cases: int) -> Instant:
    """All of them escalated on one morning."""
    start = service.clock.now()
    names = [f"C-{n:03}" for n in range(cases)]
    sellers = {name: BIG if n % 3 == 0 else f"s{n % 40}" for n, name in enumerate(names)}
    for name in names:
        payment = {**order()["payment"], "reference": f"pay-{name}"}
        seller = {"id": sellers[name]}
        shipping = {**order()["shipping"], "ship_by": (start + timedelta(days=4)).isoformat(),
                    "promised_by": (start + timedelta(days=30)).isoformat()}  # fmt: skip
        body = order(placed_at=start.isoformat(), seller=seller, payment=payment, shipping=shipping)
        placing = struct_in(body, PlaceOrder)
        _give(service, SHOP, [(name, OnOrder(name, placing))])
    sending = ShipOrder(carrier="DHL", tracking_number="1234567890", insist=True)
    _give(service, SHOP, [(n, OnOrder(n, sending)) for n in names])
    move_to(service, _sandbox(service), start + timedelta(days=8))
    opening = struct_in(claim(), OpenDispute)
    buyer = Actor("b1", Role.BUYER)
    _give(service, buyer, [(n, OnOrder(n, opening)) for n in names])
    for n in names:
        no = OnDispute(n, f"{n}-D1", DeclineOffer(offer="O1", note="No."))
        _give(service, Actor(sellers[n], Role.SELLER), [(n, no)])
    _give(service, buyer, [(n, OnDispute(n, f"{n}-D1", Escalate())) for n in names])
    drain(service)
    return service.clock.now()


class _Worked:
    """The mediators at their queues."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.decided: Counter[str] = Counter()

    def has(self, person: str) -> int:
        """How many cases somebody has."""
        where = {"phase": "mediation", "mediator": person}
        return len(self._service.store.views.page("disputes", where, order_by="due_at").rows)

    def work(self, person: str, most: int) -> None:
        """Rule on as many as they can in an hour, the earliest due first."""
        by = Actor(person, Role.MEDIATOR)
        found = queue.queue(self._service, by, queue.Filters(), limit=most)
        for item in found.items:
            assert not item.conflict
            _give(self._service, by, [(item.order, OnDispute(item.order, item.dispute, _ruling()))])
            self.decided[person] += 1
        drain(self._service)

    def open(self) -> int:
        """How many cases are in mediation."""
        found = self._service.store.views.totals("disputes", None, ("phase",))
        return found.get(("mediation",), 0)

    def told(self, cases: int, left: int) -> Day:
        """The day from the record."""
        dealt: Counter[str] = Counter()
        ends: Counter[str] = Counter()
        returned = big = late = 0
        for n in range(cases):
            events = self._service.engine.events(f"C-{n:03}")
            kinds = Counter(type(e.event).__name__ for e in events)
            for recorded in events:
                event: Any = recorded.event
                if type(event).__name__ == "MediatorAssigned":
                    dealt[event.mediator] += 1
                    big += event.mediator == TIED and n % 3 == 0
            returned += kinds["ReturnedToQueue"]
            late += kinds["RulingMissed"] and not kinds["RulingIssued"]
            view = self._service.engine.view(f"C-{n:03}")
            assert view is not None
            ends[str(view.state.disputes[f"C-{n:03}-D1"].outcome)] += 1
        return Day(
            cases, dict(dealt), dict(self.decided), returned, big, left, int(late), dict(ends)
        )


def _ruling() -> IssueRuling:
    return ruling(amount=replace(ruling().amount, amount=1000))  # type: ignore[type-var]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    day = live(given.cases, given.seed)
    print(f"{day.cases} cases; in the evening {day.left} were open, {day.late} ended by a clock")  # noqa: T201
    for person in PEOPLE:
        note = {ILL: "fell ill after two hours", TIED: "knows the big seller"}.get(person, "")
        print(f"  {person}: dealt {day.dealt.get(person, 0):4}, decided"  # noqa: T201
              f" {day.decided.get(person, 0):4}  {note}")  # fmt: skip
    print(f"returned to the queue: {day.returned}; the big seller's to {TIED}: {day.big_to_tied}")  # noqa: T201
    print(f"spread among the others: {day.spread:.1f} cases; ends: {day.ends}")  # noqa: T201


if __name__ == "__main__":
    main()
