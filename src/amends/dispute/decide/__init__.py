"""Every command of a dispute, one file each; here they are listed, and a command finds its file."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, DisputeCommandModule, Outcome
from amends.dispute.decide import (
    accept_offer,
    accept_ruling,
    add_evidence,
    answer_information,
    assign_mediator,
    cancel_dispute,
    decline_offer,
    escalate,
    issue_ruling,
    make_offer,
    propose_settlement,
    recuse,
    request_information,
    request_more_time,
)
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.accept_ruling import AcceptRuling
from amends.dispute.decide.add_evidence import AddEvidence
from amends.dispute.decide.answer_information import AnswerInformation
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.propose_settlement import ProposeSettlement
from amends.dispute.decide.recuse import Recuse
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.decide.request_more_time import RequestMoreTime
from amends.kernel.refusals import refuse_role

DisputeCommand = (
    AcceptOffer
    | AcceptRuling
    | AddEvidence
    | AnswerInformation
    | AssignMediator
    | CancelDispute
    | DeclineOffer
    | Escalate
    | IssueRuling
    | MakeOffer
    | ProposeSettlement
    | Recuse
    | RequestInformation
    | RequestMoreTime
)

COMMANDS: dict[type[Struct], DisputeCommandModule] = {
    AcceptOffer: accept_offer,
    AcceptRuling: accept_ruling,
    AddEvidence: add_evidence,
    AnswerInformation: answer_information,
    AssignMediator: assign_mediator,
    CancelDispute: cancel_dispute,
    DeclineOffer: decline_offer,
    Escalate: escalate,
    IssueRuling: issue_ruling,
    MakeOffer: make_offer,
    ProposeSettlement: propose_settlement,
    Recuse: recuse,
    RequestInformation: request_information,
    RequestMoreTime: request_more_time,
}


def decide(asked: AskedOfDispute, command: DisputeCommand) -> Outcome:
    """Judge one command on a dispute the asker is known to see."""
    module = COMMANDS[type(command)]
    return refuse_role(asked.by, module.BY) or module.may(asked) or module.decide(asked, command)
