"""What a mail warns of in the messages and offers it tells about; their words stay on the page."""

from __future__ import annotations

from collections.abc import Iterable

from amends.engine.store import Store
from amends.entrypoints.mails.notices import Payload
from amends.entrypoints.views.advice import WarningView
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.texts import Texts
from amends.entrypoints.views.warnings import warnings_of
from amends.kernel.instants import Instant, from_micros

_LATEST = 20


def warnings_in(store: Store, looking: Looking, told: Iterable[Payload]) -> tuple[WarningView, ...]:
    """Each kind once, for whoever the mail is to."""
    order, other = looking.case.order, "seller" if looking.by.role == "buyer" else "buyer"
    written: list[tuple[str, Instant]] = []
    for payload in told:
        dispute = looking.case.disputes.get(str(payload["dispute"] or ""))
        if payload["kind"] == "offer_made" and dispute:
            at = from_micros(int(payload.get("at") or 0))
            written += [(o.note_ref, o.at) for o in dispute.offers if o.by == other and o.at == at]
    if any(payload["kind"] == "message_sent" for payload in told):
        since = min(
            int(payload.get("at") or 0) for payload in told if payload["kind"] == "message_sent"
        )
        rows = store.views.page("messages", {"order_id": order.id}, order_by="-n", limit=_LATEST)
        written += [
            (str(row["ref"]), from_micros(int(row["at"] or 0)))
            for row in rows.rows
            if row["by_role"] == other and int(row["at"] or 0) >= since
        ]
    found = store.records.texts({(order.id, ref) for ref, _ in written if ref}) if written else {}
    texts = Texts({ref: text for (_, ref), text in found.items()})
    warned: dict[str, WarningView] = {}
    for ref, at in written:
        for one in warnings_of(looking, texts.get(ref), other, at) or ():
            warned[one.kind] = one
    return tuple(warned.values())
