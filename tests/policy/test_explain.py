"""Every value of a pack is laid out with its rule, unit and source."""

from __future__ import annotations

import pytest

from amends.policy.explain import Entry, explain, rules_of
from amends.policy.terms import Terms
from tests.policy.test_shipped import PACKS


def entries(terms: Terms, section: str) -> list[Entry]:
    return [entry for s in explain(terms) if s.name == section for entry in s.entries]


def test_a_span_with_unit_and_source() -> None:
    terms = PACKS["aliexpress"]
    assert Entry("seller_answers_within", "5", "days", "000, 003") in entries(terms, "clocks")
    assert Entry("refund_arrives_until", "20", "working days", "003") in entries(terms, "refunds")
    assert Entry("evidence_per_side", "30", "files", "ours") in entries(terms, "limits")
    usd = Entry("platform_honours_up_to", "10000", "minor units", "ours, rates", "USD")
    assert usd in entries(terms, "limits")


def test_carriers_stand_beside_their_days() -> None:
    found = {e.value: e.of for e in entries(PACKS["aliexpress"], "windows") if e.of}
    assert set(found) == {"23", "27", "39"}
    assert "Japan Post EMS" in found["27"]


def test_a_reason_shows_remedies_and_evidence() -> None:
    of = {e.of: e for e in entries(PACKS["aliexpress"], "reasons") if e.rule == "late"}
    assert of["remedies"].value == "refund (part), return_and_refund"
    assert of["at fault, pays the return"].value == "seller"
    assert of["evidence from the buyer"].value.startswith("dates_of_the_order (on record), ")
    assert of["evidence from the buyer"].source == "ours; 000, 001, 002, 003"
    assert of["evidence from the seller"].value == "none"
    reasons = entries(PACKS["aliexpress"], "reasons")
    assert {e.rule for e in reasons if e.of == "window"} == {"changed_mind"}
    assert {e.rule for e in reasons if e.of == "return"} == {"counterfeit"}


def test_what_a_pack_does_not_have_is_said_with_its_source() -> None:
    strict = PACKS["guide-000"]
    for rule in ("closes_after_receipt", "opens_on_delivery", "closes_after_promised"):
        assert Entry(rule, "none", "", "000") in entries(strict, "windows")
    more_time = Entry("seller_answers_within_with_more_time", "none", "", "000")
    assert more_time in entries(strict, "clocks")
    assert Entry("appeal_within", "none", "", "001") in entries(PACKS["guide-001"], "rulings")
    assert all(e.value != "none" for e in entries(PACKS["aliexpress"], "windows"))


@pytest.mark.parametrize("name", PACKS)
def test_every_entry_has_a_value_and_a_source(name: str) -> None:
    for section in explain(PACKS[name]):
        assert section.entries
        for entry in section.entries:
            assert entry.rule
            assert entry.value
            assert entry.source


def test_rules_are_named_once() -> None:
    rules = rules_of(PACKS["aliexpress"])
    assert len(set(rules)) == len(rules)
    assert "closes_after_shipment_by_carrier" in rules
    assert "late" not in rules
