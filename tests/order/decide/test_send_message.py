"""Messages: text and own pictures, and the seller's time to answer before any dispute."""

from __future__ import annotations

import msgspec
import pytest

from amends.kernel.people import Actor
from amends.order.decide.send_message import SendMessage
from amends.order.events.life import MessageSent
from tests.given import BUYER, DAY, SELLER, SUPPORT, order, terms
from tests.order.asking import NOW, as_json, ask, claim, contents, only, proof, refused, then


def test_a_message_is_on_record_and_its_text_apart() -> None:
    outcome = ask(order(), SELLER, SendMessage("Shipped today."))
    sent = only(outcome, MessageSent)
    (text,) = contents(outcome)
    assert (sent.number, sent.by, sent.role, sent.ref) == (1, "s1", "seller", text.ref)
    assert (text.owner, text.text) == ("s1", "Shipped today.")
    thread = then(order(), sent).thread
    assert (thread.count, thread.last_by_seller, thread.last_by_buyer) == (1, NOW, None)


def test_a_buyers_message_starts_the_sellers_time_to_answer() -> None:
    sent = only(ask(order(), BUYER, SendMessage("Where is it?")), MessageSent)
    after = then(order(), sent)
    assert after.thread.last_by_buyer == NOW
    (answer,) = after.deadlines
    assert (answer.what, answer.turn, answer.at) == ("message_answer", "seller", NOW + 3 * DAY)
    assert answer.rule == terms().clocks.message_answered_within.rule
    assert answer.reminders


def test_a_second_message_does_not_start_it_anew() -> None:
    after = then(order(), only(ask(order(), BUYER, SendMessage("Where?")), MessageSent))
    again = only(ask(after, BUYER, SendMessage("Hello?"), NOW + DAY), MessageSent)
    assert again.answer is None
    assert then(after, again).deadlines == after.deadlines
    assert again.number == 2


def test_the_sellers_answer_stops_it_and_supports_does_not() -> None:
    after = then(order(), only(ask(order(), BUYER, SendMessage("Where?")), MessageSent))
    helped = then(after, only(ask(after, SUPPORT, SendMessage("We asked.")), MessageSent))
    assert helped.deadlines == after.deadlines
    assert helped.thread.last_by_seller is None
    answered = then(helped, only(ask(helped, SELLER, SendMessage("Sent.")), MessageSent))
    assert answered.deadlines == ()


def test_once_there_was_a_dispute_messages_start_no_clock() -> None:
    disputed = order(claims=claim(open=False, outcome="refunded"))
    assert only(ask(disputed, BUYER, SendMessage("Thanks")), MessageSent).answer is None


def test_pictures_are_the_writers_own_and_are_seen_from_then_on() -> None:
    bought = order(evidence=proof())
    sent = only(ask(bought, BUYER, SendMessage("Look", ("E1",))), MessageSent)
    assert sent.pictures == ("E1",)
    assert then(bought, sent).evidence["E1"].sent


@pytest.mark.parametrize("by", [SELLER, SUPPORT])
def test_another_persons_picture_does_not_exist(by: Actor) -> None:
    outcome = ask(order(evidence=proof()), by, SendMessage("Look", ("E1",)))
    assert refused(outcome) == ("unknown_evidence", "invalid", "pictures")


def test_a_picture_is_sent_once_in_a_message() -> None:
    outcome = ask(order(evidence=proof()), BUYER, SendMessage("Look", ("E1", "E1")))
    assert refused(outcome) == ("evidence_named_twice", "invalid", "pictures")


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_a_message_says_something(text: str) -> None:
    assert refused(ask(order(), BUYER, SendMessage(text))) == ("text_missing", "invalid", "text")


def test_a_text_has_at_most_ten_thousand_characters() -> None:
    assert as_json(SendMessage, text="я" * 10_000)
    with pytest.raises(msgspec.ValidationError):
        as_json(SendMessage, text="я" * 10_001)
    with pytest.raises(msgspec.ValidationError):
        as_json(SendMessage, text="a\x00")
    with pytest.raises(msgspec.ValidationError):
        as_json(SendMessage, text="a", pictures=[f"E{n}" for n in range(11)])
