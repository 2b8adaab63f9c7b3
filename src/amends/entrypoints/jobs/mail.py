"""Notices by mail: to whoever they are for, at their own address, in their words, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from msgspec.structs import replace

from amends.engine.correspondence import Addressed, Waiting
from amends.engine.jobs import Again, Done
from amends.engine.outside import Clock, Mailer, MailRefused
from amends.engine.store import JobToRun, Store
from amends.entrypoints.jobs.digest import digest_job
from amends.entrypoints.links import IN_A_NOTICE, SignInLinks
from amends.entrypoints.mails.addresses import with_secret
from amends.entrypoints.mails.letter import mail_of
from amends.entrypoints.mails.notices import notice_letter, outdated
from amends.entrypoints.mails.recipients import recipient_of
from amends.entrypoints.service import CaseView
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.words.catalogue import words
from amends.entrypoints.words.languages import speaking, spoken
from amends.kernel.people import STAFF, Actor, Role
from amends.policy.library import Library

View = Callable[[str], CaseView | None]


class MailJob:
    """Writes a notice as the case stands when it is sent, and hands it over.

    What has been overtaken is not sent: nobody is asked for what is settled.
    """

    def __init__(
        self,
        view: View,
        store: Store,
        mailer: Mailer,
        base_url: str,
        clock: Clock,
        library: Library,
        *,
        reply_to: str,
        links: SignInLinks,
    ) -> None:
        """``reply_to``: the address replies are taken in at, "" where that is not done."""
        self._view = view
        self._store = store
        self._mailer = mailer
        self._base_url = base_url
        self._clock = clock
        self._library = library
        self._reply_to = reply_to
        self._links = links

    def __call__(self, job: JobToRun) -> Done | Again:
        """Send one mail. A recipient that will never do ends it; other failures come again."""
        view = self._view(job.order)
        if view is None:
            return Done()
        by = Actor(str(job.payload["person"]), Role(str(job.payload["role"])))
        order = view.state.order
        found = self._store.records.texts(
            {(order.id, r) for r in (order.buyer_ref, order.seller_ref, order.listing_ref) if r}
        )
        texts = Texts({ref: text for (_order, ref), text in found.items()})
        to = recipient_of(self._store.staff, view.state, by, texts)
        looking = Looking(view.state, view.terms, view.stamp, by, texts, words(to.language))
        if not to.address or outdated(looking, job.payload) or self._waits(job, by):
            return Done()
        id_ = hashlib.sha256(f"{job.order} {job.id}".encode()).hexdigest()[:40]
        reply_to = self._reply_address(order.id, by)
        with speaking(to.language):
            wording = self._library.wording(order.pack.id, order.pack.version, spoken())
            url = self._address(job, by)
            letter = notice_letter(looking, wording, job.payload, url, answered=bool(reply_to))
            mail = mail_of(letter, to.address, id_)
        try:
            self._mailer.send(replace(mail, reply_to=reply_to))
        except MailRefused:
            return Done()
        return Done()

    def _waits(self, job: JobToRun, by: Actor) -> bool:
        """Whether it is told with the day's mail, or not at all, as they chose."""
        kind = str(job.payload["kind"])
        if not words().event(kind).can_wait or job.payload["due"] is not None:
            return False
        kept = self._store.correspondence
        choice = kept.choice(by)
        if choice == "daily":
            dispute = str(job.payload["dispute"] or "")
            kept.keep_waiting(by, Waiting(job.order, job.id, job.run_at, kind, dispute))
            self._store.jobs.add(digest_job(by, self._clock.now()))
        return choice != "at_once"

    def _address(self, job: JobToRun, by: Actor) -> str:
        """Where the button leads: it signs a party in, once, and goes on to that one case. The
        platform's people sign in as always."""
        dispute = job.payload["dispute"]
        page = f"/disputes/{dispute}" if dispute else f"/orders/{job.order}"
        if by.role in STAFF:
            return f"{self._base_url}{page}"
        return self._links.make(by, page, IN_A_NOTICE).url

    def _reply_address(self, order: str, by: Actor) -> str:
        """Where the order's party may answer to be heard in its thread."""
        if not self._reply_to or by.role in STAFF:
            return ""
        secret = self._store.correspondence.address("reply", Addressed(by, order))
        return with_secret(self._reply_to, secret)
