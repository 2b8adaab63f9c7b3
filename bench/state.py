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


def microseconds(work: Callable[[], object]) -> float:
    """The best of five runs of 200, per run, in microseconds."""
    return min(timeit.repeat(work, number=200, repeat=5)) / 200 * 1e6


def main() -> None:
    """Print one line a figure."""
    big, small = big_case(), placed()
    data = encode_state(big)
    stamp = Stamp(big.order.changed_at, "01JC0000000000000000000000")
    message = OnOrder("A-1001", SendMessage("Hello"))
    offer = OnDispute("A-1001", "A-1001-D3", MakeOffer("refund", order().money(1)))
    dispute = big.disputes["A-1001-D3"]
    assert isinstance(decide(big, message, BUYER, terms(), stamp), Accepted)
    print(f"state, 200 messages and 3 disputes   {len(data):8d} bytes")
    print(f"state, just placed                   {len(encode_state(small)):8d} bytes")
    for name, work in {
        "load (decode)": lambda: decode_state(data),
        "encode": lambda: encode_state(big),
        "decide: a message": lambda: decide(big, message, BUYER, terms(), stamp),
        "decide: an offer, refused": lambda: decide(big, offer, SELLER, terms(), stamp),
        "all options of a side": lambda: dispute_options(big, dispute, SELLER, terms(), stamp),
        "decide: a message, new order": lambda: decide(small, message, BUYER, terms(), stamp),
    }.items():
        print(f"{name:36} {microseconds(work):8.1f} us")


if __name__ == "__main__":
    main()
