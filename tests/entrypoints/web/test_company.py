"""Signing in with the company's account, at a real provider over HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from joserfc.jwk import RSAKey

from amends.adapters.identity.settings import OidcSettings
from amends.bootstrap import Settings, build_service
from amends.entrypoints.application import build_app
from amends.entrypoints.staff.roster import Roster
from amends.entrypoints.web.router import web_router
from amends.kernel.people import Role
from tests.entrypoints.staff.company import CLIENT, SECRET, Company, company
from tests.entrypoints.staff.people import Colleague, colleague
from tests.entrypoints.web.conftest import Visitor, World, _page, serving

BACK = "/staff/company/back"


@pytest.fixture
def corp() -> Iterator[Company]:
    with company() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path, corp: Company) -> Iterator[World]:
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        oidc = OidcSettings(corp.issuer, CLIENT, SECRET)
        settings = Settings(database=tmp_path / "p.db", sandbox=True, base_url=base, oidc=oidc)
        service = build_service(settings)
        stack.callback(service.close)
        app = build_app(service, [web_router(service)])
        stack.enter_context(serving(app, listening))
        yield World(service, base, stack)


@pytest.fixture
def mia(world: World) -> Colleague:
    return colleague(world.service, "mia", Role.MEDIATOR)


def come_back(world: World, browser: httpx.Client, leads_to: str = "/") -> str:
    """To the company and, at its word, to the address it sends the browser back to."""
    gone = browser.get("/staff/company", params={"leads_to": leads_to})
    assert gone.status_code == 303
    with httpx.Client() as elsewhere:
        answer = elsewhere.get(gone.headers["location"])
    return answer.headers["location"].removeprefix(world.base)


def test_the_companys_account_signs_in_and_leads_on(world: World, mia: Colleague) -> None:
    visitor = Visitor(world.browser())
    assert "Sign in with your company account" in visitor.get("/staff/sign-in").words
    gone = visitor.client.get("/staff/company", params={"leads_to": "/notices"})
    cookie = gone.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    asked = parse_qs(urlsplit(gone.headers["location"]).query)
    assert asked["redirect_uri"] == [world.base + BACK]
    assert len({asked[n][0] for n in ("state", "nonce", "code_challenge")}) == 3
    back = come_back(world, visitor.client, "/notices")
    answer = visitor.client.get(back)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/notices"
    assert visitor.get("/notices").status == 200
    assert "amends-away" not in visitor.client.cookies


def test_it_gives_no_second_factor(world: World, mia: Colleague) -> None:
    visitor = Visitor(world.browser())
    visitor.client.get(come_back(world, visitor.client))
    page = visitor.fill(visitor.get("/account"), "/account/set-up")
    assert "Is it you?" in page.words
    done = visitor.fill(page, "/account/set-up", second_factor=mia.code)
    assert "Set up how you sign in" in done.words


def test_somebody_without_a_second_factor_sets_it_up_and_needs_no_password(
    world: World, corp: Company, mia: Colleague
) -> None:
    world.service.store.staff.forget_secrets("mia")
    visitor = Visitor(world.browser())
    page = visitor.get(come_back(world, visitor.client))
    assert "Set up how you sign in" in page.words
    path = urlsplit(page.url).path
    setting = world.service.store.staff.setting_up(
        path.rpartition("/")[2], world.service.clock.now()
    )
    assert setting is not None
    code = pyotp.TOTP(setting.second).at(world.service.clock.now())
    done = visitor.post(path, {"password": [""], "again": [""], "code": [code]})
    assert done.status == 200, done.words
    assert world.service.store.staff.secrets("mia").password is None
    assert world.service.store.staff.secrets("mia").second == setting.second
    assert visitor.get("/disputes").status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "nobody@amends.example"}, {"email": ""}, {"email_verified": False},
        {"email_verified": "true"}, {"nonce": "another"}, {"aud": "somebody else"},
        {"iss": "https://evil.example"}, {"exp": 1_000_000_000},
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_fit_signs_nobody_in(
    world: World, corp: Company, mia: Colleague, wrong: dict[str, Any]
) -> None:
    corp.changes = wrong
    browser = world.browser()
    answer = browser.get(come_back(world, browser))
    assert answer.status_code == 403
    assert "did not sign you in" in answer.text or "no account here" in answer.text
    assert browser.get("/disputes").status_code == 401


def test_a_token_that_somebody_else_signed_is_worth_nothing(
    world: World, corp: Company, mia: Colleague
) -> None:
    corp.signs_with = RSAKey.generate_key(2048, {"kid": corp.kid})
    browser = world.browser()
    assert browser.get(come_back(world, browser)).status_code == 403


def test_the_provider_may_change_its_keys(world: World, corp: Company, mia: Colleague) -> None:
    for _ in range(2):
        browser = world.browser()
        assert browser.get(come_back(world, browser)).status_code == 303
        corp.rotate()


def test_a_disabled_account_stays_out(world: World, mia: Colleague) -> None:
    Roster(world.service.store, world.service.new_token).disable("mia")
    browser = world.browser()
    assert browser.get(come_back(world, browser)).status_code == 403


def test_a_code_works_in_the_browser_it_was_asked_for_in_and_once(
    world: World, corp: Company, mia: Colleague
) -> None:
    browser = world.browser()
    back = come_back(world, browser)
    other = world.browser()
    assert other.get(back).status_code == 403
    other.get("/staff/company")
    assert other.get(back).status_code == 403
    assert corp.token_asked == 0
    away = dict(browser.cookies)
    assert browser.get(back).status_code == 303
    replayed = world.browser()
    replayed.cookies.update(away)
    assert replayed.get(back).status_code == 403


def test_an_answer_nobody_asked_for_is_not_heard(world: World, corp: Company) -> None:
    for query in ("", "?state=&code=x", "?error=access_denied&state=x"):
        assert world.browser().get(f"{BACK}{query}").status_code == 403
    assert corp.token_asked == 0


def test_it_never_leads_to_another_site(world: World, mia: Colleague) -> None:
    browser = world.browser()
    answer = browser.get(come_back(world, browser, "//evil.example"))
    assert answer.headers["location"] == "/"


def test_a_company_that_is_down_says_so(world: World, corp: Company, mia: Colleague) -> None:
    corp.issuer = "http://127.0.0.1:9"  # what it says of itself no longer fits
    page = _page(world.browser().get("/staff/company"))
    assert page.status == 403
    assert "was not finished" in page.words


def test_without_a_company_there_is_no_such_page(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="together"):
        Settings.read(tmp_path / "x.db", environment={"AMENDS_OIDC_ISSUER": "https://a.example"})
    with pytest.raises(ValueError, match="https"):
        Settings.read(tmp_path / "x.db", environment={
            "AMENDS_OIDC_ISSUER": "http://a.example", "AMENDS_OIDC_CLIENT_ID": "x",
            "AMENDS_OIDC_CLIENT_SECRET": "y",
        })  # fmt: skip
    read = Settings.read(tmp_path / "x.db", environment={
        "AMENDS_OIDC_ISSUER": "https://a.example", "AMENDS_OIDC_CLIENT_ID": "x",
        "AMENDS_OIDC_CLIENT_SECRET": "y",
    })  # fmt: skip
    assert read.oidc == OidcSettings("https://a.example", "x", "y")
    assert "'y'" not in repr(read)
    assert Settings.read(tmp_path / "x.db", environment={}).oidc is None
