"""What domain tests start from: a pack, an order, and a case with events behind it.

A test of a command reads: given these events, when this is asked at that instant, then these events
or that refusal.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from msgspec.structs import replace

from amends.adapters.packs import load_packs, shipped_packs
from amends.dispute.case import CaseEvent, evolve
from amends.dispute.state import Case
from amends.kernel.decision import Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Role
from amends.order.events.life import OrderPlaced, ParcelSent
from amends.order.state import Line, Order, Parcel, Payment, ReturnPolicy
from amends.policy.library import Library
from amends.policy.terms import PackRef, Terms

T0 = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

BUYER = Actor("b1", Role.BUYER)
SELLER = Actor("s1", Role.SELLER)
SHOP = Actor("shop", Role.MARKETPLACE)
MEDIATOR = Actor("m1", Role.MEDIATOR)
APPEALS = Actor("a1", Role.APPEALS)
SUPERVISOR = Actor("v1", Role.SUPERVISOR)
SUPPORT = Actor("u1", Role.SUPPORT)
FINANCE = Actor("f1", Role.FINANCE)
PROVIDER = Actor("simulator", Role.PROVIDER)
ADMIN = Actor("admin", Role.ADMIN)


@cache
def packs() -> Library:
    """The shipped packs."""
    return load_packs(shipped_packs())


def terms(pack: str = "aliexpress") -> Terms:
    """The shipped pack called ``pack``."""
    found = packs().in_force(pack, T0)
    assert found is not None
    return found


def order(**changes: Any) -> Order:
    """Two blouses at 800.00 RUB, to be shipped within 4 days of T0, promised for 1 April."""
    pack = terms()
    blouse = Line("1", quantity=2, unit_price=80_000, paid=160_000, weight_grams=350)
    plain = Order(
        id="A-1001",
        buyer="b1",
        seller="s1",
        currency="RUB",
        placed_at=T0,
        pack=PackRef(pack.id, pack.version, pack.digest),
        digest="d",
        lines=(blouse,),
        shipping_paid=0,
        captured=160_000,
        payment=Payment("simulator", "pay_1", "card"),
        changed_at=T0,
        buyer_ref="c.buyer",
        seller_ref="c.seller",
        listing_ref="c.listing",
        buyer_country="RU",
        ship_by=T0 + 4 * DAY,
        promised_by=datetime(2026, 4, 1, 10, 0, tzinfo=UTC),
        return_policy=ReturnPolicy(change_of_mind_days=15),
    )
    return replace(plain, **changes)


def placed(**changes: Any) -> Case:
    """A case whose order was just placed."""
    return evolve(None, OrderPlaced(at=T0, order=order(**changes)))


def parcel(at: Instant = T0 + DAY, **changes: Any) -> Parcel:
    """Both blouses by DHL, shipped a day after T0."""
    plain = Parcel("S1", "DHL", "1234567890", {"1": 2}, at)
    return replace(plain, **changes)


def shipped(at: Instant = T0 + DAY, **changes: Any) -> Case:
    """A case whose order was shipped at ``at``."""
    return after(placed(**changes), ParcelSent(at=at, parcel=parcel(at)))


def after(case: Case, *events: CaseEvent) -> Case:
    """``case`` with ``events`` behind it."""
    for event in events:
        case = evolve(case, event)
    return case


def stamp(at: Instant, command_id: str = "c1") -> Stamp:
    """The engine's stamp at ``at``."""
    return Stamp(at, command_id)
