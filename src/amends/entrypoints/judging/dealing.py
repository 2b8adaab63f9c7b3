"""The queue deals cases out: at random among those who are there, know the language and the goods,
have room, and whom no rule of the decision refuses. What the absent have comes back to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import SystemRandom

import structlog
from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.conflicts import absence
from amends.dispute.decide import DisputeCommand
from amends.dispute.decide.assign_appeals_officer import AssignAppealsOfficer
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.report_unassigned import ReportUnassigned
from amends.dispute.decide.return_to_queue import ReturnToQueue
from amends.dispute.judge import OnDispute
from amends.engine.store import Page
from amends.entrypoints.service import CaseRequest, Service
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant
from amends.kernel.people import CLOCK, Member, PersonId, Role, Staff
from amends.kernel.record import Column

Choose = Callable[[Sequence[PersonId], int], Sequence[PersonId]]
"""Takes so many of some at random."""

Row = dict[str, Column]
_log = structlog.get_logger(__name__)
_random = SystemRandom()
_PAGE = 200
# Cases looked at in one round; those that are due first come first.
_MOST = 2000
# What stands in the way of somebody for good, not of the case: others are tried.
_OF_PERSON = frozenset(
    "conflict_of_interest same_address dealt_with_party interest_declared recused_before"
    " judge_absent too_many_of_seller author_of_ruling mediator_of_dispute reports_to_author"
    " author_reports_to".split()
)


class Lane(Struct, frozen=True):
    """A phase that somebody of the platform decides: who, and the column that says who has it."""

    phase: str
    role: Role
    column: str

    def assign(self, person: PersonId) -> DisputeCommand:
        """The command that gives a case to ``person``."""
        if self.role is Role.MEDIATOR:
            return AssignMediator(person)
        return AssignAppealsOfficer(person)


LANES = (
    Lane("mediation", Role.MEDIATOR, "mediator"),
    Lane("appeal", Role.APPEALS, "officer"),
)


class Dealer:
    """Deals out what waits, round by round.

    A case nobody could take is tried again when the people, their room or their time have changed.
    ``choose`` is what is left to chance.
    """

    def __init__(self, service: Service, choose: Choose = _random.sample) -> None:
        self._service = service
        self._choose = choose
        self._tried: object = None

    def deal(self) -> int:
        """Take back from the absent and give out; how many cases changed hands or were reported."""
        members = self._service.store.staff.members()
        changed, facts = 0, {}
        rooms: dict[str, _Room] = {}
        for lane in LANES if members else ():
            room = _Room(self._service, lane, members)
            back = sum(self._take_back(lane, room.holders(), members))
            rooms[lane.phase] = room = _Room(self._service, lane, members) if back else room
            facts[lane.phase] = room.facts()
            changed += back
        all_of_them, self._tried = facts != self._tried, facts
        for lane in LANES if members else ():
            room = rooms[lane.phase]
            for row in self._waiting(lane) if room.deals else ():
                if all_of_them or not row["unassigned"]:
                    changed += self._place(lane, row, room)
        return changed

    def _take_back(self, lane: Lane, holders: Sequence[PersonId], members: Staff) -> Iterator[bool]:
        now = self._service.clock.now()
        for person in holders:
            member = members.get(person)
            if member is None or not self._may_be_absent(member, lane, now):
                continue
            rows = self._page(lane, person).rows
            views = self._service.engine.views({str(row["order_id"]) for row in rows})
            for row in rows:
                view = views.get(str(row["order_id"]))
                if view and absence(member, lane.role, view.terms, now):
                    yield self._give(row, ReturnToQueue()) is None

    def _may_be_absent(self, member: Member, lane: Lane, now: Instant) -> bool:
        """Whether some pack would say so; which one a case is under is seen when it is read."""
        return any(absence(member, lane.role, terms, now) for terms in self._service.library.all())

    def _waiting(self, lane: Lane) -> Iterator[Row]:
        """What is nobody's, but for what a supervisor has taken over."""
        page = self._page(lane, None)
        for _ in range(_MOST // _PAGE):
            yield from (row for row in page.rows if row["turn"] != "supervisor")
            if page.next is None:
                return
            page = self._page(lane, None, page.next)

    def _page(self, lane: Lane, person: PersonId | None, after: str | None = None) -> Page:
        where: dict[str, Column] = {"phase": lane.phase, lane.column: person}
        views = self._service.store.views
        return views.page("disputes", where, order_by="due_at", after=after, limit=_PAGE)

    def _place(self, lane: Lane, row: Row, room: _Room) -> bool:
        fitting, why = room.fitting(str(row["language"]), str(row["category"]))
        while fitting:
            # Of two at random the one who has less: nobody can say who it will be, and nobody
            # drowns while others wait.
            drawn = self._choose(fitting, min(2, len(fitting)))
            person = min(drawn, key=room.load)
            refused = self._give(row, lane.assign(person))
            if refused is None:
                room.take(person)
                return True
            if refused.rule not in _OF_PERSON:
                return False  # the case has moved on
            why.add(refused.rule)
            fitting.remove(person)
        because = tuple(sorted(why))
        if " ".join(because) == row["unassigned"]:
            return False
        return self._give(row, ReportUnassigned(because)) is None

    def _give(self, row: Row, command: DisputeCommand) -> Refused | None:
        order, dispute = str(row["order_id"]), str(row["dispute_id"])
        request = CaseRequest(order, OnDispute(order, dispute, command), CLOCK)
        (answer,) = self._service.engine.handle([request])
        if isinstance(answer, Exception):  # one case that fails must not hold up the others
            _log.error("not_dealt", dispute=dispute, error=type(answer).__name__)
            return Refused("internal_error", {}, ("send_again_later",))
        return answer.outcome if isinstance(answer.outcome, Refused) else None


class _Room:
    """Who judges in a lane, how many cases everybody has, and whether any wait for them."""

    def __init__(self, service: Service, lane: Lane, members: Staff) -> None:
        now, views = service.clock.now(), service.store.views
        self._judges = {p: m for p, m in members.items() if m.role is lane.role}
        self._away = {p for p, m in self._judges.items() if m.away_until and now < m.away_until}
        found = views.totals("disputes", None, (lane.column,), {"phase": lane.phase})
        # A platform that has no accounts for it gives its cases out by hand.
        self.deals = bool(found.pop((None,), 0) and self._judges)
        self._load = Counter({str(person): count for (person,), count in found.items()})

    def holders(self) -> tuple[PersonId, ...]:
        """Everybody who has a case, whatever their role is by now."""
        return tuple(sorted(self._load))

    def load(self, person: PersonId) -> int:
        """How many cases somebody has."""
        return self._load[person]

    def take(self, person: PersonId) -> None:
        """One more is theirs."""
        self._load[person] += 1

    def fitting(self, language: str, category: str) -> tuple[list[PersonId], set[str]]:
        """Those who could have such a case, and what stands in the way of the others."""
        fitting, why = [], set()
        for person, member in sorted(self._judges.items()):
            if member.disabled:
                why.add("disabled")
            elif person in self._away:
                why.add("away")
            elif self._is_full(member):
                why.add("full")
            elif language and member.languages and language not in member.languages:
                why.add("language")
            elif category and member.categories and category not in member.categories:
                why.add("category")
            else:
                fitting.append(person)
        return fitting, why

    def facts(self) -> object:
        """What has to change before a case that nobody could take is worth another try."""
        people = {p: replace(m, seen_at=None) for p, m in self._judges.items()}
        full = {p for p, m in self._judges.items() if self._is_full(m)}
        return people, self._away, full

    def _is_full(self, member: Member) -> bool:
        return member.capacity is not None and self._load[member.person] >= member.capacity
