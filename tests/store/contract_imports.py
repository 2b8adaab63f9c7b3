"""What every store must do with what feeds were answered."""

from __future__ import annotations

from amends.engine.imports import ImportAnswer
from amends.engine.store import Store
from tests.store.given import DAY, NOW, Reopen

SHOP, FIRST = "marketplace/shop", ImportAnswer("d1", '{"lines":1}')


class ImportAnswersContract:
    def test_what_was_answered_first_stays(self, store: Store, reopen: Reopen) -> None:
        answers = store.import_answers
        assert answers.find(SHOP, "k") is None
        answers.keep(SHOP, "k", FIRST, NOW)
        answers.keep(SHOP, "k", ImportAnswer("d2", "{}"), NOW + DAY)
        assert reopen().import_answers.find(SHOP, "k") == FIRST
        assert answers.find("marketplace/other", "k") is None

    def test_the_oldest_are_forgotten_so_many_at_a_time(self, store: Store) -> None:
        answers = store.import_answers
        for number, key in enumerate(("c", "a", "b", "d")):
            answers.keep(SHOP, key, FIRST, NOW + number * DAY)
        old = NOW + 3 * DAY
        assert answers.forget(old, 2) == 2
        assert [key for key in "abcd" if answers.find(SHOP, key)] == ["b", "d"]
        assert answers.forget(old, 2) == 1
        assert answers.forget(old, 2) == 0
        assert answers.find(SHOP, "d") == FIRST
