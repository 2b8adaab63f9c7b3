"""How long the desks' pages take among very many open cases, over HTTP from ``amends serve``.

    python -m tests.judging.many [--cases 110000] [--database sqlite|postgresql] [--folder FOLDER]

Cases that really happened are copied under other ids and people: in mediation with somebody and
with nobody, ruled on, in appeal; eleven in twelve are open, and a third was raised to a supervisor.
Each page is asked for by whoever works with it, fifty times one after the other; the time is the
client's, from the request to the page's last byte. Exit code 1: a page misses its bar.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from bench.bulk import load
from bench.copying import Copier, Marketplace, Rows
from bench.http import serving
from bench.places import Place, places
from bench.progress import Progress
from bench.templates import Template, Templates, steps_of
from msgspec import Struct

from amends.adapters.clock import SystemClock
from amends.adapters.ids import new_id, new_token
from amends.adapters.packs import load_packs, shipped_packs
from amends.bootstrap import Settings, build_service
from amends.dispute.decide.appeal import FileAppeal
from amends.dispute.decide.assign_mediator import AssignMediator
from amends.dispute.decide.decline_offer import DeclineOffer
from amends.dispute.decide.escalate import Escalate
from amends.dispute.decide.open_dispute import OpenDispute
from amends.dispute.judge import CaseCommand, OnDispute, OnOrder
from amends.engine.sessions import Session
from amends.engine.store import Store
from amends.entrypoints.api.bodies import struct_in
from amends.entrypoints.clock import move_to
from amends.entrypoints.judging.own import keep_words
from amends.entrypoints.service import CaseRequest, Service
from amends.kernel.decision import Refused
from amends.kernel.instants import to_micros
from amends.kernel.people import Actor, PersonId, Role
from amends.order.decide.place_order import PlaceOrder
from amends.order.decide.raise_to_supervisor import RaiseToSupervisor
from amends.order.decide.ship_order import ShipOrder
from amends.store import open_store
from tests.dispute.cases import ruling
from tests.entrypoints.sandbox import claim, order

PAGE_MS = 100
TRIES = 50
LIVES, MEDIATORS, AT_ONCE = 60, 50, 500
LANGUAGES, CATEGORIES = ("en", "es", "ru", "zh", "ar"), tuple(f"c{n}" for n in range(20))
SHOP, BUYER, SELLER = (
    Actor("shop", Role.MARKETPLACE), Actor("b-life", Role.BUYER), Actor("s-life", Role.SELLER),
)  # fmt: skip
VERA, WILL = Actor("vera", Role.SUPERVISOR), Actor("will", Role.SUPERVISOR)
MIA, UMA = Actor("m7", Role.MEDIATOR), Actor("uma", Role.SUPPORT)
# In one claim, in all of them, and in one of sixty.
WORDS = {VERA: "m0000007", WILL: "chipped", MIA: "box number 7."}
_SPREAD, _NOTHING_DUE, _HOUR = timedelta(days=5), timedelta(days=1), timedelta(hours=1)


class Look(Struct, frozen=True):
    """A page, and who asks for it."""

    path: str
    by: Actor


LOOKS = (
    *(Look(path, by) for by in (MIA, VERA) for path in ("/queue", "/queue?size=200", "/disputes")),
    Look("/queue?language=zh", MIA),
    Look("/queue?who=nobody", VERA),
    Look("/queue?phase=appeal", VERA),
    Look("/queue?language=ru", VERA),
    Look("/queue?language=ru&category=c7&reason=not_as_described&turn=mediator", VERA),
    Look("/queue?find=merchant-0", VERA),
    Look("/queue?find=nobody-at-all", VERA),
    Look("/queue?who=m7&language=zh", VERA),
    Look("/queue?{deep}", VERA),
    *(Look("/queue?words=1", by) for by in WORDS),
    Look("/queue?words=1&who=m7&language=zh", WILL),
    Look("/queue/load", VERA),
    Look("/rulings", VERA),
    Look("/disputes?phase=mediation", VERA),
    Look("/disputes?sort=amount", VERA),
    Look("/disputes", UMA),
    Look("/support", VERA),
    Look("/support", UMA),
    Look("/support?kind=raised&size=100", UMA),
)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=110_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"))
    given = parser.parse_args()
    kinds = tuple(given.database or ("sqlite", "postgresql"))
    lives = list(lived(given.folder))
    missed = False
    with places(given.folder, None, kinds) as there:
        for place in there:
            url = fill(place, lives, given.cases)
            sys.stdout.write(f"{place.kind:10} {watched(url):7.1f} s   amends queue watch\n")
            for name, times in asked(url):
                usual, worst = median(times), max(times)
                missed = missed or usual >= PAGE_MS
                sys.stdout.write(
                    f"{place.kind:10} {usual:7.1f} ms, at worst {worst:7.1f}  {name}\n"
                )
    raise SystemExit(1 if missed else 0)


# --- what is copied -----------------------------------------------------------------------------


def lived(folder: Path) -> Iterator[Template]:
    """A case of each kind, moved to where none of its clocks runs out soon."""
    now = SystemClock().now()
    (folder / "lives.db").unlink(missing_ok=True)
    settings = Settings(folder / "lives.db", sandbox=True, synced=False)
    with closing(build_service(settings)) as service:
        _live(service)
        for name in map(_named, range(LIVES)):
            snapshot = service.store.upkeep.snapshot(name)
            assert snapshot.state is not None
            due, latest = snapshot.state.next_due, now - _HOUR - snapshot.events[-1].at
            earliest = latest - _SPREAD
            if due is not None:
                earliest = max(earliest, now + _NOTHING_DUE - due)
            steps = tuple(steps_of(service, name, snapshot.events))
            yield Template(
                name, BUYER.person, SELLER.person, "", f"pay-{name}", steps, earliest, latest
            )


def _named(n: int) -> str:
    return f"LIFE-{n}"


def _live(service: Service) -> None:
    assert service.sandbox is not None
    start, names = service.clock.now(), [_named(n) for n in range(LIVES)]
    for n, name in enumerate(names):
        placing = order(
            placed_at=start.isoformat(),
            purchase=None,
            buyer={**order()["buyer"], "id": BUYER.person, "locale": LANGUAGES[n % 5]},
            seller={**order()["seller"], "id": SELLER.person},
            lines=[{**order()["lines"][0], "category": CATEGORIES[n % 20]}],
            shipping={"ship_by": (start + timedelta(days=4)).isoformat(),
                      "promised_by": (start + timedelta(days=30)).isoformat()},
            payment={**order()["payment"], "reference": f"pay-{name}"},
        )  # fmt: skip
        _give(service, SHOP, [(name, OnOrder(name, struct_in(placing, PlaceOrder)))])
    sending = ShipOrder(carrier="DHL", tracking_number="1234567890", insist=True)
    _give(service, SHOP, [(name, OnOrder(name, sending)) for name in names])
    move_to(service, service.sandbox, start + timedelta(days=8))
    for n, name in enumerate(names):
        # The order's id stands in the claim, so that there is a word for each single one.
        said = f"Case {name}: the lid is chipped. Box number {n}."
        opening = OnOrder(name, struct_in(claim(description=said), OpenDispute))
        _give(service, BUYER, [(name, opening)])
    _each(service, SELLER, names, DeclineOffer(offer="O1", note="No."))
    _each(service, BUYER, names, Escalate())
    for n, name in enumerate(names):
        if n % 6 and n % 10:
            _each(service, VERA, [name], AssignMediator(f"m{n % MEDIATORS}"))
        if n % 3 == 0:
            raising = RaiseToSupervisor("Nobody calls back.")
            _give(service, BUYER, [(name, OnOrder(name, raising))])
    for n, name in enumerate(names):
        if n % 6 == 0:
            _each(service, VERA, [name], AssignMediator(f"m{n % MEDIATORS}"))
            _each(service, Actor(f"m{n % MEDIATORS}", Role.MEDIATOR), [name], ruling())
        if n % 12 == 0:
            _each(service, BUYER, [name], FileAppeal("named_error", "Look at the chart again."))


def _each(service: Service, by: Actor, names: Iterable[str], command: Struct) -> None:
    _give(service, by, [(n, OnDispute(n, f"{n}-D1", command)) for n in names])  # type: ignore[arg-type]


def _give(service: Service, by: Actor, given: Iterable[tuple[str, CaseCommand]]) -> None:
    for answer in service.engine.handle([CaseRequest(o, c, by) for o, c in given]):
        assert not isinstance(answer, Exception), answer
        assert not isinstance(answer.outcome, Refused), answer.outcome


def fill(place: Place, lives: list[Template], cases: int) -> str:
    """A database with so many cases; its URL."""
    url = place.make(f"queue_{cases}")
    templates = Templates(lives, lives, lives, lives)
    copier = Copier(load_packs(shipped_packs()), templates, Marketplace(cases))
    with Progress(f"{place.kind}: {cases:,} cases", cases) as progress:
        load(url, _chunks(copier, cases, progress))
    return url


def _chunks(copier: Copier, cases: int, progress: Progress) -> Iterator[Rows]:
    known: set[object] = set()
    for n in range(0, cases, AT_ONCE):
        rows = copier.rows(range(n, min(n + AT_ONCE, cases)))
        rows["person_keys"] = [row for row in rows["person_keys"] if row[0] not in known]
        known.update(row[0] for row in rows["person_keys"])
        yield rows
        progress.advance(min(AT_ONCE, cases - n))


# --- what is asked ------------------------------------------------------------------------------


def watched(url: str) -> float:
    """Has words watched for; how many seconds it took to look for them in all open cases."""
    with closing(open_store(url)) as store:
        for by, word in WORDS.items():
            keep_words(store.drafts, by.person, (word,), SystemClock().now())
    begun = time.perf_counter()
    looking = [sys.executable, "-m", "amends", "queue", "watch", "--database", url]
    subprocess.run(looking, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def asked(url: str, tries: int = TRIES) -> Iterator[tuple[str, list[float]]]:
    """Each page with its asker, and how long it took, in milliseconds. Raises RuntimeError."""
    with closing(open_store(url)) as store:
        tokens = {by.person: _signed_in(store, by) for by in (VERA, WILL, MIA, UMA)}
        deep = urlencode({"cursor": _deep(store)})
        # Once a day the books are compared, which is not what is measured here.
        store.meta.put("reconciled_at", str(to_micros(SystemClock().now())))
    serve = [sys.executable, "-m", "amends", "serve", "--database", url, "--port", "0"]
    with serving(serve) as server, closing(HTTPConnection(server.host, server.port)) as there:
        for look in LOOKS:
            path, times = look.path.format(deep=deep), []
            for _ in range(tries + 1):
                begun = time.perf_counter()
                there.request("GET", path, headers={"Cookie": f"amends={tokens[look.by.person]}"})
                response = there.getresponse()
                response.read()
                times.append(1000 * (time.perf_counter() - begun))
                if response.status != 200:
                    raise RuntimeError(f"{path} answers {response.status}")
            # The first of a kind warms up.
            yield f"{look.by.role} {look.by.person}: {look.path}", times[1:]


def _signed_in(store: Store, by: Actor) -> PersonId:
    token, now = new_token(), SystemClock().now()
    store.sessions.begin(token, Session(new_id(), by, "bench", now, now, now + _NOTHING_DUE))
    return token


def _deep(store: Store) -> str:
    """The cursor of a page that is far down."""
    after = None
    for _ in range(20):
        page = store.views.page(
            "disputes", {"phase": "mediation"}, order_by="due_at", after=after, limit=200
        )
        after = page.next or after
    return after or ""


if __name__ == "__main__":
    main()
