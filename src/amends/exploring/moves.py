"""What anybody may do in a dispute, as commands with who gives them.

All that can change a phase, a turn or a clock is here. Amounts stand for their kind: nothing, or
about all that was paid. Who judges is always somebody without a tie.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from amends.dispute.decide import DisputeCommand
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.accept_ruling import AcceptRuling
from amends.dispute.decide.answer_information import AnswerInformation
from amends.dispute.decide.appeal import FileAppeal
from amends.dispute.decide.approve_ruling import ApproveRuling
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.decide.confirm_replacement import ConfirmReplacement
from amends.dispute.decide.contest_return import ContestReturn
from amends.dispute.decide.decide_appeal import DecideAppeal
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.inspect_return import InspectReturn
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.propose_ruling import ProposeRuling
from amends.dispute.decide.provide_return_address import ProvideReturnAddress
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.decide.request_more_time import RequestMoreTime
from amends.dispute.decide.ship_replacement import ShipReplacement
from amends.dispute.decide.ship_return import ShipReturn
from amends.dispute.judge import CaseCommand, OnDispute, OnOrder, tag_of
from amends.dispute.money import worth
from amends.dispute.state import Case, Dispute, Finding
from amends.exploring.orders import BUYER, DISPUTE, ORDER, SELLER, slowest_carrier
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role, Side
from amends.order.decide.record_tracking import RecordTracking
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.policy.terms import Remedy, Terms

_MEDIATOR, _OFFICER = Actor("mediator", Role.MEDIATOR), Actor("officer", Role.APPEALS)
_SUPERVISOR, _SECOND = Actor("supervisor", Role.SUPERVISOR), Actor("second", Role.SUPERVISOR)
_CARRIER, _PROVIDER = Actor("carrier", Role.MARKETPLACE), Actor("provider", Role.PROVIDER)
_SIDES: tuple[tuple[Side, Actor], ...] = (("buyer", BUYER), ("seller", SELLER))


class Move(Struct, frozen=True):
    """Commands given in one go: ``by`` whom, and what (the tag of the one that counts), with a
    ``choice`` where it has several, such as the remedy that is offered or awarded."""

    by: str
    what: str
    commands: tuple[tuple[Actor, CaseCommand], ...]
    choice: str = ""


def moves(case: Case, terms: Terms, now: Instant) -> Iterator[Move]:
    """What somebody may try now. The core decides what of it can be done."""
    dispute = case.disputes[DISPUTE]
    match dispute.phase:
        case "awaiting_seller" | "awaiting_buyer":
            yield from _negotiating(case, dispute, terms)
        case "mediation":
            yield from _mediating(case, dispute, terms)
        case "ruled":
            yield from (_of(actor, AcceptRuling()) for _side, actor in _SIDES)
            yield from _appeals(terms)
        case "appeal":
            yield from _appealed(case, dispute, terms)
        case "returning":
            yield from _returning(case, dispute, terms, now)
        case "replacing":
            yield from _replacing(case, dispute, terms, now)
        case _:
            for refund in case.order.refunds.values():
                if refund.under_way:
                    settled = ReportRefundSettled(refund.id, "r")
                    yield Move("provider", tag_of(ReportRefundSettled),
                               ((_PROVIDER, OnOrder(ORDER, settled)),))  # fmt: skip
            if not reopened(dispute):
                yield from _appeals(terms)


def reopened(dispute: Dispute) -> bool:
    """Whether an appeal took up a dispute that was over, or had its money under way.

    It is followed to its end again, and not a third time: each ground is heard once at each step,
    and what follows is the same.
    """
    return any(key.endswith((".refund", ".closed")) for key in dispute.appealed)


def _of(actor: Actor, command: DisputeCommand, choice: str = "") -> Move:
    given = ((actor, OnDispute(ORDER, DISPUTE, command)),)
    return Move(actor.role.value, tag_of(type(command)), given, choice)


def _remedies(dispute: Dispute, terms: Terms) -> tuple[Remedy, ...]:
    """Those of the reason, and money with the goods kept, which is always possible."""
    allowed = terms.reasons[dispute.claim.reason].remedies
    return tuple(dict.fromkeys(("refund", *(one.remedy for one in allowed))))


def _with(remedy: Remedy, case: Case, dispute: Dispute) -> Money:
    """What goes with a remedy: no money beside a replacement, else about all."""
    all_but_one = max(1, worth(case.order, dispute) - 1)
    return case.order.money(0 if remedy == "replacement" else all_but_one)


def _negotiating(case: Case, dispute: Dispute, terms: Terms) -> Iterator[Move]:
    yield _of(SELLER, RequestMoreTime("-"))
    for remedy in _remedies(dispute, terms):
        yield _of(SELLER, MakeOffer(remedy, _with(remedy, case, dispute), "-"), remedy)
    yield _of(SELLER, MakeOffer("refund", case.order.money(0), "-"), "nothing")
    claimed = case.order.money(dispute.claim.amount)
    yield _of(BUYER, MakeOffer(dispute.claim.remedy, claimed, "-"), dispute.claim.remedy)
    yield _of(BUYER, CancelDispute())
    for side, actor in _SIDES:
        yield from _accepting(case, dispute, side, actor)
        yield from (_of(actor, DeclineOffer(o.id, "-")) for o in dispute.offers
                    if o.status == "standing" and o.by != side)  # fmt: skip
        yield _of(actor, Escalate())


def _accepting(case: Case, dispute: Dispute, side: Side, actor: Actor) -> Iterator[Move]:
    for offer in dispute.offers:
        if offer.status == "standing" and offer.by != side:
            choice = offer.remedy if offer.amount or offer.remedy == "replacement" else "nothing"
            yield _of(actor, AcceptOffer(offer.id, case.order.money(offer.amount)), choice)


def _mediating(case: Case, dispute: Dispute, terms: Terms) -> Iterator[Move]:
    yield _of(BUYER, CancelDispute())
    for side, actor in _SIDES:
        yield from _accepting(case, dispute, side, actor)
        yield _of(actor, AnswerInformation("-"))
    take: tuple[tuple[Actor, CaseCommand], ...] = ()
    if dispute.mediator is None:
        taken = AssignMediator(_MEDIATOR.person)
        take = ((_SUPERVISOR, OnDispute(ORDER, DISPUTE, taken)),)
    for move in _deciding(case, dispute, terms, _MEDIATOR):
        yield Move(move.by, move.what, (*take, *move.commands), move.choice)


def _appealed(case: Case, dispute: Dispute, terms: Terms) -> Iterator[Move]:
    for side, actor in _SIDES:
        yield from _accepting(case, dispute, side, actor)
        yield _of(actor, AnswerInformation("-"))
    yield _of(_OFFICER, DecideAppeal("upheld", "-"), "upheld")
    yield from _deciding(case, dispute, terms, _OFFICER)


def _deciding(case: Case, dispute: Dispute, terms: Terms, actor: Actor) -> Iterator[Move]:
    """A question to a side, or a decision: by one person, and by two where it is a large one."""
    for side, _actor in _SIDES:
        yield _of(actor, RequestInformation(side, "-"), side)
    clauses, reasons = (dispute.claim.reason,), terms.ruling_reasons[:1]
    decisions: list[tuple[Finding, Remedy, Money]] = [("for_seller", "refund", case.order.money(0))]
    for remedy in _remedies(dispute, terms):
        decisions.append(("for_buyer", remedy, _with(remedy, case, dispute)))
    for finding, remedy, awarded in decisions:
        choice = remedy if finding == "for_buyer" else "nothing"
        if actor is _OFFICER:
            changed = DecideAppeal(
                "changed", "-", remedy, finding, reasons, clauses, awarded, no_evidence=True
            )
            yield _of(actor, changed, choice)
        else:
            ruling = IssueRuling(remedy, finding, reasons, "-", clauses, awarded, no_evidence=True)
            yield _of(actor, ruling, choice)
        proposed = ProposeRuling(remedy, finding, reasons, "-", clauses, awarded, no_evidence=True)
        if terms.platform.large_times is not None:
            approved = (_SECOND, OnDispute(ORDER, DISPUTE, ApproveRuling()))
            move = _of(actor, proposed, choice)
            yield Move(move.by, move.what, (*move.commands, approved), choice)


def _appeals(terms: Terms) -> Iterator[Move]:
    appeals = terms.appeals
    for grounds in (*appeals.grounds_in_window, *appeals.grounds_any_time):
        for _side, actor in _SIDES:
            yield _of(actor, FileAppeal(grounds, "-"), grounds)


def _returning(case: Case, dispute: Dispute, terms: Terms, now: Instant) -> Iterator[Move]:
    back = dispute.return_
    number = f"N{len(case.order.parcels)}"
    yield _of(SELLER, ProvideReturnAddress({"street": "-"}))
    yield _of(BUYER, ShipReturn(slowest_carrier(terms), number))
    if back is not None and back.parcel:
        yield from _arriving(case, back.parcel, now)
    yield _of(SELLER, InspectReturn("as_sent"), "as_sent")
    yield _of(SELLER, InspectReturn("damaged", note="-"), "damaged")
    yield _of(SELLER, InspectReturn("damaged", case.order.money(1), "-"), "less")
    yield _of(BUYER, ContestReturn("-"))
    for side, actor in _SIDES:
        yield from _accepting(case, dispute, side, actor)
    yield from _appeals(terms)


def _replacing(case: Case, dispute: Dispute, terms: Terms, now: Instant) -> Iterator[Move]:
    number = f"N{len(case.order.parcels)}"
    yield _of(SELLER, ShipReplacement(slowest_carrier(terms), number))
    sent = dispute.replacement
    if sent is not None and sent.parcel:
        yield from _arriving(case, sent.parcel, now)
    yield _of(BUYER, ConfirmReplacement())
    yield from _appeals(terms)


def _arriving(case: Case, parcel: str, now: Instant) -> Iterator[Move]:
    number = next(p.tracking_number for p in case.order.parcels if p.id == parcel)
    arrived = RecordTracking(number, "delivered", now)
    yield Move("carrier", tag_of(RecordTracking), ((_CARRIER, OnOrder(ORDER, arrived)),))
