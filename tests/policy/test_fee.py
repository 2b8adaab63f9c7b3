"""The platform's fee in a pack: a part of the share, a fixed part by currency, or none."""

from __future__ import annotations

from amends.policy.explain import explain, rules_of
from amends.policy.parse import parse
from amends.policy.terms import Fee
from tests.policy.documents import changed, documents, problems_of

WHOLE = {"basis_points": 500, "minor_units": {"USD": 30, "RUB": 1_000}, "source": "ours"}


def test_a_pack_without_a_fee_has_none() -> None:
    assert parse(documents()).platform.fee == Fee()


def test_a_fee_is_read_with_its_source() -> None:
    terms = parse(changed("limits/platform_fee", WHOLE))
    assert terms.platform.fee == Fee(500, {"USD": 30, "RUB": 1_000}, "ours")
    assert terms.cited["platform_fee"] == "ours"
    without_fixed = {"basis_points": 500, "source": "ours"}
    assert parse(changed("limits/platform_fee", without_fixed)).platform.fee.fixed == {}


def test_it_is_laid_out_with_the_other_rules() -> None:
    limits = explain(parse(changed("limits/platform_fee", WHOLE)))[-1]
    fees = [(e.value, e.unit, e.of) for e in limits.entries if e.rule == "platform_fee"]
    assert fees == [
        ("500", "basis points", ""),
        ("1000", "minor units", "RUB"),
        ("30", "minor units", "USD"),
    ]
    assert "platform_fee" not in rules_of(parse(documents()))


def test_an_order_pins_the_fee() -> None:
    assert parse(changed("limits/platform_fee", WHOLE)).digest != parse(documents()).digest


def test_what_is_wrong_with_a_fee_is_named() -> None:
    wrong = {"basis_points": 10_001, "minor_units": {"USX": 30, "USD": -1}, "rate": 1}
    found = {problem.key for problem in problems_of(changed("limits/platform_fee", wrong))}
    assert found == {
        "platform_fee.basis_points",
        "platform_fee.minor_units.USX",
        "platform_fee.minor_units.USD",
        "platform_fee.rate",
        "platform_fee.source",
    }
