"""What a dispute waits for, in sentences that can be read out to a buyer or a seller."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from amends.dispute.waiting import Late, Waiting
from amends.entrypoints.views.clocks import deadline_view
from amends.entrypoints.views.structs import DeadlineView
from amends.entrypoints.words import formatting
from amends.entrypoints.words.catalogue import Words
from amends.kernel.instants import Instant
from amends.policy.terms import Terms


class WaitingView(Struct, frozen=True):
    """The answer to "what is taking so long?", the same for support and for both sides.

    ``turn`` null: the dispute is over since ``since``. ``said``: whose turn, until when, why and
    what then; ``so_far``: what was late or extended, a sentence each.
    """

    turn: str | None
    since: Instant
    clock: DeadlineView | None
    said: tuple[str, ...]
    so_far: tuple[str, ...]


def waiting_view(told: Waiting, terms: Terms, words: Words, now: Instant) -> WaitingView:
    """``told`` in words, as of ``now``."""
    clock = deadline_view(told.clock, terms, words) if told.clock else None
    so_far = tuple(_so_far(told, words, now))
    return WaitingView(
        turn=told.turn,
        since=told.since,
        clock=clock,
        said=tuple(_said(told, clock, words, now)),
        so_far=so_far or (words.waiting["in_time"],),
    )


def _said(told: Waiting, clock: DeadlineView | None, words: Words, now: Instant) -> Iterator[str]:
    say, since = words.waiting, formatting.instant(told.since, words.locale)
    if told.turn is None:
        outcome = words.outcome(told.outcome) if told.outcome else words.phase(told.phase)
        yield say["over"].format(since=since, outcome=outcome)
        return
    yield say["turn"].format(since=since, turn=words.turn(told.turn))
    if clock is None:
        yield say["no_date"]
        return
    until = formatting.instant(clock.at, words.locale)
    yield say["step"].format(step=words.step(clock.what), until=until)
    yield say["why"].format(why=clock.why)
    if clock.then:
        yield clock.then
    if told.unheard and told.unheard_until and now < told.unheard_until:
        heard_until = formatting.instant(told.unheard_until, words.locale)
        yield say["unheard"].format(turn=words.turn(told.unheard), until=heard_until)


def _so_far(told: Waiting, words: Words, now: Instant) -> Iterator[str]:
    for late in told.late:
        yield _late(late, words, now)
    for longer in told.extended:
        yield words.waiting["extended"].format(
            step=words.step(longer.what),
            due=formatting.instant(longer.due, words.locale),
            since=formatting.instant(longer.since, words.locale),
            until=formatting.instant(longer.until, words.locale),
        )


def _late(late: Late, words: Words, now: Instant) -> str:
    """By how much is said in whole hours, and not at all where that is none."""
    how = "went_on" if late.went_on else "still_late" if late.by is None else "came_late"
    return words.waiting[how].format(
        step=words.step(late.what),
        due=formatting.instant(late.due, words.locale),
        span=formatting.span(late.so_far(now), words.locale),
    )
