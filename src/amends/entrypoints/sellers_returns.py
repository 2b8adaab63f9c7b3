"""The return policy of an order that comes without one: the seller's own, as it stands then."""

from __future__ import annotations

import msgspec
from msgspec.structs import asdict, replace

from amends.entrypoints.service import Service
from amends.order.decide.place_order import PlaceOrder
from amends.order.purchase import SellersReturns


def with_sellers_returns(service: Service, order: str, command: PlaceOrder) -> PlaceOrder:
    """The order with its seller's current policy, where it names none.

    One that is on record already gets the policy it was placed with, so that the same order sent
    again is the same, whatever its seller has changed meanwhile.
    """
    if command.return_policy is not None or command.seller.return_policy is not None:
        return command
    view = service.engine.view(order)
    if view is not None:
        placed = view.state.order.return_policy
        returns = msgspec.convert(asdict(placed), SellersReturns) if placed else None
    else:
        versions = service.store.papers.of(command.seller.id, "return_policy")
        returns = msgspec.json.decode(versions[-1].text, type=SellersReturns) if versions else None
    return replace(command, return_policy=returns)
