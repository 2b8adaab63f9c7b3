"""How the order's tests ask: an order with events behind it, a command, an instant."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from amends.kernel.budgets import MonthlyBudget
from amends.kernel.decision import Accepted, Content, Refused, Stamp
from amends.kernel.instants import Calendar, Instant
from amends.kernel.people import Actor
from amends.order import decide as commands
from amends.order.asked import Asked, OrderOutcome
from amends.order.events.base import OrderEvent
from amends.order.events.money import RefundRecorded, RefundSettled
from amends.order.state import Claimed, Evidence, Order, Refund
from tests.given import DAY, T0, order, terms

NOW = T0 + 10 * DAY
E = TypeVar("E", bound=OrderEvent)


def ask(
    of: Order,
    by: Actor,
    command: commands.OrderCommand,
    at: Instant = NOW,
    *,
    pack: str = "aliexpress",
    calendar: Calendar | None = None,
    goodwill: MonthlyBudget | None = None,
) -> OrderOutcome:
    """What comes of ``command`` when ``by`` asks it of the order at that instant."""
    stamp = Stamp(at, "c1", calendar or Calendar(), goodwill=goodwill)
    return commands.decide(Asked(of, by, terms(pack), stamp), command)


def may(
    of: Order,
    by: Actor,
    command: type[Any],
    at: Instant = NOW,
    *,
    goodwill: MonthlyBudget | None = None,
) -> Refused | None:
    """What the options say of a command."""
    stamp = Stamp(at, "c1", goodwill=goodwill)
    return commands.COMMANDS[command].may(Asked(of, by, terms(), stamp))


def events(outcome: OrderOutcome) -> tuple[OrderEvent, ...]:
    """The events of an outcome that has to be a yes."""
    assert isinstance(outcome, Accepted), outcome
    return outcome.events


def contents(outcome: OrderOutcome) -> tuple[Content, ...]:
    """The texts of an outcome that has to be a yes."""
    assert isinstance(outcome, Accepted), outcome
    return outcome.contents


def only(outcome: OrderOutcome, kind: type[E]) -> E:
    """The one event of an outcome, which has to be of that kind."""
    (event,) = events(outcome)
    assert isinstance(event, kind)
    return event


def refused(outcome: OrderOutcome) -> tuple[str, str, str | None]:
    """Rule, kind and field of an outcome that has to be a no which names a next step or facts."""
    assert isinstance(outcome, Refused), outcome
    assert outcome.next or outcome.facts
    return outcome.rule, outcome.kind, outcome.field


def then(of: Order, *told: OrderEvent) -> Order:
    """The order with these events behind it."""
    for event in told:
        of = event.on(of)
    return of


def as_json(command: Any, **fields: Any) -> Any:
    """A command as a client sends it: decoded from JSON, so that every bound of a type holds."""
    return msgspec.json.decode(msgspec.json.encode(fields), type=command)


def claim(**changes: Any) -> dict[str, Claimed]:
    """One open dispute about a blouse."""
    return {"A-1001-D1": Claimed(**{"reason": "damaged", "lines": {"1": 1}, **changes})}


def refund(number: int = 1, **changes: Any) -> Refund:
    """A refund of half of the order, recorded at ``NOW``."""
    plain: dict[str, Any] = {
        "id": f"A-1001-R{number}",
        "amount": 80_000,
        "lines": {"1": 80_000},
        "recorded_at": NOW,
    }
    return Refund(**{**plain, **changes})


def with_refund(*refunds: Refund, **changes: Any) -> Order:
    """An order on which these refunds were recorded."""
    told = [RefundRecorded(at=r.recorded_at, refund=r) for r in refunds]
    return then(order(**changes), *told)


def settled(of: Order, refund_id: str = "A-1001-R1", at: Instant = NOW) -> Order:
    """The order after the provider booked a refund, which shows at the bank 3 to 20 days later."""
    booked = RefundSettled(
        at=at,
        refund=refund_id,
        provider_ref="re_1",
        arrives_from=at + 3 * DAY,
        arrives_until=at + 20 * DAY,
    )
    return booked.on(of)


def proof(number: int = 1, **changes: Any) -> dict[str, Evidence]:
    """One picture of the buyer's."""
    plain: dict[str, Any] = {
        "id": f"E{number}",
        "by": "b1",
        "side": "buyer",
        "kind": "photo",
        "media_type": "image/jpeg",
        "digest": "0" * 64,
        "ref": "c0.file",
        "at": T0,
    }
    return {f"E{number}": Evidence(**{**plain, **changes})}
