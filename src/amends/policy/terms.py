"""What a policy pack may decide, as frozen types.

Code owns the kinds (which openings, remedies and anchors exist); a pack chooses values and
combinations. Every value keeps the rule's name, by which it is cited in decisions and on pages, and
the source it was taken from.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from amends.kernel.instants import Instant
from amends.kernel.people import Side

Remedy = Literal["refund", "return_and_refund", "replacement", "repair_cost"]
Received = Literal["yes", "no", "either"]
Payer = Side


class Days(Struct, frozen=True):
    """A span of whole days (5 days are 120 hours), with the rule's name and its source."""

    rule: str
    days: int
    source: str

    @property
    def span(self) -> timedelta:
        """The days as a length of time."""
        return timedelta(days=self.days)


class Opening(Struct, frozen=True):
    """One way for the window to open; the earliest of a pack's openings counts."""

    kind: Literal["after_shipment", "after_ship_by", "on_delivery", "on_receipt"]
    term: Days  # 0 days: at that very instant


class CarrierWindow(Struct, frozen=True):
    """How long after shipment the window stays open for these carriers, and a parcel may take."""

    carriers: tuple[str, ...]
    term: Days


class Closing(Struct, frozen=True):
    """One way for the window of a carrier nobody named to close; the latest counts."""

    kind: Literal["after_shipment", "after_promised"]
    term: Days


class Windows(Struct, frozen=True):
    """When a dispute can be opened."""

    opens: tuple[Opening, ...]
    closes_by_carrier: tuple[CarrierWindow, ...]
    closes_other_carriers: tuple[Closing, ...]
    closes_after_receipt: Days | None
    # later_of: the later of the carrier's end and the receipt's; receipt_alone: once the buyer has
    # confirmed receipt only the receipt's end counts.
    closes_combine: Literal["later_of", "receipt_alone"]


class EvidenceAsked(Struct, frozen=True):
    """A proof that helps; ``on_record`` when the product holds it already."""

    code: str
    essential: bool = False
    on_record: bool = False


class RemedyAllowed(Struct, frozen=True):
    """A remedy a reason allows; ``part_only``: less than all that was paid for the units."""

    remedy: Remedy
    part_only: bool = False


class Reason(Struct, frozen=True):
    """A reason for a dispute: what it needs, what it allows, who is at fault."""

    code: str
    received: Received
    remedies: tuple[RemedyAllowed, ...]
    at_fault: Side
    evidence_from_buyer: tuple[EvidenceAsked, ...]
    evidence_from_seller: tuple[EvidenceAsked, ...]
    source: str
    own_window: bool = False  # counted from receipt, by the seller's own return policy
    no_return_asked: bool = False  # the goods may not be sent (counterfeit)

    def allows(self, remedy: Remedy) -> RemedyAllowed | None:
        """The entry for ``remedy``, or None when this reason does not allow it."""
        return next((r for r in self.remedies if r.remedy == remedy), None)

    @property
    def pays_return(self) -> Payer:
        """Whoever is at fault pays the postage back."""
        return self.at_fault


class Clocks(Struct, frozen=True):
    """How long each step may take."""

    seller_answers_within: Days
    seller_answers_within_with_more_time: Days | None  # None: no more time can be asked for
    offer_answered_within: Days
    negotiation_ends_after: Days
    information_within: Days
    ruling_due_after: Days
    supervisor_rules_within: Days
    ruling_after_return_due_after: Days
    message_answered_within: Days
    feedback_amendable_for: Days
    outage_extends_after: (
        Days  # an outage of ours at least this long extends turns that ran out in it
    )


class Appeals(Struct, frozen=True):
    """Who may be heard again, when, and for what. ``window`` None: only ``grounds_any_time``."""

    window: Days | None
    decided_within: Days
    supervisor_decides_within: Days
    grounds_in_window: tuple[str, ...]
    grounds_any_time: tuple[str, ...]
    source: str


class Returns(Struct, frozen=True):
    """The way back of the goods, and the replacement's way there."""

    address_within: Days
    shipped_within: Days
    inspected_within: Days
    inspection_answered_within: Days
    # A parcel that does not arrive within its carrier's days, by who pays the return.
    lost_when_seller_pays: Literal["refund", "mediation"]
    lost_when_buyer_pays: Literal["refund", "mediation"]
    replacement_shipped_within: Days
    suggest_without_return_above_percent: int
    source: str


class OtherRoutes(Struct, frozen=True):
    """How money can go when the way it was paid is dead: ``routes`` to choose from, ``dead`` the
    provider's codes that say so, and how long the buyer has before finance sees to it alone."""

    routes: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    chosen_within: Days | None = None

    def is_dead(self, code: str) -> bool:
        """Whether a refund that failed with ``code`` can go another way by the buyer's choice."""
        return code in self.dead


class Refunds(Struct, frozen=True):
    """When money is shown as arriving, and what happens when it does not."""

    arrives_from_working_days: Days
    arrives_until_working_days: Days
    settled_within: Days  # a refund still under way after this is finance's task
    retried_after: Days
    retries: int
    finance_alarm_every: Days
    other_routes: OtherRoutes = OtherRoutes()


class Fee(Struct, frozen=True):
    """What the platform keeps of a seller's share when it is paid out: ``basis_points`` of it
    (hundredths of a percent), and a fixed part in the currency's minor units."""

    basis_points: int = 0
    fixed: dict[str, int] = {}
    source: str = ""

    def of(self, share: int, currency: str) -> int:
        """The fee on ``share`` minor units: the part of it rounded down, and never more than it."""
        return min(share, share * self.basis_points // 10_000 + self.fixed.get(currency, 0))


class Platform(Struct, frozen=True):
    """What the platform answers for when nobody ruled: up to the cap, in minor units.

    ``large_times``: so many times the cap is as much as one person may award alone; None: anything.
    """

    honours_up_to: dict[str, int]
    source: str
    fee: Fee = Fee()
    large_times: int | None = None

    def large(self, currency: str) -> int | None:
        """What a ruling of one person alone may award at most; None: as much as there is."""
        cap = self.honours_up_to.get(currency)
        return None if self.large_times is None or cap is None else self.large_times * cap


class Limits(Struct, frozen=True):
    """Bounds on what one side may put into a case, the same for both."""

    evidence_per_side: int
    longest_change_of_mind_days: int
    highest_restocking_fee_percent: int
    source: str


class Judging(Struct, frozen=True):
    """Who judges. ``seller_cases`` disputes of one seller, opened within ``seller_within``, are as
    many as one person is given; None: any number. ``silent_after``: somebody who was not signed in
    for so long is absent; None: nobody is missed."""

    seller_cases: int | None = None
    seller_within: Days | None = None
    silent_after: Days | None = None


class PackRef(Struct, frozen=True):
    """Which version of which pack an order is under; the digest is of its values, not its words."""

    id: str
    version: str
    digest: str


class Terms(Struct, frozen=True):
    """One version of one policy pack."""

    id: str
    version: str
    title: str
    in_force_from: Instant
    sources: dict[str, str]
    windows: Windows
    reasons: dict[str, Reason]
    clocks: Clocks
    appeals: Appeals
    returns: Returns
    refunds: Refunds
    platform: Platform
    limits: Limits
    ruling_reasons: tuple[str, ...]
    clauses: tuple[str, ...]  # one per reason, by its name, and the pack's own
    # The source of each value that is no span, by its rule, or by "evidence." and the reason.
    cited: dict[str, str] = {}
    judging: Judging = Judging()
    digest: str = ""  # of the values; filled in when the pack has been read

    @property
    def ref(self) -> PackRef:
        """What an order pins."""
        return PackRef(self.id, self.version, self.digest)

    def carrier_days(self, carrier: str) -> Days:
        """How long a parcel of ``carrier`` may take, counted from its shipment.

        Carriers are compared without case and blanks; one that is not named gets the days of the
        first closing for other carriers.
        """
        known = plain_carrier(carrier)
        for window in self.windows.closes_by_carrier:
            if known in {plain_carrier(c) for c in window.carriers}:
                return window.term
        return self.windows.closes_other_carriers[0].term

    def names_carrier(self, carrier: str) -> bool:
        """Whether the pack gives ``carrier`` days of its own."""
        known = plain_carrier(carrier)
        return any(
            known in {plain_carrier(c) for c in w.carriers} for w in self.windows.closes_by_carrier
        )


def plain_carrier(carrier: str) -> str:
    """A carrier's name as it is compared: without case and blanks."""
    return "".join(carrier.casefold().split())
