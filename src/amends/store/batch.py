"""What a batch of writes comes to in each table of the record, whatever database it goes to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from amends.engine.chain import GENESIS, next_hash
from amends.engine.slots import slot_of
from amends.engine.store import SavedAnswer, StoredEvent, StoredState, Write
from amends.engine.webhooks import ANNOUNCE
from amends.kernel.instants import Instant, from_micros, to_micros
from amends.kernel.people import Actor, PersonId, Role
from amends.kernel.record import Column, Job
from amends.store.sealing import PersonKey, seal, sealed_text

Values = tuple[Any, ...]


class Batch(Struct):
    """Rows to be put into each table, in the order of the writes."""

    events: list[Values] = []
    contents: list[Values] = []
    states: list[Values] = []
    jobs: list[Values] = []
    answers: list[Values] = []


def owners_of(writes: Sequence[Write]) -> set[PersonId]:
    """Whose texts are to be sealed."""
    return {c.owner for w in writes for event in w.events for c in event.contents}


def laid_out(
    writes: Sequence[Write], heads: Mapping[str, bytes], keys: Mapping[PersonId, PersonKey]
) -> Batch:
    """Seal the texts and chain the events on to ``heads``, the chain's end of each known order.

    ``keys`` holds one for everybody in ``owners_of(writes)``.
    """
    batch = Batch()
    for write in writes:
        order = write.order
        head = heads.get(order, GENESIS)
        for number, event in enumerate(write.events, start=write.expected + 1):
            texts = []
            for content in event.contents:
                key = keys[content.owner]
                sealed = seal(key, order, content)
                batch.contents.append((order, content.ref, number, content.owner, key.id, sealed))
                texts.append(sealed_text(content.ref, content.owner, sealed))
            head = next_hash(head, order, number, event, texts)
            by, at = event.by, to_micros(event.at)
            batch.events.append(
                (order, number, at, by.person, by.role.value, event.command_id, event.type,
                 event.body.decode(), head)
            )  # fmt: skip
        if write.state is not None:
            batch.states.append(state_values(order, write.state, head))
        for job in write.jobs:
            batch.jobs.append(job_values(order, job))
        if write.announced and write.events:
            batch.jobs.append(_announcement(write))
        for a in write.answers:
            at = to_micros(a.at)
            batch.answers.append(
                (order, a.caller, a.key, a.digest, at, a.since, a.version, a.refusal)
            )
    return batch


def state_values(order: str, state: StoredState, head: bytes) -> Values:
    """A row of the table of states."""
    due = None if state.next_due is None else to_micros(state.next_due)
    return (order, state.version, state.state, state.code, due, head, slot_of(order))


def job_values(order: str, job: Job) -> Values:
    """A row of the outbox."""
    payload = msgspec.json.encode(job.payload).decode()
    return (order, job.id, job.kind, to_micros(job.run_at), payload, 0, slot_of(order))


def stored_state(version: int, data: bytes, code: str, due: int | None) -> StoredState:
    """A state from its columns."""
    return StoredState(version, data, code, instant_or_none(due))


def stored_events(found: Collection[Values]) -> list[StoredEvent]:
    """Events from their columns."""
    return [
        StoredEvent(
            number, from_micros(at), Actor(person, Role(role)), command_id, type_, body.encode(), h
        )
        for number, at, person, role, command_id, type_, body, h in found
    ]


def saved_answers(found: Collection[Values]) -> dict[tuple[str, str, str], SavedAnswer]:
    """Answers from their columns, by order, caller and key."""
    return {
        (order, caller, key): SavedAnswer(
            caller, key, digest, from_micros(at), since, version, refusal
        )
        for order, caller, key, digest, at, since, version, refusal in found
    }


def _announcement(write: Write) -> Values:
    """A row of the outbox by which a write with events asks that they be told."""
    upto = write.expected + len(write.events)
    payload: dict[str, Column] = {"after": write.expected, "upto": upto}
    job = f"{write.order}:{upto}:{ANNOUNCE}"
    return job_values(write.order, Job(job, ANNOUNCE, write.events[-1].at, payload))


def instant_or_none(micros: int | None) -> Instant | None:
    """An instant from a column that may be empty."""
    return None if micros is None else from_micros(micros)
