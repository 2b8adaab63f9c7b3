"""``amends staff``: accounts of those who work for the platform."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.options import DATABASE, BaseUrl, Database, person_id, role_called
from amends.entrypoints.cli.telling import opened, refusal, table

if TYPE_CHECKING:
    from amends.engine.staff import StaffAccount
    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.service import Service
    from amends.entrypoints.staff.roster import Roster, SetUpLink
    from amends.kernel.decision import Refused

Person = Annotated[str, typer.Argument(help="The person's id.")]
NameOption = Annotated[str | None, typer.Option(help="Their name.")]
Email = Annotated[str | None, typer.Option(help="Their e-mail, by which they sign in.")]
RoleName = Annotated[
    str | None,
    typer.Option(
        "--role", help="mediator, appeals, supervisor, support, finance, auditor or admin."
    ),
]
Languages = Annotated[
    list[str] | None, typer.Option("--language", help="A language they read, like ru; repeat.")
]
Categories = Annotated[
    list[str] | None, typer.Option("--category", help="What they know about; repeat.")
]
Limits = Annotated[
    str | None,
    typer.Option(help="The most they may award alone, like '500.00 USD, 450 EUR'; '' for none."),
]
ReportsTo = Annotated[
    str | None, typer.Option(help="The id of whoever they report to; '' for nobody.")
]
Capacity = Annotated[
    str | None, typer.Option(help="How many cases they have at once at most; '' for any number.")
]
Away = Annotated[
    str | None,
    typer.Option("--away-until", help="They have no time before this day (UTC); '' for now."),
]
Interests = Annotated[
    list[str] | None,
    typer.Option("--interest", help="The id of a buyer or seller they have a tie to; repeat."),
]


def staff_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Those who work for the platform.")
    base = "http://127.0.0.1:8000"

    @app.command()
    def add(
        person: Person,
        name: Annotated[str, typer.Option(help="Their name.")],
        email: Annotated[str, typer.Option(help="Their e-mail, by which they sign in.")],
        role: RoleName = "mediator",
        language: Languages = None,
        category: Categories = None,
        limits: Limits = None,
        reports_to: ReportsTo = None,
        capacity: Capacity = None,
        away_until: Away = None,
        interest: Interests = None,
        base_url: BaseUrl = base,
        database: Database = DATABASE,
    ) -> None:
        """Add an account, and print the link on which they choose how they sign in, once, within
        three days."""
        from amends.engine.staff import StaffAccount
        from amends.kernel.people import STAFF, Member

        with opened(tools, database, base_url=base_url, make=True) as service:
            member = Member(person_id(person), role_called(role or "", STAFF))
            account = StaffAccount(member, name, email, service.clock.now())
            account = _changed(account, None, language, category, limits, reports_to)
            account = _placed(account, capacity, away_until, interest)
            _tell(service, _roster(service).add(account))

    @app.command("list")
    def list_(database: Database = DATABASE) -> None:
        """List everybody, disabled ones too."""
        from amends.entrypoints.staff.limits import written_limits

        with opened(tools, database) as service:
            rows = [
                (
                    a.member.person, a.member.role.value, a.name, a.email,
                    "disabled" if a.member.disabled else "" if a.ready else "not set up",
                    written_limits(a.member.limits), a.member.reports_to or "",
                    " ".join((*a.member.languages, *a.member.categories)),
                    "" if a.member.capacity is None else str(a.member.capacity),
                    f"{a.member.away_until:%Y-%m-%d}" if a.member.away_until else "",
                )
                for a in service.store.staff.accounts()
            ]  # fmt: skip
        headings = ("person", "role", "name", "e-mail", "state", "limits", "reports to", "skills",
                    "cases", "away until")  # fmt: skip
        table(headings, rows)

    @app.command()
    def change(
        person: Person,
        name: NameOption = None,
        email: Email = None,
        role: RoleName = None,
        language: Languages = None,
        category: Categories = None,
        limits: Limits = None,
        reports_to: ReportsTo = None,
        capacity: Capacity = None,
        away_until: Away = None,
        interest: Interests = None,
        database: Database = DATABASE,
    ) -> None:
        """Change what is given; it counts from their next request on."""
        from msgspec.structs import replace

        with opened(tools, database) as service:
            account = _account(service, person)
            known = replace(account, name=name or account.name, email=email or account.email)
            changed = _changed(known, role, language, category, limits, reports_to)
            changed = _placed(changed, capacity, away_until, interest)
            _done(_roster(service).change(changed))
        typer.echo(f"{person} is changed.")

    @app.command()
    def disable(person: Person, database: Database = DATABASE) -> None:
        """Sign somebody out everywhere, and let them in no more."""
        with opened(tools, database) as service:
            _done(_roster(service).disable(person_id(person)))
        typer.echo(f"{person} is signed out and comes in no more.")

    @app.command()
    def enable(person: Person, database: Database = DATABASE) -> None:
        """Let somebody in again who was disabled."""
        with opened(tools, database) as service:
            _done(_roster(service).disable(person_id(person), disabled=False))
        typer.echo(f"{person} comes in again.")

    @app.command()
    def reset(person: Person, base_url: BaseUrl = base, database: Database = DATABASE) -> None:
        """Sign somebody out everywhere, and print a link on which they choose anew how they sign
        in: for a lost telephone, or a password that others may know."""
        with opened(tools, database, base_url=base_url) as service:
            _tell(service, _roster(service).reset(person_id(person), service.clock.now()))

    return app


def _account(service: Service, person: str) -> StaffAccount:
    from amends.kernel.decision import Refused

    account = service.store.staff.account(person_id(person))
    if account is None:
        raise refusal(Refused("no_such_account", {"person": person}, ("see_staff",), "unknown"))
    return account


def _changed(
    account: StaffAccount,
    role: str | None,
    languages: list[str] | None,
    categories: list[str] | None,
    limits: str | None,
    reports_to: str | None,
) -> StaffAccount:
    from msgspec.structs import replace

    from amends.entrypoints.staff.limits import read_limits
    from amends.kernel.decision import Refused
    from amends.kernel.people import STAFF

    member = account.member
    if role is not None:
        member = replace(member, role=role_called(role, STAFF))
    if languages is not None:
        member = replace(member, languages=tuple(filter(None, languages)))
    if categories is not None:
        member = replace(member, categories=tuple(filter(None, categories)))
    if limits is not None:
        read = read_limits(limits)
        if isinstance(read, Refused):
            raise refusal(read)
        member = replace(member, limits=read)
    if reports_to is not None:
        member = replace(member, reports_to=reports_to or None)
    return replace(account, member=member)


def _placed(
    account: StaffAccount, capacity: str | None, away_until: str | None, interests: list[str] | None
) -> StaffAccount:
    """What the queue asks of somebody."""
    from msgspec.structs import replace

    from amends.entrypoints.staff.queueing import read_away_until, read_capacity
    from amends.kernel.decision import Refused

    member = account.member
    if capacity is not None:
        read = read_capacity(capacity)
        if isinstance(read, Refused):
            raise refusal(read)
        member = replace(member, capacity=read)
    if away_until is not None:
        until = read_away_until(away_until)
        if isinstance(until, Refused):
            raise refusal(until)
        member = replace(member, away_until=until)
    if interests is not None:
        member = replace(member, interests=tuple(filter(None, interests)))
    return replace(account, member=member)


def _roster(service: Service) -> Roster:
    from amends.entrypoints.staff.roster import Roster

    return Roster(service.store, service.new_token)


def _tell(service: Service, link: SetUpLink | Refused) -> None:
    from amends.kernel.decision import Refused

    if isinstance(link, Refused):
        raise refusal(link)
    account = link.account
    whose = f"{account.member.person} ({account.name}), {account.member.role.value}"
    typer.echo(f"Give this link to {whose}. It works once, until {link.until:%Y-%m-%d %H:%M} UTC:",
               err=True)  # fmt: skip
    typer.echo(f"{service.base_url}{link.path}")


def _done(refused: Refused | None) -> None:
    if refused is not None:
        raise refusal(refused)
