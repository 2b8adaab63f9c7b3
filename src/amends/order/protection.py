"""Protection: whether, from when and until when a dispute can be opened, for what, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from amends.kernel.deadlines import Deadline, reminders_between
from amends.kernel.decision import Facts, Refused
from amends.kernel.instants import Instant, Window
from amends.order.state import Order, Parcel
from amends.policy.terms import Days, Remedy, Terms

_CLAIMABLE: tuple[Remedy, ...] = ("refund", "return_and_refund", "replacement")


class Why(Struct, frozen=True):
    """A rule that made a window what it is: so many ``days`` after ``since``, by ``source``."""

    rule: str
    days: int
    since: Instant
    source: str


class LineProtection(Struct, frozen=True):
    """The protection of one line's units in one parcel (or not shipped at all, ``parcel`` "").

    ``why`` explains the present state: what will open it, what opened it and what will close it,
    or what closed it.
    """

    line: str
    quantity: int
    parcel: str
    window: Window
    state: Literal["not_yet", "open", "over"]
    reasons: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    why: tuple[Why, ...]


class _Bound(Struct, frozen=True):
    at: Instant
    why: Why


def _after(term: Days, since: Instant) -> _Bound:
    return _Bound(since + term.span, Why(term.rule, term.days, since, term.source))


def protection(order: Order, terms: Terms, now: Instant) -> tuple[LineProtection, ...]:
    """Per line and parcel: can a dispute be opened now, from when, until when, for what, and why.

    A line with units that were not shipped has an entry of its own for them.
    """
    entries: list[LineProtection] = []
    for line in order.lines:
        for parcel in order.outbound:
            if units := parcel.lines.get(line.id, 0):
                entries.append(_entry(order, terms, now, line.id, units, parcel))
        if rest := max(0, line.quantity - order.shipped(line.id)):
            entries.append(_entry(order, terms, now, line.id, rest, None))
    return tuple(entries)


def _entry(
    order: Order, terms: Terms, now: Instant, line: str, units: int, parcel: Parcel | None
) -> LineProtection:
    opens = _opens(order, terms, parcel)
    closes = _closes(order, terms, parcel)
    window = Window(opens.at if opens else None, closes.at if closes else None)
    why = [bound.why for bound in (opens, closes) if bound is not None]
    state: Literal["not_yet", "open", "over"]
    if closes is not None and now >= closes.at:
        state, why = "over", [closes.why]
    elif window.holds(now):
        state = "open"
    else:
        state, why = "not_yet", [opens.why] if opens else []
    reasons = _reasons(order, terms, now, parcel)
    allowed = {r.remedy for code in reasons for r in terms.reasons[code].remedies}
    return LineProtection(
        line=line,
        quantity=units,
        parcel=parcel.id if parcel else "",
        window=window,
        state=state,
        reasons=reasons,
        remedies=tuple(remedy for remedy in _CLAIMABLE if remedy in allowed),
        why=tuple(why),
    )


def _opens(order: Order, terms: Terms, parcel: Parcel | None) -> _Bound | None:
    """The earliest of the pack's openings that apply; None while none does."""
    bounds: list[_Bound] = []
    for opening in terms.windows.opens:
        match opening.kind:
            case "after_shipment":
                since = parcel.shipped_at if parcel else None
            case "after_ship_by":
                since = order.ship_by
                # A parcel that left before the right arose takes this way of opening away.
                if parcel and since and parcel.shipped_at < since + opening.term.span:
                    since = None
            case "on_delivery":
                since = parcel.delivered_at if parcel else None
            case _:  # on_receipt
                since = order.received_at
        if since is not None:
            bounds.append(_after(opening.term, since))
    return min(bounds, key=lambda bound: bound.at, default=None)


def _closes(order: Order, terms: Terms, parcel: Parcel | None) -> _Bound | None:
    """The end of the window; None while nothing was shipped or received."""
    windows = terms.windows
    by_receipt = (
        _after(windows.closes_after_receipt, order.received_at)
        if windows.closes_after_receipt and order.received_at
        else None
    )
    if parcel is None:
        return by_receipt
    if by_receipt and windows.closes_combine == "receipt_alone":
        return by_receipt
    bounds = [by_receipt] if by_receipt else []
    if terms.names_carrier(parcel.carrier):
        bounds.append(_after(terms.carrier_days(parcel.carrier), parcel.shipped_at))
    else:
        for closing in windows.closes_other_carriers:
            since = parcel.shipped_at if closing.kind == "after_shipment" else order.promised_by
            if since is not None:
                bounds.append(_after(closing.term, since))
    return max(bounds, key=lambda bound: bound.at, default=None)


def _reasons(order: Order, terms: Terms, now: Instant, parcel: Parcel | None) -> tuple[str, ...]:
    return tuple(
        code
        for code, reason in terms.reasons.items()
        if not (reason.received == "no" and order.received_at)
        and not (reason.own_window and refuse_own_window(order, now, parcel))
    )


def refuse_own_window(order: Order, now: Instant, parcel: Parcel | None) -> Refused | None:
    """Refuses a change of mind that the seller's own return policy does not (or no longer) take.

    The seller's days count from the delivery, or from the confirmed receipt when no carrier
    reported one.
    """
    policy = order.return_policy
    if policy is None or not policy.change_of_mind_days:
        return Refused("seller_takes_no_returns", {}, ("choose_other_reason", "write_to_seller"))
    received = (parcel.delivered_at if parcel else None) or order.received_at
    if received is None:
        return None
    until = received + Days("", policy.change_of_mind_days, "").span
    if now < until:
        return None
    facts: Facts = {"days": policy.change_of_mind_days, "since": received, "until": until}
    return Refused("change_of_mind_over", facts, ("choose_other_reason", "write_to_seller"))


def refuse_unprotected(
    order: Order, terms: Terms, now: Instant, reason: str, lines: Mapping[str, int]
) -> Refused | None:
    """Refuses a dispute for ``reason`` about units whose window is not open at ``now``."""
    if order.cancelled_at:
        return Refused("order_cancelled", {"at": order.cancelled_at}, ("see_refund",))
    entries = protection(order, terms, now)
    for line, units in lines.items():
        mine = [entry for entry in entries if entry.line == line]
        inside = [entry for entry in mine if entry.state == "open"]
        if sum(entry.quantity for entry in inside) < units:
            return _closed_window(mine)
        if terms.reasons[reason].own_window:
            parcels = {p.id: p for p in order.parcels}
            refusals = [
                refusal
                for entry in inside
                if (refusal := refuse_own_window(order, now, parcels.get(entry.parcel)))
            ]
            if len(refusals) == len(inside):
                return refusals[0]
    return None


def _closed_window(entries: list[LineProtection]) -> Refused:
    waiting = [e for e in entries if e.state == "not_yet"]
    over = [e for e in entries if e.state == "over"]
    if waiting or not over:
        known = [e for e in waiting if e.window.since]
        first = min(known, key=lambda e: e.window.since or e.why[0].since, default=None)
        return Refused("window_not_open", _window_facts(first), ("wait_until_open", "send_message"))
    last = max(over, key=lambda e: e.window.until or e.why[0].since)
    return Refused("window_closed", _window_facts(last), ("contact_support",))


def _window_facts(entry: LineProtection | None) -> Facts:
    if entry is None:
        return {"opens_at": None}
    why = entry.why[0]
    return {
        "opens_at": entry.window.since,
        "closes_at": entry.window.until,
        "by": why.rule,
        "days": why.days,
        "since": why.since,
        "source": why.source,
    }


def protection_clock(order: Order, terms: Terms, now: Instant) -> Deadline | None:
    """When the protection of the whole order ends, as a clock of the order; None while it has no
    end, or when it ended before."""
    if order.protection_ended_at or order.cancelled_at:
        return None
    parcels: list[Parcel | None] = [*order.outbound]
    if any(order.shipped(line.id) < line.quantity for line in order.lines):
        parcels.append(None)
    bounds = [_closes(order, terms, parcel) for parcel in parcels]
    known = [bound for bound in bounds if bound is not None]
    if len(known) < len(bounds):
        return None
    last = max(known, key=lambda bound: bound.at)
    return Deadline(
        what="protection",
        turn="buyer",
        at=last.at,
        since=last.why.since,
        anchor="window_began",
        rule=last.why.rule,
        reminders=tuple(r for r in reminders_between(last.why.since, last.at) if r > now),
    )
