"""What somebody raised to the supervisors, and that is still open."""

from __future__ import annotations

from amends.kernel.decision import Facts, Refused
from amends.order.state import Order, SupportRequest


def refuse_nothing_raised(order: Order) -> Refused | None:
    """Refuses while nobody waits for a supervisor."""
    return None if _open(order) else Refused("nothing_raised", {}, ("see_order",))


def find_raised(order: Order, request_id: str) -> SupportRequest | Refused:
    """What was raised under this id, or a refusal that names what is open."""
    found = order.request(request_id)
    if found is not None and found.kind == "raised":
        return found
    facts: Facts = {"request": request_id, "open": tuple(r.id for r in _open(order))}
    return Refused("unknown_request", facts, ("see_requests",), "invalid", "request")


def _open(order: Order) -> tuple[SupportRequest, ...]:
    return tuple(r for r in order.requests if r.kind == "raised")
