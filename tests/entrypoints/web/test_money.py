"""Money on the pages: where a refund is, a seller's balance, and finance's desk."""

from __future__ import annotations

from typing import Any

import pytest

from amends.entrypoints.reconciliation import reconcile
from amends.entrypoints.web.money.plots import HEIGHT, plot
from amends.kernel.money import Money
from amends.kernel.people import Role
from amends.order.events import ORDER_EVENTS
from tests.entrypoints.web.conftest import ORDER, Page, Visitor, World

R1 = "A-1-R1"
AMOUNT = {"amount": 72_000, "currency": "RUB"}
CLAIM = {
    "received": True, "reason": "not_as_described", "remedy": "refund", "amount": AMOUNT,
    "description": "An S.", "lines": [{"line": "1", "quantity": 1}],
}  # fmt: skip


def agreed(world: World, *behaviour: str, order: str = "A-1", **changes: Any) -> None:
    """A refund of 720 roubles, met by the provider as told."""
    world.place(order, **changes)
    world.deliver(order)
    world.api("POST", "/sandbox/payments/behaviour", {"next": list(behaviour)})
    world.api("POST", f"/orders/{order}/disputes", CLAIM, "buyer.b1")
    accepted = {"type": "accept_offer", "offer": "O1", "amount": AMOUNT}
    world.api("POST", f"/disputes/{order}-D1/commands", accepted, "seller.s1")
    world.wait(0.05)


def by_hand(world: World, amount: int = 5_000, reference: str = "pay_1") -> None:
    """Somebody refunds at the provider, and the books are compared."""
    service = world.service
    service.simulator.refund("", reference, Money(amount, "RUB"), f"by hand {amount}")
    reconcile(service.engine, service.store, service.provider_for, service.clock)


def olga(world: World) -> Visitor:
    return world.visitor(Role.BUYER, "b1")


def finance(world: World) -> Visitor:
    return world.visitor(Role.FINANCE, "f1")


# --- where is my money ------------------------------------------------------------------------


def test_from_order_and_dispute_a_click_leads_to_where_the_money_is(world: World) -> None:
    agreed(world, "ok")
    buyer = olga(world)
    for path in ("/orders/A-1", "/disputes/A-1-D1"):
        assert f'href="/refunds/{R1}"' in buyer.get(path).html
    found = buyer.get(f"/refunds/{R1}").words
    for said in ("Where is my money?", "RUB 720.00", "Sent back by the payment provider",
                 "It should be at your bank between", "3 to 20 working days after the instruction",
                 "bank holidays in Russia", "re_1", "From"):  # fmt: skip
        assert said in found, said
    assert "Report that it has not come" not in found


def test_the_page_of_a_refund_says_how_it_was_reckoned(world: World) -> None:
    rub = {"currency": "RUB"}
    line = {**ORDER["lines"][0], "discount": {"amount": 20_000, **rub},
            "tax": {"amount": 10_000, **rub}}  # fmt: skip
    paid = {**ORDER["payment"], "captured": {"amount": 150_000, **rub}}
    agreed(world, "ok", lines=[line], payment=paid)
    found = olga(world).get(f"/refunds/{R1}").words
    for said in ("How it was reckoned", "blouse", "2 for RUB 1,600.00",
                 "less RUB 200.00 discount", "and RUB 100.00 tax", "RUB 1,500.00"):  # fmt: skip
        assert said in found, said


def test_late_money_is_reported_with_the_statement_and_traced(world: World) -> None:
    agreed(world, "ok")
    world.wait(40)
    buyer = olga(world)
    late = buyer.get(f"/refunds/{R1}")
    assert "It should have been at your bank by" in late.words
    assert "stamped statement" in late.words
    form = late.form(f"/refunds/{R1}/missing")
    statement = {"file": ("bank.txt", b"10 January, shop, 1600.00", "text/plain")}
    after = buyer.post(f"/refunds/{R1}/missing", form, statement)
    assert after.url.endswith("?done=report_missing_money")
    assert "Reported as missing" in after.words
    assert not after.has_form(f"/refunds/{R1}/missing")
    (kept,) = world.service.engine.view("A-1").state.order.evidence.values()  # type: ignore[union-attr]  # it is there
    assert kept.kind == "bank_statement"
    desk = finance(world)
    assert "The buyer's money has not come" in desk.get("/finance").words
    desk.fill(desk.get("/finance/orders/A-1"), "/finance/orders/A-1/commands/record_trace",
              refund=R1, outcome="arrived", note="The bank shows it.")  # fmt: skip
    assert "It was traced: The money had arrived" in buyer.get(f"/refunds/{R1}").words
    assert "Nothing is asked of you" in desk.get("/finance").words


def test_on_a_disputes_page_its_own_refund_is_reported(world: World) -> None:
    agreed(world, "ok")
    world.api("POST", "/orders/A-1/disputes", {**CLAIM, "reason": "damaged"}, "buyer.b1")
    accepted = {"type": "accept_offer", "offer": "O1", "amount": AMOUNT}
    world.api("POST", "/disputes/A-1-D2/commands", accepted, "seller.s1")
    world.wait(40)
    buyer, report = olga(world), "/disputes/A-1-D1/commands/report_missing_money"
    shown = buyer.get("/disputes/A-1-D1")
    assert R1 in shown.html
    assert "A-1-R2" not in shown.html
    buyer.post(report, shown.form(report))
    order = world.service.engine.view("A-1").state.order  # type: ignore[union-attr]  # it is there
    assert [bool(r.missing_since) for r in order.refunds.values()] == [True, False]
    again = buyer.get("/disputes/A-1-D1")
    assert not again.has_form(report)
    assert f"The refund {R1} was reported missing before" in again.words


def test_it_can_be_reported_without_a_statement_but_not_with_a_dangerous_file(
    world: World,
) -> None:
    agreed(world, "ok")
    world.wait(40)
    buyer = olga(world)
    form = buyer.get(f"/refunds/{R1}").form(f"/refunds/{R1}/missing")
    refused = buyer.post(f"/refunds/{R1}/missing", form,
                         {"file": ("a.exe", b"MZ" + bytes(100), "application/pdf")})  # fmt: skip
    assert refused.status == 422
    assert "It was not reported yet" in refused.words
    assert "Reported as missing" in buyer.post(f"/refunds/{R1}/missing", form).words
    again = buyer.post(f"/refunds/{R1}/missing", form)
    assert again.status == 409
    assert "reported missing before" in again.words


@pytest.mark.parametrize(
    ("behaviour", "days", "said"),
    [
        (["pending"], 0.1, "With the payment provider, which has not booked it yet"),
        (["unavailable"] * 9, 0.1, "The payment provider is being asked what became of it"),
        (["decline"], 0.1, "It is tried again"),
        (["decline"], 2, "Another refund took its place: A-1-R2"),
        (["ok"], 0.1, "Sent back by the payment provider"),
    ],
)
def test_every_state_says_where_it_is_and_what_then(
    world: World, behaviour: list[str], days: float, said: str
) -> None:
    agreed(world, *behaviour)
    world.wait(days)
    assert said in olga(world).get(f"/refunds/{R1}").words


def test_when_the_machine_has_no_means_left_a_person_is_said_to_see_to_it(world: World) -> None:
    agreed(world, *["decline"] * 9)
    world.wait(4)
    found = olga(world).get("/refunds/A-1-R4").words
    assert "A person at the platform is seeing to it." in found
    assert "It took the place of A-1-R3" in found


def test_a_frozen_payment_is_said_to_be_checked(world: World) -> None:
    world.place()
    world.deliver()
    by_hand(world)
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
    decided = {"type": "resolve_difference", "difference": "A-1-X1", "reason": "A gift.",
               "resolution": "count_as_refund"}  # fmt: skip
    world.api("POST", "/orders/A-1/commands", decided, "finance.f1")
    counted = olga(world).get(f"/refunds/{R1}").words
    assert "RUB 50.00" in counted
    assert "Sent back by the payment provider" in counted


def test_a_dead_card_lets_the_buyer_choose_another_way(world: World) -> None:
    world.api("POST", "/sandbox/clock", {"to": "2027-02-01T00:00:00Z"})
    world.place(placed_at="2027-02-01T00:00:00Z")
    at = {"at": "2027-02-02T00:00:00Z"}
    world.wait(10)
    number = {"tracking_number": "1234567890"}
    world.api("POST", "/orders/A-1/commands",
              {"type": "ship_order", "carrier": "DHL", "insist": True, **number, **at})  # fmt: skip
    world.api("POST", "/orders/A-1/commands",
              {"type": "record_tracking", **number, "status": "delivered", **at})  # fmt: skip
    world.api("POST", "/sandbox/payments/behaviour", {"next": ["expired_card"]})
    world.api("POST", "/orders/A-1/disputes", CLAIM, "buyer.b1")
    accepted = {"type": "accept_offer", "offer": "O1", "amount": AMOUNT}
    world.api("POST", "/disputes/A-1-D1/commands", accepted, "seller.s1")
    world.wait(0.05)
    buyer = olga(world)
    stuck = buyer.get(f"/refunds/{R1}")
    assert "cannot take money any more" in stuck.words
    action = f"/refunds/{R1}/commands/choose_refund_route"
    blank = buyer.fill(stuck, action, route="bank_transfer", details=" ")
    assert blank.status == 422
    assert "Answer this: What is needed to pay that way?" in blank.words
    after = buyer.fill(stuck, action, route="bank_transfer", details="IBAN ES91, Olga")
    assert after.status == 200, after.words
    assert "You chose: A bank transfer" in after.words
    seller = world.visitor(Role.SELLER, "s1").get(f"/refunds/{R1}").words
    assert "The buyer chose: A bank transfer" in seller
    assert "IBAN" not in seller
    desk = finance(world)
    assert "A refund is to be paid another way" in desk.get("/finance/tasks").words
    shown = desk.get("/finance/orders/A-1")
    assert "IBAN ES91, Olga" in shown.words
    desk.fill(shown, "/finance/orders/A-1/commands/record_trace", refund=R1,
              outcome="paid_another_way", note="Transfer 77.")  # fmt: skip
    assert "It was paid another way" in buyer.get(f"/refunds/{R1}").words


@pytest.mark.parametrize("refund", ["A-1-R9", "A-9-R1", "A-1", "A-1-D1", "x" * 90, "A-1-R1-R1"])
def test_a_refund_that_is_not_there(world: World, refund: str) -> None:
    agreed(world, "ok")
    for who in (olga(world), world.visitor(Role.BUYER, "b2")):
        assert who.get(f"/refunds/{refund}").status == 404
    other = world.visitor(Role.BUYER, "b2")
    assert other.get(f"/refunds/{R1}").words == other.get("/refunds/A-1-R9").words
    token = other.get("/orders").csrf
    for path in ("missing", "commands/choose_refund_route"):
        assert other.post(f"/refunds/{R1}/{path}", {"csrf": token}).status == 404
    assert other.get(f"/refunds/{R1}/missing").status == 404


# --- the seller's balance ---------------------------------------------------------------------


def test_a_sellers_balance_from_held_to_paid_out(world: World) -> None:
    shop = world.visitor(Role.SELLER, "s1")
    assert "No money yet" in shop.get("/balance").words
    agreed(world, "ok")
    shop = world.visitor(Role.SELLER, "s1")
    held = shop.get("/balance").words
    assert "Held for you RUB 880.00" in held
    assert "Yours RUB 0.00" in held
    world.wait(60)
    shop = world.visitor(Role.SELLER, "s1")
    paid = shop.get("/balance").words
    assert "Yours RUB 880.00" in paid
    assert "Paid out to the seller + RUB 880.00" in paid
    of_escrow = shop.get("/balance", account="escrow").words
    for line in ("The order was paid + RUB 1,600.00", "Refund instructed − RUB 720.00",
                 "Paid out to the seller − RUB 880.00"):  # fmt: skip
        assert line in of_escrow
    assert shop.get("/balance", account="clearing").status == 404
    assert "Balance" in shop.get("/orders").words
    assert olga(world).get("/balance").status == 404
    assert "No money yet" in world.visitor(Role.SELLER, "s2").get("/balance").words


def test_statements_are_turned_over(world: World) -> None:
    for n in range(30):
        world.place(f"A-{n}", payment={**ORDER["payment"], "reference": f"pay_{n}"})
    shop = world.visitor(Role.SELLER, "s1")
    first = shop.get("/balance", account="escrow")
    assert first.words.count("The order was paid") == 25
    (more,) = [part.split('"')[0] for part in first.html.split('href="')
               if part.startswith("/balance?account=escrow&amp;cursor")]  # fmt: skip
    second = shop.get(more.replace("&amp;", "&"))
    assert second.words.count("The order was paid") == 5
    assert shop.get("/balance", cursor="nonsense").status == 404


# --- finance's desk ---------------------------------------------------------------------------


def test_the_desk_begins_with_what_is_asked(world: World) -> None:
    desk = finance(world)
    assert desk.get("/").url.endswith("/finance")
    assert "Nothing is asked of you" in desk.get("/finance").words
    assert "Our books and the providers' agree." in desk.get("/finance").words
    agreed(world, *["decline"] * 4)
    world.wait(4)
    by_hand(world)
    found = finance(world).get("/finance").words
    assert "Did not go through RUB 720.00" in found
    assert "The books differ RUB 50.00" in found
    assert "1 open difference" in found
    counts = found.split("Refunds by state")[1]
    assert "Did not go through 4" in counts
    assert "Refunds recorded per day" in found
    assert "2026-01-11 1" in found


def test_a_difference_is_decided_on_the_orders_page_and_the_money_moves(world: World) -> None:
    world.place()
    world.deliver()
    by_hand(world)
    desk = finance(world)
    assert (
        "A refund at the provider that we did not ask for" in desk.get("/finance/differences").words
    )
    shown = desk.get("/finance/orders/A-1")
    assert "Frozen" in shown.words
    action = "/finance/orders/A-1/commands/resolve_difference"
    wrong = desk.fill(shown, action, difference="A-1-X1", resolution="send_again", reason="x")
    assert wrong.status == 409
    assert "is not about a refund of ours that the provider does not have" in wrong.words
    done = desk.fill(wrong, action, difference="A-1-X1", resolution="explained", reason="A typo.")
    assert "Your decision is on record." in done.words
    assert "Explained: nothing has to change" in done.words
    assert "The books agree" in desk.get("/finance/differences").words
    assert "Explained" in desk.get("/finance/differences", state="resolved").words


def test_lists_of_refunds_lead_to_their_orders_and_payments(world: World) -> None:
    agreed(world, *["unavailable"] * 99)
    desk = finance(world)
    unclear = desk.get("/finance/refunds", state="unknown")
    assert "A-1-R1 Unclear" in unclear.words
    assert 'href="/finance/orders/A-1"' in unclear.html
    assert "A-1-R1" in desk.get("/finance/refunds").words
    assert "No refunds here" in desk.get("/finance/refunds", state="failed").words
    assert "How long unclear refunds have been so" in desk.get("/finance").words
    payment = desk.get("/finance/ledger", provider="simulator", reference="pay_1").words
    assert "Promised to the buyer" in payment
    assert "Orders of this payment A-1" in payment
    seller = desk.get("/finance/ledger", seller="s1").words
    assert "Held for the seller" in seller
    assert "Refund instructed" in seller
    assert "Sum" in desk.get("/finance/ledger").words


def test_an_orders_money_shows_every_attempt_and_posting(world: World) -> None:
    agreed(world, "decline", "ok")
    world.wait(2)
    shown = finance(world).get("/finance/orders/A-1")
    for said in ("A-1-R1", "declined_by_provider", "A-1-R2", "attempt 2 in place of A-1-R1",
                 "Provider's reference re_1", "At the payment provider", "Refund failed",
                 "Can still be refunded RUB 880.00"):  # fmt: skip
        assert said in shown.words, said


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_others_of_the_books_see_it_and_change_nothing(world: World, role: Role) -> None:
    agreed(world, "ok")
    reader = world.visitor(role, "x1")
    shown = reader.get("/finance/orders/A-1")
    assert shown.status == 200
    assert "There is nothing for you to do now." in shown.words
    token = {"csrf": shown.csrf, "reason": ["x"]}
    refused = reader.post("/finance/orders/A-1/commands/hold_funds", token)
    assert refused.status == 403


@pytest.mark.parametrize(
    "path",
    ["/finance", "/finance/tasks", "/finance/refunds", "/finance/differences", "/finance/ledger",
     "/finance/orders/A-1"],
)  # fmt: skip
def test_for_everybody_else_there_is_no_desk(world: World, path: str) -> None:
    agreed(world, "ok")
    for role, person in ((Role.BUYER, "b1"), (Role.SELLER, "s1"), (Role.SUPPORT, "u1"),
                         (Role.SUPERVISOR, "v1"), (Role.MEDIATOR, "m1")):  # fmt: skip
        visitor = world.visitor(role, person)
        assert visitor.get(path).status == 404
        token = visitor.get("/notices").csrf
        hold = visitor.post("/finance/orders/A-1/commands/hold_funds", {"csrf": token})
        assert hold.status == 404
    assert finance(world).get("/finance/orders/A-9").status == 404
    unknown = finance(world)
    token = unknown.get("/finance").csrf
    for command in ("open_evidence", "nonsense"):
        address = f"/finance/orders/A-1/commands/{command}"
        assert unknown.post(address, {"csrf": token}).status == 404
    assert unknown.get("/finance/orders/A-1/commands/hold_funds").status == 200


def test_tasks_are_turned_over_and_chosen_by_kind(world: World) -> None:
    for n in range(27):
        payment = {**ORDER["payment"], "reference": f"pay_{n}"}
        world.place(f"A-{n}", payment=payment)
        world.service.simulator.refund("", f"pay_{n}", Money(1, "RUB"), f"k{n}")
    world.wait(1)
    service = world.service
    reconcile(service.engine, service.store, service.provider_for, service.clock)
    desk = finance(world)
    assert "All 27 tasks" in desk.get("/finance").words
    first = desk.get("/finance/tasks", kind="difference")
    assert first.words.count("The books differ RUB") == 25
    assert "Younger tasks" in first.words
    assert "Nothing is asked of you" in desk.get("/finance/tasks", kind="refund_failed").words
    assert desk.get("/finance/tasks", cursor="nonsense").status == 404


def test_bars_show_everything_that_is_there() -> None:
    drawn = plot("p", "Title", "Day", [("a", 0), ("b", 1), ("c", 1_000)])
    assert [bar.height for bar in drawn.bars] == [0.0, 2.0, HEIGHT]
    assert drawn.most == 1_000
    assert [bar.height for bar in plot("p", "Title", "Day", [("a", 0)]).bars] == [0.0]


def test_every_event_that_moves_money_has_words(world: World) -> None:
    agreed(world, "ok")
    world.wait(60)
    known = {str(event.__struct_config__.tag) for event in ORDER_EVENTS}
    page: Page = finance(world).get("/finance/ledger")
    assert "posted_" not in page.html.lower()
    assert "Posted " not in page.words
    assert {"order_placed", "refund_counted"} <= known
