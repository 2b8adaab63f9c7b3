"""A seller's own balance, and what moved it."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromQuery

from amends.entrypoints.ledger import SELLERS_ACCOUNTS, posting, seller_balances
from amends.entrypoints.web.money.finding import listed
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheSite, signed_in
from amends.entrypoints.web.site import NotThere
from amends.kernel.people import Role


@get("/balance", sync_to_thread=True)
def show_balance(
    request: Asked,
    site: TheSite,
    account: FromQuery[str] = SELLERS_ACCOUNTS[0],
    cursor: FromQuery[str] = "",
) -> Response[str]:
    """What is the seller's, what is held, and a statement of either, the newest first."""
    visitor = signed_in(request, site)
    if visitor.actor.role is not Role.SELLER or account not in SELLERS_ACCOUNTS:
        raise NotThere
    views, me = site.service.store.views, visitor.actor.person
    shown = listed(
        views, "postings", {"seller": me, "account": account}, "-at", posting,
        here="/balance", kept={"account": account}, cursor=cursor,
    )  # fmt: skip
    return page(
        "balance.html",
        visitor,
        now=site.now(),
        here="/balance",
        balances=seller_balances(views, me),
        shown=shown,
        account=account,
        accounts=SELLERS_ACCOUNTS,
    )
