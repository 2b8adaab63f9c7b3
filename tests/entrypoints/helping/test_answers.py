"""The help says what the pack says, in every language, of every reason and every clock."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amends.adapters.packs import load_packs, shipped_packs
from amends.dispute.lapse import _ENDS
from amends.entrypoints.helping.answers import Topic, help_of
from amends.entrypoints.helping.steps import STEPS, WITHOUT_STEP
from amends.entrypoints.words.catalogue import words
from amends.entrypoints.words.languages import languages
from amends.kernel.deadlines import Deadline
from amends.order.protection import protection_clock
from amends.policy.terms import Terms
from amends.policy.wording import codes_of
from tests.authorisation.made_cases import dispute_cases, order_cases

LIBRARY = load_packs(shipped_packs())
PACKS = [f"{terms.id} {terms.version}" for terms in LIBRARY.all()]


def told(terms: Terms, language: str = "en") -> tuple[Topic, ...]:
    wording = LIBRARY.wording(terms.id, terms.version, language)
    return help_of(terms, wording, words(language))


def text(topics: tuple[Topic, ...]) -> str:
    answers = [answer for topic in topics for answer in topic.answers]
    return "\n".join(said for a in answers for said in (a.question, *a.says, *a.points))


def pack(name: str) -> Terms:
    found = LIBRARY.get(*name.split())
    assert found is not None
    return found


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", PACKS)
def test_each_pack_is_told_whole_in_each_language(name: str, language: str) -> None:
    terms = pack(name)
    topics = told(terms, language)
    ids = [answer.id for topic in topics for answer in topic.answers]
    assert len(ids) == len(set(ids))
    assert {f"reason_{code}" for code in terms.reasons} <= set(ids)
    wording = LIBRARY.wording(terms.id, terms.version, language)
    said = text(topics)
    missing = [w for w in map(wording.proof, codes_of(terms)["evidence"]) if w not in said]
    assert not missing
    for answer in (answer for topic in topics for answer in topic.answers):
        assert answer.says or answer.points, answer.id


def test_a_changed_value_changes_the_help() -> None:
    terms = pack("aliexpress 1")
    assert "An answer: within 5 days after the dispute was opened." in text(told(terms))
    clocks = terms.clocks
    other = replace(
        terms,
        clocks=replace(
            clocks, seller_answers_within=replace(clocks.seller_answers_within, days=8)
        ),
        reasons={code: reason for code, reason in terms.reasons.items() if code != "late"},
    )  # fmt: skip
    said = text(told(other))
    assert "An answer: within 8 days after the dispute was opened." in said
    assert "It came late" in text(told(terms))
    assert "It came late" not in said


def test_what_a_pack_leaves_out_is_not_promised() -> None:
    first, second = text(told(pack("aliexpress 1"))), text(told(pack("aliexpress 2")))
    assert "Another way for the refund: within 14 days" in second
    assert "Another way for the refund" not in first
    assert "A bank transfer" not in first


def test_every_clock_has_its_help() -> None:
    explained = {step.what for steps in STEPS.values() for step in steps}
    assert explained | WITHOUT_STEP == set(words("en").steps) | set(_ENDS)
    assert not explained & WITHOUT_STEP


def test_running_clocks_are_as_the_help_says() -> None:
    steps = [step for of_topic in STEPS.values() for step in of_topic]
    wrong: list[Deadline] = []
    seen: set[str] = set()
    for made in (*order_cases().values(), *dispute_cases().values()):
        order = made.case.order
        clocks = [d for dispute in made.case.disputes.values() for d in dispute.deadlines]
        clocks += [d for d in order.deadlines if d != protection_clock(order, made.terms, d.at)]
        for clock in (c for c in clocks if c.what not in WITHOUT_STEP):
            seen.add(clock.what)
            own = {
                term.rule
                for step in steps
                if step.what == clock.what and step.days and (term := step.days(made.terms))
            }
            longer = made.terms.clocks.seller_answers_within_with_more_time
            own |= {longer.rule} if clock.what == "answer" and longer else set()
            own |= (
                {made.terms.refunds.finance_alarm_every.rule} if clock.what == "refund" else set()
            )
            if own and clock.rule not in own:
                wrong.append(clock)
    assert not wrong
    assert {"answer", "negotiation", "ruling", "appeal", "return_address"} <= seen
