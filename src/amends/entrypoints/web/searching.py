"""Finding one's own orders by what was bought.

Titles are sealed with their people's keys, so no index holds them: the newest orders are unsealed
for the person who looks, some at a time, until enough are found.
"""

from __future__ import annotations

from amends.entrypoints.looking import look_over
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.web.site import Site
from amends.entrypoints.web.visitors import Visitor

_AT_ONCE = 50
_MOST_LOOKED_AT = 500


def orders_with(site: Site, visitor: Visitor, text: str, limit: int) -> list[str]:
    """The ids of a party's orders, newest first, ``limit`` at most, whose items are called by every
    word of ``text``, or by words that begin so; of their newest five hundred orders."""
    words = text.casefold().split()
    views, me = site.service.store.views, visitor.actor
    found: list[str] = []
    after: str | None = None
    for _ in range(_MOST_LOOKED_AT // _AT_ONCE):
        rows = views.page(
            "orders", {me.role.value: me.person}, order_by="-placed_at", after=after,
            limit=_AT_ONCE,
        )  # fmt: skip
        ids = [str(row["order_id"]) for row in rows.rows]
        seen = look_over(site.service, ids, me, site.api.words)
        found += [id_ for id_ in ids if id_ in seen and _is_called(seen[id_], words)]
        after = rows.next
        if len(found) >= limit or after is None:
            break
    return found[:limit]


def _is_called(looking: Looking, words: list[str]) -> bool:
    order = looking.case.order
    titles = (looking.texts.entry(order.listing_ref, line.id, "title") for line in order.lines)
    called = " ".join(str(title or "") for title in titles).casefold().split()
    return bool(words) and all(any(one.startswith(word) for one in called) for word in words)
