"""A case with much behind it: 200 messages, 3 disputes, proofs from both sides."""

from __future__ import annotations

from datetime import timedelta

from amends.dispute.case import evolve
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.add_evidence import AddEvidence
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import CaseCommand, OnDispute, OnOrder, decide
from amends.dispute.state import Case
from amends.kernel.decision import Accepted, Stamp
from amends.kernel.people import Actor
from amends.order.decide.record_tracking import RecordTracking
from amends.order.decide.send_message import SendMessage
from amends.order.decide.ship_order import ShipOrder
from amends.order.decide.upload_evidence import UploadEvidence
from amends.order.state import Line
from amends.order.units import LineQuantity
from tests.given import BUYER, DAY, MEDIATOR, SELLER, SHOP, SUPERVISOR, T0, order, placed, terms

LINES = tuple(
    Line(str(n), quantity=2, unit_price=20_000, paid=40_000, sku=f"SKU-{n}") for n in range(1, 5)
)


class Life:
    """Asks one command after another, under command ids as long as the engine's."""

    def __init__(self) -> None:
        self.case: Case = placed(lines=LINES)
        self.now = T0
        self.asked = 0

    def ask(self, by: Actor, command: CaseCommand) -> None:
        """Ask, a minute after what was asked before; raises AssertionError when refused."""
        self.asked += 1
        self.now += timedelta(minutes=1)
        outcome = decide(self.case, command, by, terms(), self.stamp())
        assert isinstance(outcome, Accepted), outcome
        for event in outcome.events:
            self.case = evolve(self.case, event)

    def stamp(self) -> Stamp:
        """The engine's stamp of the next command."""
        return Stamp(self.now, f"01JC0000000000000000{self.asked:06d}")


def big_case() -> Case:
    """Such a case, its third dispute still open."""
    life = Life()
    everything = ShipOrder("DHL", "JD014600006281230704")
    life.ask(SHOP, OnOrder("A-1001", everything))
    for hour in range(20):
        at = life.now + timedelta(seconds=hour)
        tracked = RecordTracking("JD014600006281230704", "in_transit", at)
        life.ask(SHOP, OnOrder("A-1001", tracked))
    life.now = T0 + 8 * DAY
    for n in range(200):
        message = SendMessage(f"Message {n}, with some words in it. " * 10)
        life.ask(BUYER if n % 2 else SELLER, OnOrder("A-1001", message))
    proof = UploadEvidence("photo", "image/jpeg", "0" * 64, "k" * 43, "photo.jpg")
    for n in range(3):
        for by in (BUYER, BUYER, SELLER):
            life.ask(by, OnOrder("A-1001", proof))
        _dispute(life, n)
    return life.case


def _dispute(life: Life, n: int) -> None:
    first = f"E{3 * n + 1}"
    claim = OpenDispute(
        True, "not_as_described", "refund", "It is not what was shown. " * 20,
        lines=(LineQuantity(str(n + 1), 2),), evidence=(first,),
    )  # fmt: skip
    life.ask(BUYER, OnOrder("A-1001", claim))
    key = f"A-1001-D{n + 1}"
    for k in range(3):
        offer = MakeOffer("refund", order().money(10_000 + k), "How about this? " * 20)
        life.ask(SELLER, OnDispute("A-1001", key, offer))
        life.ask(BUYER, OnDispute("A-1001", key, DeclineOffer(f"O{k + 2}", "No. " * 20)))
    life.ask(SELLER, OnDispute("A-1001", key, AddEvidence((f"E{3 * n + 3}",))))
    if n == 0:
        accepted = AcceptOffer("O1", order().money(40_000))
        life.ask(SELLER, OnDispute("A-1001", key, accepted))
        return
    life.ask(SELLER, OnDispute("A-1001", key, DeclineOffer("O1", "No.")))
    life.ask(BUYER, OnDispute("A-1001", key, Escalate("Please decide.")))
    life.ask(SUPERVISOR, OnDispute("A-1001", key, AssignMediator("m1")))
    ruling = IssueRuling(
        remedy="refund", finding="for_buyer", reasons=("item_differs_from_listing",),
        text="It differs. " * 50, clauses=("not_as_described",), evidence=(first,),
        amount=order().money(30_000),
    )  # fmt: skip
    life.ask(MEDIATOR, OnDispute("A-1001", key, ruling))
