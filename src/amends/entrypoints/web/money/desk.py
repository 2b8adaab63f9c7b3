"""Finance's desk: what is asked, refunds by state, differences, statements."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromQuery

from amends.entrypoints.api.lists import refund_item
from amends.entrypoints.desk import STATES, Summary, difference_item, summary, task_item
from amends.entrypoints.ledger import balance_of_payment, orders_of_payment, posting, trial_balance
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.language import translate_plural
from amends.entrypoints.web.money.finding import A_PAGE, Shown, bookkeeper, listed
from amends.entrypoints.web.money.plots import Plot, plot
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheSite

_FIRST_TASKS = 10


@get("/finance", sync_to_thread=True)
def show_desk(request: Asked, site: TheSite) -> Response[str]:
    """The desk at a glance: the oldest tasks, how many refunds are where, and since when."""
    visitor = bookkeeper(request, site)
    views, now = site.service.store.views, site.now()
    found = summary(views, now)
    tasks = views.page("finance_tasks", {}, order_by="since", limit=_FIRST_TASKS)
    return page(
        "finance.html",
        visitor,
        now=now,
        here="/finance",
        found=found,
        tasks=tuple(task_item(row) for row in tasks.rows),
        plots=(_per_day(found), *((_ages(found),) if found.unknown_age else ())),
    )


@get("/finance/tasks", sync_to_thread=True)
def list_tasks(
    request: Asked, site: TheSite, kind: FromQuery[str] = "", cursor: FromQuery[str] = ""
) -> Response[str]:
    """What is asked of finance, the oldest first."""
    visitor = bookkeeper(request, site)
    where = {"kind": kind} if kind else {}
    shown = listed(
        site.service.store.views, "finance_tasks", where, "since", task_item,
        here="/finance/tasks", kept=where, cursor=cursor,
    )  # fmt: skip
    return page("finance_tasks.html", visitor, now=site.now(), here="/finance", shown=shown,
                kind=kind)  # fmt: skip


@get("/finance/refunds", sync_to_thread=True)
def list_refunds(request: Asked, site: TheSite, cursor: FromQuery[str] = "") -> Response[str]:
    """Refunds in one state, those that have been in it for longest first; all, newest first."""
    visitor, state = bookkeeper(request, site), _state(request)
    known = {"state": state} if state in STATES else {}
    shown = listed(
        site.service.store.views, "refunds", known, "since" if known else "-recorded_at",
        refund_item, here="/finance/refunds", kept=known, cursor=cursor,
    )  # fmt: skip
    return page("finance_refunds.html", visitor, now=site.now(), here="/finance", shown=shown,
                state=known.get("state", ""), states=STATES)  # fmt: skip


@get("/finance/differences", sync_to_thread=True)
def list_differences(request: Asked, site: TheSite, cursor: FromQuery[str] = "") -> Response[str]:
    """Where the two books part; newest first."""
    visitor, state = bookkeeper(request, site), _state(request)
    known = {"state": "resolved" if state == "resolved" else "open"}
    shown = listed(
        site.service.store.views, "differences", known, "-at", difference_item,
        here="/finance/differences", kept=known, cursor=cursor,
    )  # fmt: skip
    return page("finance_differences.html", visitor, now=site.now(), here="/finance",
                shown=shown, state=known["state"])  # fmt: skip


@get("/finance/ledger", sync_to_thread=True)
def show_ledger(
    request: Asked,
    site: TheSite,
    seller: FromQuery[str] = "",
    provider: FromQuery[str] = "",
    reference: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
) -> Response[str]:
    """The trial balance, or a seller's or a payment's, with the postings it comes from."""
    visitor = bookkeeper(request, site)
    views = site.service.store.views
    orders: tuple[str, ...] = ()
    shown = Shown((), "")
    if provider and reference:
        balance = balance_of_payment(views, provider, reference)
        orders = orders_of_payment(views, provider, reference)
    else:
        balance = trial_balance(views, seller=seller or None)
        kept = {"seller": seller} if seller else {}
        shown = listed(views, "postings", kept, "-at", posting, here="/finance/ledger",
                       kept=kept, cursor=cursor)  # fmt: skip
    return page(
        "finance_ledger.html", visitor, now=site.now(), here="/finance", balance=balance,
        shown=shown, orders=orders[:A_PAGE], left_out=max(0, len(orders) - A_PAGE),
        seller=seller, provider=provider, reference=reference,
    )  # fmt: skip


def _state(request: Asked) -> str:
    """The parameter of that name, which the framework keeps to itself among a handler's."""
    return str(request.query_params.get("state", ""))


def _per_day(found: Summary) -> Plot:
    days = [(of.day.isoformat(), of.count) for of in found.per_day]
    return plot("per-day", _("Refunds recorded per day"), _("Day"), days)


def _ages(found: Summary) -> Plot:
    ages = [(_age(of.days, last=of is found.unknown_age[-1]), of.count)
            for of in found.unknown_age]  # fmt: skip
    return plot("ages", _("How long unclear refunds have been so"), _("Age"), ages)


def _age(days: int, *, last: bool) -> str:
    if last:
        return _("{n} days or more").format(n=days)
    if not days:
        return _("less than a day")
    return translate_plural("{n} day", "{n} days", days).format(n=days)
