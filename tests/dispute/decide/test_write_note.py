from __future__ import annotations

from amends.dispute.decide.write_note import WriteNote
from amends.dispute.events.judging import NoteWritten
from amends.kernel.people import Actor, Role
from amends.kernel.record import Recorded
from amends.projections.notices import notices
from tests.dispute.cases import D1, ESCALATED, accepted, mediated, of, opened, refused, ruled
from tests.given import APPEALS, BUYER, MEDIATOR, SELLER, SUPERVISOR, after

NOTE = WriteNote("The same photo as in another case?")


def test_a_note_is_kept_and_changes_nothing_else() -> None:
    outcome = accepted(mediated(), NOTE, MEDIATOR, ESCALATED)
    written = NoteWritten(at=ESCALATED, dispute=D1, person="m1", text_ref="c1.text")
    assert outcome.events == (written,)
    assert outcome.contents[0].text == "The same photo as in another case?"
    was, now = of(mediated()), of(after(mediated(), written))
    assert (now.turn, now.deadlines, now.phase) == (was.turn, was.deadlines, was.phase)


def test_nobody_is_told_of_it() -> None:
    case = mediated()
    (written,) = accepted(case, NOTE, MEDIATOR, ESCALATED).events
    case = after(case, written)
    recorded = Recorded("A-1001", case.version, ESCALATED, MEDIATOR, "c1", written)
    assert notices(recorded, case) == ()


def test_at_any_stage_by_those_who_judge() -> None:
    for case in (opened(), mediated(), ruled()):
        for by in (MEDIATOR, APPEALS, SUPERVISOR):
            assert accepted(case, NOTE, by, ESCALATED).events


def test_never_by_a_side_nor_with_nothing_in_it() -> None:
    for by in (BUYER, SELLER):
        assert refused(mediated(), NOTE, by, ESCALATED).rule == "not_for_this_role"
    side = Actor("s1", Role.SUPERVISOR)
    assert refused(mediated(), NOTE, side, ESCALATED).rule == "conflict_of_interest"
    assert refused(mediated(), WriteNote(" "), MEDIATOR, ESCALATED).rule == "text_missing"
