"""What every store must do with what sellers have at hand."""

from __future__ import annotations

from amends.engine.papers import Paper
from amends.engine.store import Store
from amends.kernel.decision import Content
from tests.store.given import DAY, NOW, Reopen, begin


class PapersContract:
    def test_papers_are_numbered_and_kept_in_their_order(
        self, store: Store, reopen: Reopen
    ) -> None:
        papers = store.papers
        assert papers.of("shop", "return_policy") == []
        assert papers.add("shop", "return_policy", NOW, "15 days") == 1
        assert papers.add("shop", "return_policy", NOW + DAY, "30 days, été") == 2
        assert papers.add("shop", "reply", NOW, "We look into it.") == 1
        assert papers.add("other", "return_policy", NOW, "none") == 1
        assert reopen().papers.of("shop", "return_policy") == [
            Paper(1, NOW, "15 days"),
            Paper(2, NOW + DAY, "30 days, été"),
        ]

    def test_of_very_many_the_latest_are_read(self, store: Store) -> None:
        for n in range(1, 202):
            store.papers.add("shop", "return_policy", NOW, f"version {n}")
        numbers = [paper.number for paper in store.papers.of("shop", "return_policy")]
        assert numbers == list(range(2, 202))

    def test_one_that_was_dropped_is_gone_alone(self, store: Store) -> None:
        papers = store.papers
        for street in ("1 High Street", "2 High Street"):
            papers.add("shop", "return_address", NOW, street)
        papers.drop("shop", "return_address", 1)
        papers.drop("shop", "return_address", 1)
        assert [p.text for p in papers.of("shop", "return_address")] == ["2 High Street"]
        assert papers.add("shop", "return_address", NOW, "3 High Street") == 3

    def test_erasing_the_seller_erases_their_papers(self, store: Store) -> None:
        begin(store, "A", Content("c1", "shop", "on record"))
        store.papers.add("shop", "reply", NOW, "We look into it.")
        assert store.records.erase("shop")
        assert store.papers.of("shop", "reply") == []
        assert store.papers.add("shop", "reply", NOW, "Hello again.") == 2
