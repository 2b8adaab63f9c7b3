"""A picture has a row from its upload until it is withdrawn."""

from __future__ import annotations

import pytest

from amends.dispute.case import CaseEvent
from amends.kernel.instants import to_micros
from amends.kernel.record import Recorded, Row
from amends.order.events.proof import EvidenceUploaded, EvidenceWithdrawn
from amends.order.state import Evidence
from amends.projections.pictures import alike, picture_rows
from tests.given import BUYER, T0

LIKENESS = "0123456789abcdef"


def rows(event: CaseEvent) -> tuple[Row, ...]:
    return picture_rows(Recorded("A-1001", 2, T0, BUYER, "c1", event))


def uploaded(media_type: str, likeness: str = LIKENESS) -> EvidenceUploaded:
    proof = Evidence("E1", "b1", "buyer", "photo", media_type, "d1", "c.E1", T0)
    return EvidenceUploaded(at=T0, evidence=proof, likeness=likeness)


def test_a_picture_is_found_by_its_digest_and_by_each_part_of_its_likeness() -> None:
    (row,) = rows(uploaded("image/png"))
    assert (row.table, row.key) == ("pictures", {"evidence_id": "E1"})
    assert row.values == {
        "digest": "d1", "likeness": LIKENESS, "at": to_micros(T0),
        "part1": "0123", "part2": "4567", "part3": "89ab", "part4": "cdef",
    }  # fmt: skip


def test_what_is_no_picture_has_no_row() -> None:
    assert rows(uploaded("application/pdf")) == ()


def test_a_withdrawn_picture_has_none_any_more() -> None:
    withdrawn = EvidenceWithdrawn(at=T0, evidence="E1")
    assert rows(withdrawn) == (Row("pictures", {"evidence_id": "E1"}, None),)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (LIKENESS, True),
        ("0123456789abcdee", True),
        ("0123456789abcde8", True),
        ("0123456789abcde0", False),
        ("", False),
    ],
)
def test_three_bits_apart_is_still_the_same_picture(other: str, same: bool) -> None:
    assert alike(LIKENESS, other) is same
    assert alike(other, LIKENESS) is same


def test_two_pictures_that_tell_nothing_are_not_alike() -> None:
    assert not alike("", "")
