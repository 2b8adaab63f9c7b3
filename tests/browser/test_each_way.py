"""Every journey of buyers and sellers, two ways: with a pointer and scripts, in English; by
keyboard alone and without scripts, from right to left, where each string shows whether it was
marked for translation. ``JOURNEYS`` is the list of them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize

from amends.bootstrap import Settings, build_service
from amends.engine.access import Link
from amends.entrypoints.application import build_app
from amends.entrypoints.web.router import web_router
from amends.kernel.people import Actor, Role
from tests.browser import pseudo
from tests.browser.town import Stage, Town
from tests.browser.ways import Keyboard, Pointer
from tests.entrypoints.web.conftest import World, serving

PHONE: ViewportSize = {"width": 360, "height": 740}
MOST_PAGES_FROM_A_MAIL = 2


class Journey(NamedTuple):
    """From ``begins`` on; it is over when a page says that ``done`` was done."""

    who: Role
    begins: Stage
    goes: Callable[[Pointer, str], None]
    done: str


def act(way: Pointer, type_: str, **fields: str) -> None:
    """Fill in a command's form where it is shown, send it, and confirm it if that is asked."""
    form = f'form[action$="/commands/{type_}"]'
    for name, text in fields.items():
        field = f'{form} [name="{name.replace("__", ".")}"]'
        if text.startswith("="):
            way.choose(f'{field}[value="{text[1:]}"]')
        else:
            way.write(field, text)
    way.press(f"{form} button")
    if way.page.locator('input[type="hidden"][name="confirmed"]').count():
        way.press(f"{form} button")


def on_dispute(type_: str, **fields: str) -> Callable[[Pointer, str], None]:
    """A command on the page of the order's dispute, which the list of disputes leads to."""

    def goes(way: Pointer, order: str) -> None:
        way.open("/disputes")
        way.press(f'a[href="/disputes/{order}-D1"]')
        act(way, type_, **fields)

    return goes


def on_order(type_: str, **fields: str) -> Callable[[Pointer, str], None]:
    """A command on the order's page, which the list of orders leads to."""

    def goes(way: Pointer, order: str) -> None:
        way.open("/orders")
        way.press(f'a[href="/orders/{order}"]')
        act(way, type_, **fields)

    return goes


def claims(way: Pointer, order: str) -> None:
    """All pages of a claim."""
    new = f"/orders/{order}/dispute/new"
    way.open("/orders")
    way.press(f'a[href="{new}"]')
    way.press('[name="received"][value="yes"]')
    way.choose('[name="reason"][value="damaged"]')
    goes_on = ".buttons button:not([name])"
    way.press(goes_on)
    way.press(goes_on)
    way.choose('[name="remedy"][value="refund"]')
    way.press(goes_on)
    way.write('[name="description"]', "TORN")
    way.press(goes_on)
    way.attach('[name="file"]')
    way.press(goes_on)
    way.press(goes_on)


def reports_missing(way: Pointer, order: str) -> None:
    """From the order to its refund, and to saying that it has not come."""
    way.open(f"/orders/{order}")
    way.press(f'a[href="/refunds/{order}-R1"]')
    way.press('form[action$="/missing"] button')


def refuses(way: Pointer, _order: str) -> None:
    """With a file that shows why."""
    upload = 'form[action$="/evidence"]'
    way.attach(f'{upload} [name="file"]')
    way.press(f"{upload} button")
    act(way, "decline_offer", note="AS SHOWN")


def answers(type_: str, **fields: str) -> Callable[[Pointer, str], None]:
    """At once on the page that a mail led to."""
    return lambda way, _order: act(way, type_, **fields)


def delivered(_town: Town, _order: str) -> None:
    """Every order was."""


B, S, T = Role.BUYER, Role.SELLER, Town
_RETURNED = {
    "address__name": "HOUSE", "address__street": "1 ROAD", "address__city": "HANGZHOU",
    "address__country": "CN",
}  # fmt: skip
_HALF = {"remedy": "=refund", "amount": "500"}
JOURNEYS = {
    "claim": Journey(B, delivered, claims, "open_dispute"),
    "accept an offer": Journey(
        B, T.offered, on_dispute("accept_offer", offer="=O2|20000 RUB"), "accept_offer"
    ),
    "counter": Journey(B, T.offered, on_dispute("make_offer", **_HALF), "make_offer"),
    "cancel": Journey(B, T.claimed, on_dispute("cancel_dispute"), "cancel_dispute"),
    "escalate": Journey(B, T.offered, on_dispute("escalate", note="NO WAY"), "escalate"),
    "send goods back": Journey(
        B, T.to_be_sent_back,
        on_dispute("ship_return", carrier="PONY", tracking_number="77", insist="=yes"),
        "ship_return",
    ),
    "the money did not come": Journey(B, T.agreed, reports_missing, "report_missing_money"),
    "confirm receipt": Journey(
        B, delivered, on_order("confirm_receipt"), "confirm_receipt"
    ),
    "leave feedback": Journey(
        B, T.received, on_order("leave_feedback", stars="4", text="FINE"), "leave_feedback"
    ),
    "accept from a mail": Journey(
        S, T.claimed,
        answers("accept_offer", offer="=O1|160000 RUB", confirmed="=yes"), "accept_offer",
    ),
    "counter from a mail": Journey(S, T.claimed, answers("make_offer", **_HALF), "make_offer"),
    "refuse from a mail with evidence": Journey(S, T.claimed, refuses, "decline_offer"),
    "more time from a mail": Journey(
        S, T.claimed, answers("request_more_time", note="LOOKING"), "request_more_time"
    ),
    "give a return address": Journey(
        S, lambda town, order: town.agreed(order, "return_and_refund"),
        on_dispute("provide_return_address", **_RETURNED), "provide_return_address",
    ),
    "inspect a return": Journey(
        S, T.sent_back, on_dispute("inspect_return", condition="=as_sent"), "inspect_return"
    ),
    "send a replacement": Journey(
        S, lambda town, order: town.agreed(order, "replacement"),
        on_dispute("ship_replacement", carrier="PONY", tracking_number="78", insist="=yes"),
        "ship_replacement",
    ),
}  # fmt: skip
_LONG_AGO = "the money did not come"
# The dispute's page is shown twice: the file is sent before the answer.
_ONE_MORE = "refuse from a mail with evidence"


def _order(journey: str, way: str) -> str:
    return f"J{list(JOURNEYS).index(journey)}{way}"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Where all journeys begin, each with an order of its own."""
    with ExitStack() as stack:
        stack.enter_context(pseudo.spoken_by_servers())
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        folder: Path = tmp_path_factory.mktemp("town")
        service = build_service(Settings(folder / "town.db", sandbox=True, base_url=base))
        stack.callback(service.close)
        stack.enter_context(serving(build_app(service, [web_router(service)]), listening))
        made = Town(World(service, base, stack), folder / "town.db.mail")
        for days, journeys in (
            (45, [_LONG_AGO]),
            (0, [name for name in JOURNEYS if name != _LONG_AGO]),
        ):
            orders = [(name, _order(name, way)) for name in journeys for way in "PK"]
            for _name, order in orders:
                made.place(order)
            made.world.wait(9)
            for _name, order in orders:
                made.deliver(order)
            made.world.wait(1)
            for name, order in orders:
                JOURNEYS[name].begins(made, order)
            made.world.wait(days)
        yield made


@pytest.fixture(scope="module")
def entered(chromium: Browser, town: Town) -> Iterator[Callable[[str, Role], BrowserContext]]:
    """Whoever it is, signed in once for all journeys of theirs."""
    contexts: dict[tuple[str, str], BrowserContext] = {}

    def enter(way: str, who: str) -> BrowserContext:
        if (way, who) not in contexts:
            contexts[way, who] = context = _browser(chromium, town, way)
            actor = Actor(f"{who[0].upper()}{way}", Role(who))
            service, token = town.world.service, town.world.service.new_token()
            until = service.clock.now() + timedelta(hours=1)
            service.store.access.add_link(token, Link(actor, "/"), until)
            page = context.new_page()
            page.goto(f"/enter/{token}")
            # A page that is closed on its way to the next one never says that it is closed.
            with page.expect_navigation():
                page.locator('form[action^="/enter/"] button').click()
            page.close()
        return contexts[way, who]

    yield enter
    for context in contexts.values():
        context.close()


def _browser(chromium: Browser, town: Town, way: str) -> BrowserContext:
    scripts = way == "P"
    context = chromium.new_context(
        base_url=town.world.base, viewport=PHONE, java_script_enabled=scripts
    )
    if way == "K":
        context.add_cookies([{"name": "language", "value": pseudo.NAME, "url": town.world.base}])
    return context


@pytest.mark.parametrize("way", ["P", "K"])
@pytest.mark.parametrize("name", JOURNEYS)
def test_a_journey(
    chromium: Browser,
    town: Town,
    entered: Callable[[str, Role], BrowserContext],
    name: str,
    way: str,
) -> None:
    journey, order = JOURNEYS[name], _order(name, way)
    by_mail = "from a mail" in name
    # Whoever comes by a mail has not signed in before.
    context = _browser(chromium, town, way) if by_mail else entered(way, journey.who)
    page = context.new_page()
    page.set_default_timeout(5_000)
    going = Pointer(page, marked=False) if way == "P" else Keyboard(page, marked=True)
    if by_mail:
        going.open(town.mail_to(way, f"{order}-D1"))
        going.press('form[action^="/enter/"] button')
        assert page.url == f"{town.world.base}/disputes/{order}-D1"
    journey.goes(going, order)
    assert page.url.endswith(f"done={journey.done}"), page.locator("main").inner_text()
    if by_mail:
        pages = going.pages - 1  # the last one says that it was done
        print(f"{name}: {pages} pages")  # noqa: T201
        assert pages <= MOST_PAGES_FROM_A_MAIL + (name == _ONE_MORE)
    if way == "K":
        assert page.locator("html").get_attribute("dir") == "rtl"
    page.close()
    if by_mail:
        context.close()


def test_a_string_nobody_marked_is_found(
    town: Town, entered: Callable[[str, Role], BrowserContext]
) -> None:
    page = entered("K", Role.BUYER).new_page()
    page.goto("/orders")
    assert page.locator("h1").inner_text() == "⟦My orders⟧"
    assert page.evaluate(pseudo.UNMARKED) == []
    page.locator("h1").evaluate("e => { e.after('Planted'); e.ariaLabel = 'Hidden'; }")
    assert page.evaluate(pseudo.UNMARKED) == ["aria-label=Hidden", "Planted"]
    page.close()
