"""How much one person may award alone, as packs say it."""

from __future__ import annotations

import pytest

from amends.policy.explain import explain
from amends.policy.parse import parse
from tests.given import packs
from tests.policy.documents import changed, documents, problems_of

LARGE = {"times": 50, "source": "ours"}


def test_a_pack_that_says_nothing_leaves_everything_to_one_person() -> None:
    assert parse(documents()).platform.large("USD") is None


def test_it_is_so_many_times_the_cap_in_each_currency() -> None:
    platform = parse(changed("limits/large_amount", LARGE)).platform
    assert platform.large("USD") == 500_000
    assert platform.large("JPY") == 50 * platform.honours_up_to["JPY"]
    assert platform.large("XXX") is None


def test_from_its_second_version_the_default_pack_leaves_5000_dollars_to_one_person() -> None:
    first, second = packs().get("aliexpress", "1"), packs().get("aliexpress", "2")
    assert first is not None
    assert second is not None
    assert (first.platform.large("USD"), second.platform.large("USD")) == (None, 500_000)


def test_it_is_explained_and_digested() -> None:
    terms = parse(changed("limits/large_amount", LARGE))
    shown = {e.rule: (e.value, e.unit, e.source) for part in explain(terms) for e in part.entries}
    assert shown["large_amount"] == ("50", "times the cap", "ours")
    assert terms.digest != parse(documents()).digest


@pytest.mark.parametrize("bad", [{"times": 0, "source": "ours"}, {"days": 5, "source": "ours"}, 50])
def test_what_cannot_be_is_named(bad: object) -> None:
    problems = problems_of(changed("limits/large_amount", bad))
    assert all(p.file == "limits.toml" and p.key.startswith("large_amount") for p in problems)
    assert problems
