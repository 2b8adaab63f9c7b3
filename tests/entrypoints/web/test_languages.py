"""Pages in the language a visitor asks for, or chose."""

from __future__ import annotations

from amends.kernel.people import Role
from tests.entrypoints.web.conftest import ORDER, Page, World
from tests.entrypoints.web.test_journeys import OPEN, opens


def read_in(page: Page) -> str:
    """The language a page says it is in."""
    return page.html.split('<html lang="', 1)[1].split('"', 1)[0]


def test_a_visitor_reads_what_their_browser_asks_for(world: World) -> None:
    world.place()
    world.deliver()
    buyer = world.visitor(Role.BUYER, "b1")
    buyer.client.headers["Accept-Language"] = "tlh, ru-RU;q=0.9, en;q=0.5"
    page = buyer.get("/orders/A-1")
    assert read_in(page) == "ru"
    assert "Подтвердить получение" in page.words
    assert "10 янв" in page.words
    assert "Проблема с заказом?" in page.words
    assert "Confirm receipt" not in page.words


def test_a_chosen_language_goes_before_the_browsers(world: World) -> None:
    world.place()
    world.deliver()
    buyer = world.visitor(Role.BUYER, "b1")
    buyer.client.headers["Accept-Language"] = "ru"
    chosen = buyer.get("/language/es")
    assert read_in(chosen) == "es"
    page = buyer.get("/orders/A-1")
    assert "Confirmar la recepción" in page.words
    assert "10 ene" in page.words


def test_a_refusal_is_read_in_the_visitors_language(world: World) -> None:
    world.place()
    world.deliver()
    buyer = world.visitor(Role.BUYER, "b1")
    for asked, said in (
        ("es", "Escriba el importe en RUB, con cifras"), ("ru", "Пишите сумму в RUB цифрами"),
        ("tlh", "Write the amount in RUB, in digits"),
    ):  # fmt: skip
        buyer.client.headers["Accept-Language"] = asked
        page = opens(buyer, amount="seven")
        assert page.status == 422
        assert said in page.words


def test_an_amount_is_read_as_the_page_s_language_has_it(world: World) -> None:
    dear = [{**ORDER["lines"][0], "unit_price": {"amount": 80_000_00, "currency": "RUB"}}]
    paid = {**ORDER["payment"], "captured": {"amount": 160_000_00, "currency": "RUB"}}
    world.place(lines=dear, payment=paid)
    world.deliver()
    buyer = world.visitor(Role.BUYER, "b1")
    buyer.client.headers["Accept-Language"] = "es"
    page = opens(buyer, amount="1,000")
    assert page.status == 422
    assert "Esto podría ser RUB 1,00 o RUB 1.000,00. Escriba 1,00 o 1000,00." in page.words
    assert page.form(OPEN)["amount"] == ["1,000"]
    after = buyer.fill(page, OPEN, amount="1.000")
    assert "RUB 1.000,00" in after.words


def test_a_language_nobody_wrote_is_answered_in_english(world: World) -> None:
    world.place()
    buyer = world.visitor(Role.BUYER, "b1")
    buyer.client.headers["Accept-Language"] = "tlh"
    page = buyer.get("/orders/A-1")
    assert read_in(page) == "en"
    assert "Returns and disputes" in page.words
    assert buyer.get("/language/tlh").status == 404
