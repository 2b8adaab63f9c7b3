"""The admins' pages on who works for the platform."""

from __future__ import annotations

import re

import pytest

from amends.kernel.people import Role
from tests.entrypoints.staff.people import Colleague, colleague
from tests.entrypoints.web.conftest import Visitor, World
from tests.entrypoints.web.test_signin import SIGN_IN, signed_in

NEW = "/staff/people/new"


@pytest.fixture
def ada(world: World) -> Visitor:
    return signed_in(world, colleague(world.service, "ada", Role.ADMIN))


@pytest.fixture
def mia(world: World) -> Colleague:
    return colleague(world.service, "mia", Role.MEDIATOR, reports_to=None)


def test_somebody_is_added_and_their_link_works(world: World, ada: Visitor) -> None:
    page = ada.fill(
        ada.get(NEW), NEW, person="leo", name="Leo Varga", email="leo@amends.example",
        role="appeals", languages="hu, en", limits="500 USD", reports_to="ada",
    )  # fmt: skip
    assert page.status == 200, page.words
    link = re.search(r"/staff/set-up/[\w-]+", page.html)
    assert link
    assert "Leo Varga" in Visitor(world.browser()).get(link[0]).words
    words = ada.get("/staff").words
    assert "Leo Varga" in words
    assert "500.00 USD" in words
    assert "not set up" in words
    account = world.service.store.staff.account("leo")
    assert account is not None
    assert account.member.languages == ("hu", "en")
    assert ada.get(f"{NEW[:-3]}leo").form(f"{NEW[:-3]}leo")["languages"] == ["Hungarian, English"]
    assert account.member.reports_to == "ada"


@pytest.mark.parametrize(
    ("typed", "codes", "shown"),
    [
        ("Russian, english", ("ru", "en"), "Russian, English"),
        ("zh-CN en", ("zh-CN", "en"), "zh-CN, English"),
        ("Klingon; ru", ("tlh", "ru"), "Klingon, Russian"),
        ("no such tongue", ("no", "such", "tongue"), "Norwegian, such, tongue"),
    ],
)
def test_languages_are_typed_by_name_or_code(
    world: World, ada: Visitor, typed: str, codes: tuple[str, ...], shown: str
) -> None:
    ada.fill(ada.get(NEW), NEW, person="leo", name="Leo", email="l@x.example", role="mediator",
             languages=typed, categories="Clothing, home appliances; Übergröße")  # fmt: skip
    account = world.service.store.staff.account("leo")
    assert account is not None
    assert account.member.languages == codes
    assert account.member.categories == ("clothing", "home", "appliances", "Übergröße")
    kept = ada.get(f"{NEW[:-3]}leo").form(f"{NEW[:-3]}leo")
    assert kept["languages"] == [shown]


def test_what_is_refused_keeps_what_was_typed(ada: Visitor) -> None:
    page = ada.fill(
        ada.get(NEW), NEW, person="leo", name="Leo", email="nonsense", role="support",
        limits="500 USD",
    )  # fmt: skip
    assert page.status == 422
    assert "mia@example.com" in page.words
    form = page.form(NEW)
    assert (form["name"], form["email"], form["role"]) == (["Leo"], ["nonsense"], ["support"])
    for wrong, said in (
        ({"person": "two words"}, "An id is"), ({"limits": "much"}, "no amount"),
        ({"name": " "}, "has a name"), ({"person": "ada"}, "belongs to an account"),
        ({"role": "buyer"}, "roles of staff"),
    ):  # fmt: skip
        good = {"person": "leo", "name": "Leo", "email": "l@x.example", "role": "support"}
        again = ada.fill(page, NEW, **{**good, "limits": "", **wrong})
        assert again.status == 422
        assert said in again.words


def test_an_account_is_changed_from_the_next_request_on(
    world: World, ada: Visitor, mia: Colleague
) -> None:
    visitor = signed_in(world, mia)
    where = "/staff/people/mia"
    page = ada.fill(ada.get(where), where, role="finance")
    assert "counts from their next request" in page.words
    assert "finance" in visitor.get("/account").words.casefold()
    assert "last administrator" not in page.words
    assert "only administrator" in ada.fill(
        ada.get("/staff/people/ada"), "/staff/people/ada", role="support"
    ).words  # fmt: skip


def test_an_account_is_disabled_and_enabled(world: World, ada: Visitor, mia: Colleague) -> None:
    visitor = signed_in(world, mia)
    where = "/staff/people/mia"
    assert "disabled" in ada.fill(ada.get(where), f"{where}/disable").words
    assert visitor.get("/disputes").status == 401
    assert Visitor(world.browser()).post(SIGN_IN, mia.form()).status == 403
    ada.fill(ada.get(where), f"{where}/enable")
    assert Visitor(world.browser()).post(SIGN_IN, mia.form()).status == 200


def test_a_reset_signs_out_and_gives_a_link(world: World, ada: Visitor, mia: Colleague) -> None:
    visitor = signed_in(world, mia)
    where = "/staff/people/mia"
    page = ada.fill(ada.get(where), f"{where}/reset")
    assert re.search(r"/staff/set-up/[\w-]+", page.html)
    assert visitor.get("/disputes").status == 401
    assert Visitor(world.browser()).post(SIGN_IN, mia.form()).status == 403


def test_an_admin_ends_anybodys_session(world: World, ada: Visitor, mia: Colleague) -> None:
    visitor = signed_in(world, mia)
    page = ada.get("/staff/people/mia")
    (end,) = re.findall(r'action="(/staff/people/mia/sessions/[^"]+)"', page.html)
    ada.fill(page, end)
    assert visitor.get("/disputes").status == 401
    assert ada.post(end, {"csrf": page.csrf}).status == 404


def test_nobody_else_finds_these_pages(world: World, ada: Visitor, mia: Colleague) -> None:
    paths = ("/staff", NEW, "/staff/people/mia", "/staff/people/none")
    forms = (NEW, "/staff/people/mia", "/staff/people/mia/reset", "/staff/people/mia/disable",
             "/staff/people/mia/sessions/x/end")  # fmt: skip
    visitors = [signed_in(world, mia)] + [
        world.visitor(role, "p1") for role in (Role.BUYER, Role.SELLER, Role.SUPERVISOR)
    ]
    for visitor in visitors:
        missing = visitor.get("/nowhere")
        for path in paths:
            page = visitor.get(path)
            assert (page.status, page.words) == (404, missing.words), path
        for action in forms:
            assert visitor.post(action, {"csrf": missing.csrf}).status == 404, action
    assert world.browser().get("/staff").status_code == 401
    assert ada.get("/staff/people/none").status == 404


def test_each_change_needs_a_form_of_ones_own_and_a_fresh_code(
    world: World, ada: Visitor, mia: Colleague
) -> None:
    where = "/staff/people/mia"
    page = ada.get(where)
    for action in (where, f"{where}/reset", f"{where}/disable", NEW):
        assert ada.post(action, {"csrf": ["x"]}).status == 403
    world.api("POST", "/sandbox/clock", {"advance": "PT11M"})
    for action in (where, f"{where}/reset", f"{where}/disable"):
        assert "Is it you?" in ada.fill(page, action).words
    assert world.service.store.staff.secrets("mia").second
    asked = ada.fill(page, where, name="Mia Changed")
    assert asked.form(where)["name"] == ["Mia Changed"]


def test_a_form_that_is_loaded_again_leads_to_its_page(ada: Visitor, mia: Colleague) -> None:
    for step in ("reset", "disable", "sessions/x/end"):
        assert ada.get(f"/staff/people/mia/{step}").url.endswith("/staff/people/mia")
