"""A seller's record over HTTP, for whoever shows it before something is bought."""

from __future__ import annotations

from amends.entrypoints.api.calls import Call, Reply, json_reply, unknown
from amends.entrypoints.api.context import Api, is_id
from amends.entrypoints.api.lists import filters_of
from amends.entrypoints.records import seller_record


def get_seller_record(api: Api, call: Call) -> Reply:
    """The last twelve months. It is the same for all who ask, and of somebody nobody knows it is
    all nought, so it tells of nobody whether they sell here."""
    filters_of(call, ())
    seller = call.path["seller_id"]
    if not is_id(seller):
        raise unknown("seller", seller)
    return json_reply(seller_record(api.service.store, seller, api.service.clock.now()))
