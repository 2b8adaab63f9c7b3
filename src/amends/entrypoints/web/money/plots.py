"""Bars drawn as SVG, with their numbers beside them for whoever does not see them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

WIDTH, HEIGHT = 600, 140
_GAP = 0.2


class Bar(Struct, frozen=True):
    """A bar: what it stands for, how many, and where it is drawn."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float


class Plot(Struct, frozen=True):
    """Bars over one axis. ``most`` is the highest of them."""

    name: str
    title: str
    of: str
    bars: tuple[Bar, ...]
    most: int


def plot(name: str, title: str, of: str, entries: Sequence[tuple[str, int]]) -> Plot:
    """``entries`` are labels and counts; ``of`` says what the labels are."""
    most = max((value for _, value in entries), default=0)
    step = WIDTH / max(1, len(entries))
    return Plot(
        name,
        title,
        of,
        tuple(_bar(i * step, step, label, value, most) for i, (label, value) in enumerate(entries)),
        most,
    )


def _bar(x: float, step: float, label: str, value: int, most: int) -> Bar:
    # What is there at all is to be seen, however much there is of the rest.
    height = max(2.0, HEIGHT * value / most) if value else 0.0
    return Bar(
        label, value, round(x + step * _GAP / 2, 2), round(HEIGHT - height, 2),
        round(step * (1 - _GAP), 2), round(height, 2),
    )  # fmt: skip
