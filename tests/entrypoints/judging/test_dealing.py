"""The queue deals cases out, takes them back from the absent, and says when nobody fits."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from msgspec.structs import replace

from amends.dispute.state import Dispute
from amends.entrypoints.judging.dealing import Dealer
from amends.kernel.people import Role
from tests.entrypoints.sandbox import BUYER, MEDIATOR, SELLER, SHOP, SUPERVISOR, Shop, claim, order
from tests.entrypoints.staff.people import account

LINES = [{**order()["lines"][0], "category": "clothing"}]


def hire(shop: Shop, person: str, role: Role = Role.MEDIATOR, **facts: object) -> None:
    shop.service.store.staff.add(account(shop.service, person, role, **facts))


def change(shop: Shop, person: str, **facts: object) -> None:
    staff = shop.service.store.staff
    known = staff.account(person)
    assert known is not None
    staff.change(replace(known, member=replace(known.member, **facts)))


def in_mediation(shop: Shop, name: str = "A-1001", **changes: object) -> str:
    """A dispute that the buyer took to a mediator, as soon as the seller had answered."""
    dispute = str(shop.disputed(name, **changes)["id"])
    shop.on(dispute, "decline_offer", SELLER, offer="O1", note="No.")
    shop.on(dispute, "escalate", BUYER)
    return dispute


def of(shop: Shop, dispute: str) -> Dispute:
    view = shop.service.engine.view(dispute.rpartition("-D")[0])
    assert view is not None
    return view.state.disputes[dispute]


def deal(shop: Shop) -> int:
    return Dealer(shop.service, Random(7).sample).deal()  # noqa: S311


def told(shop: Shop, kind: str) -> int:
    rows = shop.service.store.views.page(
        "notices", {"person": "", "role": "supervisor"}, order_by="at"
    )
    return sum(row["kind"] == kind for row in rows.rows)


def test_it_is_given_to_who_has_the_skill_and_room_and_no_conflict(shop: Shop) -> None:
    dispute = in_mediation(shop)
    hire(shop, "away", away_until=shop.service.clock.now() + timedelta(days=1))
    hire(shop, "full", capacity=0)
    hire(shop, "deaf", languages=("en", "zh"))
    hire(shop, "tied", interests=("s1",))
    hire(shop, "b1")
    hire(shop, "off", disabled=True)
    hire(shop, "support", Role.SUPPORT)
    hire(shop, "boards", categories=("electronics",))
    hire(shop, "good", languages=("ru",), categories=("clothing",), capacity=1)
    assert deal(shop) == 1
    assert of(shop, dispute).mediator == "good"
    assert deal(shop) == 0
    assert shop.dispute(dispute, "mediator.good")["turn"] == "mediator"


def test_without_accounts_nothing_is_dealt_and_nobody_is_told(shop: Shop) -> None:
    dispute = in_mediation(shop)
    hire(shop, "u7", Role.SUPPORT)
    version = of(shop, dispute).version
    assert deal(shop) == 0
    assert of(shop, dispute).version == version
    shop.on(dispute, "assign_mediator", SUPERVISOR, mediator="m1")


def test_when_nobody_fits_the_supervisor_is_told_why_and_once(shop: Shop) -> None:
    dispute = in_mediation(shop)
    hire(shop, "tied", interests=("s1",))
    hire(shop, "full", capacity=0)
    hire(shop, "deaf", languages=("en",))
    hire(shop, "off", disabled=True)
    assert deal(shop) == 1
    assert of(shop, dispute).unassigned == ("disabled", "full", "interest_declared", "language")
    assert deal(shop) == 0
    assert told(shop, "nobody_fits") == 1
    rows = shop.service.store.views.page(
        "disputes", {"phase": "mediation", "mediator": None}, order_by="due_at"
    ).rows
    assert [row["unassigned"] for row in rows] == ["disabled full interest_declared language"]
    assert rows[0]["language"] == "ru"
    # A case that nobody could take is tried again as soon as somebody has room.
    dealer = Dealer(shop.service)
    assert dealer.deal() == 0
    change(shop, "full", capacity=1)
    assert dealer.deal() == 1
    assert of(shop, dispute).mediator == "full"
    assert of(shop, dispute).unassigned == ()


@pytest.mark.parametrize(
    ("facts", "because"),
    [({"disabled": True}, "disabled"), ({"role": Role.SUPPORT}, "other_role")],
)
def test_what_the_absent_have_goes_to_somebody_else(
    shop: Shop, facts: dict[str, object], because: str
) -> None:
    dispute = in_mediation(shop)
    hire(shop, "one")
    assert deal(shop) == 1
    hire(shop, "two")
    assert deal(shop) == 0
    change(shop, "one", **facts)
    assert deal(shop) == 2
    assert of(shop, dispute).mediator == "two"
    events = shop.get(f"/disputes/{dispute}/events", SUPERVISOR)["items"]
    (back,) = [e for e in events if e["type"] == "returned_to_queue"]
    assert (back["data"]["person"], back["data"]["because"]) == ("one", because)
    assert told(shop, "returned_to_queue") == 1
    seen = {e["type"] for e in shop.get(f"/disputes/{dispute}/events", BUYER)["items"]}
    assert "mediator_assigned" in seen
    assert "returned_to_queue" not in seen


def test_who_is_away_gives_cases_back_and_gets_none_until_then(shop: Shop) -> None:
    dispute = in_mediation(shop)
    hire(shop, "one")
    deal(shop)
    back = shop.service.clock.now() + timedelta(hours=5)
    change(shop, "one", away_until=back)
    assert deal(shop) == 2  # taken back, and reported
    assert of(shop, dispute).unassigned == ("away",)
    shop.advance("PT5H")  # the sandbox deals by itself
    assert of(shop, dispute).mediator == "one"


def test_who_traded_or_wrote_with_a_side_or_has_its_address_gets_none(shop: Shop) -> None:
    dispute = in_mediation(shop)
    now = shop.service.clock.now().isoformat()
    later = {**order()["shipping"], "ship_by": "2026-03-15T10:00:00Z"}
    for person, buyer, seller in (("t1", "t1", "s1"), ("t2", "b1", "t2")):
        shop.put(
            f"/orders/{person}",
            order(placed_at=now, shipping=later, buyer={"id": buyer}, seller={"id": seller}),
        )
        hire(shop, person)
    shop.on_order("A-1001", "record_contact", "support.w1", channel="phone", with_side="buyer",
                  text="They called.")  # fmt: skip
    hire(shop, "w1")
    shop.service.store.staff.add(
        replace(account(shop.service, "e1", Role.MEDIATOR), email="Shop@example.com")
    )
    assert deal(shop) == 1
    assert of(shop, dispute).unassigned == ("dealt_with_party", "same_address")
    for person in ("t1", "t2", "w1", "e1"):
        no = shop.on(dispute, "assign_mediator", SUPERVISOR, 409, mediator=person)
        assert no["rule"] in ("dealt_with_party", "same_address")
    # A person may hold several hats, with or without an account.
    shop.put("/orders/hat", order(placed_at=now, shipping=later, buyer={"id": "m1"}))
    assert shop.on(dispute, "assign_mediator", SUPERVISOR, 409, mediator="m1")["rule"] == (
        "dealt_with_party"
    )


def test_an_appeal_is_dealt_to_fresh_eyes(shop: Shop) -> None:
    dispute = in_mediation(shop)
    shop.on(dispute, "assign_mediator", SUPERVISOR, mediator="m1")
    shop.on(dispute, "issue_ruling", MEDIATOR, remedy="refund",
            amount={"amount": 1000, "currency": "RUB"}, finding="for_buyer",
            reasons=["item_differs_from_listing"], text="It is an S.",
            clauses=["not_as_described"], evidence=[], no_evidence=True)  # fmt: skip
    hire(shop, "boss", Role.APPEALS)
    hire(shop, "m1", reports_to="boss")
    hire(shop, "pupil", Role.APPEALS, reports_to="m1")
    shop.on(dispute, "appeal", SELLER, grounds="named_error", text="The chart says S.")
    assert deal(shop) in (0, 1)  # a call of the sandbox may have dealt already
    assert of(shop, dispute).officer is None
    assert of(shop, dispute).unassigned == ("author_reports_to", "reports_to_author")
    hire(shop, "fresh", Role.APPEALS)
    deal(shop)
    assert of(shop, dispute).officer == "fresh"


def test_the_load_is_spread(shop: Shop) -> None:
    shop.shipped()
    for n in range(5):
        hire(shop, f"m{n}", capacity=4)
    shop.move_to("2026-03-09T12:00:00Z")
    for n in range(24):
        name = f"B-{n}"
        shop.put(f"/orders/{name}", order(placed_at="2026-03-01T10:00:00Z", lines=LINES))
        shop.on_order(name, "ship_order", SHOP, carrier="DHL", tracking_number="1234567890",
                      at="2026-03-02T12:00:00Z", insist=True)  # fmt: skip
        dispute = shop.post(f"/orders/{name}/disputes", claim(), BUYER, 201)["id"]
        shop.on(dispute, "decline_offer", SELLER, offer="O1", note="No.")
        shop.on(dispute, "escalate", BUYER)
    deal(shop)
    loads = Counter(
        shop.service.store.views.totals("disputes", None, ("mediator",), {"phase": "mediation"})
    )
    assert loads.pop((None,)) == 4
    assert sorted(loads.values()) == [4] * 5


def test_who_is_silent_is_absent_only_where_the_pack_says_so(shop: Shop) -> None:
    dispute = in_mediation(shop)
    hire(shop, "one")
    deal(shop)
    now = shop.service.clock.now()
    shop.service.store.staff.seen("one", now - timedelta(days=60))
    # The pack of 2026 misses nobody; another may.
    assert deal(shop) == 0
    assert of(shop, dispute).mediator == "one"
