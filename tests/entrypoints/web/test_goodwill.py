"""The month's budget for goodwill, as those live with it who may grant some."""

from __future__ import annotations

from pathlib import Path

import pytest

from amends.bootstrap import Settings
from amends.kernel.people import Role
from tests.entrypoints.cli.run import Terminal
from tests.entrypoints.staff.people import colleague
from tests.entrypoints.web.conftest import Page, Visitor, World
from tests.entrypoints.web.test_signin import signed_in

GIVE = "/orders/A-1/commands/open_goodwill_case"
with_budget = pytest.mark.parametrize("world", [{"RUB": 100_000}], indirect=True)


def give(visitor: Visitor, amount: str) -> Page:
    asked = visitor.fill(visitor.get("/orders/A-1"), GIVE, reason="We <are> sorry.", budget=amount)
    return visitor.post(GIVE, asked.form(GIVE)) if "This step is final" in asked.words else asked


def over(world: World) -> None:
    """Placed in January, and without a right to a dispute since: it is the middle of March."""
    world.place()
    world.deliver()
    world.wait(64)


@with_budget
def test_support_is_held_to_the_month_and_a_supervisor_is_not(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over(world)
    support = world.visitor(Role.SUPPORT, "u1")
    assert "granted this month: RUB 0.00 of RUB 1,000.00." in support.get("/support").words
    assert give(support, "700.00").url.endswith("?done=open_goodwill_case")
    refused = give(support, "300.01")
    assert refused.status == 409
    assert "RUB 300.01 on top of the RUB 700.00 already granted this month" in refused.words
    assert "The next month's begins on 1 April" in refused.words
    assert "Ask a supervisor to give more." in refused.words
    assert refused.form(GIVE)["reason"] == ["We <are> sorry."]
    supervisor = world.visitor(Role.SUPERVISOR, "v1")
    assert give(supervisor, "400.00").url.endswith("?done=open_goodwill_case")
    assert "granted this month: RUB 1,100.00 of RUB 1,000.00." in support.get("/support").words

    terminal = Terminal(tmp_path)
    terminal.database = tmp_path / "pages.db"
    monkeypatch.setenv("AMENDS_GOODWILL_PER_MONTH", "1000 RUB, 5.00 USD")
    said = terminal.out("support", "list").splitlines()[-2:]
    assert said == [
        "Goodwill granted this month: RUB 1,100.00 of RUB 1,000.00, until 2026-04-01 00:00 UTC",
        "Goodwill granted this month: USD 0.00 of USD 5.00, until 2026-04-01 00:00 UTC",
    ]
    assert "Goodwill granted" not in terminal.out("support", "list", "--json")
    terminal.out("db", "check")
    world.wait(20)
    again = world.visitor(Role.SUPPORT, "u1")
    assert give(again, "300.01").url.endswith("?done=open_goodwill_case")
    assert "granted this month: RUB 300.01 of" in again.get("/support").words


@with_budget
def test_a_refusal_is_told_before_anybody_proves_who_they_are(world: World) -> None:
    over(world)
    uma = colleague(world.service, "uma", Role.SUPPORT)
    support = signed_in(world, uma)
    world.api("POST", "/sandbox/clock", {"advance": "PT11M"})
    refused = give(support, "1000.01")
    assert refused.status == 409
    assert "RUB 1,000.01 on top of the RUB 0.00 already granted this month" in refused.words
    asked = support.fill(refused, GIVE, budget="1000.00")
    assert "Is it you?" in asked.words
    done = support.fill(asked, GIVE, second_factor=uma.code)
    assert done.url.endswith("?done=open_goodwill_case")


@with_budget
def test_with_nothing_left_there_is_no_form_but_the_reason(world: World) -> None:
    over(world)
    support = world.visitor(Role.SUPPORT, "u1")
    assert give(support, "1000.00").url.endswith("?done=open_goodwill_case")
    page = support.get("/orders/A-1")
    assert not page.has_form(GIVE)
    assert "RUB 1,000.00 were already granted this month, of a budget of RUB 1,000.00" in page.words
    told = world.api("GET", "/orders/A-1", None, "support.u1")["options"]
    (option,) = (one for one in told if one["type"] == "open_goodwill_case")
    assert (option["allowed"], option["rule"]) == (False, "goodwill_month_spent")
    assert world.visitor(Role.SUPERVISOR, "v1").get("/orders/A-1").has_form(GIVE)


@pytest.mark.parametrize("world", [{"USD": 100_000}], indirect=True)
def test_a_currency_without_a_budget_has_none_once_there_are_some(world: World) -> None:
    over(world)
    page = world.visitor(Role.SUPPORT, "u1").get("/orders/A-1")
    assert "of a budget of RUB 0.00" in page.words


def test_without_budgets_no_month_is_spoken_of(world: World) -> None:
    over(world)
    support = world.visitor(Role.SUPPORT, "u1")
    assert give(support, "1500.00").url.endswith("?done=open_goodwill_case")
    assert "granted this month" not in support.get("/support").words


def test_budgets_are_read_from_the_setting() -> None:
    def read(text: str) -> object:
        env = {"AMENDS_GOODWILL_PER_MONTH": text}
        return Settings.read("a.db", environment=env).goodwill_budgets

    assert read("500.00 USD, 450 EUR") == {"USD": 50_000, "EUR": 45_000}
    assert read("") == {}
    with pytest.raises(ValueError, match="AMENDS_GOODWILL_PER_MONTH is amounts"):
        read("much")
