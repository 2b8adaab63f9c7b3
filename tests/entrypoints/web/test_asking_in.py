"""A link by e-mail: for whoever is known, and without telling who that is."""

from __future__ import annotations

import email
import re
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from amends.entrypoints.words.catalogue import words
from amends.entrypoints.words.languages import languages
from amends.kernel.people import Role
from tests.entrypoints.web.conftest import ORDER, Visitor, World

SENT = "Look into your mail"


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    return tmp_path / "pages.db.mail"


def letters(mails: Path) -> list[EmailMessage]:
    """Mails about signing in, the oldest first."""
    files = (
        sorted(mails.glob("*"), key=lambda path: path.stat().st_mtime_ns) if mails.exists() else []
    )
    read = [
        email.message_from_bytes(f.read_bytes(), policy=policy.default)
        for f in files
        if f.is_file()
    ]
    subjects = {words(language).mails["sign_in_link"].subject for language in languages()}
    return [m for m in read if m["subject"] in subjects]


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage) -> str:
    found = re.search(r"/enter/\S+", text_of(letter))
    assert found
    return found[0]


def ask(world: World, who: str, leads_to: str = "/") -> Visitor:
    visitor = Visitor(world.browser())
    page = visitor.fill(visitor.get("/link"), "/link", who=who, leads_to=leads_to)
    assert SENT in page.words
    return visitor


def test_an_e_mail_gets_a_link_that_works_once_for_half_an_hour(world: World, mails: Path) -> None:
    world.place()
    visitor = ask(world, " OLGA@example.com ")
    ask(world, "olga@example.com")
    first, second = letters(mails)
    assert first["to"] == "olga@example.com"
    assert "30" in text_of(first)
    page = visitor.post(link_in(first), {})
    assert page.url.endswith("/orders")
    assert "A-1" in page.words
    assert Visitor(world.browser()).post(link_in(first), {}).status == 410
    world.api("POST", "/sandbox/clock", {"advance": "PT30M"})
    assert Visitor(world.browser()).post(link_in(second), {}).status == 410


def test_an_order_number_gets_its_buyer_a_link_to_its_page(world: World, mails: Path) -> None:
    world.place()
    visitor = ask(world, "A-1")
    (letter,) = letters(mails)
    assert letter["to"] == "olga@example.com"
    assert visitor.post(link_in(letter), {}).url.endswith("/orders/A-1")


def test_whoever_buys_and_sells_gets_a_link_for_each(world: World, mails: Path) -> None:
    world.place()
    both = {**ORDER["seller"], "id": "b1", "email": "olga@example.com"}
    world.place("A-2", seller=both, buyer={**ORDER["buyer"], "id": "b2", "email": "b2@example.com"})
    ask(world, "olga@example.com")
    starts = {Visitor(world.browser()).post(link_in(m), {}).url for m in letters(mails)}
    assert starts == {f"{world.base}/orders", f"{world.base}/disputes"}


def test_an_address_somebody_had_once_leads_to_them_no_more(world: World, mails: Path) -> None:
    world.place()
    moved = {**ORDER["buyer"], "email": "new@example.com"}
    world.place("A-2", buyer=moved, placed_at="2026-01-01T00:00:00Z")
    world.wait(1)
    world.place("A-3", buyer=moved, placed_at="2026-01-02T00:00:00Z")
    ask(world, "olga@example.com")
    assert letters(mails) == []
    ask(world, "new@example.com")
    assert [m["to"] for m in letters(mails)] == ["new@example.com"]


def test_known_and_unknown_are_answered_alike(world: World, mails: Path) -> None:
    world.place()
    pages = []
    for who in ("olga@example.com", "nobody@example.com", "A-1", "A-999"):
        visitor = Visitor(world.browser())
        pages.append(visitor.post("/link", {"who": [who], "leads_to": ["/"]}))
    assert {(p.status, p.html) for p in pages} == {(200, pages[0].html)}
    assert len(letters(mails)) == 2


def test_known_and_unknown_cost_the_same_work(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked up is looked up by the job: the request only counts and puts one in."""
    world.place()
    store = world.service.store
    monkeypatch.setattr("amends.entrypoints.web.asking_in.come_to_rest", lambda _site: None)

    def statements(who: str) -> list[str]:
        seen: list[str] = []
        connections = store.jobs._connections  # type: ignore[attr-defined]
        readers = [connections._writer, *connections._readers]
        for connection in readers:
            connection.set_trace_callback(seen.append)
        Visitor(world.browser()).post("/link", {"who": [who], "leads_to": ["/"]})
        for connection in readers:
            connection.set_trace_callback(None)
        return [re.sub(r"'[^']*'|\d+", "?", text) for text in seen]

    known, unknown = statements("olga@example.com"), statements("nobody@example.com")
    assert known
    assert known == unknown


def test_asking_too_often_has_to_wait(world: World, mails: Path) -> None:
    world.place()
    for who in ("olga@example.com", "nobody@example.com"):
        for _ in range(3):
            ask(world, who)
        page = Visitor(world.browser()).post("/link", {"who": [who], "leads_to": ["/"]})
        assert page.status == 429
        assert who in page.html
    assert len(letters(mails)) == 3


def test_one_address_cannot_ask_for_everybody(world: World) -> None:
    statuses = [
        Visitor(world.browser()).post("/link", {"who": [f"A-{n}"], "leads_to": ["/"]}).status
        for n in range(31)
    ]
    assert statuses == [200] * 30 + [429]


@pytest.mark.parametrize("who", ["", "two words", "x" * 300 + "@example.com"])
def test_what_is_neither_says_so(world: World, who: str) -> None:
    page = Visitor(world.browser()).post("/link", {"who": [who], "leads_to": ["/"]})
    assert page.status == 422
    assert "neither an e-mail address nor an order number" in page.words


def test_a_page_that_needs_signing_in_offers_a_link_to_itself(world: World, mails: Path) -> None:
    world.place()
    world.deliver()
    visitor = Visitor(world.browser())
    page = visitor.get("/orders/A-1")
    assert page.status == 401
    form = page.form("/link")
    assert form["who"] == ["A-1"]
    assert form["leads_to"] == ["/orders/A-1"]
    visitor.post("/link", form)
    assert visitor.post(link_in(letters(mails)[0]), {}).url.endswith("/orders/A-1")


def test_a_link_never_leads_to_another_site(world: World, mails: Path) -> None:
    world.place()
    ask(world, "olga@example.com", leads_to="//evil.example/")
    browser = world.browser()
    answer = browser.post(link_in(letters(mails)[0]))
    assert answer.headers["location"] == "/"


def test_a_spent_link_gets_a_fresh_one_to_the_same_page(world: World, mails: Path) -> None:
    world.place()
    token = world.link(Role.SELLER, "s1", "/orders/A-1")
    visitor = Visitor(world.browser())
    visitor.post(f"/enter/{token}", {})
    other = Visitor(world.browser())
    spent = other.post(f"/enter/{token}", {})
    assert spent.status == 410
    again = f"/enter/{token}/again"
    assert SENT in other.fill(spent, again).words
    (letter,) = letters(mails)
    assert letter["to"] == "shop@example.com"
    assert other.post(link_in(letter), {}).url.endswith("/orders/A-1")
    unknown = other.post("/enter/never-made/again", {})
    assert unknown.html == other.post(again, {}).html


def test_nobody_gets_a_link_for_staff_by_mail(world: World, mails: Path) -> None:
    world.place()
    token = world.link(Role.SUPERVISOR, "b1")
    Visitor(world.browser()).post(f"/enter/{token}/again", {})
    assert letters(mails) == []


def test_another_site_cannot_have_links_sent(world: World, mails: Path) -> None:
    world.place()
    data = {"who": "olga@example.com", "leads_to": "/"}
    refused = world.browser().post("/link", data=data, headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert letters(mails) == []


def test_what_was_typed_is_not_lost_with_the_session(world: World) -> None:
    world.place()
    world.deliver()
    buyer = world.visitor(Role.BUYER, "b1")
    order = buyer.get("/orders/A-1")
    action = "/orders/A-1/commands/send_message"
    fields = {**order.form(action), "text": ["Where is <it>?"]}
    buyer.client.cookies.clear()
    told = buyer.post(action, fields)
    assert told.status == 401
    assert "Nothing was sent" in told.words
    assert "Where is <it>?" in told.words
    assert 'name="leads_to" value="/orders/A-1"' in told.html
    assert "csrf" not in told.html, "nothing of ours is among what was typed"
    assert "Nothing was sent" not in buyer.get("/orders/A-1").words
