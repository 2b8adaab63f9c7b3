"""Hash slots, by which the orders are shared out among the processes that look after them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from functools import lru_cache

SLOTS = 64
"""How many there are. It stands in every row that has a slot: changing it needs a migration."""

ALL_SLOTS = frozenset(range(SLOTS))


# The same orders are asked about again and again while a batch of them is worked on.
@lru_cache(maxsize=4096)
def slot_of(order: str) -> int:
    """The slot of an order, the same for ever: the first byte of its id's SHA-256, modulo."""
    return hashlib.sha256(order.encode()).digest()[0] % SLOTS


def every_slot() -> frozenset[int]:
    """The slots of whoever looks after all orders alone."""
    return ALL_SLOTS


def fair_share(me: str, alive: Collection[str], holders: Mapping[int, str]) -> frozenset[int]:
    """The slots that the worker ``me`` is to hold, of which some may still have to be taken.

    ``holders`` are the workers that hold each slot now; whatever they do not hold is free. Every
    worker alive (``me`` among them) has the same number of slots, but for one more for the first
    few of them by name. A worker keeps what it has, gives up what is above its number and takes
    only what is free, so that nothing moves without need and no slot is ever asked of two.
    """
    workers = sorted({*alive, me})
    number, over = divmod(SLOTS, len(workers))
    number += workers.index(me) < over
    mine = sorted(slot for slot, holder in holders.items() if holder == me)
    free = sorted(ALL_SLOTS - holders.keys())
    return frozenset([*mine, *free][:number])
