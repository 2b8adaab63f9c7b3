"""An order pins a digest: it must follow every value, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from amends.policy.digest import digest_of
from amends.policy.parse import parse
from tests.policy.documents import changed, documents

# Pinned by orders once released. A change here means that a released version was changed, or that
# code gave an existing field another meaning: give the new values a version of their own instead.
RELEASED = "4c4952827ad3391ec82c274eb7f813b127b41bce47d0f13424c80fd9c1d3360e"


def test_the_released_values_keep_their_digest() -> None:
    assert parse(documents()).digest == RELEASED


def test_it_is_stable_and_does_not_depend_on_the_order_of_keys() -> None:
    backwards = {
        name: dict(reversed(list(table.items()))) for name, table in reversed(documents().items())
    }
    # the reasons are offered, and their clauses listed, in the order they are written in
    backwards["remedies.toml"] = documents()["remedies.toml"]
    assert parse(backwards).digest == parse(documents()).digest == digest_of(parse(documents()))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("clocks/ruling_due_after", {"days": 16, "source": "001"}),
        ("clocks/ruling_due_after", {"days": 15, "source": "ours"}),
        ("windows/opens/opens_on_delivery", {"none": True, "source": "ours"}),
        ("windows/closes_combine", {"choice": "receipt_alone", "source": "ours"}),
        ("remedies/counterfeit/no_return_asked", False),
        ("remedies/late/part_only", []),
        ("evidence/late/buyer", []),
        ("rulings/clauses", {"codes": ["proof"], "source": "ours"}),
        ("returns/refund_retries", {"times": 4, "source": "ours"}),
        ("limits/platform_honours_up_to/minor_units/RUB", 1),
        ("pack/version", "2"),
    ],
)
def test_it_follows_each_value(path: str, value: Any) -> None:
    assert parse(changed(path, value)).digest != parse(documents()).digest


@pytest.mark.parametrize("path", ["pack/title", "pack/note"])
def test_it_does_not_follow_words(path: str) -> None:
    assert parse(changed(path, "Said otherwise")).digest == parse(documents()).digest


def test_it_does_not_digest_itself() -> None:
    terms = parse(documents())
    assert digest_of(replace(terms, digest="")) == digest_of(terms) == terms.digest
    assert terms.ref.digest == terms.digest
    assert (terms.ref.id, terms.ref.version) == ("aliexpress", "1")
