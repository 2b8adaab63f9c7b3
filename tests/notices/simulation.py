"""A seeded simulation of who is told what, and when, over whole lives of disputes.

    python -m tests.notices.simulation --disputes 10000 [--first 1]

A seed is the life of one order with a dispute: people who answer, fall silent or appeal, parcels,
refunds, mediators who are late. The record is written by the product's own decisions; beside it
stands a book of who had which deadline since when, kept by nothing but the states. After every
event the two are compared:

* a deadline that ran out was reminded of at half time, a day and two hours before, each where it
  lay ahead when whoever had the turn got it, and to them;
* a reminder goes to nobody else, and never of a deadline that is past or was met;
* once a dispute is closed there is no notice of it any more, unless an appeal opens it again;
* a mail waits a minute, tells one person all there is to tell by then, and is led by what they have
  to do first;
* one that is sent late, by up to three days, asks nobody for what is settled by then.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from random import Random

from hypothesis.internal.conjecture.data import ConjectureData
from msgspec import Struct

from amends.dispute.case import CaseEvent, evolve, next_due
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.events.base import DisputeEvent
from amends.dispute.events.judging import AppealFiled
from amends.dispute.events.negotiation import DisputeReminded
from amends.dispute.expire import expire
from amends.dispute.judge import CaseCommand, OnDispute, OnOrder, decide, dispute_options
from amends.dispute.state import Case
from amends.entrypoints.mails.notices import Payload, leading_first, outdated
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.words.catalogue import words
from amends.kernel.decision import Refused, Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import CLOCK, Actor, Role
from amends.kernel.record import Recorded
from amends.order.decide.record_tracking import RecordTracking
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.ship_order import ShipOrder
from amends.order.decide.upload_evidence import UploadEvidence
from amends.order.events.life import OrderPlaced, OrderReminded
from amends.order.units import LineQuantity
from amends.policy.terms import Terms
from amends.projections.jobs import MAIL_WAITS
from amends.projections.notices import REMINDERS, Notice, notices
from tests.given import (
    APPEALS,
    BUYER,
    MEDIATOR,
    PROVIDER,
    SELLER,
    SHOP,
    SUPERVISOR,
    T0,
    order,
    packs,
)  # fmt: skip
from tests.properties.commands import dispute_command

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_PEOPLE = (BUYER, SELLER, MEDIATOR, APPEALS, SUPERVISOR)
_ROLE_OF_TURN = {"platform": "finance"}
_CLAIMS = (
    ("not_as_described", "refund", True),
    ("damaged", "return_and_refund", True),
    ("wrong_item", "replacement", True),
    ("not_received", "refund", False),
)
# These say again by themselves what they wait for, each day.
_ALARMS = ("operator_alarm", "refund")
_STEPS = 40


class Wrong(AssertionError):
    """Somebody was told what they should not have been, or was not told what they should."""


class Held(Struct, frozen=True):
    """A deadline of a dispute as somebody has it."""

    dispute: str
    what: str
    turn: str
    since: Instant
    at: Instant


class ToTell(Struct, frozen=True):
    """A notice that is not told yet, and the number of its event."""

    notice: Notice
    number: int
    at: Instant

    @property
    def payload(self) -> Payload:
        """As the mail's job has it."""
        return self.notice.payload() | {"n": self.number}


class Counted(Struct):
    """What came to pass in how many lives."""

    disputes: int = 0
    notices: int = 0
    reminders: int = 0
    expiries: int = 0
    closed: int = 0
    mails: int = 0
    together: int = 0
    late: int = 0
    withheld: int = 0

    def add(self, other: Counted) -> None:
        """Count the other's too."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Life:
    """One order's life, its record, and the book beside it."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)  # noqa: S311 - repeatable on purpose
        self.terms: Terms = self.dice.choice(packs().all())
        self.now, self.steps, self.number = T0, 0, 0
        self.counted = Counted()
        self.case: Case | None = None
        self.held: dict[Held, Instant] = {}
        self.told: dict[tuple[str, str, Instant], set[Instant]] = {}
        self.silent = {p.role for p in _PEOPLE if self.dice.random() < 0.3}
        self.waiting: list[ToTell] = []
        self.mails: list[tuple[Instant, list[ToTell]]] = []
        self._append(OrderPlaced(at=T0, order=order()), SHOP)

    @property
    def now_case(self) -> Case:
        """The case, which is there from the first event on."""
        assert self.case is not None
        return self.case

    def live(self) -> Counted:
        """Until nothing is due any more, or for so many steps. Raises Wrong."""
        for actor in (BUYER, SELLER):
            self._ask(
                OnOrder("A-1001", UploadEvidence("photo", "image/jpeg", "0" * 64, "k")), actor
            )
        self._ask(OnOrder("A-1001", ShipOrder("DHL", "N0X0")), SHOP)
        self._move_to(T0 + 8 * DAY + self.dice.random() * 6 * DAY)
        reason, remedy, received = self.dice.choice(_CLAIMS)
        claim = OpenDispute(
            received, reason, remedy, "Not what was shown.",  # type: ignore[arg-type]
            lines=(LineQuantity("1", 2),),
        )  # fmt: skip
        self._ask(OnOrder("A-1001", claim), BUYER)
        self.counted.disputes += len(self.now_case.disputes)
        for _ in range(_STEPS):
            self._time_passes()
            self._somebody_acts()
            self._the_world_answers()
        while (due := next_due(self.now_case)) is not None and self.now < T0 + 200 * DAY:
            self._move_to(due)
        self._deliver(self.now + 10 * DAY)
        self.counted.closed += sum(d.phase == "closed" for d in self.now_case.disputes.values())
        return self.counted

    def _time_passes(self) -> None:
        due = next_due(self.now_case)
        if due is not None and self.dice.random() < 0.3:
            self._move_to(max(due, self.now))
        else:
            self._move_to(self.now + self.dice.expovariate(1) * 1.5 * DAY)

    def _somebody_acts(self) -> None:
        for dispute in list(self.now_case.disputes.values()):
            offered = [
                (actor, option.type)
                for actor in _PEOPLE
                if actor.role not in self.silent
                for option in dispute_options(
                    self.now_case, dispute, actor, self.terms, self._stamp()
                )
                if option.refused is None
            ]
            if offered and self.dice.random() < 0.6:
                actor, name = self.dice.choice(sorted(offered, key=lambda o: (o[1], o[0].person)))
                drawn = ConjectureData(random=self.dice)
                body = dispute_command(drawn.draw, self.now_case, dispute, name, self.terms)
                self._ask(OnDispute("A-1001", dispute.id, body), actor)

    def _the_world_answers(self) -> None:
        for refund in self.now_case.order.refunds.values():
            if refund.under_way and self.dice.random() < 0.5:
                settled = ReportRefundSettled(refund.id, "re_1")
                failed = ReportRefundFailed(refund.id, "declined")
                answer = settled if self.dice.random() < 0.9 else failed
                self._ask(OnOrder("A-1001", answer), PROVIDER)
        for parcel in self.now_case.order.parcels:
            if parcel.delivered_at is None and self.dice.random() < 0.2:
                came = RecordTracking(parcel.tracking_number, "delivered", self.now)
                self._ask(OnOrder("A-1001", came), SHOP)

    def _stamp(self) -> Stamp:
        return Stamp(self.now, f"c{self.steps}")

    def _ask(self, command: CaseCommand, actor: Actor) -> None:
        self.steps += 1
        outcome = decide(self.now_case, command, actor, self.terms, self._stamp())
        if not isinstance(outcome, Refused):
            for event in outcome.events:
                self._append(event, actor)

    def _move_to(self, at: Instant) -> None:
        self.now = at
        self.steps += 1
        while events := expire(self.now_case, self.terms, self._stamp()):
            for event in events:
                self._append(event, CLOCK)

    def _append(self, event: CaseEvent, by: Actor) -> None:
        self._deliver(event.at)
        before, self.number = self.case, self.number + 1
        self.case = evolve(before, event)
        recorded = Recorded(self.now_case.order.id, self.number, event.at, by, "c", event)
        told = notices(recorded, self.now_case)
        self.counted.notices += len(told)
        if before is not None and isinstance(event, DisputeEvent):
            self._look_at_the_end(before, event, told)
        if isinstance(event, DisputeReminded | OrderReminded):
            self._look_at_reminder(event, told)
        self._keep_book(event)
        # A role as a whole gets no mail.
        self.waiting += [ToTell(n, self.number, event.at) for n in told if n.person]

    def _look_at_the_end(self, before: Case, event: DisputeEvent, told: tuple[Notice, ...]) -> None:
        was = before.disputes.get(event.dispute)
        if was and was.phase == "closed" and told and not isinstance(event, AppealFiled):
            raise Wrong(f"{told} after the end, by {event}")

    def _look_at_reminder(
        self, event: DisputeReminded | OrderReminded, told: tuple[Notice, ...]
    ) -> None:
        self.counted.reminders += 1
        role = _ROLE_OF_TURN.get(event.turn, event.turn)
        if [(n.role, n.due) for n in told] != [(role, event.due)]:
            raise Wrong(f"{event} was told to {told}")
        if event.at >= event.due:
            raise Wrong(f"{event} comes after what it reminds of")
        if isinstance(event, DisputeReminded):
            held = [h for h in self.held if (h.what, h.turn, h.at) == _named(event)]
            if not held or held[0].dispute != event.dispute:
                raise Wrong(f"nobody has what {event} reminds of")
            self.told.setdefault((event.dispute, event.turn, event.due), set()).add(event.at)

    def _keep_book(self, event: CaseEvent) -> None:
        """Note what is new, and look back at what ran out."""
        now = {
            Held(d.id, c.what, c.turn, c.since, c.at)
            for d in self.now_case.disputes.values()
            for c in d.deadlines
        }
        for held in [h for h in self.held if h not in now]:
            had_since = self.held.pop(held)
            if event.at >= held.at and held.what not in _ALARMS:
                self.counted.expiries += 1
                self._look_back(held, had_since)
        for held in now - self.held.keys():
            self.held[held] = event.at

    def _look_back(self, held: Held, had_since: Instant) -> None:
        half = held.since + (held.at - held.since) / 2
        wanted = {p for p in (half, held.at - DAY, held.at - 2 * HOUR) if had_since < p < held.at}
        told = self.told.get((held.dispute, held.turn, held.at), set())
        if wanted - told:
            raise Wrong(f"{held}, theirs since {had_since}, was reminded of at {sorted(told)} only")

    def _deliver(self, until: Instant) -> None:
        """Write what is to be written by then, and send what is to be sent."""
        while self.waiting and (at := self.waiting[0].at + MAIL_WAITS) <= until:
            to = _to(self.waiting[0])
            mail = [told for told in self.waiting if _to(told) == to and told.at <= at]
            self.waiting = [told for told in self.waiting if told not in mail]
            late = self.dice.choice((0.0, 0.0, 1.0, 30.0, 72.0)) * HOUR
            self.counted.late += bool(late)
            self.mails.append((at + late, mail))
        due = [mail for at, mail in self.mails if at <= until]
        self.mails = [(at, mail) for at, mail in self.mails if at > until]
        for mail in due:
            self._send(mail)

    def _send(self, mail: list[ToTell]) -> None:
        """Look at what it asks for, as the case stands."""
        by = Actor(mail[0].notice.person, Role(mail[0].notice.role))
        looking = Looking(self.now_case, self.terms, self._stamp(), by, Texts({}), words())
        fresh = []
        for told in mail:
            if not outdated(looking, told.payload):
                fresh.append(told)
            elif told.number == self.number:
                raise Wrong(f"{told} was not sent, though nothing had happened meanwhile")
        self.counted.withheld += len(mail) - len(fresh)
        self.counted.mails += bool(fresh)
        self.counted.together += max(0, len(fresh) - 1)
        asks = {told.number: at for told in fresh if (at := self._asked_by(told.notice))}
        if not fresh:
            return
        lead = leading_first(looking, [told.payload for told in fresh])[0]["n"]
        if asks and (lead not in asks or asks[int(lead or 0)] != min(asks.values())):
            raise Wrong(f"{mail} is led by {lead}, and asks for {asks}")

    def _asked_by(self, notice: Notice) -> Instant | None:
        """Until when a notice that is sent now asks for something. Raises Wrong after the end."""
        if notice.due is None:
            return None
        dispute = self.now_case.disputes.get(notice.dispute)
        if dispute and dispute.phase == "closed":
            raise Wrong(f"{notice} asks for something after the end")
        if notice.kind in REMINDERS:
            return notice.due
        running = dispute.deadlines if dispute else self.now_case.order.deadlines
        return min((clock.at for clock in running if clock.turn == notice.role), default=None)


def _to(told: ToTell) -> tuple[str, str]:
    return (told.notice.person, told.notice.role)


def _named(event: DisputeReminded) -> tuple[str, str, Instant]:
    return (event.what, event.turn, event.due)


def run(first: int, count: int) -> Counted:
    """So many lives from seed ``first`` on. Raises Wrong, with the seed."""
    total = Counted()
    for seed in range(first, first + count):
        try:
            total.add(Life(seed).live())
        except Wrong as wrong:
            raise Wrong(f"seed {seed}: {wrong}") from None
    return total


def main() -> int:
    """What was counted, on one line a kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--disputes", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=1)
    asked = parser.parse_args()
    counted = run(asked.first, asked.disputes)
    for name in counted.__struct_fields__:
        sys.stdout.write(f"{name:10} {getattr(counted, name):>9,}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
