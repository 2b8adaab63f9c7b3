"""Orders: placed, read, commanded, disputed, written about."""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct

from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.events.negotiation import DisputeOpened
from amends.dispute.judge import OnOrder, tag_of
from amends.engine.store import BadCursor
from amends.entrypoints.api.bodies import command_in, fields_of, struct_in
from amends.entrypoints.api.calls import Asked, Call, Reply, invalid, json_reply
from amends.entrypoints.api.commands import (
    as_a_server_sends_it,
    key_of,
    request_of,
    version_of,
    with_number_checked,
)
from amends.entrypoints.api.context import Api, is_id, seen_order
from amends.entrypoints.api.paging import PageView, bad_cursor, limit_of
from amends.entrypoints.looking import case_of, look_after
from amends.entrypoints.sellers_returns import with_sellers_returns
from amends.entrypoints.service import CaseAnswer
from amends.entrypoints.views.dispute import dispute_view
from amends.entrypoints.views.order import order_view, protection_view
from amends.entrypoints.views.structs import MessageView
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.views.warnings import with_warnings
from amends.kernel.decision import Accepted
from amends.kernel.instants import from_micros
from amends.kernel.record import Column
from amends.order import decide as order_commands
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.send_message import SendMessage
from amends.order.events.life import MessageSent

E = TypeVar("E")

# Uploads come as forms, whose files are looked into; opening one is what reading it does.
_BY_OTHER_CALLS = ("upload_evidence", "open_evidence")
_GIVEN: tuple[type[Struct], ...] = (*order_commands.COMMANDS, OpenDispute)
COMMANDS: dict[str, type[Struct]] = {
    tag_of(command): command for command in _GIVEN if tag_of(command) not in _BY_OTHER_CALLS
}


def put_order(api: Api, call: Call) -> Asked:
    """201 when new, 200 when the same again, 409 when it differs from what is there."""
    order = call.path["order_id"]
    if not is_id(order):
        raise invalid("id_malformed", {"id": order[:80]}, "mend_field", field="id")
    placed = struct_in(fields_of(call.body), PlaceOrder)
    command = with_sellers_returns(api.service, order, placed)

    def show(answer: CaseAnswer, texts: Texts) -> Reply:
        new = isinstance(answer.outcome, Accepted) and bool(answer.outcome.events)
        shown = order_view(look_after(api.service, answer, call.by, texts, api.words))
        headers = {"Location": f"/api/v1/orders/{order}", "ETag": f'"{shown.version}"'}
        return json_reply(shown, 201 if new else 200, headers=headers)

    return Asked(request_of(call, order, OnOrder(order, command), key=None), _order_of, show)


def get_order(api: Api, call: Call) -> Reply:
    """The order as the asker may see it."""
    shown = order_view(seen_order(api, call))
    return json_reply(shown, headers={"ETag": f'"{shown.version}"'})


def get_protection(api: Api, call: Call) -> Reply:
    """Per line: open from, until, reasons, remedies, rules, sources."""
    return json_reply(protection_view(seen_order(api, call)))


def post_command(api: Api, call: Call) -> Asked:
    """A command on the order; answers the order as the command left it."""
    key, if_match = key_of(call), version_of(call)
    order = call.path["order_id"]
    value = fields_of(call.body)
    given = with_number_checked(api.service, command_in(value, COMMANDS))
    asked = OnOrder(order, as_a_server_sends_it(value, given))

    def show(answer: CaseAnswer, texts: Texts) -> Reply:
        shown = order_view(look_after(api.service, answer, call.by, texts, api.words))
        headers = {"ETag": f'"{shown.version}"'}
        return json_reply(shown, headers=headers, replayed=answer.replayed)

    request = request_of(call, order, asked, key=key, if_match=if_match)
    return Asked(request, _order_of, show)


def post_dispute(api: Api, call: Call) -> Asked:
    """Opens a dispute; 201 with it."""
    key, if_match = key_of(call), version_of(call)
    order = call.path["order_id"]
    command = struct_in(fields_of(call.body), OpenDispute)

    def about(answer: CaseAnswer) -> object:
        case = case_of(answer)
        return case.disputes[_first(answer, DisputeOpened).dispute], case.order.evidence

    def show(answer: CaseAnswer, texts: Texts) -> Reply:
        looking = look_after(api.service, answer, call.by, texts, api.words)
        opened = _first(answer, DisputeOpened)
        shown = dispute_view(looking, looking.case.disputes[opened.dispute])
        headers = {"Location": f"/api/v1/disputes/{shown.id}", "ETag": f'"{shown.version}"'}
        return json_reply(shown, 201, headers=headers, replayed=answer.replayed)

    request = request_of(call, order, OnOrder(order, command), key=key, if_match=if_match)
    return Asked(request, about, show)


def get_messages(api: Api, call: Call) -> Reply:
    """The thread, oldest first."""
    looking = seen_order(api, call)
    order = looking.case.order.id
    after, limit = call.query.get("cursor") or None, limit_of(call)
    views = api.service.store.views
    try:
        found = views.page("messages", {"order_id": order}, order_by="n", after=after, limit=limit)
    except BadCursor:
        raise bad_cursor() from None
    wanted = {(order, str(row["ref"])) for row in found.rows}
    texts = Texts({ref: text for (_, ref), text in api.service.store.records.texts(wanted).items()})
    items = with_warnings(looking, (_message(row, texts) for row in found.rows))
    return json_reply(PageView(items, found.next))


def _message(row: dict[str, Column], texts: Texts) -> MessageView:
    ref = str(row["ref"])
    return MessageView(
        number=int(row["n"] or 0),
        at=from_micros(int(row["at"] or 0)),
        by=str(row["by_role"]),
        person=str(row["by_person"]),
        text=texts.get(ref),
        pictures=tuple(str(row["pictures"] or "").split()),
        erased=texts.erased(ref),
    )


def post_message(_api: Api, call: Call) -> Asked:
    """Writes in the thread; 201 with the message."""
    key = key_of(call)
    order = call.path["order_id"]
    command = struct_in(fields_of(call.body), SendMessage)

    def show(answer: CaseAnswer, texts: Texts) -> Reply:
        sent = _first(answer, MessageSent)
        shown = MessageView(
            number=sent.number,
            at=sent.at,
            by=sent.role,
            person=sent.by,
            text=texts.get(sent.ref),
            pictures=sent.pictures,
            erased=texts.erased(sent.ref),
        )
        return json_reply(shown, 201, replayed=answer.replayed)

    request = request_of(call, order, OnOrder(order, command), key=key)
    return Asked(request, lambda answer: _first(answer, MessageSent), show)


def _order_of(answer: CaseAnswer) -> object:
    return case_of(answer).order


def _first(answer: CaseAnswer, kind: type[E]) -> E:
    """The event of that kind which the command brought about."""
    events = answer.outcome.events if isinstance(answer.outcome, Accepted) else ()
    return next(event for event in events if isinstance(event, kind))
