"""Words are found by code, and their absence never breaks anything."""

from __future__ import annotations

import pytest

from amends.policy.parse import parse
from amends.policy.problems import PackError
from amends.policy.wording import Wording, codes_of, gaps, parse_wording
from tests.policy.documents import documents


def test_words_by_code_and_the_code_itself_where_there_are_none() -> None:
    words = parse_wording(
        "en.toml",
        "en",
        {
            "pack": {"name": "N", "summary": "S"},
            "reasons": {"late": "Late"},
            "reason_hints": {"late": "When late"},
            "evidence": {"photo": "A photo"},
            "remedies": {"refund": "Money"},
            "clauses": {"proof": "Proof"},
            "clause_texts": {"proof": "Show it"},
            "ruling_reasons": {"not_proven": "Not shown"},
            "grounds": {"named_error": "An error"},
            "rules": {"ruling_due_after": "Until the ruling"},
        },
    )
    assert (words.name(), words.summary()) == ("N", "S")
    lookups = {
        words.reason: ("late", "Late"),
        words.reason_hint: ("late", "When late"),
        words.proof: ("photo", "A photo"),
        words.remedy: ("refund", "Money"),
        words.clause: ("proof", "Proof"),
        words.clause_text: ("proof", "Show it"),
        words.ruling_reason: ("not_proven", "Not shown"),
        words.ground: ("named_error", "An error"),
        words.rule: ("ruling_due_after", "Until the ruling"),
    }
    for find, (code, said) in lookups.items():
        assert find(code) == said
        assert find("unheard_of") == "unheard_of"


def test_hints_and_clauses_fall_back_to_their_labels() -> None:
    words = Wording(reasons={"late": "Late"}, clauses={"proof": "Proof"})
    assert words.reason_hint("late") == "Late"
    assert words.clause_text("proof") == "Proof"
    assert (words.name(), words.summary()) == ("", "")


def test_one_wording_over_another() -> None:
    german = Wording("de", reasons={"late": "Spät"})
    english = Wording("en", reasons={"late": "Late", "damaged": "Damaged"}, pack={"name": "N"})
    words = german.over(english)
    assert (words.locale, words.name()) == ("de", "N")
    assert (words.reason("late"), words.reason("damaged")) == ("Spät", "Damaged")


def test_what_is_wrong_with_a_wording_is_named() -> None:
    with pytest.raises(PackError) as caught:
        parse_wording(
            "wording/en.toml", "en", {"reason": {}, "rules": "x", "grounds": {"a": 3, "b": " "}}
        )
    assert [(p.file, p.key) for p in caught.value.problems] == [
        ("wording/en.toml", "reason"),
        ("wording/en.toml", "rules"),
        ("wording/en.toml", "grounds.a"),
        ("wording/en.toml", "grounds.b"),
    ]
    assert caught.value.problems[0].suggestion == "did you mean 'reasons'?"


def test_gaps_name_each_code_without_words() -> None:
    terms = parse(documents())
    missing = gaps(terms, Wording(), "wording/en.toml")
    keys = {problem.key for problem in missing}
    assert len(missing) == len(keys) == sum(map(len, codes_of(terms).values()))
    assert {
        "pack.name",
        "reasons.late",
        "reason_hints.late",
        "evidence.chat_with_seller",
        "evidence.delivery_proof",
        "remedies.repair_cost",
        "clauses.proof",
        "clause_texts.late",
        "ruling_reasons.not_proven",
        "grounds.did_not_comply",
        "rules.opens_on_receipt",
        "rules.platform_honours_up_to",
        "rules.refund_retries",
        "sources.ours",
    } <= keys


def test_where_a_value_was_taken_from_is_said_as_far_as_there_are_words() -> None:
    wording = Wording(sources={"004": "the guide", "ISO 32122": "a standard"})
    assert wording.taken_from("004, ISO 32122") == ("the guide", "a standard")
    assert wording.taken_from("base 1: unheard, 004") == ("the guide",)
    assert wording.taken_from("unheard") == wording.taken_from("") == ()
