"""Whether a window can open after it has closed, over the lives an order may have until then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from amends.exploring.orders import ORDER, PLACED, order
from amends.kernel.instants import Instant
from amends.order.protection import protection
from amends.order.state import Order, Parcel
from amends.policy.terms import Terms

_DAY = timedelta(days=1)
_SHIPPED = (1, 10)  # before the ship-by date and after it
_CAME = (None, 3, 200)  # never, soon, and after every window


class ClosedFirst(Struct, frozen=True):
    """A window that closes before it opens. All are days after the order; None: not at all."""

    carrier: str
    shipped: int
    delivered: int | None
    received: int | None
    opens: int
    opens_by: str
    closes: int


def closed_first(terms: Terms) -> ClosedFirst | None:
    """A life of an order in which nobody could ever open a dispute, or None when there is none."""
    for life in _lives(terms):
        (entry,) = protection(life, terms, PLACED)
        (parcel,) = life.parcels
        since, until = entry.window.since, entry.window.until
        if since is None or until is None or since < until:
            continue
        return ClosedFirst(
            parcel.carrier,
            _days(parcel.shipped_at),
            _days(parcel.delivered_at) if parcel.delivered_at else None,
            _days(life.received_at) if life.received_at else None,
            _days(since),
            entry.why[0].rule,
            _days(until),
        )
    return None


def _lives(terms: Terms) -> Iterator[Order]:
    plain = replace(order(terms, 1000), id=ORDER)
    carriers = [window.carriers[0] for window in terms.windows.closes_by_carrier if window.carriers]
    for carrier, shipped, delivered, received, promised in product(
        (*carriers, "other"), _SHIPPED, _CAME, _CAME, (20, 60)
    ):
        if delivered is not None and received is not None and received < delivered:
            continue
        parcel = Parcel("S1", carrier, "N0", {"1": 1}, PLACED + shipped * _DAY)
        if delivered is not None:
            parcel = replace(parcel, delivered_at=parcel.shipped_at + delivered * _DAY)
        got = None if received is None else parcel.shipped_at + received * _DAY
        yield replace(
            plain, parcels=(parcel,), received_at=got, promised_by=PLACED + promised * _DAY
        )


def _days(at: Instant) -> int:
    return (at - PLACED).days
