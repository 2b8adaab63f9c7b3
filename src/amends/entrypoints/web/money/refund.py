"""Where a buyer's money is: one refund, when it should be there, and what to do if it is not."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from amends.dispute.judge import OnOrder, order_options
from amends.entrypoints.api.calls import Problem
from amends.entrypoints.views.asking import Looking, option_view
from amends.entrypoints.views.order import order_view
from amends.entrypoints.views.proofs import refund_view
from amends.entrypoints.views.structs import OptionView
from amends.entrypoints.web.commanding import (
    ORDER_COMMANDS,
    Target,
    carry_out,
    forms_of,
)
from amends.entrypoints.web.forms.building import FormContext
from amends.entrypoints.web.forms.contexts import order_context
from amends.entrypoints.web.forms.form import Form
from amends.entrypoints.web.forms.inputs import Choice
from amends.entrypoints.web.money.finding import BOOKKEEPING
from amends.entrypoints.web.pages import done_words
from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.requests import (
    LARGEST_FORM,
    Asked,
    TheForm,
    TheSite,
    of_visitor,
    signed_in,
)
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import NotThere, Site, give, see_order, wording_of
from amends.entrypoints.web.uploading import take_upload
from amends.entrypoints.web.visitors import Visitor
from amends.entrypoints.webhooks_in.payments import order_of_refund
from amends.entrypoints.words.formatting import country
from amends.kernel.instants import Instant
from amends.order.decide.report_missing_money import ReportMissingMoney
from amends.order.state import Refund

_ROUTE = "choose_refund_route"
_REPORT = "report_missing_money"


class Found(Struct, frozen=True):
    """A refund in its order, as somebody looks at it."""

    looking: Looking
    refund: Refund

    @property
    def tried_again_at(self) -> Instant | None:
        """When another refund is recorded in its place by itself."""
        clocks = self.looking.case.order.deadlines
        return next(
            (d.at for d in clocks if (d.what, d.subject) == ("refund_retry", self.refund.id)), None
        )

    @property
    def replaced_by(self) -> str:
        """The refund in its place, "" when there is none."""
        refunds = self.looking.case.order.refunds.values()
        return next((r.id for r in refunds if r.retry_of == self.refund.id), "")


def see_refund(site: Site, visitor: Visitor, refund_id: str) -> Found:
    """The refund as it stands. Raises NotThere."""
    order = order_of_refund(refund_id)
    if order is None:
        raise NotThere
    looking = see_order(site, visitor, order)
    refund = looking.case.order.refunds.get(refund_id)
    if refund is None:
        raise NotThere
    return Found(looking, refund)


@get("/refunds/{refund_id:str}", sync_to_thread=True)
def show_refund(
    request: Asked, site: TheSite, refund_id: FromPath[str], done: FromQuery[str] = ""
) -> Response[str]:
    """One refund."""
    visitor = signed_in(request, site)
    return refund_page(site, visitor, see_refund(site, visitor, refund_id), done=done)


@post("/refunds/{refund_id:str}/commands/choose_refund_route", sync_to_thread=True)
def choose_route(
    request: Asked, site: TheSite, sent: TheForm, refund_id: FromPath[str]
) -> Response[Any]:
    """Say where the money shall go instead."""
    visitor = of_visitor(request, site, sent)
    found = see_refund(site, visitor, refund_id)
    order = found.looking.case.order.id

    def show(failed: Form, status: int) -> Response[str]:
        now = see_refund(site, visitor, refund_id)
        return refund_page(site, visitor, now, failed=failed, status=status)

    target = Target(
        looking=found.looking,
        context=_context(site, found),
        wrap=lambda c: OnOrder(order, c),
        action=f"/refunds/{refund_id}/commands/{_ROUTE}",
        back=f"/refunds/{refund_id}",
        version=None,
    )
    return carry_out(site, visitor, ORDER_COMMANDS[_ROUTE], target, sent.texts, show)


@post("/refunds/{refund_id:str}/missing", sync_to_thread=True, request_max_body_size=LARGEST_FORM)
def report_missing(
    request: Asked, site: TheSite, sent: TheForm, refund_id: FromPath[str]
) -> Response[Any]:
    """The money has not come: put the bank statement on record, if there is one, and report it."""
    visitor = of_visitor(request, site, sent)
    found = see_refund(site, visitor, refund_id)
    order = found.looking.case.order.id
    try:
        evidence = (take_upload(site, visitor, order, sent),) if sent.upload else ()
        report = OnOrder(order, ReportMissingMoney(refund_id, evidence=evidence))
        give(site, visitor, order, report, key=site.service.new_token())
    except Problem as problem:
        if problem.refused.kind == "unknown":
            raise NotThere from None
        fault = refused_in_words(problem.refused, site.api.words)
        now = see_refund(site, visitor, refund_id)
        return refund_page(site, visitor, now, fault=fault, status=problem.status)
    return Redirect(f"/refunds/{refund_id}?done={_REPORT}", status_code=303)


def refund_page(
    site: Site,
    visitor: Visitor,
    found: Found,
    *,
    failed: Form | None = None,
    fault: str = "",
    status: int = 200,
    done: str = "",
) -> Response[str]:
    """A refund, with what can be done about it."""
    looking, refund = found.looking, found.refund
    order, terms = looking.case.order, looking.terms.refunds
    listed = order.listing_ref
    options = {
        option.type: option_view(option, site.api.words)
        for option in order_options(
            looking.case,
            visitor.actor,
            looking.terms,
            looking.stamp,
            (_REPORT, _ROUTE),
            refund=refund.id,
        )
    }
    late = refund.arrives_until is not None and refund.arrives_until <= looking.stamp.at
    return page(
        "refund.html",
        visitor,
        now=looking.stamp.at,
        status=status,
        flash=done_words(site, done),
        errors=failed is not None or bool(fault),
        failed=failed,
        fault=fault,
        key=site.service.new_token(),
        order=order,
        refund=refund_view(looking, refund),
        titles={
            line.id: looking.texts.entry(listed, line.id, "title") or line.id
            for line in order.lines
        },
        counted_since=refund.counted_from or refund.recorded_at,
        counted_from_parcel=refund.counted_from is not None,
        days=(terms.arrives_from_working_days.days, terms.arrives_until_working_days.days),
        country=country(order.buyer_country) if order.buyer_country else "",
        late=late,
        tried_again_at=found.tried_again_at,
        replaced_by=found.replaced_by,
        replaces=refund.retry_of,
        report=_REPORT in options and options[_REPORT].allowed,
        route_form=_route_form(site, found, options, failed),
        chosen=wording_of(site, looking).route(refund.route) if refund.route else "",
        desk=visitor.actor.role in BOOKKEEPING,
    )


def _route_form(
    site: Site, found: Found, options: dict[str, OptionView], failed: Form | None
) -> Form | None:
    option, others = options.get(_ROUTE), found.looking.terms.refunds.other_routes
    dead = found.refund.state in ("failed", "reversed") and others.is_dead(found.refund.reason)
    if option is None or not option.allowed or not dead or found.replaced_by:
        return failed
    action = f"/refunds/{found.refund.id}/commands"
    forms = forms_of(site, [ORDER_COMMANDS[_ROUTE]], _context(site, found), action, None, failed)
    return forms[_ROUTE]


def _context(site: Site, found: Found) -> FormContext:
    """Forms are about this refund and no other."""
    looking = found.looking
    context = order_context(looking, order_view(looking), wording_of(site, looking))
    refund = found.refund
    mine = Choice(refund.id, refund.id)
    return FormContext(
        currency=context.currency,
        units=context.units,
        choices={**context.choices, "refund": (mine,)},
        initial={**context.initial, f"{_ROUTE}.refund": refund.id},
    )
