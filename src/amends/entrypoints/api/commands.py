"""Sending commands through the engine, with idempotency keys and versions as HTTP carries them."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.events.base import DisputeEvent
from amends.dispute.judge import CaseCommand, OnDispute
from amends.engine.groups import TooBusy
from amends.engine.requests import caller_of
from amends.engine.store import Unavailable
from amends.entrypoints.api.calls import Call, Problem
from amends.entrypoints.api.problems import not_now, refusal
from amends.entrypoints.service import CaseAnswer, CaseRequest, Service
from amends.kernel.decision import Facts, Refused

# A race is lost to one of the last few events; looking further back would only cost time.
_RACED = 20
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_VERSION = re.compile(r'(?:W/)?(?:"(?P<quoted>\d{1,15})"|(?P<bare>\d{1,15}))')


class InFlight:
    """Idempotency keys whose first request is being worked on, by whose they are."""

    def __init__(self) -> None:
        self._keys: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, caller: str, key: str | None) -> Iterator[None]:
        """Raises Problem 409 while another request under the caller's key is not answered."""
        if key is None:
            yield
            return
        mine = (caller, key)
        with self._lock:
            if mine in self._keys:
                next_ = ("send_again_later",)
                raise Problem(Refused("request_in_flight", {"key": key}, next_), 409)
            self._keys.add(mine)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(mine)


def is_key(text: str) -> bool:
    """Whether it can be an idempotency key: printable ASCII without blanks, 255 at most."""
    return _KEY.fullmatch(text) is not None


def key_of(call: Call) -> str:
    """The call's idempotency key. Raises Problem 400 when it is missing or malformed."""
    key = call.headers.get("idempotency-key")
    if key is None or not is_key(key):
        rule = "idempotency_key_missing" if key is None else "idempotency_key_malformed"
        refused = Refused(rule, {}, ("send_idempotency_key",), "invalid")
        raise Problem(refused, 400)
    return key


def version_of(call: Call) -> int | None:
    """The version in ``If-Match``: a bare or quoted number, None for ``*`` or no header.

    Raises Problem 400 for anything else.
    """
    value = call.headers.get("if-match", "*").strip()
    if value == "*":
        return None
    if found := _VERSION.fullmatch(value):
        return int(found["quoted"] or found["bare"])
    raise Problem(Refused("if_match_malformed", {}, ("send_version",), "invalid"), 400)


def digest_of(call: Call, *more: bytes) -> str:
    """Tells one request from another under the same key: where it went and what it held."""
    parts = (call.method.encode(), call.route.encode(), *_named(call.path), call.body, *more)
    hashed = hashlib.sha256()
    for part in parts:
        hashed.update(b"%d:" % len(part))
        hashed.update(part)
    return hashed.hexdigest()


def _named(path: Any) -> tuple[bytes, ...]:
    return tuple(f"{name}={value}".encode() for name, value in sorted(path.items()))


def request_of(
    call: Call,
    order: str,
    command: CaseCommand,
    *,
    key: str | None,
    digest: str = "",
    if_match: int | None = None,
) -> CaseRequest:
    """What a call asks of the engine; its digest is of the call, unless another is given."""
    return CaseRequest(order, command, call.by, key, digest or digest_of(call), if_match)


def send(service: Service, request: CaseRequest) -> CaseAnswer:
    """The engine's answer to an accepted command. Raises Problem when it is refused, or when there
    is no getting through to the engine now."""
    try:
        answer = service.groups.handle_one(service.engine.handle, request, caller_of(request.by))
    except (TooBusy, Unavailable) as error:
        raise not_now(error) from error
    return accepted(service, request, answer)


def accepted(service: Service, request: CaseRequest, answer: CaseAnswer | Exception) -> CaseAnswer:
    """``answer``, unless it is an exception, or a refusal, which is raised as a Problem."""
    if isinstance(answer, Exception):
        raise answer
    if isinstance(answer.outcome, Refused):
        refused = _with_last_step(service, request.command, answer, answer.outcome)
        raise refusal(refused, replayed=answer.replayed)
    return answer


def _with_last_step(
    service: Service, command: CaseCommand, answer: CaseAnswer, refused: Refused
) -> Refused:
    """A conflict over a dispute also tells what was done there last, by which role and when: who
    raced and lost sees who won."""
    if not isinstance(command, OnDispute) or refused.kind != "conflict":
        return refused
    after = max(0, answer.version - _RACED)
    for recorded in reversed(service.engine.events(answer.order, after, answer.version)):
        event = recorded.event
        if isinstance(event, DisputeEvent) and event.dispute == command.dispute:
            last: Facts = {
                **refused.facts,
                "last_step": str(type(event).__struct_config__.tag),
                "last_by": recorded.by.role.value,
                "last_at": recorded.at,
            }
            return replace(refused, facts=last)
    return refused


def with_number_checked(service: Service, command: Struct) -> Any:
    """``command`` with what the carrier's own format says of its tracking number, if it has one:
    the sender's word does not count."""
    if "number_check" not in command.__struct_fields__:
        return command
    carrier = str(getattr(command, "carrier", ""))
    number = str(getattr(command, "tracking_number", ""))
    status = service.check_number(carrier, number).status if number.strip() else "unchecked"
    return replace(command, number_check=status)


def as_a_server_sends_it(value: Mapping[str, Any], command: Any) -> Any:
    """``command`` with a tracking number that fails its check kept and marked, as is right for what
    comes from a marketplace's server; ``insist`` false asks to be told of it like a person."""
    if "insist" not in command.__struct_fields__ or "insist" in value:
        return command
    return replace(command, insist=True)
