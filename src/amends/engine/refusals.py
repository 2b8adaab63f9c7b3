"""Refusals as bytes, so that a saved no can be told again word for word."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from amends.kernel.decision import Fact, Refused
from amends.kernel.money import Money

_Kind = Literal["unknown", "forbidden", "invalid", "conflict"]


class _Kept(Struct, frozen=True, omit_defaults=True):
    # A fact may be a text or an instant, which JSON cannot tell apart: each lies in a slot of its
    # own, by its kind.
    rule: str
    kind: _Kind
    next: tuple[str, ...] = ()
    field: str | None = None
    plain: dict[str, str | int | bool | None] = {}
    instants: dict[str, datetime] = {}
    money: dict[str, Money] = {}
    lists: dict[str, tuple[str, ...]] = {}
    order: tuple[str, ...] = ()


_DECODER = msgspec.json.Decoder(_Kept)


def encode_refused(refused: Refused) -> bytes:
    """JSON of a refusal; ``decode_refused`` gives an equal one back."""
    plain: dict[str, str | int | bool | None] = {}
    instants: dict[str, datetime] = {}
    money: dict[str, Money] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for name, fact in refused.facts.items():
        match fact:
            case datetime():
                instants[name] = fact
            case Money():
                money[name] = fact
            case tuple():
                lists[name] = fact
            case _:
                plain[name] = fact
    kept = _Kept(
        refused.rule,
        refused.kind,
        refused.next,
        refused.field,
        plain,
        instants,
        money,
        lists,
        tuple(refused.facts),
    )
    return msgspec.json.encode(kept)


def decode_refused(data: bytes) -> Refused:
    """The refusal again, its facts in their order. Raises msgspec.MsgspecError for other bytes."""
    kept = _DECODER.decode(data)
    facts: dict[str, Fact] = {**kept.plain, **kept.instants, **kept.money, **kept.lists}
    return Refused(
        kept.rule, {name: facts[name] for name in kept.order}, kept.next, kept.kind, kept.field
    )
