"""Signing in with password and code, and everything that must not let anybody in."""

from __future__ import annotations

import re

import pyotp
import pytest

from amends.entrypoints.staff.roster import Roster, SetUpLink
from amends.kernel.people import Role
from tests.entrypoints.staff.people import PASSWORD, Colleague, account, colleague
from tests.entrypoints.web.conftest import Visitor, World, _page

SIGN_IN = "/staff/sign-in"


@pytest.fixture
def mia(world: World) -> Colleague:
    return colleague(world.service, "mia", Role.MEDIATOR)


def signed_in(world: World, who: Colleague) -> Visitor:
    visitor = Visitor(world.browser())
    page = visitor.post(SIGN_IN, who.form())
    assert page.status == 200, page.words
    return visitor


def test_password_and_code_let_in_and_lead_on(world: World, mia: Colleague) -> None:
    visitor = Visitor(world.browser())
    page = visitor.get(SIGN_IN, leads_to="/notices")
    answer = visitor.client.post(SIGN_IN, data={**page.form(SIGN_IN), **mia.form()})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/notices"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert visitor.get(SIGN_IN).url.endswith("/queue")


@pytest.mark.parametrize(
    "wrong",
    [{"email": "nobody@amends.example"}, {"password": "something else"}, {"code": "000000"}],
)
def test_whatever_is_wrong_is_answered_alike(
    world: World, mia: Colleague, wrong: dict[str, str]
) -> None:
    visitor = Visitor(world.browser())
    page = visitor.post(SIGN_IN, mia.form(**wrong))
    assert page.status == 403
    assert "do not belong together" in page.words
    assert not visitor.client.cookies
    other = visitor.post(SIGN_IN, {"email": ["x@y.example"], "password": ["z"], "code": ["1"]})
    assert other.html.replace("x@y.example", "") == page.html.replace(
        wrong.get("email", mia.email), ""
    )
    assert PASSWORD not in page.html


def test_a_code_works_once(world: World, mia: Colleague) -> None:
    form = mia.form()
    assert Visitor(world.browser()).post(SIGN_IN, form).status == 200
    assert Visitor(world.browser()).post(SIGN_IN, form).status == 403
    again = mia.form(code=mia.recovery_codes[0].lower().replace("-", " "))
    assert Visitor(world.browser()).post(SIGN_IN, again).status == 200
    assert Visitor(world.browser()).post(SIGN_IN, again).status == 403


def test_a_wrong_password_uses_no_code_up(world: World, mia: Colleague) -> None:
    form = mia.form(code=mia.recovery_codes[0])
    assert Visitor(world.browser()).post(SIGN_IN, {**form, "password": ["no"]}).status == 403
    assert Visitor(world.browser()).post(SIGN_IN, form).status == 200


def test_guessing_has_to_wait_longer_and_longer(world: World, mia: Colleague) -> None:
    visitor = Visitor(world.browser())
    known, unknown = mia.email, "nobody@amends.example"
    for email in (known, unknown):
        wrong = mia.form(email=email, password="guess")
        statuses = [visitor.post(SIGN_IN, wrong).status for _ in range(7)]
        assert statuses == [403] * 5 + [429] * 2, email
    assert visitor.post(SIGN_IN, mia.form()).status == 429
    world.api("POST", "/sandbox/clock", {"advance": "PT31S"})
    assert visitor.post(SIGN_IN, mia.form()).status == 200


def test_no_session_can_be_planted(world: World, mia: Colleague) -> None:
    visitor = Visitor(world.browser())
    visitor.client.cookies.set("amends", "planted")
    visitor.post(SIGN_IN, mia.form())
    assert visitor.client.cookies.get("amends", domain="127.0.0.1") != "planted"
    assert Visitor(world.browser()).get("/disputes").status == 401
    thief = world.browser()
    thief.cookies.set("amends", "planted")
    assert thief.get("/disputes").status_code == 401


def test_signing_in_ends_the_session_before(world: World, mia: Colleague) -> None:
    visitor = signed_in(world, mia)
    before = dict(visitor.client.cookies)
    visitor.post(SIGN_IN, mia.form())
    thief = world.browser()
    thief.cookies.update(before)
    assert thief.get("/disputes").status_code == 401


def test_another_site_cannot_sign_somebody_in(world: World, mia: Colleague) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = world.browser().post(SIGN_IN, data=mia.form(), headers=headers)
        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "evil"],
)
def test_nothing_leads_to_another_site(world: World, mia: Colleague, elsewhere: str) -> None:
    form = {**mia.form(), "leads_to": [elsewhere]}
    answer = world.browser().post(SIGN_IN, data=form)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    page = world.browser().get(SIGN_IN, params={"leads_to": elsewhere})
    assert _page(page).form(SIGN_IN)["leads_to"] == ["/"]


def test_a_disabled_account_is_out_at_once_and_cannot_come_back(
    world: World, mia: Colleague
) -> None:
    visitor = signed_in(world, mia)
    assert visitor.get("/disputes").status == 200
    roster = Roster(world.service.store, world.service.new_token)
    assert roster.disable("mia") is None
    assert visitor.get("/disputes").status == 401
    assert visitor.post(SIGN_IN, mia.form()).status == 403
    assert roster.disable("mia", disabled=False) is None
    assert visitor.get("/disputes").status == 401
    assert visitor.post(SIGN_IN, mia.form()).status == 200


def test_a_session_left_lying_about_ends(world: World, mia: Colleague) -> None:
    visitor = signed_in(world, mia)
    for _ in range(3):
        world.api("POST", "/sandbox/clock", {"advance": "PT29M"})
        assert visitor.get("/disputes").status == 200
    world.api("POST", "/sandbox/clock", {"advance": "PT30M"})
    assert visitor.get("/disputes").status == 401


def test_a_session_of_staff_ends_after_twelve_hours(world: World, mia: Colleague) -> None:
    visitor = signed_in(world, mia)
    for _ in range(12 * 60 // 20 - 1):
        world.api("POST", "/sandbox/clock", {"advance": "PT20M"})
        assert visitor.get("/disputes").status == 200
    world.api("POST", "/sandbox/clock", {"advance": "PT20M"})
    assert visitor.get("/disputes").status == 401


class TestSettingUp:
    """The link of a new account."""

    @pytest.fixture
    def link(self, world: World) -> str:
        roster = Roster(world.service.store, world.service.new_token)
        made = roster.add(account(world.service, "ada", Role.ADMIN))
        assert isinstance(made, SetUpLink)
        return made.path

    def typed(self, world: World, page_html: str, **changes: str) -> dict[str, list[str]]:
        secret = re.search(r'<span class="code" dir="ltr">([A-Z2-7 ]+)</span>', page_html)
        assert secret is not None
        code = pyotp.TOTP(secret[1].replace(" ", "")).at(world.service.clock.now())
        typed = {"password": PASSWORD, "again": PASSWORD, "code": code} | changes
        return {name: [text] for name, text in typed.items()}

    def test_it_sets_password_and_second_factor_and_signs_in(self, world: World, link: str) -> None:
        visitor = Visitor(world.browser())
        page = visitor.get(link)
        assert "Ada Kayode" in page.words
        assert "<svg" in page.html
        done = visitor.post(link, self.typed(world, page.html))
        assert done.status == 200
        codes = re.findall(r'<li class="code" dir="ltr">([A-Z2-7-]{19})</li>', done.html)
        assert len(set(codes)) == 10
        assert visitor.get("/disputes").status == 200
        form = {"email": ["ada@amends.example"], "password": [PASSWORD], "code": [codes[3]]}
        assert Visitor(world.browser()).post(SIGN_IN, form).status == 200

    def test_it_works_once(self, world: World, link: str) -> None:
        visitor = Visitor(world.browser())
        typed = self.typed(world, visitor.get(link).html)
        assert visitor.post(link, typed).status == 200
        assert Visitor(world.browser()).get(link).status == 410
        assert Visitor(world.browser()).post(link, typed).status == 410

    def test_it_ends_after_three_days(self, world: World, link: str) -> None:
        world.wait(3)
        assert Visitor(world.browser()).get(link).status == 410

    def test_it_is_no_link_to_enter_by(self, world: World, link: str) -> None:
        token = link.rpartition("/")[2]
        assert world.browser().post(f"/enter/{token}").status_code == 410

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"password": "short", "again": "short"}, "at least 12 characters"),
            ({"again": "something else"}, "not typed the same twice"),
            (
                {"password": "the kayode tea is cold", "again": "the kayode tea is cold"},
                "something of your name",
            ),
            ({"password": "password123456", "again": "password123456"}, "tried first"),
            ({"password": "", "again": ""}, "There is no password"),
            ({"code": "000000"}, "not the code that"),
        ],
    )
    def test_what_is_refused_says_why_and_uses_nothing_up(
        self, world: World, link: str, typed: dict[str, str], said: str
    ) -> None:
        visitor = Visitor(world.browser())
        page = visitor.get(link)
        refused = visitor.post(link, self.typed(world, page.html, **typed))
        assert refused.status == 422
        assert said in refused.words
        assert PASSWORD not in refused.html
        assert visitor.post(link, self.typed(world, page.html)).status == 200
