"""Change an order that is under way: where to, until when, or what of it is another order's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from amends.kernel.decision import Accepted, Content, Facts, Refused
from amends.kernel.people import Role
from amends.kernel.texts import Id
from amends.order.address import Address
from amends.order.asked import Asked, OrderOutcome, When, in_utc, refuse_cancelled
from amends.order.dates import refuse_promise
from amends.order.events.life import OrderAmended
from amends.order.protection import protection_clock
from amends.order.splitting import captured_without, lines_without
from amends.order.state import Order
from amends.order.units import LineQuantity, resolve_lines

BY = frozenset({Role.MARKETPLACE})


class Split(Struct, frozen=True, forbid_unknown_fields=True):
    """``into``: the id of the order these units belong to from now on; it is placed on its own."""

    into: Id
    lines: Annotated[tuple[LineQuantity, ...], Meta(min_length=1, max_length=200)]


class AmendOrder(Struct, frozen=True, forbid_unknown_fields=True, tag="amend_order"):
    """What is left out stays as it is."""

    address: Address | None = None
    ship_by: When | None = None
    promised_by: When | None = None
    split: Split | None = None


def may(asked: Asked) -> Refused | None:
    """Until the order is called off or over."""
    ended = asked.order.protection_ended_at
    over = Refused("protection_ended", {"at": ended}) if ended else None
    return refuse_cancelled(asked.order) or over


def decide(asked: Asked, command: AmendOrder) -> OrderOutcome:
    """As amended, with the end of the protection reckoned anew. It never ends by an amendment."""
    order = asked.order
    refused = (
        _nothing(command)
        or refuse_promise(command.ship_by, order.placed_at, "ship_by")
        or refuse_promise(command.promised_by, order.placed_at, "promised_by")
        or _address(order, command)
    )
    if refused:
        return refused
    moved: Mapping[str, int] | Refused = _moved(order, command.split) if command.split else {}
    if isinstance(moved, Refused):
        return moved
    lines = lines_without(order, moved)
    captured = captured_without(order, lines) if moved else order.captured
    amended = replace(
        order,
        lines=lines,
        captured=captured,
        ship_by=in_utc(command.ship_by) if command.ship_by else order.ship_by,
        promised_by=in_utc(command.promised_by) if command.promised_by else order.promised_by,
    )
    ends = protection_clock(amended, asked.terms, asked.now)
    if ends and ends.at <= asked.now:
        facts: Facts = {"ended_at": ends.at, "by": ends.rule}
        return Refused("window_would_be_over", facts, ("give_later_time",))
    contents: tuple[Content, ...] = ()
    if command.address:
        text = msgspec.json.encode(_written(command.address)).decode("utf-8")
        contents = (Content(asked.stamp.ref("address"), order.buyer, text),)
    event = OrderAmended(
        at=asked.now,
        lines=amended.lines,
        captured=amended.captured,
        ship_by=amended.ship_by,
        promised_by=amended.promised_by,
        address_ref=contents[0].ref if contents else "",
        split_into=command.split.into if command.split else "",
        protection=ends,
    )
    return Accepted((event,), contents)


def _nothing(command: AmendOrder) -> Refused | None:
    if command == AmendOrder():
        return Refused("nothing_to_amend", {}, ("name_change",), "invalid")
    return None


def _address(order: Order, command: AmendOrder) -> Refused | None:
    if command.address is None:
        return None
    if not _written(command.address):
        return Refused("address_missing", {}, ("write_address",), "invalid", "address")
    if any(order.shipped(line.id) < line.quantity for line in order.lines):
        return None
    facts: Facts = {"parcels": tuple(p.id for p in order.outbound)}
    return Refused("already_shipped", facts, ("write_to_carrier",), field="address")


def _written(address: Address) -> Address:
    return {name: part.strip() for name, part in address.items() if part.strip()}


def _moved(order: Order, split: Split) -> Mapping[str, int] | Refused:
    """Units that can go: bought, not shipped, in no dispute, of an order whose money has not moved,
    and not all of them."""
    if split.into == order.id:
        return Refused("split_into_itself", {}, ("name_other_order",), "invalid", "split.into")
    if order.refunded or order.taken_by_bank:
        facts: Facts = {"refunded": order.money(order.refunded)}
        return Refused("money_has_moved", facts, ("place_new_order",), field="split")
    moved = resolve_lines(order, split.lines)
    if isinstance(moved, Refused):
        return replace(moved, field="split.lines")
    for line in order.lines:
        units = moved.get(line.id, 0)
        disputes = tuple(key for key, claim in order.claims.items() if line.id in claim.lines)
        if units and disputes:
            held: Facts = {"line": line.id, "disputes": disputes}
            return Refused("line_disputed", held, ("settle_dispute",), field="split.lines")
        left = line.quantity - order.shipped(line.id)
        if units > left:
            sent: Facts = {"line": line.id, "asked": units, "left": left}
            return Refused("already_shipped", sent, ("name_fewer_units",), field="split.lines")
    if all(moved.get(line.id) == line.quantity for line in order.lines):
        return Refused("nothing_would_remain", {}, ("cancel_order",), field="split.lines")
    return moved
