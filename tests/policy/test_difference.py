"""Packs compared: what is shipped, and that no value can change unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields, replace

from amends.policy.difference import Change, difference
from amends.policy.parse import parse
from amends.policy.terms import Fee, Terms
from tests.policy.documents import changed, documents

FIRST = parse(documents())
SECOND = parse(documents(version="2"), documents())
# What names a value or says where it comes from is none; an opening's kind is told by its rule, and
# a pack's head is told by who compares two.
NAMES = frozenset(
    ("rule", "source", "kind", "cited", "sources", "id", "version", "title", "in_force_from",
     "digest")
)  # fmt: skip


def changes(old: Terms, new: Terms) -> list[Change]:
    return [change for section in difference(old, new) for change in section.changes]


def test_the_second_version_adds_rules_and_changes_none() -> None:
    found = difference(FIRST, SECOND)
    assert [section.name for section in found] == ["refunds", "limits"]
    new = {change.entry.rule: change.entry for change in changes(FIRST, SECOND)}
    assert list(new) == [
        "refund_other_routes", "refund_dead_methods", "refund_route_chosen_within",
        "large_amount", "cases_of_one_seller", "cases_of_one_seller_within", "judge_silent_after",
    ]  # fmt: skip
    assert all(change.old is None for change in changes(FIRST, SECOND))
    term = new["refund_route_chosen_within"]
    assert (term.value, term.unit, term.source) == ("14", "days", "ours")
    assert all(change.new is None for change in changes(SECOND, FIRST))


def test_a_value_with_its_unit_and_both_sources() -> None:
    term = {"days": 6, "source": "ours"}
    (change,) = changes(FIRST, parse(changed("clocks/seller_answers_within", term)))
    assert change.old is not None
    assert change.new is not None
    assert (change.old.value, change.old.source) == ("5", "000, 003")
    assert (change.new.value, change.new.unit, change.new.source) == ("6", "days", "ours")


def test_lists_say_what_went_and_what_came() -> None:
    remedies = ["refund", "return_and_refund", "repair_cost"]
    (change,) = changes(FIRST, parse(changed("remedies/wrong_item/remedies", remedies)))
    assert (change.entry.rule, change.entry.of) == ("wrong_item", "remedies")
    assert (change.gone, change.added) == (("replacement",), ("repair_cost",))


def test_carriers_are_compared_one_by_one_and_told_together() -> None:
    express = FIRST.windows.closes_by_carrier[0]
    longer = replace(express, term=replace(express.term, days=30))
    fewer = replace(longer, carriers=(*express.carriers[2:], "Acme"))
    windows = replace(
        FIRST.windows, closes_by_carrier=(fewer, *FIRST.windows.closes_by_carrier[1:])
    )
    same, new, gone = changes(FIRST, replace(FIRST, windows=windows))
    assert same.entry.of == ", ".join(express.carriers[2:])
    assert (new.entry.of, new.old) == ("Acme", None)
    assert (gone.entry.of, gone.new) == (", ".join(express.carriers[:2]), None)


def test_sources_and_titles_are_no_values() -> None:
    term = {**documents()["clocks.toml"]["seller_answers_within"], "source": "ours"}
    other = parse(changed("clocks/seller_answers_within", term))
    assert other != FIRST
    assert difference(FIRST, replace(other, title="Another")) == ()


def test_a_change_has_a_side() -> None:
    with pytest.raises(ValueError, match="a change of nothing"):
        _ = Change(None, None).entry


def altered(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """``value`` with one thing in it changed, in each place there is."""
    if isinstance(value, Struct):
        for field in fields(value):
            if field.name not in NAMES:
                for where, other in altered(getattr(value, field.name), f"{path}.{field.name}"):
                    yield where, replace(value, **{field.name: other})
    elif isinstance(value, dict):
        for key in value:
            for where, other in altered(value[key], f"{path}.{key}"):
                yield where, {**value, key: other}
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            for where, other in altered(one, f"{path}.{place}"):
                yield where, (*value[:place], other, *value[place + 1 :])
            yield f"{path} without {place}", (*value[:place], *value[place + 1 :])
    elif isinstance(value, bool):
        yield path, not value
    elif isinstance(value, int):
        yield path, value + 1
    elif isinstance(value, str):
        yield path, f"{value}_other"


def test_no_value_changes_unseen() -> None:
    fee = Fee(basis_points=100, fixed={"USD": 30}, source="ours")
    own = tuple(clause for clause in SECOND.clauses if clause not in SECOND.reasons)
    terms = replace(SECOND, platform=replace(SECOND.platform, fee=fee), clauses=own)
    every = list(altered(terms, ""))
    assert len(every) > 400
    assert [path for path, other in every if not difference(terms, other)] == []
