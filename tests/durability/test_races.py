from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace as with_parts
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from amends.adapters.ids import new_id
from amends.dispute.case import CaseEvent
from amends.dispute.state import Case
from amends.engine.engine import Engine
from amends.engine.groups import Groups
from amends.engine.store import Loaded, Records, Store, Write
from amends.entrypoints.service import Service
from tests.durability.linear import Told
from tests.durability.races import NoLegalOrder, Races, racing
from tests.given import T0

ROUNDS = {"threads": 30, "processes": 12}


@pytest.mark.parametrize("by", ["threads", "processes"])
def test_a_legal_order_exists_for_every_race(database: str, tmp_path: Path, by: str) -> None:
    with racing(database, tmp_path, by) as races:
        races.play(ROUNDS[by], seed=1)
        assert races.differences() == []
    assert races.counts["begun while others waited"] > ROUNDS[by]
    assert races.counts["rounds in which time ran out"]
    if by == "processes":
        assert races.counts["told who won"]


class LostUpdates:
    """A record that looks where an order stands just before it writes, so that nobody ever clashes:
    what was decided on an older look is written over what happened since."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def load(self, *asked: Any) -> Loaded:
        loaded = self._records.load(*asked)
        time.sleep(0.002)
        return loaded

    def write(self, writes: Iterable[Write]) -> frozenset[str]:
        batch = list(writes)
        now = self._records.load({write.order for write in batch}, (), T0)
        return self._records.write([on_top(write, now) for write in batch])


def on_top(write: Write, now: Loaded) -> Write:
    version = now.states[write.order].version
    state = write.state and replace(write.state, version=version + len(write.events))
    return replace(write, expected=version, head=now.heads[write.order], state=state)


class Broken:
    """A store with such a record."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.records = LostUpdates(store.records)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def broken(service: Service) -> Service:
    plain = service.engine
    engine = Engine(
        plain.domain, cast(Store, Broken(service.store)), plain.clock, new_id, service.calendar_for
    )
    return with_parts(service, engine=engine, groups=Groups())


def test_a_store_that_loses_updates_is_found_out(database: str, tmp_path: Path) -> None:
    with (
        racing(database, tmp_path, "threads", broken) as races,
        pytest.raises(NoLegalOrder),
    ):
        races.play(ROUNDS["threads"], seed=1)


def _asked(told: Told | None) -> object:
    return told and told.command and (told.by, type(told.command.command))


def test_an_answer_of_somebody_elses_is_found_out(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    legal = Races.legal

    def twisted(self: Races, start: Case, history: list[Told], recorded: list[CaseEvent]) -> bool:
        """Also with the answers of a winner and a loser exchanged."""
        won = next((t for t in history if t.command and "rule" not in t.seen), None)
        # Two who asked for the same cannot be told apart by their answers.
        lost = next((t for t in history if "rule" in t.seen and _asked(t) != _asked(won)), None)
        if won and lost:
            rest = [t for t in history if t not in (won, lost)]
            swapped = [replace(won, seen=lost.seen), replace(lost, seen=won.seen)]
            found.append(legal(self, start, [*rest, *swapped], recorded))
        return legal(self, start, history, recorded)

    monkeypatch.setattr(Races, "legal", twisted)
    with racing(database, tmp_path, "threads") as races:
        races.play(5, seed=1)
    assert found
    assert not any(found)
