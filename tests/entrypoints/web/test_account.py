"""One's own sessions, listed and ended; and a second factor before what weighs much."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from amends.kernel.people import Role
from tests.entrypoints.staff.people import Colleague, colleague
from tests.entrypoints.web.conftest import Visitor, World
from tests.entrypoints.web.test_signin import SIGN_IN, signed_in

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def ends(page_html: str) -> list[str]:
    return re.findall(r'action="(/account/sessions/[^"]+/end)"', page_html)


def test_sessions_are_listed_with_their_device_and_ended(world: World) -> None:
    here = world.visitor(Role.BUYER, "b1")
    there = Visitor(world.browser())
    there.client.headers["User-Agent"] = FIREFOX
    there.post(f"/enter/{world.link(Role.BUYER, 'b1')}", {})
    page = here.get("/account")
    assert "Firefox on Windows" in page.words
    assert page.words.count("Last used") == 2
    (end,) = [action for action in ends(page.html) if "others" not in action]
    assert "is ended" in here.fill(page, end).words
    assert there.get("/orders").status == 401
    assert here.get("/orders").status == 200
    assert here.post(end, {"csrf": page.csrf}).status == 404


def test_all_others_are_ended_at_once(world: World) -> None:
    first, second, here = (world.visitor(Role.BUYER, "b1") for _ in range(3))
    page = here.get("/account")
    here.fill(page, "/account/sessions/others/end")
    assert [v.get("/orders").status for v in (first, second, here)] == [401, 401, 200]


def test_nobody_elses_sessions_are_seen_or_ended(world: World) -> None:
    olga, shop, same_id = (
        world.visitor(Role.BUYER, "b1"), world.visitor(Role.SELLER, "s1"),
        world.visitor(Role.SELLER, "b1"),
    )  # fmt: skip
    for other in (shop, same_id):
        page = other.get("/account")
        assert page.words.count("Last used") == 1
        session = world.service.store.sessions.of("b1", world.service.clock.now())
        for each in session:
            if each.actor.role is Role.BUYER:
                answer = other.post(f"/account/sessions/{each.id}/end", {"csrf": page.csrf})
                assert answer.status == 404
    assert olga.get("/orders").status == 200


def test_ending_needs_a_form_of_ones_own(world: World) -> None:
    here, there = world.visitor(Role.BUYER, "b1"), world.visitor(Role.BUYER, "b1")
    (end, _) = ends(here.get("/account").html)
    assert here.post(end, {}).status == 403
    assert here.post(end, {"csrf": there.get("/account").csrf}).status == 403
    assert there.get("/orders").status == 200


def test_the_list_shows_no_token(world: World) -> None:
    here = world.visitor(Role.BUYER, "b1")
    assert here.client.cookies["amends"] not in here.get("/account").html


class TestStaff:
    @pytest.fixture
    def mia(self, world: World) -> Colleague:
        limits = {"RUB": 5_000_00}
        return colleague(world.service, "mia", Role.SUPPORT, limits=limits, languages=("ru",))

    def test_an_account_shows_what_is_known_of_oneself(self, world: World, mia: Colleague) -> None:
        words = signed_in(world, mia).get("/account").words
        assert "Mia Kayode" in words
        assert "up to 5000.00 RUB" in words
        assert "10 recovery codes are left" in words

    def test_setting_up_anew_keeps_what_one_has_until_it_is_done(
        self, world: World, mia: Colleague
    ) -> None:
        visitor = signed_in(world, mia)
        page = visitor.fill(visitor.get("/account"), "/account/set-up")
        assert "Set up how you sign in" in page.words
        assert Visitor(world.browser()).post(SIGN_IN, mia.form()).status == 200

    def test_a_stolen_session_is_not_enough_for_it(self, world: World, mia: Colleague) -> None:
        visitor = signed_in(world, mia)
        world.api("POST", "/sandbox/clock", {"advance": "PT11M"})
        page = visitor.fill(visitor.get("/account"), "/account/set-up")
        assert "Is it you?" in page.words
        wrong = visitor.fill(page, "/account/set-up", second_factor="123456")
        assert wrong.status == 422
        code = mia.code
        assert "Set up how" in visitor.fill(wrong, "/account/set-up", second_factor=code).words
        world.api("POST", "/sandbox/clock", {"advance": "PT11M"})
        page = visitor.fill(visitor.get("/account"), "/account/set-up")
        assert visitor.fill(page, "/account/set-up", second_factor=code).status == 422

    def test_codes_cannot_be_tried_out(self, world: World, mia: Colleague) -> None:
        visitor = signed_in(world, mia)
        world.api("POST", "/sandbox/clock", {"advance": "PT11M"})
        page = visitor.fill(visitor.get("/account"), "/account/set-up")
        tries = [
            visitor.fill(page, "/account/set-up", second_factor=f"{n:06}").status for n in range(6)
        ]
        assert tries == [422] * 5 + [429]

    def test_a_grave_step_asks_for_a_code_and_loses_nothing_typed(
        self, world: World, mia: Colleague
    ) -> None:
        world.place()
        world.deliver()
        world.wait(60)
        visitor = signed_in(world, mia)
        world.api("POST", "/sandbox/clock", {"advance": "PT11M"})
        action = "/orders/A-1/commands/open_goodwill_case"
        reason = 'She waited for a month.\nWe are sorry: <b>&"quotes"</b>.'
        asked = visitor.fill(visitor.get("/orders/A-1"), action, reason=reason, budget="50.00")
        assert "Is it you?" in asked.words
        assert "goodwill" not in visitor.get("/orders/A-1").words.casefold().split("help out")[0]
        wrong = visitor.fill(asked, action, second_factor="000000")
        assert wrong.status == 422
        done = visitor.fill(wrong, action, second_factor=mia.code)
        assert done.status == 200
        assert done.url.endswith("?done=open_goodwill_case")
        events = world.service.engine.events("A-1")
        opened = next(r for r in events if "Goodwill" in type(r.event).__name__)
        texts = world.service.store.records.texts([("A-1", opened.event.reason_ref)])  # type: ignore[union-attr]
        assert texts == {("A-1", opened.event.reason_ref): reason}  # type: ignore[union-attr]

    def test_a_demotion_counts_at_the_next_request(self, world: World, mia: Colleague) -> None:
        world.place()
        world.deliver()
        world.wait(60)
        visitor = signed_in(world, mia)
        page = visitor.get("/orders/A-1")
        action = "/orders/A-1/commands/open_goodwill_case"
        assert page.has_form(action)
        staff = world.service.store.staff
        account = staff.account("mia")
        assert account is not None
        staff.change(replace(account, member=replace(account.member, role=Role.AUDITOR)))
        refused = visitor.fill(page, action, reason="Sorry.", budget="50.00")
        assert refused.status == 403
        assert not visitor.get("/orders/A-1").has_form(action)
        assert "auditor" in visitor.get("/account").words
