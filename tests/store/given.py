"""Things to write, for the stores' contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.engine.sessions import Session
from amends.engine.staff import StaffAccount
from amends.engine.store import (
    NewEvent,
    SavedAnswer,
    Store,
    StoredState,
    Write,
)
from amends.kernel.decision import Content
from amends.kernel.people import Actor, Member, Role
from amends.kernel.record import Column, Row

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
ANN = Actor("ann", Role.BUYER)

Reopen = Callable[[], Store]


def event(n: int, *contents: Content) -> NewEvent:
    body = f'{{"type":"counted","n":{n},"word":"été"}}'.encode()
    return NewEvent(NOW + n * SECOND, ANN, f"c{n}", "counted", body, contents)


def state(version: int, due: datetime | None = None, data: bytes = b"\x00\xff") -> StoredState:
    return StoredState(version, data, "code-1", due)


def answer(key: str, version: int = 1, refusal: bytes | None = None) -> SavedAnswer:
    return SavedAnswer("buyer/ann", key, "digest", NOW, version - 1, version, refusal)


def session(id_: str, by: Actor = ANN, until: datetime = NOW + DAY) -> Session:
    return Session(id_, by, "Firefox on Linux", NOW, NOW, until)


def account(person: str, email: str = "", **facts: Any) -> StaffAccount:
    member = Member(person, Role.MEDIATOR, **facts)
    return StaffAccount(member, f"{person} of amends", email or f"{person}@amends.example", NOW)


def order_row(buyer: str, placed: int, status: str = "open") -> Row:
    values: dict[str, Column] = {
        "buyer": buyer,
        "seller": "s1",
        "purchase": None,
        "status": status,
        "placed_at": placed,
        "currency": "EUR",
        "captured": 100,
        "disputes": 0,
        "version": 1,
        "updated_at": placed,
        "provider": "p",
        "reference": None,
    }
    return Row("orders", {}, values)


def dispute_row(name: str, due: int | None, mediator: str | None = None) -> Row:
    values: dict[str, Column] = {
        "buyer": "ann",
        "seller": "s1",
        "phase": "mediation",
        "turn": "mediator" if due else None,
        "outcome": None,
        "reason": "late",
        "remedy": "refund",
        "amount": 5,
        "currency": "EUR",
        "mediator": mediator,
        "officer": None,
        "language": "",
        "category": "",
        "unassigned": "",
        "opened_at": 1,
        "due_at": due,
        "closed_at": None,
        "version": 1,
    }
    return Row("disputes", {"dispute_id": name}, values)


def begin(store: Store, order: str, *contents: Content, due: datetime | None = None) -> None:
    clashed = store.records.write([Write(order, 0, (event(1, *contents),), state(1, due))])
    assert clashed == frozenset()
