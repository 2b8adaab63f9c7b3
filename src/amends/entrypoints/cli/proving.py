"""What exploring a pack has shown, as lines a person can follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from amends.entrypoints.words.catalogue import words
from amends.exploring.paths import Leg, Path
from amends.exploring.proof import Breach, Proof
from amends.policy.terms import Terms

_WRONG = {
    "no_turn": "an open dispute is nobody's turn",
    "no_deadline": "an open dispute has no deadline",
    "deadline_over": "a deadline is over and nothing came of it",
    "clock_without_end": "the clock {what} ends and nothing comes of it",
    "never_rests": "clocks end without end at one instant: {what}",
    "circle": "a dispute can come back to where it was, and need never end",
    "promise_broken": "a decision can come later than {what} days ({about}), with nobody late",
    "no_remedy": "{about}: no remedy",
    "no_payer": "{about}: nobody pays the return",
    "evidence_unsaid": "{about}: neither asks for evidence nor says that none is asked",
    "never_opens": "{about}: no dispute can be opened ({what})",
}


def told(terms: Terms, proof: Proof) -> Iterator[str]:
    """The proof of one pack, line by line."""
    yield (
        f"{terms.id} {terms.version}: {_count(len(proof.breaches), 'thing')} broken"
        if (proof.breaches)
        else f"{terms.id} {terms.version}: holds"
    )
    yield (
        f"  explored {proof.situations:,} situations and {proof.steps:,} steps between them,"
        f" from {_count(proof.openings, 'opening')}"
    )
    for breach in proof.breaches:
        yield from _breach(breach)
    if not proof.breaches:
        yield "  no open dispute hangs: it is always somebody's turn, and a clock ends it"
        yield "  no window closes before it opens"
        yield f"  {_count(len(terms.reasons), 'reason')}, each with remedies, payer and evidence"
    promised = terms.clocks.ruling_due_after
    if proof.decided and proof.decided_late:
        yield (
            f"  decided within {days(proof.decided.takes)} of the opening"
            f" (promised: {promised.days}, {promised.rule}, source {promised.source});"
            f" {days(proof.decided_late.takes)} when who rules is late"
        )
    if proof.ended:
        yield f"  the longest path takes {days(proof.ended.takes)}:"
        yield from _path(proof.ended)


def days(span: timedelta) -> str:
    """A length of time in days, as people say it."""
    return _count(round(span / timedelta(days=1)), "day")


def _breach(breach: Breach) -> Iterator[str]:
    window = breach.window
    if window is not None:
        yield (
            f"  BROKEN: a window closes before it opens. Sent with {window.carrier} on day"
            f" {window.shipped}, {_on('delivered', window.delivered)},"
            f" {_on('confirmed as received', window.received)}: it closes on day {window.closes}"
            f" and opens on day {window.opens} ({window.opens_by})"
        )
        return
    yield "  BROKEN: " + _WRONG[breach.kind].format(about=breach.about, what=breach.what)
    if breach.path is not None:
        yield from _path(breach.path)


def _on(what: str, day: int | None) -> str:
    return f"never {what}" if day is None else f"{what} on day {day}"


def _path(path: Path) -> Iterator[str]:
    reason, remedy = _said(path.reason), _said(path.remedy)
    yield f"    day   0  buyer opens a dispute: {reason}, asking for {remedy}"
    for leg in path.legs:
        yield f"    day {round(leg.at / timedelta(days=1)):>3}  {_leg(leg)}"


def _leg(leg: Leg) -> str:
    if leg.lapsed:
        done = f"the time for '{_said(leg.what)}' ends, and the {leg.by} did nothing"
    else:
        choice = f" ({_said(leg.choice)})" if leg.choice else ""
        done = f"{leg.by}: {words().command(leg.what).label}{choice}"
    turn = f", {leg.turn}'s turn" if leg.turn else ""
    return f"{done} -> {_said(leg.phase)}{turn}"


def _said(code: str) -> str:
    return code.replace("_", " ")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
