"""A ruling's row follows the ruling and its appeal, and is its author's all along."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.case import CaseEvent
from amends.dispute.decide.decide_appeal import DecideAppeal
from amends.dispute.events.judging import AppealFiled
from amends.dispute.state import Appeal, Case
from amends.kernel.decision import Accepted
from amends.kernel.people import CLOCK
from amends.kernel.record import Recorded, Row
from amends.projections import project
from tests.dispute.cases import (
    D1,
    ESCALATED,
    accepted,
    answered,
    appealed,
    mediated,
    of,
    opened,
    rub,
    ruled,
    ruling,
    two_lines,
)
from tests.given import APPEALS, DAY, MEDIATOR, after


def rows(before: Case, outcome: Accepted[CaseEvent], *others: str) -> list[Row]:
    found = []
    for event in outcome.events:
        case = after(before, event)
        recorded = Recorded("A-1001", case.version, event.at, CLOCK, "c1", event)
        found += [
            r for r in project(before, recorded, case).rows if r.table in ("rulings", *others)
        ]
        before = case
    return found


def test_a_ruling_has_a_row_with_its_share_of_what_was_in_dispute() -> None:
    (row,) = rows(mediated(), accepted(mediated(), ruling(), MEDIATOR, ESCALATED + DAY))
    assert row.key == {"dispute_id": D1}
    assert row.values is not None
    expected = {
        "reason": "not_as_described", "finding": "for_buyer", "remedy": "refund",
        "reasons": "item_differs_from_listing", "clauses": "not_as_described",
        "claimed": 160_000, "awarded": 80_000, "share": 5_000, "author": "m1", "appeal": "",
    }  # fmt: skip
    assert {name: row.values[name] for name in expected} == expected


def test_case_and_ruling_are_filed_under_the_same_category() -> None:
    case = two_lines()
    lines = tuple(
        replace(line, category=name)
        for line, name in zip(case.order.lines, ("scarves", "blouses"), strict=True)
    )
    lines = (replace(lines[0], paid=59_999), lines[1])
    case = mediated(answered(opened(replace(case, order=replace(case.order, lines=lines)))))
    outcome = accepted(case, ruling(amount=rub(1_000)), MEDIATOR, ESCALATED + DAY)
    found = rows(case, outcome, "disputes")
    filed = {row.table: (row.values or {})["category"] for row in found}
    assert filed == {"rulings": "blouses", "disputes": "blouses"}


def test_an_appeal_against_it_is_followed_to_its_end() -> None:
    change = DecideAppeal(
        "changed", "Less.", "refund", "split", ("item_differs_from_listing",),
        ("not_as_described",), rub(40_000), no_evidence=True,
    )  # fmt: skip
    outcome = accepted(appealed(), change, APPEALS, ESCALATED + 3 * DAY)
    (row,) = rows(appealed(), outcome)
    assert row.values is not None
    assert (row.values["awarded"], row.values["appeal"]) == (40_000, "changed")
    assert row.values["author"] == "m1"
    upheld = accepted(appealed(), DecideAppeal("upheld", "So."), APPEALS, ESCALATED + 3 * DAY)
    (row,) = rows(appealed(), upheld)
    assert row.values is not None
    assert (row.values["awarded"], row.values["appeal"]) == (80_000, "upheld")


def test_an_appeal_for_what_did_not_come_overturns_nobody() -> None:
    case = ruled()
    appeal = Appeal("buyer", "money_did_not_come", "c.a", ESCALATED + 9 * DAY, "settling")
    filed = AppealFiled(
        at=ESCALATED + 9 * DAY, dispute=D1, phase="appeal", turn="appeals", deadlines=(),
        appeal=appeal,
    )  # fmt: skip
    (row,) = rows(case, Accepted((filed,)))
    assert row.values is not None
    assert row.values["appeal"] == ""
    agreed = mediated()
    assert of(agreed).ruling is None
    assert rows(agreed, Accepted((filed,))) == []
