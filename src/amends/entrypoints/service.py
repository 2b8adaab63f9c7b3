"""What every entry point is given: the engine, the record, the packs, and the world outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from amends.dispute.case import CaseEvent
from amends.dispute.judge import CaseCommand
from amends.dispute.state import Case
from amends.engine.callbacks import CallbackReader
from amends.engine.documents import Typesetter
from amends.engine.engine import Engine
from amends.engine.groups import Groups
from amends.engine.jobs import Handler
from amends.engine.outside import (
    CheckNumber,
    Clock,
    Files,
    IdentityProvider,
    Ids,
    Inspector,
    Mailer,
    MovableClock,
    PaymentProvider,
    Signer,
)
from amends.engine.requests import Answer, Request, View
from amends.engine.simulated import SimulatedPayments
from amends.engine.store import Store
from amends.entrypoints.goodwill import GoodwillReader
from amends.entrypoints.similar.index import RulingIndex
from amends.entrypoints.webhooks_out.endpoints import Endpoints
from amends.entrypoints.webhooks_out.sending import Courier
from amends.kernel.instants import Calendar
from amends.kernel.people import PersonId
from amends.policy.library import Library
from amends.policy.terms import Terms

CaseEngine = Engine[Case, CaseCommand, CaseEvent, Terms]
CaseRequest = Request[CaseCommand]
CaseAnswer = Answer[Case, CaseEvent]
CaseView = View[Case, Terms]


# The payment provider of that name, when it is connected.
ProviderFor = Callable[[str], PaymentProvider | None]

# A view's name and a column to sort by: the sets of columns by which it can be listed so.
Listings = Callable[[str, str], tuple[frozenset[str], ...]]


@dataclass(frozen=True)
class Sandbox:
    """The virtual clock and the payment provider that calls may set."""

    clock: MovableClock
    payments: SimulatedPayments


@dataclass(frozen=True)
class Service:
    """Put together in ``bootstrap``; entry points take from it what they need.

    ``handlers`` do the outbox's jobs by kind, ``readers`` read what connected payment providers
    report. ``sandbox`` is None on a server that is one's own. ``new_token`` makes unguessable keys
    for files. ``identity`` is the company's own sign-in, where it is connected. ``reply_to`` is the
    address whose replies are taken in, ``mail_in_key`` lets in who hands them over by HTTP; each is
    "" where that is not done. ``goodwill`` tells what was granted this month, and of how much.
    ``rulings`` holds the words by which rulings are found. ``typesetter`` and ``signer`` make case
    files. ``courier`` sends webhooks; ``webhooks_private``: into networks of our own too.
    """

    engine: CaseEngine
    groups: Groups
    store: Store
    library: Library
    clock: Clock
    files: Files
    inspector: Inspector
    check_number: CheckNumber
    handlers: Mapping[str, Handler]
    simulator: SimulatedPayments
    provider_for: ProviderFor
    readers: Mapping[str, CallbackReader]
    new_token: Ids
    listings: Listings
    calendar_for: Callable[[Case | None], Calendar]
    base_url: str
    sandbox: Sandbox | None
    schema_is_current: Callable[[], bool]
    close: Callable[[], None]
    identity: IdentityProvider | None
    mailer: Mailer
    reply_to: str
    mail_in_key: str
    goodwill: GoodwillReader
    rulings: RulingIndex
    typesetter: Typesetter
    signer: Signer
    courier: Courier
    webhooks_private: bool


def endpoints_of(service: Service, owner: PersonId) -> Endpoints:
    """The webhook endpoints of a marketplace."""
    return Endpoints(
        service.store.webhooks,
        service.clock,
        service.new_token,
        owner,
        private=service.webhooks_private,
    )
