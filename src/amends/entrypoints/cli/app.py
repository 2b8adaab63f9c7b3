"""The command line put together."""

from __future__ import annotations

from typing import Annotated

import typer

from amends.entrypoints.cli.access import keys_app, link_command
from amends.entrypoints.cli.casefile import casefile_app
from amends.entrypoints.cli.db import db_app
from amends.entrypoints.cli.do import do_app
from amends.entrypoints.cli.doctor import doctor_command
from amends.entrypoints.cli.erase import erase_command
from amends.entrypoints.cli.feed import import_command
from amends.entrypoints.cli.ledger import ledger_app
from amends.entrypoints.cli.look import disputes_app, explain_order, orders_app, refunds_app
from amends.entrypoints.cli.mail import mail_app
from amends.entrypoints.cli.money import money_app
from amends.entrypoints.cli.options import DATABASE, Database
from amends.entrypoints.cli.policy import policy_app
from amends.entrypoints.cli.queue import queue_app
from amends.entrypoints.cli.rulings import rulings_command
from amends.entrypoints.cli.sampling import demo_command
from amends.entrypoints.cli.seller import seller_command
from amends.entrypoints.cli.serving import clock_app, serve_command
from amends.entrypoints.cli.staff import staff_app
from amends.entrypoints.cli.support import support_app
from amends.entrypoints.cli.toolkit import Toolkit

HELP = """Order protection for online marketplaces: disputes, offers, mediation, returns and
refunds that happen exactly once.

Begin with: amends demo
"""


def build_cli(tools: Toolkit) -> typer.Typer:
    """Every command of ``amends``."""
    app = typer.Typer(
        no_args_is_help=True, help=HELP, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    app.command("serve")(serve_command(tools))
    app.command("demo")(demo_command(tools))
    app.command("import")(import_command(tools))
    app.add_typer(orders_app(tools), name="orders")
    app.add_typer(disputes_app(tools), name="disputes")
    app.add_typer(casefile_app(tools), name="casefile")
    app.command("rulings")(rulings_command(tools))
    app.command("seller")(seller_command(tools))
    app.add_typer(refunds_app(tools), name="refunds")
    app.add_typer(ledger_app(tools), name="ledger")
    app.add_typer(money_app(tools), name="money")
    app.add_typer(queue_app(tools), name="queue")
    app.add_typer(support_app(tools), name="support")
    app.add_typer(mail_app(tools), name="mail")
    app.add_typer(do_app(tools), name="do")
    app.add_typer(_policies(tools), name="policy")
    app.command("link")(link_command(tools))
    app.add_typer(keys_app(tools), name="keys")
    app.add_typer(staff_app(tools), name="staff")
    app.command("erase")(erase_command(tools))
    app.add_typer(clock_app(tools), name="clock")
    app.add_typer(db_app(tools), name="db")
    app.command("doctor")(doctor_command(tools))
    return app


def _policies(tools: Toolkit) -> typer.Typer:
    app = policy_app(tools.load_packs, tools.check_packs, tools.shipped_packs)

    @app.command()
    def explain(
        order: Annotated[str, typer.Argument(help="The order's id.")],
        database: Database = DATABASE,
    ) -> None:
        """Show what the pack makes of an order: each window and clock, its rule, value, source."""
        explain_order(tools, order, database)

    return app
