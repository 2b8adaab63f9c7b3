"""Rulings as they are shown, those of before lines had grounds of their own too."""

from __future__ import annotations

from msgspec.structs import replace

from amends.dispute.state import Case, LineRuling
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.dispute import dispute_view
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.words.catalogue import words
from tests.dispute.cases import D1, ESCALATED, of, ruled
from tests.given import BUYER, DAY, stamp, terms


def test_lines_of_an_older_ruling_rest_on_what_the_whole_names() -> None:
    case = ruled()
    ruling = of(case).ruling
    assert ruling is not None
    older = replace(ruling, lines=(LineRuling("1", "for_buyer", "refund", ruling.amount),))
    dispute = replace(of(case), ruling=older)
    seen = Looking(
        case=Case(order=case.order, disputes={D1: dispute}, version=case.version), by=BUYER,
        terms=terms(), stamp=stamp(ESCALATED + DAY), texts=Texts({}), words=words("en"),
    )  # fmt: skip
    shown = dispute_view(seen, dispute).ruling
    assert shown is not None
    (line,) = shown.lines
    assert (line.reasons, line.clauses, line.evidence) == (
        ruling.reasons, ruling.clauses, ruling.evidence,
    )  # fmt: skip
    assert line.text is None
