"""A claim as far as it was filled in, kept between its pages and between devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from amends.engine.drafts import Draft
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.site import Site
from amends.entrypoints.web.visitors import Visitor
from amends.kernel.instants import Instant


class Begun(Struct, frozen=True):
    """What was typed, by the inputs' names, and the steps that were answered."""

    texts: Mapping[str, Sequence[str]] = {}
    done: tuple[str, ...] = ()
    saved_at: Instant | None = None

    @property
    def posted(self) -> Posted:
        """The answers as a form holds them."""
        return Posted(self.texts)

    def answered(self, step: str, fields: Sequence[str], posted: Posted) -> Begun:
        """With the answers of one step instead of those it had."""
        done = tuple(dict.fromkeys((*self.done, step)))
        return replace(self.noted(fields, posted), done=done)

    def noted(self, fields: Sequence[str], posted: Posted) -> Begun:
        """With what was typed for these fields instead of what was, and no step answered by it."""
        kept = {name: texts for name, texts in self.texts.items() if not _of(name, fields)}
        given = {name: texts for name, texts in posted.texts.items() if _of(name, fields)}
        return replace(self, texts={**kept, **given})


def _of(name: str, fields: Sequence[str]) -> bool:
    return name.partition(".")[0] in fields


def begun_by(site: Site, visitor: Visitor, order: str) -> Begun:
    """What the visitor has answered so far about an order; nothing, if nothing is kept."""
    draft = site.service.store.drafts.find(order, visitor.actor.person)
    if draft is None:
        return Begun()
    found = msgspec.json.decode(draft.text, type=Begun)
    return Begun(found.texts, found.done, draft.at)


def keep(site: Site, visitor: Visitor, order: str, begun: Begun) -> None:
    """Save it."""
    text = msgspec.json.encode(Begun(begun.texts, begun.done)).decode()
    site.service.store.drafts.keep(order, visitor.actor.person, Draft(site.now(), text))


def drop(site: Site, visitor: Visitor, order: str) -> None:
    """Forget it: it was sent."""
    site.service.store.drafts.drop(order, visitor.actor.person)
