"""The door of the domain: what one may not see does not exist, and the role decides who may ask."""

from __future__ import annotations

import msgspec
import pytest

from amends.dispute.case import evolve
from amends.dispute.codec import decode_event, decode_state, encode_event, encode_state, state_code
from amends.dispute.decide.accept_ruling import AcceptRuling
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.events.effects import DisputeClosed
from amends.dispute.judge import (
    CaseCommand,
    OnDispute,
    OnOrder,
    decide,
    dispute_options,
    order_options,
)  # fmt: skip
from amends.dispute.state import order_of
from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Actor, Role
from amends.order.decide.confirm_receipt import ConfirmReceipt
from amends.order.decide.place_order import PlaceOrder
from amends.order.events.life import OrderPlaced
from tests.dispute.cases import opened
from tests.given import APPEALS, BUYER, MEDIATOR, SELLER, SHOP, T0, order, placed, stamp, terms

ON_ORDER = OnOrder("A-1001", ConfirmReceipt())
ON_DISPUTE = OnDispute("A-1001", "A-1001-D1", CancelDispute())


@pytest.mark.parametrize("command", [ON_ORDER, ON_DISPUTE])
@pytest.mark.parametrize(
    "by", [Actor("b2", Role.BUYER), Actor("b1", Role.SELLER), MEDIATOR, APPEALS], ids=str
)
def test_a_case_one_has_no_part_in_does_not_exist(command: CaseCommand, by: Actor) -> None:
    case = opened()
    refused = decide(case, command, by, terms(), stamp(case.order.changed_at))
    missing = decide(None, command, by, terms(), stamp(case.order.changed_at))
    assert isinstance(refused, Refused)
    assert refused.kind == "unknown"
    assert refused == missing


def test_a_dispute_that_is_not_there_is_unknown_to_a_party_too() -> None:
    command = OnDispute("A-1001", "A-1001-D9", CancelDispute())
    refused = decide(opened(), command, BUYER, terms(), stamp(T0))
    assert isinstance(refused, Refused)
    assert (refused.rule, refused.kind) == ("unknown_dispute", "unknown")


def test_a_role_the_command_is_not_for_is_told_so() -> None:
    for command, by in ((ON_DISPUTE, SELLER), (ON_ORDER, SELLER)):
        refused = decide(opened(), command, by, terms(), stamp(T0))
        assert isinstance(refused, Refused)
        assert (refused.rule, refused.kind) == ("not_for_this_role", "forbidden")


def test_only_the_marketplace_places_orders() -> None:
    body = {
        "placed_at": T0, "currency": "USD", "buyer": {"id": "b1"}, "seller": {"id": "s1"},
        "lines": [{"id": "1", "title": "Cup", "quantity": 1,
                   "unit_price": {"amount": 5, "currency": "USD"}}],
        "payment": {"provider": "p", "reference": "r", "method": "card",
                    "captured": {"amount": 5, "currency": "USD"}},
    }  # fmt: skip
    place = OnOrder("A-1", msgspec.convert(body, PlaceOrder))
    assert isinstance(decide(None, place, SHOP, terms(), stamp(T0)), Accepted)
    refused = decide(None, place, BUYER, terms(), stamp(T0))
    assert isinstance(refused, Refused)
    assert refused.kind == "forbidden"


def test_options_name_each_command_of_the_role_once() -> None:
    case = opened()
    for by in (BUYER, SELLER):
        of_order = [o.type for o in order_options(case, by, terms(), stamp(T0))]
        of_dispute = [
            o.type
            for o in dispute_options(case, case.disputes["A-1001-D1"], by, terms(), stamp(T0))
        ]
        assert len(set(of_order)) == len(of_order)
        assert len(set(of_dispute)) == len(of_dispute)
        assert ("open_dispute" in of_order) == (by is BUYER)
        some = ("open_dispute", "confirm_receipt", "not_there")
        asked = order_options(case, by, terms(), stamp(T0), only=some)
        assert [o.type for o in asked] == [type_ for type_ in of_order if type_ in some]
    refused = {
        o.type: o.refused
        for o in dispute_options(case, case.disputes["A-1001-D1"], BUYER, terms(), stamp(T0))
    }
    assert refused["cancel_dispute"] is None
    assert refused["accept_ruling"] is not None
    outcome = decide(
        case, OnDispute("A-1001", "A-1001-D1", AcceptRuling()), BUYER, terms(), stamp(T0)
    )
    assert outcome == refused["accept_ruling"], "an option is the decision's own answer"


def test_a_record_that_does_not_begin_with_its_order_is_damaged() -> None:
    closed = DisputeClosed(at=T0, dispute="A-1001-D1", outcome="cancelled", because="x")
    with pytest.raises(ValueError, match="before the order was placed"):
        evolve(None, closed)


def test_a_dispute_id_leads_to_its_order() -> None:
    assert order_of("A-1001-D1") == "A-1001"
    assert order_of("A-D2-D10") == "A-D2"
    for wrong in ("A-1001", "A-1001-D", "A-1001-Dx", "A-1001-D²", "-D1"):
        assert order_of(wrong) in (None, ""), wrong


def test_events_and_states_survive_their_bytes() -> None:
    event = OrderPlaced(at=T0, order=order())
    assert decode_event(encode_event(event)) == event
    assert decode_state(encode_state(placed())) == placed()
    assert len(state_code()) == 16
    with pytest.raises(msgspec.MsgspecError):
        decode_event(b'{"type": "nothing_known"}')
