"""What binds the platform's people to the parties of an order."""

from __future__ import annotations

from collections.abc import Sequence

from amends.engine.staff import TiesAsked
from amends.kernel.instants import to_micros
from amends.kernel.people import Side, Ties
from amends.store.batch import Values
from amends.store.plain import Plain

# A question's values, once for each person they may be: by their id, and by their e-mail.
_ASKED = """(SELECT CAST(? AS BIGINT) AS n, CAST(? AS TEXT) AS person, CAST(? AS TEXT) AS order_id,
    CAST(? AS TEXT) AS buyer, CAST(? AS TEXT) AS seller, CAST(? AS BIGINT) AS since)"""
_DEALT = """EXISTS (SELECT 1 FROM selves AS s JOIN orders AS o
        ON o.buyer = s.person AND o.seller = q.{side} AND o.order_id <> q.order_id WHERE s.n = q.n)
    OR EXISTS (SELECT 1 FROM selves AS s JOIN orders AS o
        ON o.seller = s.person AND o.buyer = q.{side} AND o.order_id <> q.order_id WHERE s.n = q.n)
    OR EXISTS (SELECT 1 FROM selves AS s JOIN contacts AS c
        ON c.person = s.person AND c.other = q.{side} WHERE s.n = q.n)"""
_SAME = "EXISTS (SELECT 1 FROM selves AS s WHERE s.n = q.n AND s.person = q.{side})"
_TIES = """WITH asked AS ({asked}), selves AS (
    SELECT n, person FROM asked UNION
    SELECT a.n, e.person FROM asked AS a JOIN staff_accounts AS m ON m.person = a.person
        JOIN email_digests AS e ON e.digest = m.digest)
    SELECT {same_buyer}, {same_seller}, {dealt_buyer}, {dealt_seller},
        (SELECT COUNT(*) FROM disputes AS d WHERE d.mediator = q.person AND d.seller = q.seller
            AND d.opened_at > q.since)
        + (SELECT COUNT(*) FROM disputes AS d WHERE d.officer = q.person AND d.seller = q.seller
            AND d.opened_at > q.since)
    FROM asked AS q ORDER BY q.n"""
_AT_ONCE = 50


def ties(plain: Plain, asked: Sequence[TiesAsked]) -> list[Ties]:
    """The answers in the order of the questions; some dozens are asked at once."""
    return [
        answer
        for start in range(0, len(asked), _AT_ONCE)
        for answer in _some(plain, asked[start : start + _AT_ONCE])
    ]


def _some(plain: Plain, asked: Sequence[TiesAsked]) -> list[Ties]:
    union = " UNION ALL ".join(f"SELECT * FROM {_ASKED} AS a{n}" for n in range(len(asked)))  # noqa: S608
    statement = _TIES.format(
        asked=union,
        same_buyer=_SAME.format(side="buyer"),
        same_seller=_SAME.format(side="seller"),
        dealt_buyer=_DEALT.format(side="buyer"),
        dealt_seller=_DEALT.format(side="seller"),
    )
    values = [
        value
        for n, a in enumerate(asked)
        for value in (n, a.person, a.order, a.buyer, a.seller, to_micros(a.since))
    ]
    return [_ties(row) for row in plain.ask(statement, values)]


def _ties(row: Values) -> Ties:
    same_buyer, same_seller, dealt_buyer, dealt_seller, cases = row
    return Ties(_sides(same_buyer, same_seller), _sides(dealt_buyer, dealt_seller), int(cases))


def _sides(buyer: object, seller: object) -> tuple[Side, ...]:
    found: list[Side] = []
    if buyer:
        found.append("buyer")
    if seller:
        found.append("seller")
    return tuple(found)
