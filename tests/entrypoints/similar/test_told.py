"""Like cases over the API, and nothing of whose they were."""

from __future__ import annotations

import json

import pytest

from tests.entrypoints.sandbox import APPEALS, BUYER, MEDIATOR, SELLER, SUPERVISOR, Shop
from tests.entrypoints.similar.cases import SAID, rule, three_cases


def test_whoever_decides_is_told_how_like_cases_ended_and_why_they_are_like(shop: Shop) -> None:
    three_cases(shop)
    path = "/disputes/A-1-D1/similar"
    assert shop.get(path, MEDIATOR) == {"compared": 0, "spread": None, "items": []}
    rule(shop, "A-3")
    rule(shop, "A-2", "Secretly, the teeth were bent.")
    found = shop.get(path, MEDIATOR)
    assert found["compared"] == 2
    assert found["spread"] == {"low": 100, "middle": 100, "high": 100}
    worded, coded = found["items"]
    assert {"zip", "jacket"} <= set(worded["same_words"])
    assert (coded["same_words"], coded["remedy"]) == ([], "refund")
    # Only words of the case asked about are told, and nothing that names the other one.
    told = json.dumps(found)
    assert all(word in f"{SAID['A-1']} Rain jacket Waterproof." for word in worded["same_words"])
    for hidden in ("lining", "torn", "Secretly", "teeth", "A-2", "A-3", "b2", "s1"):
        assert hidden not in told
    assert shop.get(path, SUPERVISOR) == found


@pytest.mark.parametrize("who", [BUYER, SELLER, APPEALS, "mediator.m2"])
def test_nobody_else_is_told(shop: Shop, who: str) -> None:
    three_cases(shop)
    answer = shop.call("GET", "/disputes/A-1-D1/similar", who)
    unknown = shop.call("GET", "/disputes/A-9-D1/similar", who)
    assert answer.status_code == unknown.status_code >= 403
