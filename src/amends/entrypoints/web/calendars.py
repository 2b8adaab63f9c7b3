"""Somebody's deadlines as a calendar, behind an address that only they know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from amends.entrypoints.looking import look_over
from amends.entrypoints.mails.recipients import recipient_of
from amends.entrypoints.service import Service
from amends.entrypoints.views.asking import Looking
from amends.entrypoints.views.clocks import deadline_view
from amends.entrypoints.web.language import translate as _
from amends.entrypoints.words.catalogue import words
from amends.entrypoints.words.languages import nearest, speaking, spoken
from amends.kernel.deadlines import Deadline
from amends.kernel.people import Actor, Role

_MOST = 100
_READ_EVERY = timedelta(hours=1)


def calendar_of(service: Service, by: Actor, languages: Iterable[str] = ()) -> bytes:
    """What ``by`` has to do by when, in the orders and disputes that are open now: iCalendar.

    It is written in the first of ``languages`` that is there, else as their mail about the newest
    order is.
    """
    looked = tuple(look_over(service, _orders(service, by), by).values())
    with speaking(nearest(*languages, _mailed_in(service, by, looked))):
        return _written(service, looked)


def _mailed_in(service: Service, by: Actor, looked: Collection[Looking]) -> str | None:
    newest = max(looked, key=lambda each: each.case.order.placed_at, default=None)
    if newest is None:
        return None
    return recipient_of(service.store.staff, newest.case, by, newest.texts).language


def _written(service: Service, looked: Collection[Looking]) -> bytes:
    # A start would wait for it, and few servers' people read a calendar in the first second.
    from icalendar import Calendar, Event  # noqa: PLC0415

    calendar = Calendar.new(
        name=_("Deadlines"), refresh_interval=_READ_EVERY, prodid="-//amends//deadlines//EN"
    )
    now, host = service.clock.now(), urlsplit(service.base_url).hostname or "amends"
    said = words(spoken())
    for looking in looked:
        for page, dispute, clock in _clocks(looking):
            view = deadline_view(clock, looking.terms, said)
            about = dispute or looking.case.order.id
            url = f"{service.base_url}/{page}"
            event = Event.new(
                uid=".".join(filter(None, (about, clock.what, clock.subject))) + f"@{host}",
                start=clock.at,
                end=clock.at,
                stamp=now,
                summary=f"{said.step(clock.what)}: {about}",
                description=f"{view.why}. {view.then}\n{url}".strip(),
                url=url,
            )
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _orders(service: Service, by: Actor) -> set[str]:
    """The orders in which they may have something to do: those of their disputes, and a party's
    latest."""
    page = service.store.views.page
    if by.role in (Role.BUYER, Role.SELLER):
        mine = {by.role.value: by.person}
        rows = [
            *page("disputes", {**mine, "turn": by.role.value}, order_by="due_at", limit=_MOST).rows,
            *page("orders", dict(mine), order_by="-placed_at", limit=_MOST).rows,
        ]
    elif by.role in (Role.MEDIATOR, Role.APPEALS):
        column = "mediator" if by.role is Role.MEDIATOR else "officer"
        rows = list(page("disputes", {column: by.person}, order_by="-opened_at", limit=_MOST).rows)
    else:
        rows = []
    return {str(row["order_id"]) for row in rows}


def _clocks(looking: Looking) -> Iterator[tuple[str, str, Deadline]]:
    """The page a deadline of theirs is on, its dispute, "" for an order's own, and the clock."""
    by, order = looking.by, looking.case.order
    for clock in order.deadlines:
        if clock.turn == by.role:
            yield f"orders/{order.id}", "", clock
    for dispute in looking.case.disputes.values():
        who = {Role.MEDIATOR: dispute.mediator, Role.APPEALS: dispute.officer}
        if who.get(by.role, by.person) == by.person:
            for clock in dispute.deadlines:
                if clock.turn == by.role:
                    yield f"disputes/{dispute.id}", dispute.id, clock
