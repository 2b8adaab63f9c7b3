"""Feeds over HTTP: a stream of lines, taken as far as they are good."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

import msgspec

from amends.engine.imports import ImportAnswer
from amends.engine.requests import caller_of
from amends.entrypoints.api.calls import Call, Reply, invalid, json_reply
from amends.entrypoints.api.commands import key_of
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.problems import refusal
from amends.entrypoints.feeds import Imported, feed_of, lines_of
from amends.kernel.decision import Refused

_CHUNK = 1 << 20


def post_import(api: Api, call: Call) -> Reply:
    """Counts of what was new and what was known, and each bad line with its number and why."""
    key = key_of(call)
    stream = call.stream
    if stream is None:
        raise invalid("body_missing", {"problem": "empty"}, "send_lines")
    service = api.service
    caller, answers = caller_of(call.by), service.store.import_answers
    with api.in_flight.hold(caller, key):
        digest, kept = _digest(stream), answers.find(caller, key)
        if kept is not None:
            if kept.digest != digest:
                next_ = ("use_new_key",)
                raise refusal(Refused("idempotency_key_reused", {"key": key}, next_, "invalid"))
            return json_reply(msgspec.json.decode(kept.text, type=Imported), replayed=True)
        feed = feed_of(service, call.by, api.words)
        for _ in feed.take(lines_of(stream)):
            pass
        answer = feed.imported
        said = ImportAnswer(digest, msgspec.json.encode(answer).decode())
        answers.keep(caller, key, said, service.clock.now())
    return json_reply(answer)


def _digest(stream: BinaryIO) -> str:
    hashed = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        hashed.update(chunk)
    stream.seek(0)
    return hashed.hexdigest()
