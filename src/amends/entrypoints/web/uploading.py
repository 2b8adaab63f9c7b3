"""Taking in a file that came with a form."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from amends.entrypoints.api import evidence
from amends.entrypoints.api.calls import Problem
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.requests import Sent
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import Site, call_of, come_to_rest
from amends.entrypoints.web.visitors import Visitor

_FIELDS = ("kind", "note", "dispute")


class _Uploaded(Struct, frozen=True):
    id: str


def take_upload(site: Site, visitor: Visitor, order_id: str, sent: Sent) -> str:
    """The id of the file, on record with the order, and put to a dispute when the form says so.

    Raises Problem when there is no file, or it cannot be taken.
    """
    texts = sent.texts
    call = call_of(
        visitor.actor,
        "/orders/{order_id}/evidence",
        {"order_id": order_id},
        headers={"idempotency-key": texts.one("key") or site.service.new_token()},
        form={name: texts.one(name) for name in _FIELDS if texts.one(name)},
        upload=sent.upload,
    )
    reply = evidence.post_evidence(site.api, call)
    come_to_rest(site)
    return msgspec.json.decode(reply.body, type=_Uploaded).id


def not_taken(site: Site, problem: Problem) -> str:
    """Why no file was taken in, said to somebody before a form."""
    if problem.refused.rule == "file_missing":
        return _("Choose a file first.")
    return refused_in_words(problem.refused, site.api.words)
