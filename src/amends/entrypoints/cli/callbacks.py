"""``amends money callbacks``: what payment providers reported, and what came of it."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from amends.engine.callbacks import State
from amends.entrypoints.cli.options import DATABASE, AsJson, Database
from amends.entrypoints.cli.telling import as_json, failure, opened, table

if TYPE_CHECKING:
    from amends.engine.callbacks import KeptCallback
    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.service import Service

Provider = Annotated[str, typer.Argument(help="The provider's name: stripe, for example.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The callback's id, as list shows it.")]


def callbacks_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="What payment providers reported.")

    @app.command("list")
    def list_(
        state: Annotated[
            State | None, typer.Option(help="Only those in this state.", show_default=False)
        ] = None,
        limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """Show what was reported, the newest first."""
        with opened(tools, database) as service:
            found = service.store.callbacks.page(state, limit=limit)
        if json:
            as_json(found)
        else:
            rows = [
                (f"{c.at:%Y-%m-%d %H:%M}", c.provider, c.id, c.kind, c.state, c.note) for c in found
            ]
            table(("received (UTC)", "provider", "id", "kind", "state", "note"), rows)

    @app.command()
    def show(provider: Provider, id_: Id, database: Database = DATABASE) -> None:
        """Print one, with what was kept of its body."""
        with opened(tools, database) as service:
            kept = _found(service, provider, id_)
        shown = {**msgspec.to_builtins(kept), "body": msgspec.json.decode(kept.body)}
        as_json(shown)

    @app.command()
    def replay(provider: Provider, id_: Id, database: Database = DATABASE) -> None:
        """Understand one again: after an update, or when what it was about is there by now.

        Nothing is paid twice by it: a report only says where to look.
        """
        from amends.entrypoints.webhooks_in.intake import intake_of

        with opened(tools, database) as service:
            _found(service, provider, id_)
            service.store.callbacks.replay(provider, id_, service.clock.now())
            intake_of(service).understand_due()
            kept = _found(service, provider, id_)
        typer.echo(f"{kept.state} {kept.note}".strip())

    return app


def _found(service: Service, provider: str, id_: str) -> KeptCallback:
    kept = service.store.callbacks.find(provider, id_)
    if kept is None:
        raise failure(
            f"{provider} has reported no {id_}. Those there are: amends money callbacks list"
        )
    return kept
