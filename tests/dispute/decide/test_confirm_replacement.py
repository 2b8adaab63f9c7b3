"""The replacement has come."""

from __future__ import annotations

from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.confirm_replacement import ConfirmReplacement
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.state import Case
from tests.dispute.carried import (
    ADDRESSED,
    R1,
    booked,
    clock,
    decided_by_bank,
    failed,
    held_by_bank,
    in_dispute,
    replaced_by_post,
    replacing,
    telling,
)
from tests.dispute.cases import ANSWERED, of, opened, refused, rub, then
from tests.given import BUYER, DAY, SELLER

HERE = ConfirmReplacement()
AT = ADDRESSED + 3 * DAY


def part_paid(case: Case | None = None) -> Case:
    """A replacement and 100.00 for the trouble are agreed; the replacement is on its way."""
    both = MakeOffer(remedy="replacement", amount=rub(10_000), note="And sorry.")
    case = then(case or opened(), both, SELLER, ANSWERED)
    case = then(case, AcceptOffer(offer="O2", amount=rub(10_000)), BUYER, ANSWERED)
    return replaced_by_post(case)


def test_it_ends_the_dispute() -> None:
    case = then(replaced_by_post(), HERE, BUYER, AT)
    assert (of(case).phase, of(case).outcome) == ("closed", "replaced")
    assert not case.order.refunds
    assert not case.order.open_claims


def test_money_agreed_beside_it_went_already() -> None:
    case = telling(part_paid(), booked(AT), at=AT)
    case = then(case, HERE, BUYER, AT)
    assert (of(case).outcome, of(case).phase) == ("replaced", "closed")
    assert case.order.refunded == 10_000


def test_money_still_on_its_way_is_waited_for() -> None:
    case = then(part_paid(), HERE, BUYER, AT)
    assert in_dispute(case) == "settling/platform"
    assert case.order.refunded == 10_000
    case = telling(case, booked(AT + DAY), at=AT + DAY)
    assert of(case).outcome == "replaced"


def test_money_that_failed_for_good_is_sent_again_in_its_place() -> None:
    case = telling(part_paid(), failed(AT, again=False), at=AT)
    case = then(case, HERE, BUYER, AT)
    (_, again) = case.order.refunds.values()
    assert (again.retry_of, again.amount) == (R1, 10_000)
    assert not case.order.deadlines
    case = telling(case, booked(AT + DAY, again.id), at=AT + DAY)
    assert of(case).outcome == "replaced"


def test_money_that_will_be_tried_again_is_not_sent_beside_it() -> None:
    case = telling(part_paid(), failed(AT, again=True), at=AT)
    case = then(case, HERE, BUYER, AT)
    assert in_dispute(case) == "settling/platform"
    assert list(case.order.refunds) == [R1]


def test_money_a_bank_holds_is_sent_when_it_has_decided() -> None:
    case = part_paid(held_by_bank(opened()))
    assert not case.order.refunds
    case = then(case, HERE, BUYER, AT)
    assert of(case).withheld
    case = telling(case, decided_by_bank(AT + DAY, won=True), at=AT + DAY)
    assert case.order.refunds[R1].amount == 10_000
    assert of(telling(case, booked(AT + DAY), at=AT + DAY)).outcome == "replaced"


def test_only_once_it_was_sent() -> None:
    no = refused(replacing(), HERE, BUYER, AT)
    assert no.rule == "replacement_not_shipped"
    assert no.facts["until"] == clock(replacing(), "replacement_shipment").at
    assert refused(opened(), HERE, BUYER, AT).rule == "wrong_phase"
    assert refused(replaced_by_post(), HERE, SELLER, AT).rule == "not_for_this_role"
