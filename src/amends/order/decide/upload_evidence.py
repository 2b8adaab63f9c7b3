"""Put a file on record with the order, once it has been looked through and cleaned."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from amends.kernel.decision import Accepted, Content, Facts, Refused
from amends.kernel.texts import END, Code, Name
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.proof import EvidenceUploaded
from amends.order.proof import UPLOADERS, side_of
from amends.order.state import Evidence

BY = UPLOADERS
Digest = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{64}}{END}", description="SHA-256 in hex")]
Likeness = Annotated[str, Meta(pattern=rf"^([0-9a-f]{{16}})?{END}", description="64 bits in hex")]
MediaType = Annotated[
    str,
    Meta(max_length=100, pattern=rf"^[a-z]+/[a-z0-9][a-z0-9.+-]*{END}", examples=["image/jpeg"]),
]


class UploadEvidence(Struct, frozen=True, forbid_unknown_fields=True, tag="upload_evidence"):
    """What the upload made of the file. ``digest``: of the bytes as kept. ``file_key``: where they
    are kept. ``name``: as its owner called it. ``found`` and ``removed``: what was in it, such as
    the place a picture was taken at, and what of that was taken out. ``likeness``: 64 bits by which
    the same picture is found in another size or quality."""

    kind: Code
    media_type: MediaType
    digest: Digest
    file_key: Name
    name: Name = ""
    found: tuple[Name, ...] = ()
    removed: tuple[Name, ...] = ()
    likeness: Likeness = ""


class EvidenceFile(Struct, frozen=True):
    """What is kept of a file apart from the events, as the JSON of its content."""

    file_key: str
    name: str
    found: tuple[str, ...]
    removed: tuple[str, ...]


def may(asked: Asked) -> Refused | None:
    """As many files as a side may put into a case, and as many again for each dispute."""
    side = side_of(asked.by)
    kept = sum(e.side == side and not e.withdrawn for e in asked.order.evidence.values())
    most = asked.terms.limits.evidence_per_side * (1 + len(asked.order.claims))
    if kept < most:
        return None
    facts: Facts = {"uploaded": kept, "most": most}
    return Refused("too_many_files", facts, ("choose_strongest", "withdraw_evidence"))


def decide(asked: Asked, command: UploadEvidence) -> OrderOutcome:
    """On record, unseen by others until it is put to a dispute or sent in a message."""
    file = EvidenceFile(command.file_key, command.name, command.found, command.removed)
    kept = Content(
        asked.stamp.ref("file"), asked.by.person, msgspec.json.encode(file).decode("utf-8")
    )
    evidence = Evidence(
        id=f"E{len(asked.order.evidence) + 1}",
        by=asked.by.person,
        side=side_of(asked.by),
        kind=command.kind,
        media_type=command.media_type,
        digest=command.digest,
        ref=kept.ref,
        at=asked.now,
    )
    uploaded = EvidenceUploaded(at=asked.now, evidence=evidence, likeness=command.likeness)
    return Accepted((uploaded,), (kept,))
