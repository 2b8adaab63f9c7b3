"""What every store must do with forms that were begun."""

from __future__ import annotations

from amends.engine.drafts import Draft
from amends.engine.store import Store
from amends.kernel.decision import Content
from tests.store.given import DAY, NOW, Reopen, begin


class DraftsContract:
    def test_the_last_draft_is_kept_until_it_is_dropped(self, store: Store, reopen: Reopen) -> None:
        drafts = store.drafts
        assert drafts.find("A", "ann") is None
        drafts.keep("A", "ann", Draft(NOW, "too"))
        drafts.keep("A", "ann", Draft(NOW + DAY, "too small, été"))
        assert reopen().drafts.find("A", "ann") == Draft(NOW + DAY, "too small, été")
        drafts.drop("A", "ann")
        drafts.drop("A", "ann")
        assert drafts.find("A", "ann") is None

    def test_drafts_are_each_persons_own_for_each_order(self, store: Store) -> None:
        store.drafts.keep("A", "ann", Draft(NOW, "ann on A"))
        store.drafts.keep("A", "bob", Draft(NOW, "bob on A"))
        store.drafts.keep("B", "ann", Draft(NOW, "ann on B"))
        store.drafts.drop("A", "bob")
        assert store.drafts.find("A", "ann") == Draft(NOW, "ann on A")
        assert store.drafts.find("B", "ann") == Draft(NOW, "ann on B")
        assert store.drafts.find("B", "bob") is None
        store.drafts.keep("A", "zoe", Draft(NOW + DAY, "zoe on A"))
        assert store.drafts.of_order("A") == {
            "ann": Draft(NOW, "ann on A"),
            "zoe": Draft(NOW + DAY, "zoe on A"),
        }
        assert store.drafts.of_order("C") == {}

    def test_erasing_the_person_erases_their_drafts(self, store: Store) -> None:
        begin(store, "A", Content("c1", "ann", "on record"))
        store.drafts.keep("A", "ann", Draft(NOW, "not sent"))
        assert store.records.texts([("A", "c1")]) == {("A", "c1"): "on record"}
        assert store.records.erase("ann")
        assert store.drafts.find("A", "ann") is None
        assert store.drafts.of_order("A") == {}
        store.drafts.keep("A", "ann", Draft(NOW, "begun again"))
        assert store.drafts.find("A", "ann") == Draft(NOW, "begun again")
        assert store.records.texts([("A", "c1")]) == {("A", "c1"): None}
