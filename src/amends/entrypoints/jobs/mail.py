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
from amends.entrypoints.mails.notices import Payload, leading_first, notice_letter, outdated
from amends.entrypoints.mails.recipients import recipient_of
from amends.entrypoints.mails.warnings import warnings_in
from amends.entrypoints.service import CaseView
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.words.catalogue import words
from amends.entrypoints.words.languages import speaking, spoken
from amends.kernel.instants import from_micros, to_micros
from amends.kernel.people import STAFF, Actor, Role
from amends.policy.library import Library

View = Callable[[str], CaseView | None]


class MailJob:
    """Writes what somebody is to be told of an order as the case stands when it is sent, all of it
    in one mail, and hands that over.

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
        """Send one mail of all that waits for them in that order. A recipient that will never do
        ends it; other failures come again, with the same to tell."""
        whole = self._store.jobs.gather(job, ("person", "role"))
        # Looked at after that, so that it holds all there is to tell.
        view = self._view(job.order)
        if view is None or whole is None:
            return Done()
        by = Actor(str(job.payload["person"]), Role(str(job.payload["role"])))
        order = view.state.order
        found = self._store.records.texts(
            {(order.id, r) for r in (order.buyer_ref, order.seller_ref, order.listing_ref) if r}
        )
        texts = Texts({ref: text for (_order, ref), text in found.items()})
        to = recipient_of(self._store.staff, view.state, by, texts)
        looking = Looking(view.state, view.terms, view.stamp, by, texts, words(to.language))
        told = self._to_tell(whole, by, looking) if to.address else []
        if not told:
            return Done()
        told = leading_first(looking, told)
        id_ = hashlib.sha256(f"{job.order} {job.id}".encode()).hexdigest()[:40]
        reply_to = self._reply_address(order.id, by)
        with speaking(to.language):
            wording = self._library.wording(order.pack.id, order.pack.version, spoken())
            url = self._address(job.order, told[0], by)
            warned = warnings_in(self._store, looking, told)
            letter = notice_letter(looking, wording, told, url, warned, answered=bool(reply_to))
            mail = mail_of(letter, to.address, id_)
        try:
            self._mailer.send(replace(mail, reply_to=reply_to))
        except MailRefused:
            return Done()
        return Done()

    def _to_tell(self, job: JobToRun, by: Actor, looking: Looking) -> list[Payload]:
        """What is still to be told now. What can wait goes along with what cannot, and is else told
        with the day's mail; not at all, if they chose so."""
        choice = self._store.correspondence.choice(by)
        whole = {job.id: job.payload, **(job.others or {})}
        fresh = {id_: one for id_, one in whole.items() if not outdated(looking, one)}
        told = [one for one in fresh.values() if choice == "at_once" or not _can_wait(one)]
        if choice == "none":
            return told
        if told:
            return list(fresh.values())
        for id_, one in fresh.items():
            self._keep(job, id_, one, by)
        return []

    def _keep(self, job: JobToRun, id_: str, payload: Payload, by: Actor) -> None:
        """For the day's mail."""
        at = from_micros(int(payload.get("at") or to_micros(job.run_at)))
        kind, dispute = str(payload["kind"]), str(payload["dispute"] or "")
        waiting = Waiting(job.order, id_, at, kind, dispute)
        self._store.correspondence.keep_waiting(by, waiting)
        self._store.jobs.add(digest_job(by, self._clock.now()))

    def _address(self, order: str, payload: Payload, by: Actor) -> str:
        """Where the button leads: it signs a party in, once, and goes on to that one case. The
        platform's people sign in as always."""
        dispute = payload["dispute"]
        page = f"/disputes/{dispute}" if dispute else f"/orders/{order}"
        if by.role in STAFF:
            return f"{self._base_url}{page}"
        return self._links.make(by, page, IN_A_NOTICE).url

    def _reply_address(self, order: str, by: Actor) -> str:
        """Where the order's party may answer to be heard in its thread."""
        if not self._reply_to or by.role in STAFF:
            return ""
        secret = self._store.correspondence.address("reply", Addressed(by, order))
        return with_secret(self._reply_to, secret)


def _can_wait(payload: Payload) -> bool:
    """Whether it is a step on the way that asks nothing of them."""
    return words().event(str(payload["kind"])).can_wait and payload["due"] is None
