from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.request_more_time import RequestMoreTime
from amends.dispute.events.negotiation import MoreTimeGiven
from tests.dispute.cases import (
    ANSWERED,
    D1,
    OPENED,
    accepted,
    answered,
    mediated,
    of,
    opened,
    refused,
    rub,
    then,
)  # fmt: skip
from tests.given import BUYER, DAY, SELLER, after, terms


def test_once_the_answer_may_take_seven_days_from_the_opening() -> None:
    at = OPENED + 4 * DAY
    outcome = accepted(opened(), RequestMoreTime(note="Stock is checked."), SELLER, at)
    (given,) = outcome.events
    assert isinstance(given, MoreTimeGiven)
    assert [c.text for c in outcome.contents] == ["Stock is checked."]
    dispute = of(after(opened(), given))
    assert (dispute.phase, dispute.turn, dispute.more_time) == ("awaiting_seller", "seller", True)
    assert not dispute.seller_answered
    answer, end = dispute.deadlines
    assert (answer.at, answer.since) == (OPENED + 7 * DAY, OPENED)
    assert answer.rule == "seller_answers_within_with_more_time"
    assert (end.what, end.at) == ("negotiation", OPENED + 10 * DAY)
    # Half time, on day three and a half, has passed.
    assert answer.reminders == (OPENED + 6 * DAY, OPENED + 7 * DAY - DAY / 12)
    assert end.reminders == (OPENED + 5 * DAY, OPENED + 9 * DAY, OPENED + 10 * DAY - DAY / 12)


def test_what_an_outage_gave_is_not_taken_away() -> None:
    dispute = of(opened())
    answer, end = dispute.deadlines
    later = replace(
        dispute,
        deadlines=(answer.moved_to(OPENED + 8 * DAY), end.moved_to(OPENED + 13 * DAY)),
        negotiation_ends=OPENED + 13 * DAY,
    )
    case = replace(opened(), disputes={D1: later})
    case = then(case, RequestMoreTime(), SELLER, OPENED + 6 * DAY)
    assert [d.at for d in of(case).deadlines] == [OPENED + 8 * DAY, OPENED + 13 * DAY]


def test_not_a_second_time() -> None:
    case = then(opened(), RequestMoreTime(), SELLER, OPENED)
    no = refused(case, RequestMoreTime(), SELLER, OPENED + DAY)
    assert (no.rule, no.facts["answer_due"]) == ("more_time_once", OPENED + 7 * DAY)


def test_not_after_the_first_answer() -> None:
    assert refused(answered(), RequestMoreTime(), SELLER, ANSWERED).rule == "wrong_phase"
    counter = MakeOffer(remedy="refund", amount=rub(90_000))
    case = then(answered(), counter, BUYER, ANSWERED)
    assert refused(case, RequestMoreTime(), SELLER, ANSWERED).rule == "first_answer_given"


def test_not_where_the_pack_gives_none() -> None:
    strict = terms("guide-001")
    case = opened()
    no = refused(case, RequestMoreTime(), SELLER, OPENED, under=strict)
    assert (no.rule, no.facts["answer_due"]) == ("no_more_time_given", OPENED + 5 * DAY)


def test_only_the_seller_while_answering() -> None:
    assert refused(opened(), RequestMoreTime(), BUYER, OPENED).rule == "not_for_this_role"
    assert refused(mediated(), RequestMoreTime(), SELLER, ANSWERED).rule == "wrong_phase"
