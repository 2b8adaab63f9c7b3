"""What a database was made for and served with, which those who serve it later are held to."""

from __future__ import annotations

import msgspec

from amends.engine.service import Meta
from amends.engine.store import Store
from amends.policy.library import Library
from amends.policy.terms import PackRef

_MADE_FOR = "made_for"
_PACKS = "packs"


def claim(store: Store, *, sandbox: bool | None) -> bool:
    """Whether the database is a sandbox's. A new one is marked as such or not; raises ValueError
    for one of another kind than ``sandbox`` says."""
    wanted = "sandbox" if sandbox else "live"
    found = store.meta.get(_MADE_FOR)
    if found is None and sandbox and store.upkeep.orders(limit=1):
        found = "live"
    if found is None:
        store.meta.put(_MADE_FOR, wanted)
        return bool(sandbox)
    if found != wanted and sandbox:
        raise ValueError(
            "this database was not made by a sandbox, whose clock would let its deadlines run out;"
            " name a database of the sandbox's own"
        )
    if found != wanted and sandbox is not None:
        raise ValueError(
            "this database was made by a sandbox, on a clock of its own; serve it with --sandbox,"
            " or name another database"
        )
    return found == "sandbox"


def pin(meta: Meta, library: Library) -> None:
    """Hold the packs against those this database was served with before, and keep the new ones.

    Raises PinnedPackError when one is gone or its values were changed.
    """
    kept = meta.get(_PACKS)
    refs = msgspec.json.decode(kept, type=list[PackRef]) if kept else []
    for ref in refs:
        library.pinned(ref)
    now = [terms.ref for terms in library.all()]
    if now != refs:
        meta.put(_PACKS, msgspec.json.encode(now).decode())
