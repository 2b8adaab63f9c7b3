"""``amends rulings``: what became of rulings on appeal, by who wrote them; how like cases ended."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import DATABASE, AsJson, Database
from amends.entrypoints.cli.telling import as_json, failure, opened, table

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.precedents import Precedent, Precedents

Like = Annotated[
    str,
    typer.Option(metavar="DISPUTE", help="How cases like this one ended, the most alike first."),
]
_SHOWN = 20


def rulings_command(tools: Toolkit) -> Callable[..., None]:
    """The command."""

    def rulings(like: Like = "", json: AsJson = False, database: Database = DATABASE) -> None:
        """Count each author's rulings, those appealed, and those changed by an appeal; or show how
        cases like a dispute ended, and what is alike."""
        from amends.entrypoints.precedents import overturned

        if like:
            found_like = _alike(tools, database, like)
            if json:
                as_json(found_like)
            else:
                _show(found_like)
            return
        with opened(tools, database) as service:
            found = overturned(service.store.views)
        if json:
            as_json(found)
            return
        table(
            ("author", "issued", "appealed", "changed", "changed_percent"),
            [
                (o.author, str(o.issued), str(o.appealed), str(o.changed), str(o.changed_percent))
                for o in found
            ],
        )

    return rulings


def _alike(tools: Toolkit, database: str, dispute_id: str) -> Precedents:
    from amends.dispute.state import order_of
    from amends.entrypoints.precedents import precedents, sought_by

    with opened(tools, database) as service:
        order = order_of(dispute_id)
        view = service.engine.view(order) if order else None
        dispute = view.state.disputes.get(dispute_id) if view else None
        if view is None or dispute is None:
            raise failure(f"There is no dispute {dispute_id}.")
        return precedents(service.store, sought_by(service.rulings, view.state, dispute))


def _show(found: Precedents) -> None:
    table(
        ("dispute", "finding", "remedy", "percent", "what_is_alike"),
        [
            (one.dispute, one.finding, one.remedy, str(one.percent), _what(one))
            for one in found.found[:_SHOWN]
        ],
    )
    if found.quartiles is not None:
        low, middle, high = found.quartiles
        meant = f", {found.by_meaning} say the same in others" if found.by_meaning else ""
        whom = "half of them" if len(found.found) >= 4 else "they"
        typer.echo(
            f"Of {len(found.found)} rulings, {found.by_words} share words with it{meant};"
            f" {whom} awarded {low} to {high} percent, the middle one {middle}."
        )


def _what(one: Precedent) -> str:
    said = f"says the same: {one.same_sentence}" if one.same_sentence else ""
    return "; ".join(part for part in (", ".join(one.same_words), said) if part)
