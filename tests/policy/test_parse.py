"""Each thing that can be wrong with a pack is reported with file, key and what would mend it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from amends.policy.parse import base_of, parse
from amends.policy.problems import PackError
from tests.policy.documents import changed, documents, problems_of, without

Case = tuple[str, object, str, str, str, str]
SRC = "ours"


def span(days: object, **more: object) -> dict[str, object]:
    return {"days": days, "source": SRC, **more}


def reason(**values: object) -> dict[str, object]:
    usual = {"received": "yes", "remedies": ["refund"], "at_fault": "seller", "source": SRC}
    return {**usual, **values}


NEGOTIATION = "clocks/negotiation_ends_after"
# what is set, to what; then file, key, and a part of the problem and of the suggestion
ONE_VALUE: list[Case] = [
    # keys
    ("clocks/seler_answers_within", span(5), "clocks.toml", "seler_answers_within",
     "unknown key", "did you mean 'seller_answers_within'?"),
    ("clocks/zzz", span(5), "clocks.toml", "zzz", "unknown key", "known here: seller_answers"),
    ("clocks/ruling_due_after", {"day": 15, "source": SRC}, "clocks.toml", "ruling_due_after.days",
     "missing", "write: days = 1"),
    ("clocks/ruling_due_after", span(15, note="x"), "clocks.toml", "ruling_due_after.note",
     "unknown key", "known here: days, source"),
    ("windows/opens/opens_after_shipmnt", span(6), "windows.toml", "opens.opens_after_shipmnt",
     "unknown key", "'opens_after_shipment'"),
    ("remedies/late/at_faults", "seller", "remedies.toml", "late.at_faults",
     "unknown key", "'at_fault'"),
    ("evidence/lost", {"buyer": [], "seller": [], "source": SRC}, "evidence.toml", "lost",
     "unknown key", "known here"),
    ("pack/titel", "x", "pack.toml", "titel", "unknown key", "'title'"),
    # types and units
    ("clocks/ruling_due_after", 15, "clocks.toml", "ruling_due_after", "no unit or source",
     'write: ruling_due_after = { days = 5, source = "..." }'),
    ("clocks/ruling_due_after", {"hours": 360, "source": SRC}, "clocks.toml",
     "ruling_due_after.hours", "unknown key", "known here: days, source"),
    ("clocks/ruling_due_after", span("15"), "clocks.toml", "ruling_due_after.days",
     "a whole number is wanted here, not '15'", "write: days = 5"),
    ("clocks/ruling_due_after", span(True), "clocks.toml", "ruling_due_after.days",
     "a whole number", "write"),
    ("clocks/ruling_due_after", span(15.5), "clocks.toml", "ruling_due_after.days",
     "a whole number", "write"),
    ("clocks/ruling_due_after", span(-1), "clocks.toml", "ruling_due_after.days",
     "-1 is out of bounds", "from 1 to 3650"),
    ("clocks/ruling_due_after", span(0), "clocks.toml", "ruling_due_after.days",
     "0 is out of bounds", "from 1 to 3650"),
    ("clocks/ruling_due_after", span(3651), "clocks.toml", "ruling_due_after.days",
     "3651 is out of bounds", "from 1 to 3650"),
    ("clocks/ruling_due_after", {"none": True, "source": SRC}, "clocks.toml",
     "ruling_due_after.none", "unknown key", "known here"),
    ("returns/refund_arrives_from", span(3), "returns.toml", "refund_arrives_from.working_days",
     "missing", "write: working_days"),
    ("returns/lost_when_seller_pays", {"choice": "refnd", "source": SRC}, "returns.toml",
     "lost_when_seller_pays.choice", "unknown choice 'refnd'", "did you mean 'refund'?"),
    ("returns/refund_retries", {"times": -1, "source": SRC}, "returns.toml",
     "refund_retries.times", "out of bounds", "from 0 to 100"),
    ("remedies/late/own_window", "yes", "remedies.toml", "late.own_window",
     "true or false", "write: own_window = true"),
    ("remedies/late/received", "maybe", "remedies.toml", "late.received",
     "unknown choice 'maybe'", "yes, no, either"),
    ("remedies/late/remedies", "refund", "remedies.toml", "late.remedies",
     "a list of texts", "write"),
    ("remedies/late", "refund", "remedies.toml", "late", "no unit or source", "at_fault"),
    ("remedies/late/remedies", ["refnud", "refund"], "remedies.toml", "late.remedies",
     "unknown code 'refnud'", "did you mean 'refund'?"),
    ("remedies/Too Late", reason(), "remedies.toml", "Too Late", "is no code", "a to z"),
    ("rulings/ruling_reasons", {"codes": ["Not Proven"], "source": SRC}, "rulings.toml",
     "ruling_reasons.codes", "'Not Proven' is no code", "a to z"),
    ("evidence/late/buyer", "photo", "evidence.toml", "late.buyer", "a list of proofs", "code"),
    ("evidence/late/buyer", [{"code": "a b"}], "evidence.toml", "late.buyer.1.code",
     "is no code", "a to z"),
    ("evidence/late/buyer", [{"code": "a", "esential": True}], "evidence.toml",
     "late.buyer.1.esential", "unknown key", "'essential'"),
    ("pack/in_force_from", "soon", "pack.toml", "in_force_from", "an instant", "write"),
    ("pack/in_force_from", datetime(2020, 1, 1), "pack.toml", "in_force_from",  # noqa: DTZ001
     "with its zone", "2026-01-01T00:00:00Z"),
    ("pack/title", "  ", "pack.toml", "title", "a text is wanted", "write"),
    ("pack/note", 3, "pack.toml", "note", "a text is wanted", "write"),
    ("pack/extends", {"pack": "x", "version": 1}, "pack.toml", "extends.version",
     "a text is wanted here, not 1", "write"),
    ("pack/extends", {"pack": "x", "version": "1"}, "pack.toml", "extends",
     "there is no pack x 1", "name one that exists"),
    # sources
    ("clocks/ruling_due_after", {"days": 15}, "clocks.toml", "ruling_due_after.source",
     "missing", "write: source"),
    ("clocks/ruling_due_after", {"days": 15, "source": "001, 0003"}, "clocks.toml",
     "ruling_due_after.source", "source '0003' is not described", "did you mean '003'?"),
    ("pack/sources", "all of them", "pack.toml", "sources", "no unit or source", "describes"),
    # overlaps
    ("windows/closes_after_shipment_by_carrier/more",
     {"carriers": ["d h l"], "days": 20, "source": SRC}, "windows.toml",
     "closes_after_shipment_by_carrier.more.carriers", "'d h l' is already named under 'express'",
     "name each carrier once"),
    ("windows/closes_after_shipment_by_carrier/more",
     {"carriers": ["A", "A"], "days": 20, "source": SRC}, "windows.toml",
     "closes_after_shipment_by_carrier.more.carriers", "'A' is named twice", "name it once"),
    ("rulings/clauses", {"codes": ["late"], "source": SRC}, "rulings.toml", "clauses.codes",
     "'late' is a clause already", "each reason is one"),
    ("rulings/clauses", {"codes": ["proof", "proof"], "source": SRC}, "rulings.toml",
     "clauses.codes", "'proof' is named twice", "once"),
    ("rulings/ruling_reasons", {"codes": ["not_proven", "not_proven"], "source": SRC},
     "rulings.toml", "ruling_reasons.codes", "'not_proven' is named twice", "once"),
    ("rulings/appeal_grounds_any_time", {"codes": ["new_evidence"], "source": SRC},
     "rulings.toml", "appeal_grounds_in_window.codes", "heard at any time already", "one of"),
    ("rulings/appeal_grounds_any_time", {"codes": ["did_not_comply", "new_evidenc"], "source": SRC},
     "rulings.toml", "appeal_grounds_any_time.codes", "unknown code 'new_evidenc'",
     "did you mean 'new_evidence'?"),
    ("remedies/late/remedies", ["refund", "refund"], "remedies.toml", "late.remedies",
     "'refund' is named twice", "once"),
    ("evidence/late/buyer", [{"code": "a"}, {"code": "a"}], "evidence.toml",
     "late.buyer.2.code", "'a' is asked for twice", "once"),
    # gaps
    ("remedies/late/remedies", [], "remedies.toml", "late.remedies", "a reason with no remedy",
     "choose from: refund, return_and_refund"),
    ("remedies/stolen", reason(), "evidence.toml", "stolen", "missing", "buyer = []"),
    ("windows/opens", {}, "windows.toml", "opens", "nothing opens the window", "at least one"),
    ("windows/closes_other_carriers", {}, "windows.toml", "closes_other_carriers",
     "would never close", "closes_after_shipment"),
    ("limits/platform_honours_up_to/minor_units/XXX", 5, "limits.toml",
     "platform_honours_up_to.minor_units.XXX", "no currency of ISO 4217", "USD"),
    ("limits/platform_honours_up_to/minor_units/USD", 0, "limits.toml",
     "platform_honours_up_to.minor_units.USD", "0 is out of bounds", "from 1"),
    # contradictions
    ("clocks/offer_answered_within", span(11), "clocks.toml", "offer_answered_within",
     "longer than the whole negotiation: 11 days, and negotiation_ends_after 10", "at most 10"),
    ("clocks/seller_answers_within_with_more_time", span(11), "clocks.toml",
     "seller_answers_within_with_more_time", "after negotiation has ended", "at most 10"),
    ("clocks/seller_answers_within_with_more_time", span(5), "clocks.toml",
     "seller_answers_within", "asking for more time gives none", "less than 5"),
    ("clocks/ruling_due_after", span(10), "clocks.toml", "negotiation_ends_after",
     "the ruling is due before negotiation has ended", "less than 10"),
    ("clocks/information_within", span(6), "clocks.toml", "information_within",
     "6 days, but only 5 are left", "at most 5"),
    ("clocks/ruling_after_return_due_after", span(2), "clocks.toml", "information_within",
     "after the ruling on a return is due", "at most 2"),
    ("returns/refund_arrives_from", {"working_days": 21, "source": SRC}, "returns.toml",
     "refund_arrives_from", "would arrive before it can", "at most 20"),
    ("windows/opens/opens_after_shipment", span(23), "windows.toml",
     "closes_after_shipment_by_carrier.express", "closes after 23 days, before it opens",
     "more than 23"),
    ("windows/opens/opens_after_shipment", span(15), "windows.toml",
     "closes_other_carriers.closes_after_shipment", "before it opens", "more than 15"),
    ("windows/opens/opens_on_receipt", span(15), "windows.toml", "closes_after_receipt",
     "before it opens: opens_on_receipt says 15", "more than 15"),
    ("rulings/appeal_within", {"none": True, "source": SRC}, "rulings.toml",
     "appeal_grounds_in_window.codes", "appeal_within does not give", "leave the list empty"),
    ("rulings/appeal_grounds_in_window", {"codes": [], "source": SRC}, "rulings.toml",
     "appeal_grounds_in_window.codes", "without any ground", "none = true"),
    ("remedies/not_received/remedies", ["return_and_refund"], "remedies.toml",
     "not_received.remedies", "return_and_refund for goods that were not received", "remove"),
    ("remedies/not_received/remedies", ["repair_cost"], "remedies.toml",
     "not_received.remedies", "repair_cost for goods that were not received", "remove"),
    ("remedies/changed_mind/received", "either", "remedies.toml", "changed_mind.own_window",
     "receipt is not asked", "received = 'yes'"),
    ("remedies/counterfeit/remedies", ["return_and_refund"], "remedies.toml",
     "counterfeit.no_return_asked", "no remedy works without a return", "allow refund"),
    ("remedies/late/part_only", ["replacement"], "remedies.toml", "late.part_only",
     "unknown code 'replacement'", "refund, return_and_refund"),
]  # fmt: skip


@pytest.mark.parametrize("case", ONE_VALUE, ids=lambda case: f"{case[0]}={case[1]}"[:70])
def test_one_wrong_value_is_named_with_file_key_and_suggestion(case: Case) -> None:
    path, value, file, key, problem, suggestion = case
    found = problems_of(changed(path, value))
    assert any(
        (p.file, p.key) == (file, key) and problem in p.problem and suggestion in p.suggestion
        for p in found
    ), "\n".join(map(str, found))


@pytest.mark.parametrize(
    "path",
    [
        "pack/id", "pack/version", "pack/title", "pack/in_force_from", "pack/sources",
        "windows/opens", "windows/closes_other_carriers", "windows/closes_after_receipt",
        "windows/closes_combine", "remedies/late/received", "remedies/late/remedies",
        "remedies/late/at_fault", "remedies/late/source", "evidence/every_reason",
        "evidence/late", "evidence/late/buyer", "evidence/late/seller", "evidence/late/source",
        "clocks/seller_answers_within", "clocks/seller_answers_within_with_more_time",
        "clocks/outage_extends_after", "rulings/ruling_reasons", "rulings/clauses",
        "rulings/appeal_within", "rulings/appeal_decided_within", "rulings/appeal_grounds_any_time",
        "returns/return_address_within", "returns/lost_when_buyer_pays", "returns/refund_retries",
        "returns/refund_arrives_until", "limits/evidence_per_side", "limits/platform_honours_up_to",
        "limits/platform_honours_up_to/source", "limits/platform_honours_up_to/minor_units",
        "limits/platform_honours_up_to/minor_units/RUB",
    ],
)  # fmt: skip
def test_a_missing_key_is_named_with_how_to_write_it(path: str) -> None:
    file, key = path.split("/", 1)
    found = problems_of(without(path))
    missing = [p for p in found if p.problem == "missing"]
    assert [(p.file, p.key) for p in missing] == [(f"{file}.toml", key.replace("/", "."))]
    assert missing[0].suggestion.startswith(f"write: {key.rpartition('/')[2]} = ")


def test_a_missing_file_is_one_problem() -> None:
    files = documents()
    del files["clocks.toml"]
    (problem,) = problems_of(files)
    assert (problem.file, problem.problem) == ("clocks.toml", "the file is missing")


def test_a_file_of_another_name_is_reported() -> None:
    files = documents()
    files["clock.toml"] = {}
    (problem,) = problems_of(files)
    assert (problem.file, problem.suggestion) == ("clock.toml", "did you mean 'clocks.toml'?")


def test_no_reason_at_all() -> None:
    files = documents()
    files["remedies.toml"] = {}
    assert "no reason for a dispute" in {p.problem for p in problems_of(files)}


def test_receipt_alone_needs_days_after_receipt() -> None:
    files = changed("windows/closes_after_receipt", {"none": True, "source": SRC})
    files["windows.toml"]["closes_combine"] = {"choice": "receipt_alone", "source": SRC}
    (problem,) = problems_of(files)
    assert problem.key == "closes_combine"
    assert "later_of" in problem.suggestion


def test_goods_that_never_come_need_an_opening_without_receipt() -> None:
    files = changed("windows/opens", {"opens_on_receipt": span(0)})
    found = problems_of(files)
    assert {(p.file, p.key) for p in found} == {("windows.toml", "opens")}
    assert [p.problem.split("'")[1] for p in found] == ["not_received", "late"]


def test_a_seller_answers_before_negotiation_ends() -> None:
    files = changed("clocks/seller_answers_within", span(11))
    files["clocks.toml"]["seller_answers_within_with_more_time"] = {"none": True, "source": SRC}
    (problem,) = problems_of(files)
    assert (problem.file, problem.key) == ("clocks.toml", "seller_answers_within")
    assert "after negotiation has ended" in problem.problem


def test_equal_spans_are_no_contradiction() -> None:
    files = changed("clocks/offer_answered_within", span(10))
    files["clocks.toml"]["information_within"] = span(5)
    files["clocks.toml"]["seller_answers_within_with_more_time"] = span(10)
    assert parse(files).clocks.information_within.days == 5


def test_all_problems_are_collected_and_told_together() -> None:
    files = changed("clocks/ruling_due_after", span(-1))
    files["windows.toml"]["closes_combine"] = 3
    files["remedies.toml"]["late"]["remedies"] = []
    files["returns.toml"]["extra"] = 1
    with pytest.raises(PackError) as caught:
        parse(files)
    found = [(p.file, p.key) for p in caught.value.problems]
    assert sorted(found) == [
        ("clocks.toml", "ruling_due_after.days"),
        ("remedies.toml", "late.part_only"),
        ("remedies.toml", "late.remedies"),
        ("returns.toml", "extra"),
        ("windows.toml", "closes_combine"),
    ]
    assert len(str(caught.value).splitlines()) == 5
    assert "clocks.toml: ruling_due_after.days: -1 is out of bounds - write" in str(caught.value)


def test_nothing_at_all_is_every_file_missing() -> None:
    assert [p.problem for p in problems_of({})] == ["the file is missing"] * 8


def test_instants_are_taken_in_utc() -> None:
    at = datetime.fromisoformat("2020-01-01T03:00:00+03:00")
    assert parse(changed("pack/in_force_from", at)).in_force_from == datetime(
        2020, 1, 1, tzinfo=UTC
    )


def test_rules_are_named_by_their_keys() -> None:
    terms = parse(documents())
    assert terms.clocks.seller_answers_within.rule == "seller_answers_within"
    assert terms.returns.address_within.rule == "return_address_within"
    assert terms.refunds.arrives_until_working_days.rule == "refund_arrives_until"
    assert [o.term.rule for o in terms.windows.opens] == [
        "opens_after_shipment",
        "opens_after_ship_by",
        "opens_on_delivery",
        "opens_on_receipt",
    ]
    assert {w.term.rule for w in terms.windows.closes_by_carrier} == {
        "closes_after_shipment_by_carrier"
    }
    assert [c.term.rule for c in terms.windows.closes_other_carriers] == [
        "closes_after_shipment",
        "closes_after_promised",
    ]


def extending(**files: Any) -> dict[str, dict[str, Any]]:
    head = {
        "id": "mine",
        "version": "1",
        "title": "Mine",
        "in_force_from": datetime(2024, 1, 1, tzinfo=UTC),
        "extends": {"pack": "aliexpress", "version": "1"},
        "sources": {"law": "The law of the land"},
    }
    return {"pack.toml": head, **{f"{name}.toml": table for name, table in files.items()}}


def test_an_extending_pack_states_only_its_own_values() -> None:
    own = extending(clocks={"ruling_due_after": {"days": 20, "source": "law"}})
    assert base_of(own) == ("aliexpress", "1")
    terms, base = parse(own, documents()), parse(documents())
    assert (terms.id, terms.version, terms.title) == ("mine", "1", "Mine")
    assert terms.clocks.ruling_due_after.days == 20
    assert terms.clocks.ruling_due_after.source == "law"
    assert terms.clocks.information_within.days == base.clocks.information_within.days
    assert terms.clocks.information_within.source == "aliexpress 1: 000"
    assert terms.sources == {**base.sources, "law": "The law of the land"}
    assert list(terms.reasons) == list(base.reasons)
    assert terms.digest != base.digest


def test_an_extending_pack_replaces_a_value_whole_and_can_take_one_back() -> None:
    own = extending(
        windows={
            "opens": {"opens_on_delivery": {"none": True, "source": "law"}},
            "closes_after_shipment_by_carrier": {
                "ems": {"none": True, "source": "law"},
                "post": {"carriers": ["Pigeon"], "days": 9, "source": "law"},
            },
        }
    )
    windows = parse(own, documents()).windows
    assert [o.kind for o in windows.opens] == ["after_shipment", "after_ship_by", "on_receipt"]
    assert [(w.carriers[0], w.term.days) for w in windows.closes_by_carrier] == [
        ("DHL", 23),
        ("Pigeon", 9),
    ]


def test_what_an_extending_pack_gets_wrong_is_reported_there() -> None:
    own = extending(clocks={"ruling_due_aftr": span(20), "information_within": span(9)})
    assert {(p.file, p.key) for p in problems_of(own, documents())} == {
        ("clocks.toml", "ruling_due_aftr"),
        ("clocks.toml", "information_within"),
    }


def test_a_base_is_only_named_by_two_texts() -> None:
    assert base_of({"pack.toml": {"extends": {"pack": "x"}}}) is None
    assert base_of({"pack.toml": {"extends": "x"}}) is None
    assert base_of({}) is None


def test_sources_that_nobody_describes_are_reported_whoever_gave_the_value() -> None:
    base = without("pack/sources")
    own = extending()
    found = problems_of(own, base)
    assert {p.problem for p in found} >= {
        "source '000' is not described in pack.toml",
        "source 'ours' is not described in pack.toml",
    }
