"""Asking for a fresh second factor before what cannot be taken back, with nothing typed lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from litestar import Response
from msgspec import Struct

from amends.entrypoints.web.rendering import page
from amends.entrypoints.web.saying import refused_in_words
from amends.entrypoints.web.site import Site
from amends.entrypoints.web.visitors import Visitor
from amends.kernel.decision import Refused

FRESH_FOR = timedelta(minutes=10)
FIELD = "second_factor"


class Step(Struct, frozen=True):
    """What is about to be done: its words, where its form goes, what it holds, and the way back."""

    title: str
    action: str
    fields: Iterable[tuple[str, str]]
    back: str


def prove_first(site: Site, visitor: Visitor, step: Step) -> Response[str] | None:
    """A page that asks for a code and sends the step again with it; None: it may be done.

    Whoever has no account has no second factor either: they came by the command line's link.
    """
    now = site.now()
    proven = visitor.session.proven_at
    if visitor.member is None or (proven is not None and now - proven < FRESH_FOR):
        return None
    typed = [text for name, text in step.fields if name == FIELD]
    refused: Refused | None = None
    if typed:
        refused = site.sign_in.prove(visitor.actor.person, typed[-1], now)
        if refused is None:
            site.sessions.proven(visitor, now)
            return None
    return page(
        "staff/prove.html",
        visitor,
        now=now,
        status=_status(refused),
        errors=refused is not None,
        fault=refused_in_words(refused, site.api.words) if refused else "",
        title=step.title,
        action=step.action,
        carried=[(name, text) for name, text in step.fields if name not in (FIELD, "csrf")],
        back=step.back,
        field=FIELD,
    )


def _status(refused: Refused | None) -> int:
    if refused is None:
        return 200
    return 429 if refused.rule == "too_many_tries" else 422
