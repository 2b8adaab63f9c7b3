"""What a bank is told of the orders a disputed payment paid: facts on record, in plain text.

It holds what was sold, sent, received, disputed, found and refunded. People's names, addresses and
their own words are left out: a bank has its own from its customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from amends.dispute.state import Case
from amends.engine.store import Records
from amends.entrypoints.words import formatting
from amends.entrypoints.words.catalogue import words
from amends.kernel.instants import Instant
from amends.order.state import Order
from amends.policy.library import Library

MOST_CHARACTERS = 20_000


def our_side(cases: Sequence[Case], records: Records, library: Library) -> str:
    """The text, of at most 20,000 characters."""
    orders = [_told(case, records, library) for case in cases]
    return _template().render(orders=orders).strip()[:MOST_CHARACTERS]


def _told(case: Case, records: Records, library: Library) -> dict[str, Any]:
    order = case.order
    wording = library.wording(order.pack.id, order.pack.version)
    titles = _titles(order, records)
    return {
        "order": order,
        "disputes": case.disputes.values(),
        "wording": wording,
        "titles": titles,
        "words": words(),
        "money": lambda amount: formatting.money(order.money(amount)),
    }


def _titles(order: Order, records: Records) -> dict[str, str]:
    """What each line is called, or its id where the listing was erased."""
    found = records.texts({(order.id, order.listing_ref)}).get((order.id, order.listing_ref))
    listed = msgspec.json.decode(found) if found else {}
    return {line.id: (listed.get(line.id) or {}).get("title") or line.id for line in order.lines}


@cache
def _template() -> Template:
    environment = Environment(  # noqa: S701 - plain text
        loader=PackageLoader("amends.entrypoints.words", "en"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["when"] = _when
    return environment.get_template("chargeback_answer.txt")


def _when(at: Instant) -> str:
    # Banks file it, so the year is said.
    return f"{at:%Y-%m-%d %H:%M} UTC"
