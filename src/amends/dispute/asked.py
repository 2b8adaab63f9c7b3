"""A question put to a dispute: what every dispute command is given."""

from __future__ import annotations

from typing import Any, Protocol

from msgspec import Struct

from amends.dispute.case import CaseEvent
from amends.dispute.claims import payer_of_return
from amends.dispute.state import Case, Dispute, Phase
from amends.kernel.decision import Accepted, Content, Facts, Refused, Stamp
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Role, Side
from amends.order.state import Order
from amends.policy.terms import Payer, Reason, Terms

Outcome = Accepted[CaseEvent] | Refused


class AskedOfDispute(Struct, frozen=True):
    """A dispute in its case, who asks, under which terms, and the engine's stamp."""

    case: Case
    dispute: Dispute
    by: Actor
    terms: Terms
    stamp: Stamp

    @property
    def now(self) -> Instant:
        """The instant at which it is asked."""
        return self.stamp.at

    @property
    def order(self) -> Order:
        """The order the dispute is about."""
        return self.case.order

    @property
    def reason(self) -> Reason:
        """The pack's terms for the dispute's reason."""
        return self.terms.reasons[self.dispute.claim.reason]

    @property
    def pays_return(self) -> Payer:
        """Who pays the postage back by the rule, where nobody is named."""
        return payer_of_return(self.order, self.reason)

    @property
    def side(self) -> Side:
        """The asker's side. Only for commands of buyer and seller."""
        return "buyer" if self.by.role is Role.BUYER else "seller"

    def refuse_phase(self, *allowed: Phase) -> Refused | None:
        """Refuses when the dispute is in none of ``allowed``."""
        dispute = self.dispute
        if dispute.phase in allowed:
            return None
        facts: Facts = {"phase": dispute.phase, "allowed": allowed}
        if dispute.phase != "closed":
            return Refused("wrong_phase", facts, ("see_options",))
        # Whoever came second in a race is told how it ended, and when.
        ended: Facts = {**facts, "outcome": dispute.outcome, "closed_at": dispute.closed_at}
        return Refused("dispute_closed", ended, ("see_options",))

    def refuse_turn(self) -> Refused | None:
        """Refuses when it is not the asking side's turn."""
        if self.dispute.turn == self.side:
            return None
        return Refused("not_your_turn", {"turn": self.dispute.turn}, ("wait_for_other_side",))

    def text(self, name: str, text: str) -> tuple[str, tuple[Content, ...]]:
        """The reference to a text of the asker ("" when it is blank), and the content to keep."""
        if not text.strip():
            return "", ()
        content = Content(self.stamp.ref(name), self.by.person, text)
        return content.ref, (content,)


class DisputeCommandModule(Protocol):
    """A file of ``dispute/decide``: who may ask, whether it can be asked now, and what follows."""

    BY: frozenset[Role]

    def may(self, asked: AskedOfDispute) -> Refused | None:
        """Why it cannot be asked at all now, or None."""

    def decide(self, asked: AskedOfDispute, command: Any) -> Outcome:
        """What follows from ``command``."""
