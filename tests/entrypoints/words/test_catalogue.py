"""Every code that can reach a person has words, wherever in the source it is made."""

from __future__ import annotations

from datetime import UTC, datetime
from string import Formatter

import pytest
from msgspec import Struct
from msgspec.structs import fields

from amends.dispute.decide import COMMANDS as DISPUTE_COMMANDS
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.events import DISPUTE_EVENTS
from amends.dispute.events.base import DisputeEvent
from amends.dispute.judge import tag_of
from amends.entrypoints.views.clocks import terms_of_rules
from amends.entrypoints.words.catalogue import Words, words
from amends.entrypoints.words.languages import languages
from amends.kernel.money import Money
from amends.order.decide import COMMANDS as ORDER_COMMANDS
from amends.order.decide.place_order import PlaceOrder
from amends.order.events import ORDER_EVENTS
from amends.order.events.base import OrderEvent
from tests.entrypoints.words.codes import Found, facts_given, scan
from tests.entrypoints.words.test_translations import FOLDERS, texts
from tests.given import packs

# Rules made of parts in the source, each with what it can be: all others are found by scanning.
MADE_UP = {"f'unknown_{what}'": "the first argument of unknown()"}
# Next steps that were read where they are made: by a file's inspection, by a family of rules given
# together, or in a refusal that is kept.
READ_ELSEWHERE = {"verdict.next", "looked_into.next", "rules.next", "kept.next"}
COMMANDS: tuple[type[Struct], ...] = (
    *ORDER_COMMANDS, *DISPUTE_COMMANDS, PlaceOrder, OpenDispute,
)  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Found:
    return scan()


@pytest.fixture(scope="module")
def english() -> Words:
    return words()


def told(missing: dict[str, set[str]], where: str, language: str = "en") -> str:
    lines = [f"{code}  (in {', '.join(sorted(places))})" for code, places in missing.items()]
    return f"add to {where} of a file in entrypoints/words/{language}:\n" + "\n".join(sorted(lines))


def without(codes: dict[str, set[str]], known: object) -> dict[str, set[str]]:
    assert isinstance(known, dict)
    return {code: places for code, places in codes.items() if code not in known}


def test_every_rule_of_a_refusal_has_words(found: Found, english: Words) -> None:
    missing = without(found.rules, english.rules)
    assert not missing, told(missing, "[rules]")


@pytest.mark.parametrize("language", languages())
def test_every_next_step_has_words(found: Found, language: str) -> None:
    known = {key.removeprefix("next."): text for key, text in texts(FOLDERS / language).items()}
    missing = without(found.next, known)
    assert not missing, told(missing, "[next]", language)


def test_every_next_step_can_be_read_in_the_source(found: Found) -> None:
    unread = {where: parts - READ_ELSEWHERE for where, parts in found.unread.items()}
    assert {where: parts for where, parts in unread.items() if parts} == {}


def test_every_clock_says_what_it_waits_for_and_what_then(found: Found, english: Words) -> None:
    for known, where in ((english.steps, "[steps]"), (english.then, "[then]")):
        missing = without(found.clocks, known)
        assert not missing, told(missing, where)


def test_every_start_of_a_clock_has_words(found: Found, english: Words) -> None:
    missing = without(found.anchors, english.anchors)
    assert not missing, told(missing, "[anchors]")


def test_rules_made_of_parts_are_known_here(found: Found) -> None:
    assert set(found.made_up) == set(MADE_UP), "say in MADE_UP what each of these can be"


def test_rules_that_are_a_packs_own_have_words(english: Words) -> None:
    # A refusal may cite the term itself: these two do.
    for terms in packs().all():
        assert {"refund_arrives_until", "feedback_amendable_for"} <= terms_of_rules(terms).keys()
    assert {"refund_arrives_until", "feedback_amendable_for"} <= english.rules.keys()


def test_every_window_of_every_pack_has_words(english: Words) -> None:
    for terms in packs().all():
        windows = terms.windows
        rules = {o.term.rule for o in windows.opens}
        rules |= {w.term.rule for w in windows.closes_by_carrier}
        rules |= {c.term.rule for c in windows.closes_other_carriers}
        if windows.closes_after_receipt:
            rules.add(windows.closes_after_receipt.rule)
        assert rules <= english.windows.keys()


def test_every_command_has_words_and_only_commands_have(english: Words) -> None:
    commands = {tag_of(c) for c in COMMANDS}
    assert commands == english.commands.keys()


def test_words_of_a_command_are_for_fields_it_has(english: Words) -> None:
    for command in COMMANDS:
        words = english.command(tag_of(command))
        named = {*words.fields, *words.hints, *words.asks_first}
        assert named <= {field.encode_name for field in fields(command)}, tag_of(command)


def test_every_event_with_words_exists_and_every_notice_has_some(english: Words) -> None:
    events: tuple[type[OrderEvent | DisputeEvent], ...] = (*ORDER_EVENTS, *DISPUTE_EVENTS)
    every = {str(event.__struct_config__.tag): event for event in events}
    told_of = {tag for tag, event in every.items() if event.told}
    # These two are told of by what they hold: an outbound parcel, and a delivery.
    told_of |= {"parcel_sent", "tracking_recorded"}
    assert told_of <= {tag for tag, event in english.events.items() if event.notice}
    assert english.events.keys() <= every.keys(), "words for an event nobody records"


def test_nothing_in_the_catalogue_is_a_word_for_nothing(found: Found, english: Words) -> None:
    made_elsewhere = {
        # By the framework's status, by a helper, or by a pack's own term.
        "method_not_allowed", "request_malformed", "broken_json", "credentials_missing",
        "credentials_unknown", "refund_arrives_until", "feedback_amendable_for",
    }  # fmt: skip
    assert english.rules.keys() - found.rules.keys() <= made_elsewhere
    assert english.next.keys() - found.next.keys() <= {"send_form"}


def test_every_fact_a_sentence_names_is_given(english: Words) -> None:
    checked, missing = 0, []
    for rule, place, given in facts_given():
        wanted = {name for _, name, _, _ in Formatter().parse(english.rules[rule].detail) if name}
        checked += 1
        if wanted - given:
            missing.append(f"{rule} at {place} gives {sorted(given)}, not {sorted(wanted - given)}")
    assert not missing, "\n".join(missing)
    assert checked > 150


def test_a_detail_holds_its_facts(english: Words) -> None:
    at = datetime(2026, 3, 8, 12, tzinfo=UTC)
    detail = english.detail("window_not_open", {"opens_at": at})
    assert detail == "A dispute cannot be opened yet; it can be from 8 March 2026 12:00 UTC."
    most = english.detail("amount_too_large", {"most": Money(160_000, "RUB")})
    assert most == "The most is RUB 1,600.00."


@pytest.mark.parametrize("language", languages())
def test_the_instants_of_a_refusal_carry_their_year(language: str) -> None:
    said = words(language)
    for rule, facts in (
        ("in_the_future", ("at", "now")), ("before_the_order", ("at", "placed_at")),
        ("clock_would_go_back", ("now", "to")),
    ):  # fmt: skip
        years = {name: datetime(2026 + n, 12, 31, 10, tzinfo=UTC) for n, name in enumerate(facts)}
        detail = said.detail(rule, years)
        assert "2026" in detail, rule
        assert "2027" in detail, rule


def test_phases_and_roles_are_told_by_their_names(english: Words) -> None:
    detail = english.detail("wrong_phase", {"phase": "ruled", "allowed": ("mediation", "appeal")})
    assert detail == "The dispute is ruled on; this is for when it is with a mediator or in appeal."


def test_a_fact_that_is_missing_leaves_the_heading(english: Words) -> None:
    assert english.detail("amount_too_large", {}) == "The amount is too large."


def test_a_code_without_words_stands_for_itself(english: Words) -> None:
    assert english.title("never_heard_of") == "Never heard of"
    assert english.steps_to_take(("never_heard_of",)) == ("never_heard_of",)


def test_a_refund_s_failure_has_words_whatever_a_provider_calls_it(english: Words) -> None:
    assert english.failure("expired_card") == "The card has expired"
    assert english.failure("e_4711") == "The provider gives a reason of its own"


def test_a_category_of_goods_is_read_by_name_or_as_a_marketplace_wrote_it(english: Words) -> None:
    assert english.category("toys") == "Toys"
    assert english.category("garden_chairs") == "Garden chairs"
    assert english.category("Home & Garden") == "Home & Garden"


def test_a_command_or_event_without_words_says_its_plain_name(english: Words) -> None:
    assert english.command("never_heard_of").label == "Never heard of"
    event = english.event("never_heard_of")
    assert (event.sentence, event.subject) == ("Never heard of", "Never heard of")
    assert event.notice.format(order="A-1") == "Never heard of: A-1"


def test_a_field_is_asked_in_the_commands_own_words_first(english: Words) -> None:
    assert english.field("make_offer", "note").label == "Say why"
    assert english.field("accept_offer", "note").label == "Note to the other side"
    assert english.field("amend_order", "split.into").label == "The other order's id"
    bare = english.field("make_offer", "odd.one_more")
    assert (bare.label, bare.hint, bare.known) == ("one more", "", False)


def test_steps_that_are_put_forward_come_first(english: Words) -> None:
    offered = ("escalate", "make_offer", "add_evidence", "accept_offer")
    ranked = ["accept_offer", "make_offer", "escalate", "add_evidence"]
    assert english.put_forward(offered) == ranked


def test_a_language_without_a_catalogue_falls_back_to_english() -> None:
    assert words("tlh-Latn").rules == words().rules


def test_facts_are_told_by_their_kind() -> None:
    said = words()
    assert said.fact("x", None) == "not known yet"
    assert said.fact("x", True) == "yes"
    assert said.fact("x", ()) == "none"
    assert said.fact("x", ("a", "b")) == "a, b"
    assert said.fact("x", 7) == "7"
    assert said.fact("allowed", ("buyer", "seller")) == "the buyer or the seller"
