"""The chain of hashes through an order's events: a record that shows when it was changed.

An event's hash is SHA-256 over the hash before it and a list of fields, each as UTF-8 with its
length in front (``5:hello,``, a netstring), so that anybody can reckon it again in any language:
order, number, instant (microseconds since 1970), person, role, command, type, body, and of every
text written with it, sorted by reference, the reference, its owner and the SHA-256 of its
ciphertext in hexadecimal. Because it is the ciphertext that is hashed, destroying a person's key
leaves every hash as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from amends.engine.store import NewEvent, SealedText, StoredEvent
from amends.kernel.instants import to_micros

GENESIS = bytes(32)


def next_hash(
    previous: bytes,
    order: str,
    number: int,
    event: NewEvent | StoredEvent,
    sealed: Iterable[SealedText],
) -> bytes:
    """The hash of event ``number`` of ``order``; ``previous`` is GENESIS for the first."""
    fields = [
        order.encode(),
        b"%d" % number,
        b"%d" % to_micros(event.at),
        event.by.person.encode(),
        event.by.role.value.encode(),
        event.command_id.encode(),
        event.type.encode(),
        event.body,
    ]
    for text in sorted(sealed, key=lambda s: s.ref):
        fields += [text.ref.encode(), text.owner.encode(), text.digest.hex().encode()]
    framed = b"".join([b"%d:%b," % (len(field), field) for field in fields])
    return hashlib.sha256(previous + framed).digest()


def breaks(
    order: str,
    events: Sequence[StoredEvent],
    sealed: dict[int, tuple[SealedText, ...]],
) -> list[str]:
    """What is wrong with a stored stream, in words; empty when it is whole from its first event.

    After a break the chain is followed on from the hash as stored, so that one change is told once.
    """
    found, previous = [], GENESIS
    for expected, event in enumerate(events, start=1):
        if event.number != expected:
            found.append(f"event {expected} is missing; event {event.number} stands in its place")
            return found
        if next_hash(previous, order, expected, event, sealed.get(expected, ())) != event.hash:
            found.append(f"event {expected} is not what was recorded: its hash does not match")
        previous = event.hash
    for number in sorted(set(sealed) - {event.number for event in events}):
        found.append(f"a text says it was written with event {number}, which does not exist")
    return found
