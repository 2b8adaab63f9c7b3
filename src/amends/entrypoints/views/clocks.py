"""Deadlines and windows in words: what they wait for, what then, and how they were reckoned."""

from __future__ import annotations

from datetime import timedelta

from msgspec import UNSET

from amends.entrypoints.views.structs import DeadlineView, WhyView
from amends.entrypoints.words import formatting
from amends.entrypoints.words.catalogue import Words
from amends.kernel.deadlines import Deadline
from amends.order.protection import Why
from amends.policy.terms import Days, Terms

_DAY = timedelta(days=1)


# Packs are few and kept as long as a service lives; holding on to one keeps its id its own.
_MOST_PACKS = 100
_looked_through: dict[int, tuple[Terms, dict[str, Days]]] = {}


def terms_of_rules(terms: Terms) -> dict[str, Days]:
    """Every span of a pack by its rule's name; where a rule has several, the first."""
    known = _looked_through.get(id(terms))
    if known is None:
        if len(_looked_through) >= _MOST_PACKS:
            _looked_through.clear()
        known = _looked_through[id(terms)] = (terms, _look_through(terms))
    return known[1]


def _look_through(terms: Terms) -> dict[str, Days]:
    found: dict[str, Days] = {}
    stack: list[object] = [terms]
    while stack:
        value = stack.pop()
        if isinstance(value, Days):
            found.setdefault(value.rule, value)
        elif isinstance(value, tuple):
            stack.extend(reversed(value))
        elif hasattr(value, "__struct_fields__"):
            stack.extend(getattr(value, name) for name in reversed(value.__struct_fields__))
    return found


def why_window(why: Why, words: Words) -> WhyView:
    """A window's rule: ``6 days after shipment on 2 March 12:00 UTC``."""
    pattern = words.windows.get(why.rule, "{days} after {since}")
    if not why.days:
        pattern = words.windows.get(f"{why.rule}_at_once", pattern)
    text = pattern.format(
        days=formatting.days(why.days, words.locale),
        since=formatting.instant(why.since, words.locale),
    )
    return WhyView(rule=why.rule, text=text, source=why.source)


def deadline_view(clock: Deadline, terms: Terms, words: Words) -> DeadlineView:
    """A clock with its reckoning: ``5 days after Tue 4 Nov 14:02 UTC, when the dispute was
    opened``."""
    rule = terms_of_rules(terms).get(clock.rule)
    return DeadlineView(
        what=clock.what,
        turn=clock.turn,
        at=clock.at,
        then=words.then_of(clock.what),
        why=_reckoned(clock, rule, words),
        rule=clock.rule,
        source=rule.source if rule else terms.cited.get(clock.rule, ""),
        subject=clock.subject or UNSET,
    )


def _reckoned(clock: Deadline, rule: Days | None, words: Words) -> str:
    length = clock.at - clock.since
    whole = length % _DAY == timedelta(0)
    count = length // _DAY if whole else None
    # A rule with several values (a carrier's days) is told by the days that were counted.
    ruled = rule.days if rule else count
    cut_or_longer = count is None or (count != ruled and clock.what != "protection")
    how = "after"
    span = formatting.span(length, words.locale)
    if cut_or_longer and ruled is not None:
        how = "cut" if length < timedelta(days=ruled) else "longer"
        span = formatting.days(ruled, words.locale)
    return words.reckoned[how].format(
        span=span,
        since=formatting.weekday_instant(clock.since, words.locale),
        anchor=words.anchor(clock.anchor),
    )
