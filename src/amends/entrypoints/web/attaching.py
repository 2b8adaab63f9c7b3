"""Pictures of the thread that can be put to a dispute by one click."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.structs import DisputeView
from amends.entrypoints.web.site import Site


class Attach(Struct, frozen=True):
    """The form behind the click: where it goes, its key, and the dispute's version on the page."""

    action: str
    key: str
    version: int


def attachable(site: Site, looking: Looking, disputes: Iterable[DisputeView]) -> dict[str, Attach]:
    """By evidence id: the visitor's own files that the first dispute taking evidence from them does
    not have yet."""
    for shown in disputes:
        if any(o.type == "add_evidence" and o.allowed for o in shown.options):
            return {
                proof.id: Attach(
                    f"/disputes/{shown.id}/commands/add_evidence",
                    site.service.new_token(),
                    shown.version,
                )
                for proof in looking.case.order.evidence.values()
                if proof.by == looking.by.person
                and shown.id not in proof.disputes
                and not proof.withdrawn
            }
    return {}
