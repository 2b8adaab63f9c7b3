"""The order's record as links of its chain: whole where the asker may read the event, else its hash
alone, so that the chain can be followed from end to end.

A hash gives nothing away: what is hashed holds the id of the command, of which 74 bits are random
and which nobody is shown. Where a shown event was recorded by the same command as a hidden one its
id would be known, and the rest could be guessed; so it is hidden with it. The same goes for the
order as it was put in: its event holds a digest by which an e-mail could be found out by trying.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from amends.dispute.case import CaseEvent
from amends.dispute.events.base import DisputeEvent
from amends.dispute.state import Case
from amends.dispute.visibility import sees_dispute
from amends.engine.chain import GENESIS, next_hash
from amends.engine.store import SealedText, StoredEvent
from amends.entrypoints.support import DESK
from amends.entrypoints.views.asking import is_staff
from amends.entrypoints.views.order import SEES_ADDRESSES
from amends.entrypoints.views.record import INTERNAL, NAMES_STAFF, SIDES
from amends.kernel.instants import from_micros, to_micros
from amends.kernel.people import STAFF, Actor, Role
from amends.order.events.life import (
    MessageSent,
    OrderAmended,
    OrderCancelled,
    OrderPlaced,
    ParcelSent,
    ProtectionEnded,
    ReceiptConfirmed,
    TrackingRecorded,
)
from amends.order.events.money import (
    ChargebackAnswered,
    ChargebackOutcomeRecorded,
    ChargebackRecorded,
    RefundEvent,
    RefundRecorded,
)
from amends.order.events.proof import EvidenceOpened, EvidenceUploaded, EvidenceWithdrawn

_AS_PUT_IN = (OrderPlaced, OrderAmended)
# Of what happens to an order, what everybody may know who sees it; the rest is the platform's.
_OPEN = (
    OrderCancelled, ParcelSent, TrackingRecorded, ReceiptConfirmed,
    ProtectionEnded, MessageSent, RefundRecorded, RefundEvent, ChargebackRecorded,
    ChargebackAnswered, ChargebackOutcomeRecorded,
)  # fmt: skip
_READS_ALL = DESK | {Role.AUDITOR}


class TextDigest(Struct, frozen=True):
    """A text written with an event: whose it is, and the SHA-256 of its ciphertext in hex."""

    ref: str
    owner: str
    digest: str


class LinkedEvent(Struct, frozen=True):
    """An event as it was hashed: ``at`` in microseconds since 1970, ``body`` to the byte."""

    at: int
    person: str
    role: str
    command: str
    type: str
    body: str
    texts: tuple[TextDigest, ...]


class Link(Struct, frozen=True, omit_defaults=True):
    """One link: its hash in hex, and the event where the asker may read it."""

    number: int
    hash: str
    event: LinkedEvent | None = None


def links_of(
    stored: Sequence[StoredEvent],
    events: Sequence[CaseEvent],
    sealed: Mapping[int, tuple[SealedText, ...]],
    case: Case,
    by: Actor,
    proofs: Collection[str],
) -> tuple[Link, ...]:
    """The whole record of an order as links; ``events`` are the stored ones with their meaning,
    ``proofs`` the evidence of which it may be told."""
    hidden = {
        kept.command_id
        for kept, event in zip(stored, events, strict=True)
        if not (_sees(event, case, by, proofs) and _reads(kept, event, case, by))
    }
    return tuple(
        Link(e.number, e.hash.hex(), None if e.command_id in hidden else _linked(e, sealed))
        for e in stored
    )


def faults_of(order: str, links: Sequence[Link]) -> list[str]:
    """What is wrong with a chain, in words; empty when it is whole as far as it can be read."""
    found: list[str] = []
    previous = GENESIS
    for expected, link in enumerate(links, start=1):
        if link.number != expected:
            return [*found, f"event {expected} is missing; event {link.number} is in its place"]
        try:
            stated = bytes.fromhex(link.hash)
            if link.event and _hash(previous, order, expected, link.event) != stated:
                found.append(f"event {expected} is not what was recorded: its hash does not match")
        except (ValueError, OverflowError):
            return [*found, f"event {expected} cannot be read"]
        previous = stated
    return found


def _hash(previous: bytes, order: str, number: int, event: LinkedEvent) -> bytes:
    sealed = [SealedText(t.ref, t.owner, bytes.fromhex(t.digest)) for t in event.texts]
    by = Actor(event.person, Role(event.role))
    at = from_micros(event.at)
    kept = StoredEvent(number, at, by, event.command, event.type, event.body.encode(), b"")
    return next_hash(previous, order, number, kept, sealed)


def _linked(kept: StoredEvent, sealed: Mapping[int, tuple[SealedText, ...]]) -> LinkedEvent:
    return LinkedEvent(
        at=to_micros(kept.at),
        person=kept.by.person,
        role=kept.by.role.value,
        command=kept.command_id,
        type=kept.type,
        body=kept.body.decode(),
        texts=tuple(TextDigest(t.ref, t.owner, t.digest.hex())
                    for t in sorted(sealed.get(kept.number, ()), key=lambda text: text.ref)),
    )  # fmt: skip


def _reads(kept: StoredEvent, event: CaseEvent, case: Case, by: Actor) -> bool:
    """Whether ``by``, who may know of the event, may read it to its last field."""
    if is_staff(by):
        return True
    if kept.by.role in STAFF or isinstance(event, INTERNAL):
        return False
    return not _names_staff(msgspec.to_builtins(event), (case.order.buyer, case.order.seller))


def _names_staff(value: Any, parties: tuple[str, ...]) -> bool:
    """Whether a field anywhere within holds the id of somebody who works for the platform."""
    if isinstance(value, dict):
        named = (part for name, part in value.items() if part and name in (*NAMES_STAFF, "by"))
        if any(part not in (*SIDES, *parties) for part in named):
            return True
        return any(_names_staff(part, parties) for part in value.values())
    return isinstance(value, list) and any(_names_staff(part, parties) for part in value)


def _sees(event: CaseEvent, case: Case, by: Actor, proofs: Collection[str]) -> bool:
    if isinstance(event, DisputeEvent):
        return sees_dispute(case.disputes[event.dispute], by)
    if isinstance(event, EvidenceUploaded):
        return event.evidence.id in proofs
    if isinstance(event, EvidenceOpened | EvidenceWithdrawn):
        return event.evidence in proofs
    if isinstance(event, _AS_PUT_IN):
        return by.role in SEES_ADDRESSES
    return by.role in _READS_ALL or isinstance(event, _OPEN)
