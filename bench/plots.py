"""The results as drawings: ratios to their floors, few against many orders, how long pages take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from bench.bars import SIZES, Verdict, verdicts
from bench.results import Results

_COLOURS = {"sqlite": "#3b6ea5", "postgresql": "#c8743a", "": "#777777"}
# The same drawing gives the same file.
_SETTINGS: dict[Any, Any] = {"svg.hashsalt": "amends", "svg.fonttype": "none", "font.size": 9}


def draw(results: Results, folder: Path) -> dict[str, str]:
    """Write each drawing there is something for; title by file name."""
    there: dict[str, tuple[str, Callable[[Results, Axes], bool]]] = {
        "ratios.svg": ("How much of the floor is reached", _ratios),
        "sizes.svg": ("10,000 and 1,000,000 stored orders", _sizes),
        "pages.svg": ("How long the server takes at 50 requests a second", _pages),
    }
    drawn = {}
    for name, (title, onto) in there.items():
        (folder / name).unlink(missing_ok=True)
        with mpl.rc_context(_SETTINGS):
            drawing = Drawing(figsize=(7, 3.2), layout="constrained")
            axes = drawing.add_subplot()
            axes.set_title(title)
            axes.spines[["top", "right"]].set_visible(False)
            if onto(results, axes):
                drawing.savefig(folder / name, metadata={"Date": None})
                drawn[name] = title
    return drawn


def _ratios(results: Results, axes: Axes) -> bool:
    found = [v for v in verdicts(results) if v.bar.of == "ratio"]
    _bars(axes, found, [f"{v.bar.part}, {v.database} {v.orders:,}" for v in found])
    axes.set_xlabel("of the floor; the mark is the bar")
    return bool(found)


def _sizes(results: Results, axes: Axes) -> bool:
    found = [v for v in verdicts(results) if v.bar.of == "sizes"]
    _bars(axes, found, [f"{v.bar.part}, {v.database}" for v in found])
    axes.set_xlabel("the larger by the smaller figure; the mark is the bar")
    return bool(found)


def _bars(axes: Axes, found: list[Verdict], names: list[str]) -> None:
    rows = range(len(found))
    colours = [_COLOURS[v.database] for v in found]
    axes.barh(rows, [v.value for v in found], color=colours, tick_label=names)
    for row, verdict in enumerate(found):
        limit = verdict.bar.least or verdict.bar.most or 0.0
        axes.plot([limit, limit], [row - 0.4, row + 0.4], color="black")
    axes.invert_yaxis()


def _pages(results: Results, axes: Axes) -> bool:
    runs = [run for run in results.runs if run.part == "pages" and run.orders == max(SIZES)]
    if not runs:
        return False
    for run in runs:
        times = run.distributions["all"]
        share = [100 * (n + 1) / (len(times) + 1) for n in range(len(times))]
        axes.plot(times, share, color=_COLOURS[run.database], label=run.database)
    axes.set_xlabel("ms within the server")
    axes.set_ylabel("% of requests")
    axes.set_xscale("log")
    axes.legend()
    return True
