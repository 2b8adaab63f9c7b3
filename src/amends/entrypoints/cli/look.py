"""``amends orders``, ``disputes``, ``refunds`` and ``policy explain``: looking into the service."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from amends.entrypoints.cli.options import DATABASE, AsJson, Database, actor, asker
from amends.entrypoints.cli.telling import as_json, failure, opened, table
from amends.kernel.people import Role

if TYPE_CHECKING:
    from amends.entrypoints.api.calls import Call, Reply
    from amends.entrypoints.api.context import Api
    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.views.structs import DeadlineView

Limit = Annotated[int, typer.Option(help="At most so many.", min=1, max=200)]
By = Annotated[str, typer.Option("--as", metavar="ROLE:PERSON", help="Through whose eyes.")]
OPERATOR = "admin:operator"


def _filter(help_: str) -> Any:
    return typer.Option(help=help_)


def orders_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Look at orders.")

    @app.command("list")
    def list_(
        buyer: Annotated[str | None, _filter("Of this buyer.")] = None,
        seller: Annotated[str | None, _filter("Of this seller.")] = None,
        status: Annotated[str | None, _filter("With this status, such as shipped.")] = None,
        limit: Limit = 50,
        by: By = OPERATOR,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """List orders, newest first."""
        from amends.entrypoints.api.lists import get_orders

        filters = {"buyer": buyer, "seller": seller, "status": status, "limit": str(limit)}
        columns = ("id", "placed_at", "status", "captured", "buyer", "seller", "disputes")
        listed(tools, database, get_orders, filters, by, columns, json=json)

    @app.command()
    def show(
        order: Annotated[str, typer.Argument(help="The order's id.")],
        by: By = OPERATOR,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """Show an order: lines, parcels, protection, clocks, and what can be done now."""
        from amends.entrypoints.looking import look
        from amends.entrypoints.views.order import order_view

        with opened(tools, database) as service:
            looking = look(service, order, actor(by))
            if looking is None:
                raise failure(f"There is no order {order}; see: amends orders list")
            view = order_view(looking)
        if json:
            return as_json(view)
        typer.echo(f"{view.id}: {view.status}, placed {_said(view.placed_at)}")
        typer.echo(f"buyer {view.buyer.id}, seller {view.seller.id}, policy {view.policy.id}"
                   f" {view.policy.version}, captured {_said(view.payment.captured)},"
                   f" refunded {_said(view.refunded)}")  # fmt: skip
        for line in view.lines:
            title = line.title or line.sku or ""
            typer.echo(f"line {line.id}: {line.quantity} × {title}, paid {_said(line.paid)}")
        for parcel in view.shipments:
            typer.echo(
                f"parcel {parcel.id}: {parcel.carrier} {parcel.tracking_number} ({parcel.check}),"
                f" {parcel.status or 'shipped'} {_said(parcel.status_at or parcel.shipped_at)}"
            )
        for refund in view.refunds:
            typer.echo(f"refund {refund.id}: {_said(refund.amount)}, {refund.state}")
        for dispute in view.disputes:
            typer.echo(f"dispute {dispute}; see: amends disputes show {dispute}")
        _clocks(view.deadlines)
        _options(view.options)
        return None

    return app


def disputes_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Look at disputes.")

    @app.command("list")
    def list_(
        phase: Annotated[str | None, _filter("In this phase, such as mediation.")] = None,
        turn: Annotated[str | None, _filter("Waiting for this side or role.")] = None,
        buyer: Annotated[str | None, _filter("Of this buyer.")] = None,
        seller: Annotated[str | None, _filter("Of this seller.")] = None,
        order: Annotated[str | None, _filter("Of this order.")] = None,
        limit: Limit = 50,
        by: By = OPERATOR,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """List disputes, newest first."""
        from amends.entrypoints.api.lists import get_disputes

        filters = {
            "phase": phase, "turn": turn, "buyer": buyer, "seller": seller, "order": order,
            "limit": str(limit),
        }  # fmt: skip
        columns = ("id", "phase", "turn", "outcome", "reason", "amount", "opened_at", "due_at")
        listed(tools, database, get_disputes, filters, by, columns, json=json)

    @app.command()
    def show(
        dispute: Annotated[str, typer.Argument(help="The dispute's id, such as A-1001-D1.")],
        by: By = OPERATOR,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """Show a dispute: claim, offers, evidence, ruling, clocks, and what can be done now."""
        from amends.entrypoints.looking import look_at_dispute
        from amends.entrypoints.views.dispute import dispute_view

        with opened(tools, database) as service:
            found = look_at_dispute(service, dispute, actor(by))
            if found is None:
                raise failure(f"There is no dispute {dispute}; see: amends disputes list")
            view = dispute_view(*found)
        if json:
            return as_json(view)
        turn = f"{view.turn}'s turn" if view.turn else str(view.outcome)
        typer.echo(f"{view.id}: {view.phase}, {turn}, opened {_said(view.opened_at)}")
        claim = view.claim
        units = ", ".join(f"{part.quantity} of line {part.line}" for part in claim.lines)
        typer.echo(f"claim: {claim.reason}, {claim.remedy} {_said(claim.amount)} for {units}")
        typer.echo(f"    {claim.description or ''}")
        for offer in view.offers:
            note = f": {offer.note}" if offer.note and offer.note != claim.description else ""
            typer.echo(
                f"offer {offer.id} of the {offer.by}, {offer.remedy} {_said(offer.amount)},"
                f" {offer.status}{note}"
            )
        for proof in view.evidence:
            typer.echo(f"evidence {proof.id} of the {proof.by}: {proof.kind} {proof.name or ''}")
        if view.ruling:
            ruling = view.ruling
            typer.echo(f"ruling: {ruling.finding}, {ruling.remedy} {_said(ruling.amount)}")
            typer.echo(f"    {ruling.text or ''}")
        if view.appeal:
            decided = view.appeal.decision or "not decided"
            typer.echo(f"appeal of the {view.appeal.by}, {view.appeal.grounds}: {decided}")
        for refund in view.refunds:
            typer.echo(f"refund {refund.id}: {_said(refund.amount)}, {refund.state}")
        _clocks(view.deadlines)
        _options(view.options)
        return None

    return app


def refunds_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Look at refunds.")

    @app.command("list")
    def list_(
        state: Annotated[str | None, _filter("recorded, unknown, settled, failed, …")] = None,
        order: Annotated[str | None, _filter("Of this order.")] = None,
        limit: Limit = 50,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """List refunds, newest first."""
        from amends.entrypoints.api.lists import get_refunds

        filters = {"state": state, "order": order, "limit": str(limit)}
        columns = ("id", "state", "amount", "reference", "recorded_at", "settled_at")
        listed(tools, database, get_refunds, filters, OPERATOR, columns, json=json)

    return app


def explain_order(tools: Toolkit, order: str, database: str) -> None:
    """Prints what the order's pack makes of it: each window and clock with rule and source."""
    from amends.entrypoints.looking import look
    from amends.entrypoints.views.dispute import dispute_view
    from amends.entrypoints.views.order import order_view

    with opened(tools, database) as service:
        looking = look(service, order, actor(OPERATOR))
        if looking is None:
            raise failure(f"There is no order {order}; see: amends orders list")
        view = order_view(looking)
        disputes = [dispute_view(looking, d) for d in looking.case.disputes.values()]
        sources = looking.terms.sources
    typer.echo(f"{view.id} is under {view.policy.id} {view.policy.version}; {view.status} now.")
    used: list[str] = []
    for entry in view.protection.lines:
        state = "can be disputed" if entry.open else "cannot be disputed now"
        where = f" in parcel {entry.shipment}" if isinstance(entry.shipment, str) else ""
        units = "1 unit" if entry.quantity == 1 else f"{entry.quantity} units"
        typer.echo(f"\nline {entry.line}, {units}{where}: {state}")
        until = _said(entry.closes_at) if entry.closes_at else "no end yet"
        typer.echo(f"    from {_said(entry.opens_at)} until {until}")
        for why in entry.why:
            typer.echo(f"    {why.rule}: {why.text}  [{why.source}]")
            used.append(why.source)
        for reason, remedies in entry.remedies_by_reason.items():
            typer.echo(f"    {reason}: {', '.join(remedies)}")
    for title, clocks in (
        ("the order", view.deadlines),
        *((f"{d.id} ({d.phase})", d.deadlines) for d in disputes),
    ):
        if clocks:
            typer.echo(f"\n{title}")
            _clocks(clocks)
            used += [clock.source for clock in clocks]
    named = {name.strip() for source in used for name in source.split(",")}
    shown = [(name, text) for name, text in sources.items() if name in named]
    if shown:
        typer.echo("\nsources")
        for name, text in shown:
            typer.echo(f"    {name}: {text}")


def listed(
    tools: Toolkit,
    database: str,
    get: Callable[[Api, Call], Reply],
    filters: Mapping[str, str | None],
    by: str,
    columns: tuple[str, ...],
    *,
    json: bool,
    allowed: frozenset[Role] = frozenset(Role),
) -> None:
    """Prints a page of a list of the interface, as ``by`` may see it; it is for the roles
    ``allowed``."""
    from amends.entrypoints.api.calls import Call
    from amends.entrypoints.api.context import Api

    who = asker(by, allowed)
    query = {name: value for name, value in filters.items() if value is not None}
    with opened(tools, database) as service:
        reply = get(Api(service), Call(who, "GET", "", {}, query))
    if json:
        typer.echo(reply.body.decode())
        return
    page = msgspec.json.decode(reply.body)
    rows = [tuple(_cell(item[column]) for column in columns) for item in page["items"]]
    table(columns, rows)
    if page["next"]:
        typer.echo(f"There are more than these {len(rows)}; give a filter.", err=True)


def _cell(value: Any) -> str:
    from amends.kernel.money import Money

    match value:
        case None:
            return ""
        case {"amount": int(amount), "currency": str(currency)}:
            return _said(Money(amount, currency))
        case _:
            return str(value)


def _said(value: Any) -> str:
    """A value in a line. Instants with their year, since an operator looks at old orders too."""
    from amends.entrypoints.words.catalogue import words

    is_instant = isinstance(value, datetime)
    return f"{value:%Y-%m-%d %H:%M} UTC" if is_instant else words().fact("", value)


def _clocks(clocks: Iterable[DeadlineView]) -> None:
    from amends.entrypoints.words.formatting import weekday_instant

    for clock in clocks:
        typer.echo(f"    {clock.what} ({clock.turn}) by {weekday_instant(clock.at)}: {clock.why}")
        then = f"; then: {clock.then}" if clock.then else ""
        typer.echo(f"        {clock.rule}  [{clock.source}]{then}")


def _options(options: Iterable[Any]) -> None:
    allowed = [option.type for option in options if option.allowed]
    if allowed:
        typer.echo(f"can be done now: {', '.join(allowed)}")
