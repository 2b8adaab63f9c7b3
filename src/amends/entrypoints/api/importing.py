"""Feeds over HTTP: a stream of lines, taken as far as they are good."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

import msgspec

from amends.engine.requests import caller_of
from amends.entrypoints.api.calls import Call, Reply, invalid, json_reply
from amends.entrypoints.api.commands import key_of
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.problems import refusal
from amends.entrypoints.feeds import Imported, feed_of, lines_of
from amends.kernel.decision import Refused

_CHUNK = 1 << 20


class _Saved(msgspec.Struct, frozen=True):
    digest: str
    answer: Imported


def post_import(api: Api, call: Call) -> Reply:
    """Counts of what was new and what was known, and each bad line with its number and why."""
    key = key_of(call)
    stream = call.stream
    if stream is None:
        raise invalid("body_missing", {"problem": "empty"}, "send_lines")
    service = api.service
    with api.in_flight.hold(caller_of(call.by), key):
        name, digest = f"import:{call.by.role}/{call.by.person}:{key}", _digest(stream)
        kept = service.store.meta.get(name)
        if kept is not None:
            saved = msgspec.json.decode(kept, type=_Saved)
            if saved.digest != digest:
                next_ = ("use_new_key",)
                raise refusal(Refused("idempotency_key_reused", {"key": key}, next_, "invalid"))
            return json_reply(saved.answer, replayed=True)
        feed = feed_of(service, call.by, api.words)
        for _ in feed.take(lines_of(stream)):
            pass
        answer = feed.imported
        service.store.meta.put(name, msgspec.json.encode(_Saved(digest, answer)).decode())
    return json_reply(answer)


def _digest(stream: BinaryIO) -> str:
    hashed = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        hashed.update(chunk)
    stream.seek(0)
    return hashed.hexdigest()
