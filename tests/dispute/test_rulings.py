from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from amends.dispute.asked import AskedOfDispute
from amends.dispute.decide.accept_ruling import AcceptRuling
from amends.dispute.decide.add_evidence import AddEvidence
from amends.dispute.rulings import RulingOnLine, build_ruling
from amends.dispute.state import Case, LineRuling
from amends.kernel.decision import Refused
from amends.kernel.money import Money
from amends.order.events.life import ReceiptConfirmed
from amends.order.events.money import ChargebackRecorded, RefundRecorded
from amends.order.events.proof import EvidenceWithdrawn
from amends.order.refunds import plan_refund
from amends.order.state import Chargeback, ReturnPolicy
from amends.order.units import LineQuantity
from tests.dispute.cases import (
    D1,
    ESCALATED,
    OPENED,
    accepted,
    answered,
    appealed,
    mediated,
    of,
    opened,
    refused,
    rub,
    ruled,
    ruling,
    then,
    two_lines,
    uploaded,
)  # fmt: skip
from tests.given import APPEALS, BUYER, DAY, MEDIATOR, SELLER, after, shipped, stamp, terms

AT = ESCALATED + DAY


def no(case: Case, **changes: Any) -> Refused:
    return refused(case, ruling(**changes), MEDIATOR, AT)


def with_evidence() -> Case:
    """E1 was put to the dispute; E2 was only uploaded."""
    case = uploaded(mediated(), "E1", "E2")
    return then(case, AddEvidence(evidence=("E1",)), BUYER, ESCALATED)


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        ({"text": " \n"}, "text_missing", "text"),
        ({"reasons": ()}, "ruling_needs_reason", "reasons"),
        ({"reasons": ("bad_luck",)}, "unknown_ruling_reason", "reasons"),
        ({"reasons": ("not_proven", "not_proven")}, "ruling_reason_twice", "reasons"),
        ({"clauses": ()}, "ruling_needs_clause", "clauses"),
        ({"clauses": ("any",)}, "unknown_clause", "clauses"),
        ({"clauses": ("late", "late")}, "clause_twice", "clauses"),
        ({"no_evidence": False}, "ruling_needs_evidence", "evidence"),
        ({"evidence": ("E1",)}, "evidence_and_none", "no_evidence"),
    ],
)
def test_a_ruling_says_why_by_what_and_on_what_proof(
    changes: dict[str, Any], rule: str, field: str
) -> None:
    answer = no(with_evidence(), **changes)
    assert (answer.rule, answer.field, answer.kind) == (rule, field, "invalid")


def test_it_rests_on_proof_that_was_put_to_this_dispute() -> None:
    case = with_evidence()
    assert no(case, no_evidence=False).facts["evidence"] == ("E1",)
    only_uploaded = no(case, no_evidence=False, evidence=("E1", "E2"))
    assert (only_uploaded.rule, only_uploaded.facts["evidence"]) == (
        "evidence_not_in_dispute", "E2",
    )  # fmt: skip
    assert no(case, no_evidence=False, evidence=("E9",)).rule == "unknown_evidence"
    assert no(case, no_evidence=False, evidence=("E1", "E1")).rule == "evidence_named_twice"
    cited = ruling(no_evidence=False, evidence=("E1",))
    assert then(case, cited, MEDIATOR, AT).order.evidence["E1"].relied_on
    gone = after(case, EvidenceWithdrawn(at=AT, evidence="E1"))
    assert refused(gone, cited, MEDIATOR, AT).rule == "unknown_evidence"


@pytest.mark.parametrize("amount", [1, 160_000])
def test_between_one_minor_unit_and_all_that_was_paid(amount: int) -> None:
    dispute = of(ruled(amount=rub(amount)))
    assert dispute.effect is not None
    assert (dispute.effect.amount, dispute.effect.by_line) == (amount, {})


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        ({"amount": None}, "amount_missing", "amount"),
        ({"amount": rub(0)}, "amount_too_small", "amount"),
        ({"amount": rub(160_001)}, "amount_too_large", "amount"),
        ({"amount": Money(5, "USD")}, "other_currency", "amount"),
        ({"finding": "split", "amount": rub(0)}, "amount_too_small", "amount"),
        ({"finding": "for_seller"}, "nothing_awarded_for_seller", "finding"),
        (
            {"finding": "for_seller", "remedy": "replacement", "amount": None},
            "nothing_awarded_for_seller", "finding",
        ),
        ({"remedy": "repair_cost"}, "remedy_not_for_reason", "remedy"),
    ],
)  # fmt: skip
def test_what_is_awarded_fits_the_finding(changes: dict[str, Any], rule: str, field: str) -> None:
    answer = no(mediated(), **changes)
    assert (answer.rule, answer.field) == (rule, field)


def test_a_replacement_needs_no_money() -> None:
    for amount, booked in ((None, 0), (rub(0), 0), (rub(3), 3)):
        ruling_ = of(ruled(remedy="replacement", amount=amount)).ruling
        assert ruling_ is not None
        assert ruling_.amount == booked


def test_money_towards_mending_where_the_reason_allows_it() -> None:
    broken = mediated(answered(opened(reason="damaged")))
    accepted(broken, ruling(remedy="repair_cost"), MEDIATOR, AT)


def test_what_never_came_is_not_sent_back() -> None:
    case = mediated(answered(opened(reason="not_received", received=False)))
    assert no(case, remedy="return_and_refund").rule == "nothing_to_return"


def test_a_return_that_may_not_be_asked_for_is_only_ruled_when_it_was_claimed() -> None:
    fake = mediated(answered(opened(reason="counterfeit")))
    answer = no(fake, remedy="return_and_refund")
    assert (answer.rule, answer.next) == ("no_return_asked", ("choose_refund",))
    wanted = mediated(answered(opened(reason="counterfeit", remedy="return_and_refund")))
    accepted(wanted, ruling(remedy="return_and_refund"), MEDIATOR, AT)


def test_who_pays_the_return_is_as_the_policy_says_when_not_said() -> None:
    for named, payer in ((None, "seller"), ("buyer", "buyer")):
        case = ruled(remedy="return_and_refund", return_postage_paid_by=named)
        ruling_, effect = of(case).ruling, of(case).effect
        assert ruling_ is not None
        assert effect is not None
        assert (ruling_.return_paid_by, effect.return_paid_by) == (payer, payer)


def test_after_a_change_of_mind_the_seller_s_own_policy_names_the_payer() -> None:
    for payer in ("buyer", "seller"):
        policy = ReturnPolicy(change_of_mind_days=15, return_postage_paid_by=payer)
        received = ReceiptConfirmed(at=OPENED - DAY)
        case = opened(
            after(shipped(return_policy=policy), received),
            reason="changed_mind", remedy="return_and_refund",
        )  # fmt: skip
        ruling_ = of(ruled(mediated(answered(case)), remedy="return_and_refund")).ruling
        assert ruling_ is not None
        assert ruling_.return_paid_by == payer


def test_a_bank_that_has_yet_to_decide_does_not_decide_the_ruling() -> None:
    taken = ChargebackRecorded(at=AT, chargeback=Chargeback("C1", 160_000, AT))
    case = ruled(after(mediated(), taken))
    for by in (BUYER, SELLER):
        case = then(case, AcceptRuling(), by, AT)
    assert (of(case).phase, of(case).withheld, case.order.refunded) == ("settling", True, 0)


def lines(*parts: tuple[str, Any, Any, int | None]) -> tuple[RulingOnLine, ...]:
    return tuple(
        RulingOnLine(line, finding, remedy, None if amount is None else rub(amount))
        for line, finding, remedy, amount in parts
    )


BLOUSE_ONLY = lines(("1", "for_buyer", "refund", 40_000), ("2", "for_seller", "refund", None))


def test_findings_may_differ_by_line_and_the_refund_follows_them() -> None:
    case = mediated(answered(opened(two_lines())))
    case = ruled(case, finding="split", amount=rub(40_000), lines=BLOUSE_ONLY)
    ruling_ = of(case).ruling
    assert ruling_ is not None
    grounds = (ruling_.reasons, ruling_.clauses)
    assert ruling_.lines == (
        LineRuling("1", "for_buyer", "refund", 40_000, *grounds),
        LineRuling("2", "for_seller", "refund", 0, *grounds),
    )
    for by in (BUYER, SELLER):
        case = then(case, AcceptRuling(), by, AT)
    (refund,) = case.order.refunds.values()
    assert refund.lines == {"1": 40_000}


def on_lines(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    parts = (replace(BLOUSE_ONLY[0], **first), replace(BLOUSE_ONLY[1], **second))
    return {"finding": "split", "amount": rub(40_000), "lines": parts}


def two_lines_with_evidence() -> Case:
    case = uploaded(mediated(answered(opened(two_lines()))), "E1", "E2", "E3")
    return then(case, AddEvidence(evidence=("E1", "E2")), BUYER, ESCALATED)


def test_each_line_may_have_its_own_grounds_and_words_and_the_whole_holds_them_all() -> None:
    own = {"reasons": ("item_damaged",), "clauses": ("damaged",), "text": "Torn.",
           "evidence": ("E2",)}  # fmt: skip
    fields = ruling(
        reasons=("not_proven",), clauses=("proof",), evidence=("E1",), no_evidence=False,
        **on_lines(own, {}),
    )  # fmt: skip
    found = accepted(two_lines_with_evidence(), fields, MEDIATOR, AT)
    made = of(then(two_lines_with_evidence(), fields, MEDIATOR, AT)).ruling
    assert made is not None
    assert (made.reasons, made.clauses) == (("not_proven", "item_damaged"), ("proof", "damaged"))
    assert made.evidence == ("E1", "E2")
    torn, other = made.lines
    assert (torn.reasons, torn.clauses, torn.evidence) == (
        ("item_damaged",), ("damaged",), ("E2",),
    )  # fmt: skip
    assert (other.reasons, other.clauses, other.evidence) == (("not_proven",), ("proof",), ("E1",))
    assert other.text_ref == ""
    texts = {content.ref: content.text for content in found.contents}
    assert texts[torn.text_ref] == "Torn."
    assert len(texts) == 2
    # What a line rests on cannot be taken back either.
    assert then(two_lines_with_evidence(), fields, MEDIATOR, AT).order.evidence["E2"].relied_on


def test_where_every_line_says_why_the_whole_need_not() -> None:
    own = {"reasons": ("not_proven",), "clauses": ("proof",)}
    case = mediated(answered(opened(two_lines())))
    accepted(case, ruling(reasons=(), clauses=(), **on_lines(own, own)), MEDIATOR, AT)
    for missing, rule in (("reasons", "ruling_needs_reason"), ("clauses", "ruling_needs_clause")):
        some = {name: codes for name, codes in own.items() if name != missing}
        answer = no(case, reasons=(), clauses=(), **on_lines(own, some))
        assert (answer.rule, answer.field) == (rule, missing)


@pytest.mark.parametrize(
    ("own", "rule"),
    [
        ({"reasons": ("bad_luck",)}, "unknown_ruling_reason"),
        ({"reasons": ("not_proven", "not_proven")}, "ruling_reason_twice"),
        ({"clauses": ("any",)}, "unknown_clause"),
        ({"clauses": ("late", "late")}, "clause_twice"),
        ({"evidence": ("E9",)}, "unknown_evidence"),
        ({"evidence": ("E3",)}, "evidence_not_in_dispute"),
    ],
)
def test_a_line_s_grounds_hold_to_the_same_rules(own: dict[str, Any], rule: str) -> None:
    fields = {"no_evidence": False, "evidence": ("E1",), **on_lines({}, own)}
    answer = no(two_lines_with_evidence(), **fields)
    assert (answer.rule, answer.field, answer.facts["line"]) == (rule, "lines", "2")


def test_what_only_a_line_rests_on_is_evidence_given() -> None:
    case, own = two_lines_with_evidence(), on_lines({"evidence": ("E1",)}, {})
    accepted(case, ruling(no_evidence=False, **own), MEDIATOR, AT)
    assert no(case, no_evidence=True, **own).rule == "evidence_and_none"


def test_what_the_lines_leave_is_postage() -> None:
    case = mediated(answered(opened(two_lines())))
    whole = lines(("1", "for_buyer", "refund", 100_000), ("2", "for_buyer", "refund", 60_000))
    case = ruled(case, amount=rub(169_000), lines=whole)
    for by in (BUYER, SELLER):
        case = then(case, AcceptRuling(), by, AT)
    (refund,) = case.order.refunds.values()
    assert refund.lines == {"1": 100_000, "2": 60_000, "shipping": 9_000}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"amount": rub(39_999)}, "amount_differs_from_lines"),
        ({"amount": rub(49_001)}, "amount_differs_from_lines"),
        ({"finding": "for_buyer"}, "finding_differs_from_lines"),
        ({"remedy": "replacement"}, "remedy_differs_from_lines"),
        ({"lines": BLOUSE_ONLY[:1]}, "lines_differ_from_claim"),
        ({"lines": (*BLOUSE_ONLY, BLOUSE_ONLY[0])}, "lines_differ_from_claim"),
        (
            {"lines": lines(("1", "for_buyer", "refund", 4), ("3", "for_seller", "refund", 0))},
            "lines_differ_from_claim",
        ),
        (
            {
                "lines": lines(
                    ("1", "split", "return_and_refund", 4), ("2", "split", "replacement", 0)
                ),
                "remedy": "return_and_refund",
            },
            "remedy_differs_from_lines",
        ),
    ],
)
def test_the_whole_says_what_its_lines_say_together(changes: dict[str, Any], rule: str) -> None:
    case = mediated(answered(opened(two_lines())))
    plain = {"finding": "split", "amount": rub(40_000), "lines": BLOUSE_ONLY}
    accepted(case, ruling(**plain), MEDIATOR, AT)
    assert no(case, **{**plain, **changes}).rule == rule


def test_a_ruling_against_the_buyer_on_every_line_awards_nothing() -> None:
    case = mediated(answered(opened(two_lines())))
    nothing = lines(("1", "for_seller", "refund", 0), ("2", "for_seller", "refund", None))
    case = ruled(case, finding="for_seller", amount=None, lines=nothing)
    assert of(case).effect is not None


def test_no_line_gets_more_than_what_is_left_of_its_units() -> None:
    some = (LineQuantity("1", 1), LineQuantity("2", 1))
    case = mediated(answered(opened(two_lines(), lines=some)))
    many = lines(("1", "for_buyer", "refund", 1), ("2", "for_buyer", "refund", 30_001))
    answer = no(case, amount=rub(30_002), lines=many)
    assert (answer.rule, answer.field) == ("amount_too_large", "lines")
    assert (answer.facts["line"], answer.facts["most"]) == ("2", rub(30_000))
    full = lines(("1", "for_buyer", "refund", 100_000), ("2", "for_buyer", "refund", 30_000))
    accepted(case, ruling(amount=rub(130_000), lines=full), MEDIATOR, AT)
    over = no(case, amount=rub(130_000), lines=lines(*[("1", "for_buyer", "refund", 129_999)] * 2))
    assert over.rule == "lines_differ_from_claim"


def test_an_appeal_rules_on_the_whole_with_what_was_sent_before() -> None:
    case = appealed()
    refund = plan_refund(case.order, 100_000, AT, lines={"1": 2}, dispute=D1)
    assert refund is not None
    case = after(case, RefundRecorded(at=AT, refund=refund))
    on_line = lines(("1", "for_buyer", "refund", 160_000))
    fields = ruling(amount=rub(160_000), lines=on_line)
    asked = AskedOfDispute(case, of(case), APPEALS, terms(), stamp(AT))
    built = build_ruling(asked, fields, "appeal")
    assert not isinstance(built, Refused)
    assert (built.effect.source, built.effect.by_line) == ("appeal", {"1": 160_000})
    more = build_ruling(asked, replace(fields, amount=rub(160_001), lines=()), "appeal")
    assert isinstance(more, Refused)
    assert more.rule == "amount_too_large"
