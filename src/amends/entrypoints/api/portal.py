"""Sending a marketplace's buyers and sellers to their pages, signed in."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from amends.dispute.state import order_of
from amends.entrypoints.api.bodies import fields_of, struct_in
from amends.entrypoints.api.calls import Call, Reply, invalid, json_reply, unknown
from amends.entrypoints.api.context import Api, is_id
from amends.entrypoints.links import links_of
from amends.entrypoints.looking import look
from amends.kernel.people import Actor, Role
from amends.kernel.texts import Id


class AskPortalSession(Struct, frozen=True, forbid_unknown_fields=True):
    """Who comes: the buyer or seller of an ``order`` or ``dispute``, on whose page they arrive, or
    a ``person`` of that role, who arrives at their list. One of the three is named."""

    role: Literal["buyer", "seller"]
    order: Id | None = None
    dispute: Id | None = None
    person: Id | None = None


def post_portal_session(api: Api, call: Call) -> Reply:
    """A link of one's own for each call: it signs in once, within half an hour."""
    asked = struct_in(fields_of(call.body), AskPortalSession)
    if sum(named is not None for named in (asked.order, asked.dispute, asked.person)) != 1:
        raise invalid("order_or_person", {}, "send_one_of_them", field="order")
    person, leads_to = _who(api, call, asked)
    link = links_of(api.service).make(Actor(person, Role(asked.role)), leads_to)
    return json_reply(link, 201)


def _who(api: Api, call: Call, asked: AskPortalSession) -> tuple[str, str]:
    if asked.person is not None:
        return asked.person, "/"
    order = asked.order or order_of(asked.dispute or "") or ""
    looking = look(api.service, order, call.by, api.words) if is_id(order) else None
    known = looking is not None and (
        asked.dispute is None or asked.dispute in looking.case.disputes
    )
    if looking is None or not known:
        raise unknown("dispute" if asked.dispute else "order", asked.dispute or order)
    parties = looking.case.order
    leads_to = f"/disputes/{asked.dispute}" if asked.dispute else f"/orders/{order}"
    return (parties.buyer if asked.role == "buyer" else parties.seller), leads_to
