"""Whoever is missing, no case waits for ever: each clock of the newest default pack lived to its
end by a real server, with nobody acting, and with who was told before and after.

The notices are read where the pages read them, for staff are told there and not by mail.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from amends.engine.store import Store
from amends.store import open_store
from tests.journeys.conftest import MEMORY, Server
from tests.journeys.market import DAY, Dispute, Order, money

# From here on new orders are under the pack's newest version.
_NEWEST = datetime(2027, 1, 4, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_STEPS = ("dispute_opened", "escalated", "ruling_missed", "effect_started", "dispute_closed")
_REMINDERS = ("dispute_reminded", "order_reminded")
_BACK: dict[str, Any] = {"remedy": "return_and_refund", "amount": money(80000)}
_OTHER: dict[str, Any] = {"remedy": "replacement", "amount": money(0)}
_ADDRESS = {"name": "Blouse House", "street": "Nanjing Rd 1", "city": "Shanghai", "country": "CN"}

Told = set[tuple[str, str]]


class House:
    """A sandbox in 2027, its database, and its command line."""

    def __init__(self, server: Server, database: str, store: Store, folder: Path) -> None:
        self.market = server.market
        self.store = store
        self._database, self._folder = database, folder
        self.market.to(_NEWEST)

    def order(self, **changes: Any) -> Order:
        """An order that came, under the newest version."""
        order = self.market.place(**changes).received()
        assert order.shown()["policy"]["version"] == "2"
        return order

    def dispute(self, **claim: Any) -> Dispute:
        """A dispute of such an order."""
        return self.order().open(**claim)

    def notices(self, order: Order) -> list[tuple[datetime, str, str, datetime | None]]:
        """When, whose role, what of, and what they have to do until when."""
        found = self.store.views.page(
            "notices", {"order_id": order.id}, order_by="n", limit=500
        ).rows
        return [
            (_at(row["at"]), str(row["role"]), str(row["kind"]),
             None if row["due_at"] is None else _at(row["due_at"]))
            for row in found
        ]  # fmt: skip

    def told(self, order: Order, at: datetime | None = None) -> Told:
        """Who was told of what at an instant: now when it is left out."""
        instant = at or self.market.now
        return {(role, kind) for when, role, kind, _due in self.notices(order) if when == instant}

    def runs_out(self, dispute: Dispute, what: str, *, of: str, after: timedelta) -> Told:
        """Let a clock that begins now run out without anybody acting.

        It is theirs whose turn it is, as long as the pack says; they were reminded at half time, a
        day and two hours before, and nobody else was. Who is told of the end is given back.
        """
        given = self.market.now
        end = dispute.deadline(what)
        assert dispute.stands()[1] == of
        assert end - given == after
        dispute.lapse(what)
        mine = _ROLE.get(of, of)
        wanted = {p for p in (given + after / 2, end - DAY, end - 2 * _HOUR) if given < p < end}
        told = [n for n in self.notices(dispute.order) if n[2] in _REMINDERS and n[0] > given]
        assert {(when, role) for when, role, _kind, due in told if due == end} == {
            (when, mine) for when in wanted
        }
        return self.told(dispute.order)

    def hires(self, mediator: str) -> None:
        """An account for a mediator."""
        mail = f"{mediator}@amends.example"
        self.amends("staff", "add", mediator, "--role", "mediator", "--name", "M", "--email", mail)

    def amends(self, *words: str) -> None:
        """The command line, which has to come to a good end."""
        done = subprocess.run(
            [str(Path(sys.executable).parent / "amends"), *words, "--database", self._database],
            capture_output=True, text=True, timeout=60, cwd=self._folder, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


_ROLE = {"platform": "finance"}


def _at(micros: object) -> datetime:
    return _EPOCH + timedelta(microseconds=int(str(micros)))


@pytest.fixture(scope="module")
def house(new_database: Callable[[Path], str]) -> Iterator[House]:
    """The one these stories share."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        folder = Path(made)
        database = new_database(folder)
        server = Server(folder, database)
        store = open_store(database)
        try:
            yield House(server, database, store, folder)
        finally:
            store.close()
            server.end()


def refunded(dispute: Dispute, amount: int) -> None:
    """The dispute is over, the provider paid so much once, and the books know of no more."""
    assert dispute.stands() == ("closed", None, "refunded")
    assert dispute.order.paid_back() == amount
    assert dispute.order.shown()["refundable"] == money(160000 - amount)


def honoured(dispute: Dispute, amount: int) -> None:
    """The platform paid the claim itself."""
    assert dispute.stands() == ("closed", None, "honoured_by_platform")
    assert dispute.order.paid_back() == amount


def escalated(dispute: Dispute) -> Dispute:
    """Answered and escalated on the day it was opened; nobody has the case."""
    dispute.do("seller", "decline_offer", offer="O1", note="It is as shown.")
    dispute.do("buyer", "escalate", note="We do not agree.")
    return dispute


# The seller says nothing.


def test_a_seller_who_never_answers(house: House) -> None:
    dispute = house.dispute()
    told = house.runs_out(dispute, "answer", of="seller", after=5 * DAY)
    assert told >= {("buyer", "escalated"), ("seller", "escalated"), ("supervisor", "escalated")}
    assert dispute.stands() == ("mediation", "mediator", None)
    dispute.do("supervisor", "assign_mediator", mediator="m1")
    dispute.ruled(amount=money(72000), reasons=["seller_did_not_answer"])
    told = house.runs_out(dispute, "appeal", of="seller", after=7 * DAY)
    assert told >= {("buyer", "dispute_closed"), ("seller", "dispute_closed")}
    refunded(dispute, 72000)


def test_a_seller_who_asked_for_more_time_and_fell_silent(house: House) -> None:
    dispute = house.dispute()
    dispute.do("seller", "request_more_time", note="I ask the warehouse.")
    house.runs_out(dispute, "answer", of="seller", after=7 * DAY)
    assert dispute.stands() == ("mediation", "mediator", None)


def test_a_seller_who_leaves_a_message_unanswered(house: House) -> None:
    order = house.market.place()
    assert order.post("/messages", "buyer", {"text": "When?"}).status_code == 201
    wrote = house.market.now
    house.market.ahead(3 * DAY)
    assert ("buyer", "support_offered") in house.told(order)
    reminded = [n for n in house.notices(order) if n[2] in _REMINDERS]
    assert {(n[0] - wrote, n[1]) for n in reminded} >= {(1.5 * DAY, "seller"), (2 * DAY, "seller")}


def test_a_seller_who_gives_no_address_for_the_return(house: House) -> None:
    dispute = agreed(house.dispute(**_BACK))
    told = house.runs_out(dispute, "return_address", of="seller", after=5 * DAY)
    assert ("buyer", "dispute_closed") in told
    refunded(dispute, 80000)


def test_a_seller_who_does_not_look_at_the_return(house: House) -> None:
    dispute = agreed(house.dispute(**_BACK))
    dispute.do("seller", "provide_return_address", address=_ADDRESS)
    dispute.do("buyer", "ship_return", carrier="Yanwen", tracking_number="YT0000000011")
    house.market.ahead(8 * DAY)
    dispute.order.track("YT0000000011")
    told = house.runs_out(dispute, "inspection", of="seller", after=3 * DAY)
    assert ("buyer", "dispute_closed") in told
    refunded(dispute, 80000)


def test_a_return_that_is_lost_and_nobody_asks_after(house: House) -> None:
    dispute = agreed(house.dispute(**_BACK))
    dispute.do("seller", "provide_return_address", address=_ADDRESS)
    dispute.do("buyer", "ship_return", carrier="Yanwen", tracking_number="YT0000000012")
    dispute.lapse("return_arrival")
    refunded(dispute, 80000)


def test_a_seller_who_sends_no_replacement(house: House) -> None:
    dispute = agreed(house.dispute(**_OTHER))
    told = house.runs_out(dispute, "replacement_shipment", of="seller", after=5 * DAY)
    assert ("buyer", "dispute_closed") in told
    refunded(dispute, 80000)


def test_a_replacement_that_never_comes(house: House) -> None:
    dispute = agreed(house.dispute(**_OTHER))
    dispute.do("seller", "ship_replacement", carrier="Yanwen", tracking_number="YT0000000013")
    dispute.lapse("replacement_arrival")
    refunded(dispute, 80000)


# The buyer says nothing.


def test_a_buyer_who_does_not_answer_an_offer_loses_nothing(house: House) -> None:
    dispute = house.dispute()
    dispute.do("seller", "make_offer", remedy="refund", amount=money(100), note="A little.")
    told = house.runs_out(dispute, "answer", of="buyer", after=5 * DAY)
    assert told >= {("buyer", "escalated"), ("seller", "escalated")}
    assert dispute.stands() == ("mediation", "mediator", None)


def test_a_negotiation_that_goes_round_in_circles(house: House) -> None:
    dispute = house.dispute()
    start = house.market.now
    for day, side in ((3, "seller"), (6, "buyer"), (9, "seller")):
        house.market.to(start + day * DAY)
        dispute.do(side, "make_offer", remedy="refund", amount=money(100 * day), note="Then?")
    dispute.lapse("negotiation")
    assert house.market.now == start + 10 * DAY
    assert dispute.stands() == ("mediation", "mediator", None)


def test_a_buyer_who_does_not_send_the_goods_back(house: House) -> None:
    dispute = agreed(house.dispute(**_BACK))
    dispute.do("seller", "provide_return_address", address=_ADDRESS)
    told = house.runs_out(dispute, "return_shipment", of="buyer", after=10 * DAY)
    assert told >= {("buyer", "dispute_closed"), ("seller", "dispute_closed")}
    assert dispute.stands() == ("closed", None, "abandoned")
    assert dispute.order.paid_back() == 0
    # The seller is paid once protection is over, and not before.
    house.market.ahead(40 * DAY)
    assert dispute.order.shown()["released"] == money(160000)


def test_a_buyer_who_does_not_answer_what_the_inspection_found(house: House) -> None:
    dispute = agreed(house.dispute(**_BACK))
    dispute.do("seller", "provide_return_address", address=_ADDRESS)
    dispute.do("buyer", "ship_return", carrier="Yanwen", tracking_number="YT0000000014")
    dispute.do("seller", "inspect_return", condition="damaged", note="A stain.",
               amount=money(50000))  # fmt: skip
    told = house.runs_out(dispute, "inspection_answer", of="buyer", after=5 * DAY)
    assert ("buyer", "escalated") in told
    house.runs_out(dispute, "ruling", of="mediator", after=5 * DAY)
    house.runs_out(dispute, "supervisor_ruling", of="supervisor", after=5 * DAY)
    honoured(dispute, 80000)


def test_a_buyer_who_does_not_answer_the_mediator(house: House) -> None:
    dispute = escalated(house.dispute())
    dispute.do("supervisor", "assign_mediator", mediator="m1")
    dispute.do("mediator", "request_information", of="buyer", question="Which size?")
    told = house.runs_out(dispute, "information", of="buyer", after=3 * DAY)
    assert told >= {("buyer", "information_missed"), ("mediator", "information_missed")}
    assert dispute.stands() == ("mediation", "mediator", None)


def test_a_buyer_who_never_confirms_receipt(house: House) -> None:
    order = house.market.place()
    order.ship()
    house.market.ahead(23 * DAY)
    assert house.told(order) >= {("buyer", "protection_ended"), ("seller", "funds_released")}
    assert order.shown()["released"] == money(160000)


def test_a_buyer_who_does_not_say_where_the_money_shall_go(house: House) -> None:
    dispute = house.dispute()
    house.market.behave(*["expired_card"] * 20)
    agreed(dispute)
    (clock,) = [c for c in dispute.order.shown()["deadlines"] if c["what"] == "refund_route"]
    house.market.ahead(14 * DAY)
    assert clock["at"] == house.market.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ("finance", "finance_alarmed") in house.told(dispute.order)
    reminded = {n[1] for n in house.notices(dispute.order) if n[2] == "order_reminded"}
    assert "buyer" in reminded
    house.market.behave()


# Those who judge are not there.


def test_a_mediator_who_does_not_rule_and_a_supervisor_who_does(house: House) -> None:
    dispute = escalated(house.dispute())
    dispute.do("supervisor", "assign_mediator", mediator="m1")
    told = house.runs_out(dispute, "ruling", of="mediator", after=15 * DAY)
    assert told >= {(role, "ruling_missed") for role in ("buyer", "seller", "supervisor")}
    assert dispute.stands() == ("mediation", "supervisor", None)
    dispute.do("supervisor", "issue_ruling", finding="for_buyer", remedy="refund",
               amount=money(60000), reasons=["item_differs_from_listing"], text="It differs.",
               clauses=["not_as_described"], evidence=[], no_evidence=True,
               return_postage_paid_by="seller")  # fmt: skip
    house.runs_out(dispute, "appeal", of="seller", after=7 * DAY)
    refunded(dispute, 60000)


def test_a_supervisor_who_is_gone_as_well(house: House) -> None:
    dispute = escalated(house.dispute())
    house.runs_out(dispute, "ruling", of="mediator", after=15 * DAY)
    told = house.runs_out(dispute, "supervisor_ruling", of="supervisor", after=5 * DAY)
    assert told >= {("buyer", "dispute_closed"), ("seller", "dispute_closed")}
    honoured(dispute, 72000)


def test_a_claim_above_the_platforms_cap_alarms_operators_every_day(house: House) -> None:
    order = house.order(currency="USD", price=25000)
    dispute = escalated(order.open(amount=money(25000, "USD")))
    dispute.lapse("ruling")
    missed = house.market.now
    dispute.lapse("supervisor_ruling")
    alarms = [n for n in house.notices(order) if n[2] == "operator_alarmed" and n[1] == "admin"]
    assert [(n[0] - missed) / DAY for n in alarms] == [1, 2, 3, 4]
    honoured(dispute, 10000)


def test_an_appeals_officer_and_a_supervisor_who_are_gone(house: House) -> None:
    dispute = escalated(house.dispute())
    dispute.do("supervisor", "assign_mediator", mediator="m1")
    dispute.ruled()
    dispute.do("seller", "appeal", grounds="named_error", text="Wrong chart.", evidence=[])
    assert ("appeals", "appeal_filed") in house.told(dispute.order)
    told = house.runs_out(dispute, "appeal_decision", of="appeals", after=7 * DAY)
    assert told >= {(role, "appeal_missed") for role in ("buyer", "seller", "supervisor")}
    assert dispute.stands() == ("appeal", "supervisor", None)
    told = house.runs_out(dispute, "supervisor_appeal_decision", of="supervisor", after=5 * DAY)
    assert told >= {("buyer", "appeal_decided"), ("seller", "appeal_decided")}
    refunded(dispute, 60000)


# Money waits for nobody's memory.


def test_money_that_is_under_way_for_too_long_alarms_finance_every_day(house: House) -> None:
    dispute = house.dispute()
    house.market.behave(*["decline"] * 20)
    agreed(dispute)
    house.market.ahead(12 * DAY)
    assert dispute.stands() == ("settling", "platform", None)
    alarms = [n for n in house.notices(dispute.order) if n[1] == "finance"]
    days = {(n[0] - alarms[0][0]) // DAY for n in alarms}
    assert days >= set(range(5, 12))
    house.market.behave()


def test_money_reported_missing_that_nobody_traces(house: House) -> None:
    dispute = agreed(house.dispute())
    (refund,) = dispute.shown()["refunds"]
    house.market.ahead(40 * DAY)
    dispute.order.do("buyer", "report_missing_money", refund=refund["id"])
    reported = house.market.now
    assert ("finance", "missing_money_reported") in house.told(dispute.order)
    house.market.ahead(3 * DAY)
    alarms = [n for n in house.notices(dispute.order) if n[2] == "finance_alarmed"]
    assert [(n[0] - reported) / DAY for n in alarms] == [1, 2, 3]


def test_support_that_forgot_what_it_promised(house: House) -> None:
    order = house.market.place()
    promised = house.market.now + 2 * DAY
    order.do("support", "record_contact", channel="phone", with_side="buyer", text="I will look.",
             follow_up=promised.strftime("%Y-%m-%dT%H:%M:%SZ"))  # fmt: skip
    house.market.to(promised)
    assert ("support", "follow_up_due") in house.told(order)


# Nobody is there at all.


def test_everybody_is_gone(house: House) -> None:
    """Opened, and then forty days of silence: of the seller, of a mediator, of a supervisor."""
    dispute = house.dispute()
    opened = house.market.now
    house.market.ahead(40 * DAY)
    honoured(dispute, 72000)
    steps = house.market.get(f"/disputes/{dispute.id}/events", "auditor.z1", limit=100)["items"]
    lived = [
        ((datetime.fromisoformat(e["at"]) - opened) / DAY, e["type"])
        for e in steps
        if e["type"] in _STEPS
    ]
    assert lived == [
        (0, "dispute_opened"),
        (5, "escalated"),
        (15, "ruling_missed"),
        (20, "effect_started"),
        (20, "dispute_closed"),
    ]
    for side in ("buyer", "seller"):
        told = [kind for _at, role, kind, _due in house.notices(dispute.order) if role == side]
        ends = ["dispute_opened", "escalated", "ruling_missed", "dispute_closed"]
        assert [kind for kind in told if kind in ends] == ends
    # The platform bears it: the seller, against whom nobody ruled, is paid in full.
    assert dispute.order.shown()["released"] == money(160000)
    assert house.market.get("/finance/tasks", "finance.f1", order=dispute.order.id)["items"] == []


def test_a_mediator_whose_account_ends(house: House) -> None:
    """The case goes back and to somebody else; its clock runs on."""
    house.hires("gone")
    dispute = escalated(house.dispute())
    due = dispute.deadline("ruling")
    house.market.ahead(_HOUR)
    assert dispute.shown("supervisor")["mediator"] == "gone"
    house.amends("staff", "disable", "gone")
    house.hires("there")
    house.market.ahead(_HOUR)
    assert dispute.shown("supervisor")["mediator"] == "there"
    assert dispute.deadline("ruling") == due
    assert ("supervisor", "returned_to_queue") in {n[1:3] for n in house.notices(dispute.order)}


def agreed(dispute: Dispute) -> Dispute:
    """The seller accepts the claim."""
    amount = dispute.shown()["claim"]["amount"]
    dispute.do("seller", "accept_offer", offer="O1", amount=amount)
    return dispute
