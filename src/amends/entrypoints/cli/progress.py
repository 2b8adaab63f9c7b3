"""Progress on stderr, where that is a terminal."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]


@contextmanager
def working(what: str) -> Iterator[None]:
    """Shows that something of unknown length goes on."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        yield


@contextmanager
def steps(what: str) -> Iterator[Callable[[str, int], None]]:
    """Shows which part is worked on and how much of it is done; the block calls what it is given
    with the part and each step's size."""
    if not sys.stderr.isatty():
        yield lambda _part, _step: None
        return
    from rich.console import Console

    done: dict[str, int] = defaultdict(int)
    with Console(stderr=True).status(f"{what} …") as status:

        def tell(part: str, step: int) -> None:
            done[part] += step
            status.update(f"{what}: {part}, {done[part]:,} …")

        yield tell


@contextmanager
def counted(what: str, total: int | None) -> Iterator[Advance]:
    """Shows how far something is; the block calls what it is given with each step's size."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda step: progress.advance(task, step)
