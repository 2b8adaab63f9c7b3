"""Other ways for money, as packs name them."""

from __future__ import annotations

from amends.policy.explain import explain
from amends.policy.parse import parse
from amends.policy.terms import OtherRoutes
from tests.given import packs
from tests.policy.documents import changed, documents, problems_of


def test_the_first_version_has_none() -> None:
    assert parse(documents()).refunds.other_routes == OtherRoutes()


def test_the_second_version_asks_the_buyer() -> None:
    second = packs().get("aliexpress", "2")
    first = packs().get("aliexpress", "1")
    assert second is not None
    assert first is not None
    others = second.refunds.other_routes
    assert others.routes == ("bank_transfer", "store_credit")
    assert others.chosen_within is not None
    assert others.chosen_within.days == 14
    assert others.is_dead("expired_card")
    assert not others.is_dead("declined")
    assert second.clocks.ruling_due_after.source == "aliexpress 1: 001"
    shown = {e.rule: e.value for e in explain(second)[5].entries}
    assert shown["refund_other_routes"] == "bank_transfer, store_credit"
    wording = packs().wording("aliexpress", "2")
    assert wording.route("bank_transfer") == "A bank transfer"
    assert wording.route("pigeon") == "pigeon"
    assert wording.rule("refund_arrives_until") == packs().wording("aliexpress", "1").rule(
        "refund_arrives_until"
    )


def test_half_a_rule_is_a_problem() -> None:
    half = changed("returns/refund_other_routes", {"codes": ["cash"], "source": "ours"})
    assert {problem.key for problem in problems_of(half)} == {
        "refund_dead_methods", "refund_route_chosen_within",
    }  # fmt: skip
