"""The results as a page for people: bars with figure and verdict, every figure, and plots."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.bars import Verdict, verdicts
from bench.parts import PARTS
from bench.results import Results, Run

_INTRO = """# What amends does on little hardware

Made by `make bench`; `python -m bench --only PART` measures a part anew. Whoever sends the load,
the server and the database share one machine, so what counts is the ratio to the floor measured
beside.
"""


def report(results: Results, folder: Path) -> None:
    """Write ``README.md`` and the plots it shows into ``folder``."""
    # What draws takes longer to load than all else, and every part is measured by a new process.
    from bench.plots import draw  # noqa: PLC0415

    plots = draw(results, folder)
    used = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    lines = [
        _INTRO,
        f"Measured on: {results.machine}; {used}.",
        "",
        "## Bars",
        "",
        *_table(("figure", "where", "bar", "measured", ""), map(_of_bar, verdicts(results))),
        "",
        *(f"![{title}]({name})" for name, title in plots.items()),
        "",
        "## Every figure",
    ]
    for part in PARTS.values():
        runs = [run for run in results.runs if run.part == part.name]
        if runs:
            lines += ["", f"### {part.name}: {part.about}", ""]
            lines += _table(*_figures(runs))
    (folder / "README.md").write_text("\n".join(lines) + "\n", "utf-8")


def place_of(database: str, orders: int) -> str:
    """A database in words."""
    return ", ".join(word for word in (database, f"{orders:,} orders" if orders else "") if word)


def number(value: float) -> str:
    """With as many decimals as help."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def in_words(verdict: Verdict) -> str:
    """A line."""
    return " | ".join(_of_bar(verdict))


def _of_bar(verdict: Verdict) -> tuple[str, ...]:
    bar = verdict.bar
    what = f"{bar.part}: {bar.figure}"
    if bar.of == "sizes":
        what += ", many by few orders"
    measured = f"{number(verdict.value)} {verdict.unit}"
    held = "holds" if verdict.holds else "**missed**"
    return what, place_of(verdict.database, verdict.orders), bar.limit, measured, held


def _figures(runs: list[Run]) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    names = dict.fromkeys(figure.name for run in runs for figure in run.figures)

    def rows() -> Iterator[tuple[str, ...]]:
        for name in names:
            yield (name, *(_cell(run, name) for run in runs))
        yield ("measured", *(f"{run.at:%Y-%m-%d %H:%M}, {run.commit}" for run in runs))
        yield ("load before", *(f"{run.load}" for run in runs))

    return ("", *(place_of(run.database, run.orders) for run in runs)), rows()


def _cell(run: Run, name: str) -> str:
    figure = run.figure(name)
    if figure is None:
        return ""
    text = f"{number(figure.value)} {figure.unit}"
    if figure.ratio is not None:
        text += f" ({figure.ratio:.2f} of {number(figure.floor or 0)})"
    return text


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> list[str]:
    body = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *body]
