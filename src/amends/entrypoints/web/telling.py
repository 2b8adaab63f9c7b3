"""What a sender is told before a message goes out that would lead away from the platform."""

from __future__ import annotations

from msgspec import Struct

from amends.entrypoints.scams import detector
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.visitors import Visitor
from amends.kernel.people import Role
from amends.order.decide.send_message import SendMessage


def leading_away(visitor: Visitor, command: Struct) -> dict[str, str]:
    """By the field that would, why not; {} where nothing does. Only what one side says to the other
    is looked at: an address may well have a telephone number."""
    name = "text" if isinstance(command, SendMessage) else "note"
    said = getattr(command, name, None)
    if visitor.actor.role not in (Role.BUYER, Role.SELLER) or not isinstance(said, str):
        return {}
    if all(found.trick != "elsewhere" for found in detector().found_in(said)):
        return {}
    return {
        name: _(
            "This seems to lead away from the platform: to another way of writing, a link or a"
            " payment elsewhere. That is against the rules, and nothing agreed there is protected."
            " Take it out, or send it as it is with the same button."
        )
    }
