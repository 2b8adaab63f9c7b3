"""A ruling above somebody's limit: proposed, unseen by the parties, issued by another."""

from __future__ import annotations

from typing import Any

from amends.engine.check import check
from amends.engine.staff import StaffAccount
from amends.kernel.people import Member, Role
from tests.entrypoints.sandbox import BUYER, MEDIATOR, SELLER, SUPERVISOR, Json, Shop, rub

D = "A-1001-D1"
RULING: dict[str, Any] = {
    "remedy": "refund", "amount": rub(72_000), "finding": "for_buyer",
    "reasons": ["item_differs_from_listing"], "text": "The chart says M.",
    "clauses": ["not_as_described"], "evidence": [], "no_evidence": True,
}  # fmt: skip


def with_limits(shop: Shop, **limits: int) -> None:
    member = Member("m1", Role.MEDIATOR, limits=limits)
    account = StaffAccount(member, "Mia", "mia@amends.example", shop.service.clock.now())
    shop.service.store.staff.add(account)


def in_mediation(shop: Shop) -> None:
    """The queue gives it to the only mediator there is."""
    shop.disputed()
    shop.move_to("2026-03-15T12:00:00Z")
    assert shop.get(f"/disputes/{D}", SUPERVISOR)["mediator"] == "m1"


def option(dispute: Json, command: str) -> Json:
    found: Json = next(o for o in dispute["options"] if o["type"] == command)
    return found


def test_what_is_above_a_limit_is_refused_with_the_way_on(shop: Shop) -> None:
    with_limits(shop, RUB=50_000)
    in_mediation(shop)
    no = shop.on(D, "issue_ruling", MEDIATOR, 409, **RULING)
    assert no["rule"] == "above_own_limit"
    assert no["detail"] == "RUB 720.00 is more than you may award alone, RUB 500.00."
    assert no["next"] == ["Propose the ruling: a supervisor reads it and issues it."]
    shop.on(D, "issue_ruling", MEDIATOR, **{**RULING, "amount": rub(50_000), "finding": "split"})


def test_a_proposal_is_seen_by_staff_only_until_it_is_issued(shop: Shop) -> None:
    with_limits(shop, RUB=50_000)
    in_mediation(shop)
    proposed = shop.on(D, "propose_ruling", MEDIATOR, **RULING)
    assert proposed["turn"] == "supervisor"
    assert proposed["proposed"]["text"] == "The chart says M."
    assert proposed["proposed"]["by"] == "m1"
    for who in (BUYER, SELLER):
        seen = shop.dispute(D, who)
        assert "proposed" not in seen
        assert seen["ruling"] is None
        events = shop.get(f"/disputes/{D}/events", who)["items"]
        assert "ruling_proposed" not in {event["type"] for event in events}
        assert "The chart says M." not in str(seen) + str(events)
    assert option(shop.dispute(D, SUPERVISOR), "approve_ruling")["allowed"]
    issued = shop.on(D, "approve_ruling", SUPERVISOR)
    assert issued["phase"] == "ruled"
    assert (issued["ruling"]["by"], issued["ruling"]["approved_by"]) == ("m1", "v1")
    for who in (BUYER, SELLER):
        ruling = shop.dispute(D, who)["ruling"]
        assert ruling["text"] == "The chart says M."
        assert "by" not in ruling
        assert "approved_by" not in ruling
        events = shop.get(f"/disputes/{D}/events", who)["items"]
        assert "approved_by" not in str(events)


def test_the_record_gives_the_same_again(shop: Shop) -> None:
    with_limits(shop, RUB=50_000)
    in_mediation(shop)
    shop.on(D, "propose_ruling", MEDIATOR, **RULING)
    shop.on(D, "send_back_ruling", SUPERVISOR, note="And the postage?")
    shop.on(D, "propose_ruling", MEDIATOR, **RULING)
    shop.on(D, "approve_ruling", SUPERVISOR)
    assert list(check(shop.service.store, shop.service.engine.domain)) == []
