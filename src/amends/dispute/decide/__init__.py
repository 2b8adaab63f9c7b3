"""Every command of a dispute, one file each; here they are listed, and a command finds its file."""

from __future__ import annotations

from msgspec import Struct

from amends.dispute.asked import AskedOfDispute, DisputeCommandModule, Outcome
from amends.dispute.decide import (
    accept_offer,
    accept_ruling,
    add_evidence,
    answer_information,
    appeal,
    approve_ruling,
    assign_appeals_officer,
    assign_mediator,
    cancel_dispute,
    confirm_replacement,
    contest_return,
    decide_appeal,
    decline_offer,
    escalate,
    inspect_return,
    issue_ruling,
    make_offer,
    propose_ruling,
    propose_settlement,
    provide_return_address,
    recuse,
    report_unassigned,
    request_information,
    request_more_time,
    return_to_queue,
    send_back_ruling,
    ship_replacement,
    ship_return,
    write_note,
)
from amends.dispute.decide.accept_offer import AcceptOffer
from amends.dispute.decide.accept_ruling import AcceptRuling
from amends.dispute.decide.add_evidence import AddEvidence
from amends.dispute.decide.answer_information import AnswerInformation
from amends.dispute.decide.appeal import FileAppeal
from amends.dispute.decide.approve_ruling import ApproveRuling
from amends.dispute.decide.assign_appeals_officer import AssignAppealsOfficer
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.cancel_dispute import CancelDispute
from amends.dispute.decide.confirm_replacement import ConfirmReplacement
from amends.dispute.decide.contest_return import ContestReturn
from amends.dispute.decide.decide_appeal import DecideAppeal
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.inspect_return import InspectReturn
from amends.dispute.decide.issue_ruling import IssueRuling
from amends.dispute.decide.make_offer import MakeOffer
from amends.dispute.decide.propose_ruling import ProposeRuling
from amends.dispute.decide.propose_settlement import ProposeSettlement
from amends.dispute.decide.provide_return_address import ProvideReturnAddress
from amends.dispute.decide.recuse import Recuse
from amends.dispute.decide.report_unassigned import ReportUnassigned
from amends.dispute.decide.request_information import RequestInformation
from amends.dispute.decide.request_more_time import RequestMoreTime
from amends.dispute.decide.return_to_queue import ReturnToQueue
from amends.dispute.decide.send_back_ruling import SendBackRuling
from amends.dispute.decide.ship_replacement import ShipReplacement
from amends.dispute.decide.ship_return import ShipReturn
from amends.dispute.decide.write_note import WriteNote
from amends.kernel.refusals import refuse_role

DisputeCommand = (
    AcceptOffer
    | AcceptRuling
    | AddEvidence
    | AnswerInformation
    | FileAppeal
    | ApproveRuling
    | AssignAppealsOfficer
    | AssignMediator
    | CancelDispute
    | ConfirmReplacement
    | ContestReturn
    | DecideAppeal
    | DeclineOffer
    | Escalate
    | InspectReturn
    | IssueRuling
    | MakeOffer
    | ProposeRuling
    | ProposeSettlement
    | ProvideReturnAddress
    | Recuse
    | ReportUnassigned
    | RequestInformation
    | RequestMoreTime
    | ReturnToQueue
    | SendBackRuling
    | ShipReplacement
    | ShipReturn
    | WriteNote
)

COMMANDS: dict[type[Struct], DisputeCommandModule] = {
    AcceptOffer: accept_offer,
    AcceptRuling: accept_ruling,
    AddEvidence: add_evidence,
    AnswerInformation: answer_information,
    FileAppeal: appeal,
    ApproveRuling: approve_ruling,
    AssignAppealsOfficer: assign_appeals_officer,
    AssignMediator: assign_mediator,
    CancelDispute: cancel_dispute,
    ConfirmReplacement: confirm_replacement,
    ContestReturn: contest_return,
    DecideAppeal: decide_appeal,
    DeclineOffer: decline_offer,
    Escalate: escalate,
    InspectReturn: inspect_return,
    IssueRuling: issue_ruling,
    MakeOffer: make_offer,
    ProposeRuling: propose_ruling,
    ProposeSettlement: propose_settlement,
    ProvideReturnAddress: provide_return_address,
    Recuse: recuse,
    ReportUnassigned: report_unassigned,
    RequestInformation: request_information,
    RequestMoreTime: request_more_time,
    ReturnToQueue: return_to_queue,
    SendBackRuling: send_back_ruling,
    ShipReplacement: ship_replacement,
    ShipReturn: ship_return,
    WriteNote: write_note,
}


def decide(asked: AskedOfDispute, command: DisputeCommand) -> Outcome:
    """Judge one command on a dispute the asker is known to see."""
    module = COMMANDS[type(command)]
    return refuse_role(asked.by, module.BY) or module.may(asked) or module.decide(asked, command)
