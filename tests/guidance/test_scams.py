"""Scams are found in sentences people write, in five languages, and harmless ones are left alone.

``messages/*.toml`` hold the sentences: ``harmless`` ones and those of each trick.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from amends.entrypoints.scams import detector
from amends.guidance.scams import TRICKS, Detector, Found, Pattern, Patterns

MESSAGES = Path(__file__).parent / "messages"
EACH = pytest.mark.parametrize("language", ["ar", "en", "es", "ru", "zh"])


def sentences(language: str) -> dict[str, list[str]]:
    found = tomllib.loads((MESSAGES / f"{language}.toml").read_text("utf-8"))
    return {kind: text.strip().splitlines() for kind, text in found.items()}


@EACH
def test_there_are_enough_to_tell(language: str) -> None:
    found = sentences(language)
    assert len(found["harmless"]) >= 25
    assert sum(len(found[trick]) for trick in TRICKS) >= 25


@EACH
def test_harmless_messages_are_left_alone(language: str) -> None:
    marked = {s: detector().found_in(s) for s in sentences(language)["harmless"]}
    assert {s: found for s, found in marked.items() if found} == {}


@EACH
def test_nearly_all_tricks_are_found_as_what_they_are(language: str) -> None:
    found = sentences(language)
    asked = [(trick, sentence) for trick in TRICKS for sentence in found[trick]]
    missed = [
        (trick, sentence)
        for trick, sentence in asked
        if trick not in {one.trick for one in detector().found_in(sentence)}
    ]
    # What is said around the words of the tables is missed: docs/guidance.md says how much.
    assert len(missed) <= len(asked) // 20, missed


def test_case_accents_and_invisible_characters_do_not_hide_a_word() -> None:
    for text in ("CLOSE the DISPUTE", "clo\u200bse the dispúte", "c\u0301lose the dispute please"):
        assert [one.trick for one in detector().found_in(text)] == ["private"]


def test_words_of_two_sentences_make_no_pattern() -> None:
    assert detector().found_in("Close the lid. The dispute is open.") == ()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Please wait 3 weeks", 21),
        ("Wait 10 days or until next week, or 2 months", 60),
        ("Wait until next week", None),
    ],
)
def test_how_long_to_wait_is_told_where_figures_say_so(text: str, days: int | None) -> None:
    assert detector().found_in(text) == (Found("wait", days),)


def test_a_link_to_a_carrier_leads_nowhere_else() -> None:
    assert detector().found_in("Look at https://www.dhl.com/track") == ()
    assert detector().found_in("Look at https://www.dhl.com.example.shop/track") == (
        Found("elsewhere"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Write to shop(at)mail.example",
        "Write to shop [at] mail [dot] com",
        "My number: +1 (202) 555 0143",
        "Pay at pay-me.shop",
    ],
)
def test_addresses_and_numbers_need_no_word_beside_them(text: str) -> None:
    assert detector().found_in(text) == (Found("elsewhere"),)


@pytest.mark.parametrize("text", ["Order 00340434161094021501", "Size 38.5, 12.03.2026 14:02", ""])
def test_other_figures_are_none(text: str) -> None:
    assert detector().found_in(text) == ()


def test_a_star_stands_for_letters_and_a_long_text_is_read_at_once() -> None:
    own = Detector([Patterns(private=(Pattern(("clos* | *ending",), "unless"),))])
    assert own.found_in("closing") == own.found_in("unending") == (Found("private"),)
    assert own.found_in("enclose") == own.found_in("closing unless") == ()
    assert own.found_in("a" * 4000 + "@" * 4000 + "+1 " * 2000) == ()
