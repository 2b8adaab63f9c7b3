"""A life of an order at random: any command by anybody at any time, and what always holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from amends.dispute.case import CaseEvent, evolve, next_due
from amends.dispute.codec import decode_event, decode_state, encode_event, encode_state
from amends.dispute.decide import COMMANDS as DISPUTE_COMMANDS
from amends.dispute.decide import DisputeCommand
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.add_evidence import AddEvidence
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.events.effects import DisputeClosed
from amends.dispute.events.judging import AppealFiled
from amends.dispute.expire import expire
from amends.dispute.judge import (
    CaseCommand,
    OnDispute,
    OnOrder,
    decide,
    dispute_options,
    order_options,
    tag_of,
)  # fmt: skip
from amends.dispute.state import Case
from amends.kernel.decision import Accepted, Refused, Stamp
from amends.kernel.people import Actor
from amends.order.decide import COMMANDS as ORDER_COMMANDS
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.record_tracking import RecordTracking
from amends.order.decide.refund_failed import ReportRefundFailed
from amends.order.decide.refund_settled import ReportRefundSettled
from amends.order.decide.ship_order import ShipOrder
from amends.order.decide.upload_evidence import UploadEvidence
from amends.order.events.life import OrderPlaced
from amends.order.state import Line
from amends.order.units import LineQuantity
from amends.policy.terms import Remedy, Terms
from amends.projections.ledger import balances
from tests.given import BUYER, PROVIDER, SELLER, SHOP, SUPERVISOR, T0, order, packs
from tests.properties.commands import ACTORS, dispute_command, order_command

ORDER_NAMES = [tag_of(c) for c in ORDER_COMMANDS if c is not PlaceOrder] + [tag_of(OpenDispute)]
DISPUTE_NAMES = [tag_of(c) for c in DISPUTE_COMMANDS]
TWO_LINES = (
    Line("1", quantity=3, unit_price=33_334, paid=100_001),
    Line("2", quantity=1, unit_price=59_999, paid=59_999),
)


def _claim(reason: str, remedy: Remedy, *, received: bool = True) -> OpenDispute:
    units = (LineQuantity("1", 2),)
    return OpenDispute(received, reason, remedy, "Not what was shown.", lines=units)


CLAIMS = (
    _claim("not_as_described", "refund"),
    _claim("damaged", "return_and_refund"),
    _claim("wrong_item", "replacement"),
    _claim("not_received", "refund", received=False),
    _claim("defective", "refund"),
    None,
)


class CaseMachine(RuleBasedStateMachine):
    """Draws a step, asks for it, keeps the record, and looks at all that must hold."""

    @initialize(
        pack=st.sampled_from(packs().all()),
        lines=st.sampled_from([TWO_LINES, order().lines]),
        claim=st.sampled_from(CLAIMS),
        stage=st.sampled_from(["opened", "mediated", "agreed"]),
    )
    def place(
        self, pack: Terms, lines: tuple[Line, ...], claim: OpenDispute | None, stage: str
    ) -> None:
        """An order, most times shipped and disputed: that is where most can happen."""
        self.terms = pack
        placed = OrderPlaced(at=T0, order=order(lines=lines))
        self.record: list[CaseEvent] = [placed]
        self.case: Case = evolve(None, placed)
        self.now = T0
        self.steps = 0
        if claim is None:
            return
        for actor in (BUYER, SELLER):
            proof = UploadEvidence("photo", "image/jpeg", "0" * 64, "k1")
            self._ask(OnOrder("A-1001", proof), actor)
        self._ask(OnOrder("A-1001", ShipOrder("DHL", "N0X0")), SHOP)
        self._move_to(T0 + timedelta(days=7))
        self._ask(OnOrder("A-1001", claim), BUYER)
        dispute = self.case.disputes["A-1001-D1"]
        asked: tuple[tuple[DisputeCommand, Actor], ...] = ()
        if stage == "mediated":
            asked = (
                (AddEvidence(("E1",)), BUYER),
                (DeclineOffer("O1"), SELLER),
                (Escalate(), BUYER),
                (AssignMediator("m1"), SUPERVISOR),
            )
        elif stage == "agreed":
            amount = order().money(dispute.claim.amount)
            asked = ((AcceptOffer("O1", amount), SELLER),)
        for command, actor in asked:
            self._ask(OnDispute("A-1001", dispute.id, command), actor)

    @rule(hours=st.sampled_from([0, 1, 12, 24, 72, 121, 240]))
    def time_passes(self, hours: int) -> None:
        self._move_to(self.now + timedelta(hours=hours))

    @rule(before=st.booleans())
    def time_passes_to_the_next_deadline(self, before: bool) -> None:
        due = next_due(self.case)
        if due is not None and due > self.now:
            self._move_to(due - timedelta(seconds=1) if before else due)

    @rule(data=st.data(), actor=st.sampled_from(ACTORS), on_dispute=st.booleans())
    def anybody_asks_anything(self, data: Any, actor: Actor, on_dispute: bool) -> None:
        disputes = sorted(self.case.disputes)
        if on_dispute and disputes:
            name = data.draw(st.sampled_from(DISPUTE_NAMES))
            self._ask_dispute(data, name, data.draw(st.sampled_from(disputes)), actor)
        else:
            self._ask_order(data, data.draw(st.sampled_from(ORDER_NAMES)), actor)

    @rule(data=st.data())
    def somebody_moves_a_dispute(self, data: Any) -> None:
        """Most random commands are refused; this one draws among those that are offered."""
        offered: dict[str, list[tuple[Actor, str]]] = {}
        for dispute in self.case.disputes.values():
            for actor in ACTORS:
                options = dispute_options(self.case, dispute, actor, self.terms, self._stamp())
                for option in options:
                    if option.refused is None:
                        offered.setdefault(option.type, []).append((actor, dispute.id))
        if offered:
            name = data.draw(st.sampled_from(sorted(offered)))
            actor, dispute_id = data.draw(st.sampled_from(offered[name]))
            self._ask_dispute(data, name, dispute_id, actor)

    @rule(data=st.data())
    def somebody_does_what_they_may(self, data: Any) -> None:
        """The same for the order as a whole."""
        offered: dict[str, list[Actor]] = {}
        for actor in ACTORS:
            for option in order_options(self.case, actor, self.terms, self._stamp()):
                if option.refused is None and option.type in ORDER_NAMES:
                    offered.setdefault(option.type, []).append(actor)
        if offered:
            name = data.draw(st.sampled_from(sorted(offered)))
            self._ask_order(data, name, data.draw(st.sampled_from(offered[name])))

    @rule(data=st.data())
    def a_parcel_arrives(self, data: Any) -> None:
        on_the_way = [p for p in self.case.order.parcels if p.delivered_at is None]
        if on_the_way:
            parcel = data.draw(st.sampled_from(on_the_way))
            arrived = RecordTracking(parcel.tracking_number, "delivered", self.now)
            self._ask(OnOrder("A-1001", arrived), SHOP)

    @rule(settles=st.booleans())
    def the_provider_answers(self, settles: bool) -> None:
        for refund in self.case.order.refunds.values():
            if refund.under_way:
                answer = (
                    ReportRefundSettled(refund.id, "re_1")
                    if settles
                    else ReportRefundFailed(refund.id, "expired_card")
                )
                self._ask(OnOrder("A-1001", answer), PROVIDER)

    @invariant()
    def money_holds(self) -> None:
        held = self.case.order
        assert sum(balances(held).values()) == 0
        assert held.refunded <= held.captured
        for line in held.lines:
            assert held.refunded_of(line.id) <= line.paid
        for refund in held.refunds.values():
            assert refund.amount == sum(refund.lines.values()) > 0

    @invariant()
    def every_open_dispute_has_a_turn_and_a_deadline(self) -> None:
        for dispute in self.case.disputes.values():
            if dispute.phase == "closed":
                assert dispute.turn is None
                assert dispute.outcome
                assert not dispute.deadlines
            else:
                assert dispute.turn
                assert dispute.outcome is None
                assert dispute.deadlines, dispute.phase
                assert all(d.next_due > self.now for d in dispute.deadlines)

    @invariant()
    def units_are_in_one_open_dispute_at_most(self) -> None:
        for line in self.case.order.lines:
            claimed = [c.lines.get(line.id, 0) for c in self.case.order.open_claims.values()]
            assert sum(claimed) <= line.quantity

    @invariant()
    def what_a_ruling_rests_on_stays(self) -> None:
        for proof in self.case.order.evidence.values():
            assert not (proof.relied_on and proof.withdrawn)

    @invariant()
    def state_survives_its_encoding(self) -> None:
        assert decode_state(encode_state(self.case)) == self.case

    def teardown(self) -> None:
        if not hasattr(self, "record"):
            return
        replayed: Case | None = None
        for event in self.record:
            replayed = evolve(replayed, decode_event(encode_event(event)))
        assert replayed is not None
        assert encode_state(replayed) == encode_state(self.case)

    def _stamp(self) -> Stamp:
        return Stamp(self.now, f"c{self.steps}")

    def _ask_order(self, data: Any, name: str, actor: Actor) -> None:
        command = order_command(data.draw, self.case, name, self.now)
        self._ask(OnOrder("A-1001", command), actor)

    def _ask_dispute(self, data: Any, name: str, dispute_id: str, actor: Actor) -> None:
        dispute = self.case.disputes[dispute_id]
        command = dispute_command(data.draw, self.case, dispute, name, self.terms)
        self._ask(OnDispute("A-1001", dispute_id, command), actor)

    def _ask(self, command: CaseCommand, actor: Actor) -> None:
        self.steps += 1
        stamp = self._stamp()
        outcome = decide(self.case, command, actor, self.terms, stamp)
        assert outcome == decide(self.case, command, actor, self.terms, stamp)
        if isinstance(outcome, Refused):
            assert outcome.rule
            return
        self._tell(outcome)

    def _tell(self, outcome: Accepted[CaseEvent]) -> None:
        for event in outcome.events:
            self._append(event)

    def _append(self, event: CaseEvent) -> None:
        dispute = getattr(event, "dispute", None)
        if dispute in self.case.disputes and self.case.disputes[dispute].phase == "closed":
            reopens = isinstance(event, AppealFiled)
            assert reopens or _changes_no_phase(self.case, event), event
        self.case = evolve(self.case, event)
        self.record.append(event)
        if isinstance(event, DisputeClosed):
            assert self.case.order.claims[event.dispute].open is False

    def _move_to(self, at: Any) -> None:
        self.now = at
        self.steps += 1
        last = None
        while events := expire(self.case, self.terms, self._stamp()):
            assert all(event.at <= at for event in events)
            assert last is None or events[0].at >= last, "deadlines expire in order"
            last = events[0].at
            for event in events:
                self._append(event)


def _changes_no_phase(case: Case, event: CaseEvent) -> bool:
    after = evolve(case, event)
    dispute = getattr(event, "dispute", "")
    return after.disputes[dispute].phase == case.disputes[dispute].phase


CaseMachine.TestCase.settings = settings(
    max_examples=500,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestCaseMachine = pytest.mark.filterwarnings("default")(CaseMachine.TestCase)
