"""What every page handler is given, and how it asks the same things the interface's calls ask."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from amends.dispute.judge import CaseCommand
from amends.engine.outside import IdentityProvider
from amends.engine.requests import caller_of
from amends.entrypoints.api.calls import Call
from amends.entrypoints.api.commands import request_of, send, with_number_checked
from amends.entrypoints.api.context import Api, is_id
from amends.entrypoints.clock import drain
from amends.entrypoints.looking import look, look_at_dispute
from amends.entrypoints.service import CaseAnswer, Service
from amends.entrypoints.staff.passwords import Passwords
from amends.entrypoints.staff.roster import Roster
from amends.entrypoints.staff.signing_in import SignIn
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.visitors import Sessions, Visitor
from amends.entrypoints.words.languages import spoken
from amends.kernel.instants import Instant
from amends.kernel.people import Actor
from amends.policy.wording import Wording


class NotThere(Exception):
    """The page does not exist, or not for this visitor; both look the same."""


@dataclass(frozen=True)
class Site:
    """The interface's own parts, the pages' sessions, and how the platform's people get in."""

    api: Api
    sessions: Sessions
    sign_in: SignIn
    roster: Roster

    @property
    def service(self) -> Service:
        """Engine, record and the world outside."""
        return self.api.service

    @property
    def provider(self) -> IdentityProvider | None:
        """The company's own sign-in, where it is connected."""
        return self.service.identity

    def now(self) -> Instant:
        """The instant pages are shown at."""
        return self.service.clock.now()


def wording_of(site: Site, looking: Looking) -> Wording:
    """The words of the pack an order is under, in the language of whoever looks; without goods that
    are kept where every claim says that none came."""
    ref = looking.case.order.pack
    wording = site.service.library.wording(ref.id, ref.version, spoken())
    claims = [dispute.claim for dispute in looking.case.disputes.values()]
    if claims and not any(claim.received for claim in claims):
        return without_goods(wording)
    return wording


def without_goods(wording: Wording) -> Wording:
    """The same words for a claim of goods that never came: there are none to keep."""
    return replace(wording, remedies={**wording.remedies, "refund": _("Money back")})


def site_for(service: Service) -> Site:
    """The site of a service."""
    store, new_token = service.store, service.new_token
    return Site(
        Api(service),
        Sessions(store, new_token, service.base_url, sandbox=service.sandbox is not None),
        SignIn(store, Passwords()),
        Roster(store, new_token),
    )


def call_of(by: Actor, route: str, path: Mapping[str, str] | None = None, **rest: Any) -> Call:
    """A visitor's step as a call, for what pages and the interface share."""
    return Call(by=by, method="POST", route=route, path=path or {}, **rest)


def see_order(site: Site, visitor: Visitor, order: str) -> Looking:
    """The order as it stands. Raises NotThere."""
    looking = look(site.service, order, visitor.actor, site.api.words) if is_id(order) else None
    if looking is None:
        raise NotThere
    return looking


def see_dispute(site: Site, visitor: Visitor, dispute: str) -> tuple[Looking, Any]:
    """The dispute in its order. Raises NotThere."""
    found = (
        look_at_dispute(site.service, dispute, visitor.actor, site.api.words)
        if is_id(dispute)
        else None
    )
    if found is None:
        raise NotThere
    return found


def give(
    site: Site,
    visitor: Visitor,
    order: str,
    command: CaseCommand,
    *,
    key: str,
    version: int | None = None,
) -> CaseAnswer:
    """Send a command the way the interface does. Raises Problem when it is refused.

    The same form sent twice has the same key and is done once.
    """
    call = call_of(visitor.actor, "page")
    digest = hashlib.sha256(msgspec.json.encode((order, command.command))).hexdigest()
    request = request_of(call, order, command, key=key, digest=digest, if_match=version)
    with site.api.in_flight.hold(caller_of(visitor.actor), key):
        answer = send(site.service, request)
    come_to_rest(site)
    return answer


def come_to_rest(site: Site) -> None:
    """A sandbox has no clock running by itself: what a step asked for is done before it is
    answered."""
    if site.service.sandbox is not None:
        drain(site.service)


def checked(site: Site, command: Struct) -> Any:
    """The command with what only the server may say about it."""
    return with_number_checked(site.service, command)
