"""Whether an order that is put in again is the one on record: as it was put in, or as it stands."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from amends.kernel.money import Money
from amends.order.asked import in_utc
from amends.order.pricing import Priced, price
from amends.order.purchase import Shipping
from amends.order.state import Order

if TYPE_CHECKING:
    from amends.order.decide.place_order import PlaceOrder

# Of 64 hexadecimal digits as many as leave no two alike by chance.
_LINE_DIGEST = 32


def digest_of(command: PlaceOrder) -> str:
    """The SHA-256 of the order as it is put in, whatever order its fields were written in."""
    return hashlib.sha256(msgspec.json.encode(command, order="sorted")).hexdigest()


def line_digests(command: PlaceOrder) -> dict[str, str]:
    """By line id, a digest of what no amendment changes: of the line, and of the whole order. Not
    of the line alone, or whoever reads the record could find out the item by trying titles.

    ``placed_at`` must lie well inside the calendar.
    """
    order = replace(
        command,
        placed_at=in_utc(command.placed_at),
        seller=replace(command.seller, return_policy=None),
        return_policy=command.returns,
        shipping=Shipping(price=command.shipping.price),
        promised_by=None,
        discount=None,
        payment=replace(command.payment, captured=Money(0, command.currency)),
    )
    digests = {}
    for line in command.lines:
        bare = replace(line, quantity=1, discount=None, tax=None)
        digests[line.id] = digest_of(replace(order, lines=(bare,)))[:_LINE_DIGEST]
    return digests


def as_it_stands(order: Order, command: PlaceOrder) -> bool:
    """Whether this is the order as amended: what an amendment changes as it is now, all else as it
    was put in. An amended address is sealed, and is not recognised."""
    if command.placed_at != order.placed_at or command.promise != order.promised_by:
        return False
    priced = price(command.bill)
    return (
        isinstance(priced, Priced)
        and priced.lines == order.lines
        and priced.captured == order.captured
        and command.shipping.ship_by == order.ship_by
        and line_digests(command).items() <= order.line_digests.items()
    )
