"""Finance's desk over HTTP: tasks, differences, and the figures."""

from __future__ import annotations

from typing import get_args

from amends.entrypoints.api.calls import Call, Reply, json_reply
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.lists import filters_of, listing
from amends.entrypoints.api.paging import Segment, page
from amends.entrypoints.desk import difference_item, summary, task_item
from amends.projections.tasks import TaskKind


def get_tasks(api: Api, call: Call) -> Reply:
    """What is asked of finance by kind or order, the oldest first."""
    filters = filters_of(call, ("kind", "order"), kind=get_args(TaskKind))
    if "order" in filters:
        order = {"order_id": filters.pop("order")}
        segment = Segment(order, "what", filters)
    else:
        segment = Segment(filters, "since")
    return json_reply(page(api.service.store.views, "finance_tasks", (segment,), call, task_item))


def get_differences(api: Api, call: Call) -> Reply:
    """By state or order; newest first."""
    filters = filters_of(call, ("state", "order"), state=("open", "resolved"))
    if "order" in filters:
        filters["order_id"] = filters.pop("order")
    segment = listing(api, "differences", filters, "at")
    return json_reply(
        page(api.service.store.views, "differences", (segment,), call, difference_item)
    )


def get_summary(api: Api, call: Call) -> Reply:
    """How many there are of everything, and how long what is unclear has been so."""
    filters_of(call, ())
    return json_reply(summary(api.service.store.views, api.service.clock.now()))
