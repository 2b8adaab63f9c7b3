"""A seller's own addresses and replies, put into the forms that ask for such."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from amends.entrypoints.web.forms.form import Form
from amends.entrypoints.web.forms.inputs import Group, Prose
from amends.entrypoints.web.forms.posted import Posted
from amends.entrypoints.web.shop import Kept, kept
from amends.entrypoints.web.site import Site
from amends.entrypoints.web.visitors import Visitor
from amends.kernel.people import Role

_ADDRESS = "address"


class AtHand(Struct, frozen=True):
    """What the seller kept; of an address or a reply, which was chosen on the page."""

    addresses: tuple[Kept, ...] = ()
    replies: tuple[Kept, ...] = ()

    def into(self, forms: Mapping[str, Form], *, address: str, reply: str) -> dict[str, Form]:
        """The forms with the chosen reply written in, and the chosen address, or else the first.

        A form that came back with a fault keeps what was typed.
        """
        replied = _chosen(self.replies, reply)
        sent_to = _chosen(self.addresses, address) or next(iter(self.addresses), None)
        filled = {}
        for type_, form in forms.items():
            texts: dict[str, list[str]] = {}
            prose = next((ask.name for ask in form.inputs if isinstance(ask, Prose)), None)
            if replied and prose:
                texts[prose] = [str(replied.values["text"])]
            if sent_to and asks_for_address(form):
                texts |= {f"{_ADDRESS}.{part}": [str(v)] for part, v in sent_to.values.items()}
            fresh = bool(texts) and not form.errors
            filled[type_] = replace(form, posted=Posted(texts)) if fresh else form
        return filled


def asks_for_address(form: Form) -> bool:
    """Whether one of its questions is where something goes."""
    return any(isinstance(ask, Group) and ask.name == _ADDRESS for ask in form.inputs)


def at_hand(site: Site, visitor: Visitor) -> AtHand:
    """What a seller has kept; nothing for anybody else."""
    if visitor.actor.role is not Role.SELLER:
        return AtHand()
    me = visitor.actor.person
    return AtHand(kept(site, me, "return_address"), kept(site, me, "reply"))


def _chosen(papers: tuple[Kept, ...], number: str) -> Kept | None:
    return next((one for one in papers if str(one.number) == number), None)
