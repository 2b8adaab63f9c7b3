"""What is raced for: an order in one of a few situations, and what its people may do there."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta

from msgspec import Struct

from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.accept_ruling import AcceptRuling
from amends.dispute.decide.appeal import FileAppeal
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.decide.request_more_time import RequestMoreTime
from amends.dispute.judge import CaseCommand, OnDispute, OnOrder
from amends.kernel.instants import Instant
from amends.kernel.money import Money
from amends.kernel.people import Actor
from amends.order.decide.cancel_order import CancelOrder
from amends.order.decide.confirm_receipt import ConfirmReceipt
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.ship_order import ShipOrder
from amends.order.purchase import Buyer, OrderLine, Paid, Seller
from tests.given import BUYER, MEDIATOR, SELLER, SHOP, SUPERVISOR

Asked = tuple[Actor, CaseCommand]
_DAY = timedelta(days=1)
_CLAIMED, _OFFERED, _RULED = 72_000, 30_000, 60_000


def rub(amount: int) -> Money:
    """``amount`` kopecks."""
    return Money(amount, "RUB")


def placed(order: str, now: Instant) -> PlaceOrder:
    """Two blouses, ordered the day before ``now``."""
    return PlaceOrder(
        placed_at=now - _DAY,
        currency="RUB",
        buyer=Buyer(id=BUYER.person, country="RU"),
        seller=Seller(id=SELLER.person),
        lines=(OrderLine(id="1", title="Blouse", quantity=2, unit_price=rub(80_000)),),
        payment=Paid("simulator", f"pay_{order}", rub(160_000)),
    )


class Situation(Struct, frozen=True):
    """``lead``: the commands that bring an order there. ``moves``: what its people may try, each
    drawn anew, the amounts of offers at random. ``only_one_of``: the commands that exclude one
    another. ``clock``: the dispute's clock that may run out; None: there is no dispute."""

    name: str
    lead: Callable[[str, Instant], Sequence[Asked]]
    moves: Callable[[str, random.Random], Sequence[Asked]]
    only_one_of: tuple[str, ...]
    clock: str | None = "answer"


def dispute_of(order: str) -> str:
    """The id of an order's first dispute."""
    return f"{order}-D1"


def _on(order: str, by: Actor, command: object) -> Asked:
    if isinstance(command, PlaceOrder | ShipOrder | ConfirmReceipt | CancelOrder | OpenDispute):
        return by, OnOrder(order, command)
    return by, OnDispute(order, dispute_of(order), command)  # type: ignore[arg-type]


def _unshipped(order: str, now: Instant) -> list[Asked]:
    return [_on(order, SHOP, placed(order, now))]


def _answering(order: str, now: Instant) -> list[Asked]:
    claim = OpenDispute(
        True, "not_as_described", "refund", "The blouse is an S.", amount=rub(_CLAIMED)
    )
    return [
        *_unshipped(order, now),
        _on(order, SHOP, ShipOrder("DHL", f"N{order}", at=now - _DAY / 2)),
        _on(order, BUYER, ConfirmReceipt()),
        _on(order, BUYER, claim),
    ]


def _answered(order: str, now: Instant) -> list[Asked]:
    return [*_answering(order, now), _on(order, SELLER, MakeOffer("refund", rub(_OFFERED)))]


def _ruled(order: str, now: Instant) -> list[Asked]:
    ruling = IssueRuling(
        remedy="refund", finding="for_buyer", reasons=("item_differs_from_listing",),
        text="The chart says M.", clauses=("not_as_described",), amount=rub(_RULED),
        no_evidence=True,
    )  # fmt: skip
    return [
        *_answered(order, now),
        _on(order, BUYER, Escalate()),
        _on(order, SUPERVISOR, AssignMediator(MEDIATOR.person)),
        _on(order, MEDIATOR, ruling),
    ]


def _while_unshipped(order: str, rng: random.Random) -> list[Asked]:
    return [
        _on(order, SHOP, CancelOrder()),
        _on(order, SHOP, ShipOrder("DHL", f"N{order}")),
        _on(order, SELLER, ShipOrder("China Post", f"M{order}")),
        _on(order, BUYER, ConfirmReceipt()),
    ]


def _while_answering(order: str, rng: random.Random) -> list[Asked]:
    return [
        _on(order, SELLER, AcceptOffer("O1", rub(_CLAIMED))),
        _on(order, SELLER, MakeOffer("refund", rub(rng.randrange(1, 50) * 1000))),
        _on(order, SELLER, DeclineOffer("O1")),
        _on(order, SELLER, RequestMoreTime()),
        _on(order, BUYER, CancelDispute()),
        _on(order, BUYER, MakeOffer("refund", rub(rng.randrange(50, 70) * 1000))),
        _on(order, BUYER, Escalate()),
    ]


def _while_answered(order: str, rng: random.Random) -> list[Asked]:
    return [
        _on(order, BUYER, AcceptOffer("O2", rub(_OFFERED))),
        _on(order, BUYER, MakeOffer("refund", rub(rng.randrange(31, 70) * 1000))),
        _on(order, BUYER, DeclineOffer("O2")),
        _on(order, BUYER, Escalate()),
        _on(order, BUYER, CancelDispute()),
        _on(order, SELLER, MakeOffer("refund", rub(rng.randrange(1, 60) * 1000))),
        _on(order, SELLER, AcceptOffer("O1", rub(_CLAIMED))),
    ]


def _while_ruled(order: str, rng: random.Random) -> list[Asked]:
    return [
        _on(order, BUYER, AcceptRuling()),
        _on(order, SELLER, AcceptRuling()),
        _on(order, BUYER, FileAppeal("named_error", "The amount is too low.")),
        _on(order, SELLER, FileAppeal("named_error", "The size is as shown.")),
        _on(order, BUYER, AcceptOffer("O2", rub(_OFFERED))),
        _on(order, SELLER, AcceptOffer("O1", rub(_CLAIMED))),
    ]


SITUATIONS = (
    Situation("answering", _answering, _while_answering, ("accept_offer", "cancel_dispute")),
    Situation("answered", _answered, _while_answered, ("accept_offer", "cancel_dispute")),
    Situation("ruled", _ruled, _while_ruled, ("accept_offer",), "appeal"),
    Situation("unshipped", _unshipped, _while_unshipped, ("cancel_order", "ship_order"), None),
)
