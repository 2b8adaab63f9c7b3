"""Looking for watch words in claims: in each case when it comes to be judged, and in all open ones
when somebody's list has changed.

Only that something was found is kept. Which words it were is seen when the case is shown, from the
list and the claim as they are then: what is kept may say too much, but it leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import asdict

from amends.engine.store import Store, Views
from amends.entrypoints.judging.own import (
    Reminder,
    checked_words,
    keep_words,
    own_of,
    own_of_everybody,
)
from amends.entrypoints.service import CaseEngine
from amends.kernel.decision import Refused
from amends.kernel.instants import Instant, to_micros
from amends.kernel.people import PersonId
from amends.kernel.record import Column, Job
from amends.projections.watching import JUDGED

WATCH_LIST = "watch_list"
_AT_ONCE = 500


class Kept(Struct, frozen=True):
    """What somebody keeps for themselves. ``looked`` is in how many open cases their words were
    looked for, ``whole`` whether in all."""

    words: tuple[str, ...]
    reminders: tuple[Reminder, ...]
    looked: int
    whole: bool


class Place(Struct, frozen=True):
    """Up to where all open cases were gone through: ``looked`` of them, to the cursor ``after``
    among those in the phase ``JUDGED[lane]``."""

    lane: int = 0
    after: str | None = None
    looked: int = 0

    @property
    def whole(self) -> bool:
        """Whether there is none after it."""
        return self.lane == len(JUDGED)


def words_in(words: Iterable[str], text: str) -> tuple[str, ...]:
    """Those of the words, which are in small letters, that a text holds."""
    said = text.casefold()
    return tuple(word for word in words if word in said)


def claims(engine: CaseEngine, disputes: Mapping[str, str]) -> dict[str, str]:
    """What the buyers wrote, by dispute; "" where it was erased. Each is given with its order."""
    views = engine.views(set(disputes.values())) if disputes else {}
    keys = {
        dispute: (order, views[order].state.disputes[dispute].claim.description_ref)
        for dispute, order in disputes.items()
        if order in views and dispute in views[order].state.disputes
    }
    texts = engine.store.records.texts(keys.values()) if keys else {}
    return {dispute: texts.get(key) or "" for dispute, key in keys.items()}


def look_in_case(engine: CaseEngine, order: str, dispute: str) -> None:
    """Look for everybody's words in a case, or forget what was found when nobody judges it."""
    view = engine.view(order)
    if view is None or view.state.disputes[dispute].phase not in JUDGED:
        engine.store.watching.drop(order, dispute)
        return
    _look(engine, {dispute: order}, _lists(engine))


def look_further(
    engine: CaseEngine, people: Collection[PersonId], since: Instant, place: Place
) -> Place:
    """Look for these people's words in the next open cases; up to where that was. ``since``: when
    what was found before for them was forgotten."""
    store = engine.store
    lists = {person: words for person, words in _lists(engine).items() if person in people}
    if lists:
        where: dict[str, Column] = {"phase": JUDGED[place.lane]}
        page = store.views.page(
            "disputes", where, order_by="opened_at", after=place.after, limit=_AT_ONCE
        )
        _look(engine, {str(r["dispute_id"]): str(r["order_id"]) for r in page.rows}, lists)
        lane = place.lane if page.next else place.lane + 1
        place = Place(lane, page.next, place.looked + len(page.rows))
    else:
        place = Place(len(JUDGED), None, place.looked)
    store.watching.looked(people, since, place.looked, whole=place.whole)
    return place


def open_cases(views: Views) -> int:
    """How many cases there are to look in."""
    found = (views.totals("disputes", None, ("phase",), {"phase": phase}) for phase in JUDGED)
    return sum(sum(counts.values()) for counts in found)


def look_for_everybody(engine: CaseEngine, now: Instant) -> Iterator[int]:
    """Look for all lists in all open cases anew; in how many, bit by bit."""
    people = _lists(engine).keys()
    engine.store.watching.begin(people, now)
    place = Place()
    while not place.whole:
        before = place.looked
        place = look_further(engine, people, now, place)
        yield place.looked - before


def kept_by(store: Store, person: PersonId) -> Kept:
    """Their own, as it stands now."""
    own, search = own_of(store.drafts, person), store.watching.search(person)
    looked, whole = (search.looked, search.whole) if search else (0, not own.words)
    return Kept(own.words, own.reminders, looked, whole)


def watch(store: Store, person: PersonId, typed: Iterable[str], now: Instant) -> Refused | None:
    """Watch for these words instead of those before, and have a job look for them in all open
    cases."""
    words = checked_words(typed)
    if isinstance(words, Refused):
        return words
    # First, so that nothing found for the list before is ever taken for all of this one's.
    store.watching.begin((person,), now)
    keep_words(store.drafts, person, words, now)
    store.jobs.add(watch_list_job(person, now, now, Place()))
    return None


def watch_list_job(person: PersonId, since: Instant, now: Instant, place: Place) -> Job:
    """To go on looking from there for somebody's list, which is theirs since ``since``."""
    began = to_micros(since)
    name = f"{WATCH_LIST}:{person}:{began}:{place.looked}"
    return Job(name, WATCH_LIST, now, {"person": person, "since": began, **asdict(place)})


def _lists(engine: CaseEngine) -> dict[PersonId, tuple[str, ...]]:
    everybody = own_of_everybody(engine.store.drafts)
    return {person: own.words for person, own in everybody.items() if own.words}


def _look(
    engine: CaseEngine, disputes: Mapping[str, str], lists: Mapping[PersonId, tuple[str, ...]]
) -> None:
    if not lists:
        return
    said = claims(engine, disputes)
    engine.store.watching.add(
        [
            (person, disputes[dispute], dispute)
            for dispute, claim in said.items()
            for person, words in lists.items()
            if words_in(words, claim)
        ]
    )
