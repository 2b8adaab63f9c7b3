"""``amends do``: every command of the product, given from a terminal."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from amends.entrypoints.cli.options import DATABASE, As, Database, actor
from amends.entrypoints.cli.telling import failure, opened, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from msgspec import Struct

    from amends.dispute.judge import CaseCommand
    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.service import CaseAnswer, Service
    from amends.kernel.people import Actor

Fields = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FIELD=VALUE]...",
        help="Its fields: amount='720.00 RUB' received=yes evidence=E1,E2 address.city=Perm",
    ),
]
Json = Annotated[
    str | None,
    typer.Option("--json", help="The fields as a JSON object instead; @FILE reads it, - is stdin."),
]
File = Annotated[Path | None, typer.Option("--file", help="With upload_evidence: what to upload.")]
Key = Annotated[
    str | None,
    typer.Option("--key", help="An idempotency key: the same again under it changes nothing."),
]


def do_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(
        no_args_is_help=True,
        help="Give any command to an order or a dispute, judged like everybody's."
        " Which there are: amends do commands",
    )

    @app.command()
    def commands() -> None:
        """List the commands: who may give each, and its fields, those that must be given first."""
        from amends.dispute.decide import COMMANDS as OF_DISPUTE
        from amends.dispute.decide import open_dispute
        from amends.order.decide import COMMANDS as OF_ORDER
        from amends.order.decide import place_order

        by = {command: module.BY for command, module in OF_ORDER.items()}
        by |= {command: module.BY for command, module in OF_DISPUTE.items()}
        by |= {place_order.PlaceOrder: place_order.BY, open_dispute.OpenDispute: open_dispute.BY}
        for heading, types in (("order", order_types()), ("dispute", types_at_dispute())):
            typer.echo(f"amends do {heading}")
            for name, command in types.items():
                typer.echo(f"    {name}: {', '.join(sorted(by[command]))}")
                typer.echo(f"        {_fields_of(command)}")

    @app.command("order")
    def order_(
        order: Annotated[str, typer.Argument(help="The order's id.")],
        type_: Annotated[str, typer.Argument(metavar="TYPE", help="Such as confirm_receipt.")],
        by: As,
        fields: Fields = None,
        json: Json = None,
        file: File = None,
        key: Key = None,
        database: Database = DATABASE,
    ) -> None:
        """Give a command to an order: place_order, ship_order, open_dispute, …"""
        from amends.dispute.judge import OnOrder

        asker = actor(by)
        with opened(tools, database) as service:
            if type_ == "upload_evidence" and file is not None:
                return _upload(service, order, asker, file, key)
            command = _command(order_types(), type_, fields, json)
            return _give(service, OnOrder(order, command), asker, key)

    @app.command()
    def dispute(
        dispute: Annotated[str, typer.Argument(help="The dispute's id, such as A-1001-D1.")],
        type_: Annotated[str, typer.Argument(metavar="TYPE", help="Such as make_offer.")],
        by: As,
        fields: Fields = None,
        json: Json = None,
        key: Key = None,
        database: Database = DATABASE,
    ) -> None:
        """Give a command to a dispute: make_offer, accept_offer, issue_ruling, …"""
        from amends.dispute.judge import OnDispute, OnOrder
        from amends.dispute.state import order_of
        from amends.entrypoints.looking import look_at_dispute
        from amends.entrypoints.views.dispute import ON_ORDER, in_dispute
        from amends.kernel.refusals import unknown

        asker = actor(by)
        order = order_of(dispute)
        if order is None:
            raise failure(f"{dispute} is no dispute's id; those end in -D and a number.")
        with opened(tools, database) as service:
            command = _command(types_at_dispute(), type_, fields, json)
            if type_ not in ON_ORDER:
                return _give(service, OnDispute(order, dispute, command), asker, key)
            if look_at_dispute(service, dispute, asker) is None:
                raise refusal(unknown("dispute", dispute))
            return _give(service, OnOrder(order, in_dispute(command, dispute)), asker, key)

    return app


def give_to_order(
    service: Service, order: str, type_: str, fields: dict[str, str], by: Actor
) -> None:
    """Gives a command to an order by its name and fields, and says what came of it.

    Raises Problem for fields that cannot be right, and typer.Exit when it is refused.
    """
    from amends.dispute.judge import OnOrder
    from amends.entrypoints.api.bodies import struct_in

    command: Any = struct_in(fields, order_types()[type_])
    _give(service, OnOrder(order, command), by, None)


def order_types() -> dict[str, type[Struct]]:
    """Every command an order takes, by name."""
    from amends.dispute.decide.open_dispute import OpenDispute
    from amends.dispute.judge import tag_of
    from amends.order.decide import COMMANDS
    from amends.order.decide.place_order import PlaceOrder

    types: tuple[type[Struct], ...] = (PlaceOrder, *COMMANDS, OpenDispute)
    return {tag_of(command): command for command in types}


def dispute_types() -> dict[str, type[Struct]]:
    """Every command a dispute takes, by name."""
    from amends.dispute.decide import COMMANDS
    from amends.dispute.judge import tag_of

    return {tag_of(command): command for command in COMMANDS}


def types_at_dispute() -> dict[str, type[Struct]]:
    """What can be given where a dispute is: its own commands, and a few on its order."""
    from amends.entrypoints.views.dispute import ON_ORDER

    of_order = order_types()
    return {**dispute_types(), **{type_: of_order[type_] for type_ in ON_ORDER}}


def _fields_of(command: type[Struct]) -> str:
    from msgspec.structs import fields

    known = sorted(fields(command), key=lambda field: not field.required)
    shown = [f.encode_name if f.required else f"[{f.encode_name}]" for f in known]
    return " ".join(shown) or "nothing to fill in"


def _command(
    types: Mapping[str, type[Struct]], name: str, fields: list[str] | None, json: str | None
) -> Any:
    """The command as typed. Raises Problem, which ``opened`` says in words, and typer.Exit."""
    import difflib

    from amends.entrypoints.api.bodies import decode, struct_in
    from amends.entrypoints.cli.fields import BadField, read_fields

    if name not in types:
        near = difflib.get_close_matches(name, types, 1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(types))}."
        raise failure(f"There is no command {name!r} here. {hint}", code=2)
    if json is not None and fields:
        raise failure("Give the fields one way: as field=value or with --json.", code=2)
    if json is not None:
        return struct_in(decode(_text(json)), types[name])
    try:
        return struct_in(read_fields(fields or [], types[name]), types[name])
    except BadField as error:
        raise failure(f"{name}: {error}.", code=2) from None


def _text(json: str) -> bytes:
    if json == "-":
        return sys.stdin.buffer.read()
    return Path(json[1:]).read_bytes() if json.startswith("@") else json.encode()


def _give(service: Service, command: CaseCommand, by: Actor, key: str | None) -> None:
    """Sends the command and says what came of it. Refused: exit code 1."""
    import hashlib

    import msgspec
    from msgspec.structs import replace

    from amends.entrypoints.api.commands import with_number_checked
    from amends.entrypoints.service import CaseRequest
    from amends.kernel.decision import Refused

    command = replace(command, command=with_number_checked(service, command.command))
    digest = hashlib.sha256(msgspec.json.encode(command.command)).hexdigest()
    answer = service.engine.handle_one(CaseRequest(command.order, command, by, key, digest))
    if isinstance(answer.outcome, Refused):
        raise refusal(answer.outcome)
    _tell(answer)


def _tell(answer: CaseAnswer) -> None:
    from amends.dispute.events.base import DisputeEvent
    from amends.entrypoints.words.formatting import weekday_instant
    from amends.kernel.decision import Accepted

    outcome, case = answer.outcome, answer.state
    assert isinstance(outcome, Accepted) and case is not None  # noqa: S101, PT018 - not refused
    happened = [str(type(event).__struct_config__.tag) for event in outcome.events]
    what = ", ".join(happened) or "nothing new"
    typer.echo(f"{answer.order} (version {answer.version}): {what}")
    touched = {event.dispute for event in outcome.events if isinstance(event, DisputeEvent)}
    for dispute in (case.disputes[key] for key in sorted(touched)):
        line = f"{dispute.id}: {dispute.phase}"
        line += f", {dispute.turn}'s turn" if dispute.turn else f" as {dispute.outcome}"
        if dispute.deadlines:
            line += f" until {weekday_instant(min(d.at for d in dispute.deadlines))}"
        typer.echo(line)


def _upload(service: Service, order: str, by: Actor, path: Path, key: str | None) -> None:
    """Puts a file on record as the API does: looked into, cleaned, kept, then recorded."""
    import mimetypes

    from amends.entrypoints.api.calls import Call, Upload
    from amends.entrypoints.api.context import Api
    from amends.entrypoints.api.evidence import post_evidence

    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    call = Call(
        by,
        "POST",
        "/orders/{order_id}/evidence",
        {"order_id": order},
        headers={"idempotency-key": key or service.new_token()},
        upload=Upload(path.read_bytes(), path.name, media_type),
    )
    typer.echo(post_evidence(Api(service), call).body.decode())
