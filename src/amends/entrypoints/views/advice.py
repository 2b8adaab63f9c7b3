"""The JSON structures of what would help the asker; nothing is decided by them."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amends.kernel.instants import Instant
from amends.kernel.money import Money


class WarningView(Struct, frozen=True):
    """Something the other side asks that would cost the reader their protection: why it would, what
    to do instead, and ``until`` when. ``kind``: private, postage, wait or elsewhere."""

    kind: str
    title: str
    why: str
    instead: str
    until: Instant | None
    act_by: str | UnsetType = UNSET


class RemedyWorthView(Struct, frozen=True):
    """A remedy: what would come back, and what of that would be left; null where it cannot be
    told."""

    remedy: str
    comes_back: Money
    leaves: Money | None
    text: str


class PostageBackView(Struct, frozen=True):
    """What sending the goods back costs, who pays it, and whether that is ``known``, ``estimated``
    or ``unknown``."""

    paid_by: str
    amount: Money | None
    sure: str
    source: str


class RemediesView(Struct, frozen=True):
    """What each remedy would leave the buyer. ``ask`` is what a seller gives more readily."""

    options: tuple[RemedyWorthView, ...]
    return_postage: PostageBackView | None
    ask: Money | None
    advice: tuple[str, ...]


class ProofAskedView(Struct, frozen=True):
    """A proof that helps for the reason: on ``record``, ``added`` or ``missing``; ``needed``: a
    claim is weak without it."""

    kind: str
    state: str
    needed: bool


class GuidanceView(Struct, frozen=True):
    """What would help the asker; no decision rests on it. ``remedies`` while there is still
    something to agree on or to be ruled."""

    evidence: tuple[ProofAskedView, ...]
    remedies: RemediesView | UnsetType = UNSET
