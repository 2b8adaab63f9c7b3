"""The orders that exploring starts from: paid, sent, received where the reason asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.case import evolve
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import OnOrder, decide
from amends.dispute.state import Case
from amends.kernel.decision import Refused, Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Role
from amends.order.protection import protection
from amends.order.state import Line, Order, Parcel, Payment, ReturnPolicy
from amends.policy.terms import Reason, Remedy, Terms

BUYER, SELLER = Actor("buyer", Role.BUYER), Actor("seller", Role.SELLER)
PLACED = datetime(2030, 1, 1, tzinfo=UTC)
ORDER, DISPUTE = "A", "A-D1"
_DAY = timedelta(days=1)
_MONEY = "USD"


class Opened(Struct, frozen=True):
    """A dispute for one reason, just opened: how it was claimed, and at which instant."""

    reason: str
    remedy: Remedy
    above_cap: bool
    at: Instant
    case: Case


def order(terms: Terms, captured: int) -> Order:
    """One that was paid, to be shipped within four days and promised for a month later."""
    return Order(
        id=ORDER,
        buyer=BUYER.person,
        seller=SELLER.person,
        currency=_MONEY,
        placed_at=PLACED,
        pack=terms.ref,
        digest="",
        lines=(Line("1", quantity=1, unit_price=captured, paid=captured),),
        shipping_paid=0,
        captured=captured,
        payment=Payment("simulator", "p", "card"),
        changed_at=PLACED,
        buyer_ref="",
        seller_ref="",
        listing_ref="",
        ship_by=PLACED + 4 * _DAY,
        promised_by=PLACED + 30 * _DAY,
        return_policy=ReturnPolicy(change_of_mind_days=30),
    )


def slowest_carrier(terms: Terms) -> str:
    """The carrier whose parcels may take longest; "other" for one that the pack does not name."""
    named = [carrier for window in terms.windows.closes_by_carrier for carrier in window.carriers]
    return max(("other", *named), key=lambda carrier: terms.carrier_days(carrier).days)


def opened(terms: Terms, reason: Reason, remedy: Remedy, *, above_cap: bool) -> Opened | Refused:
    """A dispute opened as soon as it can be, or what refuses it at the best of all instants.

    ``above_cap``: more is claimed than the platform honours when nobody rules.
    """
    cap = terms.platform.honours_up_to[_MONEY]
    refusals: list[Refused] = []
    for held in _sent(order(terms, 2 * cap if above_cap else max(2, cap // 2)), terms, reason):
        for at in _openings(held, terms):
            command = OpenDispute(
                received=held.received_at is not None,
                reason=reason.code,
                remedy=remedy,
                description="-",
            )
            case = Case(order=held)
            outcome = decide(case, OnOrder(ORDER, command), BUYER, terms, Stamp(at, "open"))
            if isinstance(outcome, Refused):
                refusals.append(outcome)
                continue
            for event in outcome.events:
                case = evolve(case, event)
            return Opened(reason.code, remedy, above_cap, at, case)
    return refusals[-1]


def _sent(plain: Order, terms: Terms, reason: Reason) -> Iterator[Order]:
    """The order in the states in which a claim for ``reason`` may be true."""
    shipped = PLACED + _DAY
    parcel = Parcel("S1", slowest_carrier(terms), "N0", {"1": 1}, shipped)
    if reason.received != "no":
        came = shipped + 5 * _DAY
        yield replace(plain, parcels=(replace(parcel, delivered_at=came),), received_at=came)
    if reason.received != "yes":
        yield replace(plain, parcels=(parcel,))
        yield plain


def _openings(held: Order, terms: Terms) -> tuple[Instant, ...]:
    since = held.received_at or held.placed_at
    windows = (entry.window for entry in protection(held, terms, since))
    opens = tuple(max(window.since, since) for window in windows if window.since is not None)
    return opens or (since,)  # where nothing ever opens, what is refused says why
