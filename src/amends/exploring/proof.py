"""What holds for every dispute under a pack, and what breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from amends.dispute.state import Dispute
from amends.exploring.orders import Opened, opened
from amends.exploring.paths import Circle, Path, longest, path_to
from amends.exploring.situations import Explored, Step, explore
from amends.exploring.windows import ClosedFirst, closed_first
from amends.policy.terms import Reason, Remedy, Terms

_JUDGES = ("ruling", "supervisor_ruling")


class Breach(Struct, frozen=True):
    """What breaks: of which ``kind``, the facts of it, and the path that leads there.

    ``no_turn``, ``no_deadline``, ``deadline_over``, ``clock_without_end``, ``never_rests``: an open
    dispute hangs. ``circle``: it need not end. ``promise_broken``: a decision comes later than
    promised. ``window_closed_first``: nobody could open a dispute. ``no_remedy``, ``no_payer``,
    ``evidence_unsaid``: a reason leaves that open. ``never_opens``: no dispute can be opened for a
    reason (``about``) with a remedy (``what``: the rule that refuses it).
    """

    kind: str
    about: str = ""
    what: str = ""
    path: Path | None = None
    window: ClosedFirst | None = None


class Proof(Struct, frozen=True):
    """What was explored, the three paths that answer "how long", and all breaches.

    ``decided``: the longest way to an agreement or decision when whoever rules keeps their dates;
    ``decided_late``: when they do not. ``ended``: the longest way until the case is closed or its
    money is on its way. None: nothing could be opened, or a circle has no longest way.
    """

    situations: int
    steps: int
    openings: int
    decided: Path | None
    decided_late: Path | None
    ended: Path | None
    breaches: tuple[Breach, ...]


def prove(terms: Terms, tell: Callable[[str, int], None] = lambda _reason, _found: None) -> Proof:
    """Explores everything that can follow from a dispute for each reason and remedy; ``tell`` is
    called with each reason explored, and how many situations were found."""
    breaches: list[Breach] = list(_unsaid(terms))
    first = closed_first(terms)
    if first:
        breaches.append(Breach("window_closed_first", first.opens_by, window=first))
    explored: list[Explored] = []
    for alike in _alike(terms):
        openings = tuple(_openings(alike, terms, breaches))
        if openings:
            explored.append(explore(openings, terms))
            tell(alike[0].code, len(explored[-1].situations))
    explored += (explore(large, terms) for large in _above_cap(terms))
    for one in explored:
        for broken in one.broken:
            breaches.append(Breach(broken.kind, what=broken.what, path=path_to(one, broken.at)))
    promised = terms.clocks.ruling_due_after
    decided = _longest(explored, _is_decided, breaches, _in_time)
    if decided and decided.takes > promised.span:
        breaches.append(Breach("promise_broken", promised.rule, str(promised.days), path=decided))
    return Proof(
        situations=sum(len(one.situations) for one in explored),
        steps=sum(len(here.steps) for one in explored for here in one.situations),
        openings=sum(len(one.openings) for one in explored),
        decided=decided,
        decided_late=_longest(explored, _is_decided, []),
        ended=_longest(explored, _is_over, breaches),
        breaches=tuple(breaches),
    )


def _is_decided(dispute: Dispute) -> bool:
    return dispute.phase not in ("awaiting_seller", "awaiting_buyer", "mediation")


def _is_over(dispute: Dispute) -> bool:
    """Closed, or waiting for a provider to book the money, of which finance is told again and
    again."""
    return dispute.phase in ("settling", "closed")


def _in_time(step: Step) -> bool:
    return not any(clock in _JUDGES for clock in step.ended)


def _longest(
    explored: Iterable[Explored],
    ended: Callable[[Dispute], bool],
    breaches: list[Breach],
    goes: Callable[[Step], bool] = lambda _step: True,
) -> Path | None:
    found: list[Path] = []
    for one in explored:
        path = longest(one, ended, goes)
        if isinstance(path, Circle):
            if not any(breach.kind == "circle" for breach in breaches):
                breaches.append(Breach("circle", path=path.path))
            return None
        found.append(path)
    return max(found, key=lambda path: path.takes, default=None)


def _unsaid(terms: Terms) -> Iterator[Breach]:
    for code, reason in terms.reasons.items():
        if not reason.remedies:
            yield Breach("no_remedy", code)
        if reason.pays_return not in ("buyer", "seller"):
            yield Breach("no_payer", code)
        asks = reason.evidence_from_buyer or reason.evidence_from_seller
        if not asks and f"evidence.{code}" not in terms.cited:
            yield Breach("evidence_unsaid", code)


def _alike(terms: Terms) -> list[list[Reason]]:
    """The reasons, those together that make no difference to how a dispute goes on."""
    found: dict[tuple[object, ...], list[Reason]] = {}
    for reason in terms.reasons.values():
        goods = frozenset(_explored(reason))
        key = (reason.received, goods, reason.pays_return, reason.own_window,
               reason.no_return_asked)  # fmt: skip
        found.setdefault(key, []).append(reason)
    return list(found.values())


def _explored(reason: Reason) -> tuple[Remedy, ...]:
    """Its remedies; one that leaves the goods where they are stands for both such."""
    named = dict.fromkeys(
        "refund" if one.remedy == "repair_cost" else one.remedy for one in reason.remedies
    )
    return tuple(remedy for remedy in named if reason.allows(remedy))


def _openings(alike: list[Reason], terms: Terms, breaches: list[Breach]) -> Iterator[Opened]:
    for reason in alike:
        for remedy in _explored(reason):
            found = opened(terms, reason, remedy, above_cap=False)
            if not isinstance(found, Opened):
                breaches.append(Breach("never_opens", f"{reason.code}, {remedy}", found.rule))
            elif reason is alike[0]:
                yield found


def _above_cap(terms: Terms) -> Iterator[tuple[Opened]]:
    """One claim that is more than the platform honours: only the alarms about it are others."""
    for reason in terms.reasons.values():
        for remedy in _explored(reason):
            found = opened(terms, reason, remedy, above_cap=True)
            if isinstance(found, Opened):
                yield (found,)
                return
