"""One order's money for finance: every attempt, every posting, and what can be done."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from amends.dispute.judge import OnOrder
from amends.entrypoints.ledger import balance_of, postings_of_order
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.order import order_view
from amends.entrypoints.web.commanding import ORDER_COMMANDS, Target, carry_out, forms_of
from amends.entrypoints.web.forms.contexts import order_context
from amends.entrypoints.web.forms.form import Form
from amends.entrypoints.web.money.finding import BOOKKEEPING, bookkeeper
from amends.entrypoints.web.pages import Acts, done_words
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import Asked, TheForm, TheSite, of_visitor
from amends.entrypoints.web.site import NotThere, Site, see_order, wording_of
from amends.entrypoints.web.visitors import Visitor

# A command about evidence is given where the evidence is.
_ELSEWHERE = ("open_evidence",)


@get("/finance/orders/{order_id:str}", sync_to_thread=True)
def show_money(
    request: Asked, site: TheSite, order_id: FromPath[str], done: FromQuery[str] = ""
) -> Response[str]:
    """The order's money."""
    visitor = bookkeeper(request, site)
    return money_page(site, visitor, see_order(site, visitor, order_id), done=done)


@post("/finance/orders/{order_id:str}/commands/{type_:str}", sync_to_thread=True)
def command_money(
    request: Asked, site: TheSite, sent: TheForm, order_id: FromPath[str], type_: FromPath[str]
) -> Response[Any]:
    """A command on the order, from its money's page."""
    visitor = of_visitor(request, site, sent)
    if visitor.actor.role not in BOOKKEEPING:
        raise NotThere
    looking = see_order(site, visitor, order_id)
    command = ORDER_COMMANDS.get(type_)
    if command is None or type_ in _ELSEWHERE:
        raise NotThere

    def show(failed: Form, status: int) -> Response[str]:
        now = see_order(site, visitor, order_id)
        return money_page(site, visitor, now, failed=failed, status=status)

    here = f"/finance/orders/{order_id}"
    target = Target(
        looking=looking,
        context=order_context(looking, order_view(looking), wording_of(site, looking)),
        wrap=lambda c: OnOrder(order_id, c),
        action=f"{here}/commands/{type_}",
        back=here,
        version=None,
    )
    return carry_out(site, visitor, command, target, sent.texts, show)


def money_page(
    site: Site,
    visitor: Visitor,
    looking: Looking,
    *,
    failed: Form | None = None,
    status: int = 200,
    done: str = "",
) -> Response[str]:
    """All that is known of an order's money."""
    order, held = order_view(looking), looking.case.order
    wording = wording_of(site, looking)
    options = [o for o in order.options if o.type not in _ELSEWHERE]
    forms = forms_of(
        site, [ORDER_COMMANDS[o.type] for o in options if o.allowed],
        order_context(looking, order, wording), f"/finance/orders/{order.id}/commands", None,
        failed,
    )  # fmt: skip
    entries = tuple(postings_of_order(site.service.store.views, order.id))
    nets: dict[tuple[str, str], int] = {}
    for entry in entries:
        key = (entry.currency, entry.account)
        nets[key] = nets.get(key, 0) + entry.amount
    words = site.api.words
    first = next((t for t in words.put_forward(forms) if words.command(t).put_forward), "")
    return page(
        "finance_order.html",
        visitor,
        now=looking.stamp.at,
        status=status,
        here="/finance",
        flash=done_words(site, done),
        errors=failed is not None,
        failed=failed,
        order=order,
        held=held,
        wording=wording,
        words=words,
        routes={r.id: looking.texts.get(r.route_ref) for r in held.refunds.values()},
        entries=entries,
        balance=balance_of(nets),
        acts=Acts(
            first=forms.get(first),
            others=tuple(form for type_, form in forms.items() if type_ != first),
            not_now=tuple((words.command(o.type).label, o) for o in options if not o.allowed),
        ),
    )
