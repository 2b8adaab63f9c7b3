"""Erasing a person: the key by which all they wrote can be read, and the files they put on record.

The record goes on without them and still checks: it holds their id and digests of what is gone.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from amends.dispute.state import Case
from amends.entrypoints.looking import texts_of
from amends.entrypoints.service import Service
from amends.kernel.people import PersonId, Role

_AT_ONCE = 100
_SIDES = (Role.BUYER, Role.SELLER)


class Erased(Struct, frozen=True):
    """What went: how many files, how many keys of the interface, and whether there were words."""

    files: int
    keys: int
    words: bool


def open_disputes(service: Service, person: PersonId) -> int:
    """In how many disputes that are not over they are a side. Nobody could rule on these without
    what was said."""
    counted = (
        service.store.views.totals("disputes", None, ("phase",), {side.value: person})
        for side in _SIDES
    )
    return sum(n for found in counted for (phase,), n in found.items() if phase != "closed")


def erase(service: Service, person: PersonId) -> Erased:
    """Erase them for good. Begun again after it was cut short, it goes on where it was."""
    known, now = service.store.access.keys(), service.clock.now()
    keys = [key.id for key in known if key.actor.person == person and key.revoked_at is None]
    for key in keys:
        service.store.access.revoke_key(key, now)
    files = 0
    for case in _cases(service, person):
        proofs = [e for e in case.order.evidence.values() if e.by == person]
        texts = texts_of(service, case.order.id, *proofs)
        # While they can still be found: the way to a file is sealed with the key.
        for file_key in [texts.entry(proof.ref, "file_key") for proof in proofs]:
            if file_key:
                service.files.delete(str(file_key))
                files += 1
    return Erased(files, len(keys), service.store.records.erase(person))


def _cases(service: Service, person: PersonId) -> Iterator[Case]:
    for side in _SIDES:
        after: str | None = None
        while True:
            page = service.store.views.page(
                "orders", {side.value: person}, order_by="placed_at", after=after, limit=_AT_ONCE
            )
            found = service.engine.views([str(row["order_id"]) for row in page.rows])
            yield from (view.state for view in found.values())
            after = page.next
            if after is None:
                break
