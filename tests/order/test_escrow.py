"""What the platform keeps of the seller's share, and what of it a refund takes back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.kernel.decision import Accepted
from amends.order import decide as commands
from amends.order.asked import Asked
from amends.order.decide.release_funds import ReleaseFunds
from amends.order.escrow import fee_kept, pay_out
from amends.order.events.money import FundsReleased
from amends.order.expire import expire
from amends.order.state import Order
from amends.policy.terms import Fee, Terms
from tests.given import DAY, FINANCE, T0, order, stamp, terms
from tests.order.asking import refund, then, with_refund


def with_fee(basis_points: int, **fixed: int) -> Terms:
    pack = terms()
    return replace(pack, platform=replace(pack.platform, fee=Fee(basis_points, fixed, "ours")))


def paid_out(fee: Fee, **changes: object) -> Order:
    pack = replace(terms(), platform=replace(terms().platform, fee=fee))
    of = order(protection_ended_at=T0, **changes)
    return then(of, pay_out(of, pack, T0))


@pytest.mark.parametrize(
    ("share", "fee", "kept"),
    [
        (160_000, Fee(), 0),
        (160_000, Fee(500), 8_000),
        (159_999, Fee(500), 7_999),  # 7999.95: rounded down
        (160_000, Fee(500, {"RUB": 1_000}), 9_000),
        (160_000, Fee(0, {"USD": 1_000}), 0),
        (500, Fee(500, {"RUB": 1_000}), 500),  # never more than there is
    ],
)
def test_a_fee_in_whole_minor_units(share: int, fee: Fee, kept: int) -> None:
    assert fee.of(share, "RUB") == kept


def test_the_fee_is_taken_when_the_share_is_paid_out() -> None:
    of = order(protection_ended_at=T0)
    due = expire(of, with_fee(500), stamp(T0 + DAY))
    assert due is not None
    (released,) = due[1]
    assert released == FundsReleased(at=T0, amount=152_000, fee=8_000)
    after = then(of, released)
    assert (after.released, after.fee, fee_kept(after)) == (152_000, 8_000, 8_000)
    assert fee_kept(of) == 0


def test_finance_lifts_a_hold_for_the_same_fee() -> None:
    held = order(protection_ended_at=T0, finance_hold=True)
    asked = Asked(held, FINANCE, with_fee(500), stamp(T0 + DAY))
    outcome = commands.decide(asked, ReleaseFunds("Cleared."))
    assert isinstance(outcome, Accepted)
    (released,) = outcome.events
    assert isinstance(released, FundsReleased)
    assert (released.amount, released.fee, released.reason_ref) == (152_000, 8_000, "c1.reason")


@pytest.mark.parametrize(
    ("refunded", "kept"),
    [(80_000, 4_000), (1, 7_999), (53_333, 5_333), (159_999, 0), (160_000, 0)],
)
def test_a_refund_after_the_payout_takes_as_much_of_the_fee_back(refunded: int, kept: int) -> None:
    of = paid_out(Fee(500), refunds={"A-1001-R1": refund(amount=refunded, state="settled")})
    # The share was whole when it was paid out.
    of = replace(of, released=152_000, fee=8_000)
    assert fee_kept(of) == kept


def test_what_the_platform_pays_takes_nothing_of_the_fee_back() -> None:
    of = with_refund(refund(state="settled", funded_by="platform"), released=152_000, fee=8_000)
    assert fee_kept(of) == 8_000
