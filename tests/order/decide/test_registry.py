"""Every command is listed once, and nobody gives one that is not for them."""

from __future__ import annotations

from typing import get_args

import pytest
from msgspec import Struct

from amends.kernel.people import Actor, Role
from amends.order.decide import COMMANDS, OrderCommand
from amends.order.decide.cancel_order import CancelOrder
from amends.order.decide.confirm_receipt import ConfirmReceipt
from amends.order.decide.place_order import PlaceOrder
from tests.given import BUYER, SELLER, SHOP, order
from tests.order.asking import ask, events, refused

# As the table of commands says: B buyer, S seller, M mediator, A appeals, V supervisor, U support,
# F finance, X marketplace, P provider, K clock.
BY = {
    "amend_order": "X", "cancel_order": "X", "ship_order": "X S", "record_tracking": "X P",
    "confirm_receipt": "B", "send_message": "B S U", "leave_feedback": "B", "record_contact": "U",
    "raise_to_supervisor": "U B S", "open_goodwill_case": "U V",
    "take_raised": "V", "answer_raised": "V", "hold_funds": "F",
    "release_funds": "F", "record_chargeback": "P F", "record_chargeback_answer": "P F",
    "record_chargeback_outcome": "P F",
    "refund_sent": "P K", "refund_pending": "P K", "refund_settled": "P K", "refund_failed": "P K",
    "refund_unknown": "P K", "record_difference": "K", "record_agreement": "K",
    "resolve_difference": "F",
    "report_missing_money": "B", "choose_refund_route": "B", "record_trace": "F",
    "upload_evidence": "B S M A V U", "open_evidence": "B S M A V U F D O",
    "withdraw_evidence": "B S M A V U",
}  # fmt: skip
ROLES = {
    "B": Role.BUYER, "S": Role.SELLER, "M": Role.MEDIATOR, "A": Role.APPEALS,
    "V": Role.SUPERVISOR, "U": Role.SUPPORT, "F": Role.FINANCE, "X": Role.MARKETPLACE,
    "P": Role.PROVIDER, "K": Role.CLOCK, "O": Role.ADMIN, "D": Role.AUDITOR,
}  # fmt: skip


def tag(command: type[Struct]) -> str:
    return str(command.__struct_config__.tag)


def test_the_registry_holds_every_command_but_the_placing() -> None:
    assert set(COMMANDS) | {PlaceOrder} == set(get_args(OrderCommand))
    assert {tag(command) for command in COMMANDS} == set(BY)


@pytest.mark.parametrize("command", COMMANDS, ids=tag)
def test_a_command_is_for_the_roles_of_the_table(command: type[Struct]) -> None:
    allowed = {ROLES[letter] for letter in BY[tag(command)].split()}
    assert allowed == COMMANDS[command].BY


def test_another_role_is_refused_before_anything_is_looked_at() -> None:
    outcome = ask(order(), Actor("s1", Role.SELLER), ConfirmReceipt())
    assert refused(outcome) == ("not_for_this_role", "forbidden", None)


def test_what_cannot_be_asked_now_is_refused_by_the_same_rule_as_the_options_show() -> None:
    received = order(received_at=order().placed_at)
    assert refused(ask(received, BUYER, ConfirmReceipt()))[0] == "receipt_already_confirmed"


def test_an_allowed_command_is_judged() -> None:
    assert events(ask(order(), BUYER, ConfirmReceipt()))
    assert events(ask(order(), SHOP, CancelOrder()))
    assert refused(ask(order(), SELLER, CancelOrder()))[1] == "forbidden"
