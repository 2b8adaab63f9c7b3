"""``amends queue``: what waits for somebody of the platform, and dealing it out."""

# ruff: noqa: PLC0415 - see the package's docstring

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amends.entrypoints.cli.look import OPERATOR, Limit, listed
from amends.entrypoints.cli.options import DATABASE, As, AsJson, Database, asker
from amends.entrypoints.cli.progress import counted
from amends.entrypoints.cli.telling import as_json, failure, opened, refusal, table

if TYPE_CHECKING:
    from amends.entrypoints.cli.toolkit import Toolkit
    from amends.entrypoints.service import Service
    from amends.kernel.people import Actor


def queue_app(tools: Toolkit) -> typer.Typer:
    """The sub-commands."""
    app = typer.Typer(no_args_is_help=True, help="Cases that somebody of the platform decides.")

    @app.command("list")
    def list_(
        phase: Annotated[str | None, typer.Option(help="mediation or appeal.")] = None,
        who: Annotated[str | None, typer.Option(help="A person's id, or nobody.")] = None,
        turn: Annotated[str | None, typer.Option(help="Whom it waits for.")] = None,
        language: Annotated[str | None, typer.Option(help="Like ru.")] = None,
        category: Annotated[str | None, typer.Option(help="The goods.")] = None,
        reason: Annotated[str | None, typer.Option(help="Like late.")] = None,
        find: Annotated[str | None, typer.Option(help="A dispute or a seller.")] = None,
        words: Annotated[bool, typer.Option("--words", help="Only with a watch word.")] = False,
        limit: Limit = 50,
        by: As = OPERATOR,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """List what waits, the earliest due first."""
        from amends.entrypoints.api.queue import get_queue
        from amends.entrypoints.judging.queue import WORKS_WITH

        filters = {
            "phase": phase, "who": who, "turn": turn, "language": language, "category": category,
            "reason": reason, "find": find, "words": "1" if words else None, "limit": str(limit),
        }  # fmt: skip
        columns = (
            "due_at", "dispute", "amount", "reason", "language", "phase", "turn", "has", "conflict",
        )  # fmt: skip
        listed(tools, database, get_queue, filters, by, columns, json=json, allowed=WORKS_WITH)

    @app.command()
    def own(by: As = OPERATOR, json: AsJson = False, database: Database = DATABASE) -> None:
        """Show somebody's own reminders and watch words."""
        by_whom = _at_work(by)
        with opened(tools, database) as service:
            _own(service, by_whom, json=json)

    @app.command()
    def remind(
        dispute: Annotated[str, typer.Argument(help="The dispute's id.")],
        day: Annotated[str, typer.Argument(help="Like 2026-12-31; none: no more.")] = "",
        note: Annotated[str, typer.Option(help="Of what.")] = "",
        by: As = OPERATOR,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """Be reminded of a case on a day, or no more."""
        from amends.entrypoints.judging.own import remind
        from amends.entrypoints.looking import look_at_dispute

        by_whom = _at_work(by)
        with opened(tools, database) as service:
            if look_at_dispute(service, dispute, by_whom) is None:
                raise failure(f"There is no dispute {dispute}; see: amends queue list")
            drafts, now = service.store.drafts, service.clock.now()
            refused = remind(drafts, by_whom.person, dispute, day, note, now)
            if refused is not None:
                raise refusal(refused)
            _own(service, by_whom, json=json)

    @app.command("words")
    def words_(
        words: Annotated[list[str] | None, typer.Argument(help="None: watch for none.")] = None,
        by: As = OPERATOR,
        json: AsJson = False,
        database: Database = DATABASE,
    ) -> None:
        """Watch for these words in claims, instead of those before."""
        from amends.entrypoints.judging.watching import watch

        by_whom = _at_work(by)
        with opened(tools, database) as service:
            refused = watch(service.store, by_whom.person, words or (), service.clock.now())
            if refused is not None:
                raise refusal(refused)
            _own(service, by_whom, json=json)

    @app.command()
    def load(json: AsJson = False, database: Database = DATABASE) -> None:
        """Count everybody's open cases, and those that are nobody's."""
        from amends.entrypoints.judging.queue import figures

        with opened(tools, database) as service:
            found = figures(service)
        if json:
            as_json(found)
            return
        rows = [
            (
                one.person,
                one.role,
                str(one.cases),
                "" if one.capacity is None else str(one.capacity),
            )
            for one in found.loads
        ]
        table(("person", "role", "cases", "at most"), rows)
        typer.echo(f"{found.waiting} are nobody's.", err=True)

    @app.command()
    def watch(database: Database = DATABASE) -> None:
        """Look for everybody's watch words in all open cases anew, as is done for each list when it
        is kept."""
        from amends.entrypoints.judging.watching import look_for_everybody, open_cases

        with opened(tools, database) as service:
            total, looked = open_cases(service.store.views), 0
            with counted("Looking for watch words", total) as advance:
                for step in look_for_everybody(service.engine, service.clock.now()):
                    looked += step
                    advance(step)
        typer.echo(f"Looked for in {looked} open {'case' if looked == 1 else 'cases'}.")

    @app.command()
    def deal(database: Database = DATABASE) -> None:
        """Deal out now what waits, as a running server does by itself."""
        from amends.entrypoints.judging.dealing import Dealer

        with opened(tools, database) as service:
            changed = Dealer(service).deal()
        typer.echo(f"{changed} cases changed hands, or were reported as nobody's.")

    return app


def _at_work(by: str) -> Actor:
    from amends.entrypoints.judging.queue import WORKS_WITH

    return asker(by, WORKS_WITH)


def _own(service: Service, by: Actor, *, json: bool) -> None:
    from amends.entrypoints.judging.watching import kept_by

    kept = kept_by(service.store, by.person)
    if json:
        as_json(kept)
        return
    rows = [(f"{one.day:%Y-%m-%d}", one.dispute, one.note) for one in kept.reminders]
    table(("day", "dispute", "note"), rows)
    so_far = "" if kept.whole else f" (looked for in {kept.looked} open cases so far)"
    typer.echo(f"Watch words: {', '.join(kept.words) or 'none'}{so_far}")
