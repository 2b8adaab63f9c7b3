"""Policy packs as they are in force, with their words."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from amends.entrypoints.api.calls import Call, Reply, json_reply, unknown
from amends.entrypoints.api.context import Api
from amends.kernel.instants import Instant
from amends.policy.explain import explain
from amends.policy.terms import Terms
from amends.policy.wording import SECTIONS, Wording


class PolicyItem(Struct, frozen=True):
    """A version of a pack in the list."""

    id: str
    version: str
    title: str
    in_force_from: Instant
    digest: str
    sources: dict[str, str]


class RuleView(Struct, frozen=True):
    """A value of a pack: its rule, what it is about, the value with its unit, where it is from."""

    rule: str
    of: str
    value: str
    unit: str
    source: str


class PolicyView(Struct, frozen=True):
    """A whole pack: every value by section, the terms as data, and their words in English."""

    id: str
    version: str
    title: str
    in_force_from: Instant
    digest: str
    sources: dict[str, str]
    sections: dict[str, tuple[RuleView, ...]]
    terms: dict[str, Any]
    wording: dict[str, dict[str, str]]


def get_policies(api: Api, _call: Call) -> Reply:
    """Every version of every pack."""
    items = tuple(_item(terms) for terms in api.service.library.all())
    return json_reply({"items": items, "next": None})


def get_policy(api: Api, call: Call) -> Reply:
    """One version of one pack."""
    pack, version = call.path["policy_id"], call.path["version"]
    terms = api.service.library.get(pack, version)
    if terms is None:
        raise unknown("policy", f"{pack} {version}")
    return json_reply(policy_view(terms, api.service.library.wording(pack, version)))


def policy_view(terms: Terms, words: Wording) -> PolicyView:
    """A pack with its words."""
    item = _item(terms)
    sections = {
        section.name: tuple(
            RuleView(e.rule, e.of or "", str(e.value), e.unit or "", e.source)
            for e in section.entries
        )
        for section in explain(terms)
    }
    return PolicyView(
        id=item.id,
        version=item.version,
        title=item.title,
        in_force_from=item.in_force_from,
        digest=item.digest,
        sources=item.sources,
        sections=sections,
        terms=msgspec.to_builtins(terms),
        wording={name: getattr(words, name) for name in SECTIONS},
    )


def _item(terms: Terms) -> PolicyItem:
    return PolicyItem(
        id=terms.id,
        version=terms.version,
        title=terms.title,
        in_force_from=terms.in_force_from,
        digest=terms.digest,
        sources=terms.sources,
    )
