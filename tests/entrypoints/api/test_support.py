"""Support's desk over HTTP: who waits, until somebody answers, and the order's log."""

from __future__ import annotations

from tests.entrypoints.sandbox import (
    BUYER,
    MEDIATOR,
    SELLER,
    SUPERVISOR,
    SUPPORT,
    Json,
    Shop,
)


def waiting(shop: Shop, **filters: str) -> list[tuple[str, str]]:
    found = shop.call("GET", "/support", SUPPORT, params=filters).json()["items"]
    return [(item["subject"], item["kind"]) for item in found]


def asked(shop: Shop) -> None:
    """A message to support, a promise for the next day, and something the buyer raised."""
    shop.shipped()
    shop.on_order("A-1001", "send_message", BUYER, text="Where is it?", to_support=True)
    shop.on_order(
        "A-1001", "record_contact", SUPPORT, channel="phone", with_side="seller",
        text="Will look it up.", follow_up="2026-03-03T12:00:00Z",
    )  # fmt: skip
    shop.on_order("A-1001", "raise_to_supervisor", BUYER, text="Nobody answers.")


def test_who_waits_is_there_until_somebody_answers(shop: Shop) -> None:
    assert waiting(shop) == []
    asked(shop)
    assert waiting(shop) == [("F1", "follow_up"), ("M1", "message"), ("R1", "raised")]
    assert waiting(shop, kind="message") == [("M1", "message")]
    assert waiting(shop, order="A-1001", kind="raised") == [("R1", "raised")]
    page = shop.get("/support", SUPPORT, limit="2")
    rest = shop.get("/support", SUPPORT, limit="2", cursor=page["next"])
    assert [i["subject"] for i in (*page["items"], *rest["items"])] == ["F1", "M1", "R1"]

    shop.on_order("A-1001", "take_raised", SUPERVISOR, request="R1")
    assert waiting(shop, taken_by="v1") == [("R1", "raised")]
    shop.on_order("A-1001", "answer_raised", SUPERVISOR, request="R1", text="It left today.")
    shop.on_order("A-1001", "send_message", SUPPORT, text="It is on its way.")
    # A promise that is due still waits.
    shop.move_to("2026-03-04T12:00:00Z")
    assert waiting(shop) == [("F1", "follow_up")]
    shop.on_order(
        "A-1001", "record_contact", SUPPORT, channel="mail", with_side="seller", text="Told.",
        answers="F1",
    )  # fmt: skip
    assert waiting(shop) == []


def test_the_log_tells_support_all_and_a_side_what_it_raised(shop: Shop) -> None:
    asked(shop)
    shop.on_order("A-1001", "answer_raised", SUPERVISOR, request="R1", text="It left today.")
    whole = log(shop, SUPPORT)
    assert [(e["what"], e["person"], e["text"]) for e in whole] == [
        ("message_sent", "b1", "Where is it?"),
        ("contact_recorded", "u1", "Will look it up."),
        ("raised_to_supervisor", "b1", "Nobody answers."),
        ("raised_answered", "v1", "It left today."),
    ]
    assert whole[1]["follow_up"] == "2026-03-03T12:00:00Z"
    assert log(shop, SUPERVISOR) == whole
    own = log(shop, BUYER)
    assert [(e["what"], e["person"], e["text"]) for e in own] == [
        ("raised_to_supervisor", None, "Nobody answers."),
        ("raised_answered", None, "It left today."),
    ]
    assert log(shop, SELLER) == []


def log(shop: Shop, who: str) -> list[Json]:
    entries: list[Json] = shop.call("GET", "/orders/A-1001/support", who).json()
    return entries


def test_missing_money_waits_with_the_references_by_which_it_is_found(shop: Shop) -> None:
    dispute = str(shop.disputed()["id"])
    shop.on(
        dispute, "accept_offer", SELLER, offer="O1", amount={"amount": 72_000, "currency": "RUB"}
    )
    shop.advance("P60D")
    shop.on_order("A-1001", "report_missing_money", BUYER)
    assert waiting(shop) == [("A-1001-R1", "missing_money")]
    (reported,) = [e for e in log(shop, SUPPORT) if e["what"] == "missing_money_reported"]
    assert reported["reference"].startswith("simulator pay_1 re_")
    assert reported["amount"] == {"amount": 72_000, "currency": "RUB"}
    shop.on_order(
        "A-1001", "record_trace", "finance.f1", refund="A-1001-R1", outcome="arrived", note="Seen."
    )
    assert waiting(shop) == []


def test_the_desk_is_for_support_and_those_above(shop: Shop) -> None:
    for who in (BUYER, SELLER, MEDIATOR, "finance.f1"):
        assert shop.call("GET", "/support", who).status_code == 403
