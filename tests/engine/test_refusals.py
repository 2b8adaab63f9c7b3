from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from amends.engine.refusals import decode_refused, encode_refused
from amends.kernel.decision import Refused
from amends.kernel.money import Money


def test_every_kind_of_fact_comes_back_as_it_was_and_in_its_place() -> None:
    at = datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC)
    refused = Refused(
        "window_closed",
        {
            "zone": "2026-03-01T10:00:00Z",
            "closed_at": at,
            "days": 15,
            "open": False,
            "amount": Money(5, "RUB"),
            "ways": ("appeal", "goodwill"),
            "none": (),
            "due": None,
        },
        ("write to support",),
        kind="invalid",
        field="lines",
    )
    back = decode_refused(encode_refused(refused))
    assert back == refused
    assert list(back.facts) == list(refused.facts)
    assert [type(f) for f in back.facts.values()] == [type(f) for f in refused.facts.values()]


def test_a_bare_refusal_and_bytes_that_are_none() -> None:
    assert decode_refused(encode_refused(Refused("no"))) == Refused("no")
    with pytest.raises(msgspec.MsgspecError):
        decode_refused(b"{}")
