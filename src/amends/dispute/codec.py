"""Events and states as bytes: events as JSON for good, states as MessagePack for this code only."""

from __future__ import annotations

import hashlib
from functools import reduce
from operator import or_

import msgspec

from amends.dispute.case import CaseEvent
from amends.dispute.events import DISPUTE_EVENTS
from amends.dispute.state import Case
from amends.order.events import ORDER_EVENTS

# Raise it when an event's ``on`` makes something else of a state whose shape stays as it is.
_REVISION = 1
EVENT_TYPES: tuple[type[CaseEvent], ...] = (*ORDER_EVENTS, *DISPUTE_EVENTS)
_events_out = msgspec.json.Encoder(order="deterministic")
_events_in: msgspec.json.Decoder[CaseEvent] = msgspec.json.Decoder(reduce(or_, EVENT_TYPES))
_states_out = msgspec.msgpack.Encoder(order="deterministic")
_states_in = msgspec.msgpack.Decoder(Case)


def encode_event(event: CaseEvent) -> bytes:
    """JSON of an event, the same bytes for the same event."""
    return _events_out.encode(event)


def decode_event(data: bytes) -> CaseEvent:
    """The event behind ``data``. Raises msgspec.MsgspecError when it is none."""
    return _events_in.decode(data)


def encode_state(case: Case) -> bytes:
    """Compact bytes of a case, the same for the same case."""
    return _states_out.encode(case)


def decode_state(data: bytes) -> Case:
    """The case behind ``data``. Raises msgspec.MsgspecError when other code wrote it."""
    return _states_in.decode(data)


def state_code() -> str:
    """Names the code that wrote a state; states of other code are rebuilt by replay.

    It changes with the fields and types of a case, and with the revision above.
    """
    shape = msgspec.json.encode([_REVISION, msgspec.json.schema(Case)], order="deterministic")
    return hashlib.sha256(shape).hexdigest()[:16]
