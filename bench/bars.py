"""What the figures are held against, and how they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from bench.results import Figure, Results

SIZES = (10_000, 1_000_000)
DATABASES = ("sqlite", "postgresql")
Of = Literal["value", "ratio", "sizes"]


class Bar(Struct, frozen=True):
    """``least`` or ``most`` for a figure: for its value, for its ratio to the floor, or for
    ``sizes``, the larger by the smaller of what it is at few and at many stored orders."""

    part: str
    figure: str
    of: Of
    least: float | None = None
    most: float | None = None

    def holds(self, value: float) -> bool:
        """Whether it is reached."""
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )

    @property
    def limit(self) -> str:
        """As it is written."""
        return f"≥ {self.least:,g}" if self.least is not None else f"≤ {self.most:,g}"


_LOOKED_AT = (
    "page: order", "page: dispute", "page: seller's worklist", "page: seller's orders",
    "page: supervisor's disputes", "API: order", "API: dispute", "API: orders of a seller",
    "API: disputes by phase", "API: all orders", "API: refunds",
)  # fmt: skip
_FOUR = (("engine", "commands"), ("http", "commands through HTTP"),
         ("sweep", "decided by 2 workers"), ("import", "import, orders"))  # fmt: skip
BARS = (
    Bar("engine", "commands", "ratio", least=0.5),
    Bar("http", "commands through HTTP", "ratio", least=0.33),
    Bar("http", "commands through HTTP", "value", least=1500),
    Bar("sweep", "decided by 2 workers", "value", least=5000),
    Bar("sweep", "nothing due", "value", most=1),
    Bar("import", "import", "value", most=60),
    Bar("import", "import, orders", "ratio", least=0.2),
    *(Bar(part, figure, "sizes", most=1.3) for part, figure in _FOUR),
    *(Bar("pages", f"{looked_at}, p99", "value", most=30) for looked_at in _LOOKED_AT),
    Bar("running", "start to first answer", "value", most=1),
    Bar("running", "memory after all requests", "value", most=200),
    Bar("running", "memory, second half", "value", most=5),
    Bar("state", "state, 200 messages and 3 disputes", "value", most=8192),
)


class Verdict(Struct, frozen=True):
    """How a bar stands on one database: at so many orders, or (0) between sizes or without any."""

    bar: Bar
    database: str
    orders: int
    value: float
    unit: str

    @property
    def holds(self) -> bool:
        """Whether the bar is reached."""
        return self.bar.holds(self.value)


def verdicts(results: Results, sizes: tuple[int, int] = SIZES) -> Iterator[Verdict]:
    """On whatever was measured; a bar for which nothing was has none."""
    for bar in BARS:
        for database in ("", *DATABASES):
            found = dict(_found(bar, results, database))
            if bar.of == "sizes":
                values = [found[orders].value for orders in sizes if orders in found]
                if len(values) == len(sizes):
                    yield Verdict(bar, database, 0, max(values) / min(values), "times")
                continue
            for orders, figure in found.items():
                value = figure.ratio if bar.of == "ratio" else figure.value
                unit = "of the floor" if bar.of == "ratio" else figure.unit
                if value is not None:
                    yield Verdict(bar, database, orders, value, unit)


def _found(bar: Bar, results: Results, database: str) -> Iterator[tuple[int, Figure]]:
    for run in results.runs:
        figure = run.figure(bar.figure)
        if run.part == bar.part and run.database == database and figure:
            yield run.orders, figure
