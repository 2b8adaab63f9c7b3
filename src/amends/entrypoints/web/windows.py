"""The window in which a dispute can be opened, as a bar: when it opens, today, when it closes."""

from __future__ import annotations

from msgspec import Struct

from amends.entrypoints.views.structs import LineProtectionView, OrderView
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words import formatting
from amends.kernel.instants import Instant
from amends.policy.wording import Wording

_WHOLE = 100.0
# Room behind the later of today and the end, as a share of the bar.
_BEHIND = 0.06


class Window(Struct, frozen=True):
    """One line's window: ``since`` and ``until`` are None where that is not known yet; ``words``
    say what the bar shows. ``opens``, ``today`` and ``closes`` are per cent of the bar's width."""

    line: str
    quantity: int
    since: Instant | None
    until: Instant | None
    since_words: str
    until_words: str
    words: str
    opens: float
    today: float
    closes: float


def windows_of(
    order: OrderView, now: Instant, *, own: bool, sources: Wording | None = None
) -> tuple[Window, ...]:
    """A bar for each line and shipment, in words for the buyer (``own``) or for anybody else, with
    where each rule was taken from in the words of ``sources``; none for an order that was
    cancelled."""
    if order.cancelled_at:
        return ()
    lines = order.protection.lines
    return tuple(window_of(entry, order.placed_at, now, own, sources) for entry in lines)


def window_of(
    entry: LineProtectionView, placed: Instant, now: Instant, own: bool, sources: Wording | None
) -> Window:
    """One line's bar, which begins when the order was placed."""
    since, until = entry.opens_at, entry.closes_at
    last = max(at for at in (now, since, until) if at)
    span = max((last - placed).total_seconds(), 1.0) * (1 + _BEHIND)

    def place(at: Instant | None, otherwise: float) -> float:
        if at is None:
            return otherwise
        share = _WHOLE * (at - placed).total_seconds() / span
        return round(min(max(share, 0.0), _WHOLE), 1)

    return Window(
        line=entry.line,
        quantity=entry.quantity,
        since=since,
        until=until,
        since_words=formatting.instant(since) if since else "",
        until_words=formatting.instant(until) if until else "",
        words=_words(entry, now, own, sources),
        opens=place(since, _WHOLE),
        today=place(now, 0.0),
        closes=place(until, _WHOLE),
    )


def _words(entry: LineProtectionView, now: Instant, own: bool, sources: Wording | None) -> str:
    since = formatting.instant(entry.opens_at) if entry.opens_at else ""
    until = formatting.instant(entry.closes_at) if entry.closes_at else ""
    why = _("; ").join(sourced(w.text, w.source, sources) for w in entry.why)
    over = entry.closes_at is not None and entry.closes_at <= now
    text = _said_to_buyer if own else _said_to_others
    return text(bool(since and why), bool(until), over).format(since=since, until=until, why=why)


def sourced(text: str, source: str, wording: Wording | None) -> str:
    """A reckoning, and where its rule was taken from where there are words for that."""
    names = wording.taken_from(source) if wording else ()
    if not names:
        return text
    return _("{why} ({sources})").format(why=text, sources=_("; ").join(names))


def _said_to_buyer(opens: bool, closes: bool, over: bool) -> str:
    match opens, closes:
        case True, True if over:
            return _("You could open a dispute from {since} to {until}, because: {why}.")
        case True, True:
            return _("You can open a dispute from {since} to {until}, because: {why}.")
        case True, False:
            return _("You can open a dispute from {since}, because: {why}.")
        case False, True:
            return _("You can open a dispute until {until}.")
        case _:
            return _("From when you can open a dispute is known once the order is sent.")


def _said_to_others(opens: bool, closes: bool, over: bool) -> str:
    match opens, closes:
        case True, True if over:
            return _("The buyer could open a dispute from {since} to {until}, because: {why}.")
        case True, True:
            return _("The buyer can open a dispute from {since} to {until}, because: {why}.")
        case True, False:
            return _("The buyer can open a dispute from {since}, because: {why}.")
        case False, True:
            return _("The buyer can open a dispute until {until}.")
        case _:
            return _("From when the buyer can open a dispute is known once the order is sent.")
