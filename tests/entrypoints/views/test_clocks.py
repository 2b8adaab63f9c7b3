from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from amends.entrypoints.views.clocks import deadline_view, why_window
from amends.entrypoints.words.catalogue import words
from amends.order.protection import Why
from amends.policy.clocks import start_clock
from tests.given import DAY, T0, terms

ENGLISH = words()
OFFER = terms().clocks.offer_answered_within


def test_a_deadline_says_how_it_was_reckoned() -> None:
    clock = start_clock(OFFER, "answer", "buyer", T0, "offer_made")
    view = deadline_view(clock, terms(), ENGLISH)
    assert view.why == "5 days after Sun 1 Mar 10:00 UTC, when the offer was made"
    assert view.then == "Without an answer the case goes to a mediator."
    assert (view.rule, view.source) == ("offer_answered_within", "000")


def test_one_cut_short_or_extended_says_so() -> None:
    short = start_clock(OFFER, "answer", "buyer", T0, "offer_made", not_after=T0 + 2 * DAY)
    assert deadline_view(short, terms(), ENGLISH).why == (
        "5 days after Sun 1 Mar 10:00 UTC, when the offer was made,"
        " but not past the end set for this step"
    )
    clock = start_clock(OFFER, "answer", "buyer", T0, "offer_made")
    longer = clock.moved_to(clock.at + timedelta(hours=30))
    assert deadline_view(longer, terms(), ENGLISH).why.endswith(
        ", and longer because our service was down"
    )


def test_a_clock_under_no_rule_of_the_pack_is_told_by_its_length() -> None:
    clock = start_clock(OFFER, "follow_up", "platform", T0, "contact_recorded")
    promised = replace(clock, rule="follow_up_promised", at=T0 + timedelta(days=1, hours=6))
    view = deadline_view(promised, terms(), ENGLISH)
    assert view.why == "1 day 6 hours after Sun 1 Mar 10:00 UTC, when the follow-up was promised"
    assert view.source == ""


def test_windows_are_told_by_what_began_them() -> None:
    told = why_window(Why("opens_after_ship_by", 6, T0, "004"), ENGLISH)
    assert told.text == (
        "6 days after the ship-by date, 1 March 10:00 UTC, where nothing is shipped by then"
    )
    assert why_window(Why("opens_on_delivery", 0, T0, "003"), ENGLISH).text == (
        "at delivery on 1 March 10:00 UTC"
    )
    assert why_window(Why("closes_after_receipt", 1, T0, "003"), ENGLISH).text == (
        "1 day after receipt was confirmed on 1 March 10:00 UTC"
    )
