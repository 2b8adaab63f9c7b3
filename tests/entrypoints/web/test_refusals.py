"""What pages answer when something cannot be: nothing typed is lost, and nobody learns too much."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import pytest

from amends.engine.outside import MOST_MEGABYTES
from amends.entrypoints.web.requests import LARGEST_FORM
from amends.kernel.people import Role
from tests.entrypoints.web.conftest import ORDER, Page, Visitor, World
from tests.entrypoints.web.test_journeys import DISPUTE, OPEN, opens


@pytest.fixture
def olga(world: World) -> Visitor:
    """The buyer of an order that was delivered."""
    world.place()
    world.deliver()
    return world.visitor(Role.BUYER, "b1")


def test_a_form_with_faults_comes_back_as_it_was(olga: Visitor) -> None:
    page = opens(olga, amount="7.2.0", description='He said "no" <i>twice</i>', reason="")
    assert page.status == 422
    assert "Not sent yet" in page.words
    assert f'<a href="{OPEN}/remedy">' in page.html
    assert f'<a href="{OPEN}/reason">' in page.html
    assert page.html.startswith("<!doctype html>")
    assert "<title>Error:" in page.html
    kept = page.form(OPEN)
    assert kept["amount"] == ["7.2.0"]
    assert kept["description"] == ['He said "no" <i>twice</i>']
    assert kept["remedy"] == ["refund"]
    assert "<i>twice" not in page.html
    mended = olga.fill(page, OPEN, amount="720", reason="not_as_described")
    assert "Your dispute is open" in mended.words


def test_a_rules_no_comes_back_beside_its_question(olga: Visitor) -> None:
    page = opens(olga, amount="900")
    assert page.status == 422
    assert "RUB 800.00" in page.words
    assert f'<a href="{OPEN}/remedy">' in page.html
    assert page.form(OPEN)["description"] == ["The chart says M, the blouse is an S."]


def test_a_rules_no_without_a_question_is_a_conflict(olga: Visitor) -> None:
    opens(olga)
    page = opens(olga, lines__1="2")
    assert page.status == 409
    assert "A dispute about this is open already" in page.words


def test_a_refused_final_step_is_not_asked_to_be_confirmed(world: World, olga: Visitor) -> None:
    opens(olga)
    shop = world.visitor(Role.SELLER, "s1")
    before = shop.get(f"/disputes/{DISPUTE}")
    olga.does(DISPUTE, "cancel_dispute")
    late = shop.fill(before, f"/disputes/{DISPUTE}/commands/accept_offer", offer="O1|72000 RUB")
    assert late.status in (409, 412, 422)
    assert "Cancelled by the buyer" in late.words


def test_whoever_is_late_is_told_and_keeps_what_they_wrote(world: World, olga: Visitor) -> None:
    opens(olga)
    shop, colleague = world.visitor(Role.SELLER, "s1"), world.visitor(Role.SELLER, "s1")
    action = f"/disputes/{DISPUTE}/commands/make_offer"
    page = colleague.get(f"/disputes/{DISPUTE}")
    shop.does(DISPUTE, "make_offer", remedy="refund", amount="300")
    late = colleague.fill(page, action, remedy="refund", amount="350", note="Half of it.")
    assert late.status == 412
    assert late.form(action)["note"] == ["Half of it."]
    assert "RUB 300.00" in late.words
    again = colleague.post(action, late.form(action))
    assert again.url.endswith("?done=make_offer")


def test_a_form_sent_twice_is_done_once(world: World, olga: Visitor) -> None:
    page = olga.get("/orders/A-1")
    action = "/orders/A-1/commands/send_message"
    fields = {**page.form(action), "text": ["Hello?"]}
    for _ in range(3):
        assert olga.post(action, fields).status == 200
    assert olga.get("/orders/A-1").html.count("Hello?") == 1


def test_nothing_happens_before_a_final_step_is_confirmed(world: World, olga: Visitor) -> None:
    opens(olga)
    shop = world.visitor(Role.SELLER, "s1")
    action = f"/disputes/{DISPUTE}/commands/accept_offer"
    asked = shop.fill(shop.get(f"/disputes/{DISPUTE}"), action, offer="O1|72000 RUB")
    assert "This step is final" in asked.words
    assert "RUB 720.00" in asked.words
    assert "Your turn" in shop.get(f"/disputes/{DISPUTE}").words
    done = shop.post(action, asked.form(action))
    assert "You agreed to the offer" in done.words


def test_who_agrees_after_a_ruling_is_told_what_it_awarded(world: World, olga: Visitor) -> None:
    opens(olga)
    shop, max_ = world.visitor(Role.SELLER, "s1"), world.visitor(Role.MEDIATOR, "m1")
    accept = f"/disputes/{DISPUTE}/commands/accept_offer"
    shop.does(DISPUTE, "make_offer", remedy="refund", amount="0", note="It is as shown.")
    unruled = olga.get(f"/disputes/{DISPUTE}")
    assert "The seller: No refund" in unruled.words
    assert "The seller: Money back" not in unruled.words
    told = "The ruling awarded RUB 400.00; agreeing to this takes its place."
    assert told not in olga.fill(unruled, accept, offer="O2|0 RUB").words
    olga.does(DISPUTE, "escalate", note="The chart is on record.")
    world.visitor(Role.SUPERVISOR, "v1").does(DISPUTE, "assign_mediator", mediator="m1")
    max_.judges(
        DISPUTE, "issue_ruling", remedy="refund", finding="split", amount="400",
        reasons=["item_differs_from_listing"], clauses=["not_as_described", "proportion"],
        text="It is smaller than the chart says.", no_evidence="yes",
    )  # fmt: skip
    ruled = olga.get(f"/disputes/{DISPUTE}")
    assert ruled.html.index("/commands/accept_ruling") < ruled.html.index("/commands/accept_offer")
    assert told in ruled.words, "the form can be confirmed by a tick, without the other page"
    asked = olga.fill(ruled, accept, offer="O2|0 RUB")
    assert told in asked.words
    assert "The seller: No refund" in asked.words
    done = olga.post(accept, asked.form(accept))
    assert done.url.endswith("?done=accept_offer"), done.words
    assert "Settled without a refund" in done.words


@pytest.mark.parametrize(
    ("named", "payer"), [("", "seller"), ("buyer", "buyer")], ids=["by the rule", "by the offer"]
)
def test_who_agrees_to_a_return_reads_who_pays_the_postage(
    world: World, olga: Visitor, named: str, payer: str
) -> None:
    opens(olga)
    shop = world.visitor(Role.SELLER, "s1")
    accept = f"/disputes/{DISPUTE}/commands/accept_offer"
    shop.does(DISPUTE, "make_offer", remedy="return_and_refund", amount="711", note="Send it.",
              return_postage_paid_by=named)  # fmt: skip
    page = olga.get(f"/disputes/{DISPUTE}")
    in_a_line = (
        "The seller: Money back, and the goods are sent back, RUB 711.00; "
        f"the {payer} pays the postage back"
    )
    assert in_a_line in page.words
    row = {"seller": "sends the goods back, the seller pays the postage",
           "buyer": "sends the goods back and pays the postage"}  # fmt: skip
    assert row[payer] in page.words
    asked = olga.fill(page, accept, offer="O2|71100 RUB")
    assert in_a_line in asked.words
    done = olga.post(accept, asked.form(accept))
    assert f"Postage is paid by The {payer}" in done.words


def test_a_choice_sent_twice_is_done_once_though_it_is_gone(world: World, olga: Visitor) -> None:
    opens(olga)
    shop = world.visitor(Role.SELLER, "s1")
    action = f"/disputes/{DISPUTE}/commands/accept_offer"
    fields = {**shop.get(f"/disputes/{DISPUTE}").form(action), "offer": ["O1|72000 RUB"],
              "confirmed": ["yes"]}  # fmt: skip
    for _ in range(2):
        done = shop.post(action, fields)
        assert (done.status, done.url.endswith("?done=accept_offer")) == (200, True), done.words
    # Another form of the same kind was not sent before, and what it offered is gone.
    late = shop.post(action, {**fields, "key": ["A-key-of-its-own"]})
    assert late.status == 412
    assert "Choose one of the answers shown." in late.words


def test_a_choice_that_somebody_else_took_away_says_so(world: World, olga: Visitor) -> None:
    opens(olga)
    shop = world.visitor(Role.SELLER, "s1")
    make, accept = (f"/disputes/{DISPUTE}/commands/{c}" for c in ("make_offer", "accept_offer"))
    page = f"/disputes/{DISPUTE}"
    first = {"remedy": "refund", "amount": "300", "note": "A third."}
    shop.fill(shop.get(page), make, **first)
    open_since = olga.get(page)
    shop.fill(shop.get(page), make, **{**first, "amount": "200"})
    late = olga.fill(open_since, accept, offer="O2|30000 RUB", confirmed="yes")
    assert late.status == 412
    assert "Something was done after you looked" in late.words
    assert "RUB 200.00" in late.words
    again = olga.fill(late, accept, offer="O3|20000 RUB", confirmed="yes")
    assert again.url.endswith("?done=accept_offer"), again.words


def test_what_is_not_possible_says_why(olga: Visitor) -> None:
    opens(olga)
    page = olga.get(f"/disputes/{DISPUTE}")
    assert "Not possible now, and why" in page.words
    assert "not possible now, because:" in page.words
    assert not page.has_form(f"/disputes/{DISPUTE}/commands/escalate")
    assert page.has_form(f"/disputes/{DISPUTE}/commands/cancel_dispute")


def test_what_is_not_yours_does_not_exist(world: World, olga: Visitor) -> None:
    opens(olga)
    stranger = world.visitor(Role.BUYER, "b2")
    page = stranger.get("/orders/none")
    assert page.status == 404
    for path in ("/orders/A-1", "/orders/A-1/dispute/new", f"/disputes/{DISPUTE}",
                 "/disputes/A-1-D9", "/disputes/none", "/orders/A-1/evidence/E1", "/nowhere",
                 "/orders/%00", "/static/0/style.css"):  # fmt: skip
        other = stranger.get(path)
        assert other.status == 404, path
        assert other.html == page.html, path
    csrf = stranger.get("/orders").form("/sign-out")
    for path in ("/orders/A-1/commands/send_message", f"/disputes/{DISPUTE}/commands/escalate",
                 "/orders/A-1/dispute/new", "/orders/A-1/evidence", "/orders/A-1/commands/none",
                 f"/disputes/{DISPUTE}/commands/none"):  # fmt: skip
        other = stranger.post(path, csrf)
        assert other.status == 404, path
        assert other.html == page.html, path


def test_everybody_sees_their_own_lists_only(world: World, olga: Visitor) -> None:
    opens(olga)
    other_seller = {**ORDER["seller"], "id": "s2", "name": "Tea House"}
    world.place("B-1", seller=other_seller, buyer={**ORDER["buyer"], "id": "b2"},
                payment={**ORDER["payment"], "reference": "pay_2"})  # fmt: skip
    assert "B-1" not in olga.get("/orders").words
    assert "A-1" in olga.get("/orders").words
    assert DISPUTE in olga.get("/disputes").words
    tea = world.visitor(Role.SELLER, "s2")
    assert "B-1" in tea.get("/orders").words
    assert "A-1" not in tea.get("/orders").words
    assert DISPUTE not in tea.get("/disputes").words
    assert DISPUTE not in world.visitor(Role.MEDIATOR, "m1").get("/disputes").words
    assert world.visitor(Role.MEDIATOR, "m1").get("/orders").status == 404
    support = world.visitor(Role.SUPPORT, "u1")
    assert "A-1" in support.get("/orders").words
    assert "B-1" in support.get("/orders").words


def test_orders_are_found_filtered_and_paged(world: World) -> None:
    for number in range(23):
        world.place(f"A-{number}", placed_at=f"2025-12-01T00:{number:02d}:00Z",
                    payment={**ORDER["payment"], "reference": f"p{number}"})  # fmt: skip
    olga = world.visitor(Role.BUYER, "b1")
    first = olga.get("/orders")
    assert first.html.index("A-22") < first.html.index("A-21")
    assert '/orders/A-2"' not in first.html
    cursor = first.html.split('href="/orders?cursor=')[1].split('"')[0]
    older = olga.get(f"/orders?cursor={cursor}")
    assert '/orders/A-2"' in older.html
    assert '/orders/A-3"' not in older.html
    assert olga.get("/orders", find=" A-7 ").url.endswith("/orders/A-7")
    assert "No order of yours has this number" in olga.get("/orders", find="B-7").words
    assert "No orders here" in olga.get("/orders", status="received").words
    assert "A-22" in olga.get("/orders", status="placed").words
    assert olga.get("/orders", cursor="rubbish").status == 404


def test_a_form_from_elsewhere_changes_nothing(world: World, olga: Visitor) -> None:
    action = "/orders/A-1/commands/send_message"
    fields = {**olga.get("/orders/A-1").form(action), "text": ["Planted."]}
    stolen = {**fields, "csrf": ["0" * 64]}
    assert olga.post(action, stolen).status == 403
    assert olga.post(action, {k: v for k, v in fields.items() if k != "csrf"}).status == 403
    another = world.visitor(Role.BUYER, "b1").get("/orders/A-1").form(action)["csrf"]
    assert olga.post(action, {**fields, "csrf": another}).status == 403
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert olga.client.post(action, data=fields, headers=headers).status_code == 403
    assert "Planted." not in olga.get("/orders/A-1").words


def test_every_page_says_what_a_browser_may_do_with_it(world: World, olga: Visitor) -> None:
    for path in ("/", "/orders", "/orders/A-1", "/orders/none", OPEN, "/disputes", "/notices",
                 f"/enter/{'x' * 32}", "/nowhere"):  # fmt: skip
        page = olga.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"
        assert not re.search("<script(?! src=)", page.html), "none but our own files"
        assert "style=" not in page.html
        assert '<html lang="en" dir="ltr">' in page.html


def test_loading_a_forms_address_again_leads_back_to_its_page(olga: Visitor) -> None:
    assert olga.get("/orders/A-1/commands/send_message").url.endswith("/orders/A-1")
    assert olga.get("/orders/A-1/evidence").url.endswith("/orders/A-1")
    assert olga.get("/disputes/none/commands/escalate").status == 404
    assert olga.get("/sign-out").url.endswith("/orders")


def test_files_of_the_pages_are_kept_by_browsers(olga: Visitor) -> None:
    sheet = olga.get("/orders").html.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = olga.get(sheet)
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")


def test_a_page_is_light(olga: Visitor) -> None:
    opens(olga)
    assert len(olga.get(f"/disputes/{DISPUTE}").html.encode()) < 60_000


def test_the_interface_answers_its_own_addresses(world: World) -> None:
    answer = world.browser().get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_form_too_large_is_refused_in_words(olga: Visitor) -> None:
    action = "/orders/A-1/commands/send_message"
    fields = {**olga.get("/orders/A-1").form(action), "text": ["x" * 3_000_000]}
    page = olga.post(action, fields)
    assert page.status == 413
    assert "too large" in page.words
    assert "MB" not in page.words
    assert '<a href="/orders/A-1">' in page.html


@pytest.mark.parametrize(
    ("sent_to", "back"),
    [
        ("/orders/A-1/evidence", "/orders/A-1"),
        ("/orders/A-1/dispute/new/proof", "/orders/A-1/dispute/new/proof"),
    ],
)
def test_a_file_too_large_is_told_how_large_one_may_be_and_led_back(
    olga: Visitor, sent_to: str, back: str
) -> None:
    body = _FILE + bytes(LARGEST_FORM) + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = olga.client.post(sent_to, content=body, headers=headers)
    page = Page(answer.status_code, answer.text, str(answer.url), answer.headers)
    assert page.status == 413
    assert f"a video {MOST_MEGABYTES['video']} MB" in page.words
    assert f'<a href="{back}">' in page.html


def test_a_fault_of_ours_is_a_page_that_says_so(
    world: World, olga: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_order: str) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(world.service.engine, "view", broken)
    page = olga.get("/orders/A-1")
    assert page.status == 500
    assert "It is our fault" in page.words
    assert "disk" not in page.words


def test_a_strangers_large_file_is_not_even_read(world: World) -> None:
    where = urlsplit(world.base)
    asked = (
        f"POST /orders/A-1/evidence HTTP/1.1\r\nHost: {where.netloc}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000000\r\n\r\n"
    )
    with socket.create_connection((where.hostname, where.port), 20) as line:
        line.sendall(asked.encode() + b"--x\r\n")
        # The rest never comes, and is not waited for.
        assert line.recv(200).startswith(b"HTTP/1.1 401 ")


_PART = b'--x\r\nContent-Disposition: form-data; name="note"\r\n'
_FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG'


@pytest.mark.parametrize("where", ["/orders/A-1/evidence", "/orders/A-1/dispute/new/proof"])
@pytest.mark.parametrize(
    ("boundary", "body"),
    [
        ("", _FILE + b"\r\n--x--\r\n"),
        ("; boundary=y", _FILE + b"\r\n--x--\r\n"),
        ("; boundary=x", _FILE),
        ("; boundary=x", _PART),
        ("; boundary=x", _PART + b"\r\n\xff\xfe\r\n--x--\r\n"),
        ("; boundary=x", _PART + b"Content-Type: text/plain; charset=none\r\n\r\na\r\n--x--\r\n"),
        ("; boundary=x", b""),
    ],
    ids=["no boundary", "other", "cut in file", "cut in head", "no text", "no charset", "nothing"],
)
def test_a_file_that_did_not_come_whole_is_told_so(
    world: World, olga: Visitor, where: str, boundary: str, body: bytes
) -> None:
    headers = {"Content-Type": f"multipart/form-data{boundary}"}
    answer = olga.client.post(where, content=body, headers=headers)
    page = Page(answer.status_code, answer.text, str(answer.url), answer.headers)
    assert page.status == 400
    assert "did not come whole" in page.words
    assert "send it once more" in page.words
    back = where.removesuffix("/evidence")
    assert f'<a href="{back}">' in page.html
    assert not world.service.engine.view("A-1").state.order.evidence  # type: ignore[union-attr]  # it is there


@pytest.mark.parametrize("key", ["a\x00b", "x" * 9000, " ", "\u202e"])
def test_what_no_page_of_ours_put_into_a_form_breaks_nothing(olga: Visitor, key: str) -> None:
    action = "/orders/A-1/commands/send_message"
    sent = olga.fill(olga.get("/orders/A-1"), action, text="Is it here?", key=key)
    assert sent.status == 200, sent.words
    assert "Is it here?" in sent.words
