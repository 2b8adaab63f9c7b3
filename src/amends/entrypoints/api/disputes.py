"""Disputes: read, commanded, and their record."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from amends.dispute import decide as dispute_commands
from amends.dispute.judge import CaseCommand, OnDispute, OnOrder, tag_of
from amends.dispute.state import order_of
from amends.entrypoints.api.bodies import command_in, fields_of
from amends.entrypoints.api.calls import (
    Asked,
    Call,
    Problem,
    Reply,
    invalid,
    json_reply,
    unknown,
)
from amends.entrypoints.api.commands import (
    as_a_server_sends_it,
    key_of,
    request_of,
    version_of,
    with_number_checked,
)
from amends.entrypoints.api.context import Api, is_id, seen_dispute
from amends.entrypoints.api.paging import PageView, limit_of
from amends.entrypoints.looking import case_of, look_after, texts_of_events, waiting_of
from amends.entrypoints.service import CaseAnswer
from amends.entrypoints.views.dispute import ON_ORDER, dispute_view, in_dispute
from amends.entrypoints.views.guidance import guidance_of
from amends.entrypoints.views.record import concerns, event_views
from amends.entrypoints.views.texts import Texts
from amends.kernel.decision import Refused
from amends.order import decide as order_commands

_ON_DISPUTE: dict[str, type[Struct]] = {
    tag_of(command): command for command in dispute_commands.COMMANDS
}
_ON_ORDER: dict[str, type[Struct]] = {
    tag_of(command): command for command in order_commands.COMMANDS if tag_of(command) in ON_ORDER
}
COMMANDS: dict[str, type[Struct]] = {**_ON_DISPUTE, **_ON_ORDER}


def get_dispute(api: Api, call: Call) -> Reply:
    """The dispute as the asker may see it."""
    looking, dispute = seen_dispute(api, call)
    shown = replace(dispute_view(looking, dispute), guidance=guidance_of(looking, dispute))
    return json_reply(shown, headers={"ETag": f'"{dispute.version}"'})


def post_command(api: Api, call: Call) -> Asked:
    """A command on the dispute; answers the dispute as the command left it."""
    key, if_match = key_of(call), version_of(call)
    dispute_id = call.path["dispute_id"]
    order = order_of(dispute_id)
    if order is None or not is_id(dispute_id):
        raise unknown("dispute", dispute_id)
    value = fields_of(call.body)
    on_order = value.get("type") in tuple(_ON_ORDER)
    if on_order:
        _, dispute = seen_dispute(api, call)
        # The engine holds If-Match against the order's version for these.
        if if_match is not None and if_match != dispute.version:
            raise _changed(if_match, dispute.version)
        if_match = None
    given = with_number_checked(api.service, command_in(value, COMMANDS))
    command = as_a_server_sends_it(value, given)
    asked: CaseCommand = (
        OnOrder(order, in_dispute(command, dispute_id))
        if on_order
        else OnDispute(order, dispute_id, command)
    )

    def about(answer: CaseAnswer) -> object:
        case = case_of(answer)
        return case.disputes[dispute_id], case.order.evidence

    def show(answer: CaseAnswer, texts: Texts) -> Reply:
        looking = look_after(api.service, answer, call.by, texts, api.words)
        dispute = looking.case.disputes[dispute_id]
        headers = {"ETag": f'"{dispute.version}"'}
        return json_reply(dispute_view(looking, dispute), headers=headers, replayed=answer.replayed)

    return Asked(request_of(call, order, asked, key=key, if_match=if_match), about, show)


def _changed(seen: int, now: int) -> Problem:
    facts = {"seen": seen, "now": now}
    return Problem(Refused("changed_meanwhile", facts, ("look_and_decide_again",)), 412)


def get_waiting(api: Api, call: Call) -> Reply:
    """What the dispute waits for and what was late, in words that can be read out."""
    looking, dispute = seen_dispute(api, call)
    return json_reply(waiting_of(api.service, looking, dispute.id))


def get_events(api: Api, call: Call) -> Reply:
    """The record of the dispute, as far as the asker may see it, oldest first."""
    looking, dispute = seen_dispute(api, call)
    limit, after = limit_of(call), _number(call.query.get("cursor"))
    order = looking.case.order.id
    recorded = [
        event
        for event in api.service.engine.events(order, after)
        if concerns(event.event, dispute.id, looking.case)
    ]
    part = recorded[:limit]
    texts = texts_of_events(api.service, order, part)
    more = len(recorded) > limit
    items = event_views(part, call.by, texts, looking.case.order.currency)
    return json_reply(PageView(items, str(part[-1].number) if more else None))


def _number(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 15:
        raise invalid("cursor_unknown", {}, "start_list_again", field="cursor")
    return int(cursor)
