"""A bank counter: the smallest domain that uses everything the engine has.

An account is opened for somebody, takes deposits and withdrawals up to what is in it, and a pledge
that lapses at an instant unless it is kept. A domain without one word of orders.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from amends.kernel.decision import Accepted, Content, Refused, Stamp
from amends.kernel.instants import Calendar, Instant, to_micros
from amends.kernel.money import Money
from amends.kernel.people import Actor, Role
from amends.kernel.record import Job, Projected, Recorded, Row

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ANN = Actor("ann", Role.BUYER)
BOB = Actor("bob", Role.SELLER)


class Open(Struct, frozen=True, tag=True):
    note: str


class Deposit(Struct, frozen=True, tag=True):
    amount: int


class Withdraw(Struct, frozen=True, tag=True):
    amount: int


class Pledge(Struct, frozen=True, tag=True):
    days: int


class Burst(Struct, frozen=True, tag=True):
    """A command with a fault in its code."""


class Misproject(Struct, frozen=True, tag=True):
    """A command whose row the database does not take."""


class Unencodable(Struct, frozen=True, tag=True):
    """A command after which the state cannot be written."""


Command = Open | Deposit | Withdraw | Pledge | Burst | Misproject | Unencodable


class Opened(Struct, frozen=True, tag=True):
    owner: str
    note_ref: str
    at: Instant


class Deposited(Struct, frozen=True, tag=True):
    amount: int
    at: Instant


class Withdrew(Struct, frozen=True, tag=True):
    amount: int
    at: Instant


class Pledged(Struct, frozen=True, tag=True):
    until: tuple[Instant, ...]
    at: Instant


class Lapsed(Struct, frozen=True, tag=True):
    at: Instant


class Misprojected(Struct, frozen=True, tag=True):
    at: Instant


class Spoilt(Struct, frozen=True, tag=True):
    at: Instant


Event = Opened | Deposited | Withdrew | Pledged | Lapsed | Misprojected | Spoilt


_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class Account(Struct, frozen=True):
    owner: str
    balance: int = 0
    moves: int = 0
    pledges: tuple[Instant, ...] = ()
    spoilt: bool = False


class Counter:
    """``amends.engine.domain.Domain`` for accounts."""

    def __init__(self, state_code: str = "toy-1") -> None:
        self._state_code = state_code
        self.before_decision: Callable[[], None] | None = None
        self.outages_seen: list[int] = []

    @property
    def state_code(self) -> str:
        return self._state_code

    def terms(self, state: Account | None, command: Command | None, at: Instant) -> int | Refused:
        if state is None and not isinstance(command, Open):
            return Refused("unknown_account", kind="unknown")
        return 2

    def decide(
        self, state: Account | None, command: Command, by: Actor, terms: int, stamp: Stamp
    ) -> Accepted[Event] | Refused:
        if self.before_decision:
            self.before_decision()
        self.outages_seen.append(len(stamp.outages))
        at = stamp.at
        if state is None:
            assert isinstance(command, Open)
            ref = stamp.ref("note")
            note = Content(ref, by.person, command.note)
            return Accepted((Opened(by.person, ref, at),), (note,))
        match command:
            case Open():
                return Refused("open_already", {"owner": state.owner, "opened": START})
            case Deposit(amount):
                return Accepted((Deposited(amount, at),))
            case Withdraw(amount):
                if amount > state.balance:
                    asked = Money(amount, "EUR")
                    return Refused(
                        "too_much",
                        {"asked": asked, "there": state.balance, "by": at, "ways": ("less",)},
                        ("less",),
                    )
                return Accepted((Withdrew(amount, at),))
            case Pledge(days):
                return Accepted((Pledged((at + days * DAY, at + terms * days * DAY), at),))
            case Burst():
                raise ZeroDivisionError("a fault")
            case Misproject():
                return Accepted((Deposited(1, at), Misprojected(at)))
            case Unencodable():
                return Accepted((Spoilt(at),))

    def expire(self, state: Account, terms: int, stamp: Stamp) -> tuple[Event, ...]:
        due = [at for at in state.pledges if at <= stamp.at]
        return (Lapsed(min(due)),) if due else ()

    def evolve(self, state: Account | None, event: Event) -> Account:
        replace = msgspec.structs.replace
        if isinstance(event, Opened):
            return Account(event.owner)
        assert state is not None
        state = replace(state, moves=state.moves + 1)
        match event:
            case Deposited(amount):
                return replace(state, balance=state.balance + amount)
            case Withdrew(amount):
                return replace(state, balance=state.balance - amount)
            case Pledged(until):
                return replace(state, pledges=tuple(sorted((*state.pledges, *until))))
            case Lapsed(at):
                return replace(state, pledges=tuple(p for p in state.pledges if p != at))
            case Misprojected():
                return state
            case Spoilt():
                return replace(state, spoilt=True)

    def happened_at(self, event: Event) -> Instant:
        return event.at

    def next_due(self, state: Account) -> Instant | None:
        return state.pledges[0] if state.pledges else None

    def version(self, state: Account, command: Command) -> int:
        return state.moves

    def project(
        self, before: Account | None, recorded: Recorded[Event], after: Account
    ) -> Projected:
        event, n = recorded.event, recorded.number
        account = Row(
            "orders",
            {},
            {
                "buyer": after.owner,
                "seller": "bank",
                "status": "pledged" if after.pledges else "open",
                "placed_at": to_micros(START),
                "currency": "EUR",
                "captured": after.balance,
                "disputes": 0,
                "version": n,
                "updated_at": None if isinstance(event, Misprojected) else to_micros(event.at),
            },
        )
        pledge = Row(
            "disputes",
            {"dispute_id": "pledge"},
            {
                "buyer": after.owner,
                "seller": "bank",
                "phase": "pledged",
                "reason": "pledge",
                "remedy": "none",
                "amount": 0,
                "currency": "EUR",
                "language": "",
                "category": "",
                "unassigned": "",
                "opened_at": to_micros(event.at),
                "due_at": to_micros(after.pledges[0]) if after.pledges else None,
                "version": n,
            }
            if after.pledges
            else None,
        )
        if not isinstance(event, Deposited | Withdrew):
            return Projected((account, pledge))
        sign = 1 if isinstance(event, Deposited) else -1
        posting = Row(
            "postings",
            {"n": n, "i": 0},
            {
                "account": "till",
                "amount": sign * event.amount,
                "currency": "EUR",
                "at": to_micros(event.at),
            },
        )
        job = Job(
            f"{recorded.order}.{n}", "receipt", event.at, {"amount": event.amount, "to": None}
        )
        return Projected((account, posting), (job,))

    def encode_state(self, state: Account) -> bytes:
        if state.spoilt:
            raise msgspec.ValidationError("cannot be written")
        return msgspec.msgpack.encode(state)

    def decode_state(self, data: bytes) -> Account:
        return msgspec.msgpack.decode(data, type=Account)

    def encode_event(self, event: Event) -> bytes:
        return msgspec.json.encode(event)

    def decode_event(self, data: bytes) -> Event:
        return _EVENT.decode(data)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: Instant = START) -> None:
        self.now = now

    def __call__(self) -> Instant:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class Ids:
    """c1, c2, … with a name in front, so that two engines never agree on one."""

    def __init__(self, name: str = "c") -> None:
        self._name = name
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            self._last += 1
            return f"{self._name}{self._last}"


def no_holidays(state: Account | None) -> Calendar:
    return Calendar()
