"""``amends keys`` and ``amends link``: who may come in."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import (
    DATABASE,
    BaseUrl,
    Database,
    person_id,
    role_called,
)
from amends.entrypoints.cli.telling import failure, opened, table
from amends.kernel.people import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.service import Service

RoleName = Annotated[str, typer.Option("--role", help="buyer, seller, marketplace, mediator, …")]

_LASTS = timedelta(hours=24)


def sign_in_link(service: Service, by: Actor, leads_to: str = "/") -> str:
    """The address of a fresh link that signs ``by`` in, once, within a day."""
    from amends.entrypoints.links import links_of

    return links_of(service).make(by, leads_to, _LASTS).url


def link_command(tools: Toolkit) -> Callable[..., None]:
    """The command."""

    def link(
        person: Annotated[str, typer.Argument(help="The person's id.")],
        role: RoleName,
        order: Annotated[str | None, typer.Option(help="The order to lead to.")] = None,
        base_url: BaseUrl = "http://127.0.0.1:8000",
        database: Database = DATABASE,
    ) -> None:
        """Print a link that signs a person in, once, within a day."""
        by = Actor(person_id(person), role_called(role))
        leads_to = f"/orders/{person_id(order)}" if order else "/"
        with opened(tools, database, base_url=base_url) as service:
            if order:
                _sees(service, order, by)
            typer.echo(sign_in_link(service, by, leads_to))

    return link


def _sees(service: Service, order: str, by: Actor) -> None:
    """Raises failure where the link would lead to a page that is not there."""
    from amends.entrypoints.looking import look

    if look(service, order, by) is not None:
        return
    view = service.engine.view(order)
    if view is None:
        raise failure(f"There is no order {order}; see: amends orders list")
    parties = f"its buyer is {view.state.order.buyer}, its seller {view.state.order.seller}"
    raise failure(f"{by.person} as {by.role.value} may not see order {order}; {parties}.")


def keys_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Keys of the API.")

    @app.command()
    def create(
        role: RoleName,
        person: Annotated[str, typer.Option(help="Whose key it is: the person's id.")],
        name: Annotated[str | None, typer.Option(help="What to call the key.")] = None,
        read_only: Annotated[bool, typer.Option("--read-only", help="For reading only.")] = False,
        database: Database = DATABASE,
    ) -> None:
        """Make a key. Its secret is shown this once and cannot be looked up later."""
        from amends.engine.access import ApiKey

        by = Actor(person_id(person), role_called(role))
        with opened(tools, database, make=True) as service:
            secret = service.new_token()
            key_id = person_id(name) if name else f"{by.role.value}-{service.new_token()[:8]}"
            scopes = ("read",) if read_only else ()
            key = ApiKey(key_id, by, scopes, service.clock.now())
            try:
                service.store.access.add_key(key, secret)
            except ValueError:
                raise failure(f"There is a key {key_id}; give another --name.") from None
        whose = f"{by.person} as {by.role.value}"
        typer.echo(f"Key {key_id} for {whose}. Keep its secret now:", err=True)
        typer.echo(secret)

    @app.command("list")
    def list_(database: Database = DATABASE) -> None:
        """List all keys, revoked ones too, without their secrets."""
        with opened(tools, database) as service:
            keys = service.store.access.keys()
            rows = [
                (
                    key.id,
                    key.actor.role.value,
                    key.actor.person,
                    " ".join(key.scopes) or "all",
                    f"{key.created_at:%Y-%m-%d %H:%M}",
                    f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "",
                )
                for key in keys
            ]
        table(("key", "role", "person", "scopes", "created", "revoked"), rows)

    @app.command()
    def revoke(
        key: Annotated[str, typer.Argument(help="The key's id, as in: amends keys list.")],
        database: Database = DATABASE,
    ) -> None:
        """Make a key useless from now on."""
        with opened(tools, database) as service:
            if not service.store.access.revoke_key(key, service.clock.now()):
                raise failure(f"There is no key {key} in force; see: amends keys list")
        typer.echo(f"Key {key} opens nothing any more.")

    return app
