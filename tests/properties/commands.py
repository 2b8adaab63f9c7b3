"""Commands at random: likely ones and unlikely ones, drawn from what a case holds.

A drawn command fits its struct; whether it fits the case is for the decision to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, get_args

import msgspec
from hypothesis import strategies as st

from amends.dispute.decide import DisputeCommand
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.state import Case, Dispute
from amends.kernel.instants import Instant
from amends.kernel.people import CLOCK, Actor, Role
from amends.order.decide import OrderCommand
from amends.order.state import DifferenceKind
from amends.policy.terms import Terms
from tests.given import (
    ADMIN,
    APPEALS,
    BUYER,
    FINANCE,
    MEDIATOR,
    PROVIDER,
    SELLER,
    SHOP,
    SUPERVISOR,
    SUPPORT,
)  # fmt: skip

ACTORS = (
    BUYER, SELLER, SHOP, MEDIATOR, APPEALS, SUPERVISOR, SUPPORT, FINANCE, PROVIDER, ADMIN,
    CLOCK, Actor("b2", Role.BUYER), Actor("m2", Role.MEDIATOR), Actor("b1", Role.MEDIATOR),
)  # fmt: skip
REMEDIES = ("refund", "return_and_refund", "replacement", "repair_cost")
STATUSES = ("in_transit", "delivered", "failed_attempt", "lost", "returned_to_sender")
Draw = Any  # hypothesis' draw function


def order_command(draw: Draw, case: Case, name: str, now: Instant) -> OrderCommand | OpenDispute:
    """A command on the order called ``name``."""
    body = {"type": name, **_of_order(draw, case, name, now)}
    command: OrderCommand | OpenDispute = msgspec.convert(body, OrderCommand | OpenDispute)
    return command


def dispute_command(
    draw: Draw, case: Case, dispute: Dispute, name: str, terms: Terms
) -> DisputeCommand:
    """A command on ``dispute`` called ``name``."""
    body = {"type": name, **_of_dispute(draw, case, dispute, name, terms)}
    command: DisputeCommand = msgspec.convert(body, DisputeCommand)
    return command


def _money(draw: Draw, case: Case, *, least: int = 0) -> dict[str, Any]:
    captured = case.order.captured
    amounts = st.one_of(
        st.sampled_from([least, 1, captured // 2, captured - 1, captured, captured + 1]),
        st.integers(least, captured),
    )
    return {"amount": max(least, draw(amounts)), "currency": case.order.currency}


def _past(draw: Draw, now: Instant) -> Instant:
    return now - timedelta(hours=draw(st.integers(0, 72)))


def _evidence(draw: Draw, case: Case) -> list[str]:
    """Mostly one person's own, as a command wants it."""
    owner = draw(st.sampled_from(["b1", "s1", ""]))
    known = sorted(k for k, e in case.order.evidence.items() if not owner or e.by == owner)
    return draw(st.lists(st.sampled_from(known), max_size=2, unique=True)) if known else []


def _lines(draw: Draw, case: Case) -> list[dict[str, Any]]:
    lines = case.order.lines
    chosen = draw(st.lists(st.sampled_from(lines), max_size=len(lines), unique=True))
    return [{"line": line.id, "quantity": draw(st.integers(1, line.quantity))} for line in chosen]


def _refund(draw: Draw, case: Case) -> str:
    known = sorted(case.order.refunds) or ["A-1001-R9"]
    return str(draw(st.sampled_from(known)))


def _known(draw: Draw, known: Mapping[str, object]) -> str:
    return str(draw(st.sampled_from(sorted(known) or ["A-1001-X9"])))


def _difference(draw: Draw, case: Case) -> dict[str, Any]:
    """One that can be about a refund of the order, or about none."""
    kind = draw(st.sampled_from(get_args(DifferenceKind)))
    refund = case.order.refunds.get(_refund(draw, case))
    if kind in ("not_recorded", "captured_less") or refund is None:
        about = f"re_{draw(st.integers(5, 7))}"
        return {"kind": kind, "about": about, "theirs": _money(draw, case, least=1)}
    ours = {"amount": refund.amount, "currency": case.order.currency}
    if kind == "not_at_provider":
        return {"kind": kind, "about": refund.id, "ours": ours}
    theirs = _money(draw, case, least=1)
    if kind == "not_settled_here":
        theirs = ours
    if kind == "booked_twice":
        theirs = {**ours, "amount": 2 * refund.amount}
    return {"kind": kind, "about": refund.id, "ours": ours, "theirs": theirs}


def _number(draw: Draw, case: Case) -> str:
    known = [p.tracking_number for p in case.order.parcels] or ["NONE"]
    return str(draw(st.sampled_from(known)))


def _new_number(draw: Draw, case: Case) -> str:
    return f"N{len(case.order.parcels)}X{draw(st.integers(0, 1))}"


def _of_order(draw: Draw, case: Case, name: str, now: Instant) -> dict[str, Any]:
    match name:
        case "open_dispute":
            received = draw(st.booleans())
            reasons = ["not_received", "late"] if not received else [
                "not_as_described", "damaged", "defective", "missing_parts", "changed_mind", "late",
            ]  # fmt: skip
            body: dict[str, Any] = {
                "received": received,
                "reason": draw(st.sampled_from(reasons)),
                "remedy": draw(st.sampled_from(REMEDIES[:3])),
                "lines": _lines(draw, case),
                "description": "It is not what was shown.",
                "evidence": _evidence(draw, case),
            }
            if draw(st.booleans()):
                body["amount"] = _money(draw, case)
            return body
        case "ship_order":
            return {
                "carrier": draw(st.sampled_from(["DHL", "China Post", "Nobody's Post"])),
                "tracking_number": _new_number(draw, case),
                "lines": _lines(draw, case),
                "at": _past(draw, now),
            }
        case "record_tracking":
            return {
                "tracking_number": _number(draw, case),
                "status": draw(st.sampled_from(STATUSES)),
                "at": _past(draw, now),
            }
        case "send_message":
            return {"text": "Hello?", "to_support": draw(st.booleans())}
        case "leave_feedback":
            return {"stars": draw(st.integers(1, 5)), "text": "Fine."}
        case "record_contact":
            waiting = ["", *(r.id for r in case.order.requests)]
            later = draw(st.sampled_from([None, now + timedelta(days=2)]))
            return {
                "channel": "phone",
                "with_side": "buyer",
                "text": "Called.",
                "follow_up": later,
                "answers": draw(st.sampled_from(waiting)),
            }
        case "raise_to_supervisor":
            return {"text": "Please look."}
        case "take_raised" | "answer_raised":
            known = [r.id for r in case.order.requests] or ["R1"]
            answer = {"text": "Looked again."} if name == "answer_raised" else {}
            return {"request": draw(st.sampled_from(known)), **answer}
        case "open_goodwill_case":
            return {"reason": "We are sorry.", "budget": _money(draw, case, least=1)}
        case "hold_funds" | "release_funds":
            return {"reason": "Looking into it."}
        case "record_chargeback":
            number = draw(st.integers(1, 2))
            until = draw(st.sampled_from([None, now + timedelta(days=7)]))
            amount = _money(draw, case, least=1)
            return {"reference": f"cb_{number}", "amount": amount, "evidence_until": until}
        case "record_chargeback_answer":
            return {"reference": f"cb_{draw(st.integers(1, 2))}"}
        case "record_chargeback_outcome":
            outcome = draw(st.sampled_from(["won", "lost"]))
            return {"reference": f"cb_{draw(st.integers(1, 2))}", "outcome": outcome}
        case "refund_settled":
            return {"refund": _refund(draw, case), "provider_ref": "re_1"}
        case "refund_failed":
            return {"refund": _refund(draw, case), "reason": "expired_card"}
        case "refund_sent" | "refund_pending" | "refund_unknown":
            return {"refund": _refund(draw, case)}
        case "record_difference":
            return _difference(draw, case)
        case "record_agreement":
            return {"difference": _known(draw, case.order.differences)}
        case "resolve_difference":
            return {
                "difference": _known(draw, case.order.differences),
                "resolution": draw(st.sampled_from(["explained", "count_as_refund", "send_again"])),
                "reason": "Looked at it there.",
                "reference": draw(st.sampled_from(["", "re_8"])),
                "refund": draw(st.sampled_from(["", *sorted(case.order.refunds)])),
                "paid_by": draw(st.sampled_from(["seller", "platform"])),
            }
        case "report_missing_money":
            return {"refund": _refund(draw, case), "evidence": _evidence(draw, case)}
        case "choose_refund_route":
            return {"refund": _refund(draw, case), "route": "bank_transfer", "details": "IBAN."}
        case "record_trace":
            outcomes = ["arrived", "not_arrived", "paid_another_way", "retry"]
            return {
                "refund": _refund(draw, case),
                "outcome": draw(st.sampled_from(outcomes)),
                "note": "Asked the bank.",
            }
        case "upload_evidence":
            return {
                "kind": "photo",
                "media_type": "image/jpeg",
                "digest": "0" * 64,
                "file_key": "k1",
                "name": "photo.jpg",
            }
        case "open_evidence" | "withdraw_evidence":
            known = sorted(case.order.evidence) or ["E9"]
            return {"evidence": draw(st.sampled_from(known))}
        case "amend_order":
            return {"promised_by": now + timedelta(days=3)}
        case _:
            return {}


def _of_dispute(
    draw: Draw, case: Case, dispute: Dispute, name: str, terms: Terms
) -> dict[str, Any]:
    note = {"note": "Because."}
    match name:
        case "make_offer" | "propose_settlement":
            remedy = draw(st.sampled_from(REMEDIES))
            return {"remedy": remedy, "amount": _money(draw, case), **note}
        case "accept_offer" | "decline_offer":
            offer = draw(st.sampled_from(dispute.offers))
            if name == "decline_offer":
                return {"offer": offer.id, **note}
            amount = {"amount": offer.amount, "currency": case.order.currency}
            return {"offer": offer.id, "amount": amount}
        case "escalate" | "request_more_time" | "recuse":
            return note
        case "add_evidence":
            return {"evidence": _evidence(draw, case)}
        case "assign_mediator":
            return {"mediator": draw(st.sampled_from(["m1", "m2", "b1"]))}
        case "assign_appeals_officer":
            return {"officer": draw(st.sampled_from(["a1", "m1", "s1"]))}
        case "request_information":
            side = draw(st.sampled_from(["buyer", "seller"]))
            return {"of": side, "question": "Which size is it?"}
        case "answer_information":
            return {"answer": "M.", "evidence": _evidence(draw, case)}
        case "issue_ruling" | "propose_ruling":
            return _ruling(draw, case, dispute, terms)
        case "send_back_ruling":
            return {"note": "Think of the postage."}
        case "appeal":
            grounds = ["new_evidence", "named_error", "money_did_not_come", "did_not_comply"]
            return {
                "grounds": draw(st.sampled_from(grounds)),
                "text": "Look again.",
                "evidence": _evidence(draw, case),
            }
        case "decide_appeal":
            decision = draw(st.sampled_from(["upheld", "changed"]))
            if decision == "upheld":
                return {"decision": decision, "text": "It stands."}
            return {"decision": decision, **_ruling(draw, case, dispute, terms)}
        case "provide_return_address":
            return {
                "address": {
                    "name": "Blouse House",
                    "street": "1 Silk Road",
                    "city": "Hangzhou",
                    "postcode": "310000",
                    "country": "CN",
                }
            }
        case "ship_return" | "ship_replacement":
            return {"carrier": "DHL", "tracking_number": _new_number(draw, case)}
        case "inspect_return":
            condition = draw(st.sampled_from(["as_sent", "damaged", "empty"]))
            body: dict[str, Any] = {"condition": condition, **note}
            if condition != "as_sent" and draw(st.booleans()):
                body["amount"] = _money(draw, case)
            return body
        case "report_unassigned":
            return {"because": draw(st.sampled_from((["judge_absent"], ["no_room", "no_skill"])))}
        case "write_note":
            return {"text": "Ask for the label."}
        case "contest_return":
            return {"text": "It was whole."}
        case _:
            return {}


def _ruling(draw: Draw, case: Case, dispute: Dispute, terms: Terms) -> dict[str, Any]:
    put = sorted(k for k, e in case.order.evidence.items() if dispute.id in e.disputes)
    cited = draw(st.lists(st.sampled_from(put), max_size=2, unique=True)) if put else []
    finding = draw(st.sampled_from(["for_buyer", "for_seller", "split"]))
    amount = _money(draw, case)
    if finding == "for_seller":
        amount = {"amount": 0, "currency": case.order.currency}
    return {
        "remedy": "refund" if finding == "for_seller" else draw(st.sampled_from(REMEDIES)),
        "amount": amount,
        "finding": finding,
        "reasons": [draw(st.sampled_from(terms.ruling_reasons))],
        "text": "We looked at both sides.",
        "clauses": [dispute.claim.reason],
        "evidence": cited,
        "no_evidence": not cited,
    }
