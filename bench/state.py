"""How large a case's state is, and how long it takes to load, to decide on and to encode.

Run: .venv/bin/python -m bench.state
"""

from __future__ import annotations

import timeit
from collections.abc import Callable

from tests.dispute.big import big_case
from tests.given import BUYER, SELLER, order, placed, terms

from amends.dispute.codec import decode_state, encode_state
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.judge import OnDispute, OnOrder, decide, dispute_options
from amends.kernel.decision import Accepted, Stamp
from amends.order.decide.send_message import SendMessage
from bench.results import Measured


def measure(*, runs: int = 200) -> list[Measured]:
    """Sizes in bytes and times in microseconds; the best of five times ``runs``."""
    big, small = big_case(), placed()
    data = encode_state(big)
    stamp = Stamp(big.order.changed_at, "01JC0000000000000000000000")
    message = OnOrder("A-1001", SendMessage("Hello"))
    offer = OnDispute("A-1001", "A-1001-D3", MakeOffer("refund", order().money(1)))
    dispute = big.disputes["A-1001-D3"]
    assert isinstance(decide(big, message, BUYER, terms(), stamp), Accepted)
    works: dict[str, Callable[[], object]] = {
        "load (decode)": lambda: decode_state(data),
        "encode": lambda: encode_state(big),
        "decide: a message": lambda: decide(big, message, BUYER, terms(), stamp),
        "decide: an offer, refused": lambda: decide(big, offer, SELLER, terms(), stamp),
        "all options of a side": lambda: dispute_options(big, dispute, SELLER, terms(), stamp),
        "decide: a message, new order": lambda: decide(small, message, BUYER, terms(), stamp),
    }
    return [
        ("state, 200 messages and 3 disputes", len(data), "bytes", None),
        ("state, just placed", len(encode_state(small)), "bytes", None),
        *((name, _microseconds(work, runs), "us", None) for name, work in works.items()),
    ]


def _microseconds(work: Callable[[], object], runs: int) -> float:
    return min(timeit.repeat(work, number=runs, repeat=5)) / runs * 1e6


if __name__ == "__main__":
    for name, value, unit, _ in measure():
        print(f"{name:36} {value:10.1f} {unit}")
