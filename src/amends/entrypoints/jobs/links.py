"""Links to sign in by, sent to the address that somebody's own orders have for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from amends.engine.jobs import Again, Done
from amends.engine.outside import Mailer, MailRefused
from amends.engine.store import JobToRun, Store
from amends.entrypoints.links import AT_ONCE, SignInLinks
from amends.entrypoints.mails.letter import Letter, mail_of
from amends.entrypoints.service import CaseView
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words.catalogue import MailWords, words
from amends.entrypoints.words.languages import nearest, speaking, spoken
from amends.kernel.people import Actor, Role
from amends.kernel.record import Column

KIND = "sign_in_link"
_DETAILS = "details"


class SignInLinkJob:
    """Finds out who asked, whether there is such a person, and where their mail goes.

    Whoever asked was answered before any of this, so that the answer tells nobody who is known.
    The payload names a party (``person``, ``role``), an order, whose buyer it then is, or the
    digest of an ``email``; ``leads_to`` is the page to go on to.
    """

    def __init__(
        self,
        view: Callable[[str], CaseView | None],
        store: Store,
        mailer: Mailer,
        links: SignInLinks,
    ) -> None:
        self._view = view
        self._store = store
        self._mailer = mailer
        self._links = links

    def __call__(self, job: JobToRun) -> Done | Again:
        """Send a mail to each person it may be: one buys and sells with one address, perhaps."""
        payload = {name: str(value or "") for name, value in job.payload.items()}
        for by in self._who(payload):
            details = self._details(by, payload.get("order", ""))
            address = details.entry(_DETAILS, "email")
            if not isinstance(address, str) or not address:
                continue
            asked = payload.get("email")
            # An address somebody had once leads to them no more.
            if asked and self._store.emails.digest(address) != asked:
                continue
            self._send(job, by, address, details.entry(_DETAILS, "locale"))
        return Done()

    def _who(self, payload: Mapping[str, str]) -> list[Actor]:
        if payload.get("email"):
            return self._store.emails.known(payload["email"])
        if payload.get("order"):
            view = self._view(payload["order"])
            return [Actor(view.state.order.buyer, Role.BUYER)] if view else []
        person, role = payload.get("person", ""), payload.get("role", "")
        return [Actor(person, Role(role))] if role in (Role.BUYER, Role.SELLER) else []

    def _details(self, by: Actor, order: str) -> Texts:
        """Those of the order asked about, or of the person's latest."""
        if not order:
            where: dict[str, Column] = {by.role.value: by.person}
            found = self._store.views.page("orders", where, order_by="-placed_at", limit=1)
            order = str(found.rows[0]["order_id"]) if found.rows else ""
        view = self._view(order) if order else None
        if view is None:
            return Texts({})
        state = view.state.order
        ref = state.buyer_ref if by.role is Role.BUYER else state.seller_ref
        return Texts({_DETAILS: self._store.records.texts({(order, ref)}).get((order, ref))})

    def _send(self, job: JobToRun, by: Actor, address: str, locale: object) -> None:
        link = self._links.make(by, str(job.payload["leads_to"]))
        id_ = hashlib.sha256(f"{job.id} {by.role}".encode()).hexdigest()[:40]
        with speaking(nearest(locale if isinstance(locale, str) else None)):
            mail = mail_of(_letter(words(spoken()).mails[KIND], link.url), address, id_)
        try:
            self._mailer.send(mail)
        except MailRefused:
            return


def _letter(said: MailWords, url: str) -> Letter:
    """The link is what there is to press; what the words say of it stands around it."""
    minutes = int(AT_ONCE.total_seconds() // 60)
    before, after = (
        part.strip().format(minutes=minutes) for part in said.text.split("{link}", maxsplit=1)
    )
    return Letter(
        subject=said.subject,
        preview=before,
        paragraphs=(before,),
        button=_("Sign in"),
        url=url,
        closing=after,
    )
