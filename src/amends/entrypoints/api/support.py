"""Support's desk over HTTP: who waits, and an order's log."""

from __future__ import annotations

from typing import get_args

from amends.entrypoints.api.calls import Call, Reply, json_reply
from amends.entrypoints.api.context import Api, seen_order
from amends.entrypoints.api.lists import filters_of
from amends.entrypoints.api.paging import Segment, page
from amends.entrypoints.support import log_of, support_item
from amends.projections.support import SupportKind

FILTERS = ("kind", "taken_by", "order")


def get_support(api: Api, call: Call) -> Reply:
    """Who waits, by kind, by the supervisor who sees to it or by order; the earliest due first."""
    filters = filters_of(call, FILTERS, kind=get_args(SupportKind))
    if "order" in filters:
        segment = Segment({"order_id": filters.pop("order")}, "subject", filters)
    elif "taken_by" in filters:
        segment = Segment({"taken_by": filters.pop("taken_by")}, "due_at", filters)
    else:
        segment = Segment(filters, "due_at")
    return json_reply(
        page(api.service.store.views, "support_tasks", (segment,), call, support_item)
    )


def get_log(api: Api, call: Call) -> Reply:
    """The order's log, oldest first, as far as it is the asker's."""
    looking = seen_order(api, call)
    return json_reply(log_of(api.service, looking.case.order, call.by))
