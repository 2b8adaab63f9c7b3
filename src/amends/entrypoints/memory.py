"""How a server process that lives long holds its memory."""

from __future__ import annotations

import ctypes
import gc

# A group of commands makes thousands of objects and drops them all: looking for cycles among them
# as often as Python would by itself costs a tenth of the time.
_COLLECT_AFTER = (50_000, 20, 50)
_MOST_ARENAS = -8  # M_ARENA_MAX of glibc's malloc.h


def settle() -> None:
    """To be called when all a server needs is there, before it starts its threads.

    What is there by now stays. Going through it again and again would hold up, each time for longer
    than a page takes, whoever is being answered. It is not gone through before either: that costs a
    start 50 ms and finds two dozen objects. And glibc would give each of two dozen threads a
    heap of its own, of which none is used up before the next one grows: as one interpreter runs one
    of them at a time, two heaps do.
    """
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    if set_option := getattr(ctypes.CDLL(None), "mallopt", None):
        set_option(_MOST_ARENAS, 2)
