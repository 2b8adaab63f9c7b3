"""An order's protection in words: is it open, for how long, and by which rule."""

from __future__ import annotations

from msgspec import Struct

from amends.entrypoints.views.structs import LineProtectionView, OrderView
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.templating import left
from amends.entrypoints.words import formatting
from amends.kernel.instants import Instant


class Protected(Struct, frozen=True):
    """The protection of one line: a word for its state, a sentence, and why."""

    line: str
    quantity: int
    state: str  # good, wait or over
    chip: str
    sentence: str
    why: tuple[str, ...]


def protection_lines(order: OrderView, now: Instant) -> tuple[Protected, ...]:
    """Each line and shipment of an order."""
    return tuple(protected(entry, now) for entry in order.protection.lines)


def protection_in_short(order: OrderView, now: Instant) -> Protected | None:
    """The order as a whole: what is open first, then what will open, then what is over."""
    weight = {"good": 0, "wait": 1, "over": 2}
    if order.cancelled_at:
        return None
    lines = protection_lines(order, now)
    return min(lines, key=lambda line: weight[line.state], default=None)


def protected(entry: LineProtectionView, now: Instant) -> Protected:
    """One line's protection in words."""
    why = tuple(w.text for w in entry.why)
    if entry.open and entry.closes_at:
        state = "good"
        chip = _("Protected, {left}").format(left=left(entry.closes_at, now))
        sentence = _("Protected until {until}. A dispute can be opened now.").format(
            until=formatting.moment(entry.closes_at)
        )
    elif entry.open:
        state, chip = "good", _("Protected")
        sentence = _("Protected, with no end yet. A dispute can be opened now.")
    elif entry.closes_at and entry.closes_at <= now:
        state, chip = "over", _("Protection is over")
        sentence = _("The protection ended on {until}. Support can still help.").format(
            until=formatting.moment(entry.closes_at)
        )
    elif entry.opens_at and entry.opens_at > now:
        state, chip = "wait", _("Protected")
        sentence = _("Protected. A dispute can be opened from {since}.").format(
            since=formatting.moment(entry.opens_at)
        )
    else:
        state, chip = "wait", _("Protected")
        sentence = _("Protected. From when a dispute can be opened shows once it is sent.")
    return Protected(entry.line, entry.quantity, state, chip, sentence, why)
