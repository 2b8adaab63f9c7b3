"""Notices by mail: to the party's own address, in their words, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from amends.dispute.state import Case
from amends.engine.jobs import Again, Done
from amends.engine.outside import Mail, Mailer, MailRefused
from amends.engine.store import JobToRun, Records
from amends.entrypoints.service import CaseView
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.words import formatting
from amends.entrypoints.words.catalogue import Words, words
from amends.kernel.instants import from_micros

View = Callable[[str], CaseView | None]


class MailJob:
    """Writes a notice to whoever it is for, and hands it over.

    People of the platform have no address here: their notices are on their pages.
    """

    def __init__(self, view: View, records: Records, mailer: Mailer, base_url: str) -> None:
        self._view = view
        self._records = records
        self._mailer = mailer
        self._base_url = base_url

    def __call__(self, job: JobToRun) -> Done | Again:
        """Send one mail. A recipient that will never do ends it; other failures come again."""
        view = self._view(job.order)
        if view is None:
            return Done()
        details = self._details(view.state, str(job.payload["role"]))
        address = details.entry(_DETAILS, "email")
        if not isinstance(address, str) or not address:
            return Done()
        locale = details.entry(_DETAILS, "locale")
        mail = self._written(job, address, words(locale if isinstance(locale, str) else "en"))
        try:
            self._mailer.send(mail)
        except MailRefused:
            return Done()
        return Done()

    def _details(self, case: Case, role: str) -> Texts:
        order = case.order
        ref = {"buyer": order.buyer_ref, "seller": order.seller_ref}.get(role)
        if ref is None:
            return Texts({})
        found = self._records.texts({(order.id, ref)})
        return Texts({_DETAILS: found.get((order.id, ref))})

    def _written(self, job: JobToRun, address: str, catalogue: Words) -> Mail:
        dispute = str(job.payload.get("dispute") or "")
        event = catalogue.event(str(job.payload["kind"]))
        due = job.payload.get("due")
        page = f"disputes/{dispute}" if dispute else f"orders/{job.order}"
        lines = [event.notice.format(order=job.order, dispute=dispute)]
        if due is not None:
            until = formatting.instant(from_micros(int(due)), catalogue.locale)
            lines.append(catalogue.due.format(until=until))
        lines.append(f"{self._base_url}/{page}")
        return Mail(
            to=address,
            subject=event.subject.format(order=job.order, dispute=dispute),
            text="\n\n".join(lines) + "\n",
            html=None,
            message_id=hashlib.sha256(f"{job.order} {job.id}".encode()).hexdigest()[:40],
        )


_DETAILS = "details"
