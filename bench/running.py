"""How soon a server answers after its start, and what memory it holds after many requests.

The start is that of ``amends serve`` as somebody types it, up to the first answer. The requests are
those of ``bench.pages``, one after the other over a few connections as fast as they are answered.
"""

from __future__ import annotations

import random
import sys
from statistics import median

from amends.store import open_store
from bench.http import serving
from bench.pages import SERVE, Visitors, look_at
from bench.results import Measured

_AS_FAST_AS_CAN_BE = 1e9


def measure(url: str, orders: int, *, requests: int = 10_000, starts: int = 5) -> list[Measured]:
    """Seconds to the first answer, and memory in MB after a tenth, half and all of the requests."""
    command = [sys.executable, "-m", "amends", "serve", "--database", url, "--port", "0"]
    seconds = []
    for _ in range(starts):
        with serving(command) as server:
            seconds.append(server.started_in)
    store = open_store(url)
    there = Visitors(store, orders, random.Random(orders)).looks()
    looks = [next(there) for _ in range(requests)]
    store.close()
    tenth, half = requests // 10, requests // 2
    held = []
    with serving([sys.executable, "-c", SERVE, url]) as server:
        for some in (looks[:tenth], looks[tenth:half], looks[half:]):
            look_at(server, some, _AS_FAST_AS_CAN_BE)
            held.append(server.megabytes())
    return [
        ("start to first answer", median(seconds), "s", None),
        ("memory after a tenth of the requests", held[0], "MB", None),
        ("memory after half of the requests", held[1], "MB", None),
        ("memory after all requests", held[2], "MB", None),
        ("memory, second half", held[2] - held[1], "MB", None),
    ]
