"""The ledger: double entry, derived from where an order's money stands.

Every account's balance is a function of the order's state, and the balances sum to zero by
construction; an event's postings are the difference it makes. A debit is positive. Amounts are
minor units of the order's currency.
"""

from __future__ import annotations

from amends.dispute.case import CaseEvent
from amends.dispute.state import Case
from amends.kernel.instants import to_micros
from amends.kernel.record import Recorded, Row
from amends.order.escrow import fee_kept
from amends.order.state import Order


def balances(order: Order | None) -> dict[str, int]:
    """Each account's balance for one order.

    ``clearing`` is what lies at the payment provider, ``refund_pending`` what is promised to the
    buyer and not yet booked there, ``buyer`` what the buyer has had beyond what was paid (from us
    and from a bank), ``goodwill`` what the platform pays, ``chargeback_loss`` what a bank took and
    has not decided on, ``escrow`` the seller's share while it is held, ``seller`` the same once it
    was paid out, less ``platform_fee``, which is what the platform keeps of it.
    """
    if order is None:
        return {}
    counting = [r for r in order.refunds.values() if r.counts]
    settled = sum(r.amount for r in counting if r.state == "settled")
    under_way = sum(r.amount for r in counting if r.under_way)
    by_platform = sum(r.amount for r in counting if r.funded_by == "platform")
    undecided = sum(c.amount for c in order.chargebacks.values() if not c.outcome)
    lost = order.taken_by_bank - undecided
    left = order.captured - (settled + under_way - by_platform) - lost
    share, fee = max(0, left), fee_kept(order)
    return {
        "clearing": order.captured - settled - order.taken_by_bank,
        "refund_pending": -under_way,
        "buyer": share - left,
        "goodwill": by_platform,
        "chargeback_loss": undecided,
        "escrow": 0 if order.released is not None else -share,
        "seller": fee - share if order.released is not None else 0,
        "platform_fee": -fee,
    }


def postings(before: Case | None, recorded: Recorded[CaseEvent], after: Case) -> tuple[Row, ...]:
    """The rows an event adds: for each account, the difference between its balances."""
    if before and _money_of(before.order) == _money_of(after.order):
        return ()
    order, kind = after.order, str(type(recorded.event).__struct_config__.tag)
    was, now = balances(before.order if before else None), balances(order)
    changed = [(name, now[name] - was.get(name, 0)) for name in now]
    return tuple(
        Row(
            "postings",
            {"n": recorded.number, "i": i},
            {
                "account": account,
                "amount": amount,
                "currency": order.currency,
                "at": to_micros(recorded.at),
                "kind": kind,
                "seller": order.seller,
            },
        )
        for i, (account, amount) in enumerate(entry for entry in changed if entry[1])
    )


def _money_of(order: Order) -> tuple[object, ...]:
    """All that the balances are made from; most events leave it alone."""
    return (order.captured, order.released, order.refunds, order.chargebacks)
