from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from amends.dispute.case import CaseEvent
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.events.negotiation import OfferDeclined
from amends.dispute.facts import Fact, Says, facts_of
from amends.dispute.state import Case, Offer, Return
from amends.kernel.people import Side
from amends.order.events.life import TrackingRecorded
from tests.dispute.cases import ANSWERED, OPENED, accepted, answered, of, opened, rub, then
from tests.given import DAY, SELLER, T0, after, shipped


def facts(case: Case, *events: CaseEvent) -> dict[str, Fact]:
    return {fact.code: fact for fact in facts_of(case, of(case), events)}


def standings(case: Case) -> dict[str, str]:
    return {code: fact.standing for code, fact in facts(case).items()}


def denied(fact: Fact, side: Side) -> bool:
    return Says(side, holds=False) in fact.says


def test_nothing_is_agreed_by_one_side_alone() -> None:
    assert standings(opened()) == {"sent": "agreed", "arrived": "unproven", "reason": "unproven"}


def test_what_the_carrier_saw_and_nobody_denies_is_agreed() -> None:
    came = TrackingRecorded(at=T0 + 5 * DAY, parcel="S1", status="delivered")
    assert standings(opened(after(shipped(), came)))["arrived"] == "agreed"
    missing = opened(after(shipped(), came), received=False, reason="not_received")
    assert facts(missing)["arrived"].says == (
        Says("buyer", holds=False),
        Says("record", holds=True),
    )
    assert standings(missing)["arrived"] == "disputed"


def test_a_refusal_disputes_the_reason_and_a_part_of_the_money_admits_nothing() -> None:
    assert standings(answered())["reason"] == "unproven"
    nothing = MakeOffer(remedy="refund", amount=rub(0), note="It is as shown.")
    assert standings(then(opened(), nothing, SELLER, ANSWERED))["reason"] == "disputed"
    no = accepted(opened(), DeclineOffer(offer="O1", note="No."), SELLER, ANSWERED).events
    assert denied(facts(after(opened(), *no), *no)["reason"], "seller")


def test_all_that_was_claimed_offered_in_full_agrees_to_the_reason() -> None:
    case = opened()
    whole = Offer("O2", "seller", "refund", of(case).claim.amount, OPENED)
    dispute = replace(of(case), offers=(*of(case).offers, whole))
    found = {fact.code: fact.standing for fact in facts_of(case, dispute, ())}
    assert found["reason"] == "agreed"


OFFERS = st.lists(
    st.builds(
        Offer,
        id=st.just("O"),
        by=st.sampled_from(("buyer", "seller", "platform")),
        remedy=st.sampled_from(("refund", "return_and_refund", "replacement")),
        amount=st.sampled_from((0, 1, 80_000, 160_000)),
        at=st.just(OPENED),
        status=st.sampled_from(("standing", "accepted", "declined", "replaced", "lapsed")),
    ),
    max_size=5,
)


@given(
    offers=OFFERS,
    received=st.booleans(),
    delivered=st.booleans(),
    confirmed=st.booleans(),
    declined=st.booleans(),
)
def test_what_a_side_denied_is_never_agreed(
    *, offers: list[Offer], received: bool, delivered: bool, confirmed: bool, declined: bool
) -> None:
    case = opened()
    parcels = tuple(
        replace(p, delivered_at=OPENED if delivered else None) for p in case.order.parcels
    )
    order = replace(case.order, parcels=parcels, received_at=OPENED if confirmed else None)
    dispute = replace(
        of(case), offers=tuple(offers), claim=replace(of(case).claim, received=received)
    )
    no = OfferDeclined(
        at=OPENED, dispute=dispute.id, phase="awaiting_buyer", turn="buyer", deadlines=(),
        offer="O1", by="seller",
    )  # fmt: skip
    for fact in facts_of(replace(case, order=order), dispute, (no,) if declined else ()):
        if declined and fact.code == "reason":
            assert denied(fact, "seller")
        if fact.standing == "agreed":
            assert not denied(fact, "buyer")
            assert not denied(fact, "seller")
        assert (fact.standing == "disputed") == (len({s.holds for s in fact.says}) == 2)


@pytest.mark.parametrize("days", [4, 5, 6])
def test_whether_it_came_in_time_is_as_the_carrier_recorded_it(days: int) -> None:
    order = replace(shipped().order, promised_by=T0 + 5 * DAY)
    came = TrackingRecorded(at=T0 + days * DAY, parcel="S1", status="delivered")
    case = opened(after(replace(shipped(), order=order), came))
    fact = facts(case)["in_time"]
    assert (fact.standing, fact.says) == ("agreed", (Says("record", holds=days <= 5),))
    late = replace(of(case), claim=replace(of(case).claim, reason="late"))
    (of_late,) = (f for f in facts_of(case, late, ()) if f.code == "in_time")
    assert of_late.standing == ("agreed" if days > 5 else "disputed")


def test_what_never_came_by_the_buyers_word_did_not_come_in_time_either() -> None:
    order = replace(shipped().order, promised_by=T0 + 5 * DAY)
    came = TrackingRecorded(at=T0 + 4 * DAY, parcel="S1", status="delivered")
    before = after(replace(shipped(), order=order), came)
    missing = opened(before, received=False, reason="not_received")
    assert standings(missing)["in_time"] == "disputed"
    assert denied(facts(missing)["in_time"], "buyer")


def test_a_parcel_that_was_lost_did_not_arrive() -> None:
    lost = TrackingRecorded(at=T0 + 5 * DAY, parcel="S1", status="lost")
    missing = opened(after(shipped(), lost), received=False, reason="not_received")
    assert facts(missing)["arrived"] == Fact(
        "arrived", "agreed", (Says("buyer", holds=False), Says("record", holds=False))
    )


def test_whether_goods_came_back_as_they_were_is_said_by_both() -> None:
    case = opened()

    def back(**fields: Any) -> str | None:
        dispute = replace(of(case), return_=Return(paid_by="seller", **fields))
        found = {fact.code: fact.standing for fact in facts_of(case, dispute, ())}
        return found.get("back_as_sent")

    assert back() is None
    assert back(parcel="S2") == "unproven"
    assert back(parcel="S2", condition="as_sent") == "agreed"
    assert back(parcel="S2", condition="damaged") == "disputed"
