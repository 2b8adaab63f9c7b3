"""Packs that are whole, and packs in which one thing is planted that breaks."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace

from amends.dispute import lapse
from amends.dispute.asked import AskedOfDispute
from amends.dispute.remedies import refuse_remedy
from amends.exploring.proof import Proof, prove
from amends.exploring.windows import closed_first
from amends.kernel.decision import Refused
from amends.policy.terms import Days, Remedy, Terms
from tests.given import terms


def small(*reasons: str, **changes: Any) -> Terms:
    """The default pack with these reasons only, and some of its parts changed."""
    pack = terms()
    return replace(pack, reasons={code: pack.reasons[code] for code in reasons}, **changes)


def days(pack: Terms, part: str, field: str, number: int) -> dict[str, Any]:
    """One of a pack's parts with one span changed, for ``small``."""
    held = getattr(pack, part)
    return {part: replace(held, **{field: replace(getattr(held, field), days=number)})}


@cache
def whole() -> Proof:
    """A pack whose one reason allows money, a return and a replacement."""
    return prove(small("wrong_item"))


def kinds(proof: Proof) -> list[str]:
    return [breach.kind for breach in proof.breaches]


def test_a_whole_pack_holds() -> None:
    proof = whole()
    assert proof.breaches == ()
    assert proof.openings == 4  # one for each remedy, and one above the cap
    assert proof.situations > 1000
    assert proof.steps > 10 * proof.openings


def test_how_long_a_decision_takes() -> None:
    proof = whole()
    assert proof.decided is not None
    assert proof.decided.takes.days == 15
    assert proof.decided_late is not None
    assert proof.decided_late.takes.days == 20
    assert [leg.what for leg in proof.decided_late.legs][:2] == ["answer", "ruling"]


def test_the_longest_path_is_one_that_can_be_followed() -> None:
    path = whole().ended
    assert path is not None
    assert path.takes.days == 279
    assert path.legs[-1].phase in ("closed", "settling")
    assert [leg.at for leg in path.legs] == sorted(leg.at for leg in path.legs)
    assert round(path.legs[-1].at.total_seconds() / 86400) == path.takes.days
    what = [leg.what for leg in path.legs]
    assert {"answer", "issue_ruling", "ship_return", "contest_return", "ship_replacement"} <= {
        *what
    }


def test_without_appeals_it_is_over_sooner() -> None:
    proof = prove(replace(terms("guide-001"), reasons={"late": terms().reasons["late"]}))
    assert proof.breaches == ()
    assert proof.ended is not None
    assert proof.ended.takes.days < 150
    assert all(leg.phase != "appeal" for leg in proof.ended.legs)


def test_a_ruling_that_is_due_after_negotiation_can_end_breaks_the_promise() -> None:
    pack = small("not_received")
    proof = prove(replace(pack, **days(pack, "clocks", "negotiation_ends_after", 20)))
    assert set(kinds(proof)) == {"deadline_over", "promise_broken"}
    breach = proof.breaches[-1]
    assert (breach.kind, breach.about, breach.what) == ("promise_broken", "ruling_due_after", "15")
    assert breach.path is not None
    assert breach.path.takes.days == 20
    assert all(leg.phase != "mediation" for leg in breach.path.legs[:-1])


def test_a_step_without_an_end_of_its_own_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = {**lapse._ENDS, "ruling": lambda _lapse: ()}
    monkeypatch.setattr(lapse, "_ENDS", ends)
    breaches = prove(small("not_received")).breaches
    hung = [breach for breach in breaches if breach.kind == "clock_without_end"]
    assert {breach.what for breach in hung} == {"ruling"}
    path = hung[0].path
    assert path is not None
    assert path.legs[-1].phase == "mediation"


def test_an_alarm_every_no_days_never_rests() -> None:
    pack = small("not_received")
    proof = prove(replace(pack, **days(pack, "refunds", "finance_alarm_every", 0)))
    assert "never_rests" in kinds(proof)
    stuck = next(breach for breach in proof.breaches if breach.kind == "never_rests")
    assert stuck.what == "refund"
    assert stuck.path is not None
    assert stuck.path.legs[-1].phase == "settling"


def test_a_clock_that_is_over_when_it_begins() -> None:
    pack = small("changed_mind")
    proof = prove(replace(pack, **days(pack, "returns", "address_within", -1)))
    breach = proof.breaches[0]
    assert breach.kind == "deadline_over"
    assert breach.path is not None
    assert breach.path.legs[-1].phase == "returning"


def test_a_return_that_goes_missing_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found by exploring: the return of a parcel that was lost could be ruled again."""

    def as_before(asked: AskedOfDispute, remedy: Remedy) -> Refused | None:
        back = asked.dispute.return_
        return refuse_remedy(asked, remedy) if back is None or back.condition else None

    monkeypatch.setattr("amends.dispute.rulings.refuse_remedy", as_before)
    proof = prove(small("changed_mind"))
    assert "circle" in kinds(proof)
    assert proof.ended is None
    path = next(b.path for b in proof.breaches if b.kind == "circle")
    assert path is not None
    assert "return_arrival" in [leg.what for leg in path.legs if leg.lapsed]
    assert path.legs[-1].phase in [leg.phase for leg in path.legs[:-1]]


def test_a_window_that_closes_before_it_opens() -> None:
    """Receipt alone counts, and opens nothing: a parcel that came soon could never be disputed."""
    pack = small("wrong_item")
    opens = tuple(one for one in pack.windows.opens if one.kind == "after_shipment")
    windows = replace(
        pack.windows,
        opens=opens,
        closes_after_receipt=Days("closes_after_receipt", 2, "ours"),
        closes_combine="receipt_alone",
    )
    window = closed_first(replace(pack, windows=windows))
    assert window is not None
    assert (window.delivered, window.received) == (None, 4)
    assert (window.opens, window.closes) == (7, 6)
    assert closed_first(pack) is None


def test_such_a_window_is_a_breach() -> None:
    pack = small("changed_mind")
    windows = replace(pack.windows, closes_after_receipt=Days("closes_after_receipt", 0, ""))
    pack = replace(pack, windows=replace(windows, closes_combine="receipt_alone"))
    assert "window_closed_first" in kinds(prove(pack))


@pytest.mark.parametrize(
    ("changes", "kind", "about"),
    [
        ({"remedies": ()}, "no_remedy", "late"),
        ({"at_fault": "nobody"}, "no_payer", "late"),
        ({"code": "unsaid", "evidence_from_buyer": ()}, "evidence_unsaid", "unsaid"),
        ({"own_window": True, "received": "no"}, "never_opens", "late, return_and_refund"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_reason_that_leaves_something_open(
    changes: dict[str, Any], kind: str, about: str
) -> None:
    pack = small("late")
    late = replace(pack.reasons["late"], **changes)
    proof = prove(replace(pack, reasons={late.code: late}))
    assert (kind, about) in [(breach.kind, breach.about) for breach in proof.breaches]


def test_it_tells_how_far_it_is() -> None:
    told: list[tuple[str, int]] = []
    proof = prove(small("changed_mind"), lambda reason, found: told.append((reason, found)))
    ((reason, found),) = told
    assert reason == "changed_mind"
    assert 0 < found < proof.situations
