"""What one may not see takes as long to be denied as what does not exist.

A look-up that is made for the one and not for the other adds to every call; noise does not, so that
a difference counts only when it is seen three times in a row.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter

import pytest

from tests.authorisation.house import PEOPLE, House

_REQUESTS = 100
_TRIES = 3
_APART = 0.25


def apart(ask: Callable[[str], object], foreign: str, unknown: str) -> float:
    """By how much the medians of interleaved requests differ, as a share of the smaller."""
    taken: dict[str, list[float]] = {foreign: [], unknown: []}
    gc.collect()
    for _ in range(_REQUESTS):
        for address, times in taken.items():
            begun = perf_counter()
            ask(address)
            times.append(perf_counter() - begun)
    one, other = median(taken[foreign]), median(taken[unknown])
    return abs(one - other) / min(one, other)


def alike(ask: Callable[[str], object], foreign: str, unknown: str) -> bool:
    return any(apart(ask, foreign, unknown) <= _APART for _ in range(_TRIES))


@pytest.mark.parametrize("path", ["/orders/{}", "/disputes/{}-D1", "/orders/{}/evidence/E1"])
def test_a_call_takes_as_long(home: House, path: str) -> None:
    secret = home.key(PEOPLE["buyer"], f"the buyer of {path}")

    def ask(address: str) -> None:
        assert home.call("GET", address, secret).status_code == 404

    assert alike(ask, path.format("A-2"), path.format("A-9"))


@pytest.mark.parametrize("path", ["/orders/{}", "/disputes/{}-D1"])
def test_a_page_takes_as_long(home: House, path: str) -> None:
    session = home.session(PEOPLE["buyer"])

    def ask(address: str) -> None:
        assert home.visit("GET", address, session).status_code == 404

    assert alike(ask, path.format("A-2"), path.format("A-9"))


def test_a_look_up_for_the_one_alone_is_noticed(home: House) -> None:
    secret = home.key(PEOPLE["auditor"], "whoever reads twice")

    def ask(address: str) -> None:
        home.call("GET", address, secret)
        if "A-2" in address:
            home.call("GET", "/orders/A-2", secret)

    assert not alike(ask, "/disputes/A-2-D1", "/disputes/A-9-D1")
