"""Write in the order's thread. What was written is never changed."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from amends.kernel.decision import Accepted, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Id, Prose
from amends.order.asked import Asked, OrderOutcome, refuse_blank
from amends.order.events.life import MessageSent
from amends.order.proof import refuse_evidence
from amends.policy.clocks import start_clock

BY = frozenset({Role.BUYER, Role.SELLER, Role.SUPPORT})


class SendMessage(Struct, frozen=True, forbid_unknown_fields=True, tag="send_message"):
    """``pictures``: ids of the writer's own uploads. ``to_support``: a side asks support too."""

    text: Prose
    pictures: Annotated[tuple[Id, ...], Meta(max_length=10)] = ()
    to_support: bool = False


def may(asked: Asked) -> Refused | None:
    """Always: a thread is never closed."""
    return None


def decide(asked: Asked, command: SendMessage) -> OrderOutcome:
    """Before any dispute, a buyer's message starts the seller's time to answer."""
    order, now = asked.order, asked.now
    refused = refuse_blank(command.text, "text") or refuse_evidence(
        order, asked.by, command.pictures, "pictures", own=True
    )
    if refused:
        return refused
    ref, contents = asked.text("text", command.text)
    term = asked.terms.clocks.message_answered_within
    to_support = command.to_support and asked.by.role is not Role.SUPPORT
    answer = None
    waiting = any(d.what == "message_answer" for d in order.deadlines)
    if asked.by.role is Role.BUYER and not order.claims and not waiting:
        answer = start_clock(term, "message_answer", "seller", now, "message_sent")
    sent = MessageSent(
        at=now,
        number=order.thread.count + 1,
        by=asked.by.person,
        role=asked.by.role,
        ref=ref,
        pictures=command.pictures,
        answer=answer,
        support_by=now + term.span if to_support else None,
    )
    return Accepted((sent,), contents)
