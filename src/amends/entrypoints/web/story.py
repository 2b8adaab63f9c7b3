"""What happened in a dispute, one sentence per event."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from amends.entrypoints.views.structs import EventView
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.language import words_now
from amends.entrypoints.words import formatting
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.policy.wording import Wording


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
    words = words_now().event(event.type)
    said = [event.data[name] for name in words.quotes if isinstance(event.data.get(name), str)]
    sentence = words.sentence.format_map(_facts(event, currency, wording))
    return Told(event.at, sentence, "\n".join(said), words.end)


def _facts(event: EventView, currency: str, wording: Wording) -> _Facts:
    data, words = event.data, words_now()

    def amount_of(part: Any) -> str:
        if not isinstance(part, dict):
            return "…"
        if part.get("remedy") == "refund" and not part.get("amount"):
            return _("no refund")
        remedy, amount = wording.remedy(str(part.get("remedy", ""))), part.get("amount", 0)
        paid = formatting.money(Money(amount, currency))
        return _("{remedy}, {amount}").format(remedy=remedy, amount=paid) if amount else remedy

    facts = {
        "who": words.person(event.by),
        "claim": amount_of(data.get("claim")),
        "offer": amount_of(data.get("offer")),
        "effect": amount_of(data.get("effect")),
        "ruling": amount_of(data.get("ruling")),
        "proposed": amount_of((data.get("proposed") or {}).get("ruling")),
        "evidence": ", ".join(map(str, data.get("evidence") or ())),
        "step": words.step(str(data.get("what", ""))),
        "turn": words.turns.get(str(data.get("turn")), ""),
        "outcome": words.outcomes.get(str(data.get("outcome")), "").lower(),
        "condition": words.label(str(data.get("condition", ""))).lower(),
        "status": words.label(str(data.get("status", ""))).lower(),
        "traced": words.label(str(data.get("outcome", ""))).lower(),
    }
    if isinstance(due := data.get("due"), str):
        facts["due"] = formatting.instant(Instant.fromisoformat(due))
    if isinstance(asked := data.get("request"), dict):
        facts["asked"] = words.turns.get(str(asked.get("of")), "")
    if isinstance(appeal := data.get("appeal"), dict):
        facts["decision"] = words.label(str(appeal.get("decided", ""))).lower()
    if isinstance(parcel := data.get("parcel"), dict):
        facts["carrier"] = str(parcel.get("carrier", ""))
    if isinstance(refund := data.get("refund"), dict):
        facts["refund"] = formatting.money(Money(refund.get("amount", 0), currency))
    return _Facts(facts)
