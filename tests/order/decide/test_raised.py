"""What was raised: taken over, answered, and by nobody who is a party to it."""

from __future__ import annotations

import pytest

from amends.kernel.people import Actor, Role
from amends.order.decide.answer_raised import AnswerRaised
from amends.order.decide.raise_to_supervisor import RaiseToSupervisor
from amends.order.decide.take_raised import TakeRaised
from amends.order.events.life import RaisedAnswered, RaisedTaken
from amends.order.state import Order
from tests.given import BUYER, SUPERVISOR, SUPPORT, order
from tests.order.asking import ask, contents, events, may, only, refused, then

SECOND = Actor("v2", Role.SUPERVISOR)


def raised() -> Order:
    first = then(order(), *events(ask(order(), BUYER, RaiseToSupervisor("Nobody answers."))))
    return then(first, *events(ask(first, SUPPORT, RaiseToSupervisor("Angry buyer."))))


def test_a_supervisor_takes_it_over_and_another_may_take_it_from_them() -> None:
    taken = only(ask(raised(), SUPERVISOR, TakeRaised("R2")), RaisedTaken)
    after = then(raised(), taken)
    assert [(r.id, r.taken_by) for r in after.requests] == [("R1", ""), ("R2", "v1")]
    assert refused(ask(after, SUPERVISOR, TakeRaised("R2")))[0] == "raised_is_yours"
    again = then(after, only(ask(after, SECOND, TakeRaised("R2")), RaisedTaken))
    assert [r.taken_by for r in again.requests] == ["", "v2"]


def test_an_answer_ends_it_and_goes_to_the_side_that_asked() -> None:
    outcome = ask(raised(), SUPERVISOR, AnswerRaised("R1", "We pay the postage."))
    answered = only(outcome, RaisedAnswered)
    (text,) = contents(outcome)
    assert (answered.side, answered.ref, text.text) == ("buyer", text.ref, "We pay the postage.")
    after = then(raised(), answered)
    assert [r.id for r in after.requests] == ["R2"]
    # Ids are not used twice.
    third = then(after, *events(ask(after, BUYER, RaiseToSupervisor("Again."))))
    assert [r.id for r in third.requests] == ["R2", "R3"]


@pytest.mark.parametrize("command", [TakeRaised("R9"), AnswerRaised("R9", "So.")])
def test_what_is_not_open_is_named(command: TakeRaised | AnswerRaised) -> None:
    assert refused(ask(raised(), SUPERVISOR, command)) == ("unknown_request", "invalid", "request")
    nothing = may(order(), SUPERVISOR, type(command))
    assert nothing is not None
    assert nothing.rule == "nothing_raised"
    party = may(raised(), Actor("b1", Role.SUPERVISOR), type(command))
    assert party is not None
    assert (party.rule, party.facts["side"]) == ("conflict_of_interest", "buyer")


def test_an_answer_says_something() -> None:
    outcome = ask(raised(), SUPERVISOR, AnswerRaised("R1", " "))
    assert refused(outcome) == ("text_missing", "invalid", "text")
