"""Reading what binds those who judge a case, or are to, to its parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from amends.dispute.decide.assign_appeals_officer import AssignAppealsOfficer
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.judge import CaseCommand
from amends.dispute.state import Case
from amends.engine.outside import Clock
from amends.engine.staff import StaffAccounts, TiesAsked
from amends.kernel.people import Actor, PersonId, Role, Ties
from amends.policy.library import Library
from amends.projections.watching import JUDGED

_JUDGES = frozenset({Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR})


class TiesReader:
    """Answers the engine, which asks before it decides. Most commands are no judging at all, and
    nothing is read for them."""

    def __init__(self, staff: StaffAccounts, library: Library, clock: Clock) -> None:
        self._staff = staff
        self._library = library
        self._clock = clock

    def __call__(
        self, cases: Sequence[Case], command: CaseCommand | None, by: Actor
    ) -> list[Mapping[PersonId, Ties]]:
        """Of the asker, where they judge, and of whoever the command names, in each of the cases;
        asked for together, as a list has a hundred."""
        asked = [self._asked(case, command, by) for case in cases]
        found = iter(self._staff.ties(list(chain.from_iterable(asked))))
        return [{question.person: next(found) for question in of_case} for of_case in asked]

    def _asked(self, case: Case, command: CaseCommand | None, by: Actor) -> list[TiesAsked]:
        persons = _named(command, by)
        if by.role in _JUDGES and _is_judged(case):
            persons.add(by.person)
        if not persons:
            return []
        order, now = case.order, self._clock.now()
        within = self._library.pinned(order.pack).judging.seller_within
        since = now - within.span if within else now
        return [
            TiesAsked(person, order.id, order.buyer, order.seller, since)
            for person in sorted(persons)
        ]


def _is_judged(case: Case) -> bool:
    return any(dispute.phase in JUDGED for dispute in case.disputes.values())


def _named(command: CaseCommand | None, by: Actor) -> set[PersonId]:
    match command.command if command else None:
        case AssignMediator(mediator):
            return {mediator}
        case AssignAppealsOfficer(officer):
            return {officer or by.person}
        case _:
            return set()
