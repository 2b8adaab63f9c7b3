"""What every store must do with what providers report."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from amends.engine.callbacks import Heard, KeptCallback
from amends.engine.store import Store
from tests.store.given import DAY, NOW, Reopen

EVENT = Heard("evt_1", "refund.updated", '{"id": "evt_1"}')


def heard(name: str) -> Heard:
    return Heard(name, "refund.updated", "{}")


class CallbacksContract:
    def test_a_callback_is_kept_once(self, store: Store, reopen: Reopen) -> None:
        assert store.callbacks.find("stripe", "evt_1") is None
        assert store.callbacks.next_run() is None
        assert store.callbacks.keep("stripe", EVENT, NOW)
        assert not store.callbacks.keep("stripe", Heard("evt_1", "other", "[]"), NOW + DAY)
        assert store.callbacks.keep("simulator", EVENT, NOW)
        kept = reopen().callbacks.find("stripe", "evt_1")
        assert kept == KeptCallback(
            "stripe", "evt_1", "refund.updated", NOW, EVENT.body, "waiting", run_at=NOW
        )
        assert store.callbacks.next_run() == NOW

    def test_kept_by_many_at_once_it_is_one(self, store: Store) -> None:
        with ThreadPoolExecutor(4) as pool:
            new = list(pool.map(lambda _: store.callbacks.keep("stripe", EVENT, NOW), range(12)))
        assert new.count(True) == 1
        assert len(store.callbacks.page()) == 1

    def test_one_at_a_time_has_it(self, store: Store) -> None:
        callbacks = store.callbacks
        for number, name in enumerate(("c", "a", "b")):
            callbacks.keep("stripe", heard(name), NOW + number * DAY)
        assert callbacks.take(NOW - DAY, 9, NOW) == []
        (first,) = callbacks.take(NOW + 9 * DAY, 1, NOW + 10 * DAY)
        assert (first.id, first.attempts) == ("c", 1)
        rest = callbacks.take(NOW + 9 * DAY, 9, NOW + 10 * DAY)
        assert [callback.id for callback in rest] == ["a", "b"]
        assert callbacks.take(NOW + 9 * DAY, 9, NOW + 10 * DAY) == []
        # Whoever took it may have died: after the lease another has it.
        again = callbacks.take(NOW + 10 * DAY, 9, NOW + 11 * DAY)
        assert [callback.attempts for callback in again] == [2, 2, 2]
        assert not callbacks.finish(first, "understood", "A-1")
        assert not callbacks.again(first, NOW, "later")
        assert callbacks.finish(again[0], "understood", "A-1")

    def test_finished_or_put_off_it_says_why(self, store: Store) -> None:
        callbacks = store.callbacks
        callbacks.keep("stripe", EVENT, NOW)
        (taken,) = callbacks.take(NOW, 9, NOW + DAY)
        assert callbacks.again(taken, NOW + 3 * DAY, "unavailable")
        assert callbacks.next_run() == NOW + 3 * DAY
        found = callbacks.find("stripe", "evt_1")
        assert found is not None
        assert (found.state, found.note, found.attempts) == ("waiting", "unavailable", 1)
        (taken,) = callbacks.take(NOW + 3 * DAY, 9, NOW + 4 * DAY)
        assert callbacks.finish(taken, "refused", "chargeback_differs")
        assert not callbacks.finish(taken, "understood", "")
        found = callbacks.find("stripe", "evt_1")
        assert found is not None
        assert (found.state, found.note, found.run_at) == ("refused", "chargeback_differs", None)
        assert callbacks.next_run() is None
        assert callbacks.take(NOW + 9 * DAY, 9, NOW + 10 * DAY) == []

    def test_it_can_be_replayed(self, store: Store) -> None:
        callbacks = store.callbacks
        assert not callbacks.replay("stripe", "evt_1", NOW)
        callbacks.keep("stripe", EVENT, NOW)
        (taken,) = callbacks.take(NOW, 9, NOW + DAY)
        callbacks.finish(taken, "unknown", "refund.updated")
        assert callbacks.replay("stripe", "evt_1", NOW + 2 * DAY)
        (again,) = callbacks.take(NOW + 2 * DAY, 9, NOW + 3 * DAY)
        assert (again.state, again.note, again.attempts, again.at) == ("waiting", "", 1, NOW)

    def test_lists_are_newest_first_page_by_page(self, store: Store) -> None:
        callbacks = store.callbacks
        for number in range(5):
            callbacks.keep("stripe", heard(f"evt_{number}"), NOW + number // 2 * DAY)
        for taken in callbacks.take(NOW, 9, NOW + DAY):
            callbacks.finish(taken, "unknown", "")
        pages, after = [], None
        while page := callbacks.page(after=after, limit=2):
            pages.append([callback.id for callback in page])
            after = page[-1].place
        assert pages == [["evt_4", "evt_3"], ["evt_2", "evt_1"], ["evt_0"]]
        unknown = callbacks.page("unknown", limit=1)
        assert [callback.id for callback in unknown] == ["evt_1"]
        further = callbacks.page("unknown", unknown[-1].place)
        assert [callback.id for callback in further] == ["evt_0"]
