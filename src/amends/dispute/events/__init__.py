"""What can have happened in a dispute, and what each event makes of its state.

An event that hands the turn on carries every deadline that runs from then, as it was computed.
"""

from __future__ import annotations

from amends.dispute.events import effects, judging, negotiation
from amends.dispute.events.base import DisputeEvent
from amends.kernel.record import tagged

DISPUTE_EVENTS = tagged(DisputeEvent, effects, judging, negotiation)
