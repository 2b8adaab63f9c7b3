"""Every situation a dispute can come to, and every step between two of them.

A situation is what decides how the dispute goes on: its phase, turn and clocks (as time left), what
stands agreed, ruled, appealed, and how far goods and money are. What differs only in texts, dates
of long ago or who judges is one situation. In each, everybody does whatever the core lets them, at
once and at the last moment before a clock ends; and nobody does anything, so that it ends. Between
those two a clock that begins anew begins neither earlier nor later than at them, so that no path is
longer and none is left out.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.appeals import missing_from
from amends.dispute.case import CaseEvent, evolve
from amends.dispute.expire import expire
from amends.dispute.judge import decide
from amends.dispute.state import Case, Dispute, Effect, Offer
from amends.exploring.moves import Move, moves, reopened
from amends.exploring.orders import DISPUTE, Opened
from amends.kernel.decision import Refused, Stamp
from amends.kernel.instants import Instant
from amends.policy.terms import Terms

Key = tuple[object, ...]
_LAST_MOMENT = timedelta(seconds=1)
_AT_ONCE_ENDS = 100  # more clocks than that never end at one instant


class Step(Struct, frozen=True):
    """From one situation to the next: ``after`` so much time somebody did something, or
    (``lapsed``) the clock called ``what`` ended and nobody had, with all that ended then in
    ``ended``."""

    after: timedelta
    by: str
    what: str
    choice: str
    to: int
    ended: tuple[str, ...] = ()

    @property
    def lapsed(self) -> bool:
        """Whether nobody did anything in time."""
        return bool(self.ended)


class Situation(Struct):
    """One of them: a case that is in it, at an instant, and the steps out of it."""

    case: Case
    now: Instant
    steps: list[Step]

    @property
    def dispute(self) -> Dispute:
        """The dispute that is explored."""
        return self.case.disputes[DISPUTE]


Break = Literal["no_turn", "no_deadline", "deadline_over", "clock_without_end", "never_rests"]


class Broken(Struct, frozen=True):
    """What must not be: a situation, by its number, and what is wrong with it."""

    kind: Break
    at: int
    what: str = ""


class Explored(Struct, frozen=True):
    """All situations that some openings can lead to; ``starts`` are the openings' own numbers."""

    openings: tuple[Opened, ...]
    starts: tuple[int, ...]
    situations: tuple[Situation, ...]
    broken: tuple[Broken, ...]


def explore(openings: tuple[Opened, ...], terms: Terms) -> Explored:
    """Every situation that is reached from ``openings``, whose reasons are alike for the core."""
    return _Exploring(openings, terms).all()


class _Exploring:
    def __init__(self, openings: tuple[Opened, ...], terms: Terms) -> None:
        self.openings, self.terms = openings, terms
        self.known: dict[Key, int] = {}
        self.found: list[Situation] = []
        self.broken: list[Broken] = []
        self.waiting: deque[int] = deque()
        self.reopened: deque[int] = deque()

    def all(self) -> Explored:
        starts = tuple(self._reach(opened.case, opened.at) for opened in self.openings)
        while self.waiting or self.reopened:
            self._leave((self.waiting or self.reopened).popleft())
        return Explored(self.openings, starts, tuple(self.found), tuple(self.broken))

    def _reach(self, case: Case, now: Instant) -> int:
        case = _plain(case)
        key = _key(case, self.terms, now)
        if key in self.known:
            return self.known[key]
        number = self.known[key] = len(self.found)
        self.found.append(Situation(case, now, []))
        wrong = _wrong(case.disputes[DISPUTE], now)
        if wrong:
            self.broken.append(Broken(wrong, number))
        else:
            # Last, so that a situation known both ways is left in every way there is.
            again = reopened(case.disputes[DISPUTE])
            (self.reopened if again else self.waiting).append(number)
        return number

    def _leave(self, number: int) -> None:
        here = self.found[number]
        end = min((clock.at for clock in here.dispute.deadlines), default=None)
        for at in _instants(here, end, self.terms):
            for move in moves(here.case, self.terms, at):
                case = self._done(here.case, move, at)
                if case is not None:
                    self._step(here, move.by, move.what, move.choice, case, at)
        if end is not None:
            self._lapse(number, here, end)

    def _step(
        self, here: Situation, by: str, what: str, choice: str, case: Case, at: Instant
    ) -> None:
        to = self._reach(case, at)
        here.steps.append(Step(at - here.now, by, what, choice, to))

    def _done(self, case: Case, move: Move, at: Instant) -> Case | None:
        """The case after the move, or None where the core refuses any part of it."""
        for actor, command in move.commands:
            outcome = decide(case, command, actor, self.terms, _stamp(at))
            if isinstance(outcome, Refused):
                return None
            case = _after(case, outcome.events)
        return case

    def _lapse(self, number: int, here: Situation, end: Instant) -> None:
        """Nobody does anything, and what is due at ``end`` brings what it brings."""
        clock = min(here.dispute.deadlines, key=lambda clock: clock.at)
        case = here.case
        for _ in range(_AT_ONCE_ENDS):
            events = expire(case, self.terms, _stamp(end))
            if not events:
                break
            case = _plain(_after(case, events))
        else:
            self.broken.append(Broken("never_rests", number, clock.what))
            return
        if clock in case.disputes[DISPUTE].deadlines or case is here.case:
            self.broken.append(Broken("clock_without_end", number, clock.what))
            return
        to = self._reach(case, end)
        ended = tuple(clock.what for clock in here.dispute.deadlines if clock.at <= end)
        step = Step(end - here.now, clock.turn, clock.what, "", to, ended)
        here.steps.append(step)


def _stamp(at: Instant) -> Stamp:
    return Stamp(at, f"c{at.timestamp()}")


def _after(case: Case, events: tuple[CaseEvent, ...]) -> Case:
    for event in events:
        case = evolve(case, event)
    return case


def _plain(case: Case) -> Case:
    """Without reminders, which change nothing, and without the clocks of the order itself."""
    dispute = case.disputes[DISPUTE]
    clocks = tuple(replace(clock, reminders=()) for clock in dispute.deadlines)
    return replace(
        case,
        order=replace(case.order, deadlines=()),
        disputes={**case.disputes, DISPUTE: replace(dispute, deadlines=clocks)},
    )


def _instants(here: Situation, end: Instant | None, terms: Terms) -> tuple[Instant, ...]:
    """When somebody may do something: now, at the last moment, and as soon as they may that cannot
    yet (a side has been heard, a refund is late)."""
    found = {here.now}
    if end is not None and end - _LAST_MOMENT > here.now:
        found.add(end - _LAST_MOMENT)
    sooner = [here.dispute.unheard_until]
    sooner += [missing_from(refund, terms) for refund in here.case.order.refunds.values()]
    found |= {at for at in sooner if at is not None and at > here.now and (end is None or at < end)}
    return tuple(sorted(found))


def _wrong(dispute: Dispute, now: Instant) -> Break | None:
    if dispute.phase == "closed":
        return None
    if dispute.turn is None:
        return "no_turn"
    if not dispute.deadlines:
        return "no_deadline"
    return "deadline_over" if any(clock.at <= now for clock in dispute.deadlines) else None


def _key(case: Case, terms: Terms, now: Instant) -> Key:
    """Equal for cases that go on alike. Time left is rounded to the hour, because the last moment
    is a second before the end; what a phase does not ask for is left out."""
    dispute = case.disputes[DISPUTE]
    clocks = tuple((clock.what, clock.turn, _left(clock.at, now)) for clock in dispute.deadlines)
    back = dispute.return_
    of_return = back and (
        back.paid_by,
        bool(back.address_ref),
        bool(back.parcel),
        bool(back.delivered_at),
        back.condition,
    )
    return (
        dispute.phase,
        dispute.turn,
        clocks,
        of_return,
        _asked_in(dispute, now),
        _still_to_come(case, terms, now),
    )


def _asked_in(dispute: Dispute, now: Instant) -> Key:
    """What only the present phase looks at."""
    effect, sent = dispute.effect, dispute.replacement
    match dispute.phase:
        case "awaiting_seller" | "awaiting_buyer":
            standing = frozenset((offer.by, *_kind(offer)) for offer in _standing(dispute))
            return dispute.claim.remedy, standing, dispute.seller_answered, dispute.more_time
        case "mediation":
            unheard = dispute.unheard and _left(dispute.unheard_until, now)
            asked = dispute.information and dispute.information.of
            return _acceptable(dispute), dispute.seller_answered, unheard, asked
        case "ruled":
            accepted = frozenset(dispute.ruling_accepted_by)
            return _acceptable(dispute), _awarded(effect), accepted
        case "appeal":
            appeal = dispute.appeal
            back_to = appeal and (appeal.back_to, appeal.outcome)
            asked = dispute.information and dispute.information.of
            return _acceptable(dispute), _awarded(effect), back_to, asked, bool(dispute.ruling)
        case "returning":
            return _acceptable(dispute), _awarded(effect)
        case "replacing":
            return _awarded(effect), sent and (bool(sent.parcel), bool(sent.delivered_at))
        case _:
            return dispute.outcome, dispute.withheld


def _still_to_come(case: Case, terms: Terms, now: Instant) -> Key:
    """Which appeals were heard, and how far the money is."""
    dispute = case.disputes[DISPUTE]
    heard: frozenset[str] = frozenset()
    if not reopened(dispute):
        heard = frozenset(
            key for key in dispute.appealed if key.split(".")[1] in terms.appeals.grounds_any_time
        )
    money = _refunds(case, terms, now) if dispute.phase not in ("mediation", "ruled") else None
    return bool(dispute.appeal), heard, money


def _refunds(case: Case, terms: Terms, now: Instant) -> frozenset[tuple[bool, bool]]:
    """Whether there are such as are under way, and such as are late."""
    return frozenset(
        (refund.under_way, (at := missing_from(refund, terms)) is not None and at <= now)
        for refund in case.order.refunds.values()
    )


def _standing(dispute: Dispute) -> tuple[Offer, ...]:
    return tuple(offer for offer in dispute.offers if offer.status == "standing")


def _kind(offer: Offer) -> tuple[str, bool]:
    return _goods(offer.remedy), offer.amount > 0


def _acceptable(dispute: Dispute) -> Key:
    return (frozenset(_kind(offer) for offer in _standing(dispute)),)


def _awarded(effect: Effect | None) -> Key | None:
    return (_goods(effect.remedy), effect.amount > 0) if effect else None


def _goods(remedy: str) -> str:
    """What happens to the goods: money towards mending leaves them where they are, as a refund."""
    return "refund" if remedy == "repair_cost" else remedy


def _left(at: Instant | None, now: Instant) -> int | None:
    return None if at is None else max(0, round((at - now) / timedelta(hours=1)))
