"""Orders copied under other ids, people and times: what they leave in every table.

A copy's events are the template's with the names and instants in them replaced; all else is made
from these as the engine makes it: state, rows of lists, postings, notices, sealed texts and the
chain of hashes. So a copy passes ``amends db check`` as the original does. What was asked of the
outside world has been done, and is not in the outbox any more.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.case import CaseEvent
from amends.dispute.judge import CaseCommand
from amends.dispute.state import Case
from amends.engine.requests import caller_of
from amends.engine.store import Records, SavedAnswer, Write
from amends.engine.streams import Stream
from amends.entrypoints.domain import OrderDomain
from amends.kernel.decision import Content, Stamp
from amends.kernel.people import Actor, PersonId, Role
from amends.policy.library import Library
from amends.policy.terms import Terms
from amends.store.batch import laid_out, owners_of
from amends.store.rows import changes
from amends.store.sealing import PersonKey
from bench.templates import Template, Templates

Rows = dict[str, list[tuple[Any, ...]]]

# One order in ten is not yet at rest or was disputed.
_WEIGHTS = {"at_rest": 90, "waiting": 5, "at_rest_disputed": 4, "waiting_disputed": 1}
_BUYERS, _SELLERS = 1 / 3, 1 / 500
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?=Z)")
# A stream that begins reads nothing.
_NOTHING_READ = cast(Records, None)
_RECORD = ("events", "contents", "states", "answers")


class Marketplace(Struct, frozen=True):
    """How many orders there are, and with it how many people."""

    orders: int

    def name(self, n: int) -> str:
        """The id of order ``n``."""
        return f"M{n:07d}"

    def buyer(self, chance: random.Random) -> PersonId:
        """Somebody who buys three times on average."""
        return f"shopper-{chance.randrange(max(1, int(self.orders * _BUYERS)))}"

    def seller(self, chance: random.Random) -> PersonId:
        """A seller; the first have many orders, the last few."""
        many = max(1, int(self.orders * _SELLERS))
        return f"merchant-{int(many * chance.random() ** 3)}"


class Copier:
    """Copies some orders at a time; the same number gives the same order."""

    def __init__(self, library: Library, templates: Templates, marketplace: Marketplace) -> None:
        self._domain = OrderDomain(library)
        self._templates = templates
        self._marketplace = marketplace

    def rows(self, numbers: Iterable[int]) -> Rows:
        """The rows of these orders, by table, and the keys of whoever wrote something."""
        writes = [self._write(n) for n in numbers]
        keys = {owner: key_of(owner) for owner in owners_of(writes)}
        batch = laid_out(writes, {}, keys)
        changed = changes((write.order, row) for write in writes for row in write.rows)
        rows: Rows = {table: getattr(batch, table) for table in _RECORD}
        rows |= {table: list(values) for table, values in changed.put.items()}
        rows["person_keys"] = [(person, key.id, key.secret) for person, key in keys.items()]
        return rows

    def _write(self, n: int) -> Write:
        chance = random.Random(n)
        (kind,) = chance.choices(tuple(_WEIGHTS), tuple(_WEIGHTS.values()))
        template = chance.choice(getattr(self._templates, kind))
        new = _Names(template, n, self._marketplace, chance)
        stream: Stream[Case, CaseCommand, CaseEvent, Terms] = Stream(
            self._domain, _NOTHING_READ, new.order, None, None
        )
        for step in template.steps:
            events = tuple(self._domain.decode_event(new.put_into(e).encode()) for e in step.events)
            texts = tuple(
                Content(ref, new.person(owner), new.put_into(text))
                for ref, owner, text in step.texts
            )
            by = Actor(new.person(step.by.person), step.by.role)
            since = stream.version
            stamp = Stamp(events[-1].at, step.command)
            stream.take(stream.followed(stream.now(), events, texts, by, stamp))
            if by.role in (Role.BUYER, Role.SELLER):
                stream.answers.append(
                    SavedAnswer(
                        caller_of(by), step.command, "0" * 64, stamp.at, since, stream.version, None
                    )
                )
        write = stream.write(announced=False)
        assert write is not None
        return replace(write, jobs=())


class _Names:
    """What a copy is called where its template is called otherwise."""

    def __init__(
        self, template: Template, n: int, marketplace: Marketplace, chance: random.Random
    ) -> None:
        self.order = marketplace.name(n)
        buyer, seller = marketplace.buyer(chance), marketplace.seller(chance)
        self._people = {template.buyer: buyer, template.seller: seller}
        self._texts = [
            (template.order, self.order),
            (f'"{template.buyer}"', f'"{buyer}"'),
            (f'"{template.seller}"', f'"{seller}"'),
            (f'"{template.reference}"', f'"pay_{n}"'),
        ]
        if template.purchase:
            self._texts.append((f'"{template.purchase}"', f'"P{n // 2}"'))
        span = (template.latest - template.earliest) // timedelta(seconds=1)
        self._later = template.earliest + timedelta(seconds=chance.randrange(span + 1))

    def person(self, person: PersonId) -> PersonId:
        return self._people.get(person, person)

    def put_into(self, text: str) -> str:
        for old, new in self._texts:
            text = text.replace(old, new)
        return _INSTANT.sub(self._moved, text)

    def _moved(self, found: re.Match[str]) -> str:
        return (datetime.fromisoformat(found[0]) + self._later).isoformat()


def key_of(person: PersonId) -> PersonKey:
    """A key made from the person's id, so that processes that work side by side make the same."""
    return PersonKey(
        hashlib.sha256(f"key of {person}".encode()).hexdigest()[:32],
        hashlib.sha256(f"secret of {person}".encode()).digest(),
    )
