"""The sandbox's own controls: its clock, and how its payment provider behaves."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from amends.engine.simulated import Behaviour, Reporting
from amends.entrypoints.api.bodies import fields_of, struct_in
from amends.entrypoints.api.calls import Call, Problem, Reply, invalid, json_reply
from amends.entrypoints.api.context import Api
from amends.entrypoints.clock import move_to
from amends.entrypoints.service import Sandbox
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant
from amends.kernel.money import Money

_FURTHEST = timedelta(days=3660)
_LATEST = timedelta(days=60)
_WEEKS = re.compile(r"P(?P<weeks>[0-9]{1,4})W")


class MoveClock(Struct, frozen=True, forbid_unknown_fields=True):
    """Forward by a duration (ISO 8601: ``P5D``, ``PT6H``, ``P2W``), or to an instant: one of the
    two."""

    advance: timedelta | None = None
    to: Instant | None = None


class SetBehaviour(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the next calls to refund meet, one each; after the last it is ``ok`` again.

    ``callbacks``: how what is booked from now on is reported; as before when it is left out.
    """

    next: Annotated[tuple[Behaviour, ...], Meta(max_length=1000)]
    callbacks: Reporting | None = None


class BankActs(Struct, frozen=True, forbid_unknown_fields=True):
    """The buyer's bank takes ``amount`` of the payment ``reference`` back (all of it, when none is
    named), or decides on ``chargeback``: ``won``, the money comes back, or ``lost``."""

    reference: str | None = None
    amount: Money | None = None
    chargeback: str | None = None
    outcome: Literal["won", "lost"] | None = None


class ClockView(Struct, frozen=True):
    """Where the clock stands."""

    now: Instant


def get_clock(api: Api, _call: Call) -> Reply:
    """Where the clock stands."""
    return json_reply(ClockView(_sandbox(api).clock.now()))


def post_clock(api: Api, call: Call) -> Reply:
    """Moves the clock; answers when every deadline that fell due and every job has run."""
    sandbox = _sandbox(api)
    fields = fields_of(call.body)
    # The reader of durations knows no weeks.
    if weeks := _WEEKS.fullmatch(str(fields.get("advance"))):
        fields["advance"] = f"P{7 * int(weeks['weeks'])}D"
    asked = struct_in(fields, MoveClock)
    now = sandbox.clock.now()
    if (asked.advance is None) == (asked.to is None):
        raise invalid("advance_or_to", {}, "send_one_of_them", field="advance")
    if asked.advance is not None and not timedelta(0) <= asked.advance <= _FURTHEST:
        facts = {"most_days": _FURTHEST.days}
        raise invalid("advance_out_of_range", facts, "mend_field", field="advance")
    target = asked.to or now + (asked.advance or timedelta(0))
    if target < now:
        refused = Refused("clock_would_go_back", {"now": now, "to": target}, ("give_later_time",))
        raise Problem(refused, 409)
    if target - now > _FURTHEST:
        facts = {"most_days": _FURTHEST.days}
        raise invalid("advance_out_of_range", facts, "mend_field", field="to")
    move_to(api.service, sandbox, target)
    return json_reply(ClockView(sandbox.clock.now()))


def post_behaviour(api: Api, call: Call) -> Reply:
    """Sets what the provider does with its next calls; answers what was set."""
    asked = struct_in(fields_of(call.body), SetBehaviour)
    how = asked.callbacks
    if how is not None and not timedelta(0) <= how.late <= _LATEST:
        facts = {"most_days": _LATEST.days}
        raise invalid("advance_out_of_range", facts, "mend_field", field="callbacks.late")
    payments = _sandbox(api).payments
    payments.set_next(asked.next)
    if how is not None:
        payments.set_reporting(how)
    return json_reply(asked)


def post_chargeback(api: Api, call: Call) -> Reply:
    """The bank acts; answers the chargeback."""
    asked = struct_in(fields_of(call.body), BankActs)
    payments = _sandbox(api).payments
    try:
        if asked.reference is not None and asked.chargeback is None and asked.outcome is None:
            return json_reply(payments.open_chargeback(asked.reference, asked.amount))
        if asked.chargeback is not None and asked.outcome is not None and asked.reference is None:
            return json_reply(payments.decide_chargeback(asked.chargeback, asked.outcome))
    except ValueError as error:
        raise invalid("bank_cannot", {"problem": str(error)}, "mend_field") from None
    raise invalid("take_or_decide", {}, "send_one_of_them")


def get_payments(api: Api, _call: Call) -> Reply:
    """What the provider itself has booked."""
    return json_reply(_sandbox(api).payments.booked())


def _sandbox(api: Api) -> Sandbox:
    sandbox = api.service.sandbox
    if sandbox is None:
        raise Problem(Refused("no_such_address", {}, ("see_docs",), "unknown"), 404)
    return sandbox
