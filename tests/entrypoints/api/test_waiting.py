"""The answer to "what is taking so long?", as support reads it out and as the parties read it."""

from __future__ import annotations

import pytest

from amends.entrypoints.looking import look, waiting_of
from amends.entrypoints.words.catalogue import words
from amends.kernel.people import Actor, Role
from tests.entrypoints.sandbox import BUYER, SELLER, SUPPORT, Shop, rub


def test_a_side_whose_turn_was_cut_short_learns_how_long_it_is_waited_for(shop: Shop) -> None:
    dispute = str(shop.disputed()["id"])
    shop.on(dispute, "make_offer", SELLER, remedy="refund", amount=rub(30_000), note="x")
    shop.on(dispute, "decline_offer", BUYER, offer="O2", note="No.")
    shop.on(dispute, "escalate", BUYER, note="Too little.")
    waits = "Until 14 March 12:00 UTC the ruling waits for what the seller has to say."
    assert shop.get(f"/disputes/{dispute}/waiting", SELLER)["said"][-1] == waits
    assert shop.get(f"/disputes/{dispute}/waiting", BUYER)["said"][-1] == waits
    shop.move_to("2026-03-14T12:00:00Z")
    assert waits not in shop.get(f"/disputes/{dispute}/waiting", SELLER)["said"]


def test_whose_turn_until_when_and_what_was_late(shop: Shop) -> None:
    dispute = str(shop.disputed()["id"])
    first = shop.get(f"/disputes/{dispute}/waiting", SUPPORT)
    assert first["said"] == [
        "Since 9 March 12:00 UTC it has been the turn of the seller.",
        "What the case waits for: An answer, until 14 March 12:00 UTC.",
        "That is 5 days after Mon 9 Mar 12:00 UTC, when the dispute was opened.",
        "Without an answer the case goes to a mediator.",
    ]
    assert first["so_far"] == ["Nothing has been late so far."]
    assert (first["turn"], first["clock"]["what"]) == ("seller", "answer")

    shop.move_to("2026-03-26T12:00:00Z")
    told = shop.get(f"/disputes/{dispute}/waiting", SUPPORT)
    assert told["turn"] == "supervisor"
    assert told["so_far"] == [
        "Due by 14 March 12:00 UTC, and it did not come: An answer. The case went on without it.",
        "Due by 24 March 12:00 UTC, and 2 days late by now: The ruling.",
    ]
    for side in (BUYER, SELLER):
        assert shop.get(f"/disputes/{dispute}/waiting", side) == told

    shop.move_to("2026-04-10T12:00:00Z")
    ended = shop.get(f"/disputes/{dispute}/waiting", BUYER)
    assert (ended["turn"], ended["clock"]) == (None, None)
    assert ended["so_far"][1] == "Due by 24 March 12:00 UTC, and 5 days late: The ruling."


@pytest.mark.parametrize("language", ["es", "ru", "zh", "ar"])
def test_every_language_says_it_whole(shop: Shop, language: str) -> None:
    dispute = str(shop.disputed()["id"])
    shop.move_to("2026-03-26T12:00:00Z")
    english, told = (
        waiting_of(shop.service, found, dispute)
        for catalogue in (words(), words(language))
        if (found := look(shop.service, "A-1001", Actor("u1", Role.SUPPORT), catalogue))
    )
    for theirs, ours in ((told.said, english.said), (told.so_far, english.so_far)):
        assert len(theirs) == len(ours)
        assert not set(theirs) & set(ours)
        assert "{" not in "".join(theirs)
