"""What every handler of the API is given beside the call."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from amends.dispute.state import Dispute
from amends.entrypoints.api.calls import Call, unknown
from amends.entrypoints.api.commands import InFlight
from amends.entrypoints.looking import look, look_at_dispute
from amends.entrypoints.service import Service
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.words.catalogue import Words, words
from amends.entrypoints.words.languages import spoken

# Each holds a thread and perhaps a large file for as long as it is made.
_CASE_FILES = 4
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,63}")


@dataclass(frozen=True)
class Api:
    """The service, the keys being worked on, and the places for case files being made."""

    service: Service
    in_flight: InFlight = field(default_factory=InFlight)
    case_files: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_CASE_FILES))

    @property
    def words(self) -> Words:
        """In the language that is spoken now."""
        return words(spoken())


def is_id(text: str) -> bool:
    """Whether ``text`` can be an order's id, or a dispute's."""
    return _ID.fullmatch(text) is not None


def seen_order(api: Api, call: Call) -> Looking:
    """The order of the address. Raises Problem 404 when there is none for the asker."""
    order = call.path["order_id"]
    looking = look(api.service, order, call.by, api.words) if is_id(order) else None
    if looking is None:
        raise unknown("order", order)
    return looking


def seen_dispute(api: Api, call: Call) -> tuple[Looking, Dispute]:
    """The dispute of the address. Raises Problem 404 when there is none for the asker."""
    dispute = call.path["dispute_id"]
    found = look_at_dispute(api.service, dispute, call.by, api.words) if is_id(dispute) else None
    if found is None:
        raise unknown("dispute", dispute)
    return found
