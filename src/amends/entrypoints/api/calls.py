"""A call as its handler meets it, and what it answers: no framework in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from amends.entrypoints.service import CaseAnswer, CaseRequest
from amends.entrypoints.views.texts import Texts
from amends.kernel.decision import Facts, Refused
from amends.kernel.people import Actor, Role

JSON = "application/json"
_encoder = msgspec.json.Encoder()


class Problem(Exception):
    """A call cannot be answered as asked: a refusal with its status."""

    def __init__(
        self, refused: Refused, status: int, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(refused.rule)
        self.refused = refused
        self.status = status
        self.headers = dict(headers or {})


def invalid(rule: str, facts: Facts, *next_: str, field: str | None = None) -> Problem:
    """What was sent cannot be right: 422."""
    return Problem(Refused(rule, facts, next_, "invalid", field), 422)


def not_one_of(field: str, value: str, known: Sequence[str]) -> Problem:
    """A field has a value that is none of its vocabulary: 422."""
    facts: Facts = {
        "field": field, "problem": "not_one_of", "value": value[:64], "known": tuple(known)
    }  # fmt: skip
    return invalid("field_invalid", facts, "mend_field", field=field)


def unknown(what: str, key: str) -> Problem:
    """What does not exist, or not for the asker: 404, in the same words."""
    return Problem(Refused(f"unknown_{what}", {what: key}, (), "unknown"), 404)


@dataclass(frozen=True)
class Upload:
    """A file that came with a form."""

    data: bytes
    name: str
    media_type: str


@dataclass(frozen=True)
class Call:
    """Who asks for what. ``path`` are the address's parts by name, ``body`` the bytes as they came.

    ``form`` holds a multipart form's fields, its file apart; ``stream`` a large body.
    """

    by: Actor
    method: str
    route: str
    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    form: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None
    stream: BinaryIO | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """An answer. ``replayed``: it is what was answered before under the same idempotency key.
    ``file``: what is sent in place of ``body``, a piece at a time, and closed then."""

    status: int
    body: bytes
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    replayed: bool = False
    file: BinaryIO | None = None


@dataclass(frozen=True)
class Asked:
    """A command that a call comes down to, and how its answer is shown: ``show`` is given what the
    engine accepted, with the texts that what it is ``about`` refers to."""

    request: CaseRequest
    about: Callable[[CaseAnswer], object]
    show: Callable[[CaseAnswer, Texts], Reply]


def json_reply(
    value: object,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
    replayed: bool = False,
) -> Reply:
    """``value`` as JSON."""
    return Reply(status, _encoder.encode(value), headers=headers or {}, replayed=replayed)


EVERYBODY = frozenset(
    {Role.BUYER, Role.SELLER, Role.MARKETPLACE, Role.MEDIATOR, Role.APPEALS, Role.SUPERVISOR,
     Role.SUPPORT, Role.FINANCE, Role.AUDITOR, Role.ADMIN}
)  # fmt: skip
