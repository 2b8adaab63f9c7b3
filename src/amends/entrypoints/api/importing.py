"""Feeds over HTTP: a stream of lines, NDJSON or CSV, taken as far as they are good."""

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
from amends.entrypoints.csv_feed import BadHeader
from amends.entrypoints.feeds import Imported, feed_of, lines_of
from amends.entrypoints.taking import FeedKind, numbered
from amends.kernel.decision import Refused

_CHUNK = 1 << 20


def post_import(api: Api, call: Call) -> Reply:
    """Counts of what was new and what was known, and each bad line with its number and why. A body
    that says it is ``text/csv`` is read as CSV, any other as NDJSON."""
    key, kind = key_of(call), _kind(call)
    stream = call.stream
    if stream is None:
        raise invalid("body_missing", {"problem": "empty"}, "send_lines")
    service = api.service
    caller, answers = caller_of(call.by), service.store.import_answers
    with api.in_flight.hold(caller, key):
        digest, kept = _digest(stream, kind), answers.find(caller, key)
        if kept is not None:
            if kept.digest != digest:
                next_ = ("use_new_key",)
                raise refusal(Refused("idempotency_key_reused", {"key": key}, next_, "invalid"))
            return json_reply(msgspec.json.decode(kept.text, type=Imported), replayed=True)
        feed = feed_of(service, call.by, api.words)
        try:
            for _ in feed.take_numbered(numbered(lines_of(stream), kind)):
                pass
        except BadHeader as error:
            raise invalid("bad_header", {"problem": str(error)}, "name_columns") from None
        answer = feed.imported
        said = ImportAnswer(digest, msgspec.json.encode(answer).decode())
        answers.keep(caller, key, said, service.clock.now())
    return json_reply(answer)


def _kind(call: Call) -> FeedKind:
    media_type = call.headers.get("content-type", "").partition(";")[0]
    return "csv" if media_type.strip().casefold() == "text/csv" else "ndjson"


def _digest(stream: BinaryIO, kind: FeedKind) -> str:
    # The same bytes read another way are another request.
    hashed = hashlib.sha256(b"" if kind == "ndjson" else kind.encode())
    while chunk := stream.read(_CHUNK):
        hashed.update(chunk)
    stream.seek(0)
    return hashed.hexdigest()
