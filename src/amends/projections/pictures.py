"""Pictures on record, by which the same one is found in another case.

Nothing is kept of what a picture shows: its digest, and 64 bits of where it is bright and dark. Two
pictures are alike when these differ in at most ``APART`` bits; they then are equal in at least one
of four parts, each of which has an index.
"""

from __future__ import annotations

from amends.dispute.case import CaseEvent
from amends.kernel.instants import to_micros
from amends.kernel.record import Column, Recorded, Row
from amends.order.events.proof import EvidenceUploaded, EvidenceWithdrawn

APART = 3
PARTS = ("part1", "part2", "part3", "part4")
_LENGTH = 4


def picture_rows(recorded: Recorded[CaseEvent]) -> tuple[Row, ...]:
    """The row that a picture has for as long as it was not withdrawn."""
    event = recorded.event
    if isinstance(event, EvidenceWithdrawn):
        return (Row("pictures", {"evidence_id": event.evidence}, None),)
    if not isinstance(event, EvidenceUploaded) or not event.evidence.media_type.startswith(
        "image/"
    ):
        return ()
    values: dict[str, Column] = {
        "digest": event.evidence.digest,
        "likeness": event.likeness,
        "at": to_micros(event.evidence.at),
    }
    for n, part in enumerate(PARTS):
        values[part] = event.likeness[n * _LENGTH : (n + 1) * _LENGTH]
    return (Row("pictures", {"evidence_id": event.evidence.id}, values),)


def alike(one: str, other: str) -> bool:
    """Whether two likenesses are of one picture; one that is empty is like none."""
    if not one or not other:
        return False
    return (int(one, 16) ^ int(other, 16)).bit_count() <= APART
