"""A dispute as the asker may see it."""

from __future__ import annotations

from typing import TypeVar

from msgspec import UNSET, Struct
from msgspec.structs import replace

from amends.dispute.judge import Option, dispute_options, order_options
from amends.dispute.state import Appeal, Claim, Dispute, LineRuling, Offer, Ruling
from amends.entrypoints.views.asking import Looking, option_view
from amends.entrypoints.views.clocks import deadline_view
from amends.entrypoints.views.proofs import chargeback_views, evidence_view, quantities, refund_view
from amends.entrypoints.views.structs import (
    AppealView,
    ClaimView,
    DisputeView,
    EvidenceView,
    InformationView,
    LineRulingView,
    OfferView,
    PolicyRef,
    ReplacementView,
    ReturnView,
    RulingView,
)
from amends.entrypoints.views.warnings import warnings_of
from amends.order.decide.report_missing_money import ReportMissingMoney
from amends.order.proof import sees_evidence
from amends.order.state import Parcel

# Commands on the order that are offered, and taken, where the dispute is.
ON_ORDER = ("report_missing_money", "withdraw_evidence")
OnOrderT = TypeVar("OnOrderT", bound=Struct)


def dispute_view(looking: Looking, dispute: Dispute) -> DisputeView:
    """The whole dispute, as far as the asker may see it."""
    order, terms, words = looking.case.order, looking.terms, looking.words
    return DisputeView(
        id=dispute.id,
        order=order.id,
        phase=dispute.phase,
        turn=dispute.turn,
        outcome=dispute.outcome if dispute.phase == "closed" else None,
        opened_at=dispute.opened_at,
        closed_at=dispute.closed_at,
        claim=_claim(looking, dispute.claim),
        offers=tuple(_offer(looking, dispute, offer) for offer in dispute.offers),
        evidence=_evidence(looking, dispute),
        deadlines=tuple(deadline_view(clock, terms, words) for clock in dispute.deadlines),
        information=_information(looking, dispute),
        ruling=_ruling(looking, dispute, dispute.ruling) if dispute.ruling else None,
        appeal=_appeal(looking, dispute.appeal) if dispute.appeal else None,
        return_=_return(looking, dispute),
        replacement=_replacement(looking, dispute),
        refunds=tuple(
            refund_view(looking, refund)
            for refund in order.refunds.values()
            if refund.dispute == dispute.id
        ),
        chargebacks=chargeback_views(order),
        policy=PolicyRef(id=order.pack.id, version=order.pack.version),
        version=dispute.version,
        options=tuple(option_view(option, words) for option in _options(looking, dispute)),
        mediated=dispute.mediator is not None,
        mediator=looking.for_staff(dispute.mediator),
        officer=looking.for_staff(dispute.officer),
        proposed=(
            _ruling(looking, dispute, dispute.proposed.ruling)
            if dispute.proposed and looking.staff
            else UNSET
        ),
    )


def in_dispute(command: OnOrderT, dispute: str) -> OnOrderT:
    """A command on the order as it is given where the dispute is: about what is its own."""
    if isinstance(command, ReportMissingMoney) and not command.dispute:
        return replace(command, dispute=dispute)
    return command


def _options(looking: Looking, dispute: Dispute) -> tuple[Option, ...]:
    case, by, terms, stamp = looking.case, looking.by, looking.terms, looking.stamp
    return (
        *dispute_options(case, dispute, by, terms, stamp),
        *order_options(case, by, terms, stamp, only=ON_ORDER, dispute=dispute.id),
    )


def _claim(looking: Looking, claim: Claim) -> ClaimView:
    texts = looking.texts
    return ClaimView(
        received=claim.received,
        reason=claim.reason,
        remedy=claim.remedy,
        amount=looking.case.order.money(claim.amount),
        lines=quantities(claim.lines),
        description=texts.get(claim.description_ref),
        tried_to_settle=texts.get(claim.tried_ref),
        erased=texts.erased(claim.description_ref, claim.tried_ref),
    )


def _offer(looking: Looking, dispute: Dispute, offer: Offer) -> OfferView:
    # Nobody can accept it any more, unless an appeal opens the dispute again.
    over = dispute.phase == "closed" and offer.status == "standing"
    note = looking.texts.get(offer.note_ref)
    return OfferView(
        id=offer.id,
        by=offer.by,
        remedy=offer.remedy,
        amount=looking.case.order.money(offer.amount),
        note=note,
        status="lapsed" if over else offer.status,
        at=offer.at,
        agreed_by=offer.agreed_by,
        return_postage_paid_by=offer.return_paid_by,
        erased=looking.texts.erased(offer.note_ref),
        warnings=warnings_of(looking, note, offer.by, offer.at),
    )


def _evidence(looking: Looking, dispute: Dispute) -> tuple[EvidenceView, ...]:
    put = [e for e in looking.case.order.evidence.values() if dispute.id in e.disputes]
    return tuple(evidence_view(looking, proof) for proof in put if sees_evidence(proof, looking.by))


def _information(looking: Looking, dispute: Dispute) -> InformationView | None:
    asked = dispute.information
    if asked is None:
        return None
    return InformationView(
        of=asked.of,
        question=looking.texts.get(asked.question_ref),
        at=asked.at,
        erased=looking.texts.erased(asked.question_ref),
    )


def _ruling(looking: Looking, dispute: Dispute, ruling: Ruling) -> RulingView:
    money = looking.case.order.money
    return RulingView(
        at=ruling.at,
        finding=ruling.finding,
        remedy=ruling.remedy,
        amount=money(ruling.amount),
        reasons=ruling.reasons,
        clauses=ruling.clauses,
        evidence=ruling.evidence,
        no_evidence=ruling.no_evidence,
        text=looking.texts.get(ruling.text_ref),
        return_postage_paid_by=ruling.return_paid_by,
        lines=tuple(_line_ruling(looking, ruling, part) for part in ruling.lines),
        accepted_by=dispute.ruling_accepted_by,
        by=ruling.by if looking.staff else UNSET,
        approved_by=ruling.approved_by or UNSET if looking.staff else UNSET,
        erased=looking.texts.erased(ruling.text_ref, *(part.text_ref for part in ruling.lines)),
    )


def _line_ruling(looking: Looking, ruling: Ruling, part: LineRuling) -> LineRulingView:
    own = bool(part.reasons)  # an older ruling's lines rest on what the whole names
    return LineRulingView(
        line=part.line,
        finding=part.finding,
        remedy=part.remedy,
        amount=looking.case.order.money(part.amount),
        reasons=part.reasons if own else ruling.reasons,
        clauses=part.clauses if own else ruling.clauses,
        evidence=part.evidence if own else ruling.evidence,
        text=looking.texts.get(part.text_ref),
    )


def _appeal(looking: Looking, appeal: Appeal) -> AppealView:
    texts = looking.texts
    return AppealView(
        by=appeal.by,
        grounds=appeal.grounds,
        text=texts.get(appeal.text_ref),
        at=appeal.at,
        evidence=appeal.evidence,
        decision=appeal.decided or None,
        decision_text=texts.get(appeal.decided_ref),
        decided_by=appeal.decided_by if looking.staff and appeal.decided_by else UNSET,
        erased=texts.erased(appeal.text_ref, appeal.decided_ref),
    )


def _parcel(looking: Looking, parcel_id: str) -> Parcel | None:
    parcels = looking.case.order.parcels
    return next((parcel for parcel in parcels if parcel.id == parcel_id), None)


def _return(looking: Looking, dispute: Dispute) -> ReturnView | None:
    back = dispute.return_
    if back is None:
        return None
    parcel, texts = _parcel(looking, back.parcel), looking.texts
    return ReturnView(
        paid_by=back.paid_by,
        address=texts.json(back.address_ref),
        carrier=parcel.carrier if parcel else None,
        tracking_number=parcel.tracking_number if parcel else None,
        shipped_at=parcel.shipped_at if parcel else None,
        delivered_at=back.delivered_at,
        condition=back.condition,
        inspected_at=back.inspected_at,
        note=texts.get(back.note_ref),
        erased=texts.erased(back.address_ref, back.note_ref),
    )


def _replacement(looking: Looking, dispute: Dispute) -> ReplacementView | None:
    sent = dispute.replacement
    if sent is None:
        return None
    parcel = _parcel(looking, sent.parcel)
    return ReplacementView(
        carrier=parcel.carrier if parcel else None,
        tracking_number=parcel.tracking_number if parcel else None,
        shipped_at=parcel.shipped_at if parcel else None,
        delivered_at=sent.delivered_at,
    )
