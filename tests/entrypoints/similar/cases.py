"""Cases that words make alike or not, lived through on a sandbox."""

from __future__ import annotations

from collections.abc import Mapping

from tests.entrypoints.api.test_rulings import RULING
from tests.entrypoints.sandbox import (
    APPEALS,
    MEDIATOR,
    SELLER,
    SUPERVISOR,
    Shop,
    claim,
    order,
    rub,
)

SAID = {
    "A-1": "The zip of the jacket came apart on the first day.",
    "A-2": "Its zip came apart, and the lining is torn.",
    "A-3": "Smells of petrol.",
}
"""What the buyer says of each order."""

CUSTOMERS = {"A-1": "b1", "A-2": "b2", "A-3": "b1"}


def three_cases(shop: Shop, said: Mapping[str, str] = SAID) -> None:
    """All before a mediator, and ready to be ruled on."""
    shop.move_to("2026-03-01T10:00:00Z")
    for name, person in CUSTOMERS.items():
        placed = order(purchase=name)
        placed["buyer"] = {**placed["buyer"], "id": person}
        title, text = ("Scarf", "Wool.") if name == "A-3" else ("Rain jacket", "Waterproof.")
        placed["lines"][0] |= {"title": title, "listing": {"text": text}}
        placed["payment"]["reference"] = name
        shop.put(f"/orders/{name}", placed)
    shop.move_to("2026-03-02T12:00:00Z")
    for n, name in enumerate(CUSTOMERS):
        shop.on_order(name, "ship_order", carrier="DHL", tracking_number=f"123456789{n}")
    shop.move_to("2026-03-09T12:00:00Z")
    for name, person in CUSTOMERS.items():
        claimed = claim(description=said[name])
        shop.post(f"/orders/{name}/disputes", claimed, f"buyer.{person}", 201)
        shop.on(f"{name}-D1", "make_offer", SELLER, remedy="refund", amount=rub(1_000), note="No.")
        shop.on(f"{name}-D1", "escalate", SELLER)
        shop.on(f"{name}-D1", "assign_mediator", SUPERVISOR, mediator="m1")
    shop.advance("P6D")


def rule(shop: Shop, name: str, text: str = "The photo shows it.") -> None:
    """Decide one of them; what follows in the background is done when this returns."""
    shop.on(f"{name}-D1", "issue_ruling", MEDIATOR, **{**RULING, "text": text})
    shop.advance("PT1S")


def change_on_appeal(shop: Shop) -> None:
    """Have the ruling on A-2 changed, told in other words; likewise."""
    shop.on("A-2-D1", "appeal", "buyer.b2", grounds="named_error", text="Look again.")
    shop.on("A-2-D1", "assign_appeals_officer", SUPERVISOR, officer="a1")
    shop.on(
        "A-2-D1", "decide_appeal", APPEALS, decision="changed", remedy="refund",
        finding="for_buyer", amount=rub(80_000), no_evidence=True, reasons=["item_damaged"],
        clauses=["not_as_described"], text="It fell apart on the first day.",
    )  # fmt: skip
    shop.advance("PT1S")
