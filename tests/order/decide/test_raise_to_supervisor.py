"""Asking for a higher level."""

from __future__ import annotations

import pytest

from amends.kernel.people import Actor
from amends.order.decide.raise_to_supervisor import RaiseToSupervisor
from amends.order.events.life import RaisedToSupervisor
from tests.given import BUYER, DAY, SELLER, SUPPORT, order
from tests.order.asking import NOW, ask, contents, only, refused, then


@pytest.mark.parametrize("by", [BUYER, SELLER, SUPPORT])
def test_supervisors_are_told(by: Actor) -> None:
    outcome = ask(order(), by, RaiseToSupervisor("Nobody calls back."))
    raised = only(outcome, RaisedToSupervisor)
    assert (raised.by, raised.role) == (by.person, by.role)
    assert [text.ref for text in contents(outcome)] == [raised.ref]
    (request,) = then(order(), raised).requests
    assert (request.id, request.kind, request.side) == ("R1", "raised", by.role)
    assert (request.ref, request.at, request.due) == (raised.ref, NOW, NOW + 3 * DAY)


def test_it_says_why() -> None:
    outcome = ask(order(), BUYER, RaiseToSupervisor(""))
    assert refused(outcome) == ("text_missing", "invalid", "text")
