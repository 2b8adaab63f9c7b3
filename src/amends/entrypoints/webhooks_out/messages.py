"""What a marketplace is told of an event: ids, codes and amounts. Names, addresses and what people
wrote lie apart from events and are never in it, nor is work among staff."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from amends.dispute.case import CaseEvent
from amends.engine.webhooks import Message
from amends.entrypoints.views.record import told_outside
from amends.kernel.instants import Instant
from amends.kernel.record import Recorded

TEST = "test"


def messages_of(events: Sequence[Recorded[CaseEvent]], currency: str) -> list[Message]:
    """A message for each event that is told at all."""
    found = []
    for recorded in events:
        view = told_outside(recorded, currency)
        if view is None:
            continue
        actor = {"role": view.by} if view.person is msgspec.UNSET else {
            "role": view.by, "person": view.person
        }  # fmt: skip
        data = {**view.data, "order": recorded.order, "n": recorded.number, "actor": actor}
        id_ = _id(recorded.order, recorded.number)
        body = _body(view.type, recorded.at, data)
        found.append(Message(id_, recorded.order, recorded.number, view.type, recorded.at, body))
    return found


def test_message(id_: str, now: Instant) -> Message:
    """One that says nothing, to try an endpoint out."""
    return Message(f"msg_{id_}", "", 0, TEST, now, _body(TEST, now, {}))


def _id(order: str, n: int) -> str:
    """The same for an event whenever it is told, also from a restored back-up; a full stop, which
    an order's id may have, would part what is signed."""
    return f"msg_{hashlib.sha256(f'{order}/{n}'.encode()).hexdigest()[:32]}"


def _body(type_: str, at: Instant, data: dict[str, object]) -> str:
    return msgspec.json.encode({"type": type_, "timestamp": at, "data": data}).decode()
