"""Holding all there is against the record: what is derived from it, the ledger, kept files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from amends.dispute.state import Case
from amends.engine.check import check
from amends.engine.outside import FileUnknown
from amends.engine.store import StoredState
from amends.engine.streams import state_of
from amends.entrypoints.ledger import in_units, trial_balance
from amends.entrypoints.looking import texts_of
from amends.entrypoints.service import Service

_AT_ONCE = 500
_CHUNK = 1 << 20


def differences(service: Service) -> Iterator[str]:
    """What differs, in words: an order's state, rows, texts or chain; a currency whose postings do
    not sum to zero; evidence whose file is not the one that was put on record; a ruling that is not
    found by the words of its case.

    A service may be running on the same database.
    """
    domain = service.engine.domain
    for difference in check(service.store, domain):
        yield f"{difference.order}: {difference.what}"
    for of in trial_balance(service.store.views).currencies:
        if not of.balanced:
            over = in_units(of.debit.amount - of.credit.amount, of.currency)
            yield f"ledger: postings sum to {over} {of.currency}, not to zero"
    after = ""
    while orders := service.store.upkeep.orders(after, _AT_ONCE):
        after = orders[-1]
        states = service.store.records.load(orders, (), service.clock.now()).states
        for order, stored in states.items():
            case = _case(service, order, stored)
            if case is not None and case.order.evidence:
                yield from _files(service, case)
            if case is not None and case.disputes:
                yield from (f"{order}: {what}" for what in _not_found(service, case))


def _case(service: Service, order: str, stored: StoredState) -> Case | None:
    """None for one that cannot be read, of which the replay has told."""
    with suppress(Exception):
        return state_of(service.engine.domain, service.store.records, order, stored)
    return None


def _files(service: Service, case: Case) -> Iterator[str]:
    for proof in case.order.evidence.values():
        file_key = texts_of(service, case.order.id, proof).entry(proof.ref, "file_key")
        if not file_key:
            continue  # its owner was erased, and with them the way to the file
        place = f"{case.order.id}: the file of evidence {proof.id}"
        try:
            with service.files.open(str(file_key)) as file:
                if _digest(file) != proof.digest:
                    yield f"{place} is not the one that was put on record"
        except FileUnknown:
            yield f"{place} is missing"


def _not_found(service: Service, case: Case) -> list[str]:
    found = list(service.rulings.differences(case))
    # What was ruled since the case was loaded, or erased while it was read, is no difference.
    if found and (view := service.engine.view(case.order.id)):
        found = list(service.rulings.differences(view.state))
    return found


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
