"""What has been sent for a dispute, and what is still to be."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.money import plan_rest, sent_for
from amends.dispute.state import Effect
from amends.kernel.deadlines import Deadline
from amends.order.state import Order, Refund
from tests.dispute.cases import D1, OPENED, of, opened

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
