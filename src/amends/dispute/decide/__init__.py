"""Every command of a dispute, one file each; here they are listed, and a command finds its file."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, DisputeCommandModule, Outcome
from amends.dispute.decide import accept_offer, make_offer
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.make_offer import MakeOffer
from amends.kernel.decision import Facts, Refused

DisputeCommand = AcceptOffer | MakeOffer

COMMANDS: dict[type[Struct], DisputeCommandModule] = {
    AcceptOffer: accept_offer,
    MakeOffer: make_offer,
}


def decide(asked: AskedOfDispute, command: DisputeCommand) -> Outcome:
    """Judge one command on a dispute the asker is known to see."""
    module = COMMANDS[type(command)]
    return refuse_role(asked, module) or module.may(asked) or module.decide(asked, command)


def refuse_role(asked: AskedOfDispute, module: DisputeCommandModule) -> Refused | None:
    """Refuses a hat the command is not for."""
    if asked.by.role in module.BY:
        return None
    facts: Facts = {"role": asked.by.role, "allowed": tuple(sorted(module.BY))}
    return Refused("not_for_this_role", facts, kind="forbidden")
