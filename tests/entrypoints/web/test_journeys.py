"""Whole disputes, lived by forms only, without JavaScript."""

from __future__ import annotations

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import Page, Visitor, World

OPEN = "/orders/A-1/dispute/new"
DISPUTE = "A-1-D1"


def opens(buyer: Visitor, **answers: str | list[str]) -> Page:
    """The buyer claims 720 of the 800 paid for one blouse."""
    usual: dict[str, str | list[str]] = {
        "received": "yes", "reason": "not_as_described", "remedy": "refund", "amount": "720",
        "description": "The chart says M, the blouse is an S.", "lines__1": "1",
        "tried_to_settle": "Wrote on 9 January, no answer.",
    }  # fmt: skip
    said = {
        name.replace("__", "."): answer if isinstance(answer, list) else [answer]
        for name, answer in {**usual, **answers}.items()
    }
    return buyer.post(OPEN, {"csrf": buyer.get(OPEN).csrf, **said})


def test_a_dispute_settled_by_the_two(world: World) -> None:
    world.place()
    world.deliver()
    olga, shop = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")
    assert "Problem with this order?" in olga.get("/orders").words
    opened = opens(olga)
    assert opened.url.endswith(f"/disputes/{DISPUTE}?done=open_dispute"), opened.words
    assert "Your dispute is open" in opened.words

    assert "Waiting for you" in shop.get("/disputes").words
    assert "Your turn" in shop.get(f"/disputes/{DISPUTE}").words
    shop.does(DISPUTE, "make_offer", remedy="refund", amount="500", note="It is hardly smaller.")

    seen = olga.get(f"/disputes/{DISPUTE}")
    assert "RUB 500.00" in seen.words
    assert "It is hardly smaller." in seen.words
    olga.does(DISPUTE, "make_offer", remedy="refund", amount="600,00")
    done = shop.does(DISPUTE, "accept_offer", offer="O3|60000 RUB")
    assert "The money was given back" in done.words
    order = olga.get("/orders/A-1")
    assert "Sent back by the payment provider" in order.words
    assert "At your bank between" in order.words
    story = olga.get(f"/disputes/{DISPUTE}").words.split("What happened")[1]
    told = ("The buyer opened the dispute", "The seller made an offer", "That is final",
            "The dispute ended: the money was given back")  # fmt: skip
    assert [story.find(sentence) for sentence in told] == sorted(map(story.find, told))
    assert story.find(told[0]) >= 0


def test_a_final_step_that_was_ticked_is_not_asked_about_again(world: World) -> None:
    world.place()
    world.deliver()
    olga, shop = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")
    opens(olga)
    page, action = shop.get(f"/disputes/{DISPUTE}"), f"/disputes/{DISPUTE}/commands/accept_offer"
    asked = shop.fill(page, action, offer="O1|72000 RUB")
    assert "This step is final" in asked.words
    assert "The money was given back" not in shop.get(f"/disputes/{DISPUTE}").words
    done = shop.fill(page, action, offer="O1|72000 RUB", confirmed="yes")
    assert done.url.endswith("?done=accept_offer")
    assert "The money was given back" in done.words


def test_silence_a_ruling_and_both_accept(world: World) -> None:
    world.place()
    world.deliver()
    olga, shop = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")
    opens(olga)
    world.wait(5)
    vera, max_ = world.visitor(Role.SUPERVISOR, "v1"), world.visitor(Role.MEDIATOR, "m1")
    assert "With a mediator" in olga.get(f"/disputes/{DISPUTE}").words
    assert max_.get(f"/disputes/{DISPUTE}").status == 404
    assert DISPUTE in vera.get("/disputes").words
    vera.does(DISPUTE, "assign_mediator", mediator="m1")
    assert DISPUTE in max_.get("/disputes").words
    max_.does(DISPUTE, "request_information", of="seller", question="Which size did you send?")
    assert "Which size did you send?" in shop.get(f"/disputes/{DISPUTE}").words
    shop.does(DISPUTE, "answer_information", answer="An S, as ordered.")
    max_.judges(
        DISPUTE, "issue_ruling", remedy="refund", finding="split", amount="400",
        reasons=["item_differs_from_listing"], clauses=["not_as_described", "proportion"],
        text="It is smaller than the chart says, and can be worn.", no_evidence="yes",
    )  # fmt: skip
    ruled = olga.get(f"/disputes/{DISPUTE}")
    assert "Partly for each" in ruled.words
    assert "It is smaller than the chart says" in ruled.words
    assert "m1" not in ruled.words  # who decides is not told to the parties
    olga.does(DISPUTE, "accept_ruling")
    ended = shop.does(DISPUTE, "accept_ruling")
    assert "The money was given back" in ended.words


def test_appeal_return_and_inspection(world: World) -> None:
    world.place()
    world.deliver()
    olga, shop = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")
    vera, max_ = world.visitor(Role.SUPERVISOR, "v1"), world.visitor(Role.MEDIATOR, "m1")
    anna = world.visitor(Role.APPEALS, "a1")
    opens(olga)
    shop.does(DISPUTE, "make_offer", remedy="refund", amount="0", note="It is as shown.")
    olga.does(DISPUTE, "escalate", note="The chart is on record.")
    vera.does(DISPUTE, "assign_mediator", mediator="m1")
    max_.judges(
        DISPUTE, "issue_ruling", remedy="refund", finding="for_seller", reasons=["not_proven"],
        clauses=["proof"], text="Nothing shows the difference.", no_evidence="yes",
    )  # fmt: skip
    olga.does(DISPUTE, "appeal", grounds="named_error", text="The chart was not looked at.")
    assert DISPUTE in anna.get("/disputes").words
    anna.does(DISPUTE, "assign_appeals_officer")
    anna.judges(
        DISPUTE, "decide_appeal", decision="changed", text="The chart says M.",
        answer__1="It was, now: it says 96 cm.",
        remedy="return_and_refund", finding="for_buyer", amount="800",
        reasons=["item_differs_from_listing"], clauses=["not_as_described"], no_evidence="yes",
        return_postage_paid_by="seller",
    )  # fmt: skip
    shop.does(
        DISPUTE, "provide_return_address", address__name="Blouse House",
        address__street="1 Silk Road", address__city="Hangzhou", address__country="CN",
    )  # fmt: skip
    assert "1 Silk Road" in olga.get(f"/disputes/{DISPUTE}").words
    olga.does(DISPUTE, "ship_return", carrier="Pony", tracking_number="77", insist="yes")
    done = shop.does(DISPUTE, "inspect_return", condition="as_sent")
    assert "The money was given back" in done.words


def test_messages_receipt_and_feedback(world: World) -> None:
    world.place()
    world.deliver()
    olga, shop = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")
    olga.does_on_order("A-1", "send_message", text="Is it <M> or S?\nمرحبا")
    page = shop.get("/orders/A-1")
    assert "&lt;M&gt; or S?" in page.html
    assert "<M>" not in page.html
    shop.does_on_order("A-1", "send_message", text="It is an S.")
    assert "It is an S." in olga.get("/orders/A-1").words
    olga.does_on_order("A-1", "confirm_receipt")
    olga.does_on_order("A-1", "leave_feedback", stars="4", text="Friendly.")
    assert "Received" in olga.get("/orders/A-1").words


def test_a_file_is_uploaded_shown_and_put_to_a_dispute(world: World) -> None:
    world.place()
    world.deliver()
    olga, shop = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")
    upload = "/orders/A-1/evidence"
    page = olga.get("/orders/A-1")
    fields = page.form(upload)
    done = olga.post(upload, fields, files={"file": ("note.txt", b"bust 86 cm", "text/plain")})
    assert "The file is on record" in done.words, done.words
    assert shop.get(f"{upload}/E1").status == 404
    opens(olga, evidence=["E1"])
    shown = shop.get(f"{upload}/E1")
    assert shown.status == 200
    assert shown.html == "bust 86 cm"
    assert shown.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in shown.headers["content-security-policy"]
    nothing = olga.post(upload, olga.get("/orders/A-1").form(upload))
    assert nothing.status == 422
    assert "Nothing was uploaded yet" in nothing.words
    assert "Choose a file first." in nothing.words
    assert "field called" not in nothing.words


def test_notices_lead_to_what_they_are_about(world: World) -> None:
    world.place()
    world.deliver()
    olga, shop = world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1")
    opens(olga)
    page = shop.get("/notices")
    assert f'href="/disputes/{DISPUTE}"' in page.html
    assert "due" in page.words
    assert world.visitor(Role.SELLER, "other").get("/notices").words.count("No notices yet") == 1


def test_staff_work_on_orders_by_forms_too(world: World) -> None:
    world.place()
    world.deliver()
    olga = world.visitor(Role.BUYER, "b1")
    fiona, uma = world.visitor(Role.FINANCE, "f1"), world.visitor(Role.SUPPORT, "u1")
    assert "A-1" in fiona.get("/orders").words
    fiona.does_on_order("A-1", "hold_funds", reason="A look at the seller.")
    fiona.does_on_order("A-1", "record_chargeback", reference="cb_1", amount="100.00",
                        evidence_until="2026-03-20 12:00")  # fmt: skip
    shown = olga.get("/orders/A-1").words
    assert "With us: no dispute · At the bank:" in shown
    assert "it is still deciding; refunds wait for it." in shown
    assert "It hears our side until Fri 20 Mar" in fiona.get("/orders/A-1").words
    fiona.does_on_order("A-1", "record_chargeback_answer", reference="cb_1")
    assert "It has our side since" in fiona.get("/orders/A-1").words
    assert "our side" not in olga.get("/orders/A-1").words
    fiona.does_on_order("A-1", "record_chargeback_outcome", reference="cb_1", outcome="won")
    uma.does_on_order("A-1", "record_contact", channel="phone", with_side="buyer",
                      text="She will wait.", follow_up="2026-01-15 12:00")  # fmt: skip
    olga.does_on_order("A-1", "raise_to_supervisor", text="Please look at this again.")
