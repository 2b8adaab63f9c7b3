"""Which commands are tried in every situation, and which need not be."""

from __future__ import annotations

from typing import get_args

from amends.dispute.decide import DisputeCommand
from amends.dispute.judge import tag_of
from amends.exploring import moves

# They move no clock, or lead nowhere that a command that is tried does not.
LEFT_OUT = {
    "add_evidence", "assign_appeals_officer", "propose_settlement", "recuse", "report_unassigned",
    "return_to_queue", "send_back_ruling", "write_note",
}  # fmt: skip


def test_every_command_of_a_dispute_is_tried_or_left_out_for_a_reason() -> None:
    commands = get_args(DisputeCommand)
    tried = {tag_of(command) for command in commands if hasattr(moves, command.__name__)}
    assert tried | LEFT_OUT == {tag_of(command) for command in commands}
    assert not tried & LEFT_OUT
