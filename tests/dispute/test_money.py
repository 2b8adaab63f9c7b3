"""What has been sent for a dispute, and what is still to be."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.dispute.money import has_arrived, plan_rest, postage_worth, sent_for
from amends.dispute.state import Effect, Return
from amends.kernel.deadlines import Deadline
from amends.order.state import Order, Refund, RefundState
from tests.dispute.cases import ANSWERED, D1, OPENED, of, opened

EFFECT = Effect("refund", 100_000, "seller", "appeal")


def failed(order: Order, *amounts: int, tried_again: bool) -> Order:
    """The order with refunds of its dispute that failed, and may be tried again."""
    refunds = {
        f"A-1001-R{number}": Refund(
            id=f"A-1001-R{number}", amount=amount, lines={"1": amount}, recorded_at=OPENED,
            dispute=D1, state="failed",
        )
        for number, amount in enumerate(amounts, 1)
    }  # fmt: skip
    clocks = tuple(
        Deadline("refund_retry", "platform", OPENED, OPENED, "refund_failed", "retry", subject=id_)
        for id_ in refunds
    )
    return replace(order, refunds=refunds, deadlines=clocks if tried_again else ())


def test_what_will_be_tried_again_is_not_sent_beside_it() -> None:
    """Both of them will: to send the whole in the place of one would pay the other twice."""
    case = opened()
    order = failed(case.order, 60_000, 40_000, tried_again=True)
    assert sent_for(order, D1) == 100_000
    assert plan_rest(order, of(case), EFFECT, OPENED) is None


def test_what_failed_for_good_is_sent_in_its_place() -> None:
    case = opened()
    order = failed(case.order, 60_000, tried_again=False)
    assert sent_for(order, D1) == 0
    rest = plan_rest(order, of(case), EFFECT, OPENED)
    assert rest is not None
    assert (rest.amount, rest.retry_of) == (100_000, "A-1001-R1")


@pytest.mark.parametrize(
    ("state", "traced", "arrived"),
    [
        ("settled", "", True),
        ("failed", "arrived", True),
        ("failed", "paid_another_way", True),
        ("failed", "not_arrived", False),
        ("failed", "", False),
        ("reversed", "arrived", False),
        ("unknown", "", False),
    ],
)
def test_when_the_buyer_has_the_money(state: RefundState, traced: str, arrived: bool) -> None:
    order = failed(opened().order, 60_000, tried_again=False)
    (refund,) = order.refunds.values()
    told = replace(refund, state=state, traced=traced)
    assert has_arrived(replace(order, refunds={refund.id: told}), D1) is arrived


def test_postage_of_a_claim_for_the_whole_order() -> None:
    case = opened()
    claim = of(case).claim
    part = replace(of(case), claim=replace(claim, whole_order=False))
    whole = replace(of(case), claim=replace(claim, whole_order=True))
    back = Refund(
        id="A-1001-R1", amount=700, lines={"shipping": 400, "1": 300}, recorded_at=OPENED,
        dispute=D1,
    )  # fmt: skip
    order = replace(case.order, shipping_paid=1_000, refunds={back.id: back})
    assert postage_worth(order, part) == 0
    assert postage_worth(order, whole) == 1_000, "what went back for it is part of its worth"
    others = replace(order, refunds={back.id: replace(back, dispute="A-1001-D2")})
    assert postage_worth(others, whole) == 600


def test_what_is_owed_line_by_line_is_sent_line_by_line() -> None:
    case = opened()
    dispute = replace(
        of(case), claim=replace(of(case).claim, lines={"1": 1, "2": 1}),
        return_=Return("seller", delivered_at=ANSWERED),
    )  # fmt: skip
    order = failed(case.order, 20_000, tried_again=True)
    (blouse,) = order.lines
    order = replace(order, lines=(blouse, replace(blouse, id="2")), captured=320_000)
    owed = replace(EFFECT, amount=50_000, by_line={"1": 30_000, "2": 20_000})
    rest = plan_rest(order, dispute, owed, OPENED)
    assert rest is not None
    assert (rest.amount, rest.lines) == (30_000, {"1": 10_000, "2": 20_000})
    assert (rest.retry_of, rest.counted_from) == ("", None)
    done = replace(owed, amount=30_000, by_line={"1": 20_000, "2": 10_000})
    last = plan_rest(order, dispute, done, OPENED)
    assert last is not None
    assert last.lines == {"2": 10_000}
    back = plan_rest(order, replace(dispute, phase="returning"), owed, OPENED)
    assert back is not None
    assert back.counted_from == ANSWERED
