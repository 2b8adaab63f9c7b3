"""Holding what is derived against the record, and making it anew from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from msgspec import MsgspecError, Struct

from amends.engine.chain import breaks
from amends.engine.domain import Domain
from amends.engine.store import Snapshot, Store, StoredState
from amends.engine.streams import recorded
from amends.kernel.record import Row

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
T = TypeVar("T")

RowKey = tuple[object, ...]


class Difference(Struct, frozen=True):
    """Where an order's derived data, or its record, is not what it should be, in words."""

    order: str
    what: str


class _Replayed(Struct, frozen=True):
    state: StoredState
    rows: dict[RowKey, Row]


def check(
    store: Store, domain: Domain[S, C, E, T], orders: Iterable[str] | None = None
) -> Iterator[Difference]:
    """Replay every order, or only ``orders``, and compare all there is: chain, state bytes, next
    instant, each row.

    A state written by other code is compared in version and next instant only; it is rebuilt when
    the order is next touched. Orders are looked at one by one, so a service may be running.
    """
    for order in _orders(store) if orders is None else orders:
        snapshot = store.upkeep.snapshot(order)
        found = breaks(order, snapshot.events, snapshot.sealed)
        try:
            found += _compared(snapshot, _replayed(domain, order, snapshot))
        except MsgspecError as error:
            found.append(f"an event cannot be read: {error}")
        except Exception as error:  # one broken order must not end the check of all others
            found.append(f"the events cannot be replayed: {type(error).__name__}: {error}")
        yield from (Difference(order, what) for what in found)


def rebuild(store: Store, domain: Domain[S, C, E, T]) -> int:
    """Make every state and row anew from the events; how many orders that were.

    The outbox is left alone, so nothing is done twice in the outside world. Raises what the domain
    raises on events it cannot replay; what was rebuilt before stays so.
    """
    count = 0
    for order in _orders(store):
        restored = False
        while not restored:
            snapshot = store.upkeep.snapshot(order)
            replayed = _replayed(domain, order, snapshot)
            if replayed is None:
                break  # nothing on record to make it from; check says so
            head = snapshot.events[-1].hash
            rows = tuple(replayed.rows.values())
            restored = store.upkeep.restore(order, replayed.state, head, rows)
        count += restored
    return count


def _orders(store: Store) -> Iterator[str]:
    after = ""
    while orders := store.upkeep.orders(after):
        yield from orders
        after = orders[-1]


def _replayed(domain: Domain[S, C, E, T], order: str, snapshot: Snapshot) -> _Replayed | None:
    state: S | None = None
    rows: dict[RowKey, Row] = {}
    for stored in snapshot.events:
        event = recorded(domain, order, stored)
        after = domain.evolve(state, event.event)
        for row in domain.project(state, event, after).rows:
            rows.pop(_key(row), None)
            if row.values is not None:
                rows[_key(row)] = row
        state = after
    if state is None:
        return None
    version, encoded = snapshot.events[-1].number, domain.encode_state(state)
    return _Replayed(StoredState(version, encoded, domain.state_code, domain.next_due(state)), rows)


def _compared(snapshot: Snapshot, replayed: _Replayed | None) -> list[str]:
    stored, found = snapshot.state, []
    if replayed is None:
        if stored is not None:
            found.append("there is a state, but no event")
        return found + [f"{_name(row)} is there, but no event" for row in snapshot.rows]
    right = replayed.state
    if stored is None:
        found.append("the state is missing")
    else:
        if stored.version != right.version:
            found.append(f"the state is at version {stored.version}, not {right.version}")
        if stored.code == right.code and stored.state != right.state:
            found.append("the state's bytes are not those the events give")
        if stored.next_due != right.next_due:
            found.append(f"the next instant is {stored.next_due}, not {right.next_due}")
        if snapshot.head != snapshot.events[-1].hash:
            found.append("the chain's end is not the last event's hash: events may be missing")
    there = {_key(row): row for row in snapshot.rows}
    for key, row in replayed.rows.items():
        if key not in there:
            found.append(f"{_name(row)} is missing")
            continue
        was, be = there[key].values or {}, row.values or {}
        for column in sorted(was.keys() | be.keys()):
            if was.get(column) != be.get(column):
                found.append(
                    f"{_name(row)}: {column} is {was.get(column)!r}, not {be.get(column)!r}"
                )
    found += [
        f"{_name(row)} should not be there"
        for key, row in there.items()
        if key not in replayed.rows
    ]
    return found


def _key(row: Row) -> RowKey:
    return (row.table, *sorted(row.key.items()))


def _name(row: Row) -> str:
    key = ", ".join(f"{name} {value}" for name, value in row.key.items())
    return f"a row of {row.table} ({key})" if key else f"the row of {row.table}"
