"""A return is only spoken of where there is one."""

from __future__ import annotations

import pytest

from amends.dispute.events.effects import ReturnAddressGiven
from amends.dispute.parcels import way_back
from tests.dispute.carried import returning
from tests.dispute.cases import D1, OPENED, of, opened
from tests.given import after


def test_a_damaged_record_is_told_apart() -> None:
    assert way_back(of(returning())).paid_by == "seller"
    with pytest.raises(ValueError, match="no return"):
        way_back(of(opened()))
    given = ReturnAddressGiven(
        at=OPENED, dispute=D1, phase="returning", turn="buyer", deadlines=(), address_ref="c.1"
    )
    with pytest.raises(ValueError, match="no return"):
        after(opened(), given)
