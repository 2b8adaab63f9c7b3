"""The day's mail: what asks nothing of somebody, told together."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from msgspec.structs import replace

from amends.engine.correspondence import Addressed, Waiting
from amends.engine.jobs import Again, Done
from amends.engine.outside import Clock, Mailer, MailRefused
from amends.engine.store import JobToRun, Store
from amends.entrypoints.mails.letter import Item, Letter, mail_of
from amends.entrypoints.mails.recipients import recipient_of
from amends.entrypoints.service import CaseEngine
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.web.language import translate_plural as ngettext
from amends.entrypoints.words.catalogue import words
from amends.entrypoints.words.languages import speaking, spoken
from amends.kernel.instants import Instant
from amends.kernel.people import Actor, Role
from amends.kernel.record import Job

KIND = "digest"
_HOUR = 8
_MOST = 100


def digest_job(by: Actor, now: Instant) -> Job:
    """The job of the next eight o'clock (UTC); the same one for all that waits until then."""
    at = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    if at <= now:
        at += timedelta(days=1)
    id_ = f"{KIND}:{by.role}:{by.person}:{at:%Y-%m-%d}"
    return Job(id_, KIND, at, {"person": by.person, "role": by.role.value})


class DigestJob:
    """Tells somebody of all that waits for them, at their latest order's address."""

    def __init__(
        self, engine: CaseEngine, store: Store, mailer: Mailer, base_url: str, clock: Clock
    ) -> None:
        self._engine = engine
        self._store = store
        self._mailer = mailer
        self._base_url = base_url
        self._clock = clock

    def __call__(self, job: JobToRun) -> Done | Again:
        """Send one mail; another one right away where more waits than one should hold."""
        by = Actor(str(job.payload["person"]), Role(str(job.payload["role"])))
        kept = self._store.correspondence
        waiting = kept.waiting(by, _MOST)
        if not waiting:
            return Done()
        if kept.choice(by) != "none":
            self._send(job, by, waiting)
        kept.told(by, waiting)
        return Again(self._clock.now()) if len(waiting) == _MOST else Done()

    def _send(self, job: JobToRun, by: Actor, waiting: list[Waiting]) -> None:
        view = self._engine.view(waiting[-1].order)
        if view is None:
            return
        order = view.state.order
        ref = order.buyer_ref if by.role is Role.BUYER else order.seller_ref
        texts = Texts({ref: self._store.records.texts({(order.id, ref)}).get((order.id, ref))})
        to = recipient_of(self._store.staff, view.state, by, texts)
        if not to.address:
            return
        secret = self._store.correspondence.address("mail", Addressed(by, ""))
        off = f"{self._base_url}/mail/off/{secret}"
        named = f"{job.id} {waiting[0].order} {waiting[0].job}"
        id_ = hashlib.sha256(named.encode()).hexdigest()[:40]
        with speaking(to.language):
            mail = mail_of(self._letter(waiting, off), to.address, id_)
        try:
            self._mailer.send(replace(mail, unsubscribe=off))
        except MailRefused:
            return

    def _letter(self, waiting: list[Waiting], off: str) -> Letter:
        count = len(waiting)
        subject = ngettext(
            "{n} thing happened in your orders", "{n} things happened in your orders", count
        ).format(n=count)
        said = _("Nothing of this asks you to act today.")
        return Letter(
            subject=subject,
            preview=said,
            paragraphs=(said,),
            button=_("See all notices"),
            url=f"{self._base_url}/notices",
            closing=_(
                "This comes once a day at most. Mails that ask you to act, and those about the end"
                " of a dispute or about money, come by themselves."
            ),
            off=off,
            items=tuple(self._item(one) for one in waiting),
        )

    def _item(self, one: Waiting) -> Item:
        event = words(spoken()).event(one.kind)
        page = f"disputes/{one.dispute}" if one.dispute else f"orders/{one.order}"
        return Item(
            heading=event.subject.format(order=one.order, dispute=one.dispute),
            text=event.notice.format(order=one.order, dispute=one.dispute),
            url=f"{self._base_url}/{page}",
            at=one.at,
        )
