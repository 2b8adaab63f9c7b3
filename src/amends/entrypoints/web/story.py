"""What happened in a dispute, one sentence per event."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from amends.entrypoints.views.structs import EventView
from amends.entrypoints.web.forms.labels import code_in_words
from amends.entrypoints.web.language import mark
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.wording import OUTCOMES, TURNS
from amends.entrypoints.words import formatting
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.policy.wording import Wording

# Who is put in as {who}; other braces are filled by ``_facts``.
SENTENCES: dict[str, str] = {
    "dispute_opened": mark("The buyer opened the dispute and asked for this: {claim}."),
    "evidence_added": mark("{who} added evidence: {evidence}."),
    "offer_made": mark("{who} made an offer: {offer}."),
    "offer_declined": mark("{who} declined an offer."),
    "offer_agreed": mark("{who} agreed to the platform's proposal; the other side is still asked."),
    "offer_accepted": mark("{who} accepted an offer. That is final."),
    "more_time_given": mark("The seller asked for more time and got it."),
    "escalated": mark("The case went to a mediator."),
    "delivery_noted": mark(
        "The carrier reported the parcel as delivered. Nothing is decided by it."
    ),
    "dispute_reminded": mark("A reminder was sent to {turn}: the step is due {due}."),
    "turn_extended": mark("Our service was down, so the time was extended to {due}."),
    "mediator_assigned": mark("A mediator took the case."),
    "appeals_officer_assigned": mark("An appeals officer took the case."),
    "recused": mark("Whoever had the case gave it back; somebody else takes it."),
    "information_requested": mark("A question was put to {asked}."),
    "information_answered": mark("{who} answered the question."),
    "information_missed": mark("The question was not answered in time; the case goes on."),
    "ruling_missed": mark("No ruling came in time. A supervisor took over."),
    "operator_alarmed": mark("Operators were told that the case needs a person."),
    "ruling_issued": mark("The ruling was issued: {ruling}."),
    "ruling_accepted": mark("{who} accepted the ruling."),
    "appeal_filed": mark("{who} appealed."),
    "appeal_missed": mark("The appeal was not decided in time. A supervisor took over."),
    "appeal_decided": mark("The appeal was decided: {decision}."),
    "effect_started": mark("What was decided is being carried out: {effect}."),
    "step_resumed": mark("The appeal was turned down and the step goes on."),
    "return_address_given": mark("The seller gave the address to send the goods to."),
    "return_shipped": mark("The buyer sent the goods back."),
    "return_delivered": mark("The goods arrived at the seller's."),
    "return_inspected": mark("The goods were inspected: {condition}."),
    "replacement_shipped": mark("The seller sent a replacement."),
    "replacement_delivered": mark("The replacement arrived, says the carrier."),
    "dispute_closed": mark("The dispute ended: {outcome}."),
    "parcel_sent": mark("A parcel was sent by {carrier}."),
    "tracking_recorded": mark("The carrier reported: {status}."),
    "refund_recorded": mark("A refund of {refund} was instructed."),
    "refund_unknown": mark("The payment provider gave no clear answer; it is being asked."),
    "refund_settled": mark("The payment provider sent the refund back."),
    "refund_failed": mark("The refund did not go through."),
    "missing_money_reported": mark("The buyer reported that the money has not come."),
    "trace_recorded": mark("Finance traced the refund: {traced}."),
}
_ENDS = ("dispute_closed", "ruling_issued", "appeal_decided", "offer_accepted", "refund_settled")
_PERSONS = {
    "buyer": mark("The buyer"),
    "seller": mark("The seller"),
    "mediator": mark("The mediator"),
    "appeals": mark("The appeals officer"),
    "supervisor": mark("The supervisor"),
    "support": mark("Support"),
    "finance": mark("Finance"),
    "marketplace": mark("The marketplace"),
    "clock": mark("The platform"),
    "platform": mark("The platform"),
}


class Told(Struct, frozen=True):
    """An event in a sentence, with what was written, if anything was."""

    at: Instant
    sentence: str
    said: str
    end: bool


class _Facts(dict[str, str]):
    """A fact an event does not carry for this reader is left open."""

    def __missing__(self, key: str) -> str:
        return "…"


def told(event: EventView, currency: str, wording: Wording) -> Told:
    """The event as a sentence."""
    pattern = SENTENCES.get(event.type)
    sentence = _(pattern).format_map(_facts(event, currency, wording)) if pattern else ""
    said = [
        event.data[name]
        for name in ("note", "description", "question", "answer", "text", "reason")
        if isinstance(event.data.get(name), str) and name in _SAID.get(event.type, ())
    ]
    return Told(event.at, sentence or code_in_words(event.type), "\n".join(said),
                event.type in _ENDS)  # fmt: skip


_SAID: dict[str, tuple[str, ...]] = {
    "offer_declined": ("note",),
    "escalated": ("note",),
    "information_requested": ("question",),
    "information_answered": ("answer",),
    "return_inspected": ("note",),
    "evidence_added": ("note",),
}


def _facts(event: EventView, currency: str, wording: Wording) -> _Facts:
    data = event.data

    def amount_of(part: Any) -> str:
        if not isinstance(part, dict):
            return "…"
        if part.get("remedy") == "refund" and not part.get("amount"):
            return _("no refund")
        remedy, amount = wording.remedy(str(part.get("remedy", ""))), part.get("amount", 0)
        paid = formatting.money(Money(amount, currency))
        return f"{remedy}, {paid}" if amount else remedy

    facts = {
        "who": _(_PERSONS.get(event.by, code_in_words(event.by))),
        "claim": amount_of(data.get("claim")),
        "offer": amount_of(data.get("offer")),
        "effect": amount_of(data.get("effect")),
        "ruling": amount_of(data.get("ruling")),
        "evidence": ", ".join(map(str, data.get("evidence") or ())),
        "turn": _(TURNS.get(str(data.get("turn")), "")),
        "outcome": _(OUTCOMES.get(str(data.get("outcome")), "")).lower(),
        "condition": code_in_words(str(data.get("condition", ""))).lower(),
        "status": code_in_words(str(data.get("status", ""))).lower(),
        "traced": code_in_words(str(data.get("outcome", ""))).lower(),
    }
    if isinstance(due := data.get("due"), str):
        facts["due"] = formatting.instant(Instant.fromisoformat(due))
    if isinstance(asked := data.get("request"), dict):
        facts["asked"] = _(TURNS.get(str(asked.get("of")), ""))
    if isinstance(appeal := data.get("appeal"), dict):
        facts["decision"] = code_in_words(str(appeal.get("decided", ""))).lower()
    if isinstance(parcel := data.get("parcel"), dict):
        facts["carrier"] = str(parcel.get("carrier", ""))
    if isinstance(refund := data.get("refund"), dict):
        facts["refund"] = formatting.money(Money(refund.get("amount", 0), currency))
    return _Facts(facts)
