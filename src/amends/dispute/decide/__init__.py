"""Every command of a dispute, one file each; here they are listed, and a command finds its file."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, DisputeCommandModule, Outcome
from amends.dispute.decide import accept_offer, make_offer
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.make_offer import MakeOffer
from amends.kernel.refusals import refuse_role

DisputeCommand = AcceptOffer | MakeOffer

COMMANDS: dict[type[Struct], DisputeCommandModule] = {
    AcceptOffer: accept_offer,
    MakeOffer: make_offer,
}


def decide(asked: AskedOfDispute, command: DisputeCommand) -> Outcome:
    """Judge one command on a dispute the asker is known to see."""
    module = COMMANDS[type(command)]
    return refuse_role(asked.by, module.BY) or module.may(asked) or module.decide(asked, command)
