"""Disputes that are decided: appealed, on their way back, replaced, paid."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from amends.dispute.case import CaseEvent, next_due
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.appeal import FileAppeal
from amends.dispute.decide.assign_appeals_officer import AssignAppealsOfficer
from amends.dispute.decide.inspect_return import InspectReturn
from amends.dispute.decide.provide_return_address import ProvideReturnAddress
from amends.dispute.decide.ship_replacement import ShipReplacement
from amends.dispute.decide.ship_return import ShipReturn
from amends.dispute.events.judging import AppealFiled
from amends.dispute.expire import expire
from amends.dispute.follow import with_what_follows
from amends.dispute.state import Appeal, Case
from amends.kernel.deadlines import Deadline
from amends.kernel.decision import Stamp
from amends.kernel.instants import Instant, Outage
from amends.kernel.people import Actor, Side
from amends.order.events.life import TrackingRecorded
from amends.order.events.money import (
    ChargebackOutcomeRecorded,
    ChargebackRecorded,
    RefundFailed,
    RefundSettled,
)
from amends.order.state import Chargeback, TrackingStatus
from amends.policy.clocks import start_clock
from amends.policy.terms import Terms
from tests.dispute.cases import ANSWERED, D1, OPENED, of, opened, rub, ruled, then
from tests.given import APPEALS, BUYER, DAY, SECOND, SELLER, after, stamp, terms

AGREED = ANSWERED
ADDRESSED = AGREED + DAY
SENT_BACK = ADDRESSED + DAY
BACK = SENT_BACK + 2 * DAY
R1 = "A-1001-R1"
ADDRESS = {"name": "Blouse House", "street": "1 Silk Rd", "city": "Yiwu", "country": "CN"}
NUMBER = "JD014600006"


def agreed(case: Case | None = None, at: Instant = AGREED, **claim: Any) -> Case:
    """The seller accepted the claim a day after it was made: two blouses, all the money."""
    case = case or opened(**claim)
    return then(case, AcceptOffer(offer="O1", amount=rub(of(case).claim.amount)), SELLER, at)


def returning(**claim: Any) -> Case:
    """The goods are to go back for all the money."""
    return agreed(remedy="return_and_refund", **claim)


def addressed(case: Case | None = None) -> Case:
    """The seller said where to."""
    return then(case or returning(), ProvideReturnAddress(address=ADDRESS), SELLER, ADDRESSED)


def sent_back(case: Case | None = None, carrier: str = "DHL") -> Case:
    """The buyer sent them, as parcel S2."""
    return then(case or addressed(), ShipReturn(carrier, NUMBER), BUYER, SENT_BACK)


def faulted(case: Case | None = None, **changes: Any) -> Case:
    """The seller found the blouses damaged, two days later."""
    found = InspectReturn(condition="damaged", note="A stain on the sleeve.")
    return then(case or sent_back(), replace(found, **changes), SELLER, BACK)


def replacing(**claim: Any) -> Case:
    """The seller is to send other blouses."""
    return agreed(remedy="replacement", **claim)


def replaced_by_post(case: Case | None = None) -> Case:
    """Other blouses are on their way, as parcel S2."""
    return then(case or replacing(), ShipReplacement("DHL", NUMBER), SELLER, ADDRESSED)


def told(
    case: Case, *events: CaseEvent, at: Instant, pack: Terms | None = None
) -> tuple[CaseEvent, ...]:
    """What the record says once ``events`` are told at ``at``: they and what follows from them."""
    return with_what_follows(case, events, pack or terms(), stamp(at))


def telling(case: Case, *events: CaseEvent, at: Instant, pack: Terms | None = None) -> Case:
    """``case`` after the same."""
    return after(case, *told(case, *events, at=at, pack=pack))


def tracked(
    at: Instant, status: TrackingStatus = "delivered", parcel: str = "S2"
) -> TrackingRecorded:
    """What a carrier tells of a parcel."""
    return TrackingRecorded(at=at, parcel=parcel, status=status)


def booked(at: Instant, refund: str = R1, until: Instant | None = None) -> RefundSettled:
    """The provider booked a refund; the bank shows it within four weeks, or by ``until``."""
    return RefundSettled(
        at=at, refund=refund, provider_ref="re_1", arrives_from=at + 5 * DAY,
        arrives_until=until or at + 28 * DAY,
    )  # fmt: skip


def failed(at: Instant, refund: str = R1, *, again: bool) -> RefundFailed:
    """The provider did not; it is tried again, or is finance's task."""
    what = "refund_retry" if again else "finance"
    clock = start_clock(
        terms().refunds.retried_after, what, "platform", at, "refund_failed", subject=refund
    )
    return RefundFailed(at=at, refund=refund, reason="card_closed", retry=clock)


def held_by_bank(case: Case, amount: int = 160_000, at: Instant = OPENED) -> Case:
    """The buyer's bank took money back and has not decided."""
    return after(case, ChargebackRecorded(at=at, chargeback=Chargeback("C1", amount, at)))


def decided_by_bank(at: Instant, *, won: bool) -> ChargebackOutcomeRecorded:
    """The bank has decided."""
    return ChargebackOutcomeRecorded(at=at, chargeback="C1", won=won)


def paid(case: Case | None = None, at: Instant = AGREED + DAY) -> Case:
    """Agreed and paid: closed as refunded."""
    return telling(case or agreed(), booked(at), at=at)


def appealed(
    case: Case | None = None, at: Instant | None = None, by: Actor = SELLER, **changes: Any
) -> Case:
    """An appeal two days after the ruling, heard by a1."""
    case = case or ruled()
    made = of(case).ruling
    at = at or (made.at + 2 * DAY if made else AGREED + DAY)
    appeal = FileAppeal(grounds="named_error", text="The chart says M, and it is M.")
    case = then(case, replace(appeal, **changes), by, at)
    return then(case, AssignAppealsOfficer(officer=APPEALS.person), APPEALS, at)


def on_record(case: Case, at: Instant, by: Side, grounds: str) -> Case:
    """An appeal that stands on record, asked before this or that was late, and heard by a1."""
    within = terms().appeals.decided_within
    due = start_clock(within, "appeal_decision", "appeals", at, "appeal_filed")
    made = Appeal(by, grounds, "c.text", at, of(case).phase, of(case).outcome)
    filed = AppealFiled(
        at=at, dispute=D1, phase="appeal", turn="appeals", deadlines=(due,), appeal=made
    )
    return then(after(case, filed), AssignAppealsOfficer(officer=APPEALS.person), APPEALS, at)


def clock(case: Case, what: str) -> Deadline:
    """The clock that runs on ``what``."""
    found = of(case).deadline(what)
    assert found is not None, of(case).deadlines
    return found


def expired(
    case: Case, at: Instant, *, pack: Terms | None = None, outages: tuple[Outage, ...] = ()
) -> tuple[tuple[CaseEvent, ...], Case]:
    """All that falls due up to and at ``at``, and the case after it."""
    brought: list[CaseEvent] = []
    asked = Stamp(at, "c9", outages=outages)
    for _ in range(200):
        events = expire(case, pack or terms(), asked)
        if not events:
            due = next_due(case)
            assert due is None or due > at
            return tuple(brought), case
        brought += events
        case = after(case, *events)
    raise AssertionError("what is due never ends")


def ends(case: Case, what: str, *, pack: Terms | None = None) -> tuple[tuple[CaseEvent, ...], Case]:
    """What the end of a step's clock brings, reminders left out: nothing a second before it, and
    all of it at the clock's own instant, however much later it is looked at."""
    running = clock(case, what)
    early, before = expired(case, running.at - SECOND, pack=pack)
    assert of(before).deadline(what) is not None, early
    brought, later = expired(before, running.at, pack=pack)
    assert {event.at for event in brought} == {running.at}
    late, much_later = expired(before, running.at + 3 * SECOND, pack=pack)
    assert (late, much_later) == (brought, later)
    return brought, later


def in_dispute(case: Case) -> str:
    """Phase and turn, as they read together."""
    dispute = case.disputes[D1]
    return f"{dispute.phase}/{dispute.turn}"
