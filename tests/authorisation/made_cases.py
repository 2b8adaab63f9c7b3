"""A case for each situation of the table, made by the commands that lead there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.accept_ruling import AcceptRuling
from amends.dispute.decide.appeal import FileAppeal
from amends.dispute.decide.assign_appeals_officer import AssignAppealsOfficer
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.inspect_return import InspectReturn
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.decide.propose_ruling import ProposeRuling
from amends.dispute.decide.provide_return_address import ProvideReturnAddress
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.decide.ship_replacement import ShipReplacement
from amends.dispute.decide.ship_return import ShipReturn
from amends.dispute.events.base import DisputeEvent
from amends.dispute.events.judging import AppealMissed, RulingMissed
from amends.dispute.expire import expire
from amends.dispute.judge import OnDispute, OnOrder, decide
from amends.dispute.state import Case
from amends.kernel.decision import Accepted, Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import CLOCK, Actor, Member, Role, Staff
from amends.order.decide import COMMANDS as ORDER_COMMANDS
from amends.order.decide.cancel_order import CancelOrder
from amends.order.decide.confirm_receipt import ConfirmReceipt
from amends.order.decide.hold_funds import HoldFunds
from amends.order.decide.raise_to_supervisor import RaiseToSupervisor
from amends.order.decide.record_chargeback import RecordChargeback
from amends.order.decide.record_difference import RecordDifference
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.upload_evidence import UploadEvidence
from amends.order.events.life import ProtectionEnded
from amends.order.events.money import FundsReleased
from amends.policy.terms import Terms
from tests.dispute.cases import D1, NOBODY, claim, rub, ruling
from tests.given import (
    APPEALS,
    BUYER,
    DAY,
    FINANCE,
    MEDIATOR,
    PROVIDER,
    SELLER,
    SHOP,
    SUPERVISOR,
    T0,
    after,
    packs,
    placed,
    shipped,
    terms,
)

D2 = "A-1001-D2"
R1 = "A-1001-R1"
BESIDE = Actor("m3", Role.MEDIATOR)
HOUR = timedelta(hours=1)
_ADDRESS = {"name": "Blouse House", "street": "1 Silk Rd", "city": "Yiwu", "country": "CN"}
_PHOTO = UploadEvidence("photo", "image/jpeg", "0" * 64, "k1", "photo.jpg")


class Made(NamedTuple):
    """A case at an instant, under a pack, with the accounts of the platform's people."""

    case: Case
    now: Instant
    terms: Terms
    staff: Staff = NOBODY

    def told(self, command: Struct, by: Actor, later: timedelta = HOUR) -> Made:
        """What it is after ``command``, which has to be accepted, given that much later."""
        now = self.now + later
        about: Any = OnOrder if _of_order(command) else OnDispute
        given = (self.case.order.id, command) if about is OnOrder else (
            self.case.order.id, D1, command,
        )  # fmt: skip
        stamp = Stamp(now, f"c{self.case.version}", staff=self.staff)
        outcome = decide(self.case, about(*given), by, self.terms, stamp)
        assert isinstance(outcome, Accepted), outcome
        return self._replace(case=after(self.case, *outcome.events), now=now)

    def until(self, event: type[DisputeEvent]) -> Made:
        """The same just after what falls due has brought ``event``."""
        now, case = self.now + 400 * DAY, self.case
        while events := expire(case, self.terms, Stamp(now, "c0")):
            case = after(case, *events)
            mine = (e for e in events if type(e) is event and e.dispute == D1)
            if found := next(mine, None):
                return self._replace(case=case, now=found.at)
        raise AssertionError(f"{event.__name__} never came")


def _of_order(command: Struct) -> bool:
    return type(command) in ORDER_COMMANDS or isinstance(command, OpenDispute)


def order_cases() -> Mapping[str, Made]:
    """By the name that the table gives each."""
    new = Made(placed(), T0 + DAY, terms())
    sent = Made(shipped(), T0 + 8 * DAY, terms())
    open_ = _with_beside(sent.told(_PHOTO, BUYER).told(claim(evidence=("E1",)), BUYER))
    agreed = open_.told(AcceptOffer("O1", rub(160_000)), SELLER)
    booked = agreed.told(ReportRefundSettled(R1, "re_1"), PROVIDER)
    return {
        "placed": new,
        "shipped": sent,
        "received": sent.told(ConfirmReceipt(), BUYER),
        "disputed": open_,
        "mediation": _mediated(open_),
        "refunding": agreed,
        "refunded": booked,
        "missing": booked._replace(now=booked.now + 60 * DAY),
        "failed": agreed._replace(terms=_routes()).told(
            ReportRefundFailed(R1, "expired_card"), PROVIDER
        ),
        "differing": booked.told(RecordDifference("not_recorded", "re_9", theirs=rub(9)), CLOCK),
        "charged_back": sent.told(RecordChargeback("cb_1", rub(160_000)), PROVIDER),
        "held": new.told(HoldFunds("Looking into it."), FINANCE),
        "raised": Made(placed(), T0, terms()).told(RaiseToSupervisor("Nobody answers."), BUYER),
        "over": _over(sent),
        "cancelled": new.told(CancelOrder(), SHOP),
    }


def dispute_cases() -> Mapping[str, Made]:
    """By the name that the table gives each."""
    sent = Made(shipped(), T0 + 8 * DAY, terms()).told(_PHOTO, BUYER).told(_PHOTO, BUYER)
    first = _with_beside(sent.told(claim(evidence=("E1",)), BUYER))
    offered = first.told(MakeOffer("refund", rub(20_000), "For the trouble."), SELLER)
    again = offered.told(MakeOffer("refund", rub(90_000), "That is too little."), BUYER)
    agreed = first.told(AcceptOffer("O1", rub(160_000)), SELLER)
    booked = agreed.told(ReportRefundSettled(R1, "re_1"), PROVIDER)
    made = {
        "awaiting_seller/first": first,
        "awaiting_seller/again": again,
        "awaiting_buyer": offered,
        "settling": agreed,
        "closed/refunded": booked,
        "closed/missing": booked._replace(now=booked.now + 60 * DAY),
        "closed/cancelled": first.told(CancelDispute(), BUYER),
    }
    return {**made, **_mediations(offered), **_judged(_given(_waiting(offered)))}


def _over(sent: Made) -> Made:
    end = sent.now + 60 * DAY
    ended = ProtectionEnded(at=end, receipt_assumed=False)
    paid = FundsReleased(at=end, amount=160_000)
    return sent._replace(case=after(sent.case, ended, paid), now=end)


def _mediations(offered: Made) -> dict[str, Made]:
    given = _given(_waiting(offered))
    away = Member(MEDIATOR.person, Role.MEDIATOR, away_until=given.now + 30 * DAY)
    return {
        "mediation/waiting": _waiting(offered),
        "mediation/given": given,
        "mediation/unheard": _given(offered.told(Escalate(), SELLER)),
        "mediation/asked": given.told(RequestInformation("seller", "Which size?"), MEDIATOR),
        "mediation/absent": given._replace(staff={MEDIATOR.person: away}),
        "mediation/overdue": given.until(RulingMissed),
        "mediation/proposed": given.told(_proposed(), MEDIATOR),
    }


def _judged(given: Made) -> dict[str, Made]:
    ruled = given.told(ruling(), MEDIATOR)
    appealed = ruled.told(FileAppeal("named_error", "The chart was read wrongly."), SELLER)
    heard = appealed.told(AssignAppealsOfficer(), APPEALS)
    back = _accepted(given.told(ruling(remedy="return_and_refund"), MEDIATOR))
    addressed = back.told(ProvideReturnAddress(_ADDRESS), SELLER)
    sent_back = addressed.told(ShipReturn("DHL", "JD014600006"), BUYER)
    stained = InspectReturn("damaged", rub(40_000), "A stain on the sleeve.")
    another = _accepted(given.told(ruling(remedy="replacement", amount=rub(0)), MEDIATOR))
    return {
        "ruled/open": ruled,
        "ruled/accepted": ruled.told(AcceptRuling(), BUYER),
        "appeal/waiting": appealed,
        "appeal/given": heard,
        "appeal/asked": heard.told(RequestInformation("buyer", "Which size?"), APPEALS),
        "appeal/overdue": heard.until(AppealMissed),
        "returning/address": back,
        "returning/ship": addressed,
        "returning/inspect": sent_back,
        "returning/faulty": sent_back.told(stained, SELLER),
        "replacing/ship": another,
        "replacing/sent": another.told(ShipReplacement("DHL", "JD014600006"), SELLER),
    }


def _waiting(offered: Made) -> Made:
    return offered.told(Escalate(), BUYER)


def _given(waiting: Made) -> Made:
    return waiting.told(AssignMediator(MEDIATOR.person), SUPERVISOR)


def _mediated(open_: Made) -> Made:
    return _given(_waiting(open_.told(MakeOffer("refund", rub(20_000), "Sorry."), SELLER)))


def _accepted(ruled: Made) -> Made:
    return ruled.told(AcceptRuling(), BUYER).told(AcceptRuling(), SELLER)


def _proposed() -> ProposeRuling:
    fields: IssueRuling = ruling()
    return ProposeRuling(**{name: getattr(fields, name) for name in fields.__struct_fields__})


def _routes() -> Terms:
    """The pack that lets a buyer choose how to be paid when the card is dead."""
    found = packs().get("aliexpress", "2")
    assert found is not None
    return found


def _with_beside(made: Made) -> Made:
    """With another dispute of the same order, which m3 has."""
    case = made.case
    beside = replace(case.disputes[D1], id=D2, phase="mediation", mediator=BESIDE.person)
    return made._replace(case=replace(case, disputes={**case.disputes, D2: beside}))
