"""Which pack holds when, and which one an order is under."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from amends.policy.digest import digest_of
from amends.policy.library import Library, PinnedPackError
from amends.policy.parse import parse
from amends.policy.terms import PackRef
from amends.policy.wording import Wording
from tests.policy.documents import documents

FIRST = parse(documents())
SECOND = replace(FIRST, version="2", in_force_from=datetime(2024, 5, 1, tzinfo=UTC))
SECOND = replace(SECOND, digest=digest_of(SECOND))
WORDS = {
    "en": Wording("en", reasons={"late": "Late", "damaged": "Damaged"}),
    "pt": Wording("pt", reasons={"late": "Atrasado"}),
    "pt-br": Wording("pt-BR", reasons={"damaged": "Danificado"}),
}
LIBRARY = Library([SECOND, FIRST], {("aliexpress", "1"): WORDS})
SECOND_LONG = timedelta(seconds=1)


def test_the_newest_version_in_force_at_an_instant() -> None:
    turn = SECOND.in_force_from
    assert LIBRARY.in_force("aliexpress", turn - SECOND_LONG) == FIRST
    assert LIBRARY.in_force("aliexpress", turn) == SECOND
    assert LIBRARY.in_force("aliexpress", turn + SECOND_LONG) == SECOND
    assert LIBRARY.in_force("aliexpress", FIRST.in_force_from) == FIRST
    assert LIBRARY.in_force("aliexpress", FIRST.in_force_from - SECOND_LONG) is None
    assert LIBRARY.in_force("elsewhere", turn) is None


def test_all_and_one() -> None:
    assert LIBRARY.all() == (FIRST, SECOND)
    assert LIBRARY.get("aliexpress", "2") == SECOND
    assert LIBRARY.get("aliexpress", "3") is None


def test_an_order_keeps_the_version_it_was_placed_under() -> None:
    assert LIBRARY.pinned(FIRST.ref) == FIRST
    assert LIBRARY.pinned(SECOND.ref) == SECOND


def test_changed_values_are_refused_with_what_to_do() -> None:
    with pytest.raises(PinnedPackError, match=r"aliexpress 1 were changed.*version of their own"):
        LIBRARY.pinned(PackRef("aliexpress", "1", "0" * 64))


def test_a_pack_that_is_gone_is_refused_with_what_is_there() -> None:
    with pytest.raises(PinnedPackError, match=r"aliexpress 3.*here: aliexpress 1, aliexpress 2"):
        LIBRARY.pinned(PackRef("aliexpress", "3", "0" * 64))
    with pytest.raises(PinnedPackError, match="here: none"):
        Library([], {}).pinned(FIRST.ref)


@pytest.mark.parametrize(
    ("locale", "late", "damaged"),
    [
        ("en", "Late", "Damaged"),
        ("en-GB", "Late", "Damaged"),
        ("pt", "Atrasado", "Damaged"),
        ("pt_BR", "Atrasado", "Danificado"),
        ("pt-PT", "Atrasado", "Damaged"),
        ("fi", "Late", "Damaged"),
    ],
)
def test_words_in_the_nearest_language(locale: str, late: str, damaged: str) -> None:
    words = LIBRARY.wording("aliexpress", "1", locale)
    assert (words.reason("late"), words.reason("damaged")) == (late, damaged)


def test_a_pack_without_words_speaks_in_codes() -> None:
    assert LIBRARY.wording("aliexpress", "9", "en").reason("late") == "late"
