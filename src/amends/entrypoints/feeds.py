"""Feeds of orders, shipments and tracking: read line by line, sent in batches, bad lines told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import structlog
from msgspec import Struct, field

from amends.dispute.judge import OnOrder
from amends.dispute.state import Case
from amends.entrypoints.api.bodies import LARGEST, fields_of, struct_in
from amends.entrypoints.api.calls import Problem, invalid
from amends.entrypoints.api.commands import with_number_checked
from amends.entrypoints.api.context import is_id
from amends.entrypoints.service import CaseAnswer, CaseRequest, Service
from amends.entrypoints.words.catalogue import Words
from amends.kernel.decision import Facts, Refused
from amends.kernel.people import Actor
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.record_tracking import RecordTracking
from amends.order.decide.ship_order import ShipOrder
from amends.order.tracking import plain_number

BATCH = 2_000
"""The most lines that a command of its own sends to the engine together, in one transaction."""

BATCH_BYTES = 8_000_000
"""And about the most bytes of them."""

# A server that takes a feed in has others waiting for their turn.
_GENTLE = 200
_log = structlog.get_logger(__name__)
_CHUNK = 1 << 20
# A feed that is wrong from its first line on must not fill the memory; beyond, lines are counted.
_BAD_LISTED = 1_000

# A line's number and its bytes, or what is wrong with it where that is known before it is JSON.
NumberedLine = tuple[int, "bytes | BadLine"]
Submit = Callable[[Sequence[CaseRequest]], Sequence[CaseAnswer | Exception]]
Find = Callable[[str], Case | None]
Prepare = Callable[[Any], Any]


class Counts(Struct):
    """How many of a kind were new, and how many were known already and changed nothing."""

    new: int = 0
    same: int = 0


class BadLine(Struct, frozen=True):
    """A line that was not taken: its number from 1, the field at fault where there is one, why."""

    line: int
    why: str
    rule: str
    field: str | None = None


class Imported(Struct):
    """What came of a feed so far; ``bad_lines`` counts all, ``bad`` lists the first of them."""

    lines: int = 0
    orders: Counts = field(default_factory=Counts)
    shipments: Counts = field(default_factory=Counts)
    tracking: Counts = field(default_factory=Counts)
    bad_lines: int = 0
    bad: list[BadLine] = []

    def add(self, part: Imported) -> None:
        """Count what came of a part of it that was taken in elsewhere."""
        for name in ("orders", "shipments", "tracking"):
            mine, more = getattr(self, name), getattr(part, name)
            mine.new += more.new
            mine.same += more.same
        self.bad_lines += part.bad_lines
        self.bad = [*self.bad, *part.bad][:_BAD_LISTED]


class _Sent(Struct, frozen=True):
    line: int
    kind: str
    request: CaseRequest


class Feed:
    """Takes a feed in on behalf of ``by``.

    ``submit`` sends requests to the engine, in order and together; ``find`` reads an order, which
    tells a shipment that is known already; ``prepare`` completes a command (tracking numbers).
    ``at_once`` is how many requests are sent at most.
    """

    def __init__(
        self,
        submit: Submit,
        find: Find,
        prepare: Prepare,
        by: Actor,
        words: Words,
        at_once: int = _GENTLE,
    ) -> None:
        self._at_once = at_once
        self._submit = submit
        self._find = find
        self._prepare = prepare
        self._by = by
        self._words = words
        self.imported = Imported()

    def take(self, lines: Iterable[bytes]) -> Iterator[Imported]:
        """Take every line; yields the counts so far after each batch, the last time at the end.

        Good lines are kept whatever comes after them.
        """
        return self.take_numbered(enumerate(lines, start=1))

    def take_numbered(self, lines: Iterable[NumberedLine]) -> Iterator[Imported]:
        """As ``take``, of lines that were numbered, and perhaps found bad, by who read them."""
        batch: list[_Sent] = []
        size = 0
        for number, line in lines:
            self.imported.lines = number
            if isinstance(line, BadLine):
                self._note(line)
                continue
            if not line.strip():
                continue
            try:
                sent = self._read(number, line)
            except Problem as problem:
                self._refuse(number, problem.refused)
                continue
            if _names_lines(sent):
                # Units of one number may leave in several parcels, so whether this one has is seen
                # in what is there, and all of its order before it has to be there.
                if any(other.request.order == sent.request.order for other in batch):
                    batch = self._flush(batch)
                if _is_known(self._find(sent.request.order), sent):
                    self.imported.shipments.same += 1
                    continue
            batch.append(sent)
            size += len(line)
            if len(batch) >= self._at_once or size >= BATCH_BYTES:
                batch, size = self._flush(batch), 0
                yield self.imported
        self._flush(batch)
        # A line found bad when it was read stands before one refused when its batch was sent.
        self.imported.bad.sort(key=lambda bad: bad.line)
        yield self.imported

    def _read(self, number: int, line: bytes) -> _Sent:
        if len(line) > LARGEST:
            raise invalid("body_too_large", {"most": LARGEST})
        value = fields_of(line)
        kind = value.pop("type", None)
        id_field = "id" if kind == "order" else "order"
        command: Any
        match kind:
            case "order":
                order = _id(value, id_field)
                command = struct_in(value, PlaceOrder)
            case "shipment":
                order = _id(value, id_field)
                command = self._prepare(struct_in(value, ShipOrder))
            case "tracking":
                order = _id(value, id_field)
                command = struct_in(value, RecordTracking)
            case _:
                known = ("order", "shipment", "tracking")
                facts: Facts = {"type": str(kind)[:64], "known": known}
                raise invalid("unknown_line_type", facts, "choose_known_type", field="type")
        return _Sent(number, str(kind), CaseRequest(order, OnOrder(order, command), self._by))

    def _flush(self, batch: Sequence[_Sent]) -> list[_Sent]:
        if not batch:
            return []
        answers = self._submit([sent.request for sent in batch])
        of_kind = {
            "order": self.imported.orders,
            "shipment": self.imported.shipments,
            "tracking": self.imported.tracking,
        }
        for sent, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                _log.error(
                    "line_not_taken", line=sent.line, error=type(answer).__name__, exc_info=answer
                )
                self._refuse(sent.line, Refused("line_not_taken", {}, ("send_again_later",)))
                continue
            counts = of_kind[sent.kind]
            if isinstance(answer.outcome, Refused):
                # A parcel cannot be sent again; that it is there already is what was asked for.
                if _is_known(answer.state, sent):
                    counts.same += 1
                else:
                    self._refuse(sent.line, answer.outcome)
            elif answer.outcome.events:
                counts.new += 1
            else:
                counts.same += 1
        return []

    def _refuse(self, line: int, refused: Refused) -> None:
        why = self._words.detail(refused.rule, refused.facts)
        self._note(BadLine(line, why, refused.rule, refused.field))

    def _note(self, bad: BadLine) -> None:
        self.imported.bad_lines += 1
        if len(self.imported.bad) < _BAD_LISTED:
            self.imported.bad.append(bad)


def feed_of(service: Service, by: Actor, words: Words, at_once: int = _GENTLE) -> Feed:
    """A feed into a service."""

    def find(order: str) -> Case | None:
        view = service.engine.view(order)
        return view.state if view else None

    def prepare(command: Any) -> Any:
        return with_number_checked(service, command)

    return Feed(service.engine.handle, find, prepare, by, words, at_once)


def _names_lines(sent: _Sent) -> bool:
    shipment = sent.request.command.command
    return isinstance(shipment, ShipOrder) and bool(shipment.lines)


def _is_known(case: Case | None, sent: _Sent) -> bool:
    """Whether it is a shipment that is on record already: of the same carrier, number and units; of
    one without a number the instant counts too."""
    shipment = sent.request.command.command
    if case is None or not isinstance(shipment, ShipOrder):
        return False
    number = plain_number(shipment.tracking_number)
    wanted = {entry.line: entry.quantity for entry in shipment.lines}
    return any(
        plain_number(parcel.tracking_number) == number
        and parcel.carrier == shipment.carrier.strip()
        and wanted in ({}, parcel.lines)
        and (bool(number) or shipment.at in (None, parcel.shipped_at))
        for parcel in case.order.outbound
    )


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Lines; one that is too long comes cut off just past the limit, its rest is passed over."""
    while line := stream.readline(LARGEST + 2):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(_CHUNK)
        yield line


def _id(value: dict[str, Any], field: str) -> str:
    given = value.pop(field, None)
    if not isinstance(given, str) or not given:
        raise invalid("field_missing", {"field": field}, "add_field", field=field)
    if not is_id(given):
        raise invalid("id_malformed", {"id": given[:80]}, "mend_field", field=field)
    return given
